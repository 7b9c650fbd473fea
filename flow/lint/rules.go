package lint

import "slices"

// Rule is one thing that an integration must keep.
type Rule struct {
	ID       string
	Title    string // what is kept, in a few words
	Fault    string // what happened where it was not kept, in a few words
	Severity Severity
	Seen     Where
	// Unseen is why the rule cannot be seen in a recording of the simulator, or
	// in the walk; "" if it can be seen in both.
	Unseen string
	Why    string // why it matters
	Fix    string
	Source string
	check  func(*scene) verdict
}

// Rules lists every rule, in the order of a walk.
func Rules() []Rule { return slices.Clone(rules) }

// ByID returns the rule with this id.
func ByID(id string) (Rule, bool) {
	i, found := indexOf[id]
	if !found {
		return Rule{}, false
	}
	return rules[i], true
}

// ruleIndex is for ids of our own.
func ruleIndex(id string) int {
	i, found := indexOf[id]
	if !found {
		panic("no rule " + id)
	}
	return i
}

var (
	rules   []Rule
	indexOf = map[string]int{}
)

// The table refers to functions that refer to the table, so it is put together
// here.
func init() {
	rules = slices.Concat(tokenRules(), handlerRules(), outcomeRules(), linkRules(), sessionRules(), webhookRules())
	for i, r := range rules {
		indexOf[r.ID] = i
	}
}

// Where the rules come from.
const (
	docsLayer    = "Plaid docs: Layer (https://plaid.com/docs/layer/)"
	docsAdd      = "Plaid docs: Add Layer to your app (https://plaid.com/docs/layer/add-to-app/)"
	docsAutofill = "Plaid docs: Layer, Extended Autofill (https://plaid.com/docs/layer/#extended-autofill)"
	docsLink     = "Plaid docs: Link Web (https://plaid.com/docs/link/web/)"
	docsAPI      = "Plaid docs: Layer API (https://plaid.com/docs/api/products/layer/)"
	docsToken    = "Plaid docs: Errors, INVALID_LINK_TOKEN (https://plaid.com/docs/errors/invalid-input/#invalid_link_token)" //nolint:gosec // an address
	docsVerify   = "Plaid docs: Webhook verification (https://plaid.com/docs/api/webhooks/webhook-verification/)"
)

// Why a rule cannot be seen from outside.
const (
	onlyTheApp  = "only the app itself knows; the simulator sees what reaches Plaid"
	onlyTheWalk = "the simulator is not told which SDK calls it"
)

// The paths of the API that rules look at.
const (
	pathTokenCreate   = "/session/token/create"
	pathOldToken      = "/link/token/create" //nolint:gosec // a path
	pathSessionGet    = "/user_account/session/get"
	pathTokenExchange = "/item/public_token/exchange"
	pathWebhookKey    = "/webhook_verification_key/get"
)

const ok = 200
