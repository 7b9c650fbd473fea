package sdk

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// version is a release such as 6.3.1, or what came before it: 6.3.1-beta.1.
type version struct {
	numbers [3]int
	pre     string
}

// parse reads "6.3.1", "v6.3.1", "6.3" or "6.3.1-beta.1".
func parse(text string) (version, error) {
	refused := fmt.Errorf("%.40q is not a version; expected one such as 6.3.1, or latest", text)
	release, pre, hasPre := strings.Cut(strings.TrimPrefix(strings.TrimSpace(text), "v"), "-")
	v := version{pre: pre}
	parts := strings.Split(release, ".")
	if len(parts) > len(v.numbers) || hasPre && !isPreRelease(pre) {
		return version{}, refused
	}
	for i, part := range parts {
		// At most six digits: no overflow, and a date is no version.
		if part == "" || len(part) > 6 || strings.Trim(part, "0123456789") != "" {
			return version{}, refused
		}
		v.numbers[i], _ = strconv.Atoi(part)
	}
	return v, nil
}

func isPreRelease(text string) bool {
	return text != "" && len(text) <= 20 && strings.Trim(text, ".-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// mustParse reads a version out of this package's own table.
func mustParse(text string) version {
	v, err := parse(text)
	if err != nil {
		panic(err)
	}
	return v
}

// before reports whether v was released before w. Of one release, all
// pre-releases come first; their order among each other decides nothing here.
func (v version) before(w version) bool {
	if c := slices.CompareFunc(v.numbers[:], w.numbers[:], cmp.Compare[int]); c != 0 {
		return c < 0
	}
	return v.pre != "" && w.pre == ""
}

// String returns the version with all three numbers.
func (v version) String() string {
	s := fmt.Sprintf("%d.%d.%d", v.numbers[0], v.numbers[1], v.numbers[2])
	if v.pre != "" {
		s += "-" + v.pre
	}
	return s
}
