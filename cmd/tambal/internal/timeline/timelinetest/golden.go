package timelinetest

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// update stands here alone: a test binary may register a flag only once.
var update = flag.Bool("update", false, "write the golden files anew")

// unsaid is a code that stands where its sentence should.
var unsaid = regexp.MustCompile(`\breport\.[a-z]\S*`)

// Unsaid returns the first code in a text that has no sentence; "" without one.
func Unsaid(text string) string { return unsaid.FindString(text) }

// Golden wants a text to read as the file of that name in testdata and to have a
// sentence for every code.
func Golden(t *testing.T, name, got string) {
	t.Helper()
	if code := Unsaid(got); code != "" {
		t.Errorf("%s has no sentence", code)
	}
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("differs from %s (-want +got):\n%s", file, diff)
	}
}
