package casework

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// Opening is how a case is opened.
type Opening struct {
	ID, Title string // "" stands for the next free number, and for a question
	RetryOf   string // the case whose attempt failed
	Again     bool   // even if another one has been opened and not committed
	Input     Input
}

// New opens a case: its manifest with the first step of the SOP.
func (d *Desk) New(o Opening) (*Written, error) {
	if d.Repo.Root() == "" {
		return nil, usage("usage.bare")
	}
	policy, err := Policy(d.Repo)
	if err != nil {
		return nil, err
	}
	if o.ID == "" {
		if o.ID, err = d.nextID(policy, o.Again); err != nil {
			return nil, err
		}
	}
	w, err := workOn(d.Repo, o.ID)
	if err != nil {
		return nil, err
	}
	if w.data != nil {
		return nil, refused("new.exists", o.ID, w.path)
	}
	from := strings.TrimPrefix(d.Repo.Trunk(), "origin/")
	if from == "HEAD" {
		from = o.ID
	}
	if err := onBranch(d.Repo, from); err != nil { // before anybody answers questions
		return nil, err
	}
	if o.Title == "" {
		if o.Title, err = d.ask("new.ask-title"); err != nil {
			return nil, err
		}
	}
	w.data = schema.New(o.ID, o.Title, o.RetryOf)
	return d.appendStep(w, o.ID, policy.Procedure.First().Name, &o.Input)
}

// nextID is the first free number of the year, over all branches. It refuses while
// a case that was opened is not committed, unless that is wanted again.
func (d *Desk) nextID(policy *policies.Policy, again bool) (string, error) {
	year := d.Now.In(policy.Calendar.Location()).Format("2006")
	begin := policy.Procedure.NewCases() + "-" + year + "-"
	highest, saved := 0, map[string]bool{}
	note := func(name string) {
		if _, id := schema.CaseDir(name); id && strings.HasPrefix(name, begin) {
			n, _ := strconv.Atoi(name[len(begin):]) // the ID has digits there
			highest = max(highest, n)
		}
	}
	branches, err := d.Repo.Branches()
	if err != nil {
		return "", err
	}
	for _, b := range branches {
		tip, err := d.Repo.Resolve(b.Ref)
		if err != nil {
			return "", err
		}
		names, err := d.Repo.Names(tip.Tree, schema.CasesDir+"/"+year)
		if err != nil {
			return "", err
		}
		for _, name := range names {
			saved[name] = true
			note(name)
		}
	}
	folder := filepath.Join(d.Repo.Root(), schema.CasesDir, year)
	if list, err := os.ReadDir(folder); err == nil {
		for _, e := range list {
			_, id := schema.CaseDir(e.Name())
			_, err := os.Stat(filepath.Join(folder, e.Name(), schema.ManifestFile))
			if err != nil || !id { // no more than evidence for a case, or none
				continue
			}
			if !saved[e.Name()] && !again {
				return "", refused("new.unfinished", e.Name())
			}
			note(e.Name())
		}
	}
	return fmt.Sprintf("%s%04d", begin, highest+1), nil
}

// caseBranch goes to the branch that the case stands on, brought up to date with what
// colleagues have pushed there and somebody has fetched. A case that waits nowhere
// goes on from what has landed, on a branch of its own, unless the person is on one
// that bears no case's name.
func (d *Desk) caseBranch(id string) error {
	stands, err := gate.Where(d.Repo, id, "", gate.Options{Now: d.Now})
	if err != nil {
		return err
	}
	head := d.Repo.HeadBranch()
	name, tip := id, (*git.Commit)(nil)
	if stands != nil {
		name, tip = stands.Name, stands.Head
		if err := d.follow(name, tip); err != nil {
			return err
		}
	} else {
		_, other := schema.CaseDir(head)
		if head != d.Repo.Trunk() && !other || head == id {
			return nil
		}
		if tip, err = d.Repo.Resolve(d.Repo.Trunk()); err != nil {
			return err
		}
		if err := d.Repo.Advance(name, tip); err != nil { // a branch with something else on it stays
			return err
		}
	}
	if head == name {
		return nil
	}
	if err := d.Repo.Switch(name, tip); err != nil {
		return err
	}
	d.notice("new.branch", name)
	return nil
}

// follow brings the local branch of a name to a commit, if there is one: a colleague
// may have pushed it. It refuses where that branch has something of its own.
func (d *Desk) follow(name string, to *git.Commit) error {
	was, err := d.Repo.Tip(name)
	if err != nil || was == nil || was.ID == to.ID {
		return err
	}
	behind, err := d.Repo.IsAncestor(was.ID, to.ID)
	if err != nil {
		return err
	}
	if !behind {
		return refused("merge.diverged", name, to.ID.Short())
	}
	if err := d.Repo.Advance(name, to); err != nil {
		return err
	}
	d.notice("new.updated", name, to.ID.Short())
	return nil
}

// Step is what is appended to a case.
type Step struct {
	ID, Step string // Step "" stands for the next one of the SOP
	Again    bool   // even if one has been appended and not committed
	Input    Input
}

// Written is the step that is in the working tree now.
type Written struct {
	ID, Step string
	Path     string // of the manifest, from the root
}

// opened refuses a case that is neither in the working tree nor on its own branch
// nor on the protected one, before any branch is touched.
func (d *Desk) opened(id string) error {
	dir, ok := schema.CaseDir(id)
	switch {
	case d.Repo.Root() == "":
		return usage("usage.bare")
	case !ok:
		return usage("usage.id", id)
	}
	manifest := dir + "/" + schema.ManifestFile
	if _, err := os.Stat(filepath.Join(d.Repo.Root(), filepath.FromSlash(manifest))); err == nil {
		return nil
	}
	stands, err := gate.Where(d.Repo, id, "", gate.Options{Now: d.Now})
	if err != nil || stands != nil {
		return err
	}
	for _, name := range []string{"refs/heads/" + id, d.Repo.Trunk(), "HEAD"} {
		tip, err := d.Repo.Resolve(name)
		if err != nil {
			continue // no such branch
		}
		if e, err := d.Repo.Lookup(tip.Tree, manifest); err != nil || e != (git.Entry{}) {
			return err
		}
	}
	return refused("next.no-case", id)
}

// Next appends the next legal item of a case.
func (d *Desk) Next(o Step) (*Written, error) {
	id, step := o.ID, o.Step
	if err := d.opened(id); err != nil {
		return nil, err
	}
	if err := onBranch(d.Repo, id); err != nil {
		return nil, err
	}
	if err := d.caseBranch(id); err != nil {
		return nil, err
	}
	w, err := workOn(d.Repo, id)
	if err != nil {
		return nil, err
	}
	manifest, err := w.manifest(id)
	if err != nil {
		return nil, err
	}
	fresh := w.newSteps()
	if w.committed == nil && len(fresh) > 0 {
		fresh = fresh[1:] // that one new has written
	}
	if n := len(fresh); n > 0 && !o.Again && (step == "" || slices.Contains(fresh, step)) {
		return nil, refused("next.unfinished", id, fresh[n-1])
	}
	moves := w.policy.Procedure.Next(manifest.Items)
	if len(moves) == 0 && step != schema.ItemCorrection {
		return nil, refused("next.closed", id)
	}
	var legal []string
	for _, m := range moves {
		legal = append(legal, m.Step.Name)
	}
	if step == "" {
		step = legal[0]
	}
	withdraw := step == schema.ItemClosure || step == schema.ItemCorrection
	if !withdraw && !slices.Contains(legal, step) {
		return nil, refused("step-order", step, strings.Join(legal, ", "))
	}
	if step == schema.ItemApproval {
		return nil, refused("next.approval", id)
	}
	return d.appendStep(w, id, step, &o.Input)
}

// appendStep collects the item's fields, appends it and writes the manifest
// only if it reads as a whole; otherwise nothing is written.
func (d *Desk) appendStep(w *work, id, step string, in *Input) (*Written, error) {
	value, err := in.value(d, step, w.policy.Calendar.Location())
	if err != nil {
		return nil, err
	}
	files, err := in.attach(value)
	if err != nil {
		return nil, err
	}
	for name, data := range files {
		there, err := os.ReadFile(filepath.Join(d.Repo.Root(), filepath.FromSlash(w.dir+"/"+name)))
		if err == nil && !bytes.Equal(there, data) {
			return nil, refused("next.evidence-exists", w.dir+"/"+name)
		}
	}
	after, err := schema.AppendFile(w.path, w.data, step, value)
	if err != nil {
		return nil, err
	}
	if err := d.caseBranch(id); err != nil {
		return nil, err
	}
	for name, data := range files { // first, so that what the manifest lists is there
		if err := d.Repo.WriteFile(w.dir+"/"+name, nil, data); err != nil {
			return nil, err
		}
	}
	if err := d.Repo.WriteFile(w.path, w.onDisk, after); err != nil {
		return nil, err
	}
	return &Written{ID: id, Step: step, Path: w.path}, nil
}
