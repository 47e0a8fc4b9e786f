package timeline

import (
	"io/fs"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// reader reads what landings hold, each thing once.
type reader struct {
	repo     *git.Repo
	commits  map[git.ID]*Commit
	policies map[git.ID]*loaded          // by the id of the policies/ tree
	newest   map[string]*schema.Manifest // by path: the version older ones are cut from
	contents map[[2]string]*content      // of evidence, by blob and format
}

// loaded is a policy as a tree holds it.
type loaded struct {
	policy    *policies.Policy
	problems  []policies.Problem
	irregular []Change
	files     fs.FS
}

func newReader(repo *git.Repo) *reader {
	return &reader{repo: repo, commits: map[git.ID]*Commit{}, policies: map[git.ID]*loaded{}, newest: map[string]*schema.Manifest{}, contents: map[[2]string]*content{}}
}

// forget drops the manifests that were read: from now on another tip's are the
// newest.
func (r *reader) forget() { r.newest = map[string]*schema.Manifest{} }

// policy loads the policy of a tree once per distinct policies/ folder.
func (r *reader) policy(tree git.ID) (*loaded, error) {
	e, err := r.repo.Lookup(tree, policies.Dir)
	if err != nil {
		return nil, err
	}
	if p := r.policies[e.ID]; p != nil {
		return p, nil
	}
	files, irregular, err := r.repo.Files(tree, policies.Dir)
	if err != nil {
		return nil, err
	}
	p := &loaded{files: files, irregular: changes(irregular)}
	p.policy, p.problems = policies.Load(files)
	r.policies[e.ID] = p
	return p, nil
}

// blob returns the content of an entry; nil when there is no file.
func (r *reader) blob(e git.Entry) ([]byte, error) {
	if e.Mode == "" || e.Mode == git.ModeTree || e.Mode == git.ModeGitlink {
		return nil, nil
	}
	return r.repo.Blob(e.ID)
}

// file returns the content at a path of a tree; nil when there is no file.
func (r *reader) file(tree git.ID, path string) ([]byte, error) {
	e, err := r.repo.Lookup(tree, path)
	if err != nil {
		return nil, err
	}
	return r.blob(e)
}

// manifest reads a manifest. Every landed version is a prefix of the newest one,
// so a replay parses the tip's and cuts the others from it; only a version that
// is no such prefix (a violation) is parsed by itself.
func (r *reader) manifest(tip *git.Commit, path string, data []byte, e git.Entry) (*schema.Manifest, []schema.Problem) {
	m, known := r.newest[path]
	if !known {
		if at, err := r.repo.Lookup(tip.Tree, path); err == nil && at != e && at.Mode != "" {
			if newest, err := r.repo.Blob(at.ID); err == nil {
				m, _ = schema.Parse(newest)
			}
		}
		r.newest[path] = m
	}
	if m != nil {
		if older, ok := m.Cut(data); ok {
			return older, nil
		}
	}
	fresh, problems := schema.Parse(data)
	if fresh != nil && (m == nil || len(data) > len(m.Data)) {
		r.newest[path] = fresh
	}
	return fresh, problems
}

// entryIn returns a path's entry in the first of the trees that holds it.
func (r *reader) entryIn(trees []git.ID, path string) (e git.Entry, err error) {
	for _, tree := range trees {
		if e, err = r.repo.Lookup(tree, path); err != nil || e.Mode != "" {
			return e, err
		}
	}
	return e, nil
}
