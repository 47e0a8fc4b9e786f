package casework

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/schema"
)

// wantError compares an error's code and arguments, and whose mistake it is.
func wantError(t *testing.T, err error, want string) {
	t.Helper()
	got := ""
	var own *gate.Error
	if errors.As(err, &own) {
		got = fmt.Sprint(map[bool]string{true: "usage ", false: "refused "}[own.Verdict == ""], own.Code, " ", own.Args)
	} else if err != nil {
		got = err.Error()
	}
	if got != want {
		t.Errorf("error %q, want %q", got, want)
	}
}

// TestSetFillsTheFieldsOfTheSchema gives --set what people give it.
func TestSetFillsTheFieldsOfTheSchema(t *testing.T) {
	type m = map[string]any
	type l = []any
	for _, c := range []struct {
		name, step string
		set        []string
		want       m
		err        string
	}{
		{"a text", "correction", []string{"note=a=b"}, m{"note": "a=b"}, ""},
		{"an empty text", "correction", []string{"note="}, m{"note": ""}, ""},
		{"a later value", "correction", []string{"note=a", "note=b"}, m{"note": "b"}, ""},
		{"a field of a group", "monitoring", []string{"trigger.kind=scan", "trigger.reference=1"}, m{"trigger": m{"kind": "scan", "reference": "1"}}, ""},
		{"one more at each", "monitoring", []string{"sources=a", "sources=b"}, m{"sources": l{"a", "b"}}, ""},
		{"by position", "monitoring", []string{"sources.0=a", "sources.1=b", "sources.0=c"}, m{"sources": l{"c", "b"}}, ""},
		{"groups by position", "monitoring", []string{"systems.0.name=a", "systems.0.owner=b", "systems.1.name=c"},
			m{"systems": l{m{"name": "a", "owner": "b"}, m{"name": "c"}}}, ""},
		{"a boolean", "monitoring", []string{"systems.0.personalData=true"}, m{"systems": l{m{"personalData": true}}}, ""},
		{"a number", "approval", []string{"subject.bytes=12"}, m{"subject": m{"bytes": json.Number("12")}}, ""},
		{"a step of the office's own", "identification", []string{"note=a"}, m{"note": "a"}, ""},

		{"no value", "correction", []string{"note"}, nil, "usage usage.set [note]"},
		{"an unknown field", "correction", []string{"tidak=ada"}, nil, "usage usage.field [tidak]"},
		{"an unknown field of a group", "monitoring", []string{"trigger.tidak=ada"}, nil, "usage usage.field [tidak]"},
		{"a field of a text", "correction", []string{"note.a.b=c"}, nil, "usage usage.field [note.a.b]"},
		{"a group itself", "monitoring", []string{"trigger=a"}, nil, "usage usage.field-object [trigger]"},
		{"a group of a list itself", "monitoring", []string{"systems.0=a"}, nil, "usage usage.field-object [systems]"},
		{"a position that leaves a gap", "monitoring", []string{"sources.1=a"}, nil, "usage usage.field-index [sources 1 0]"},
		{"a position that is none", "monitoring", []string{"sources.x=a"}, nil, "usage usage.field-index [sources x 0]"},
		{"a negative position", "monitoring", []string{"sources.-1=a"}, nil, "usage usage.field-index [sources -1 0]"},
		{"a boolean that is none", "monitoring", []string{"systems.0.personalData=mungkin"}, nil, "usage usage.boolean [personalData mungkin]"},
		{"a number that is none", "approval", []string{"subject.bytes=-1"}, nil, "usage usage.integer [bytes -1]"},
		{"nothing, and nobody to ask", "correction", nil, nil, "usage usage.no-input [correction [of note]]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := (&Input{Set: c.set}).value(&Desk{}, c.step, nil)
			wantError(t, err, c.err)
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// TestFromIsFilledUpBySet reads a file first, and asks nobody even where
// somebody could be asked.
func TestFromIsFilledUpBySet(t *testing.T) {
	dir := t.TempDir()
	file := func(name, data string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	d := &Desk{Ask: (&person{t: t}).Ask}
	got, err := (&Input{From: file("isi.yaml", "of: plan\nnote: lama\n"), Set: []string{"note=baru"}}).value(d, "correction", nil)
	if want := (map[string]any{"of": "plan", "note": "baru"}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	list := file("daftar.yaml", "- a\n")
	_, err = (&Input{From: list}).value(d, "correction", nil)
	wantError(t, err, "usage usage.from ["+list+"]")
	broken := file("rusak.yaml", "of:\tplan\n")
	_, err = (&Input{From: broken}).value(d, "correction", nil)
	var form *schema.FileError
	if !errors.As(err, &form) || form.Path != broken || len(form.Problems) == 0 {
		t.Errorf("a broken file: %v", err)
	}
	if _, err := (&Input{From: filepath.Join(dir, "tidak-ada")}).value(d, "correction", nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

// TestEvidenceCarriesItsDigest attaches files behind what the step holds already.
func TestEvidenceCarriesItsDigest(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a/scan.txt", "b/scan.txt"} {
		if err := git.WriteFile(filepath.Join(dir, name), []byte("ada\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	scan := filepath.Join(dir, "a", "scan.txt")
	value := map[string]any{"evidence": []any{"lama"}}
	files, err := (&Input{Evidence: []string{scan + ",format=text,phase=before"}}).attach(value)
	if err != nil || len(files) != 1 || string(files["evidence/scan.txt"]) != "ada\n" {
		t.Errorf("files %v, %v", files, err)
	}
	want := []any{"lama", map[string]any{"path": "evidence/scan.txt", "format": "text", "phase": "before",
		"sha256": "8691647640d53190e4668a2da4477c909b8c81f8bfca09826f395b46d01f46a0"}}
	if got := value["evidence"]; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for name, c := range map[string]struct {
		files []string
		err   string
	}{
		"a file that is not there": {[]string{"tidak-ada,format=text"}, "usage usage.evidence-file [tidak-ada]"},
		"a word without a value":   {[]string{scan + ",format"}, "usage usage.evidence [" + scan + ",format]"},
		"two of one name":          {[]string{scan, filepath.Join(dir, "b", "scan.txt")}, "refused next.evidence-twice [evidence/scan.txt]"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := (&Input{Evidence: c.files}).attach(map[string]any{})
			wantError(t, err, c.err)
		})
	}
}
