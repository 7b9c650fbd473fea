package plain_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"layersim/flow"
	"layersim/tui/plain"

	"pgregory.net/rapid"
)

// terminal is somebody who types, in a bubble: what is printed can be read at
// any time.
type terminal struct {
	t     *testing.T
	world world
	keys  *io.PipeWriter
	mu    sync.Mutex
	out   strings.Builder
	over  chan error
	ended plain.Ended
}

func (c *terminal) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.Write(b)
}

func (c *terminal) said() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.String()
}

// typing runs a walk at a terminal.
func typing(t *testing.T, s setting, with func(c *terminal)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		c := &terminal{t: t, world: build(ctx, t, s), over: make(chan error, 1)}
		in, keys := io.Pipe()
		c.keys = keys
		c.world.options.In, c.world.options.Out, c.world.options.Typed, c.world.options.Hanging = in, c, true, true
		go func() {
			var err error
			c.ended, err = plain.Run(ctx, c.world.options)
			c.over <- err
		}()
		defer func() {
			cancel()
			_ = keys.Close()
			synctest.Wait()
		}()
		synctest.Wait()
		with(c)
	})
}

// types types lines, and waits until nothing moves any more.
func (c *terminal) types(lines ...string) {
	c.t.Helper()
	for _, line := range lines {
		if _, err := io.WriteString(c.keys, line+"\n"); err != nil {
			c.t.Fatal(err)
		}
		synctest.Wait()
	}
}

// ends fails the test unless the last that is said is this, after which the
// cursor stands.
func (c *terminal) ends(prompt string) {
	c.t.Helper()
	if !strings.HasSuffix(c.said(), prompt) {
		c.t.Fatalf("the prompt %q does not stand there:\n%s", prompt, c.said())
	}
}

// A prompt stands until it is answered, and again below what is said meanwhile.
func TestPromptStandsAgain(t *testing.T) {
	typing(t, setting{template: "ssn-required", surface: flow.InBrowser, browser: errors.New("there is no display")}, func(c *terminal) {
		c.ends("\nNext (Enter asks for a link_token): ")
		c.types("", "")
		c.ends("\nPhone number (Enter for +1 415 555 0011, persona two-banks): ")
		c.types("", "")
		c.ends("\nWaiting (Enter waits; browser opens the page again; terminal finishes here): ")
		before := len(c.said())
		c.world.emit(flow.PageConnected{At: flow.At(time.Now()), Tab: 1})
		synctest.Wait()
		if news := c.said()[before:]; !strings.HasPrefix(news, "\nPage: tab 1 connected.") || !strings.HasSuffix(news, "\nWaiting (Enter waits; terminal finishes here): ") {
			t.Errorf("when something happens, this is said:\n%s", news)
		}
		if n := strings.Count(c.said(), "Address to open in a browser on this machine: "+pageURL); n != 1 {
			t.Errorf("the address is said %d times:\n%s", n, c.said())
		}
		if !strings.Contains(c.said(), "Note: No browser could be started: there is no display.") {
			t.Errorf("nobody says why there is no browser:\n%s", c.said())
		}
		c.types("terminal")
		c.ends("\nIn Link (Enter continues; close): ")
		c.types("", "123456", "", "quit")
		if err := <-c.over; err != nil || !c.ended.Quit {
			t.Errorf("quit ended with %v, %v", err, c.ended.Quit)
		}
		if strings.Contains(c.said(), "(Enter continues; close): \n\n") {
			t.Error("an answered prompt leaves a blank line") // the terminal itself ends the line
		}
	})
}

// Silence is worth a word, and comes by itself.
func TestSilenceAtATerminal(t *testing.T) {
	typing(t, setting{platform: "ios", version: "6.0.3"}, func(c *terminal) {
		c.types("", "", "")
		time.Sleep(flow.EligibilityPatience)
		synctest.Wait()
		c.ends("\nNext (Enter uses the app's own form): ")
		c.types("", "", "Ada", "Example")
		c.ends("Street (Enter leaves it empty; /help): ")
		c.types("/over")
		c.ends("\nNext (Enter asks for a link_token): ")
	})
}

func TestInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		w := build(ctx, t, setting{})
		in, keys := io.Pipe()
		var out strings.Builder
		w.options.In, w.options.Out, w.options.Typed, w.options.Hanging = in, &out, true, true
		over := make(chan error, 1)
		go func() {
			_, err := plain.Run(ctx, w.options)
			over <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-over; !errors.Is(err, context.Canceled) {
			t.Errorf("ended with %v", err)
		}
		if !strings.HasSuffix(out.String(), ": \n") {
			t.Errorf("the prompt's line is not ended: %q", out.String())
		}
		_ = keys.Close()
	})
}

// closedAfter is an output that nobody reads any more after some bytes.
type closedAfter struct{ n int }

func (c *closedAfter) Write(b []byte) (int, error) {
	if c.n -= len(b); c.n < 0 {
		return 0, errors.New("broken pipe")
	}
	return len(b), nil
}

func TestNobodyReads(t *testing.T) {
	for _, n := range []int{0, 100, 2000, 5000} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			w := build(ctx, t, setting{})
			w.options.In, w.options.Out = strings.NewReader(strings.Join(eligible, "\n")), &closedAfter{n}
			if ended, err := plain.Run(ctx, w.options); err != nil || ended.Quit {
				t.Errorf("after %d bytes: %v", n, err)
			}
			cancel()
			synctest.Wait()
		})
	}
}

// The same lines lead to the same walk, in the same words.
func TestSameLinesSameWalk(t *testing.T) {
	lines := everywhere([]string{"", "", "", "", "", "123456", "add bank", "2", "user_good", "pass_good", "1234", "", "", "accounts all", "", "over", "", "", "", "", "close", "log 1000"})
	first := walk(t, setting{}, lines...)
	for range 5 {
		if again := walk(t, setting{}, lines...); again.out != first.out {
			t.Fatalf("two walks differ:\n%s\nand\n%s", first.out, again.out)
		}
	}
}

// A webhook comes whenever it likes. From a pipe it is said behind the call that
// is under way, so that the order does not hang on who was faster.
func TestWebhooksWaitForTheCall(t *testing.T) {
	for _, typed := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			w := build(ctx, t, setting{})
			perform := w.options.Perform
			w.options.Perform = func(ctx context.Context, e flow.Effect) flow.Event {
				if _, asks := e.(flow.CreateSessionToken); asks {
					w.emit(flow.WebhookReceived{At: flow.At(time.Now()), Code: "EARLY", Reason: "made up"})
				}
				return perform(ctx, e)
			}
			var out strings.Builder
			w.options.In, w.options.Out, w.options.Typed = strings.NewReader("\n"), &out, typed
			ended, err := plain.Run(ctx, w.options)
			cancel()
			synctest.Wait()
			if err != nil {
				t.Error(err)
			}
			hook, token := strings.Index(out.String(), "Webhook: EARLY"), strings.Index(out.String(), "Server: link_token received")
			if !typed && (hook < token || token < 0) {
				t.Errorf("the webhook is not said last:\n%s", out.String())
			}
			told{t, out.String(), ended}.saysTheJournal()
		})
	}
}

// With a page, a line waits for what happens there.
func TestPipeWaitsForThePage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		w := build(ctx, t, setting{surface: flow.InBrowser})
		var out strings.Builder
		w.options.In, w.options.Out = strings.NewReader("\n\n\n\nwait\nstate\n"), &out
		over := make(chan plain.Ended, 1)
		go func() {
			ended, _ := plain.Run(ctx, w.options)
			over <- ended
		}()
		synctest.Wait()
		if !strings.Contains(out.String(), "\nAddress to open in a browser on this machine: "+pageURL+"\n") || strings.Contains(out.String(), "End of the input") {
			t.Fatalf("it does not wait:\n%s", out.String())
		}
		w.emit(flow.OnEvent{At: flow.At(time.Now()), HandlerID: 1, Name: flow.EventOpen})
		synctest.Wait()
		if !strings.Contains(out.String(), "Link: OPEN") || strings.Contains(out.String(), "End of the input") {
			t.Fatalf("it does not wait for the end of Link:\n%s", out.String())
		}
		w.emit(flow.OnExit{At: flow.At(time.Now()), HandlerID: 1})
		ended := <-over
		if ended.State.Phase != flow.PhaseExited || !strings.HasSuffix(out.String(), "End of the input. The walk is at an end: Link was closed.\n") {
			t.Errorf("after the page is done:\n%s", out.String())
		}
		cancel()
		synctest.Wait()
	})
}

// Live, Plaid is asked about nobody whom the operator did not name.
func TestLive(t *testing.T) {
	w := walk(t, setting{live: true, surface: flow.InTerminal}, "template", "what if", "terminal", "persona", "", "", "", "persona 1", "", "terminal", "wrong token-expired-used")
	w.isText()
	w.says("Live: this walk runs against Plaid's real Sandbox.", "Not now: template is for with the simulated Plaid.", "This walk is live: Plaid keeps the reason to itself",
		"Type a phone number. persona lists those that Plaid documents for tests.", "Persona two-banks is in the walk", "Not now: terminal is for", "Not now: token-expired-used: with the simulated Plaid only.")
	w.stands(flow.PhaseReady)
}

// Whatever is typed, in whatever order: it ends, it is text, and the journal is
// said.
func TestAnyLines(t *testing.T) {
	pool := []string{
		"", "", "", "", "", "", "123456", "000000", "515-555-0016", "+44 20 7946 0958", "1975-01-18", "1990-01-01", "close", "exit", "retry", "decline", "over", "share",
		"edit 1", "edit first name = X", "edit ssn = 1", "edit", "accounts none", "accounts all", "accounts 1 9", "add bank", "search a", "back", "1", "2", "3", "user_good", "pass_good", "1234", "all",
		"browser", "terminal", "persona 5", "persona silent", "template ssn-required", "template 3", "sdk ios 6.3.0", "sdk web", "sdk", "reveal ssn", "reveal", "private", "help", "state", "log", "wire", "code", "code go",
		"guide", "guide errors", "findings", "result", "what if name required", "what if", "quit it", "/help", "/", "//", "/close", "Ada", "ada@example.com", "-", "\u202e•", "wait",
	}
	for _, mistake := range flow.Wrongs() {
		pool = append(pool, "wrong "+string(mistake.ID))
	}
	surfaces := []flow.Surface{flow.InTerminal, flow.InTerminal, flow.InTerminal, flow.InBrowser}
	rapid.Check(t, func(r *rapid.T) {
		lines := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(pool), rapid.SampledFrom(pool), rapid.SampledFrom(pool), rapid.StringN(0, 20, 60)), 0, 60).Draw(r, "lines")
		surface := rapid.SampledFrom(surfaces).Draw(r, "surface")
		private := rapid.Bool().Draw(r, "private")
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			w := build(ctx, t, setting{surface: surface, private: private})
			// Nobody opens the page: whoever waits for it is helped after an hour.
			w.options.In, w.options.Out = strings.NewReader(strings.Join(lines, "\n")), &strings.Builder{}
			hour := time.AfterFunc(time.Hour, cancel)
			ended, err := plain.Run(ctx, w.options)
			if err != nil && surface == flow.InTerminal && !strings.Contains(strings.Join(lines, " "), "browser") {
				t.Errorf("the walk ended with %v", err)
			}
			hour.Stop()
			cancel()
			synctest.Wait()
			result := told{t, w.options.Out.(*strings.Builder).String(), ended}
			result.isText()
			if !private {
				result.saysTheJournal()
			}
		})
	})
}
