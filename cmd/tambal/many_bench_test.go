package main

import (
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/examples"
	"github.com/tambal-id/tambal/schema"
)

// manyCases opens n cases at once, each with its scan and in a commit of its own or
// all in one, and lands them in one merge; the same waits on the branch "waiting".
func manyCases(b *testing.B, n int, together bool) *player {
	b.Helper()
	p := testPlayer(b)
	anchor := p.commitID(b, "main")
	w := &importer{player: p, b: b, date: time.Date(2026, 3, 2, 8, 0, 0, 0, p.Now.Location()), mark: 100}
	w.blob(":1", "trivy/alpine-39.json")
	example, err := examples.FS.ReadFile("patches/2026/SP-2026-0001/patch.yaml")
	if err != nil {
		b.Fatal(err)
	}
	head, all := anchor, strings.Builder{}
	for k := range n {
		id := fmt.Sprintf("SP-2026-%04d", k+1)
		segments := schema.Segments([]byte(strings.ReplaceAll(string(example), "SP-2026-0001", id)))
		data, dir := string(segments[0].Data)+string(segments[1].Data), "patches/2026/"+id
		changes := fmt.Sprintf("M 100644 :1 %s/evidence/trivy-sebelum.json\nM 100644 inline %[1]s/patch.yaml\ndata %d\n%s\n", dir, len(data), data)
		if all.WriteString(changes); !together {
			head = w.commit("siti-a", "refs/heads/waiting", id, "from "+head+"\n", changes)
		}
	}
	if together {
		head = w.commit("siti-a", "refs/heads/waiting", "semua", "from "+head+"\n", all.String())
	}
	w.commit("siti-a", "refs/heads/landed", "semua", "from "+anchor+"\nmerge "+head+"\n", all.String())
	cmd := exec.Command("git", "-C", p.Dir, "fast-import", "--quiet")
	cmd.Stdin = strings.NewReader(w.stream.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	p.Now = w.date.Add(time.Hour)
	return p
}

// BenchmarkManyCasesInOneLanding wants what a landing costs to grow as it does:
// compare 1000 with 5000.
func BenchmarkManyCasesInOneLanding(b *testing.B) {
	for _, together := range []bool{true, false} {
		for _, n := range []int{1000, 5000} {
			p := manyCases(b, n, together)
			for name, judge := range map[string]func(*git.Repo) (*gate.Judgement, error){
				"check": func(r *git.Repo) (*gate.Judgement, error) {
					return gate.Check(r, "main", "waiting", gate.Options{Now: p.Now})
				},
				"audit": func(r *git.Repo) (*gate.Judgement, error) { return gate.Audit(r, "landed", gate.Options{Now: p.Now}) },
			} {
				b.Run(fmt.Sprintf("%s/%d/together=%v", name, n, together), func(b *testing.B) {
					for b.Loop() {
						repo, err := git.Open(p.Dir)
						if err != nil {
							b.Fatal(err)
						}
						verdict, err := judge(repo)
						if err != nil || len(verdict.Timeline.Cases) != n || finding.Judge(verdict.Result.Findings) != finding.Pass {
							b.Fatal(err, len(verdict.Timeline.Cases), verdict.Result.Findings[:min(3, len(verdict.Result.Findings))])
						}
						var m runtime.MemStats
						runtime.ReadMemStats(&m)
						b.ReportMetric(float64(m.Sys>>20), "MiB")
						repo.Close()
					}
				})
			}
		}
	}
}
