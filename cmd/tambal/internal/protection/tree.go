package protection

import (
	"context"
	"errors"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/schema"
)

// tree is what counts of the default branch's files.
type tree struct {
	trunk string // the branch this clone takes for the protected one; "" when none is known
	empty bool   // nothing was pushed yet: all below is nothing

	policy    known[bool]                // there is one
	folders   map[string]known[[]string] // the files below the folders of covered
	workflows known[[]*workflow]
	owners    known[*ownerFile] // nil where there is none
}

// readTree reads the branch as the forge has it, not as this clone last saw it.
func (s Source) readTree(ctx context.Context, branch string) *tree {
	tips, err := s.Repo.Fetch(ctx, s.Remote, "refs/heads/"+branch)
	var broken *git.Error
	var t *tree
	switch {
	case errors.As(err, &broken) && broken.Code == "history.no-remote-ref":
		t = &tree{empty: true}
	case err != nil:
		t = &tree{policy: known[bool]{false, branch, err}, workflows: known[[]*workflow]{nil, branch, err}, owners: known[*ownerFile]{nil, branch, err}}
	default:
		t = sift(branch, filesOf(s.Repo, tips[0].Tree))
	}
	t.trunk = strings.TrimPrefix(s.Repo.Trunk(), "origin/")
	if t.trunk == "HEAD" {
		t.trunk = s.Repo.HeadBranch()
	}
	return t
}

// sift takes from the files of a branch what counts.
func sift(branch string, all files) *tree {
	t := &tree{folders: map[string]known[[]string]{}}
	for _, c := range covered {
		t.folders[c.top] = ask(c.top, func() ([]string, error) { return all.below(c.top) })
	}
	t.policy = ask(branch, func() (bool, error) {
		data, err := all.read(schema.SOPPath)
		return data != nil, err
	})
	t.workflows = readWorkflows(t.folders[schema.ForgeDir], all)
	t.owners = readOwners(all)
	return t
}

// files are the files of one tree. read returns nil for one that is not there or
// not regular; below returns the paths in a folder of the root, sorted.
type files struct {
	read  func(path string) ([]byte, error)
	below func(top string) ([]string, error)
}

func filesOf(repo *git.Repo, tree git.ID) files {
	read := func(path string) ([]byte, error) {
		e, err := repo.Lookup(tree, path)
		if err != nil || e.Mode != git.ModeFile && e.Mode != git.ModeExec {
			return nil, err
		}
		return repo.Blob(e.ID)
	}
	below := func(top string) (paths []string, err error) {
		changes, err := repo.Diff("", tree, func(name string) bool { return name == top })
		for _, c := range changes {
			paths = append(paths, c.Path)
		}
		return paths, err
	}
	return files{read, below}
}
