// Package casework owns what a person does with a case: opens it, appends a step
// to its manifest, commits its folder, signs or records the decision, and lands
// the branch.
//
// It writes commits, in the working tree or on a branch. The verdict on them is
// package gate's: casework asks it before it signs or lands anything. It must not
// know flags or a terminal: questions go through [Desk]'s Ask, and it prints
// nothing. Each command is one method of [Desk], and returns what it did; a
// [*gate.Error] carries a code and its arguments.
//
// To add a way in which fields come in, extend [Input]; a new field of a step
// needs nothing here, since the questions follow the schema.
package casework

import (
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// Desk is where a person works: one repository at one moment.
type Desk struct {
	Repo *git.Repo
	Now  time.Time
	Lang text.Lang
	Who  *git.Identity // nil stands for the one in Git's configuration
	Keys signature.Files
	// Ask puts a question to a person and returns the answer, one line without
	// its end. The question is complete: it may have several lines, and ends where
	// the answer is to begin. Nil when nobody can be asked.
	Ask func(question string) (answer string, err error)
	// Workflow: a workflow of the forge runs this; it may commit without an identity.
	Workflow bool

	// Notice hears what has been done on the way, as code and arguments.
	Notice func(code string, args ...any)
	// Remark hears what the person is told between questions, without an answer.
	Remark func(said string)
}

func usage(code string, args ...any) error { return &gate.Error{Code: code, Args: args} }

func refused(code string, args ...any) error {
	return &gate.Error{Code: code, Args: args, Verdict: finding.Fail}
}

// Identity is who works here.
func (d *Desk) Identity() (git.Identity, error) {
	if d.Who != nil {
		return git.Identity{Name: d.Who.Name, Email: d.Who.Email, When: d.Now}, nil
	}
	s := d.Repo.Settings()
	if s.Name == "" || s.Email == "" {
		return git.Identity{}, usage("usage.identity")
	}
	return git.Identity{Name: s.Name, Email: s.Email, When: d.Now}, nil
}

func (d *Desk) notice(code string, args ...any) {
	if d.Notice != nil {
		d.Notice(code, args...)
	}
}

// ask asks one question that cannot go without an answer.
func (d *Desk) ask(code string) (string, error) {
	if d.Ask == nil {
		return "", usage(code + ".missing")
	}
	return d.Ask(d.Lang.Say(code) + " ")
}

// work is a case in the working tree.
type work struct {
	dir, path string // from the root; path is the manifest
	onDisk    []byte // nil when there is none yet
	data      []byte // the same, or what is about to be there
	committed []byte // as in HEAD
	policy    *policies.Policy
}

// workOn finds a case of the working tree and the policy it will be judged by.
func workOn(repo *git.Repo, id string) (*work, error) {
	if repo.Root() == "" {
		return nil, usage("usage.bare")
	}
	dir, ok := schema.CaseDir(id)
	if !ok {
		return nil, usage("usage.id", id)
	}
	w := &work{dir: dir, path: dir + "/" + schema.ManifestFile}
	var err error
	if w.policy, err = Policy(repo); err != nil {
		return nil, err
	}
	w.data, err = os.ReadFile(filepath.Join(repo.Root(), filepath.FromSlash(w.path)))
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	w.onDisk = w.data
	head, err := repo.Resolve("HEAD")
	if err != nil {
		return nil, err
	}
	if e, err := repo.Lookup(head.Tree, w.path); err == nil && e.Mode == git.ModeFile {
		w.committed, err = repo.Blob(e.ID)
		return w, err
	}
	return w, nil
}

// manifest reads the manifest of a case that was opened.
func (w *work) manifest(id string) (*schema.Manifest, error) {
	if w.data == nil && w.committed != nil {
		return nil, refused("next.deleted", w.path)
	}
	if w.data == nil {
		return nil, refused("next.no-case", id)
	}
	m, problems := schema.Parse(w.data)
	if m == nil {
		return nil, &schema.FileError{Path: w.path, Problems: problems}
	}
	return m, nil
}

// newSteps names the items that a commit adds or writes anew: those whose lines the
// committed manifest does not have.
func (w *work) newSteps() []string {
	committed := map[string]int{}
	for _, s := range schema.Segments(w.committed) {
		committed[string(s.Data)]++
	}
	var names []string
	for _, s := range schema.Segments(w.data)[1:] {
		if committed[string(s.Data)]--; committed[string(s.Data)] < 0 {
			names = append(names, s.Name)
		}
	}
	return names
}

// Policy loads the policy of the protected branch: the one that judges.
func Policy(repo *git.Repo) (*policies.Policy, error) {
	trunk, err := gate.Base(repo)
	if err != nil {
		return nil, err
	}
	tip, err := repo.Resolve(trunk)
	if err != nil {
		return nil, usage("usage.no-policy")
	}
	files, _, err := repo.Files(tip.Tree, policies.Dir)
	if err != nil {
		return nil, err
	}
	p, problems := policies.Load(files)
	if p == nil {
		if len(problems) > 0 {
			return nil, &schema.FileError{Path: problems[0].Path, Problems: []schema.Problem{problems[0].Problem}}
		}
		return nil, usage("usage.no-policy")
	}
	return p, nil
}

// atEase refuses to write while an operation of Git is not finished: its own commit
// would follow, from what was there before.
func atEase(repo *git.Repo) error {
	switch begun := repo.Underway(); begun {
	case "":
		return nil
	case "bisect":
		return usage("usage.bisect")
	default:
		return usage("usage.underway", begun)
	}
}

// onBranch refuses to work where HEAD names no branch: nothing would lead to what
// is saved there, and the next "git switch" would leave it behind. to is the branch
// to go to; where there is none of that name it is a new one.
func onBranch(repo *git.Repo, to string) error {
	if err := atEase(repo); err != nil {
		return err
	}
	if repo.Root() == "" || repo.HeadBranch() != "" {
		return nil
	}
	head, err := repo.Resolve("HEAD")
	if err != nil {
		return err
	}
	way, err := wayTo(repo, to)
	if err != nil {
		return err
	}
	return usage("usage.detached", head.ID.Short(), way)
}

// wayTo is the command that goes to a branch, which may not exist yet.
func wayTo(repo *git.Repo, branch string) (string, error) {
	branches, err := repo.Branches()
	if slices.ContainsFunc(branches, func(b git.Branch) bool { return b.Remote == "" && b.Name == branch }) {
		return "git switch " + branch, err
	}
	return "git switch -c " + branch, err
}
