package forgetest

import (
	"fmt"
	"strings"
)

// refresh looks at what was pushed since the last request: pull requests move
// with their branches, and refs/pull moves with them.
func (g *GitHub) refresh() error {
	if len(g.pulls) == 0 {
		return nil
	}
	branches, err := g.branches()
	if err != nil {
		return err
	}
	for _, p := range g.pulls {
		if p.State != "open" {
			continue
		}
		if err := g.follow(p, branches); err != nil {
			return fmt.Errorf("pull request %d: %w", p.Number, err)
		}
	}
	return nil
}

func (g *GitHub) branches() (map[string]string, error) {
	out, err := g.git("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/pull")
	if err != nil {
		return nil, err
	}
	branches := map[string]string{}
	for line := range strings.Lines(out) {
		sha, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		branches[strings.TrimPrefix(name, "refs/heads/")] = sha
	}
	return branches, nil
}

// follow moves one open pull request.
func (g *GitHub) follow(p *Pull, branches map[string]string) error {
	head := branches[p.HeadRef]
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
		if _, err := g.git("merge-base", "--is-ancestor", old, head); err != nil {
			p.happened(g, Event{Name: "head_ref_force_pushed", Actor: p.Author, CommitID: head})
		}
	}
	if base := branches[p.BaseRef]; base != "" && base != p.BaseSHA {
		if err := g.landed(p, base); err != nil {
			return err
		}
	}
	name := fmt.Sprintf("refs/pull/%d/head", p.Number)
	if branches[name] == head {
		return nil
	}
	_, err := g.git("update-ref", name, head)
	return err
}

// landed moves the base of a pull request. Whoever pushes its head into the
// base has merged it, with or without the API.
func (g *GitHub) landed(p *Pull, base string) error {
	if _, err := g.git("merge-base", "--is-ancestor", p.HeadSHA, base); err != nil || p.State != "open" {
		p.BaseSHA = base
		return nil
	}
	out, err := g.git("rev-list", "--first-parent", "--ancestry-path", p.HeadSHA+".."+base)
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
