package casework

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// Waiting is a case that waits for its decision (SOP 4), and who is about to give
// it.
type Waiting struct {
	ID     string
	Branch string // where the decision is written; a remote's branch gets a local one of its name
	Remote bool   // the branch was found on a remote
	Change *timeline.CaseChange
	Person *policies.Person

	head   *git.Commit
	matter decision.Matter
	signer *signature.Signer
}

// Decide finds the branch on which a case waits for its decision, and who may
// sign with a key (a file; "" is the one Git signs with). It refuses what check
// would refuse later, with *Made where the decision has been made already. branch is
// where to look; "" looks everywhere.
func (d *Desk) Decide(id, branch, key, choice string) (*Waiting, error) {
	if err := atEase(d.Repo); err != nil {
		return nil, err
	}
	b, err := d.undecided(id, branch, choice)
	if err != nil {
		return nil, err
	}
	w := &Waiting{
		ID: id, Branch: b.Name, Remote: b.Remote != "", Change: b.Change, head: b.Head,
		matter: decision.Matter{Root: string(b.Timeline.Anchor.ID), Case: id, Subject: b.Change.AfterData, Policy: b.Policy(), Revoked: b.Timeline.Revoked, When: d.Now, Latest: b.Timeline.Landings[0].Latest, Pending: true},
	}
	if err := d.unchanged(w); err != nil {
		return nil, err
	}
	if w.signer, err = d.Keys.Signer(key); err != nil {
		return nil, err
	}
	if w.signer == nil {
		return nil, usage("approve.no-key")
	}
	return w, w.entitle()
}

// undecided finds the branch on which the case waits for its decision, with nothing
// wrong on it. branch is where it is wanted; "" is anywhere.
func (d *Desk) undecided(id, branch, choice string) (*gate.Branch, error) {
	found, err := gate.Where(d.Repo, id, branch, gate.Options{Now: d.Now})
	switch {
	case err != nil:
		return nil, err
	case branch != "" && (found == nil || !slices.Contains([]string{found.Name, found.Ref, found.Label()}, branch)):
		return nil, refused("approve.nothing-on", id, branch)
	case found == nil:
		return nil, refused("approve.nothing", id)
	case found.Undecided():
		return found, sound(found)
	case slices.ContainsFunc(found.Change.Steps, func(s *timeline.Step) bool { return s.Decision != nil && s.Decision.Decision == choice }):
		return nil, cmp.Or(sound(found), error(&Made{Branch: found.Label()}))
	}
	return nil, refused("approve.nothing", id)
}

// sound refuses a branch that check would refuse.
func sound(b *gate.Branch) error {
	wrong := slices.DeleteFunc(b.Findings(), func(f finding.Finding) bool {
		return f.Severity != finding.Error && f.Severity != finding.Undecided
	})
	if len(wrong) == 0 {
		return nil
	}
	return &gate.Error{Code: "approve.not-ready", Args: []any{b.Change.ID}, Verdict: finding.Fail, Findings: wrong}
}

// Made says that the decision which was to be made is made, and on which branch.
type Made struct{ Branch string }

func (e *Made) Error() string { return "decided on " + e.Branch }

// unchanged refuses while the checked-out manifest differs from the commit: the
// Kabid would sign something else than what lies on the screen.
func (d *Desk) unchanged(w *Waiting) error {
	if d.Repo.Root() == "" || d.Repo.HeadBranch() != w.Branch {
		return nil
	}
	disk, err := os.ReadFile(filepath.Join(d.Repo.Root(), filepath.FromSlash(w.Change.Path)))
	if err == nil && !bytes.Equal(disk, w.Change.AfterData) {
		return &git.Dirty{Paths: []string{w.Change.Path}}
	}
	return nil
}

// entitle finds the key's owner: who holds the role, took no part in the case, and
// has an address to commit with.
func (w *Waiting) entitle() error {
	person, refusal := w.matter.Entitled(w.signer.Key().Fingerprint)
	if person == nil {
		return refused(refusal.Code, refusal.Args...)
	}
	if s, con := w.Change.Part(person.ID); s != nil && w.matter.Policy.Procedure.Separation.ApproverNotAuthor {
		return refused("approval-self", person.Name, s.Item.Name, con.Commit.ID.Short())
	}
	if len(person.Emails) == 0 {
		return refused("approve.no-email", person.Name)
	}
	w.Person = person
	return nil
}

// Sign signs a decision with the Kabid's key and commits it on the case's branch.
func (d *Desk) Sign(w *Waiting, choice decision.Disposition) (*git.Commit, error) {
	item, err := w.matter.Sign(w.Person, choice, w.signer, d.Lang)
	if err != nil {
		return nil, err
	}
	data, err := schema.AppendFile(w.Change.Path, w.matter.Subject, schema.ItemApproval, item) // never write what check refuses
	if err != nil {
		return nil, err
	}
	if err := d.follow(w.Branch, w.head); err != nil { // what was shown may be a colleague's push
		return nil, err
	}
	who := git.Identity{Name: w.Person.Name, Email: w.Person.Emails[0], When: d.Now.In(w.matter.Policy.Calendar.Location())}
	return d.Repo.Write(git.Draft{
		Branch: w.Branch, From: w.head, Files: map[string][]byte{w.Change.Path: data}, Author: who, Committer: who,
		Message: fmt.Sprintf("%s: approval (%s)\n\nCase: %s\nStep: approval\n", w.ID, choice.Decision(), w.ID),
		Sign:    func(b []byte) (string, error) { return w.signer.Sign(signature.GitNamespace, b) },
	})
}

// Signed is a decision that was signed, and the statement its signature is over.
type Signed struct {
	By, Signature string
	Statement     []byte
}

// Statement returns what was signed for a case, on a branch or, with "", as it
// landed or waits anywhere.
func (d *Desk) Statement(id, branch string) (*Signed, error) {
	refs := []string{cmp.Or(branch, d.Repo.Trunk())}
	if branch == "" {
		waiting, err := gate.Waiting(d.Repo, id, "", gate.Options{Now: d.Now})
		if err != nil {
			return nil, err
		}
		for _, b := range waiting {
			refs = append(refs, b.Ref)
		}
	}
	for _, ref := range refs {
		tip, err := d.Repo.Resolve(ref)
		if err != nil {
			return nil, err
		}
		line, err := timeline.Replay(d.Repo, tip, timeline.Options{Now: d.Now})
		if err != nil {
			return nil, err
		}
		if c := line.Case(id); c != nil && c.Decision() != nil && line.Anchor != nil {
			return signed(string(line.Anchor.ID), c, c.Decision())
		}
	}
	return nil, refused("approve.undecided", id)
}

func signed(root string, c *timeline.Case, s *timeline.Step) (*Signed, error) {
	a := s.Decision
	if a.Signature == "" {
		return nil, refused("approve.no-signature", c.ID)
	}
	statement, err := decision.StatementFor(root, c.Manifest.Metadata.ID, a.Approval, s.Item.Raw)
	return &Signed{a.Approval.By, a.Signature, statement}, err
}

// Save writes the statement as files into a folder, with which anybody can check
// it again with ssh-keygen alone.
func (s *Signed) Save(dir string) error {
	key, err := signature.Verify(signature.ApprovalNamespace, s.Statement, s.Signature)
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{
		"statement": s.Statement, "statement.sig": []byte(s.Signature),
		"allowed_signers": []byte(signature.AllowedSigners(s.By, key.Authorized)),
	} {
		if err := git.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// workflowBot is who commits in a workflow that has no identity of its own.
var workflowBot = git.Identity{Name: "github-actions[bot]", Email: "41898282+github-actions[bot]@users.noreply.github.com"}

// Record appends the decision that was given as a review of a pull request to its
// head, in place of a record that does not hold any more. With local the commit is
// the tip of the local branch of that name, for the person to look at and to push;
// else no branch leads to it yet.
func (d *Desk) Record(p *gate.PullRequest, local bool) (*git.Commit, error) {
	c := p.Change()
	o, _ := p.Recordable()
	data, err := p.Recorded(o)
	if err != nil {
		return nil, err
	}
	if n := len(c.Steps); n > 0 && len(c.Subject()) < len(c.AfterData) && c.Steps[n-1].Decision == nil {
		return nil, refused("record.behind", c.ID, c.Steps[n-1].Item.Name) // nobody's later work is thrown away
	}
	who, err := d.Identity()
	if err != nil && d.Workflow { // whoever commits, the reviewer decided
		who, err = workflowBot, nil
		who.When = d.Now
	}
	if err != nil {
		return nil, err
	}
	draft := git.Draft{
		From: p.Head, Files: map[string][]byte{c.Path: data}, Author: who, Committer: who,
		Message: fmt.Sprintf("%s: approval (%s)\n\nCase: %s\nStep: approval\nReviewed-on: %s\n", c.ID, p.Decision(o).Decision, c.ID, text.Clean(o.URL)),
	}
	if local {
		if err := atEase(d.Repo); err != nil {
			return nil, err
		}
		draft.Branch = p.Pull.Head.Ref
		if err := d.Repo.Advance(draft.Branch, p.Head); err != nil {
			return nil, err
		}
		if tip, err := d.Repo.Resolve("refs/heads/" + draft.Branch); err == nil && tip.ID != p.Head.ID {
			there, err := d.Repo.Lookup(tip.Tree, c.Path)
			if err == nil && there.ID == git.BlobID(data) {
				return nil, git.ErrNothing // a run before this one did it
			}
			return nil, refused("record.differs", draft.Branch)
		}
	}
	if draft.Sign, err = d.Keys.CommitSigner(""); err != nil {
		return nil, err
	}
	return d.Repo.Write(draft)
}
