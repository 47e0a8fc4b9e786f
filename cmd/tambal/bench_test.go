package main

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/casework"
	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/examples"
	"github.com/tambal-id/tambal/schema"
)

// largeOffice lands n finished cases, seven landings each, with signed
// approvals and evidence, through git fast-import; one more case waits for its
// approval on a branch.
func largeOffice(b *testing.B, n int) *player {
	b.Helper()
	p := testPlayer(b)
	anchor := p.commitID(b, "main")
	w := &importer{player: p, b: b, date: time.Date(2026, 3, 2, 8, 0, 0, 0, p.Now.Location())}
	w.blob(":1", "trivy/alpine-39.json")
	w.blob(":2", "trivy/alpine-310.json")
	w.blob(":3", "siem/sp-2026-0001.txt")
	w.mark, w.main = 100, anchor
	example, err := examples.FS.ReadFile("patches/2026/SP-2026-0001/patch.yaml")
	if err != nil {
		b.Fatal(err)
	}
	for k := range n + 1 {
		w.playCase(fmt.Sprintf("SP-2026-%04d", k+1), example, anchor, k == n)
	}
	fmt.Fprintf(&w.stream, "reset refs/heads/main\nfrom %s\n\n", w.main)
	cmd := exec.Command("git", "-C", p.Dir, "fast-import", "--quiet")
	cmd.Stdin = strings.NewReader(w.stream.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	p.Now = w.date.Add(time.Hour)
	return p
}

func (p *player) commitID(t testing.TB, ref string) string {
	t.Helper()
	repo, err := git.Open(p.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer repo.Close()
	c, err := repo.Resolve(ref)
	if err != nil {
		t.Fatal(err)
	}
	return string(c.ID)
}

type importer struct {
	*player
	b      *testing.B
	stream strings.Builder
	mark   int
	main   string
	date   time.Time
}

func (w *importer) blob(mark, file string) {
	data, err := examples.FS.ReadFile("evidence/" + file)
	if err != nil {
		w.b.Fatal(err)
	}
	fmt.Fprintf(&w.stream, "blob\nmark %s\ndata %d\n%s\n", mark, len(data), data)
}

// commit writes one commit and returns its mark.
func (w *importer) commit(who, ref, message, parents, changes string) string {
	w.mark++
	w.date = w.date.Add(time.Minute)
	person := w.Team.ByID(who)
	line := fmt.Sprintf("%s <%s> %d +0700", person.Name, person.Emails[0], w.date.Unix())
	fmt.Fprintf(&w.stream, "commit %s\nmark :%d\nauthor %s\ncommitter %s\ndata %d\n%s\n%s%s\n", ref, w.mark, line, line, len(message), message, parents, changes)
	return fmt.Sprintf(":%d", w.mark)
}

// playCase lands the items of the finished example under another id.
func (w *importer) playCase(id string, example []byte, anchor string, open bool) {
	text := strings.ReplaceAll(string(example), "SP-2026-0001", id)
	segments := schema.Segments([]byte(text))
	data, dir := string(segments[0].Data), "patches/2026/"+id
	authors := map[string]string{"monitoring": "siti-a", "plan": "agus-p", "analysis": "rina-w", "approval": "budi-s",
		"schedule": "siti-a", "implementation": "joko-s", "report": "joko-s", "closure": "siti-a"}
	side := w.main
	for _, seg := range segments[1:] {
		changes := ""
		switch seg.Name {
		case "monitoring":
			changes = "M 100644 :1 " + dir + "/evidence/trivy-sebelum.json\n"
		case "implementation":
			changes = "M 100644 :2 " + dir + "/evidence/trivy-sesudah.json\nM 100644 :3 " + dir + "/evidence/siem.txt\n"
		case "approval":
			if open {
				return
			}
			seg.Data = w.approve(id, data, anchor)
		}
		if seg.Name == "schedule" && open {
			return
		}
		data += string(seg.Data)
		changes += fmt.Sprintf("M 100644 inline %s/patch.yaml\ndata %d\n%s\n", dir, len(data), data)
		side = w.commit(authors[seg.Name], "refs/heads/"+id, id+": "+seg.Name, "from "+side+"\n", changes)
		if seg.Name == "plan" || seg.Name == "analysis" {
			continue // land together with the decision
		}
		w.main = w.commit("siti-a", "refs/heads/landing", id+": "+seg.Name+"\n\nCase: "+id, "from "+w.main+"\nmerge "+side+"\n", changes)
		side = w.main
	}
}

// approve signs the manifest as it stands.
func (w *importer) approve(id, data, anchor string) []byte {
	item := schema.Approval{Decision: schema.DecisionApproved, By: "budi-s", At: "2026-02-02T10:12:03+07:00", Disposition: "Setuju.",
		Subject: decision.SubjectOf([]byte(data)), Policy: w.digest()}
	raw, err := schema.Value(item)
	if err != nil {
		w.b.Fatal(err)
	}
	message, err := decision.StatementFor(anchor, id, &item, raw)
	if err != nil {
		w.b.Fatal(err)
	}
	if raw["signature"], err = w.Key("budi-s").Sign(signature.ApprovalNamespace, message); err != nil {
		w.b.Fatal(err)
	}
	after, err := schema.Append([]byte(data), schema.ItemApproval, raw)
	if err != nil {
		w.b.Fatal(err)
	}
	return after[len(data):]
}

func (w *importer) digest() string {
	repo, err := git.Open(w.Dir)
	if err != nil {
		w.b.Fatal(err)
	}
	defer repo.Close()
	policy, err := casework.Policy(repo)
	if err != nil {
		w.b.Fatal(err)
	}
	return policy.Digest
}

// peer times the same question put to git, in the same run.
func peer(b *testing.B, p *player, args ...string) time.Duration {
	b.Helper()
	start := time.Now()
	if err := exec.Command("git", append([]string{"-C", p.Dir}, args...)...).Run(); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// BenchmarkAudit replays whole histories; x-git is the time against git's own
// raw log of the same commits.
func BenchmarkAudit(b *testing.B) {
	for _, n := range []int{50, 200} {
		b.Run(fmt.Sprint(n, "-cases"), func(b *testing.B) {
			p := largeOffice(b, n)
			git := peer(b, p, "log", "--raw", "-m", "--no-renames", "--no-abbrev", "-z", "--format=%H", "main")
			for b.Loop() {
				if err := p.Command("0", []string{"tambal", "audit"}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(git), "x-git")
		})
	}
}

// BenchmarkCheck judges one waiting case; its cost should not grow with the
// number of cases that have landed.
func BenchmarkCheck(b *testing.B) {
	for _, n := range []int{50, 200} {
		b.Run(fmt.Sprint(n, "-cases"), func(b *testing.B) {
			p := largeOffice(b, n)
			head := fmt.Sprintf("SP-2026-%04d", n+1)
			git := peer(b, p, "diff", "--name-only", "main..."+head)
			for b.Loop() {
				if err := p.Command("1", []string{"tambal", "check", "--base", "main", "--head", head}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(git), "x-git")
		})
	}
}
