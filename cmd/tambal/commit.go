package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// commitCommand commits one case's folder with the conventional subject.
func (a *app) commitCommand() *cobra.Command {
	var key string
	c := a.command("commit ID", between(1, 1), func(args []string) error {
		repo, err := a.open()
		if err != nil {
			return err
		}
		defer repo.Close()
		return a.commitCase(repo, args[0], key)
	})
	c.Flags().StringVar(&key, "key", "", a.lang.Say("flag.merge-key"))
	return c
}

func (a *app) commitCase(repo *history.Repo, id, key string) error {
	w, err := a.workOn(repo, id)
	if err != nil {
		return err
	}
	if err := onBranch(repo, id); err != nil {
		return err
	}
	if repo.HeadBranch() == repo.Trunk() {
		return refused("commit.trunk", repo.Trunk(), id)
	}
	if w.data == nil {
		return refused("next.no-case", id)
	}
	manifest, problems := schema.Parse(w.data)
	if manifest == nil {
		return &formError{w.path, problems}
	}
	files, err := caseFiles(repo.Root(), w.dir)
	if err != nil {
		return err
	}
	who, err := a.identity(repo)
	if err != nil {
		return err
	}
	steps := w.newSteps(manifest)
	subject, trailers := strings.Join(steps, ", "), "Case: "+id+"\n"
	if len(steps) == 0 {
		subject = a.lang.Say("commit.revised")
	}
	for _, s := range steps {
		trailers += "Step: " + s + "\n"
	}
	draft := history.Draft{
		Branch: repo.HeadBranch(), Files: files, Author: who, Committer: who,
		Message: fmt.Sprintf("%s: %s\n\n%s\n\n%s", id, subject, text.Clean(manifest.Metadata.Title), trailers),
	}
	if draft.Sign, err = a.commitSigner(repo, key); err != nil {
		return err
	}
	commit, err := repo.Write(draft)
	if err != nil {
		return err
	}
	a.say("commit.done", id, subject, repo.HeadBranch(), commit.ID.Short())
	result, _, err := a.check(repo, repo.Trunk(), "HEAD")
	if err != nil {
		return a.undecided(err)
	}
	a.format = "text"
	err = a.write(result)
	if result.Verdict() == finding.Waiting {
		return nil // the step is saved; that it waits for the Kabid is no failure
	}
	return err
}

// caseFiles reads the files of a case's folder, as git add would.
func caseFiles(root, dir string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := filepath.WalkDir(filepath.Join(root, filepath.FromSlash(dir)), func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
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

// work is a case in the working tree.
type work struct {
	dir, path string // from the root; path is the manifest
	data      []byte // as on disk; nil when there is none yet
	committed []byte // as in HEAD
	policy    *policies.Policy
}

// workOn finds a case of the working tree and the policy it will be judged by.
func (a *app) workOn(repo *history.Repo, id string) (*work, error) {
	if repo.Root() == "" {
		return nil, usage("usage.bare")
	}
	dir, ok := schema.CaseDir(id)
	if !ok {
		return nil, usage("usage.id", id)
	}
	w := &work{dir: dir, path: dir + "/" + schema.ManifestFile}
	var err error
	if w.policy, err = a.policyOf(repo); err != nil {
		return nil, err
	}
	w.data, err = os.ReadFile(filepath.Join(repo.Root(), filepath.FromSlash(w.path)))
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	if w.data == nil {
		return w, nil
	}
	head, err := repo.Resolve("HEAD")
	if err != nil {
		return nil, err
	}
	if e, err := repo.Lookup(head.Tree, w.path); err == nil && e.Mode == history.ModeFile {
		w.committed, err = repo.Blob(e.ID)
		return w, err
	}
	return w, nil
}

// onBranch refuses to work where HEAD names no branch: nothing would lead to what
// is saved there, and the next "git switch" would leave it behind. to is the branch
// to go to; where there is none of that name it is a new one.
func onBranch(repo *history.Repo, to string) error {
	if repo.Root() == "" || repo.HeadBranch() != "" {
		return nil
	}
	head, err := repo.Resolve("HEAD")
	if err != nil {
		return err
	}
	branches, err := repo.Branches()
	if err != nil {
		return err
	}
	way := "git switch -c " + to
	if slices.ContainsFunc(branches, func(b history.Branch) bool { return b.Name == to }) {
		way = "git switch " + to
	}
	return usage("usage.detached", head.ID.Short(), way)
}

// newSteps names the items the commit adds.
func (w *work) newSteps(m *schema.Manifest) []string {
	from := 0
	if w.committed != nil && bytes.HasPrefix(w.data, w.committed) {
		from = len(schema.Segments(w.committed)) - 1
	}
	var names []string
	for _, it := range m.Items[min(from, len(m.Items)):] {
		names = append(names, it.Name)
	}
	return names
}

// policyOf loads the policy of the protected branch: the one that judges.
func (a *app) policyOf(repo *history.Repo) (*policies.Policy, error) {
	tip, err := repo.Resolve(repo.Trunk())
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
			return nil, &formError{problems[0].Path, []schema.Problem{problems[0].Problem}}
		}
		return nil, usage("usage.no-policy")
	}
	return p, nil
}
