package schema

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOddFormNamesThePlace(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"a key behind a question mark":          {"a: { login: x, ?id: 9 }\n", "1:16 yaml-ambiguous yaml.question"},
		"a question mark on a line":             {"? a\n: b\n", "1:1 yaml-ambiguous yaml.question"},
		"a question mark in a list":             {"a: [? b: c]\n", "1:5 yaml-ambiguous yaml.question"},
		"a comment at a quote":                  {"a: 'b'# c\n", "1:7 yaml-ambiguous yaml.comment"},
		"a comment at a bracket":                {"a: [b]# c\n", "1:7 yaml-ambiguous yaml.comment"},
		"a comment at a comma":                  {"a: [b,# c\n  d]\n", "1:7 yaml-ambiguous yaml.comment"},
		"a comment at a bar":                    {"a: |# c\n  b\n", "1:5 yaml-ambiguous yaml.comment"},
		"quotes that go on below the key":       {"a:\n  b: \"c\n  d\"\n", "3:3 yaml-ambiguous yaml.shallow"},
		"quotes that end below the key":         {"a: 'b\n'\n", "2:1 yaml-ambiguous yaml.shallow"},
		"quotes that go on below the dash":      {"- 'b\n\nc'\n", "3:1 yaml-ambiguous yaml.shallow"},
		"an escaped line end below the key":     {"a: \"b\\\nc\"\n", "2:1 yaml-ambiguous yaml.shallow"},
		"a list that goes on below the key":     {"a: [b,\nc]\n", "2:1 yaml-ambiguous yaml.shallow"},
		"a list that ends below the key":        {"a:\n  b: [\n    c\n  ]\n", "4:3 yaml-ambiguous yaml.shallow"},
		"a word that goes on in a shallow list": {"a: [b\nc]\n", "2:1 yaml-ambiguous yaml.shallow"},
		"an escape only one version knows":      {"a: \"b\\'c\"\n", "1:7 yaml-ambiguous yaml.form"},
		"an escaped line end and a blank line":  {"a: \"b\\\n\n  c\"\n", "2:1 yaml-ambiguous yaml.form"},
		"a dash alone in a list":                {"a: [-]\n", "1:5 yaml-ambiguous yaml.form"},
		"a word that ends in a colon":           {"a: [b::]\n", "1:5 yaml-ambiguous yaml.form"},
		"no text, but lines of blanks":          {"a: >\n    \nb: c\n", "3:1 yaml-ambiguous yaml.form"},
		"lines of blanks deeper than the text":  {"a: >\n    \n # b\n", "3:2 yaml-ambiguous yaml.form"},
		"a key of more than 1,000 characters":   {strings.Repeat("a", 1001) + ": b\n", "1:1002 yaml-ambiguous yaml.form"},
	} {
		t.Run(name, func(t *testing.T) {
			d, ps := ParseYAML([]byte(c.in))
			if d == nil {
				t.Fatal(shown(ps))
			}
			if diff := cmp.Diff(c.want, shown(OddForm([]byte(c.in), d))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestPlainFormsAreNotOdd: what people and our own writer write.
func TestPlainFormsAreNotOdd(t *testing.T) {
	for _, in := range []string{
		"a: b # c\n# d\n\ne:\n- f\n-   g\n- - h\n  - i: j\n    k: l\n", "a:\n    # b\n  c: d\n", "# a\n\n- b\n# c", "a : b\n'c' : d\n",
		"a: b\n  c\n\n  d # e\n", "a: 'b\n\n  c''d'\n", "a: \"b\\\n   \\ c\\\"\\x41\n  d\"\n", "a: [b, [c], {d: e, 'f':g,}, h: i, ]\n",
		"a: [\n  b, # c\n  d\n  ]\n", "a: |\n  b\n    c\n\n  d\n# e\nf: >-\n\n  g\n  h\n", "a: |2-\n    b\nc: |+ # d\n  e\n\n", "- |\n b\n- >+\n  c\n",
		"a: -b\nc: :d\ne: ?f\ng: h#i\nj: k?\n", "a: [-b, c#d, e:2]\n", "a: {}\nb: []\nc: [ ]\n", "a\n",
	} {
		data := []byte(strings.TrimSuffix(in, "\n") + "\n")
		d, ps := ParseYAML(data)
		if d == nil {
			t.Errorf("%q: %s", data, shown(ps))
		} else if ps := OddForm(data, d); len(ps) > 0 {
			t.Errorf("%q: %s", data, shown(ps))
		}
	}
	for _, text := range newMutator(t, 0).seeds {
		if d, ps := ParseYAML([]byte(text)); d == nil || len(OddForm([]byte(text), d)) > 0 {
			t.Errorf("%s%s:\n%s", shown(ps), shown(OddForm([]byte(text), d)), text)
		}
	}
	for _, s := range trickyTexts() {
		data, err := Append(New("SP-2026-0001", s, ""), "x", map[string]any{"note": s, "list": []any{s}, "map": map[string]any{s + "k": s}})
		if err != nil {
			continue // refused is fine
		}
		if d, _ := ParseYAML(data); d == nil || len(OddForm(data, d)) > 0 {
			t.Errorf("%q is written as\n%s%s", s, data, shown(OddForm(data, d)))
		}
	}
}

// TestOddFormsThatLandedKeepTheirVerdict: only the items behind the landed ones are looked at.
func TestOddFormsThatLandedKeepTheirVerdict(t *testing.T) {
	item := "  - x:\n      note: 'a'# b\n"
	m, ps := Parse([]byte(strings.Replace(cutHead, "title: x", "title: 'x'# y", 1) + item + item + "# c\n"))
	if m == nil {
		t.Fatal(shown(ps))
	}
	for landed, want := range []string{"5:13 yaml-ambiguous yaml.comment", "10:16 yaml-ambiguous yaml.comment", ""} {
		if diff := cmp.Diff(want, shown(m.Doubts(landed))); diff != "" {
			t.Errorf("%d landed: %s", landed, diff)
		}
	}
}

// suiteCase is a case of the YAML test suite, see testdata/yaml-test-suite.
type suiteCase struct {
	ID   string
	YAML string
	JSON []any // one value per document; nil where JSON has none
	Fail bool  // no YAML at all
}

func suite(t testing.TB) (cases []suiteCase) {
	t.Helper()
	data, err := os.ReadFile("testdata/yaml-test-suite/cases.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	for dec.More() {
		var c suiteCase
		if err := dec.Decode(&c); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	return cases
}

// accepted is the value of a text that may land.
func accepted(text string) (any, bool) {
	d, _ := ParseYAML([]byte(text))
	if d == nil || len(SecondOpinion([]byte(text), d)) > 0 || len(OddForm([]byte(text), d)) > 0 {
		return nil, false
	}
	return d.Value, true
}

// TestSuite: whatever we accept of the YAML test suite is YAML, and has the suite's value.
func TestSuite(t *testing.T) {
	cases, taken := suite(t), 0
	for _, c := range cases {
		value, ok := accepted(c.YAML)
		if !ok {
			continue
		}
		taken++
		if c.Fail || len(c.JSON) != 1 {
			t.Errorf("%s is accepted as %v: fail %v, values %v\n%s", c.ID, value, c.Fail, c.JSON, c.YAML)
		} else if path, differ := difference(value, c.JSON[0], nil); differ {
			t.Errorf("%s: %v, the suite says %v, at %v\n%s", c.ID, value, c.JSON[0], path, c.YAML)
		}
	}
	if len(cases) != 406 || taken < 70 {
		t.Errorf("%d of %d cases are accepted", taken, len(cases))
	}
	t.Logf("%d of %d cases are accepted", taken, len(cases))
}
