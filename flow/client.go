package flow

// Client is the app's side of Link: which SDK it uses and what that SDK can
// do. Package flow/sdk makes one from a platform and a version.
type Client struct {
	Platform string // web, react, react-native, ios, android
	Name     string // for people: "React Native"
	Version  string // "latest" or a version such as "6.3.0"
	// Layer and Autofill say whether this version knows Layer and Extended
	// Autofill; the Min fields name the first version that does ("" = any).
	Layer, Autofill       bool
	MinLayer, MinAutofill string
}

// Label returns the SDK as people say it: "iOS 6.3.0".
func (c Client) Label() string {
	if c.Version == "" || c.Version == "latest" {
		return c.Name
	}
	return c.Name + " " + c.Version
}
