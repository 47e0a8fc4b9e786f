package history

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// maxObject bounds commits, trees, manifests and policies; evidence is
// streamed by Blob's caller within its own limit.
const maxObject = 64 << 20

// object returns the verified bytes of an object: the content is hashed again
// and must give the id that was asked for, which the object store itself does
// not guarantee for swapped or damaged files.
func (r *Repo) object(id ID) (plumbing.ObjectType, []byte, error) {
	hash := plumbing.NewHash(string(id))
	obj, err := r.store.EncodedObject(plumbing.AnyObject, hash)
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		return 0, nil, &Error{Code: "history.missing", Args: []any{id.Short()}, Err: err}
	}
	if err != nil {
		return 0, nil, &Error{Code: "history.unreadable", Args: []any{id.Short(), err.Error()}, Err: err}
	}
	if obj.Size() > maxObject {
		return 0, nil, &Error{Code: "history.too-large", Args: []any{id.Short(), obj.Size()}}
	}
	reader, err := obj.Reader()
	if err != nil {
		return 0, nil, &Error{Code: "history.unreadable", Args: []any{id.Short(), err.Error()}, Err: err}
	}
	defer reader.Close()
	content, err := io.ReadAll(io.LimitReader(reader, maxObject+1))
	if err != nil {
		return 0, nil, &Error{Code: "history.unreadable", Args: []any{id.Short(), err.Error()}, Err: err}
	}
	if got := plumbing.ComputeHash(obj.Type(), content); got != hash {
		return 0, nil, &Error{Code: "history.hash", Args: []any{id.Short(), got.String()[:10]}, Malformed: true}
	}
	return obj.Type(), content, nil
}

func (r *Repo) objectOf(kind plumbing.ObjectType, id ID) ([]byte, error) {
	got, content, err := r.object(id)
	if err == nil && got != kind {
		err = &Error{Code: "history.kind", Args: []any{id.Short(), got.String(), kind.String()}, Malformed: true}
	}
	return content, err
}

// Blob returns the verified content of a file.
func (r *Repo) Blob(id ID) ([]byte, error) { return r.objectOf(plumbing.BlobObject, id) }

// Commit returns a verified, parsed commit.
func (r *Repo) Commit(id ID) (*Commit, error) {
	if c := r.commits[id]; c != nil {
		return c, nil
	}
	raw, err := r.objectOf(plumbing.CommitObject, id)
	if err != nil {
		return nil, err
	}
	c := parseCommit(id, raw)
	if c.Tree == "" {
		return nil, &Error{Code: c.Malformed, Args: []any{id.Short()}, Malformed: true}
	}
	r.commits[id] = c
	return c, nil
}

// named is one line of a tree.
type named struct {
	name string
	Entry
}

// tree returns the verified, strictly parsed entries of a tree; none for "".
func (r *Repo) tree(id ID) ([]named, error) {
	if id == "" {
		return nil, nil
	}
	if t, ok := r.trees.get(id); ok {
		return t, nil
	}
	raw, err := r.objectOf(plumbing.TreeObject, id)
	if err != nil {
		return nil, err
	}
	entries, err := parseTree(string(raw))
	if err != nil {
		return nil, &Error{Code: "history.tree", Args: []any{id.Short(), err.Error()}, Malformed: true, Err: err}
	}
	r.trees.put(id, entries)
	return entries, nil
}

// parseTree refuses what Git's own fsck calls an error: unknown modes, names
// that leave the folder, duplicates and wrong order.
func parseTree(raw string) ([]named, error) {
	var entries []named
	last := ""
	for len(raw) > 0 {
		space := strings.IndexByte(raw, ' ')
		zero := strings.IndexByte(raw, 0)
		if space < 0 || zero < space || len(raw) < zero+21 {
			return nil, errors.New("cut short")
		}
		e := named{name: raw[space+1 : zero], Entry: Entry{Mode: raw[:space], ID: ID(hex.EncodeToString([]byte(raw[zero+1 : zero+21])))}}
		raw = raw[zero+21:]
		switch e.Mode {
		case ModeFile, ModeExec, ModeSymlink, ModeTree, ModeGitlink:
		default:
			return nil, fmt.Errorf("mode %q of %q", e.Mode, e.name)
		}
		if e.name == "" || e.name == "." || e.name == ".." || strings.EqualFold(e.name, ".git") || strings.ContainsAny(e.name, "/\\") {
			return nil, fmt.Errorf("name %q", e.name)
		}
		// Git sorts folders as if their name ended with a slash.
		key := treeKey(e)
		if key <= last {
			return nil, fmt.Errorf("order of %q", e.name)
		}
		for k := len(entries) - 1; k >= 0 && strings.HasPrefix(entries[k].name, e.name); k-- {
			if entries[k].name == e.name {
				return nil, fmt.Errorf("second %q", e.name)
			}
		}
		last = key
		entries = append(entries, e)
	}
	return entries, nil
}

// Lookup returns the entry at a slash-separated path below a tree; the zero
// Entry when there is none.
func (r *Repo) Lookup(tree ID, path string) (Entry, error) {
	at := Entry{Mode: ModeTree, ID: tree}
	for _, part := range strings.Split(path, "/") {
		if at.Mode != ModeTree {
			return Entry{}, nil
		}
		entries, err := r.tree(at.ID)
		if err != nil {
			return Entry{}, err
		}
		at = find(entries, part)
	}
	return at, nil
}

func find(entries []named, name string) Entry {
	for _, e := range entries {
		if e.name == name {
			return e.Entry
		}
	}
	return Entry{}
}

// generations is a cache that forgets what was not asked for in its last two
// thousand entries.
type generations struct{ young, old map[ID][]named }

func (g *generations) get(id ID) ([]named, bool) {
	if t, ok := g.young[id]; ok {
		return t, true
	}
	t, ok := g.old[id]
	if ok {
		g.put(id, t)
	}
	return t, ok
}

func (g *generations) put(id ID, t []named) {
	if len(g.young) >= 2000 || g.young == nil {
		g.young, g.old = map[ID][]named{}, g.young
	}
	g.young[id] = t
}
