package git

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/storage"
)

// Create makes an empty repository with the branch main in dir.
func Create(dir string) (*Repo, error) {
	_, err := gogit.PlainInitWithOptions(dir, &gogit.PlainInitOptions{InitOptions: gogit.InitOptions{DefaultBranch: "refs/heads/main"}})
	if err != nil {
		return nil, fmt.Errorf("create a repository in %s: %w", dir, err)
	}
	return Open(dir)
}

// Draft is a commit to be written.
type Draft struct {
	// Branch is a short name; created when From is set and it does not exist. With
	// "" the commit stands on From and no branch leads to it yet.
	Branch            string
	From              *Commit
	Files             map[string][]byte // path → content; nil deletes
	Author, Committer Identity
	Message           string
	// Sign, when set, returns the armoured SSH signature over the commit.
	Sign func(payload []byte) (string, error)
}

// ErrMoved says that a branch moved while it was being written; nothing was
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
	if folder := r.elsewhere(d.Branch); d.Branch != "" && folder != "" {
		return nil, &Error{Code: "history.elsewhere", Args: []any{d.Branch, folder}}
	}
	raw, err := encode(d, tree, parents)
	if err != nil {
		return nil, err
	}
	var before ID
	if tip != nil {
		before = tip.Tree
	}
	out := d.Branch != "" && r.HeadBranch() == d.Branch && r.root != ""
	var files *checkout
	if out {
		if files, err = r.prepare(before, tree); err != nil {
			return nil, err
		}
	}
	id, err := r.write(plumbing.CommitObject, raw)
	if err != nil {
		return nil, err
	}
	if d.Branch == "" {
		return r.Commit(id)
	}
	if err := r.move(d.Branch, tip, id); err != nil {
		return nil, err
	}
	if out {
		if err := files.apply(); err != nil {
			return nil, err
		}
	}
	return r.Commit(id)
}

// move sets the branch only if it still stands where it was read.
func (r *Repo) move(branch string, from *Commit, to ID) error {
	name := plumbing.NewBranchReferenceName(branch)
	var old *plumbing.Reference
	if ref, err := r.reference(name); err == nil {
		if from == nil || ref.Hash().String() != string(from.ID) {
			return ErrMoved
		}
		old = ref
	}
	err := r.store.CheckAndSetReference(plumbing.NewHashReference(name, plumbing.NewHash(string(to))), old)
	if errors.Is(err, storage.ErrReferenceHasChanged) {
		return ErrMoved
	}
	return err
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

// write stores an object.
func (r *Repo) write(kind plumbing.ObjectType, content []byte) (ID, error) {
	obj := &plumbing.MemoryObject{}
	obj.SetType(kind)
	if _, err := obj.Write(content); err != nil {
		return "", err
	}
	hash, err := r.store.SetEncodedObject(obj)
	return ID(hash.String()), err
}
