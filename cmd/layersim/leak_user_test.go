//go:build linux

package main

import (
	"os"
	"path/filepath"
	"testing"
)

// The one user of these tests, whom only the date of birth makes eligible.
const (
	markedPhone = "+14155550187"
	markedBirth = "1961-07-23"
	markedSSN   = "987654327"
	markedCode  = "864197"
	markedUser  = `name: marked
shows: "Whose values occur nowhere else"
phone: "` + markedPhone + `"
code: "` + markedCode + `"
profile:
  first_name: Maren
  last_name: Marker
  address: {street: 9 Planted Path, city: Iowa City, region: IA, postal_code: "52240", country: US}
  email: maren@example.com
  date_of_birth: "` + markedBirth + `"
autofill:
  date_of_birth: "` + markedBirth + `"
  profile:
    first_name: Maren
    last_name: Marker
    address: {street: 9 Planted Path, city: Iowa City, region: IA, postal_code: "52240", country: US}
    email: maren@example.com
    date_of_birth: "` + markedBirth + `"
    ssn: "` + markedSSN + `"
  banks:
    - institution_id: ins_109512
      name: Houndstooth Bank
      accounts:
        - {name: Houndstooth Checking, mask: "0187", type: depository, subtype: checking, available: 1164.1, current: 1169.1}
`
)

// markedFolder makes a folder of fixtures with that user.
func markedFolder(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, "personas"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "personas", "marked.yaml"), []byte(markedUser), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

// personal are the values of the user that are shown in full nowhere but where
// they are typed and where they are the result.
var personal = []marker{
	{"phone number", markedPhone}, {"phone number", markedPhone[2:]}, {"date of birth", markedBirth}, {"date of birth", "07/23/1961"},
}

// secretOfUser are those that are nowhere shown in full.
var secretOfUser = []marker{
	{"SSN", markedSSN}, {"SSN", markedSSN[:3] + "-" + markedSSN[3:5] + "-" + markedSSN[5:]}, {"one-time code", markedCode},
}
