package drift

import "strings"

// questions are what no source settles about Plaid (the package comments and
// the Guide mark them UNCONFIRMED), and which difference answers each. The first
// that fits counts.
var questions = []struct {
	topic Topic
	where string // part of Where
	// when says more; nil is always.
	when     func(d Difference, live Walk) bool
	sentence string
}{
	{TopicMetadata, "status of onExit", nil, "Which statuses onExit has in Layer."},
	{TopicMetadata, "of LAYER_", nil, "Which keys of metadata the LAYER_* events have."},
	{TopicMetadata, "is_update_mode", nil, "Whether is_update_mode is a text, as the simulator has it."},
	{TopicTold, "", func(d Difference, _ Walk) bool { return strings.Contains(d.Live, toldAtOnce.String()) }, "Which events besides OPEN and LAYER_* are told at once: Plaid's documentation only says that they may be held back."},
	{TopicTold, "", nil, "Which events are held back until the end, and when they come then."},
	{TopicOrder, "", nil, "In which order the events of Link happen; after a one-time code no document lists it."},
	{TopicEvent, "LAYER_", func(_ Difference, live Walk) bool { return live.BirthGiven }, "Whether this phone number is found with its date of birth; sources contradict each other about some Sandbox numbers."},
	{TopicEvent, "LAYER_", nil, "What Layer answers to this phone number under this template."},
	{TopicEvent, "the end of Link", nil, "How Link ends here, by onSuccess or onExit."},
	{TopicError, "onExit", nil, "Which error onExit has when Layer fails."},
	{TopicResponse, "session/get: identity.email", nil, "Whether the email comes: the contract says that it is not returned at present, its samples have one."},
	{TopicResponse, "ssn_last", nil, "How the last four digits of the SSN are spelled: ssn_last_4 in the contract, ssn_last4 in the guide."},
	{TopicResponse, "session/get: link_session_id", nil, "Whether the session names its link_session_id, as some SDKs expect and the contract does not say."},
	{TopicResponse, "session/get: idv_session_status", nil, "Whether the session has idv_session_status, as some SDKs expect and the contract does not say."},
	{TopicResponse, "session/get: identity_edit_history", nil, "What the edit history holds besides the documented counts."},
	{TopicStatus, pathToken, nil, "What /session/token/create answers where Layer, or the template, is not there for this account."},
	{TopicError, pathToken, nil, "Which error /session/token/create gives where Layer, or the template, is not there for this account."},
	{TopicStatus, pathSession, nil, "What becomes of a public_token of Layer that is used twice or late."},
	{TopicWebhook, "public_token", nil, "Which tokens SESSION_FINISHED carries, and whether it does when the user left."},
	{TopicWebhook, "SESSION_FINISHED", func(_ Difference, live Walk) bool { return !live.Opened }, "Whether SESSION_FINISHED comes for a session in which Link was never opened."},
	{TopicWebhook, "SESSION_FINISHED", nil, "When SESSION_FINISHED is sent."},
}

// settles returns the open question that a difference answers.
func settles(d Difference, live Walk) string {
	for _, q := range questions {
		if q.topic == d.Topic && strings.Contains(d.Where, q.where) && (q.when == nil || q.when(d, live)) {
			return q.sentence
		}
	}
	return ""
}
