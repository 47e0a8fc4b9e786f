package git

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// place is where the parts of a repository lie. Common differs from gitDir in a
// linked working tree; root is "" for a bare repository.
type place struct{ gitDir, common, root string }

// underway are the operations of Git that stop half-way, each with the file that
// shows it in the Git folder of the working tree.
var underway = [...]struct{ file, operation string }{
	{"rebase-merge", "rebase"}, {"rebase-apply/applying", "am"}, {"rebase-apply", "rebase"}, {"MERGE_HEAD", "merge"},
	{"CHERRY_PICK_HEAD", "cherry-pick"}, {"REVERT_HEAD", "revert"}, {"BISECT_LOG", "bisect"},
}

// Underway names the operation of Git ("merge", "rebase", "am", "cherry-pick",
// "revert", "bisect") that was begun in this working tree and not finished; "" when
// there is none. A commit made meanwhile would lose what the operation brings.
func (p place) Underway() string {
	for _, u := range underway {
		if _, err := os.Lstat(filepath.Join(p.gitDir, filepath.FromSlash(u.file))); err == nil {
			return u.operation
		}
	}
	return ""
}

// locate finds the repository that holds dir, as Git does: the folder itself or
// one above it with a .git (a folder, or a file that names one), or dir itself
// when it is bare. GIT_DIR and GIT_WORK_TREE, which Git sets for its hooks,
// speak for the current folder; a folder that was named says more.
func locate(dir string) (place, error) {
	from, err := filepath.Abs(dir)
	if err != nil {
		return place{}, &Error{Code: "history.open", Args: []any{dir, err.Error()}, Err: err}
	}
	if named := os.Getenv("GIT_DIR"); named != "" && dir == "." {
		if named, err = filepath.Abs(named); err == nil && isGitDir(named) {
			return common(named, from)
		}
		return place{}, &Error{Code: "history.no-repository", Args: []any{named}}
	}
	for at := from; ; at = filepath.Dir(at) {
		file := filepath.Join(at, ".git")
		switch info, err := os.Stat(file); {
		case err == nil && info.IsDir() && isGitDir(file):
			return common(file, at)
		case err == nil && !info.IsDir():
			return linked(file, at)
		}
		if filepath.Dir(at) == at {
			break
		}
	}
	if isGitDir(from) {
		return common(from, "")
	}
	return place{}, &Error{Code: "history.no-repository", Args: []any{dir}}
}

// linked follows a .git file, which linked working trees and submodules have.
func linked(file, root string) (place, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return place{}, &Error{Code: "history.open", Args: []any{file, err.Error()}, Err: err}
	}
	target, ok := strings.CutPrefix(strings.TrimRight(string(data), "\r\n"), "gitdir: ")
	if ok {
		target = resolve(target, root)
	}
	if !ok || !isGitDir(target) {
		return place{}, &Error{Code: "history.gitdir", Args: []any{file, target, root}}
	}
	return common(target, root)
}

// isGitDir tells a Git folder by the parts that every one has; a linked working
// tree's has them in the common folder.
func isGitDir(dir string) bool {
	if _, err := os.Lstat(filepath.Join(dir, "HEAD")); err != nil {
		return false
	}
	if _, err := os.Stat(filepath.Join(dir, "commondir")); err == nil {
		return true
	}
	for _, part := range []string{"objects", "refs"} {
		if _, err := os.Stat(filepath.Join(dir, part)); err != nil {
			return false
		}
	}
	return true
}

// common completes a place by the folder that linked working trees share.
func common(gitDir, root string) (place, error) {
	p := place{gitDir, gitDir, root}
	data, err := os.ReadFile(filepath.Join(gitDir, "commondir"))
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return place{}, &Error{Code: "history.open", Args: []any{gitDir, err.Error()}, Err: err}
	}
	if p.common = resolve(strings.TrimSpace(string(data)), gitDir); !isGitDir(p.common) {
		return place{}, &Error{Code: "history.gitdir", Args: []any{filepath.Join(gitDir, "commondir"), p.common, root}}
	}
	return p, nil
}

// settle says where the working tree is, which the configuration may say. In a
// linked one Git does not ask the common configuration for it.
func (p *place) settle(c configuration) {
	if p.root == "" {
		return
	}
	if named := os.Getenv("GIT_WORK_TREE"); named != "" && os.Getenv("GIT_DIR") != "" {
		if abs, err := filepath.Abs(named); err == nil {
			p.root = abs
		}
		return
	}
	switch named := c.get("core", "", "worktree"); {
	case p.common != p.gitDir:
	case named != "":
		p.root = resolve(named, p.gitDir)
	case truth(c.get("core", "", "bare")):
		p.root = ""
	}
}

// otherWorktree returns the folder of another working tree of this repository that
// has a branch checked out, "" when there is none. Moving the branch there would
// make that folder look as if it took everything back.
func (r *Repo) otherWorktree(branch string) string {
	others, _ := filepath.Glob(filepath.Join(r.common, "worktrees", "*"))
	if !truth(r.config.get("core", "", "bare")) {
		others = append(others, r.common)
	}
	for _, dir := range others {
		head, err := os.ReadFile(filepath.Join(dir, "HEAD"))
		if err != nil || same(dir, r.gitDir) || strings.TrimSpace(string(head)) != "ref: refs/heads/"+branch {
			continue
		}
		folder := filepath.Dir(dir)
		if file, err := os.ReadFile(filepath.Join(dir, "gitdir")); err == nil {
			folder = filepath.Dir(resolve(strings.TrimSpace(string(file)), dir))
		}
		if _, err := os.Stat(folder); err == nil {
			return folder
		}
	}
	return ""
}

func same(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	two, err := os.Stat(b)
	return err == nil && os.SameFile(one, two)
}
