package rule

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// entry is one item of a draft: its name and its typed body.
type entry struct {
	name string
	body any
}

// draft is one landing as people prepare it: a case of which the first items
// have landed, or a new policy. Rows edit it as people edit a file; what Git and
// the forge would say of it is made by draft.scene.
type draft struct {
	id, title, retryOf string
	items              []entry
	landed             int  // how many of the items stood before
	pending            bool // waits on its branch
	next               bool // brings a policy instead of a case
}

// waiting leaves a landing on its branch.
func waiting(d *draft) *draft { d.pending = true; return d }

// wib is a moment of February 2026 in the office's zone; its first Monday is the
// second.
func wib(day, hour, minute int) time.Time {
	return time.Date(2026, 2, day, hour, minute, 0, 0, time.FixedZone("", 7*3600))
}

func written(at time.Time) string { return at.Format(time.RFC3339) }

// The landings that break no rule. Each table edits one of them.
func monitored() *draft   { return work(0, 1) }
func planned() *draft     { return waiting(work(1, 3)) }
func decided() *draft     { return work(1, 4) }
func scheduled() *draft   { return work(4, 5) }
func implemented() *draft { return work(5, 6) }
func closed() *draft      { return work(6, 8) }
func newPolicy() *draft   { return &draft{next: true} }

// reviewed is decided by a review instead of a signature.
func reviewed() *draft {
	d := decided()
	a := last[schema.Approval](d)
	a.Signature, a.Policy = "", ""
	a.Review = &schema.Review{
		Repository: "https://github.com/contoh/patch", RepositoryID: 1, PullRequest: 12, ID: 201, ReviewerID: budi,
		Commit: strings.Repeat("c", 40), SubmittedAt: a.At, BodySHA256: decision.Review{Body: a.Disposition}.BodySHA256(),
	}
	return d
}

// refused is a refusal that lands with its closure.
func refused() *draft {
	d := decided()
	last[schema.Approval](d).Decision = schema.DecisionRejected
	return d.add(schema.ItemClosure, &schema.Closure{Outcome: schema.OutcomeRejected, Note: "Ditolak."})
}

// work is the whole case up to an item, of which the first ones have landed.
func work(landed, all int) *draft {
	d := &draft{id: "SP-2026-0007", title: "OpenSSH di server web", landed: landed}
	span := func(day, hour, from, to int) schema.Common {
		return schema.Common{StartedAt: written(wib(day, hour, from)), FinishedAt: written(wib(day, hour, to))}
	}
	m := &schema.Monitoring{
		Common: span(2, 8, 0, 9), Trigger: schema.Trigger{Kind: "scan", Reference: "Pemindaian mingguan"}, Sources: []string{"Trivy"},
		Vulnerabilities: []schema.Vulnerability{{ID: "CVE-2024-6387"}}, Decision: schema.DecisionRequired, Reason: "Rentan.",
		Systems: []schema.System{{Name: "web", Owner: "Kominfo", Exposure: "internet", Product: "OpenSSH", Installed: "8.9", Fixed: "9.8"}},
	}
	m.Evidence = []schema.Evidence{listing("before.json", "trivy", schema.PhaseBefore)}
	i := &schema.Implementation{
		Common: span(3, 20, 0, 25), Log: []string{"Dipasang."}, Results: []schema.Outcome{{System: "web", Version: "9.8", Outcome: "success"}},
		Tests:       []schema.TestResult{{Name: "Masuk", Result: "passed"}},
		Observation: schema.Observation{Until: written(wib(4, 20, 25)), Summary: "Tenang."}, Outcome: schema.NoAnomaly,
	}
	i.Evidence = []schema.Evidence{listing("after.json", "trivy", schema.PhaseAfter), listing("siem.txt", "text", schema.PhaseSIEM)}
	d.add(schema.ItemMonitoring, m)
	d.add(schema.ItemPlan, &schema.Plan{
		Common: span(2, 8, 30, 55), Objective: "Menambal.", Targets: []schema.Target{{System: "web", From: "8.9", To: "9.8"}},
		Actions: []string{"Pasang"}, Backup: "Ada.", Rollback: "Kembali.", Tests: []string{"Masuk"}, Executor: "Joko Susilo", Downtime: "5 menit",
	})
	d.add(schema.ItemAnalysis, &schema.Analysis{
		Common: span(2, 9, 0, 50), Urgency: schema.Urgency{Method: "bod-26-04", Due: "2026-02-16"}, RiskIfPatched: "Rendah.", RiskIfNot: "Tinggi.",
		Impact: "Kecil.", Result: "Layak.", Recommendation: schema.Implement,
	})
	d.add(schema.ItemApproval, &schema.Approval{
		Decision: schema.DecisionApproved, By: "budi-s", At: written(wib(2, 10, 12)), Disposition: "Setuju.",
		Policy: defaults().Digest, Signature: "-----BEGIN SSH SIGNATURE-----\nAAAA\n",
	})
	d.add(schema.ItemSchedule, &schema.Schedule{
		Common: span(2, 10, 30, 38), Basis: schema.Basis{Logs: []string{"Log akses"}}, Notified: []string{"Petugas piket"},
		Windows: []schema.Window{{Start: written(wib(3, 20, 0)), End: written(wib(3, 21, 0)), Systems: []string{"web"}}},
	})
	d.add(schema.ItemImplementation, i)
	d.add(schema.ItemReport, &schema.Report{Common: span(5, 8, 0, 50), Summary: "Selesai.", Obstacles: "Tidak ada", Suggestions: []string{"Pantau"}})
	d.add(schema.ItemClosure, &schema.Closure{Common: span(5, 9, 0, 5), Outcome: schema.OutcomeImplemented, Note: "Selesai."})
	d.items = d.items[:all]
	return d
}

func listing(name, format, phase string) schema.Evidence {
	return schema.Evidence{Path: "evidence/" + name, Format: format, SHA256: strings.Repeat("5a", 32), Of: "web", Phase: phase}
}

func (d *draft) add(name string, body any) *draft {
	d.items = append(d.items, entry{name, body})
	return d
}

// last is the newest item of a kind, to be edited.
func last[T any](d *draft) *T {
	for i := len(d.items) - 1; i >= 0; i-- {
		if body, ok := d.items[i].body.(*T); ok {
			return body
		}
	}
	return new(T)
}

// manifest writes the first n items, each approval bound to what stands before
// it unless a row bound it to something else.
func (d *draft) manifest(t *testing.T, n int) []byte {
	t.Helper()
	data := schema.New(d.id, d.title, d.retryOf)
	for _, it := range d.items[:n] {
		if a, ok := it.body.(*schema.Approval); ok && a.Subject == (schema.Subject{}) {
			a.Subject = decision.SubjectOf(data)
		}
		data = appended(t, data, it)
	}
	return data
}

// manifests remembers what was appended to what: the writer reads back all that
// it writes, which takes longer than the rules.
var manifests sync.Map

func appended(t *testing.T, data []byte, it entry) []byte {
	t.Helper()
	body, err := json.Marshal(it.body)
	if err != nil {
		t.Fatal(err)
	}
	key := string(data) + "\x00" + it.name + "\x00" + string(body)
	if known, ok := manifests.Load(key); ok {
		return known.([]byte)
	}
	fields := map[string]any{}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if err := dec.Decode(&fields); err != nil {
		t.Fatal(err)
	}
	out, err := schema.Append(data, it.name, fields)
	if err != nil {
		t.Fatalf("%s: %v", it.name, err)
	}
	manifests.Store(key, out)
	return out
}

var defaults = sync.OnceValue(policies.Default)

// policy is the default policy, of which a row may change the rows of the SOP,
// the roles and the people.
func policy() *policies.Policy {
	p, pr, team := *defaults(), *defaults().Procedure, *defaults().Team
	pr.Roles = append([]policies.Role(nil), pr.Roles...)
	pr.Steps = append([]policies.Step(nil), pr.Steps...)
	team.People = append([]policies.Person(nil), team.People...)
	p.Procedure, p.Team = &pr, &team
	return &p
}
