package lint

import (
	"strings"

	"layersim/flow"
)

func linkRules() []Rule {
	return []Rule{
		{
			ID: "informational-event", Title: "Nothing depends on informational events", Fault: "The app depended on an informational event", Severity: Wrong, Seen: InWalk, Unseen: onlyTheApp,
			Why:    "TRANSITION_VIEW, SUBMIT_OTP and VERIFY_PHONE are informational. They may come only with onSuccess or onExit, in any order, or not at all: silent authentication has no SUBMIT_OTP.",
			Fix:    "Decide on OPEN, the LAYER_* events, onSuccess and onExit. For the proof of the phone use the webhook LAYER_AUTHENTICATION_PASSED or /user_account/session/get.",
			Source: docsLink + ", onEvent", check: informationalEvent,
		},
		{
			ID: "second-otp", Title: "No code of the app's own after Layer", Fault: "The app sent a code of its own after Layer", Severity: Risky, Seen: InWalk, Unseen: onlyTheApp,
			Why:    "LAYER_AUTHENTICATION_PASSED says that the user has just proven the phone. A second code costs users and money and proves nothing more.",
			Fix:    "Take the verified webhook, or the phone number that /user_account/session/get returns, for the proof. Send a code of your own only to users who came by your own form.",
			Source: docsAPI + ", LAYER_AUTHENTICATION_PASSED", check: secondOTP,
		},
		{
			ID: "onsuccess-trusted", Title: "onSuccess alone proves nothing", Fault: "onSuccess alone was taken for proof", Severity: Wrong, Seen: InWalk, Unseen: onlyTheApp,
			Why:    "onSuccess runs in the user's browser, where anybody can call it with any public_token. Whoever lets users in on it lets in everybody.",
			Fix:    "Send the public_token to your server. Only what /user_account/session/get answers there, or a verified webhook LAYER_AUTHENTICATION_PASSED, proves the phone.",
			Source: docsAPI, check: onSuccessTrusted,
		},
		{
			ID: "submits-counted", Title: "Conversion counts users, not submits", Fault: "Conversion was counted over submits", Severity: Risky, Seen: InWalk, Unseen: onlyTheApp,
			Why:    "With Extended Autofill a user submits twice, the phone and the date of birth. A ratio over submits shows Layer as worse than it is.",
			Fix:    "Count users, or submits of a phone number, against onSuccess.",
			Source: docsLayer, check: deed(flow.DeedCountedSubmits, "The app counted submits for its conversion%s.", onEnd),
		},
	}
}

// because words what an app went by, in brackets.
func because(w Did) string {
	if w.Because == "" {
		return ""
	}
	return " (" + w.Because + ")"
}

// deed makes the check of a rule that one deed breaks. keeps says what keeps
// it.
func deed(d flow.Deed, sentence string, keeps func(*scene) bool) func(*scene) verdict {
	return func(s *scene) verdict {
		if w, did := s.o.What.(Did); did && w.Deed == d {
			return broken(sentence, because(w))
		}
		if keeps(s) {
			return kept()
		}
		return verdict{}
	}
}

func onEnd(s *scene) bool {
	w, told := s.o.What.(Told)
	return told && (w.Name == OnSuccess || w.Name == OnExit)
}

func onOnboarded(s *scene) bool {
	_, onboarded := s.o.What.(Onboarded)
	return onboarded
}

// informational are the events on which nothing may depend.
var informational = []string{flow.EventTransitionView, flow.EventSubmitOTP, flow.EventVerifyPhone}

func informationalEvent(s *scene) verdict {
	w, did := s.o.What.(Did)
	if did && w.Deed == flow.DeedActedOnEvent {
		for _, name := range informational {
			if strings.Contains(w.Because, name) {
				return broken("The app went on because of %s.", w.Because)
			}
		}
	}
	if onEnd(s) {
		for _, name := range informational {
			if s.h.told[name] {
				return kept()
			}
		}
	}
	return verdict{}
}

func secondOTP(s *scene) verdict {
	w, did := s.o.What.(Did)
	if did && w.Deed == flow.DeedSentOwnCode {
		switch {
		case s.h.passed:
			return broken("The app sent a code of its own after LAYER_AUTHENTICATION_PASSED%s.", because(w))
		case (s.h.read || s.h.events[OnSuccess]):
			return broken("The app sent a code of its own although Link had proven the phone %s%s.", s.h.phone, because(w))
		case s.h.opened > 0:
			return broken("The app sent a code of its own to %s, for which Link had asked for one already%s.", s.h.phone, because(w))
		}
		return verdict{}
	}
	if onOnboarded(s) {
		return kept()
	}
	return verdict{}
}

func onSuccessTrusted(s *scene) verdict {
	if w, did := s.o.What.(Did); did && w.Deed == flow.DeedTrustedPhone {
		if strings.Contains(w.Because, OnSuccess) || w.Because == "" {
			return broken("The app took %s for proven by %s.", orPhone(s), orElse(w.Because, OnSuccess))
		}
		return kept()
	}
	if c, called := s.o.What.(Called); called && c.Path == pathSessionGet && c.Status == ok {
		return kept()
	}
	return verdict{}
}

func orPhone(s *scene) string {
	if s.h.phone == "" {
		return "the phone number"
	}
	return s.h.phone
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
