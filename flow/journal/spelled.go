package journal

import "layersim/flow"

// Spelled returns how the code of an app spells an event with its Link SDK, ""
// when it has no other name there than Name gives: LAYER_READY is ".layerReady"
// in Swift, and a phone number goes out with "plaidHandler.submit()".
func Spelled(event flow.Event, client flow.Client) string {
	n := client.Words()
	word, plain := "", ""
	switch e := event.(type) {
	case flow.HandlerRequested, flow.HandlerCreated:
		word = n.Create
	case flow.OnLoad:
		if n.Load == "none" {
			return "this SDK has no callback for it"
		}
		word, plain = n.Load, "onLoad"
	case flow.PhoneNumberEntered, flow.DateOfBirthEntered:
		word = n.Submit
	case flow.OnEvent:
		word, plain = client.EventName(e.Name), e.Name
	case flow.OpenRequested:
		word = n.Open
	case flow.OnSuccess:
		word, plain = n.Success, "onSuccess"
	case flow.OnExit:
		word, plain = n.Exit, "onExit"
	}
	if word == plain {
		return ""
	}
	return word
}
