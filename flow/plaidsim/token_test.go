package plaidsim

import (
	"testing"
	"time"
)

func strict(c *Config) { c.Strict = true }

// A link_token is used up by onSuccess, and by that only, if the simulator is
// strict; in Sandbox it never is.
func TestALinkTokenIsUsedOnce(t *testing.T) {
	for _, isStrict := range []bool{true, false} {
		s := newSim(t, func(c *Config) { c.Strict = isStrict })
		token := createToken(t, s, "default")
		closed, other, first := linkFor(t, s, token), linkFor(t, s, token), linkFor(t, s, token)
		closed.review(fullPhone)
		closed.do("close", nil)
		other.submit(fullPhone)
		first.review(fullPhone)
		first.do("share", nil)
		sessionGet(t, s, first.publicToken())

		status, o := post(t, s, "/link/session", object{"token": token})
		if isStrict != (status == 400 && o["error_code"] == "INVALID_LINK_TOKEN" && o["error_message"] == "invalid link_token provided") {
			t.Errorf("strict %v: used again: %d %v", isStrict, status, o)
		}
		// The handler that was made before learns it when it opens.
		other.do("open", nil)
		names := other.names()
		if last := names[len(names)-1]; isStrict != (last == "onExit INVALID_LINK_TOKEN") {
			t.Errorf("strict %v: the other handler gets %q", isStrict, names)
		}
		// The one that was successful can still be asked for.
		if status, o := post(t, s, "/link/session", object{"token": token, "resume": first.key}); status != 200 || o["state"] != "done" {
			t.Errorf("strict %v: resume: %d %v", isStrict, status, o)
		}
		// A new token for the same user is not affected.
		again := newLink(t, s, "default")
		again.review(fullPhone)
		again.do("share", nil)
		sessionGet(t, s, first.publicToken())
		sessionGet(t, s, again.publicToken())
	}
}

func TestStrictAboutRequests(t *testing.T) {
	user := object{"client_user_id": "u"}
	for _, tt := range []struct {
		body object
		says string
	}{
		{object{"template_id": "template_mine", "user": user}, "template_id could not be found: template_mine"},
		{object{"template_id": "default", "user": user, "redirect_uri": "http://localhost/back"}, "redirect_uri must be an https URI"},
		{object{"template_id": "default", "user": user, "redirect_uri": "myapp://back"}, "redirect_uri must be an https URI"},
	} {
		refused(t, newSim(t, strict), pathTokenCreate, tt.body, "INVALID_REQUEST", "INVALID_FIELD", tt.says)
		got(t, newSim(t), pathTokenCreate, tt.body)
	}
	refused(t, newSim(t, strict), pathNetworkStatus, object{"template_id": "template_mine", "user": object{"phone_number": fullPhone}},
		"INVALID_REQUEST", "INVALID_FIELD", "template_id could not be found: template_mine")
	got(t, newSim(t, strict), pathTokenCreate, object{"template_id": "default", "user": user, "redirect_uri": "https://example.com/back", "webhook": "http://127.0.0.1:1/"})
}

func TestUserIDs(t *testing.T) {
	s := newSim(t)
	refused(t, s, pathTokenCreate, object{"template_id": "default", "user_id": "user-1"}, "INVALID_INPUT", "INVALID_USER_ID", "user_id must be a user ID that starts with usr_")
	got(t, s, pathTokenCreate, object{"template_id": "default", "user_id": "usr_1", "user": object{"client_user_id": "u"}})
}

func TestALinkTokenLivesFourHours(t *testing.T) {
	s := newSim(t)
	token := createToken(t, s, "default")
	s.Advance(4*time.Hour - 1)
	l := linkFor(t, s, token)
	s.Advance(1)
	if status, o := post(t, s, "/link/session", object{"token": token}); status != 400 || o["error_code"] != "INVALID_LINK_TOKEN" {
		t.Errorf("%d %v", status, o)
	}
	l.submit(fullPhone)
	same(t, l.names(), []string{"EXIT INVALID_LINK_TOKEN", "onExit INVALID_LINK_TOKEN"})
}
