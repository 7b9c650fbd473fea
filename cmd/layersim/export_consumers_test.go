package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/chromedp/chromedp"

	"layersim/flow/export"
	"layersim/flow/journal"
	"layersim/flow/linkpage/pagetest"
)

// Each format is opened by a program that others open it with.

func TestHARImports(t *testing.T) {
	foreign(t)
	needParsers(t)
	chromium := needOneOf(t, "chromium", "chromium-browser", "google-chrome")
	content := recorded(t)
	file := filepath.Join(t.TempDir(), "walk.har")
	if err := os.WriteFile(file, exported(t, content, "har"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join(parsersDir, "har.mjs"), file, chromium)
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &problems)
	}
	var told []struct {
		URL    string
		Status int
		Body   string
	}
	if err := json.Unmarshal(out, &told); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, x := range exchangesOf(walkOf(t, content)) {
		if n < len(told) && (told[n].URL != x.URL || told[n].Status != x.Status || told[n].Body != x.ResponseBody) {
			t.Errorf("exchange %d: the page was told %+v, Plaid said %d %s", n+1, told[n], x.Status, x.ResponseBody)
		}
		n++
	}
	if n != len(told) || n < 4 {
		t.Errorf("%d exchanges were imported of %d", len(told), n)
	}
}

// needOneOf returns where the first of some programs is.
func needOneOf(t *testing.T, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	needTool(t, names[0])
	return ""
}

// A page in a browser plays the cast with asciinema's own player, and draws the
// diagram with Mermaid.
func TestBrowserPlaysTheCastAndDrawsTheDiagram(t *testing.T) {
	foreign(t)
	needParsers(t)
	needClients(t)
	content := append(slices.Clone(recorded(t)), `{"seq":`...) // it breaks off, which is said in a comment of the diagram
	w := walkOf(t, content)
	files := http.NewServeMux()
	files.Handle("/player/", http.StripPrefix("/player/", http.FileServer(http.Dir(filepath.Join(parsersDir, "node_modules/asciinema-player/dist/bundle")))))
	files.Handle("/mermaid/", http.StripPrefix("/mermaid/", http.FileServer(http.Dir(filepath.Join(clientsDir, "node_modules/mermaid/dist")))))
	cast, diagram := exported(t, content, "asciicast"), exported(t, content, "mermaid")
	files.HandleFunc("/walk.cast", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(cast) })
	files.HandleFunc("/walk.mmd", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(diagram) })
	files.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/player/asciinema-player.css">
<div id="player"></div><div id="diagram"></div>
<script src="/player/asciinema-player.min.js"></script><script src="/mermaid/mermaid.min.js"></script>`)
	})
	server := httptest.NewServer(files)
	t.Cleanup(server.Close)
	browser := pagetest.NewBrowser(t, chromedp.WindowSize(1400, 1000))
	pagetest.Run(t, browser, chromedp.Navigate(server.URL))

	t.Run("the player", func(t *testing.T) {
		pagetest.InPage(t, browser, `(window.film ??= AsciinemaPlayer.create('/walk.cast', document.getElementById('player'), {preload: true, fit: false}), document.querySelector('.ap-term-text'))`)
		_, events := eventsOf(t, cast)
		frames := 0
		shownBy := func(i int) string { return playedUntil(120, 36, events[:i+1]) }
		for i, e := range events {
			last := i == len(events)-1
			if e.kind != "o" || !last && (events[i+1].at-e.at).Milliseconds() < 500 { // what follows at once is seen with it
				continue
			}
			frames++
			seconds := e.at.Seconds() + 0.1
			var seen string
			want := shownBy(i)
			for range 50 { // the player draws with the browser's next frames
				got, err := pagetest.Evaluate[string](browser, 0, fmt.Sprintf(`(async () => {
					await film.seek(%f);
					await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
					return document.querySelector('.ap-term-text').innerText;
				})()`, seconds))
				if err != nil {
					t.Fatal(err)
				}
				if seen = got; letters(seen) == letters(want) {
					break
				}
			}
			if letters(seen) != letters(want) {
				t.Fatalf("at %.1f s the player shows\n%s\nwant\n%s", seconds, seen, want)
			}
		}
		if frames < 6 {
			t.Errorf("only %d moments were looked at", frames)
		}
	})

	t.Run("the diagram", func(t *testing.T) {
		pagetest.InPage(t, browser, `(window.drawn ??= fetch('/walk.mmd').then((r) => r.text()).then((text) => mermaid.render('walk', text)).then(({svg}) => { document.getElementById('diagram').innerHTML = svg; }),
			document.querySelector('#diagram svg .messageText'))`)
		drawn, err := pagetest.Evaluate[[]string](browser, 0, `[...document.querySelectorAll('#diagram svg .messageText')].map((e) => e.textContent)`)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, a := range arrowsOf(w) {
			if a.Kind == journal.ArrowCall || a.Kind == journal.ArrowAnswer {
				want = append(want, a.Words())
			}
		}
		if len(want) < 20 || strings.Join(drawn, "\n") != strings.Join(want, "\n") {
			t.Errorf("drawn are %q, want %q", drawn, want)
		}
	})
}

// letters is a screen without what the player draws as shapes instead of text.
func letters(screen string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r >= 0x2500 && r <= 0x25ff || r >= 0x2800 && r <= 0x28ff {
			return ' '
		}
		return r
	}, screen)), " ")
}

func arrowsOf(w export.Walk) []journal.Arrow {
	sequence := journal.NewSequence(w.Initial)
	for _, e := range w.Entries {
		sequence.Add(e)
	}
	return sequence.First(sequence.Len())
}

// playedUntil is what a terminal shows after these events.
func playedUntil(width, height int, events []castEvent) string {
	terminal := newTerminalFor(width, height)
	for _, e := range events {
		if e.kind == "o" {
			_, _ = terminal.Write([]byte(e.data))
		}
	}
	return ansi.Strip(terminal.String())
}
