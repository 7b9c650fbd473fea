//go:build !race

package linkpage_test

const raceDetector = false
