package scaffold

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"
	_ "time/tzdata"

	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

func TestTheScaffoldIsAPolicyWithoutInventedPeople(t *testing.T) {
	for _, c := range []struct{ name, person, email, id string }{
		{"an ordinary name", "Siti Aminah", "siti@kantor.example", "siti-aminah"},
		{"quotes, colons and accents", `Dr. "Ir": O'Né #1`, "o'ne+x@kantor.example", "dr-ir-o-n-1"},
		{"no Latin letters", "ꦱꦶꦠꦶ", "s@kantor.example", "pemilik"},
	} {
		t.Run(c.name, func(t *testing.T) {
			since := time.Date(2026, 2, 1, 23, 30, 0, 0, time.UTC) // already the 2nd in the office
			files, err := Files(Owner{Name: c.person, Email: c.email, Since: since, GitHubLogin: "contoh", GitHubID: 900000001,
				Key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICzUvBEQgCUJcj3Xcyxeg5SArCDa3RdJwRHZZKIEf1ND"})
			if err != nil {
				t.Fatal(err)
			}
			tree := fstest.MapFS{}
			for _, f := range files {
				if tree[f.Path] != nil {
					t.Errorf("%s is written twice", f.Path)
				}
				tree[f.Path] = &fstest.MapFile{Data: f.Data}
			}
			policy, problems := policies.Load(tree)
			if policy == nil || len(problems) > 0 {
				t.Fatalf("%+v", problems)
			}
			for _, name := range []string{policies.SOPFile, policies.TeamFile, policies.CalendarFile} {
				data := tree[policies.Dir+"/"+name].Data
				if d, _ := schema.ParseYAML(data); d == nil || len(schema.OddForm(data, d)) > 0 {
					t.Errorf("%s would not land:\n%s", name, data)
				}
			}
			if len(policy.Team.People) != 1 {
				t.Fatalf("%d people", len(policy.Team.People))
			}
			p := policy.Team.ByEmail(c.email)
			if p == nil || p.ID != c.id || p.Name != c.person || len(p.Keys) != 1 ||
				!p.HoldsAt(policies.RolePolicyOwner, since) || !p.HoldsAt("administrator", since) {
				t.Errorf("%+v", p)
			}
			for _, want := range []string{"schema/patch.v1.json", ".gitattributes", ".vscode/settings.json", "README.md", "patches/.gitkeep"} {
				if tree[want] == nil {
					t.Errorf("%s is missing", want)
				}
			}
		})
	}
}

func TestNamesThatCannotStandInYAMLAreRefused(t *testing.T) {
	if team, err := Team(Owner{Name: "a\u202eb", Email: "x@y", Since: time.Now()}); err == nil {
		t.Errorf("accepted:\n%s", strings.TrimSpace(string(team)))
	}
}
