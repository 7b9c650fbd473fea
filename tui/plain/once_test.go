package plain_test

import (
	"strings"
	"testing"
)

// One change is said once, whoever tells of it.
func TestOneChangeIsSaidOnce(t *testing.T) {
	w := walk(t, setting{}, "", "", "", "", "", "000000", "123456", "")
	w.saysOnce("Link has preloaded", "Simulated Link shows: Share your information.", "Link says: That code is not right. Try again. Tries left: 2.")
	w.saysNot("The call returned.", "open() returned", "Link has the answer", "pane CONSENT", "surface terminal", "yet to return", "Informational: nothing may depend on it")
	hook, field := strings.Index(w.out, "Webhook: LAYER_AUTHENTICATION_PASSED"), strings.Index(w.out, "Field 1, ")
	if hook < 0 || field < hook {
		t.Errorf("the proof of the phone is lost behind the fields:\n%s", w.out)
	}
	if n := strings.Count(w.out, "Field 1, "); n != 1 {
		t.Errorf("the review is read %d times", n)
	}
}

// The log has all entries.
func TestLogHasTheReturns(t *testing.T) {
	walk(t, setting{}, append(eligible[:7:7], "log 100")...).says("submit() returned", "Link has the answer", "pane CONSENT")
}

func TestErrorOfLinkIsSaidOnce(t *testing.T) {
	const sentence = "Please submit Phone Number before opening Link"
	w := walk(t, setting{}, "", "", "wrong open-before-ready")
	_, after, _ := strings.Cut(w.out, "You: do it wrong")
	if n := strings.Count(after, sentence); n != 1 {
		t.Errorf("the error is said %d times:\n%s", n, after)
	}
	w.says("EXIT: the error ends Link", "wait for LAYER_READY before open().")
	w.saysNot("the user leaves Link", "API reference")
}

// Another SDK is spoken of in its own words.
func TestSDKsWords(t *testing.T) {
	w := walk(t, setting{platform: "ios"}, append(eligible[:6:6], "close")...)
	for _, line := range strings.Split(w.out, "\n") {
		for _, word := range []string{"Plaid.create()", "handler", "with submit()", "calls create()", "LAYER_READY", "LAYER_NOT_AVAILABLE", "your page loads"} {
			line = strings.ReplaceAll(line, "You: create the handler", "") // the entry's name, as in the log
			if !strings.HasPrefix(line, "Link: ") && strings.Contains(line, word) {
				t.Errorf("%q is said: %s", word, line)
			}
		}
	}
}

// No way ends in a prompt that does not say the next.
func TestNextIsSaid(t *testing.T) {
	w := walk(t, setting{}, "1975-01-18", "", "", "", "", "", "123456", "add bank", "no such bank", "", "back")
	w.says("That looks like a date of birth or another private number; this step takes none.",
		"Bank (another name to search for; back; close): ", "a name to search for, or back.")
	w.saysNot("There is nothing to do but wait.", "There is no command")
}
