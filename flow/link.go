package flow

// Surface is where the panes of an open Link session are drawn.
type Surface string

// The places where Link can be finished.
const (
	InBrowser  Surface = "browser"
	InTerminal Surface = "terminal"
)

// Link view names, as TRANSITION_VIEW reports them (Plaid docs: Link Web).
const (
	ViewConsent     = "CONSENT"
	ViewVerifyPhone = "VERIFY_PHONE"
	ViewReview      = "PROFILE_DATA_REVIEW"
	ViewError       = "ERROR"
	// ViewExit asks whether to leave, after exit() without force.
	ViewExit = "EXIT"
	// Adding another bank.
	ViewSelectInstitution = "SELECT_INSTITUTION"
	ViewCredential        = "CREDENTIAL"
	ViewOAuth             = "OAUTH"
	ViewMFA               = "MFA"
	ViewSelectAccount     = "SELECT_ACCOUNT"
	ViewConnected         = "CONNECTED"
)

// Pane is what a simulated Link session shows its user now, for whoever draws
// it. The app never sees this: it belongs to Link.
type Pane struct {
	View  string
	Title string
	Text  string
	// Notice is what went wrong with the last thing the user did.
	Notice string
	// Button is the name of the one primary button: "Continue", "Share".
	// The code pane has none, it submits itself at six digits.
	Button string
	// Verb is what Button does; "" is clear from the View.
	Verb LinkActionKind
	// Others are the buttons besides Button and Close.
	Others []PaneButton
	// Options are things of which the user chooses one (LinkInstitution).
	Options []PaneOption
	// Auto is what Link does by itself after a moment, "" if it waits for its
	// user.
	Auto LinkActionKind
	// AttemptsLeft counts the codes the user may still try.
	AttemptsLeft int
	Fields       []PaneField
	Banks        []PaneBank
	// AccountsRule is the template's: required, optional or skip.
	AccountsRule string
}

// PaneButton is a button besides the primary one.
type PaneButton struct {
	Verb  LinkActionKind
	Label string
}

// PaneOption is one of several things to choose from.
type PaneOption struct {
	ID, Name string
	Detail   string
}

// PaneField is one identity value the user can edit before sharing.
type PaneField struct {
	Key      string // such as "address.street2"
	Label    string
	Value    Masked[ssnKind] // private whatever the field: the type masks it
	Private  bool            // masked on screen until revealed
	Required bool
	Notice   string
}

// PaneBank is one institution the user may share accounts from.
type PaneBank struct {
	ID       string
	Name     string
	Accounts []PaneAccount
}

// PaneAccount is one account the user may share.
type PaneAccount struct {
	ID, Name, Mask, Type, Subtype string
	Selected                      bool
}

// NewPaneValue wraps the value of a PaneField.
func NewPaneValue(s string) Masked[ssnKind] { return masked[ssnKind](s) }

// Handover is what a page needs to take over a Link session: the link_token
// for Plaid.create and, simulated, the key that resumes the session.
type Handover struct {
	LinkToken LinkToken
	Key       LinkKey
}
