package git

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/storage"
)

// note is what the log of a reference says of a move.
type note struct {
	who Identity
	why string
}

// move is a reference about to lead elsewhere, under Git's locks.
type move struct {
	store *gitStore
	name  plumbing.ReferenceName
	old   plumbing.Hash // zero when there is none yet
	locks []*lock
}

// begin takes the locks of a reference, of the one that it leads to where it is
// symbolic, and of HEAD where that leads to it.
func (s *gitStore) begin(name plumbing.ReferenceName) (*move, error) {
	for range 5 {
		ref, err := s.Reference(name)
		if err != nil || ref.Type() != plumbing.SymbolicReference {
			break
		}
		name = ref.Target()
	}
	if err := name.Validate(); err != nil {
		return nil, &Error{Code: "history.no-ref", Args: []any{name.String()}, Err: err}
	}
	m := &move{store: s, name: name}
	names := []plumbing.ReferenceName{name}
	if head, err := s.Reference(plumbing.HEAD); err == nil && head.Target() == name {
		names = append(names, plumbing.HEAD)
	}
	for _, n := range names {
		l, err := s.lock(s.file(n), nil)
		if err != nil {
			m.end()
			return nil, err
		}
		m.locks = append(m.locks, l)
	}
	ref, err := s.Reference(name)
	if errors.Is(err, plumbing.ErrReferenceNotFound) {
		return m, nil
	}
	if err != nil {
		m.end()
		return nil, err
	}
	m.old = ref.Hash()
	return m, nil
}

// set lets the reference lead to a commit. Its log comes first, as with Git.
func (m *move) set(to plumbing.Hash, n note) error {
	for i, name := range []plumbing.ReferenceName{m.name, plumbing.HEAD}[:len(m.locks)] {
		if err := m.store.log(name, i > 0, m.old, to, n); err != nil {
			return err
		}
	}
	return m.store.put(m.name, to.String())
}

// end gives the locks back.
func (m *move) end() {
	for _, l := range m.locks {
		l.release(true)
	}
}

// point makes a reference symbolic.
func (s *gitStore) point(name, target plumbing.ReferenceName, old, to plumbing.Hash, n note) error {
	l, err := s.lock(s.file(name), nil)
	if err != nil {
		return err
	}
	defer l.release(true)
	if err := s.log(name, true, old, to, n); err != nil {
		return err
	}
	return s.put(name, "ref: "+target.String())
}

func (s *gitStore) put(name plumbing.ReferenceName, content string) error {
	file := s.file(name)
	if info, err := os.Lstat(file); err == nil && info.IsDir() { // left behind by a branch NAME/...
		if err := remove(file); err != nil {
			return err
		}
	}
	return replace(s.scratch(), file, []byte(content+"\n"), 0o644)
}

// file is where a reference lies.
func (s *gitStore) file(name plumbing.ReferenceName) string {
	return filepath.Join(s.home(name), filepath.FromSlash(name.String()))
}

func (s *gitStore) home(name plumbing.ReferenceName) string {
	if name == plumbing.HEAD {
		return s.gitDir
	}
	return s.common
}

// scratch is a folder for files that are not whole yet.
func (s *gitStore) scratch() string { return filepath.Join(s.common, "objects") }

// inert keeps a text from ending a line of the log or an address.
var inert = strings.NewReplacer("\n", " ", "\r", " ", "\x00", " ", "<", "", ">", "")

// log writes a line into a reference's log, where Git would.
func (s *gitStore) log(name plumbing.ReferenceName, head bool, old, to plumbing.Hash, n note) error {
	file := filepath.Join(s.home(name), "logs", filepath.FromSlash(name.String()))
	_, err := os.Stat(file)
	usual := head || name.IsBranch() || name.IsRemote() || name.IsNote()
	if err != nil && !(s.logs == "always" || truth(s.logs) && usual) {
		return nil
	}
	if err := mkdir(filepath.Dir(file)); err != nil {
		return err
	}
	line := fmt.Sprintf("%s %s %s <%s> %d %s\t%s\n", old, to, inert.Replace(n.who.Name), inert.Replace(n.who.Email),
		n.who.When.Unix(), n.who.When.Format("-0700"), inert.Replace(n.why))
	return extend(s.scratch(), file, line)
}

// SetReference writes what the library fetches.
func (s *gitStore) SetReference(ref *plumbing.Reference) error {
	return s.CheckAndSetReference(ref, nil)
}

// CheckAndSetReference writes what the library fetches, if it is still old.
func (s *gitStore) CheckAndSetReference(ref, old *plumbing.Reference) error {
	if ref.Type() != plumbing.HashReference {
		return errors.ErrUnsupported
	}
	m, err := s.begin(ref.Name())
	if err != nil {
		return err
	}
	defer m.end()
	if old != nil && m.old != old.Hash() {
		return storage.ErrReferenceHasChanged
	}
	return m.set(ref.Hash(), note{s.who(), "fetch"})
}

// RemoveReference is refused: nothing here takes a reference away.
func (s *gitStore) RemoveReference(plumbing.ReferenceName) error { return errors.ErrUnsupported }
