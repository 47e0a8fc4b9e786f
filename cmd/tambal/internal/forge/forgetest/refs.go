package forgetest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// refresh looks at what was pushed since the last request: pull requests move
// with their branches, and refs/pull moves with them.
func (g *GitHub) refresh() error {
	if len(g.pulls) == 0 {
		return nil
	}
	refs, err := g.refs()
	if err != nil {
		return err
	}
	for _, p := range g.pulls {
		if p.State != "open" {
			continue
		}
		if err := g.follow(p, refs); err != nil {
			return fmt.Errorf("pull request %d: %w", p.Number, err)
		}
	}
	return nil
}

// refs reads all refs from their files, by full name. Each request asks for them,
// and starting git each time takes longer than the request.
func (g *GitHub) refs() (map[string]string, error) {
	refs := map[string]string{}
	packed, err := os.ReadFile(filepath.Join(g.dir, "packed-refs"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for line := range strings.Lines(string(packed)) {
		if sha, name, _ := strings.Cut(strings.TrimSpace(line), " "); len(sha) == 40 {
			refs[name] = sha
		}
	}
	err = filepath.WalkDir(filepath.Join(g.dir, "refs"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, ".lock") {
			return gone(err)
		}
		sha, err := os.ReadFile(path)
		if name, _ := filepath.Rel(g.dir, path); err == nil {
			refs[filepath.ToSlash(name)] = strings.TrimSpace(string(sha))
		}
		return gone(err)
	})
	return refs, err
}

// gone lets a file go that a push renamed or removed in the same moment.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// follow moves one open pull request.
func (g *GitHub) follow(p *Pull, refs map[string]string) error {
	head := refs["refs/heads/"+p.HeadRef]
	if head == "" {
		head = p.HeadSHA
		// A fork's branch is not ours to miss.
		if p.Fork == nil && !p.HeadRepositoryNil {
			p.happened(g, Event{Name: "head_ref_deleted", Actor: p.Author})
			p.close(g)
		}
	}
	if head != p.HeadSHA {
		old := p.HeadSHA
		p.HeadSHA = head
		p.UpdatedAt = g.Clock()
		if _, err := g.fixed("merge-base", "--is-ancestor", old, head); err != nil {
			p.happened(g, Event{Name: "head_ref_force_pushed", Actor: p.Author, CommitID: head})
		}
	}
	if base := refs["refs/heads/"+p.BaseRef]; base != "" && base != p.BaseSHA {
		if err := g.landed(p, base); err != nil {
			return err
		}
	}
	name := fmt.Sprintf("refs/pull/%d/head", p.Number)
	if refs[name] == head {
		return nil
	}
	return g.point(name, head)
}

// landed moves the base of a pull request. Whoever pushes its head into the
// base has merged it, with or without the API.
func (g *GitHub) landed(p *Pull, base string) error {
	if _, err := g.fixed("merge-base", "--is-ancestor", p.HeadSHA, base); err != nil || p.State != "open" {
		p.BaseSHA = base
		return nil
	}
	out, err := g.fixed("rev-list", "--first-parent", "--ancestry-path", p.HeadSHA+".."+base)
	if err != nil {
		return err
	}
	commit := p.HeadSHA
	if lines := strings.Fields(out); len(lines) > 0 {
		commit = lines[len(lines)-1]
	}
	p.merged(g, commit, g.Viewer, g.Clock())
	return nil
}

// Head is the commit a branch of the bare repository stands at, "" if it has
// no such branch.
func (g *GitHub) Head(branch string) string {
	return g.resolve("heads/" + branch)
}
