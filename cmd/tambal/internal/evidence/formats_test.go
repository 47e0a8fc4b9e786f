package evidence

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// reports are the files of a format that show one state: dirty, clean or broken.
func reports(t testing.TB, format, state string) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("testdata", format, state, "*.*"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, name := range names {
		if files[name], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// TestEveryFormatIsShown wants of a format what a reader cannot be trusted without:
// a report with findings, one without, one that is refused, a small one for the
// fuzzer; and that manifest, hint and README name it.
func TestEveryFormatIsShown(t *testing.T) {
	said := map[string]string{}
	for _, name := range []string{"../../../../README.md", "../../../../schema/patch.v1.json"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		said[name] = strings.ToLower(string(data))
	}
	_, err := Read("unread", strings.NewReader(""))
	own, ok := err.(*Error)
	if !ok {
		t.Fatal(err)
	}
	for _, lang := range []text.Lang{text.English, text.Indonesian} {
		said["the hint in "+string(lang)] = lang.Say(own.Code+".hint", own.Args...)
	}
	for _, format := range Formats() {
		for place, words := range said {
			if !strings.Contains(words, format) {
				t.Errorf("%s does not name %s", place, format)
			}
		}
		small := false
		for state, wrong := range map[string]func(*Scan, error) bool{
			"dirty":  func(s *Scan, err error) bool { return err != nil || len(s.Findings) == 0 },
			"clean":  func(s *Scan, err error) bool { return err != nil || len(s.Findings) > 0 },
			"broken": func(s *Scan, err error) bool { _, own := err.(*Error); return !own },
		} {
			files := reports(t, format, state)
			if len(files) == 0 {
				t.Errorf("no report in testdata/%s/%s", format, state)
			}
			for name, data := range files {
				if scan, err := Read(format, bytes.NewReader(data)); wrong(scan, err) {
					t.Errorf("%s is not %s: %+v, %v", name, state, scan, err)
				}
				small = small || len(data) < 4<<10
			}
		}
		if !small {
			t.Errorf("no report of %s is small enough to fuzz", format)
		}
	}
}
