package detour

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// Variable is one variable of the app's environment that was set.
type Variable struct {
	Name, Value string
	// Why says in a few words whom it is for.
	Why string
	// shown is the value as it may be printed, where that differs.
	shown string
}

// Shown is the value as it may be printed: without passwords, and with the
// name of the variable for what was in it before.
func (v Variable) Shown() string {
	if v.shown != "" {
		return v.shown
	}
	return v.Value
}

// local are the addresses that no client asks a proxy for.
const local = "localhost,127.0.0.1,::1"

// setting is all that the variables are made of.
type setting struct {
	dir         string
	identity    identity
	proxyURL    string
	proxy       net.Addr
	plaid       net.Addr
	java        net.Addr // the proxy without a password; nil for none
	environ     []string
	bundlePaths map[string]string
}

// variables writes the files and returns what names them.
func (s setting) variables() ([]Variable, error) {
	if err := s.writeInjected(); err != nil {
		return nil, err
	}
	set := []Variable{
		s.proxyVariable("HTTPS_PROXY", "Go, Ruby, curl and most others: Plaid's hosts come here, all else passes through"),
		s.proxyVariable("https_proxy", "the same, for those that read small letters"),
		s.exceptions("NO_PROXY", "this machine's own addresses need no proxy"),
		s.exceptions("no_proxy", "the same"),
		s.added("NODE_OPTIONS", "--require "+quote(filepath.Join(s.dir, "preload.cjs")), "Node: connections to Plaid's hosts turn off to the simulator"),
		s.pythonPath(),
	}
	authorities, err := s.authorities()
	if err != nil {
		return nil, err
	}
	set = append(set, authorities...)
	if s.java == nil {
		return set, nil
	}
	java, err := s.javaOptions()
	return append(set, java), err
}

// authorities are the variables that name files of trusted authorities. Most
// replace what the system trusts, so the files hold that as well.
func (s setting) authorities() ([]Variable, error) {
	s.bundlePaths = map[string]string{}
	var set []Variable
	for _, v := range []struct {
		name, why string
		adds      bool // to what is trusted anyway
	}{
		{"NODE_EXTRA_CA_CERTS", "Node trusts the certificate of this run", true},
		{"SSL_CERT_FILE", "Go on Linux, Ruby, Python and OpenSSL trust it too", false},
		{"REQUESTS_CA_BUNDLE", "Python's requests", false},
		{"CURL_CA_BUNDLE", "curl", false},
	} {
		path, err := s.bundle(s.getenv(v.name), v.adds)
		if errors.Is(err, errNoBundle) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", v.name, err)
		}
		set = append(set, Variable{Name: v.name, Value: path, Why: v.why})
	}
	return set, nil
}

// bundle writes a file with the authorities of a file and the one of this run.
// Without a file these are the system's, or none if the variable only adds.
func (s setting) bundle(from string, adds bool) (string, error) {
	key := from
	if from == "" && adds {
		return filepath.Join(s.dir, "ca.pem"), nil
	}
	if path, ok := s.bundlePaths[key]; ok {
		return path, nil
	}
	content, err := s.trusted(from)
	if err != nil {
		return "", err
	}
	path, err := s.write(fmt.Sprintf("bundle-%d.pem", len(s.bundlePaths)+1), content)
	s.bundlePaths[key] = path
	return path, err
}

// trusted are the authorities of a file, or the system's, and the one of this
// run, as PEM.
func (s setting) trusted(from string) ([]byte, error) {
	read := systemBundle
	if from != "" {
		read = func() ([]byte, error) { return readBundle(from) }
	}
	content, err := read()
	if err != nil {
		return nil, err
	}
	return slices.Concat(content, []byte("\n"), s.identity.authorityPEM()), nil
}

// javaOptions are for a JVM, which takes system properties from a variable.
func (s setting) javaOptions() (Variable, error) {
	content, err := s.trusted(s.getenv("SSL_CERT_FILE"))
	if err != nil {
		return Variable{}, err
	}
	store, err := s.writeTrustStore(content)
	if err != nil {
		return Variable{}, err
	}
	host, port, err := net.SplitHostPort(s.java.String())
	if err != nil {
		return Variable{}, err
	}
	options := []string{
		"-Dhttps.proxyHost=" + host, "-Dhttps.proxyPort=" + port,
		`-Djavax.net.ssl.trustStore="` + store + `"`, "-Djavax.net.ssl.trustStoreType=PKCS12", "-Djavax.net.ssl.trustStorePassword=" + trustStorePassword,
	}
	return s.added("JAVA_TOOL_OPTIONS", strings.Join(options, " "), "Java: a proxy of its own, without a password, and what it trusts"), nil
}

func (s setting) proxyVariable(name, why string) Variable {
	v := Variable{Name: name, Value: s.proxyURL, Why: why}
	if u, err := url.Parse(s.proxyURL); err == nil {
		v.shown = u.Redacted()
	}
	return v
}

// exceptions are the hosts that need no proxy: this machine's, and those that
// the operator excepts, whose own proxy for plain HTTP is still there. Plaid's
// hosts are never excepted, so they come here.
func (s setting) exceptions(name, why string) Variable {
	v := Variable{Name: name, Value: local, Why: why}
	old := s.getenv(name)
	if old == "" { // clients read one of the two, and not all the same
		old = s.getenv(otherCase(name))
	}
	// Most clients want commas, some take spaces too.
	for _, entry := range strings.FieldsFunc(old, func(r rune) bool { return r == ',' || unicode.IsSpace(r) }) {
		if !exceptsPlaid(entry) {
			v.Value += "," + entry
		}
	}
	return v
}

func otherCase(name string) string {
	if lower := strings.ToLower(name); lower != name {
		return lower
	}
	return strings.ToUpper(name)
}

// exceptsPlaid reports whether an entry of NO_PROXY fits a host that is taken:
// it is one of them or a domain above them, with a port or without, or all.
func exceptsPlaid(entry string) bool {
	domain := strings.Trim(strings.TrimLeft(hostOf(entry), "*"), ".")
	return domain == "" || slices.ContainsFunc(taken, func(host string) bool { return strings.HasSuffix("."+host, "."+domain) })
}

// added is a variable of options that keeps those that were in it.
func (s setting) added(name, ours, why string) Variable {
	old := s.getenv(name)
	if old == "" {
		return Variable{Name: name, Value: ours, Why: why}
	}
	return Variable{Name: name, Value: old + " " + ours, Why: why, shown: "$" + name + " " + ours}
}

// pythonPath has our folder first: Python loads one sitecustomize, and ours
// loads the next.
func (s setting) pythonPath() Variable {
	const name = "PYTHONPATH"
	v := Variable{Name: name, Value: filepath.Join(s.dir, "python"), Why: "Python: the same"}
	if old := s.getenv(name); old != "" {
		ours := v.Value + string(os.PathListSeparator)
		v.Value, v.shown = ours+old, ours+"$"+name
	}
	return v
}

func (s setting) getenv(name string) string {
	for i := len(s.environ) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(s.environ[i], name+"="); ok {
			return value
		}
	}
	return ""
}

// with is an environment with variables set anew.
func with(environ []string, set []Variable) []string {
	changed := slices.DeleteFunc(slices.Clone(environ), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.ContainsFunc(set, func(v Variable) bool { return v.Name == name })
	})
	for _, v := range set {
		changed = append(changed, v.Name+"="+v.Value)
	}
	return changed
}

// quote writes a path as NODE_OPTIONS wants one that may have spaces
// (Node docs: NODE_OPTIONS).
func quote(path string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(path) + `"`
}
