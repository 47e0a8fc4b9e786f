package policies_test

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	_ "time/tzdata"

	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// edit replaces one piece of one embedded file; it must occur exactly once.
type edit struct{ file, old, new string }

// repository lays the embedded policy out as in a patch repository, with edits: how an office would change it.
func repository(t testing.TB, edits ...edit) fstest.MapFS {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, name := range []string{"sop.yaml", "team.yaml", "calendar.yaml"} {
		data, err := fs.ReadFile(policies.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		for _, e := range edits {
			if e.file != name {
				continue
			}
			if n := strings.Count(text, e.old); n != 1 {
				t.Fatalf("%q occurs %d times in %s", e.old, n, name)
			}
			text = strings.Replace(text, e.old, e.new, 1)
		}
		fsys["policies/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

// load expects no problems.
func load(t testing.TB, edits ...edit) *policies.Policy {
	t.Helper()
	p, problems := policies.Load(repository(t, edits...))
	if p == nil || len(problems) > 0 {
		t.Fatalf("problems: %v", problems)
	}
	return p
}

func TestTheEmbeddedPolicyHasNoProblems(t *testing.T) {
	p := load(t)
	if d := policies.Default(); d == nil || d.Digest != p.Digest || d.Procedure.Number != p.Procedure.Number {
		t.Error("Default differs from Load of the same files")
	}
	for _, name := range []string{"sop.yaml", "team.yaml", "calendar.yaml"} {
		data, _ := fs.ReadFile(policies.FS, name)
		doc, problems := schema.ParseYAML(data)
		if doc == nil {
			t.Fatal(problems)
		}
		if second := schema.SecondOpinion(data, doc); len(second) > 0 {
			t.Errorf("%s is read otherwise by YAML 1.1: %v", name, second)
		}
	}
}

// TestTheSameFilesAreReadOnce: what was loaded is known again by what it holds, with its problems, and by nothing else.
func TestTheSameFilesAreReadOnce(t *testing.T) {
	one, _ := policies.Load(repository(t))
	if again, _ := policies.Load(repository(t)); again != one {
		t.Error("the same files give another policy")
	}
	changed := edit{"sop.yaml", "approverNotAuthor: true", "approverNotAuthor: false"}
	for range 2 {
		if other, _ := policies.Load(repository(t, changed)); other == one || other.Procedure.Separation.ApproverNotAuthor {
			t.Error("a changed file gives the policy from before")
		}
		if other, problems := policies.Load(repository(t, edit{"sop.yaml", "closes: [rejected]", "closes: []"})); other != nil && len(problems) == 0 {
			t.Error("the problems are gone")
		}
	}
	whole := func(wrote int) { // somebody writes while it is read
		fsys := repository(t)
		p, _ := policies.Load(&changing{FS: fsys, after: wrote, change: func() { fsys["policies/sop.yaml"] = repository(t, changed)["policies/sop.yaml"] }})
		if again, _ := policies.Load(repository(t)); p == nil || !again.Procedure.Separation.ApproverNotAuthor {
			t.Errorf("after %d files: %v", wrote, p)
		}
	}
	for wrote := range 8 {
		for i := range 25 { // so that nothing is known any more
			policies.Load(repository(t, edit{"calendar.yaml", "holidays:", fmt.Sprintf("# %d %d\nholidays:", wrote, i)}))
		}
		whole(wrote)
	}
}

// changing is a folder in which somebody writes after so many files were opened.
type changing struct {
	fs.FS
	after  int
	change func()
}

func (c *changing) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, ".yaml") {
		if c.after--; c.after == 0 {
			c.change()
		}
	}
	return c.FS.Open(name)
}

func TestDigestNamesEveryFileOfThePolicy(t *testing.T) {
	fsys := fstest.MapFS{
		"policies/b.yaml": {Data: []byte("b\n")}, "policies/a/x.md": {Data: []byte("x")}, "other.txt": {Data: []byte("not counted")},
	}
	want := sha256.Sum256(fmt.Appendf(nil, "policies/a/x.md\x00%x\npolicies/b.yaml\x00%x\n", sha256.Sum256([]byte("x")), sha256.Sum256([]byte("b\n"))))
	got, err := policies.Digest(fsys)
	if err != nil || got != fmt.Sprintf("sha256:%x", want) {
		t.Errorf("Digest = %s, %v", got, err)
	}
	fsys["policies/b.yaml"].Data = []byte("c\n")
	if changed, _ := policies.Digest(fsys); changed == got {
		t.Error("a changed file keeps the digest")
	}
	fsys["policies/link"] = &fstest.MapFile{Mode: fs.ModeSymlink, Data: []byte("b.yaml")}
	if _, err := policies.Digest(fsys); err == nil {
		t.Error("a symbolic link has a digest")
	}
	if _, err := policies.Digest(fstest.MapFS{}); err == nil {
		t.Error("no policy has a digest")
	}
}

func TestLoadWithoutAFileIsUnusable(t *testing.T) {
	for _, name := range []string{"policies/sop.yaml", "policies/team.yaml", "policies/calendar.yaml"} {
		fsys := repository(t)
		delete(fsys, name)
		p, problems := policies.Load(fsys)
		if p != nil || len(problems) != 1 || problems[0].Code != "policies.missing" || problems[0].Path != name || problems[0].Rule != policies.RuleInvalid {
			t.Errorf("without %s: %v %v", name, p, problems)
		}
	}
}

func TestSchemasRefuseWhatCouldMatchNothingOrAnything(t *testing.T) {
	tests := []struct {
		name string
		edit edit
		rule string
	}{
		{"an empty person id", edit{"team.yaml", "id: siti-a\n", "id: \"\"\n"}, "schema-invalid"},
		{"an empty login", edit{"team.yaml", "login: contoh-siti-a,", "login: \"\","}, "schema-invalid"},
		{"an account id of zero", edit{"team.yaml", "id: 900000001", "id: 0"}, "schema-invalid"},
		{"an account id as text", edit{"team.yaml", "id: 900000001", "id: \"900000001\""}, "schema-invalid"},
		{"a bot's login", edit{"team.yaml", "login: contoh-siti-a,", "login: \"siti[bot]\","}, "schema-invalid"},
		{"an empty e-mail address", edit{"team.yaml", "[siti-a@kominfo.example]", "[\"\"]"}, "schema-invalid"},
		{"an unknown property", edit{"sop.yaml", "onExceed: notice", "onExceeds: notice"}, "schema-invalid"},
		{"an unknown approval strength", edit{"sop.yaml", "minimum: confirmed", "minimum: none"}, "schema-invalid"},
		{"an unknown closure outcome", edit{"sop.yaml", "closes: [rejected]", "closes: [denied]"}, "schema-invalid"},
		{"withdrawn as an outcome of a transition", edit{"sop.yaml", "closes: [rejected]", "closes: [withdrawn]"}, "schema-invalid"},
		{"a standard time without a unit", edit{"sop.yaml", "standardTime: 60m", "standardTime: \"60\""}, "schema-invalid"},
		{"a role that is nobody's step", edit{"sop.yaml", "roles: [kabid]", "roles: []"}, "schema-invalid"},
		{"an unquoted date", edit{"sop.yaml", "\"2025-12-09\"", "2025-12-09"}, "yaml-ambiguous"},
		{"an unquoted hour", edit{"calendar.yaml", "start: \"07:30\", end: \"14:30\"", "start: 07:30, end: 14:30"}, "yaml-ambiguous"},
		{"a NIP of 17 digits", edit{"team.yaml", "title: Pranata Komputer Terampil\n", "title: Pranata\n    nip: \"19900101 201501 1 01\"\n"}, "schema-invalid"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, problems := policies.Load(repository(t, tt.edit))
			if p != nil || len(problems) == 0 || problems[0].Rule != tt.rule || problems[0].Path != "policies/"+tt.edit.file || problems[0].Pos.Line == 0 {
				t.Errorf("Load = %v, %v", p, problems)
			}
		})
	}
}

func TestOutcomesOfTransitionsAreTheClosuresOwn(t *testing.T) {
	var outcomes []string
	for _, f := range schema.Fields(schema.ItemClosure) {
		if f.Name == "outcome" {
			outcomes = f.Enum
		}
	}
	for _, outcome := range outcomes {
		p, _ := policies.Load(repository(t, edit{"sop.yaml", "closes: [rejected]", "closes: [" + outcome + "]"}))
		if legal := outcome != schema.OutcomeWithdrawn; (p != nil) != legal {
			t.Errorf("closes: [%s] accepted: %v", outcome, p != nil)
		}
	}
	if len(outcomes) != 7 {
		t.Errorf("closure outcomes: %v", outcomes)
	}
}

// small is a policy of few bytes: the fuzzer spends its time on shrinking large ones.
var small = []string{
	`apiVersion: tambal/v1
kind: Procedure
number: a
titleAsPrinted: a
title: a
office: { government: a, agency: a }
approvedOn: "2025-12-09"
approvedBy: { position: a }
roles: [{ id: kabid, title: a, titleEnglish: a, identity: claimed }]
steps:
  - { name: monitoring, printedNo: "1", displayNo: "1", title: a, titleEnglish: a, roles: [kabid], printedTime: a, standardTime: 10m }
  - { name: approval, printedNo: "1", displayNo: "2", title: a, titleEnglish: a, roles: [kabid], printedTime: a, standardTime: 10m, next: [{ when: { decision: approved } }] }
  - { name: closure, printedNo: "1", displayNo: "3", title: a, titleEnglish: a, roles: [kabid], printedTime: a, standardTime: 10m }
separation: { approverNotAuthor: true, analystNotPlanner: warning }
time: { onExceed: notice }
approval: { minimum: confirmed }
`,
	"apiVersion: tambal/v1\nkind: Team\npeople:\n  - { id: a, name: a, title: a, emails: [a@b.example], assignments: [{ role: kabid, from: \"2025-01-01\", basis: a }] }\n",
	"apiVersion: tambal/v1\nkind: Calendar\nzone: Asia/Jakarta\nhours: [{ days: [friday], start: \"07:30\", end: \"14:30\" }]\nholidays: [{ date: \"2025-01-01\", name: a }]\n",
}

func smallPolicy() fstest.MapFS {
	fsys := fstest.MapFS{}
	for i, name := range []string{"sop.yaml", "team.yaml", "calendar.yaml"} {
		fsys["policies/"+name] = &fstest.MapFile{Data: []byte(small[i])}
	}
	return fsys
}

func FuzzLoad(f *testing.F) {
	if p, problems := policies.Load(smallPolicy()); p == nil {
		f.Fatal(problems)
	}
	for i, data := range small {
		f.Add(uint8(i), []byte(data))
	}
	f.Add(uint8(0), []byte("steps: []\n"))
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		fsys := smallPolicy()
		fsys["policies/"+[]string{"sop.yaml", "team.yaml", "calendar.yaml"}[which%3]].Data = data
		p, problems := policies.Load(fsys)
		if p == nil {
			if len(problems) == 0 {
				t.Fatal("unusable without a problem")
			}
			return
		}
		// Whatever loads must answer every question.
		items := []schema.Item{}
		for _, s := range p.Procedure.Steps {
			items = append(items, schema.Item{Name: s.Name})
			p.Procedure.Next(items)
			p.Calendar.Due(noon, s.Standard)
		}
		p.Calendar.WorkingDaysBetween(noon, noon.AddDate(3, 0, 0))
		for _, who := range p.Team.People {
			who.RolesAt(noon)
		}
	})
}
