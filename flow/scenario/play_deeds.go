package scenario

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/sdk"
)

// usualDateOfBirth finds who has none of their own in the fixtures (Plaid docs:
// Layer, testing in Sandbox).
const usualDateOfBirth = "1975-01-18"

// do does a deed and returns why it was refused, "" if it was not.
func (p *Player) do(ctx context.Context, deed Deed) (refused string) {
	at := p.at()
	switch d := deed.(type) {
	case CreateToken:
		return p.want(flow.LinkTokenRequested{At: at})
	case CreateHandler:
		return p.want(flow.HandlerRequested{At: at})
	case SubmitPhone:
		if d.Number.IsZero() {
			d.Number = p.persona.Phone
		}
		return p.want(flow.PhoneNumberEntered{At: at, Phone: d.Number})
	case SubmitDateOfBirth:
		if d.Date.IsZero() {
			d.Date = p.dateOfBirth()
		}
		return p.want(flow.DateOfBirthEntered{At: at, DateOfBirth: d.Date})
	case Decline:
		return p.want(flow.AutofillDeclined{At: at})
	case Open:
		return p.want(flow.OpenRequested{At: at, Surface: flow.InTerminal})
	case Exit:
		return p.want(flow.ExitRequested{At: at})
	case Retry:
		return p.want(flow.RetryRequested{At: at})
	case StartOver:
		return p.startOver(d)
	case SignUp:
		return p.want(flow.SignUpSubmitted{At: at})
	case DoWrong:
		return p.doWrong(d.Wrong)
	case Call:
		return p.call(ctx, d)
	case Wait:
		return refusal(p.pass(ctx, d.For))
	case AdvanceClock:
		p.world.Plaid.Advance(d.By)
	case ArmFault:
		return refusal(p.world.Plaid.Fail(d.Fault))
	case Heal:
		p.idle = p.Idle()
		p.world.Plaid.Heal()
	case SendWebhook:
		return refusal(p.gather(func() error { return p.world.Plaid.SendWebhook(ctx, d.Code) }))
	case RotateWebhookKey:
		p.world.Plaid.RotateWebhookKey()
	case MisdeliverWebhook:
		return refusal(p.world.Plaid.MisdeliverWebhook(d.How, d.Code))
	default:
		return p.inLink(deed)
	}
	return ""
}

func refusal(err error) string {
	if err == nil {
		return ""
	}
	return flow.CleanLine(err.Error(), 300)
}

// want puts what the operator wants to the core.
func (p *Player) want(e flow.Event) (refused string) {
	if t := p.take(e); t.Verdict == flow.Refused {
		return t.Why
	}
	return ""
}

func (p *Player) dateOfBirth() flow.DateOfBirth {
	if a := p.persona.Autofill; a != nil && a.DateOfBirth != "" {
		return flow.NewDateOfBirth(a.DateOfBirth)
	}
	return flow.NewDateOfBirth(usualDateOfBirth)
}

func (p *Player) startOver(d StartOver) (refused string) {
	e := flow.StartOverRequested{At: p.at()}
	if d.Template != "" {
		t, ok := p.world.Catalog.Template(d.Template)
		if !ok {
			return fmt.Sprintf("there is no template %q", d.Template)
		}
		e.TemplateID = t.ID
	}
	if d.Platform != "" || d.SDKVersion != "" {
		platform := d.Platform
		if platform == "" {
			platform = p.state.Config.Client.Platform
		}
		client, err := sdk.Client(platform, d.SDKVersion)
		if err != nil {
			return refusal(err)
		}
		e.Client = client
	}
	return p.want(e)
}

// doWrong makes a mistake, with what it takes: as the screen does, with the
// number that its user has typed by then.
func (p *Player) doWrong(id flow.WrongID) (refused string) {
	e := flow.DoWrong{At: p.at(), Wrong: id}
	switch id {
	case flow.WrongSubmitBeforeLoad, flow.WrongTokenExpiredUsed, flow.WrongForeignNumber, flow.WrongBothFields:
		e.Surface = flow.InTerminal
		if e.Phone = p.state.Phone; e.Phone.IsZero() {
			e.Phone = p.persona.Phone
		}
		if id == flow.WrongBothFields {
			e.DateOfBirth = p.enteredBirth()
		}
	case flow.WrongBirthFirst:
		e.Surface, e.DateOfBirth = flow.InTerminal, p.enteredBirth()
	case flow.WrongOpenBeforeReady, flow.WrongOpenTwice:
		e.Surface = flow.InTerminal
	case flow.WrongAutofillNeedsAccounts:
		i := slices.IndexFunc(p.world.Catalog.Templates, func(t fixtures.Template) bool { return t.Accounts == fixtures.AccountsRequired })
		if i < 0 {
			return "there is no template whose accounts are required"
		}
		e.TemplateID = p.world.Catalog.Templates[i].ID
	case flow.WrongSDKTooOld:
		if e.Client = sdk.BeforeLayer(p.state.Config.Client.Platform); e.Client.Platform == "" {
			return "every version of this SDK knows Layer"
		}
	}
	return p.want(e)
}

// enteredBirth is the date of birth in the field: what was entered before, or
// that of the persona, if there is one.
func (p *Player) enteredBirth() flow.DateOfBirth {
	if a := p.persona.Autofill; p.state.DateOfBirth.IsZero() && a != nil {
		return flow.NewDateOfBirth(a.DateOfBirth)
	}
	return p.state.DateOfBirth
}

// call makes a call by hand. Of what the walk has, ${link_token} and others stand
// for the values.
func (p *Player) call(ctx context.Context, d Call) (refused string) {
	method := d.Method
	if method == "" {
		method = http.MethodPost
	}
	access := ""
	if items := p.state.Account.Items; len(items) > 0 {
		access = items[0].AccessToken.Reveal()
	}
	body := strings.NewReplacer(
		"${link_token}", p.state.LinkToken.Reveal(), "${public_token}", p.state.PublicToken.Reveal(),
		"${access_token}", access, "${link_session_id}", p.state.LinkSessionID,
	).Replace(d.Body)
	r, err := http.NewRequestWithContext(ctx, method, d.Path, strings.NewReader(body))
	if err != nil {
		return refusal(err)
	}
	for _, h := range d.Headers {
		name := http.CanonicalHeaderKey(h.Name)
		r.Header[name] = append(r.Header[name], h.Value)
	}
	return refusal(p.gather(func() error { return p.world.Plaid.Call(ctx, r) }))
}
