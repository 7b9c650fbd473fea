package pane

import (
	"strconv"
	"strings"

	"layersim/flow"
)

// The words while the user is in Link.

// sandboxCode is the code Plaid's Sandbox sends to every test number (Plaid
// docs: Layer overview, testing in Sandbox).
const sandboxCode = "123456"

func linkText(s flow.State) StageText {
	t := linkBodyText(s)
	if s.Link.Surface == flow.InBrowser {
		t.URL = s.Link.Page.URL
	}
	code := ""
	if codeWanted(s) {
		code = sandboxCode
	}
	if s.Config.InPage && s.Link.Page.Connected && s.Link.Page.Trouble == "" && !isLeaving(s) && !s.Link.Handoff {
		t.Cue = "Now look at the page: finish Link there."
		if code != "" {
			t.Cue += " The code is " + code + "."
			code = ""
		}
	}
	t.Facts = append(t.Facts, facts(Fact{"Sandbox code", code}, Fact{"link_session_id", s.LinkSessionID})...)
	preload := t.Notice
	linkNotice(s, &t)
	if s.Link.View == "" && (preload == "" || t.Notice != preload) { // else it is a sentence
		t.Facts = append(facts(Fact{"preloading", s.Preload.Brief()}), t.Facts...)
	}
	return t
}

// isLeaving reports whether the app has called exit().
func isLeaving(s flow.State) bool {
	_, leaving := flow.PendingCall[flow.ExitHandler](s)
	return leaving
}

// codeWanted reports whether the user has the one-time code still to type.
func codeWanted(s flow.State) bool {
	if isLeaving(s) || s.PhoneProof != "" && !s.Link.Anew {
		return false
	}
	switch s.Link.View {
	case "", flow.ViewConsent, flow.ViewVerifyPhone:
		return !s.Link.Handoff
	}
	return false
}

func linkBodyText(s flow.State) StageText {
	if isLeaving(s) {
		return StageText{
			Title: "Closing Link",
			Body: "Your client called exit({force: true}): Link closes at once, without asking the user. " +
				"onExit follows, and only then is the session over for your app.",
		}
	}
	if s.LinkIsGone() {
		return StageText{
			Title: "Link has closed without a word",
			Body: "The session is over, and neither onSuccess nor onExit has reached your client: the callback was lost, and your app waits for it. " +
				"It may still come. Your server hears how the session ended from the webhook SESSION_FINISHED, which has the public_token if the user shared. " +
				"Do not let a user wait for a callback without a limit.",
		}
	}
	if s.Link.Handoff {
		return StageText{
			Title: "Link is done",
			Body: "HANDOFF: the user has shared and Link closes. onSuccess follows with a public_token; " +
				"your client hands it to your server and does nothing else with it.",
		}
	}
	if s.Config.InPage && !s.Link.Page.Connected {
		return StageText{
			Title: "The page is not open",
			Body:  "Your client called open(), and your app waits for onSuccess or onExit. Link lives in the page, so nothing goes on while it is closed.",
		}
	}
	if s.Link.Shown && s.Link.View == "" && s.Link.Surface == flow.InBrowser {
		return shownText(s)
	}
	if s.Link.Surface == flow.InBrowser && !s.Link.Page.Connected && s.Link.View == "" && !s.Config.InPage {
		return StageText{
			Title: "Opening Link",
			Body: "Your client called open(). Link needs a page, so a browser opens one that this program serves; " +
				"the user finishes there, and this screen follows. Your app waits for onSuccess or onExit, nothing else.",
		}
	}
	view := s.Link.View
	if s.Link.Surface == flow.InTerminal && s.Link.Pane.View != "" {
		view = s.Link.Pane.View
	}
	return viewText(view)
}

// shownText is what is said when Link is open and nothing more is heard of it,
// as is usual (Plaid docs: Link Web, onEvent).
func shownText(s flow.State) StageText {
	t := StageText{
		Title: "The user is in Link",
		Body: "OPEN: Link is on the user's screen. From here on silence is normal: Link may deliver TRANSITION_VIEW and all other events only " +
			"together with onSuccess or onExit, and then in any order. The log shows both times, when each happened and when it arrived. " +
			"Your app waits for onSuccess or onExit, nothing else.",
	}
	if s.Config.InPage {
		t.Body = "OPEN: Link is on the user's screen. From here on silence is normal: all other events may come only together with onSuccess or onExit, " +
			"in any order. The log shows when each happened and when it arrived."
		t.Notice = s.Preload.Sentence()
	}
	return t
}

func viewText(view string) StageText {
	switch view {
	case flow.ViewConsent:
		return StageText{
			Title: "The user is asked to agree",
			Body: "OPEN: Link is on the user's screen and asks to agree to Plaid's terms. " +
				"What Link shows from here on, TRANSITION_VIEW, is for your information only and may arrive late. " +
				"Your app waits for onSuccess or onExit.",
		}
	case flow.ViewVerifyPhone:
		return StageText{
			Title: "The user proves the phone",
			Body: "Plaid sends a one-time code to the phone, and the user types it in Link. " +
				"Once it fits, Plaid tells your server with the webhook LAYER_AUTHENTICATION_PASSED: that is the proof. " +
				"Do not send a second code of your own.",
		}
	case flow.ViewReview:
		return StageText{
			Title: "The user reviews the profile",
			Body: "The phone is proven. Link shows the user what Plaid holds. The user can correct each value, " +
				"pick accounts, and shares it all with one button. Since values can be edited, treat them as unverified; " +
				"the edit history will say how often they were.",
		}
	case flow.ViewSelectInstitution, flow.ViewCredential, flow.ViewOAuth, flow.ViewMFA, flow.ViewSelectAccount, flow.ViewConnected:
		return StageText{
			Title: "The user adds a bank",
			Body: "The accounts that Plaid holds were not enough for the user, who signs in to another bank inside Link. " +
				"Your app is told what happens there, for your information only; once shared, the bank is one Item more. " +
				"Your app waits for onSuccess or onExit.",
		}
	case flow.ViewError:
		return StageText{
			Title: "Link shows an error",
			Body: "Link cannot go on and tells the user why. An EXIT event and onExit with the error follow; " +
				"then your client destroys the handler and offers the user another way.",
		}
	case "":
		return StageText{
			Title: "Link is opening",
			Body: "Your client called open(), and Link is about to appear to the user. " +
				"Your app waits for onSuccess or onExit, nothing else.",
		}
	}
	return StageText{
		Title: "The user is in Link",
		Body: "Link shows " + view + ". What Link shows is for your information only: nothing in your app should depend on it. " +
			"Your app waits for onSuccess or onExit.",
	}
}

// linkNotice adds what stands in the way, the most pressing first.
func linkNotice(s flow.State, t *StageText) {
	page := s.Link.Page
	browser := s.Link.Surface == flow.InBrowser
	switch {
	case s.LinkIsGone():
		t.NoticeKind, t.Notice = Warn, failureNotice(s.Failure)
	case !s.Failure.IsZero():
		t.NoticeKind = Bad
		t.Notice = "Link did not take the last answer. " + failureNotice(s.Failure) + " What was entered is still there; do it again."
		t.Facts = append(t.Facts, FailureFacts(s.Failure)...)
	case s.Config.InPage && (page.Trouble != "" || !page.Connected): // pageNotice says it
	case browser && page.Trouble != "":
		t.NoticeKind = Bad
		t.Notice = "The page reports trouble: " + strings.TrimSuffix(page.Trouble, ".") + ". Open it again, or finish in the terminal."
	case browser && page.BrowserTrouble != "" && !page.Connected:
		t.NoticeKind = Warn
		t.Notice = "No browser could be started: " + strings.TrimSuffix(page.BrowserTrouble, ".") + ". Open the address below yourself, or finish in the terminal."
	case browser && page.Tab > 0 && !page.Connected:
		t.NoticeKind = Warn
		t.Notice = "The page was closed or is reloading. The Link session is still there: open the page again, or finish in the terminal."
	case s.Link.WrongCodes > 0 && s.Link.View != flow.ViewReview && s.Link.View != flow.ViewError:
		t.NoticeKind = Warn
		t.Notice = "INVALID_OTP: wrong code, " + strconv.Itoa(s.Link.WrongCodes) + " of 3. The user may try again; the third wrong code ends the session."
	case browser && page.News != "":
		t.NoticeKind, t.Notice = Info, page.News
	case s.PhoneProof == flow.ProofWebhook:
		t.NoticeKind = Good
		t.Notice = "LAYER_AUTHENTICATION_PASSED, verified: the phone is proven, even if the user leaves now."
	case proofInLink(s) != "":
		t.NoticeKind, t.Notice = Info, proofInLink(s)
	}
}
