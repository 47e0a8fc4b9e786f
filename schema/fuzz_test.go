package schema

import (
	"bytes"
	"encoding/json"
	"testing"
)

// FuzzParseYAML: what the strict reader accepts, a YAML 1.1 reader sees in the same way, and its value is plain JSON.
func FuzzParseYAML(f *testing.F) {
	f.Add(good(f))
	for _, s := range []string{"a: no\n", "a: \"b\": c\n", "{a: b, c: [d, 'e']}\n", "a: >-\n  b\n\n  c\n", "? a\n: b\n", "a: 'b''c'\n", "a: \"\\x41\\u00e9\"\n", "- - a\n  - b\n", "a: b # c\n", "a: |2\n    b\n", "{\"a\":b}\n", "a:\n- b\n- c: d\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, ps := ParseYAML(data)
		if (d == nil) != (len(ps) > 0) {
			t.Fatalf("document %v with problems %v", d, ps)
		}
		if d == nil {
			return
		}
		if ps := SecondOpinion(data, d); len(ps) > 0 {
			t.Fatalf("%q is read as %v: %s", data, d.Value, shown(ps))
		}
		if _, err := json.Marshal(d.Value); err != nil {
			t.Fatal(err)
		}
		OddForm(data, d)
		d.Validate(Patch)
		d.Validate(Procedure)
	})
}

// FuzzParse: an accepted manifest is the sum of its segments, and every older version of it is accepted too.
func FuzzParse(f *testing.F) {
	f.Add(good(f))
	f.Add(append(New("SP-2026-0001", "x", ""), "  - x:\n      note: z\n  - x:\n      note: w\n"...))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, ps := Parse(data)
		if (m == nil) != (len(ps) > 0) {
			t.Fatalf("manifest %v with problems %v", m, ps)
		}
		if m == nil {
			return
		}
		segments := Segments(data)
		if len(segments) != len(m.Items)+1 {
			t.Fatalf("%d segments, %d items", len(segments), len(m.Items))
		}
		for i, it := range m.Items {
			if !bytes.Equal(m.Data[it.Start:it.End], segments[i+1].Data) || it.Name != segments[i+1].Name {
				t.Fatalf("item %d is not its segment", i)
			}
			if i == 0 {
				continue
			}
			older, _ := m.Cut(data[:it.Start])
			parsed, ps := Parse(data[:it.Start])
			if parsed == nil || older == nil || len(parsed.Items) != i || len(older.Items) != i {
				t.Fatalf("the version before item %d: %s", i, shown(ps))
			}
			for j := range parsed.Items {
				if _, differ := difference(parsed.Items[j].Raw, m.Items[j].Raw, nil); differ || parsed.Items[j].Pos != m.Items[j].Pos {
					t.Fatalf("item %d changed when item %d was added", j, i)
				}
			}
		}
	})
}

// FuzzAppend: what is appended is read back as it was given, behind the old bytes.
func FuzzAppend(f *testing.F) {
	for _, s := range trickyTexts() {
		f.Add("x", s, "y")
	}
	f.Fuzz(func(t *testing.T, item, a, b string) {
		data := New("SP-2026-0001", "x", "")
		for _, value := range []map[string]any{{"note": a, "list": []any{a, b}}, {"note": b, "map": map[string]any{"k": b, "l": a}}} {
			out, err := Append(data, item, value)
			if err != nil {
				return
			}
			d, ps := ParseYAML(out)
			if d == nil || !bytes.HasPrefix(out, data) {
				t.Fatalf("%q after %q: %s", out, data, shown(ps))
			}
			steps := d.Value.(map[string]any)["steps"].([]any)
			want, err := plainJSON(value)
			if err != nil {
				t.Fatal(err)
			}
			if where, differ := difference(map[string]any{item: want}, steps[len(steps)-1], nil); differ {
				t.Fatalf("%q differs at %v", out, where)
			}
			if ps := append(CutTexts(out, d), OddForm(out, d)...); len(ps) > 0 {
				t.Fatalf("%q would not land: %s", out, shown(ps))
			}
			data = out
		}
	})
}

func FuzzSegments(f *testing.F) {
	f.Add(good(f))
	f.Add([]byte("steps:\n  - a:\n  - b:"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var all []byte
		for _, s := range Segments(data) {
			if s.Start != len(all) {
				t.Fatalf("segment %q starts at %d, want %d", s.Name, s.Start, len(all))
			}
			all = append(all, s.Data...)
		}
		if !bytes.Equal(all, data) {
			t.Fatalf("got %q, want %q", all, data)
		}
	})
}
