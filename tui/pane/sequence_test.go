package pane_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"
	"pgregory.net/rapid"

	"layersim/tui/pane"
	"layersim/tui/theme"
)

var lifelines = []pane.SequenceLife{
	{Name: "User", Short: "User"},
	{Name: "Your client", Short: "Client"},
	{Name: "Link SDK", Short: "Link"},
	{Name: "Your server", Short: "Server"},
	{Name: "Plaid", Short: "Plaid"},
	{Name: "Webhooks", Short: "Hooks"},
}

const (
	user = iota
	client
	link
	server
	plaid
	hooks
)

// sequenceArrows is a walk with one of each kind of arrow.
func sequenceArrows() []pane.SequenceArrow {
	call, answer, note := pane.SequenceCall, pane.SequenceAnswer, pane.SequenceNote
	list := []pane.SequenceArrow{
		{Kind: call, From: client, To: server, Label: "wants a link_token"},
		{Kind: call, From: server, To: plaid, Label: "POST /session/token/create"},
		{Kind: answer, From: plaid, To: server, Label: "200 after 120ms"},
		{Kind: answer, From: server, To: client, Label: "link_token"},
		{Kind: call, From: client, To: link, Label: "create(link_token)"},
		{Kind: call, From: link, To: client, Label: "onLoad"},
		{Kind: call, From: user, To: client, Label: "open Link", Refused: true},
		{Kind: call, From: user, To: client, Label: "phone number +1••••••••11"},
		{Kind: call, From: client, To: link, Label: "submit(phone_number)"},
		{Kind: call, From: link, To: client, Label: "LAYER_READY"},
		{Kind: call, From: client, To: link, Label: "open()"},
		{Kind: call, From: link, To: user, Label: "shows VERIFY_PHONE"},
		{Kind: call, From: user, To: link, Label: "one-time code ••••••"},
		{Kind: call, From: plaid, To: hooks, Label: "LAYER_AUTHENTICATION_PASSED"},
		{Kind: call, From: plaid, To: hooks, Label: "SESSION_FINISHED, not verified", Failed: true},
		{Kind: note, From: server, To: server, Label: "The app sent a code of its own to the phone"},
		{Kind: call, From: link, To: client, Label: "VERIFY_PHONE", Happened: noon.Add(2 * time.Second)},
		{Kind: call, From: client, To: server, Label: "public_token"},
		{Kind: call, From: server, To: plaid, Label: "POST /user_account/session/get"},
		{Kind: answer, From: plaid, To: server, Label: "500 after 120ms", Failed: true},
		{Kind: pane.SequenceDivider, Label: "attempt 2, template Require SSN"},
		{Kind: call, From: client, To: server, Label: "wants a link_token"},
	}
	for i := range list {
		list[i].At = noon.Add(time.Duration(i) * 1300 * time.Millisecond)
	}
	return list
}

func sequenceView(rows, cursor int) pane.SequenceView {
	arrows := sequenceArrows()
	return pane.SequenceView{
		Lives: lifelines, Arrows: len(arrows), Arrow: func(i int) pane.SequenceArrow { return arrows[i] },
		Offset: max(min(cursor-rows/2, len(arrows)-rows), 0), Cursor: cursor,
		Detail: pane.SequenceDetail{Why: "LAYER_READY: Plaid holds everything the template requires for this phone. Open Link now.", Detail: "link_session_id=5c1f7f0e request_id=Aim3b7sX1oQpT2z"},
		Empty:  "Nothing has been called yet.",
	}
}

func TestSequencesAsText(t *testing.T) {
	for _, size := range [][2]int{{40, 12}, {54, 18}, {80, 20}, {110, 40}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			f := frame(size[0], size[1])
			golden.RequireEqual(t, plainText(pane.Sequence(f, sequenceView(pane.SequenceRows(f), 9))))
		})
	}
}

func TestTheSequenceIsExactlyItsSize(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f := pane.Frame{
			Styles: theme.New(rapid.Bool().Draw(r, "dark"), rapid.Bool().Draw(r, "color")),
			Width:  rapid.IntRange(1, 200).Draw(r, "width"), Height: rapid.IntRange(1, 50).Draw(r, "height"), Focused: rapid.Bool().Draw(r, "focused"),
		}
		foreign := rapid.SampledFrom(hostile).Draw(r, "foreign")
		arrows := sequenceArrows()
		for i := range arrows {
			arrows[i].Label = foreign + arrows[i].Label + foreign
		}
		v := pane.SequenceView{
			Lives: lifelines[:rapid.IntRange(5, 6).Draw(r, "lifelines")], Arrows: rapid.IntRange(0, len(arrows)).Draw(r, "arrows"),
			Offset: rapid.IntRange(-1, 30).Draw(r, "offset"), Cursor: rapid.IntRange(-1, 30).Draw(r, "cursor"),
			Detail: pane.SequenceDetail{Why: "Why" + foreign, Detail: foreign}, Empty: "Nothing.",
		}
		v.Arrow = func(i int) pane.SequenceArrow {
			a := arrows[i]
			a.From, a.To = min(a.From, len(v.Lives)-1), min(a.To, len(v.Lives)-1)
			return a
		}
		requireSize(r, "sequence", pane.Sequence(f, v), f.Width, f.Height)
	})
}

// Without colour everything is still told: who calls whom, what was refused,
// what failed, what came late, which is the newest.
func TestASequenceNeedsNoColour(t *testing.T) {
	for _, w := range []int{36, 54, 120} {
		f := frame(w, 40)
		text := plainText(pane.Sequence(f, sequenceView(40, 9)))
		for _, want := range []string{"LAYER_READY", "refused", "held 18.8s", "✗", "●", "›", "attempt 2"} {
			if !strings.Contains(text, want) {
				t.Errorf("%d cells: no %q in\n%s", w, want, text)
			}
		}
	}
}

func BenchmarkSequence(b *testing.B) {
	arrows := sequenceArrows()
	f := frame(200, 48)
	v := sequenceView(40, 9)
	v.Arrows, v.Offset, v.Cursor = 5000, 2500, 2510
	v.Arrow = func(i int) pane.SequenceArrow { return arrows[i%len(arrows)] }
	for b.Loop() {
		pane.Sequence(f, v)
	}
}
