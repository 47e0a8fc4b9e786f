package main

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
)

func seeded(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 8)) }

// plot is a tale to be told: where it leaves the honest story, and what happens
// then. Each kind has a seed of its own, so that one can be left out.
type plot struct {
	start, length int
	kinds         []int
	seeds         []uint64
}

// plotted is the run's plot. Its kinds go round the catalogue, each place at a step
// of its own, so that all have their turn and meet ever other ones; every fifth
// tale is of honest work alone, and of the others some is. What finds nothing to
// change anywhere is left out.
func (w *world) plotted(seed, run uint64) plot {
	r := rand.New(rand.NewPCG(seed, run))
	harm, turn, p := uint64(len(kinds)-len(workKinds)), run/5*4+run%5, plot{}
	for place := range []uint64{1, 2, 2, 3, 3, 3, 4, 4}[r.IntN(8)] {
		k := (turn*[]uint64{1, 5, 13, 29}[place] + turn/harm*place*17) % harm
		if run%5 == 4 || place > 0 && r.IntN(8) == 0 {
			k = harm + (run/5+r.Uint64N(10)*place)%uint64(len(workKinds))
		}
		p.kinds, p.seeds = append(p.kinds, int(k)), append(p.seeds, r.Uint64())
	}
	for try := 1; ; try++ {
		p.start, p.length = r.IntN(len(w.told)-1), 1+r.IntN(4)
		if w.works(p) {
			return p
		}
		if n := len(p.kinds); try%120 == 0 && n > 1 {
			p.kinds, p.seeds = p.kinds[:n-1], p.seeds[:n-1]
		}
	}
}

// works says whether all of a plot's kinds find something to change.
func (w *world) works(p plot) bool {
	_, done := w.change(p)
	return !slices.Contains(done, false)
}

// change makes the moves of a plot, and says which of its kinds found something.
func (w *world) change(p plot) (moves []*move, done []bool) {
	all := w.honest()[p.start:]
	t := &tale{world: w, moves: all[:min(p.length, len(all))]}
	for i, k := range p.kinds {
		t.Rand = seeded(p.seeds[i])
		done = append(done, len(t.moves) > 0 && kinds[k].do(t))
	}
	return t.moves, done
}

// judged is what came of a plot.
type judged struct {
	may, mayWait []string // the oracle's objections, to all and to what waits
	audit, check *finding.Result
	failed       error
}

// tell does what a plot means and has it judged twice over.
func (w *world) tell(p plot) (out judged) {
	defer w.forget()
	moves, _ := w.change(p)
	now := w.told[p.start].at.Add(time.Hour)
	for _, m := range w.honest()[p.start:min(p.start+p.length, len(w.told)-1)] {
		now = m.landing.at.Add(2 * time.Hour)
	}
	tip, before := w.told[p.start], w.told[p.start]
	for _, m := range moves {
		before = tip
		tip = w.carry(tip, m)
	}
	repo, err := git.Open(w.Dir)
	if err != nil {
		return judged{failed: err}
	}
	defer repo.Close()
	out.may = w.mayStand(tip, nil, now)
	out.audit, out.failed = result(gate.Audit(repo, tip.id, gate.Options{Now: now}))
	if len(tip.parents) == 2 && tip.parents[0] == before && out.failed == nil && len(w.mayStand(before, nil, now)) == 0 {
		out.mayWait = w.mayStand(before, tip.parents[1], now)
		out.check, out.failed = result(gate.Check(repo, before.id, tip.parents[1].id, gate.Options{Now: now}))
	}
	return out
}

// result is the verdict; a history that cannot be read is one too.
func result(j *gate.Judgement, err error) (*finding.Result, error) {
	if err == nil {
		return j.Result, nil
	}
	if f, ok := gate.Unread(err); ok {
		return &finding.Result{Findings: []finding.Finding{f}}, nil
	}
	return nil, err
}

// tolerable are the warnings of histories that may stand: what an office should
// look at, and nobody broke.
var tolerable = []string{
	"policy-unsigned",                // an owner's change of policy; no approval counts from there on
	"policy-invalid.vacant-soon",     // the acting head's weeks
	"gate-changed",                   // a workflow, in a landing of its own
	"step-time.older",                // a clock that is late, where no right hangs on it
	"step-separation",                // who planned also analysed
	"step-identity.co-author",        // somebody whom the office does not know
	"evidence-unlisted",              // a file that no item vouches for
	"vulnerability-unproven.undated", // the test files' fixed clock, with a reason
	"history-foxtrot.like",           // looks like an earlier landing, and names none
	"history-malformed.mailmap",      // changes what git log shows
}

// quarrel says where the oracle and the program do not agree; "" where they do.
func (j *judged) quarrel() string {
	if j.failed != nil {
		return "the program gave up: " + j.failed.Error()
	}
	if said := differ("audit", j.may, j.audit); said != "" {
		return said
	}
	if j.check != nil {
		return differ("check", j.mayWait, j.check)
	}
	return ""
}

func differ(door string, why []string, r *finding.Result) string {
	verdict := finding.Judge(r.Findings)
	switch {
	case len(why) > 0 && verdict == finding.Pass:
		return fmt.Sprintf("UNDETECTED by %s: %s", door, strings.Join(why, "; "))
	case len(why) == 0 && verdict != finding.Pass:
		return fmt.Sprintf("FALSE ALARM of %s: %s", door, told(r))
	}
	for _, f := range r.Findings {
		if len(why) == 0 && f.Severity == finding.Warning && !slices.Contains(tolerable, f.Code) {
			return fmt.Sprintf("FALSE WARNING of %s: %s", door, told(r))
		}
	}
	return ""
}

func told(r *finding.Result) string {
	var list []string
	for _, f := range r.Findings {
		if f.Severity != finding.Notice {
			list = append(list, fmt.Sprintf("%s %s %s %.8s %v", f.Severity, cmp.Or(f.Code, f.Rule), f.Path, f.Commit, f.Args))
		}
	}
	return strings.Join(list, "\n        ")
}

// smallest leaves out of a plot what the quarrel does not need.
func (w *world) smallest(p plot) plot {
	for i := 0; i < len(p.kinds) && len(p.kinds) > 1; {
		q := p
		q.kinds, q.seeds = slices.Delete(slices.Clone(p.kinds), i, i+1), slices.Delete(slices.Clone(p.seeds), i, i+1)
		if j := w.tell(q); j.quarrel() != "" {
			p = q
		} else {
			i++
		}
	}
	return p
}

// TestAdversary composes what an adversary may do with what honest people do, at
// random, and wants the program to judge each history as the oracle does. So many
// runs as TAMBAL_ADVERSARY says; TAMBAL_ADVERSARY_RUN repeats a single one.
func TestAdversary(t *testing.T) {
	t.Parallel()
	runs, seed := number(t, "TAMBAL_ADVERSARY", 20), number(t, "TAMBAL_ADVERSARY_SEED", 1)
	first := uint64(0)
	if only := os.Getenv("TAMBAL_ADVERSARY_RUN"); only != "" {
		first = number(t, "TAMBAL_ADVERSARY_RUN", 0)
		runs = first + 1
	}
	const workers = 2
	var mu sync.Mutex
	var all sync.WaitGroup
	used, stood, checked := make([]int, len(kinds)), 0, 0
	began := time.Now()
	for n := range uint64(workers) {
		w := newWorld(t)
		all.Go(func() {
			for run := first + n; run < runs; run += workers {
				p := w.plotted(seed, run)
				j := w.tell(p)
				mu.Lock()
				for _, k := range p.kinds {
					used[k]++
				}
				if len(j.may) == 0 {
					stood++
				}
				if j.check != nil {
					checked++
				}
				mu.Unlock()
				if said := j.quarrel(); said != "" {
					t.Errorf("seed %d, run %d: %s\n%s", seed, run, said, w.describe(p))
				}
			}
		})
	}
	all.Wait()
	t.Logf("seed %d: %d runs in %.0f seconds; %d histories may stand; %d waiting branches were checked too", seed, runs-first, time.Since(began).Seconds(), stood, checked)
	for i, k := range kinds {
		t.Logf("%6d %s: %s", used[i], k.meant, k.name)
		if runs-first >= 20000 && used[i] < 200 {
			t.Errorf("%s: only %d times", k.name, used[i])
		}
	}
}

// describe tells the smallest plot with the same quarrel.
func (w *world) describe(p plot) string {
	p = w.smallest(p)
	j := w.tell(p)
	var b strings.Builder
	fmt.Fprintf(&b, "    after landing %d, of %d:\n", p.start, p.length)
	for _, k := range p.kinds {
		fmt.Fprintf(&b, "      %s\n", kinds[k].name)
	}
	fmt.Fprintf(&b, "    %s\n", j.quarrel())
	if j.audit != nil {
		fmt.Fprintf(&b, "    audit: %s\n    oracle: %s\n", told(j.audit), strings.Join(j.may, "; "))
	}
	return b.String()
}

func number(t *testing.T, name string, usual uint64) uint64 {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		return usual
	}
	n, err := strconv.ParseUint(value, 10, 64)
	if err != nil {
		t.Fatal(name, err)
	}
	return n
}
