package main

import "testing"

func testScript(t *testing.T, n *neighbourhood) {}
func testPages(t *testing.T, n *neighbourhood)  {}
