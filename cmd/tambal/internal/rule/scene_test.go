package rule

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/evidence"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// doer says who does which step; an item that is not named here is the
// technical team's.
var doer = map[string]string{
	schema.ItemMonitoring: "siti-a", schema.ItemPlan: "agus-p", schema.ItemAnalysis: "rina-w", schema.ItemApproval: "budi-s",
	schema.ItemSchedule: "agus-p", schema.ItemClosure: "siti-a",
}

// The accounts of the default policy at the forge.
const (
	siti int64 = 900000001 + iota
	agus
	rina
	joko
	budi
	dewi
)

// scene is one landing with everything that Git, the policy and the forge say of
// it, as package timeline tells it. Rows edit the facts.
type scene struct {
	*timeline.Landing
	t       *testing.T
	c       *timeline.CaseChange // the case it changes; nil for a new policy
	options Options
}

// row is one thing that may be wrong with a landing.
type row struct {
	name  string
	of    func() *draft // the landing that breaks no rule
	write func(*draft)  // what people write instead
	edit  func(*scene)  // what happens instead
	want  string        // "severity code" of every finding, sorted as Run sorts them
}

// play judges every row and wants exactly the findings it names, each with a
// sentence in both languages that its arguments fit.
func play(t *testing.T, rows []row) {
	t.Parallel()
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			d := r.of()
			if r.write != nil {
				r.write(d)
			}
			s := d.scene(t)
			if r.edit != nil {
				r.edit(s)
			}
			if got := s.findings(); got != r.want {
				t.Errorf("got  %s\nwant %s", got, r.want)
			}
		})
	}
}

func (s *scene) findings() string {
	s.t.Helper()
	var list []string
	for _, f := range Run(s.Timeline, s.options) {
		list = append(list, string(f.Severity)+" "+f.Code)
		if f.Commit == "" && s.Timeline.Anchor != nil {
			s.t.Errorf("%s names no commit", f.Code)
		}
		for _, l := range []text.Lang{text.Indonesian, text.English} {
			for _, said := range []string{f.Message(l), f.Hint(l)} {
				if strings.Contains(said, "%!") || strings.HasPrefix(said, f.Code) {
					s.t.Errorf("%s: %s", l, said)
				}
			}
		}
	}
	return strings.Join(list, ", ")
}

// commit is one that a listed person made.
func commit(n int, person *policies.Person, at time.Time) *timeline.Commit {
	who := timeline.Identity{Name: person.Name, Email: person.Emails[0], When: at}
	return &timeline.Commit{ID: timeline.ID(strings.Repeat(fmt.Sprintf("%02x", n), 20)), Author: who, Committer: who}
}

func actor(p *policies.Person) timeline.Actor {
	return timeline.Actor{Name: p.Name, Email: p.Emails[0], Person: p}
}

// scene lands a draft by the default policy, a merge of a branch with one commit
// for each item.
func (d *draft) scene(t *testing.T) *scene {
	t.Helper()
	p := policy()
	now := wib(6, 12, 0)
	line := &timeline.Timeline{Policy: p, Proven: p, Now: now, Anchor: commit(1, p.Team.ByID("siti-a"), wib(1, 9, 0))}
	l := &timeline.Landing{Timeline: line, Policy: p, Base: line.Anchor, Pending: d.pending, When: now}
	line.Landings = []*timeline.Landing{l}
	s := &scene{Landing: l, t: t}
	if d.next {
		s.bringPolicy()
	} else {
		s.bringCase(d)
	}
	if l.Head = l.Side[len(l.Side)-1].Commit; !d.pending {
		l.When = l.Head.Committer.When.Add(30 * time.Minute)
		l.Commit = commit(99, p.Team.ByID("siti-a"), l.When)
		l.Commit.Parents = []timeline.ID{l.Base.ID, l.Head.ID}
		line.Tip = l.Commit
	}
	return s
}

func (s *scene) bringPolicy() {
	owner := s.Policy.Team.ByID("siti-a")
	c := commit(50, owner, wib(2, 8, 0))
	s.Side = []timeline.Written{{Commit: c}}
	s.Next = &timeline.PolicyChange{Policy: policy(), Signed: []string{"SHA256:x"}, Contributions: []*timeline.Contribution{
		{Commit: c, Author: actor(owner), Committer: actor(owner), Signer: owner},
	}}
}

func (s *scene) bringCase(d *draft) {
	s.t.Helper()
	c := &timeline.CaseChange{
		Landing: s.Landing, ID: d.id, Dir: schema.CasesDir + "/2026/" + d.id, Entry: timeline.Entry{Mode: timeline.ModeFile, ID: "m"},
		AfterData: d.manifest(s.t, len(d.items)), Kept: true, SideKept: true, SameItems: true,
	}
	c.Path = c.Dir + "/" + schema.ManifestFile
	s.c, s.Cases = c, []*timeline.CaseChange{c}
	c.Case = &timeline.Case{ID: c.ID, Dir: c.Dir}
	s.Timeline.Cases = []*timeline.Case{c.Case}
	if c.After, c.Problems = schema.Parse(c.AfterData); c.After == nil {
		s.t.Fatalf("the draft is no manifest: %v", c.Problems)
	}
	if d.landed > 0 {
		c.BeforeData = d.manifest(s.t, d.landed)
		c.Before, _ = c.After.Cut(c.BeforeData)
	}
	for i := range c.After.Items {
		s.bringItem(&c.After.Items[i], i >= d.landed)
	}
	c.Case.Manifest, c.Case.Data = c.After, c.AfterData
}

// bringItem adds a step that has landed, or that the landing brings.
func (s *scene) bringItem(it *schema.Item, brought bool) {
	c, l := s.c, s.Landing
	person := l.Policy.Team.ByID(doer[it.Name])
	if person == nil {
		person = l.Policy.Team.ByID("joko-s")
	}
	done := l.Base.Author.When
	if n := len(c.Case.Steps); n > 0 {
		done = c.Case.Steps[n-1].Commit.Author.When.Add(time.Minute)
	}
	for _, end := range []time.Time{it.Finished(), schema.Time(it.Text("at"))} {
		if end.After(done) && end.Before(l.Timeline.Now) {
			done = end
		}
	}
	st := &timeline.Step{
		Item: it, Case: c.Case, Landing: l, Row: l.Policy.Procedure.Step(it.Name), Roles: l.Policy.Procedure.RolesFor(c.After.Items, it.Index), Commit: commit(16+it.Index, person, done),
		Span: timeline.Span{Start: it.Started(), End: done, Stated: !it.Started().IsZero()},
	}
	con := &timeline.Contribution{Commit: st.Commit, Author: actor(person), Committer: actor(person), Steps: []*timeline.Step{st}}
	st.Contributions = []*timeline.Contribution{con}
	for i, e := range it.Evidence() {
		f := &timeline.File{
			Evidence: e, Step: st, Index: i, Path: c.Dir + "/" + e.Path, Entry: timeline.Entry{Mode: timeline.ModeFile, ID: "f"}, Held: done, Size: 100,
		}
		f.Scan = scanOf(f, done)
		if st.Files = append(st.Files, f); brought {
			c.Files = append(c.Files, timeline.Change{Path: f.Path, After: f.Entry})
		}
	}
	c.Case.Steps = append(c.Case.Steps, st)
	if !brought {
		st.Landing, l.Base = nil, st.Commit
		return
	}
	n := len(l.Side)
	if n > 0 {
		st.Commit.Parents = []timeline.ID{l.Side[n-1].ID}
	}
	l.Side = append(l.Side, timeline.Written{Commit: st.Commit})
	l.Authors, l.Contributions, c.Steps = l.Side, append(l.Contributions, con), append(c.Steps, st)
	st.Decision = s.proven(it)
	st.Prove()
}

// proven is what package decision makes of an approval item; a signature is
// taken for the approver's own.
func (s *scene) proven(it *schema.Item) *decision.Verification {
	body, ok := it.Body.(*schema.Approval)
	if !ok {
		return nil
	}
	a := s.matter().Prove(s.c.AfterData, it, decision.Given{}, false)
	if body.Signature != "" {
		a.State, a.Why, a.Proof = decision.Proven, text.Phrase{}, decision.Signed
	} else if a.State == decision.Unread {
		a.State, a.Proof = decision.Proven, decision.Confirmed
	}
	return a
}

func (s *scene) matter() decision.Matter {
	return decision.Matter{
		Case: s.c.ID, Subject: s.c.Subject(), Policy: s.Policy, When: s.When, Pending: s.Pending,
		TookPart: func(person string) bool { part, _ := s.c.Part(person); return part != nil },
	}
}

// scanOf reads a Trivy file: before the change it shows the vulnerability in the
// old package, after it the package is new.
func scanOf(f *timeline.File, done time.Time) *evidence.Scan {
	if !evidence.HasReader(f.Format) {
		return nil
	}
	const kind = "os-pkgs"
	scan := &evidence.Scan{Tool: "trivy", Target: "web", Targets: 1, Kinds: []string{kind}, Created: done.Add(-time.Minute)}
	if f.Phase == schema.PhaseBefore {
		scan.Packages = []evidence.Package{{Name: "openssh", Version: "8.9", Kind: kind}}
		scan.Findings = []evidence.Finding{{ID: "CVE-2024-6387", Package: "openssh", Installed: "8.9", Kind: kind}}
		return scan
	}
	scan.Packages = []evidence.Package{{Name: "openssh", Version: "9.8", Kind: kind}}
	return scan
}

// step is the newest step of that name, landed or brought.
func (s *scene) step(name string) *timeline.Step { return s.c.Case.Step(name) }

// by is the commit that wrote a step.
func (s *scene) by(name string) *timeline.Contribution { return s.step(name).Contributions[0] }

func (s *scene) person(id string) *policies.Person { return s.Policy.Team.ByID(id) }

// request lets a landing wait in a pull request of agus with these reviews.
func (s *scene) request(reviews ...decision.Review) {
	s.Request = &timeline.Request{Open: true, Base: "main", DefaultBranch: "main", Request: decision.Request{
		Repository: "https://github.com/contoh/patch", RepositoryID: 1, Number: 12, URL: "https://github.com/contoh/patch/pull/12",
		Author: decision.Account{ID: agus, Login: "contoh-agus-p"}, Reviews: reviews,
	}}
	s.Request.Opinions = decision.Read(&s.Request.Request, s.Policy)
	s.weigh()
}

// weigh reads the opinions again after a row has edited them.
func (s *scene) weigh() { s.c.Reviews = s.matter().Weigh(s.Request.Opinions) }

// latest edits the newest review of a request.
func (s *scene) latest(edit func(*decision.Opinion)) {
	edit(s.Request.Opinions.Latest[len(s.Request.Opinions.Latest)-1])
	s.weigh()
}

// review is one that somebody handed in on what is there, an hour after the
// analysis.
func review(by int64, state decision.ReviewState, body string) decision.Review {
	return decision.Review{
		ID: by - 900000000, Author: decision.Account{ID: by, Login: fmt.Sprintf("akun-%d", by)}, State: state,
		Commit: strings.Repeat("c", 40), SubmittedAt: wib(2, 11, int(by-siti)), Body: body,
	}
}
