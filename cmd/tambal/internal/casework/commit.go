package casework

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// Saving is which case is committed.
type Saving struct {
	ID  string
	Key string // the file of the key that signs the commit; "" is the one Git signs with, if any
}

// Saved is the commit that was made.
type Saved struct {
	ID, Subject, Branch string
	Commit              *git.Commit
}

// Commit commits one case's folder with the conventional subject.
func (d *Desk) Commit(o Saving) (*Saved, error) {
	repo, id := d.Repo, o.ID
	w, err := workOn(repo, id)
	if err != nil {
		return nil, err
	}
	if err := onBranch(repo, id); err != nil {
		return nil, err
	}
	if repo.HeadBranch() == repo.Trunk() {
		return nil, refused("commit.trunk", repo.Trunk(), id)
	}
	manifest, err := w.manifest(id)
	if err != nil {
		return nil, err
	}
	files, err := caseFiles(repo.Root(), w.dir)
	if err != nil {
		return nil, err
	}
	who, err := d.Identity()
	if err != nil {
		return nil, err
	}
	steps := w.newSteps(manifest)
	subject, trailers := strings.Join(steps, ", "), "Case: "+id+"\n"
	if len(steps) == 0 {
		subject = d.Lang.Say("commit.revised")
	}
	for _, s := range steps {
		trailers += "Step: " + s + "\n"
	}
	draft := git.Draft{
		Branch: repo.HeadBranch(), Files: files, Author: who, Committer: who,
		Message: fmt.Sprintf("%s: %s\n\n%s\n\n%s", id, subject, text.Clean(manifest.Metadata.Title), trailers),
	}
	if draft.Sign, err = d.Keys.CommitSigner(o.Key); err != nil {
		return nil, err
	}
	commit, err := repo.Write(draft)
	if err != nil {
		return nil, err
	}
	return &Saved{ID: id, Subject: subject, Branch: repo.HeadBranch(), Commit: commit}, nil
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
