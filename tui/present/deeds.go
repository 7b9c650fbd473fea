package present

import (
	"slices"
	"strings"

	"layersim/flow/scenario"
	"layersim/tui/pane"
)

// titleOf says what a step does, as the title of a beat; "" for one that only
// looks.
func titleOf(d scenario.Deed) string {
	switch d := d.(type) {
	case scenario.CreateToken:
		return "The server asks for a link_token"
	case scenario.CreateHandler:
		return "The app creates the handler"
	case scenario.SubmitPhone:
		return "The phone number"
	case scenario.SubmitDateOfBirth:
		return "The date of birth"
	case scenario.Decline:
		return "The app's own form instead"
	case scenario.Open:
		return "The app opens Link"
	case scenario.Exit:
		return "The app leaves Link"
	case scenario.Retry:
		return "Once more"
	case scenario.StartOver:
		return "From the start again"
	case scenario.SignUp:
		return "The app's own form is sent"
	case scenario.DoWrong:
		return "A mistake: " + strings.ReplaceAll(string(d.Wrong), "-", " ")
	case scenario.Call:
		return "A call: " + d.Path
	case scenario.Continue:
		return "The user goes on"
	case scenario.EnterCode:
		return "The code"
	case scenario.EditField:
		return "The user changes something"
	case scenario.ChooseAccounts:
		return "The user chooses accounts"
	case scenario.Share:
		return "The user shares"
	case scenario.AddBank:
		return "The user adds a bank"
	case scenario.Search:
		return "The user looks for a bank"
	case scenario.ChooseInstitution:
		return "The user chooses a bank"
	case scenario.SignIn:
		return "The user signs in to the bank"
	case scenario.Back:
		return "One pane back"
	case scenario.Close:
		return "The user closes Link"
	case scenario.Wait:
		return "Time passes"
	case scenario.AdvanceClock:
		return "Plaid's clock moves on"
	case scenario.ArmFault:
		return "Plaid is made to misbehave"
	case scenario.Heal:
		return "Plaid is well again"
	case scenario.SendWebhook:
		return "A webhook, once more"
	case scenario.RotateWebhookKey:
		return "Plaid signs with a new key"
	case scenario.MisdeliverWebhook:
		return "A webhook goes wrong on its way"
	}
	return ""
}

// userDid says what the user does in a step, in the words of a stage direction;
// "" if the step is not theirs. No value is named.
func userDid(d scenario.Deed) string {
	switch d := d.(type) {
	case scenario.SubmitPhone:
		return "types a phone number"
	case scenario.SubmitDateOfBirth:
		return "types a date of birth"
	case scenario.SignUp:
		return "fills in the form and sends it"
	case scenario.Continue:
		return "presses Continue"
	case scenario.EnterCode:
		if d.Code.Reveal() == scenario.WrongCode {
			return "types a wrong code"
		}
		return "types the code"
	case scenario.EditField:
		var fields []string
		for key := range d.Values {
			fields = append(fields, fieldWords(key))
		}
		slices.Sort(fields)
		return "changes the " + strings.Join(fields, " and the ")
	case scenario.ChooseAccounts:
		switch {
		case d.All:
			return "ticks every account"
		case len(d.Names) == 0:
			return "takes every tick away"
		}
		return "chooses accounts"
	case scenario.Share:
		return "presses Share"
	case scenario.AddBank:
		return "adds a bank"
	case scenario.Search:
		return "looks for a bank"
	case scenario.ChooseInstitution:
		return "chooses " + pane.Clean(d.Institution)
	case scenario.SignIn:
		return "signs in to the bank"
	case scenario.Back:
		return "goes back"
	case scenario.Close:
		return "closes Link"
	case scenario.Wait:
		return "waits"
	}
	return ""
}

// fieldWords names a field of a pane by its key: "address.postal_code" is
// "postal code".
func fieldWords(key string) string {
	if i := strings.LastIndexByte(key, '.'); i >= 0 {
		key = key[i+1:]
	}
	return strings.ReplaceAll(pane.Clean(key), "_", " ")
}
