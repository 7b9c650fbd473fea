package guard

import "net/http"

// Handler answers a request that h breaks down over with status 500, or breaks
// the answer off if it has begun: a whole one with a line of ours at its end
// would look like what was meant. Without it net/http would write a stack trace
// across the screen.
func Handler(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := &answer{ResponseWriter: w}
		defer func() {
			cause := recover()
			if cause == http.ErrAbortHandler { //nolint:errorlint // net/http compares it as well
				panic(cause)
			}
			if cause == nil {
				return
			}
			Survived(cause)
			if answer.begun {
				panic(http.ErrAbortHandler)
			}
			http.Error(w, "layersim broke down over this request. Its terminal says more.", http.StatusInternalServerError)
		}()
		h.ServeHTTP(answer, r)
	})
}

// answer knows whether it has begun.
type answer struct {
	http.ResponseWriter
	begun bool
}

// WriteHeader begins the answer, unless it only says that one will come.
func (a *answer) WriteHeader(status int) {
	a.begun = a.begun || status >= http.StatusOK || status == http.StatusSwitchingProtocols
	a.ResponseWriter.WriteHeader(status)
}

// Write begins the answer.
func (a *answer) Write(b []byte) (int, error) {
	a.begun = true
	return a.ResponseWriter.Write(b)
}

// FlushError begins the answer, for http.ResponseController.
func (a *answer) FlushError() error {
	a.begun = true
	return http.NewResponseController(a.ResponseWriter).Flush()
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
