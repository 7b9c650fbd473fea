package journal

import (
	"encoding/json"
	"time"

	"layersim/flow"
)

// A recording is a file of JSON lines: a header, then one line for each entry as
// Whole writes it, in the order in which they happened. Each line is written
// when its entry is made, so that a program that is killed leaves at most its
// last line torn.

// RecordingVersion is the version of the format that is written here. A reader
// of it ignores members that it does not know, so only what an older reader
// would misunderstand needs a new version.
const RecordingVersion = 1

// Modes of a recorded walk.
const (
	ModeSimulated = "simulated"
	ModeLive      = "live"
	// ModeServed is no walk: after the header come the records of a simulator that
	// somebody's app has used, as its control API shows them.
	ModeServed = "served"
)

// Header is the first line of a recording: which walk it is.
type Header struct {
	// Version is RecordingVersion when it is written, whatever is given.
	Version int `json:"layersim_recording"`
	// Program is the version of layersim that wrote it.
	Program string    `json:"layersim"`
	Started time.Time `json:"started"`
	Mode    string    `json:"mode"` // ModeSimulated or ModeLive
	// Elsewhere names the settings by which a live walk ran against something
	// else than Plaid.
	Elsewhere    []string `json:"elsewhere,omitempty"`
	TemplateID   string   `json:"template_id"`
	Template     string   `json:"template,omitempty"` // its name in the fixtures, if it is there
	Persona      string   `json:"persona,omitempty"`  // whom the walk was begun with, if that was said
	ClientUserID string   `json:"client_user_id,omitempty"`
	Platform     string   `json:"platform"`
	SDKVersion   string   `json:"sdk_version"`
	// InPage: the handler lived in a page from create() on.
	InPage bool `json:"in_page,omitempty"`
	// Webhooks: a receiver of webhooks stood ready.
	Webhooks bool `json:"webhooks,omitempty"`
	// TestNumbers: where a phone number is that of a persona in the fixtures, the
	// entry says so; where it does not say so, it is not.
	TestNumbers bool `json:"test_numbers,omitempty"`
	// Seed and Delivery are a simulated Plaid's. The seed is a text, because many
	// readers of JSON have no number that is large enough.
	Seed     string `json:"seed,omitempty"`
	Delivery string `json:"delivery,omitempty"`
}

// Line returns the header as the first line of a recording, without its end.
func (h Header) Line() ([]byte, error) {
	h.Version, h.Started = RecordingVersion, h.Started.UTC()
	content, err := plainJSON(h)
	return flow.HarmlessJSON(content), err
}

// Recording is a recording that was read.
type Recording struct {
	Name    string // of the file, for people
	Header  Header
	Entries []Recorded
	// PhoneOf, if it is set, tells Replay the number of a persona in the fixtures,
	// zero if it is not known. Those numbers are public: where a recording names
	// the persona, its mask hides nothing.
	PhoneOf func(persona string) flow.PhoneNumber
	// Torn: the last line broke off, as it does when the program was killed while
	// it wrote, and was left out.
	Torn bool
}

// Recorded is one entry of a recording; the members are those of Whole.
type Recorded struct {
	Seq      int             `json:"seq"`
	At       time.Time       `json:"at"`
	Happened time.Time       `json:"happened_at"` // zero if it does not tell
	Lane     string          `json:"lane"`
	Kind     string          `json:"kind"`
	Name     string          `json:"name"`
	Verdict  string          `json:"verdict"`
	Why      string          `json:"why"`
	Before   string          `json:"phase_before"`
	Phase    string          `json:"phase"`
	Event    json.RawMessage `json:"event"`
	// TestNumber names the persona in the fixtures whose number was entered.
	TestNumber string `json:"test_number"`
	// Line is the line of the file, 2 for the first entry.
	Line int `json:"-"`
}
