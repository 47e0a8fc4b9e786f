package git

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// Draft is a commit to be written.
type Draft struct {
	// Branch is a short name; created when From is set and it does not exist, and
	// else it must be based on From. With "" no branch leads to the commit yet.
	Branch            string
	From              *Commit
	Files             map[string][]byte // path → content; nil deletes
	Author, Committer Identity
	Message           string
	// Sign, when set, returns the armoured SSH signature over the commit.
	Sign func(payload []byte) (string, error)
}

// ErrMoved says that a branch or a file changed while it was being written; nothing was
// changed and the command can be run again.
var ErrMoved = errors.New("the branch moved meanwhile")

// ErrNothing says that a draft would change nothing.
var ErrNothing = errors.New("nothing to commit")

// Write makes one commit on a branch. Where that branch is checked out, the
// touched files follow; a file with changes of its own stops the whole before
// anything is written.
func (r *Repo) Write(d Draft) (*Commit, error) {
	tip, err := r.tip(d.Branch, d.From)
	if err == nil && d.Branch == "" && tip == nil { // a root that no branch leads to: nobody would find it again
		err = &Error{Code: "history.no-ref", Args: []any{`""`}, Err: ErrNoRef}
	}
	if err == nil && d.From != nil && tip.ID != d.From.ID {
		err = ErrMoved // what was decided about is not what stands there
	}
	if err != nil {
		return nil, err
	}
	var tree ID
	var parents []ID
	if tip != nil {
		tree, parents = tip.Tree, []ID{tip.ID}
	}
	edits := map[string]Entry{}
	for path, content := range d.Files {
		edits[path] = Entry{}
		if content != nil {
			id, err := r.write(plumbing.BlobObject, content)
			if err != nil {
				return nil, err
			}
			edits[path] = Entry{ModeFile, id}
		}
	}
	next, err := r.edit(tree, edits)
	if err != nil {
		return nil, err
	}
	if next == tree {
		return nil, ErrNothing
	}
	return r.record(d, tip, next, parents)
}

// Join makes the commit that merges d.From into d.Branch, which stands at base:
// base's tree with the edits by path (the zero Entry removes). Which tree is the
// right one is its caller's to know; d.Files is not read.
func (r *Repo) Join(d Draft, base *Commit, edits map[string]Entry) (*Commit, error) {
	tree, err := r.edit(base.Tree, edits)
	if err != nil {
		return nil, err
	}
	return r.record(d, base, tree, []ID{base.ID, d.From.ID})
}

// Tip returns the commit a branch is at; nil when there is no such branch.
func (r *Repo) Tip(branch string) (*Commit, error) { return r.tip(branch, nil) }

// tip returns the commit a branch is at, or from when there is no such branch.
func (r *Repo) tip(branch string, from *Commit) (*Commit, error) {
	if branch == "" {
		return from, nil
	}
	ref, err := r.reference(plumbing.NewBranchReferenceName(branch))
	if errors.Is(err, plumbing.ErrReferenceNotFound) {
		return from, nil
	}
	if err != nil {
		return nil, err
	}
	return r.Commit(ID(ref.Hash().String()))
}

// record writes the commit object and moves the branch and the working tree.
func (r *Repo) record(d Draft, tip *Commit, tree ID, parents []ID) (*Commit, error) {
	raw, err := encode(d, tree, parents)
	if err != nil {
		return nil, err
	}
	id, err := r.write(plumbing.CommitObject, raw)
	if err != nil {
		return nil, err
	}
	c, err := r.Commit(id)
	if err != nil || d.Branch == "" {
		return c, err
	}
	subject := "commit: "
	switch len(parents) {
	case 0:
		subject = "commit (initial): "
	case 2:
		subject = "commit (merge): "
	}
	return c, r.move(d.Branch, tip, c, note{d.Committer, subject + c.Subject()})
}

// Lead lets a branch lead to a commit that was made from its tip and that no branch
// leads to yet, as Write would have done.
func (r *Repo) Lead(branch string, to *Commit) error {
	tip, err := r.tip(branch, nil)
	if err != nil {
		return err
	}
	if tip == nil || len(to.Parents) != 1 || to.Parents[0] != tip.ID {
		return ErrMoved
	}
	return r.move(branch, tip, to, note{to.Committer, "commit: " + to.Subject()})
}

// move lets a branch lead to a commit, only if it still stands where it was read.
// Where it is checked out, the working tree and the index go first: a stop on the
// way leaves the branch where it was.
func (r *Repo) move(branch string, from, to *Commit, n note) error {
	if folder := r.otherWorktree(branch); folder != "" {
		return &Error{Code: "history.elsewhere", Args: []any{branch, folder}}
	}
	var before, was ID
	if from != nil {
		before, was = from.Tree, from.ID
	}
	var files *checkout
	if r.HeadBranch() == branch && r.root != "" {
		var err error
		if files, err = r.checkout(); err != nil {
			return err
		}
		defer files.end()
	}
	m, err := r.store.begin(plumbing.NewBranchReferenceName(branch))
	if err != nil {
		return err
	}
	defer m.end()
	if !m.old.IsZero() && m.old != plumbing.NewHash(string(was)) || (r.HeadBranch() == branch && r.root != "") != (files != nil) {
		return ErrMoved
	}
	if files != nil {
		if err := files.bring(before, to.Tree); err != nil {
			return err
		}
	}
	if err := m.set(plumbing.NewHash(string(to.ID)), n); err != nil {
		return err
	}
	files.keep()
	return nil
}

// Switch checks out a branch, creating it at from when it does not exist. Like
// every write it refuses to overwrite changes of the user's own.
func (r *Repo) Switch(branch string, from *Commit) (err error) {
	var files *checkout
	if r.root != "" {
		if files, err = r.checkout(); err != nil {
			return err
		}
		defer files.end()
	}
	target, err := r.tip(branch, from)
	if err != nil {
		return err
	}
	if target == nil {
		return &Error{Code: "history.no-ref", Args: []any{branch}, Err: ErrNoRef}
	}
	var before, was ID
	if head, err := r.Resolve("HEAD"); err == nil {
		before, was = head.Tree, head.ID
	}
	left := r.HeadBranch()
	if left == branch && before == target.Tree {
		return nil
	}
	if files != nil {
		if err := files.bring(before, target.Tree); err != nil {
			return err
		}
	}
	name := plumbing.NewBranchReferenceName(branch)
	to := plumbing.NewHash(string(target.ID))
	if _, err := r.reference(name); err != nil {
		if err := r.create(name, to); err != nil {
			return err
		}
	}
	moved := note{r.operator(), fmt.Sprintf("checkout: moving from %s to %s", left, branch)}
	if err := r.store.point(plumbing.HEAD, name, plumbing.NewHash(string(was)), to, moved); err != nil {
		return err
	}
	files.keep()
	return nil
}

// create makes a branch, if there is none of that name yet.
func (r *Repo) create(name plumbing.ReferenceName, at plumbing.Hash) error {
	m, err := r.store.begin(name)
	if err != nil {
		return err
	}
	defer m.end()
	if !m.old.IsZero() {
		return ErrMoved
	}
	return m.set(at, note{r.operator(), "branch: Created"})
}

// Advance moves a branch that has nothing of its own to a newer commit, so that
// work goes on from what has landed. Any other branch is left alone.
func (r *Repo) Advance(branch string, to *Commit) error {
	tip, err := r.tip(branch, nil)
	if err != nil || tip == nil || tip.ID == to.ID {
		return err
	}
	landed, err := r.IsAncestor(tip.ID, to.ID)
	if err != nil || !landed || r.otherWorktree(branch) != "" {
		return err
	}
	return r.move(branch, tip, to, note{r.operator(), "merge " + to.ID.Short() + ": Fast-forward"})
}

// encode builds the commit object's bytes. Names and addresses are refused
// where they could add a header line.
func encode(d Draft, tree ID, parents []ID) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "tree %s\n", tree)
	for _, p := range parents {
		fmt.Fprintf(&b, "parent %s\n", p)
	}
	for _, p := range []struct {
		key string
		Identity
	}{{"author", d.Author}, {"committer", d.Committer}} {
		line := fmt.Sprintf("%s <%s> %d %s", p.Name, p.Email, p.When.Unix(), p.When.Format("-0700"))
		if !identity.MatchString(line) {
			return nil, &Error{Code: "history.identity", Args: []any{p.Name, p.Email}}
		}
		fmt.Fprintf(&b, "%s %s\n", p.key, line)
	}
	message := "\n" + strings.TrimRight(d.Message, "\n") + "\n"
	if d.Sign == nil {
		return append(b.Bytes(), message...), nil
	}
	armored, err := d.Sign(append(bytes.Clone(b.Bytes()), message...))
	if err != nil {
		return nil, fmt.Errorf("sign the commit: %w", err)
	}
	b.WriteString("gpgsig " + strings.ReplaceAll(strings.TrimRight(armored, "\n"), "\n", "\n ") + "\n")
	return append(b.Bytes(), message...), nil
}

// write stores an object, unless it is there and whole.
func (r *Repo) write(kind plumbing.ObjectType, content []byte) (ID, error) {
	id := ID(plumbing.ComputeHash(kind, content).String())
	if _, _, err := r.object(id); err == nil {
		return id, nil
	}
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	if _, err := fmt.Fprintf(z, "%s %d\x00%s", kind, len(content), content); err != nil {
		return "", err
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	dir := filepath.Join(r.store.scratch(), string(id[:2]))
	if err := mkdir(dir); err != nil {
		return "", err
	}
	return id, replace(r.store.scratch(), filepath.Join(dir, string(id[2:])), packed.Bytes(), 0o444)
}
