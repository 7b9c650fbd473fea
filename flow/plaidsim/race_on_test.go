//go:build race

package plaidsim

const raceDetector = true
