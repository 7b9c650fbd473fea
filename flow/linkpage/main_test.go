package linkpage_test

import (
	"os"
	"testing"

	"layersim/flow/linkpage/pagetest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	pagetest.Close()
	os.Exit(code)
}
