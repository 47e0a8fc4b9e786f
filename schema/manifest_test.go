package schema

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseGoodManifest(t *testing.T) {
	data := good(t)
	m, ps := Parse(data)
	if len(ps) > 0 {
		t.Fatal(shown(ps))
	}
	if diff := cmp.Diff(Metadata{"SP-2026-0007", "regreSSHion (CVE-2024-6387) pada server web SPBE", "SP-2026-0003"}, m.Metadata); diff != "" {
		t.Error(diff)
	}
	type place struct {
		Name  string
		Pos   Pos
		Start int
	}
	var places []place
	for i, it := range m.Items {
		places = append(places, place{it.Name, it.Pos, it.Start})
		if it.Index != i || !bytes.HasPrefix(m.Data[it.Start:it.End], []byte("  - "+it.Name+":\n")) {
			t.Errorf("item %d: index %d, bytes %q", i, it.Index, m.Data[it.Start:it.End])
		}
	}
	want := []place{
		{"monitoring", Pos{9, 5}, 222}, {"plan", Pos{51, 5}, 1678}, {"analysis", Pos{77, 5}, 2693}, {"approval", Pos{92, 5}, 3262},
		{"schedule", Pos{109, 5}, 3945}, {"schedule", Pos{122, 5}, 4364}, {"implementation", Pos{136, 5}, 4766},
		{"serah-terima", Pos{168, 5}, 5918}, {"report", Pos{170, 5}, 5994}, {"correction", Pos{178, 5}, 6243}, {"closure", Pos{181, 5}, 6356},
	}
	if diff := cmp.Diff(want, places); diff != "" {
		t.Error(diff)
	}
	if d, _ := ParseYAML(data); len(SecondOpinion(data, d)) > 0 {
		t.Error(shown(SecondOpinion(data, d)))
	}
}

func TestScanMaySayWhyItsDateStandsStill(t *testing.T) {
	data := bytes.Replace(good(t), []byte("          targetChange: Server"), []byte("          dateNote: Jam pemindai tidak berjalan.\n          targetChange: Server"), 1)
	m, ps := Parse(data)
	if m == nil {
		t.Fatal(shown(ps))
	}
	if got := m.Items[6].Evidence()[0].DateNote; got != "Jam pemindai tidak berjalan." {
		t.Errorf("got %q", got)
	}
}

func TestItemsAreTyped(t *testing.T) {
	m, _ := Parse(good(t))
	monitoring := m.Items[0].Body.(*Monitoring)
	if monitoring.Decision != DecisionRequired || monitoring.Systems[0].Fixed != "1:8.9p1-3ubuntu0.10" || !monitoring.Systems[0].PersonalData {
		t.Errorf("%+v", monitoring)
	}
	approval := m.Items[3].Body.(*Approval)
	if approval.Subject.Bytes != 3312 || approval.Review.RepositoryID != 700000001 || approval.Nature != "segera" {
		t.Errorf("%+v", approval)
	}
	if generic := m.Items[7].Body.(*Generic); generic.Note == "" {
		t.Error("the item the schema does not know has no note")
	}
	implementation := &m.Items[6]
	if got := implementation.Evidence(); len(got) != 1 || got[0].Phase != PhaseAfter || got[0].TargetChange == "" {
		t.Errorf("evidence %+v", got)
	}
	if got := implementation.Finished().Sub(implementation.Started()); got != 27*time.Minute {
		t.Errorf("duration %v", got)
	}
	if !m.Items[1].Started().IsZero() || m.Items[1].Text("objective") == "" || m.Items[1].Text("targets") != "" {
		t.Error("absent fields must be zero")
	}
	if m.Find("schedule#2") != &m.Items[5] || m.Find("schedule") != &m.Items[4] || m.Find("schedule#3") != nil || m.Find("schedule#x") != nil {
		t.Error("references go wrong")
	}
	if m.Metadata.ID != "SP-2026-0007" {
		t.Error(m.Metadata.ID)
	}
}

func TestPositionsInsideItems(t *testing.T) {
	m, _ := Parse(good(t))
	for path, want := range map[string]Pos{
		"targets/1/to": {57, 65}, "backup": {66, 15}, "no-such": {51, 5}, "targets/7": {54, 9}, "": {51, 5},
	} {
		if got := m.Items[1].At(strings.FieldsFunc(path, func(r rune) bool { return r == '/' })...); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	m, _ := Parse(good(t))
	for i, it := range m.Items[1:] {
		older, ok := m.Cut(m.Data[:it.Start])
		parsed, ps := Parse(m.Data[:it.Start])
		if !ok || len(ps) > 0 {
			t.Fatalf("item %d: cut %v, parsed %s", i, ok, shown(ps))
		}
		if diff := cmp.Diff(parsed.Items, older.Items, cmp.AllowUnexported(), cmp.FilterPath(func(p cmp.Path) bool {
			return p.Last().String() == ".doc" || p.Last().String() == ".data"
		}, cmp.Ignore())); diff != "" {
			t.Error(diff)
		}
		if !bytes.Equal(older.Data, parsed.Data) || older.Metadata != parsed.Metadata {
			t.Error("the older version has other bytes or another head")
		}
	}
	if whole, ok := m.Cut(m.Data); !ok || len(whole.Items) != len(m.Items) {
		t.Error("the whole is a version of itself")
	}
	for name, data := range map[string][]byte{
		"nothing": nil, "the header alone": m.Data[:m.Items[0].Start], "a cut inside an item": m.Data[:m.Items[1].Start+3],
		"other bytes": []byte("x"), "more bytes": append(bytes.Clone(m.Data), '\n'),
	} {
		if _, ok := m.Cut(data); ok {
			t.Errorf("%s is no older version", name)
		}
	}
}

func TestSegmentsPutTogetherAreTheInput(t *testing.T) {
	for _, in := range []string{string(good(t)), "", "x", "steps:\n  - a:\n", "  - a:\nsteps:\n  - a:\r\n  - b:\n\n# c\n  - c:"} {
		var all []byte
		for _, s := range Segments([]byte(in)) {
			if s.Start != len(all) {
				t.Errorf("segment %q starts at %d, want %d", s.Name, s.Start, len(all))
			}
			all = append(all, s.Data...)
		}
		if string(all) != in {
			t.Errorf("got %q, want %q", all, in)
		}
	}
	got := Segments([]byte("steps:\n  - a:\n      b: c\n  - d:\n"))
	want := []Segment{{"", []byte("steps:\n"), 0}, {"a", []byte("  - a:\n      b: c\n"), 7}, {"d", []byte("  - d:\n"), 25}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFrame(t *testing.T) {
	const head = "apiVersion: tambal/v1\nkind: SecurityPatch\nmetadata:\n  id: SP-2026-0001\n  title: x\n"
	const item = "  - x:\n      note: z\n"
	for name, c := range map[string]struct{ in, want string }{
		"a good frame":                  {head + "steps:\n" + item + "\n# end\n", ""},
		"a comment beside steps":        {head + "steps: # a\n" + item, "6:1 schema-invalid frame.steps"},
		"a key after steps":             {head + "steps:\n" + item + "more: x\n", "9:1 schema-invalid frame.steps"},
		"no items":                      {head + "steps: []\n", "6:1 schema-invalid frame.steps\n6:8 schema-invalid schema.min-items <steps> <1>"},
		"steps is a list in brackets":   {head + "steps:\n      []\n", "6:1 schema-invalid frame.no-items\n7:7 schema-invalid schema.min-items <steps> <1>"},
		"an item on another column":     {head + "steps:\n- x:\n      note: z\n", "7:1 schema-invalid frame.line <- x:>\n7:3 schema-invalid frame.item"},
		"an item in braces":             {head + "steps:\n" + item + "  - {x: {note: z}}\n", "9:1 schema-invalid frame.line <- {x: {note: z}}>\n9:5 schema-invalid frame.item"},
		"an item's value in braces":     {head + "steps:\n  - x: {note: z}\n", "7:1 schema-invalid frame.line <- x: {note: z}>\n7:5 schema-invalid frame.item"},
		"a quoted item name":            {head + "steps:\n  - \"x\":\n      note: z\n", "7:1 schema-invalid frame.line <- \"x\":>\n7:5 schema-invalid frame.item"},
		"two names in one item":         {head + "steps:\n  - x:\n      note: z\n    w:\n      note: z\n", "7:5 schema-invalid frame.item\n9:1 schema-invalid frame.line <w:>"},
		"an item hidden in a quote":     {head + "steps:\n  - x:\n      note: \"z\n  - v:\n      note: z\"\n", "9:3 schema-invalid frame.item"},
		"a frame hidden in the head":    {strings.Replace(head, "title: x", "title: \"x\nsteps:\n  - v:\n  \"", 1) + "steps:\n" + item, "5:10 schema-invalid schema.pattern <metadata.title> <x steps: - v: > <Server web SPBE>\n6:1 schema-invalid frame.steps"},
		"an item with less indentation": {head + "steps:\n  - x:\n     note: z\n", "8:1 schema-invalid frame.line <note: z>"},
		"a list instead of a map":       {"- x\n", "1:1 schema-invalid frame.root"},
		"an indented document":          {" a: b\n", "1:2 schema-invalid frame.root"},
	} {
		t.Run(name, func(t *testing.T) {
			m, ps := Parse([]byte(c.in))
			if diff := cmp.Diff(c.want, shown(ps)); diff != "" {
				t.Error(diff)
			}
			if (m == nil) != (c.want != "") {
				t.Errorf("manifest %v", m)
			}
		})
	}
}
