// Package pane draws one aspect of the walk each: pure functions from flow's
// values to text, with no state, no clock and no knowledge of keys.
//
// A pane fills its Frame exactly: Frame.Height lines of Frame.Width cells,
// clipped and padded, whatever the values hold. Panes draw no border of their
// own; Box puts one around, and Inner says what is left inside:
//
//	inner := pane.Inner(frame)
//	text := pane.Box(frame, "Events", pane.Log(inner, n, line, offset, cursor))
//
// Strings that come from outside (API answers, page messages, fixtures) pass
// through Clean here, so no pane can send a control character to the terminal.
// The arguments that are already drawn by the program itself (a text input's
// view, a title with tabs) may hold styles and are only clipped.
//
// A meaning never rests on colour: a state has a sign (✓ ● ○ ✗ !) or a word.
package pane
