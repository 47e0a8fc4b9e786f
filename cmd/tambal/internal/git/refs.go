package git

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/go-git/go-git/v5/plumbing"
)

// ErrNoRef says that a name leads to no commit.
var ErrNoRef = errors.New("no such branch, tag or commit")

// Resolve finds the commit a name leads to: a full reference name, a branch, a
// remote branch, a tag, HEAD, or a commit id of 7 digits or more, each perhaps
// followed by ^ or ~N. A name that is both an id
// and a branch is refused: nobody could tell what was judged.
func (r *Repo) Resolve(name string) (*Commit, error) {
	if m := earlier.FindStringSubmatch(name); m != nil {
		return r.earlier(m[1], m[2])
	}
	whole := plumbing.IsHash(name)
	for _, format := range []string{"%s", "refs/heads/%s", "refs/remotes/%s", "refs/tags/%s"} {
		full := plumbing.ReferenceName(fmt.Sprintf(format, name))
		if format == "%s" && name != "HEAD" && !strings.HasPrefix(name, "refs/") {
			continue
		}
		ref, err := r.reference(full)
		if broken := (*Error)(nil); errors.As(err, &broken) {
			return nil, err // a name behind it would be another's
		}
		if err != nil {
			continue
		}
		if whole {
			return nil, &Error{Code: "history.ambiguous", Args: []any{name, full.String()}}
		}
		return r.peel(ID(ref.Hash().String()))
	}
	switch {
	case whole:
		return r.peel(ID(strings.ToLower(name)))
	case name == "HEAD":
		return nil, &Error{Code: "history.empty", Err: ErrNoRef}
	}
	return r.abbreviated(name)
}

// earlier matches NAME^ and NAME~N: N steps back on the first-parent line.
var earlier = regexp.MustCompile(`^(.+?)(?:\^|~([0-9]{0,6}))$`)

func (r *Repo) earlier(name, steps string) (*Commit, error) {
	c, err := r.Resolve(name)
	n := 1
	if steps != "" && err == nil {
		n, err = strconv.Atoi(steps)
	}
	for ; err == nil && n > 0; n-- {
		if len(c.Parents) == 0 {
			return nil, &Error{Code: "history.no-ref", Args: []any{name + "~" + steps}, Err: ErrNoRef}
		}
		c, err = r.Commit(c.Parents[0])
	}
	return c, err
}

var shortID = regexp.MustCompile(`^[0-9a-f]{7,39}$`)

// abbreviated finds the one commit whose id begins with the name, as findings
// print it.
func (r *Repo) abbreviated(name string) (*Commit, error) {
	var found *Commit
	if shortID.MatchString(name) {
		prefix, err := hex.DecodeString(name[:len(name)/2*2])
		if err != nil {
			return nil, err
		}
		hashes, err := r.store.HashesWithPrefix(prefix)
		if err != nil {
			return nil, &Error{Code: "history.unreadable", Args: []any{name, err.Error()}, Err: err}
		}
		for _, h := range hashes {
			if kind, _, err := r.object(ID(h.String())); err != nil || kind != plumbing.CommitObject || !strings.HasPrefix(h.String(), name) {
				continue
			}
			if found != nil {
				return nil, &Error{Code: "history.ambiguous", Args: []any{name, h.String()}}
			}
			if found, err = r.Commit(ID(h.String())); err != nil {
				return nil, err
			}
		}
	}
	if found == nil {
		return nil, &Error{Code: "history.no-ref", Args: []any{name}, Err: ErrNoRef}
	}
	return found, nil
}

// reference follows symbolic references; unlike the library's own helper it
// never guesses a longer name. One that is there but leads nowhere is an *Error:
// nothing may replace it. Only HEAD may name a branch that is yet to come.
func (r *Repo) reference(name plumbing.ReferenceName) (*plumbing.Reference, error) {
	first := name
	for range 5 {
		ref, err := r.store.Reference(name)
		switch {
		case (err == nil || errors.Is(err, plumbing.ErrReferenceNotFound)) && r.damaged(name),
			err != nil && name != first && first != plumbing.HEAD:
			return nil, &Error{Code: "history.broken-ref", Args: []any{name.String()}}
		case err != nil || ref.Type() == plumbing.HashReference:
			return ref, err
		}
		name = ref.Target()
	}
	return nil, &Error{Code: "history.broken-ref", Args: []any{first.String()}}
}

// damaged says whether a reference has a file of its own that cannot be read or
// names nothing: the library would then go by an older value, packed elsewhere.
func (r *Repo) damaged(name plumbing.ReferenceName) bool {
	if !strings.HasPrefix(name.String(), "refs/") {
		return false
	}
	file := filepath.Join(r.common, filepath.FromSlash(name.String()))
	if info, err := os.Stat(file); err != nil || info.IsDir() {
		return err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR)
	}
	data, err := os.ReadFile(file)
	line := strings.TrimSpace(string(data))
	return err != nil || !plumbing.IsHash(line) && !strings.HasPrefix(line, "ref: refs/")
}

// peel follows annotated tags to their commit.
func (r *Repo) peel(id ID) (*Commit, error) {
	for range 5 {
		kind, raw, err := r.object(id)
		if err != nil {
			return nil, err
		}
		if kind != plumbing.TagObject {
			return r.Commit(id)
		}
		line, _, _ := strings.Cut(string(raw), "\n")
		id = ID(strings.TrimPrefix(line, "object "))
	}
	return nil, &Error{Code: "history.no-ref", Args: []any{string(id)}, Err: ErrNoRef}
}

// HeadBranch returns the short name of the branch that HEAD names, "" when
// HEAD is detached or names something else.
func (r *Repo) HeadBranch() string {
	if branch := r.headLink(); branch != "" {
		return branch
	}
	ref, err := r.store.Reference(plumbing.HEAD)
	if err != nil || ref.Type() != plumbing.SymbolicReference || !ref.Target().IsBranch() {
		return ""
	}
	return ref.Target().Short()
}

// headLink returns the branch where HEAD is a symbolic link to it, the form that
// core.preferSymlinkRefs keeps; "" otherwise.
func (r *Repo) headLink() string {
	target, err := os.Readlink(filepath.Join(r.gitDir, "HEAD"))
	branch, ok := strings.CutPrefix(filepath.ToSlash(target), "refs/heads/")
	if err != nil || !ok {
		return ""
	}
	return branch
}

// Trunk returns the name of the protected branch: main, master, or the branch that
// the remote calls its own, and the remote's copy where there is no local one; HEAD
// when there is none of these. One that is there but cannot be read is still the one
// that is meant: whoever resolves it is told.
func (r *Repo) Trunk() string {
	names := []string{"main", "master"}
	if ref, err := r.store.Reference(originHead); err == nil {
		if name, ok := strings.CutPrefix(ref.Target().String(), "refs/remotes/origin/"); ok {
			names = append(names, name)
		}
	}
	for _, place := range []string{"", "origin/"} {
		for _, name := range names {
			full := plumbing.NewBranchReferenceName(name)
			if place != "" {
				full = plumbing.NewRemoteReferenceName("origin", name)
			}
			if _, err := r.reference(full); !errors.Is(err, plumbing.ErrReferenceNotFound) {
				return place + name
			}
		}
	}
	return "HEAD"
}

// originHead names the branch that a clone found checked out at its remote.
const originHead plumbing.ReferenceName = "refs/remotes/origin/HEAD"

// Branch is a branch of this clone: a local one, with Remote "", or what was last
// fetched of a remote's. Name is without the remote; Ref is the full reference.
type Branch struct{ Name, Ref, Remote string }

// Label is what a person calls the branch, such as "SP-2026-0007" or
// "origin/SP-2026-0007".
func (b Branch) Label() string { return path.Join(b.Remote, b.Name) }

// Branches returns all branches, sorted by name, and a local one before a remote's
// of the same name.
func (r *Repo) Branches() ([]Branch, error) {
	refs, err := r.store.IterReferences()
	if err != nil {
		return nil, err
	}
	var list []Branch
	err = refs.ForEach(func(ref *plumbing.Reference) error {
		full := ref.Name().String()
		if ref.Name().IsBranch() {
			list = append(list, Branch{Name: ref.Name().Short(), Ref: full})
		}
		remote, name, ok := strings.Cut(strings.TrimPrefix(full, "refs/remotes/"), "/")
		if ref.Name().IsRemote() && ok && name != "HEAD" {
			list = append(list, Branch{Name: name, Ref: full, Remote: remote})
		}
		return nil
	})
	slices.SortFunc(list, func(a, b Branch) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Remote, b.Remote))
	})
	return list, err
}

// Home names the remote that the protected branch comes from: the one it follows,
// or else "origin".
func (r *Repo) Home() string {
	if remote := r.config.get("branch", r.Trunk(), "remote"); remote != "" && remote != "." { // "." follows a local branch
		return remote
	}
	return "origin"
}

// Upstream returns the remote-tracking branch of a local branch, "" when there
// is none in this clone.
func (r *Repo) Upstream(branch string) string {
	remote := r.config.get("branch", branch, "remote")
	followed, ok := strings.CutPrefix(r.config.get("branch", branch, "merge"), "refs/heads/")
	if remote == "" || !ok { // a pull request (refs/pull/...) has no such branch
		return ""
	}
	name := "refs/remotes/" + remote + "/" + followed
	if _, err := r.reference(plumbing.ReferenceName(name)); err != nil {
		return ""
	}
	return name
}
