package sdk

import "layersim/flow"

// BeforeLayer describes the Link SDK of a platform in the version before the
// first that knows Layer. A page always loads the newest Link, so that for the
// web it is react-plaid-link, which can be too old.
func BeforeLayer(platform string) flow.Client {
	for _, p := range Platforms() {
		if p.ID != platform {
			continue
		}
		if p.MinLayer == "" {
			return BeforeLayer("react")
		}
		if c, err := Client(p.ID, mustParse(p.MinLayer).earlier()); err == nil {
			return c
		}
	}
	return flow.Client{}
}

// earlier is the release before v: the last number that can be is one less.
func (v version) earlier() string {
	for i := len(v.numbers) - 1; i >= 0; i-- {
		if v.numbers[i] > 0 {
			v.numbers[i]--
			break
		}
	}
	return v.String()
}
