package scenario

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/sdk"
)

// What was done, as steps.

func (m *maker) deed(c chunk) {
	switch e := m.entries[c.from].Event.(type) {
	case flow.LinkTokenRequested:
		m.add(CreateToken{})
	case flow.HandlerRequested:
		m.add(CreateHandler{})
	case flow.PhoneNumberEntered:
		m.add(SubmitPhone{Number: m.number(c.from, e.Phone)})
	case flow.DateOfBirthEntered:
		m.add(SubmitDateOfBirth{Date: m.birth(c)})
	case flow.AutofillDeclined:
		m.add(Decline{})
	case flow.OpenRequested:
		m.add(Open{})
		if m.inPage(c) {
			m.inBrowser(c)
		}
	case flow.ExitRequested:
		m.add(Exit{})
	case flow.RetryRequested:
		m.add(Retry{})
		if m.inPage(c) {
			m.inBrowser(c)
		}
	case flow.StartOverRequested:
		m.add(m.startOver(e))
		m.form = madeForm{}
	case flow.SignUpSubmitted:
		m.add(SignUp{})
	case flow.DoWrong:
		if _, known := e.Wrong.Wrong(); !known {
			m.leave("The mistake %q is not known here and was left out.", flow.CleanLine(string(e.Wrong), 60))
			return
		}
		m.add(DoWrong{Wrong: e.Wrong})
		if m.inPage(c) {
			m.inBrowser(c)
		}
	case flow.LinkActed:
		m.acted(c, e.Action)
	case flow.ExchangeRecorded:
		m.call(e.Exchange)
	case flow.WebhookReceived:
		if slices.Contains(webhookCodes, e.Code) {
			m.add(SendWebhook{Code: e.Code})
		}
	}
}

// number finds the number again whose mask is in the recording; zero is the
// persona's.
func (m *maker) number(i int, masked flow.PhoneNumber) flow.PhoneNumber {
	said := m.recording.Entries[i].TestNumber
	if said == "" && !m.recording.Header.TestNumbers {
		if m.persona.Phone.String() == masked.String() {
			said = m.persona.Name
		}
		for _, p := range m.catalog.Personas {
			if said == "" && p.Phone.String() == masked.String() {
				said = p.Name
				m.leave("The number %s is taken for that of %s: the recording has only its mask.", masked, p.Name)
			}
		}
	}
	if p, ok := m.catalog.Persona(said); ok {
		m.persona = p
		if p.Name == m.sc.Persona {
			return flow.PhoneNumber{}
		}
		return p.Phone
	}
	number := m.nobodys(masked.String())
	if said != "" {
		m.leave("The number of %q is not in the fixtures; here it is one that nobody has.", said)
	}
	return number
}

// nobodys is a number with this mask that nobody in the fixtures has.
func (m *maker) nobodys(masked string) flow.PhoneNumber {
	tail := masked[max(len(masked)-2, 0):]
	firsts := []string{"+141555599", "+120255501", "+121255501"}
	if !strings.HasPrefix(masked, "+1") {
		firsts = []string{"+4420794609", "+442079460", "+491512345" + strings.Repeat("6", 2)}
	}
	for _, first := range firsts {
		phone, err := flow.ParsePhoneNumber(first + tail)
		if _, taken := m.catalog.PersonaByPhone(phone); err == nil && !taken && phone.String() == masked {
			return phone
		}
	}
	phone, _ := flow.ParsePhoneNumber(firsts[0] + tail)
	return phone
}

// birth is wrong if Link found nobody with the date.
func (m *maker) birth(c chunk) flow.DateOfBirth {
	for _, e := range m.attemptFrom(c.from) {
		if e, ok := e.Event.(flow.OnEvent); ok {
			switch e.Name {
			case flow.EventLayerReady:
				return flow.DateOfBirth{}
			case flow.EventLayerAutofillUnavailable:
				if strings.Contains(e.Metadata.Verdict, "template") {
					return flow.DateOfBirth{} // somebody was found, and it was not enough
				}
				return flow.NewDateOfBirth(WrongDateOfBirth)
			}
		}
	}
	return flow.DateOfBirth{}
}

func (m *maker) startOver(e flow.StartOverRequested) StartOver {
	var d StartOver
	if e.TemplateID != "" {
		if t, ok := m.catalog.Template(e.TemplateID); ok {
			d.Template = t.Name
		} else {
			m.leave("The template %q is not in the fixtures; the walk goes on with the one that it has.", flow.CleanLine(e.TemplateID, 60))
		}
	}
	if e.Client.Platform != "" {
		d.Platform = e.Client.Platform
		if e.Client.Version != sdk.Latest {
			d.SDKVersion = e.Client.Version
		}
	}
	return d
}

// byHand reports whether a call was none of the walk's own.
func (m *maker) byHand(i int) bool {
	x := m.entries[i].Event.(flow.ExchangeRecorded).Exchange
	path := pathIn(x)
	switch {
	case m.live: // layersim makes none there
		return false
	case path == "/webhook_verification_key/get" && x.Method == http.MethodPost:
		return false // whoever receives webhooks asks for it
	case !slices.Contains(paths, path):
		return strings.HasPrefix(path, "/")
	}
	asked := 0
	for _, e := range m.entries[:i] {
		for _, effect := range e.Effects {
			if q, ok := effect.(flow.Question); ok && callPath(q) == path {
				asked++
			}
		}
		if x, ok := e.Event.(flow.ExchangeRecorded); ok && pathIn(x.Exchange) == path {
			asked--
		}
	}
	return asked <= 0
}

// placeholders are what stands for the walk's own values in a body.
var placeholders = []string{"link_token", "public_token", "access_token", "link_session_id"}

// call makes a call by hand again, with the walk's own tokens where the recording
// has masks.
func (m *maker) call(x flow.Exchange) {
	d := Call{Path: pathIn(x)}
	if x.Method != http.MethodPost {
		d.Method = x.Method
	}
	f, failed := failureOf(x)
	var body map[string]any
	switch err := json.Unmarshal([]byte(x.RequestBody), &body); {
	case strings.TrimSpace(x.RequestBody) == "":
	case err != nil:
		d.Body = x.RequestBody
	default:
		for _, name := range placeholders {
			if text, ok := body[name].(string); ok && strings.Contains(text, "•") && f.Code != "INVALID_"+strings.ToUpper(name) {
				body[name] = "${" + name + "}"
			}
		}
		if !strings.Contains(f.Message, "phone_number") { // else it was none
			m.unmask(body)
		}
		var plain strings.Builder
		encoder := json.NewEncoder(&plain)
		encoder.SetEscapeHTML(false)
		_ = encoder.Encode(body) // what was read can be written
		d.Body = strings.TrimSpace(plain.String())
	}
	switch f.Code {
	case "INVALID_API_KEYS":
		d.Headers = []flow.Header{{Name: "Plaid-Secret", Value: "of-another-environment"}}
	case "MISSING_FIELDS": // keys that were left out: the recording has none at all
		for _, key := range []struct{ field, header string }{{"client_id", "Plaid-Client-Id"}, {"secret", "Plaid-Secret"}} {
			if slices.Contains(strings.FieldsFunc(strings.TrimSuffix(f.Message, "."), func(r rune) bool { return strings.ContainsRune(" ,:", r) }), key.field) {
				d.Headers = append(d.Headers, flow.Header{Name: key.header})
			}
		}
	case "INVALID_HEADERS":
		d.Headers = []flow.Header{{Name: "Content-Type", Value: headerOf(x, "Content-Type")}}
	case "UNAUTHORIZED_ROUTE_ACCESS":
		m.notEnabled(d.Path)
	case "INVALID_PRODUCT":
		for _, p := range fixtures.Products() {
			if strings.Contains(f.Message, `"`+string(p)+`"`) {
				m.notEnabled(string(p))
			}
		}
	}
	if strings.Contains(d.Body, "•") && !failed {
		m.leave("The call of %s carried private values, of which the recording has the masks only.", d.Path)
	}
	m.add(d)
	switch {
	case x.Status == 0:
	case failed && isErrorCode(f.Code) && isErrorCode(f.Type):
		m.add(ExpectError{Code: f.Code, Type: f.Type, Status: f.Status, On: d.Path})
	default:
		m.add(ExpectAnswer{On: d.Path, Status: x.Status})
	}
}

// unmask finds the phone number of a body again.
func (m *maker) unmask(body map[string]any) {
	for key, v := range body {
		switch v := v.(type) {
		case map[string]any:
			m.unmask(v)
		case string:
			if key != "phone_number" || !strings.Contains(v, "•") {
				continue
			}
			number := m.nobodys(v)
			for _, p := range m.catalog.Personas {
				if p.Phone.String() == v {
					number = p.Phone
					break
				}
			}
			body[key] = number.Reveal()
		}
	}
}

// notEnabled notes what the client may not use at Plaid.
func (m *maker) notEnabled(what string) {
	if !slices.Contains(m.sc.NotEnabled, what) {
		m.sc.NotEnabled = append(m.sc.NotEnabled, what)
	}
}

func headerOf(x flow.Exchange, name string) string {
	for _, h := range x.RequestHeaders {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}

func (m *maker) attemptFrom(i int) []journal.Entry {
	end := len(m.entries)
	for k := i + 1; k < len(m.entries); k++ {
		if _, over := m.entries[k].Event.(flow.StartOverRequested); over && m.entries[k].Verdict != flow.Refused {
			end = k
			break
		}
	}
	return m.entries[i:end]
}

func (m *maker) notCarried(what string, c chunk) {
	m.leave("%s, at line %d of the recording, could not be carried over.", what, m.recording.Entries[c.from].Line)
}
