package plaidsim

import (
	"strings"
	"testing"

	"layersim/fixtures"
	"layersim/flow"
)

// The server side gives the verdict that Link gives, for everybody and every
// template, and the reason.
func TestNetworkStatusAgreesWithLink(t *testing.T) {
	s := newSim(t)
	phones := []string{"+12125550100", "+447700900123", "+4930123456"}
	for _, p := range s.cfg.Catalog.Personas {
		phones = append(phones, p.Phone.Reveal())
	}
	for _, template := range s.cfg.Catalog.Templates {
		for _, phone := range phones {
			status, raw, header := postRaw(t, s, pathNetworkStatus, with(object{"user": object{"phone_number": phone}, "template_id": template.ID}))
			l := newLink(t, s, template.ID)
			l.submit(phone)
			var o object
			decodeInto(t, raw, &o)
			if status != 200 || at(o, "layer", "eligible") != (l.last["state"] == "eligible") {
				t.Errorf("%s, %s: %v; Link says %v", phone, template.Name, o, l.last["state"])
			}
			if why := text(l.last, "why"); why == "" || header.Get(Notice) != why {
				t.Errorf("%s, %s: the reason is %q; in Link %q", phone, template.Name, header.Get(Notice), why)
			}
			p, known := s.cfg.Catalog.PersonaByPhone(flow.NewPhoneNumber(phone))
			want := "UNKNOWN"
			if known && (len(p.Banks) > 0 || p.Profile != (fixtures.Profile{})) {
				want = "RETURNING_USER"
			}
			if o["network_status"] != want {
				t.Errorf("%s is %v, want %s", phone, o["network_status"], want)
			}
		}
	}
}

func TestNetworkStatus(t *testing.T) {
	s := newSim(t)
	if o := got(t, s, pathNetworkStatus, object{"user": object{"phone_number": fullPhone}}); o["network_status"] != "RETURNING_USER" || o["layer"] != nil {
		t.Errorf("%v", o)
	}
	for _, phone := range []string{"415-555-0011", "4155550011", "14155550011", "+1 415 555 0011", "+1415555", "+0", "+", "x", "+14155550011 ", "+1415555001１"} {
		refused(t, s, pathNetworkStatus, object{"user": object{"phone_number": phone}}, "INVALID_REQUEST", "INVALID_FIELD",
			"user.phone_number must be in E.164 format, such as +14155550011")
	}
	_, _, header := postRaw(t, s, pathNetworkStatus, with(object{"user": object{"phone_number": fullPhone, "name": "x"}, "template_id": "template_mine"}))
	for _, part := range []string{"user.name", "template_mine", "Plaid holds all"} {
		if !strings.Contains(header.Get(Notice), part) {
			t.Errorf("notice %q has no %q", header.Get(Notice), part)
		}
	}
}

func TestInstitutionGet(t *testing.T) {
	s := newSim(t)
	for _, p := range s.cfg.Catalog.Personas {
		for _, b := range p.Banks {
			o := got(t, s, pathInstitutionGet, object{"institution_id": b.InstitutionID, "country_codes": []string{"CA", "US"}})["institution"]
			if text(o, "name") != b.Name || text(o, "institution_id") != b.InstitutionID || at(o, "oauth") != false {
				t.Errorf("%v", o)
			}
			for _, key := range []string{"status", "url", "logo", "auth_metadata", "payment_initiation_metadata"} {
				if _, there := o.(object)[key]; there {
					t.Errorf("%s, and nobody asked for it", key)
				}
			}
		}
	}
	o := got(t, s, pathInstitutionGet, object{"institution_id": "ins_109512", "country_codes": []string{"US"}, "options": object{
		"include_optional_metadata": true, "include_status": true, "include_auth_metadata": true, "include_payment_initiation_metadata": true,
	}})["institution"]
	if text(o, "status", "auth", "status") != "HEALTHY" || at(o, "auth_metadata", "supported_methods", "instant_auth") != true {
		t.Errorf("%v", o)
	}
	for _, null := range []string{"url", "logo", "primary_color", "payment_initiation_metadata"} {
		if v, there := o.(object)[null]; !there || v != nil {
			t.Errorf("%s: %v", null, v)
		}
	}
	for _, q := range []object{
		{"institution_id": "ins_1", "country_codes": []string{"US"}},
		{"institution_id": "INS_109512", "country_codes": []string{"US"}},
		{"institution_id": "ins_109512", "country_codes": []string{"GB"}},
	} {
		refused(t, s, pathInstitutionGet, q, "INVALID_INPUT", "INVALID_INSTITUTION", "invalid institution_id provided")
	}
	for _, codes := range [][]string{{}, {"us"}, {"USA"}, {"US", ""}} {
		if status, o := post(t, s, pathInstitutionGet, with(object{"institution_id": "ins_109512", "country_codes": codes})); status != 400 || o["error_code"] != "INVALID_FIELD" {
			t.Errorf("%q: %d %v", codes, status, o)
		}
	}
}

// An event of the app's own is part of the session's journal.
func TestEventSend(t *testing.T) {
	s := newSim(t)
	l := newLink(t, s, "default")
	event := func(name, at string) object {
		return object{"link_session_id": l.id, "event": object{"name": name, "timestamp": at, "outcome": "done"}}
	}
	got(t, s, pathEventSend, event("signup\x1b[31m", "2026-04-01T12:00:00.123Z"))
	var notes []string
	records, _ := s.Records(0, 100)
	for _, r := range records {
		if r.Kind == KindNote {
			notes = append(notes, r.Note)
			if r.Thread != 1 || r.Session != l.id {
				t.Errorf("%+v is not of the session", r)
			}
		}
	}
	if last := records[len(records)-1]; last.Kind != KindCall || last.Session != l.id || last.Thread != 1 {
		t.Errorf("the call is booked as %+v", last)
	}
	if len(notes) != 1 || !strings.HasPrefix(notes[0], "the app says: signup") || !strings.HasSuffix(notes[0], "(done)") || strings.ContainsRune(notes[0], '\x1b') {
		t.Errorf("notes %q", notes)
	}
	for _, when := range []string{"today", "2026-04-01", "2026-04-01T12:00:00", "1775044800"} {
		if status, o := post(t, s, pathEventSend, with(event("x", when))); status != 400 || o["error_code"] != "INVALID_FIELD" {
			t.Errorf("%s: %d %v", when, status, o)
		}
	}
	stranger := event("x", "2026-04-01T12:00:00Z")
	stranger["client_id"], stranger["secret"] = "stranger", "s"
	status, _, header := postRaw(t, s, pathEventSend, stranger)
	if status != 200 || !strings.Contains(header.Get(Notice), "no Link session") {
		t.Errorf("a stranger's: %d %q", status, header.Get(Notice))
	}
}
