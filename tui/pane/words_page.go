package pane

import (
	"strings"

	"layersim/flow"
)

// The words about the local page, where the handler lives in it from create()
// on.

// pageNotice adds what stands in the way of the page, or what became of it last,
// and its address while nobody has it open.
func pageNotice(s flow.State, t *StageText) {
	if !s.Config.InPage || !s.NeedsPage() {
		return
	}
	page := s.Link.Page
	if !page.Connected || page.Trouble != "" {
		t.URL = page.URL
	}
	kind, notice := pageTrouble(s)
	switch {
	case notice != "" && s.Phase != flow.PhaseFailed:
		t.NoticeKind, t.Notice = kind, notice
	case notice != "":
		t.Body += " " + notice
	case t.Notice == "" && page.News != "" && page.Connected:
		t.NoticeKind, t.Notice = Info, page.News
	}
}

// pageTrouble says why the page cannot do its part, and what to do.
func pageTrouble(s flow.State) (Kind, string) {
	page := s.Link.Page
	switch {
	case page.Trouble != "":
		return Bad, "The page reports trouble: " + strings.TrimRight(page.Trouble, ". ") + ". Nothing that was entered is lost: open the page again, or start over."
	case page.Connected:
		return Info, ""
	case page.BrowserTrouble != "":
		return Warn, "No browser could be started: " + strings.TrimRight(page.BrowserTrouble, ". ") + ". Open the address below yourself. " + waitsForPage(s)
	case page.Tab > 0 && s.Opened:
		return Warn, "The page was closed or is reloading, with Link in it; a closed tab calls no onExit. Your link_token is kept: open the page again, and its user begins Link anew."
	case page.Tab > 0:
		return Warn, "The page was closed or is reloading, and the " + s.Config.Client.Words().Object + " with it. Nothing is lost: open the page again, and it makes the calls again that were made before. " + waitsForPage(s)
	case page.URL != "":
		return Info, "A browser is asked to open it. If none comes up, open the address below yourself. " + waitsForPage(s)
	}
	return Info, ""
}

// waitsForPage says which call goes on once the page is open.
func waitsForPage(s flow.State) string {
	for _, q := range s.Pending {
		switch q.(type) {
		case flow.CreateHandler, flow.SubmitHandler, flow.OpenHandler, flow.ExitHandler:
			return callName(q) + " waits for it."
		}
	}
	return ""
}

// handlerInPage is what is said while the handler is made in the page.
func handlerInPage(s flow.State, t *StageText) {
	n := s.Config.Client.Words()
	const page = "Real Link exists only in a page, so your client is one that this program serves on this machine: "
	switch {
	case !s.Waiting() && !s.HandlerAlive:
		t.Body = "Plaid answered with a link_token, and your server passes it to your client. " + page + "it opens now, calls " + n.Create +
			" and stays open until the end. Do it early: Link preloads while the user is still typing, and opens without a wait later."
	case s.Link.Page.Connected && s.Link.Page.Trouble != "":
		t.Title = "The page has no Link"
		t.Body = "The page is open and could not do its part. " + n.Create + " waits until it can: in the page that is open, or in one that is opened again."
	case !s.Link.Page.Connected:
		t.Title = "The page is to be opened"
		t.Body = page + "there it calls " + n.Create + ", and Link loads out of sight. Leave the page open until the end, and go on here."
	default:
		t.Body = "The page is open and calls " + n.Create + ". Plaid's script loads Link out of sight" + loads(n) +
			"Wait for it: a submit sent straight after has been seen to vanish without any event. Leave the page open, and go on here."
	}
}

// untold says that nobody knows why Plaid decided as it did.
func untold(s flow.State) string {
	if !s.Config.InPage || s.Verdict != "" {
		return ""
	}
	return "Plaid does not say why: what it holds for a phone, and what a template requires, no event tells."
}
