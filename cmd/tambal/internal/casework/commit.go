package casework

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/schema"
)

// Saved is the commit that was made, and what check says of its branch. Verdict is
// nil where the history could not be judged; Unjudged says why.
type Saved struct {
	Subject, Branch string
	Commit          *git.Commit
	Verdict         *gate.Judgement
	Unjudged        error
}

// Commit commits one case's folder with the conventional subject. key is the file
// of the key that signs the commit; "" is the one Git signs with, if any. What can
// only be refused later is refused before anything is saved.
func (d *Desk) Commit(id, key string) (*Saved, error) {
	repo := d.Repo
	w, err := workOn(repo, id)
	if err != nil {
		return nil, err
	}
	if err := onBranch(repo, id); err != nil {
		return nil, err
	}
	branch := repo.HeadBranch()
	if branch == repo.Trunk() {
		way, err := wayTo(repo, id)
		return nil, cmp.Or(err, refused("commit.trunk", branch, way))
	}
	if _, other := schema.CaseDir(branch); other && branch != id {
		return nil, refused("commit.other-case", branch, id)
	}
	tip, err := d.tipOf(id)
	if err != nil {
		return nil, err
	}
	manifest, err := w.manifest(id)
	if err != nil {
		return nil, err
	}
	files, err := d.caseFiles(w.dir, tip)
	if err != nil {
		return nil, err
	}
	who, err := d.Identity()
	if err != nil {
		return nil, err
	}
	steps := w.newSteps()
	subject, trailers := strings.Join(steps, ", "), "Case: "+id+"\n"
	if len(steps) == 0 {
		subject = d.Lang.Say("commit.revised")
	}
	for _, s := range steps {
		trailers += "Step: " + s + "\n"
	}
	draft := git.Draft{
		From: tip, Files: files, Author: who, Committer: who,
		Message: fmt.Sprintf("%s: %s\n\n%s\n\n%s", id, subject, text.Clean(manifest.Metadata.Title), trailers),
	}
	if draft.Sign, err = d.Keys.CommitSigner(key); err != nil {
		return nil, err
	}
	saved := &Saved{Subject: subject, Branch: branch}
	if saved.Commit, err = repo.Write(draft); err != nil { // no branch leads to it yet
		return nil, err
	}
	if err := d.foresee(id, tip, saved); err != nil {
		return nil, err
	}
	return saved, repo.Lead(branch, saved.Commit)
}

// tipOf returns the checked-out commit, and refuses while the case stands further on
// or elsewhere: a commit made here would fork it.
func (d *Desk) tipOf(id string) (*git.Commit, error) {
	tip, err := d.Repo.Resolve("HEAD")
	if err != nil {
		return nil, err
	}
	stands, err := gate.Where(d.Repo, id, "", gate.Options{Now: d.Now})
	if _, unread := gate.Unread(err); unread {
		return tip, nil // said by check, after the work is saved
	}
	if err != nil || stands == nil || stands.Head.ID == tip.ID {
		return tip, err
	}
	behind, err := d.Repo.IsAncestor(tip.ID, stands.Head.ID)
	if err == nil && behind && stands.Name == d.Repo.HeadBranch() {
		err = refused("commit.behind", stands.Name, stands.Label())
	} else if err == nil {
		err = refused("commit.elsewhere", id, stands.Label())
	}
	return nil, err
}

// foreseen are the findings for which a commit is refused before a branch leads to
// it, by code: a person mends them in the working tree or in Git's configuration,
// and could not mend them afterwards without rewriting the branch.
var foreseen = []string{
	"step-identity", "step-identity.claimed", "step-identity.mismatch", "step-identity.signature", "step-role", "step-role.unlanded",
	"step-role.several", "step-changed", "case-mixed", "case-moved", "case-deleted", "evidence-missing", "evidence-missing.deleted",
}

// foresee judges the branch as it would be, and refuses what this commit alone
// would make wrong in a way that is foreseen.
func (d *Desk) foresee(id string, tip *git.Commit, saved *Saved) error {
	check := func(c *git.Commit) (*gate.Judgement, error) {
		return gate.Check(d.Repo, d.Repo.Trunk(), string(c.ID), gate.Options{Now: d.Now})
	}
	if saved.Verdict, saved.Unjudged = check(saved.Commit); saved.Unjudged != nil {
		return nil // saved all the same: nobody may lose work because a history cannot be read
	}
	var wrong []finding.Finding
	for _, f := range saved.Verdict.Result.Findings {
		if f.Severity != finding.Error || !slices.Contains(foreseen, f.Code) {
			continue
		}
		if f.Commit, f.Related = "", nil; f.Code == "step-role.unlanded" { // nothing has to be taken back
			f.Code = "step-role"
		}
		wrong = append(wrong, f)
	}
	if wrong == nil {
		return nil
	}
	if before, err := check(tip); err == nil {
		wrong = slices.DeleteFunc(wrong, func(f finding.Finding) bool {
			return slices.ContainsFunc(before.Result.Findings, func(b finding.Finding) bool {
				return b.Rule == f.Rule && b.Place.Path == f.Place.Path && fmt.Sprint(b.Args...) == fmt.Sprint(f.Args...)
			})
		})
	}
	if len(wrong) == 0 {
		return nil // it was wrong before, and this may be how it is mended
	}
	return &gate.Error{Code: "commit.refused", Args: []any{id}, Verdict: finding.Fail, Findings: wrong}
}

// caseFiles reads the files of a case's folder, as git add would; one that the tip has
// and the working tree no longer is nil.
func (d *Desk) caseFiles(dir string, tip *git.Commit) (map[string][]byte, error) {
	files := map[string][]byte{}
	folder, err := d.Repo.Lookup(tip.Tree, dir)
	if err != nil {
		return nil, err
	}
	if folder.Mode == git.ModeTree {
		saved, err := d.Repo.Diff("", folder.ID, nil)
		if err != nil {
			return nil, err
		}
		leftOut, err := d.Repo.LeftOut()
		if err != nil {
			return nil, err
		}
		for _, c := range saved {
			if name := dir + "/" + c.Path; !leftOut[name] {
				files[name] = nil
			}
		}
	}
	root := d.Repo.Root()
	err = filepath.WalkDir(filepath.Join(root, filepath.FromSlash(dir)), func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), git.Unfinished) {
			return err
		}
		if !d.Type().IsRegular() {
			return refused("commit.irregular", file)
		}
		name, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(name)], err = os.ReadFile(file)
		return err
	})
	return files, err
}
