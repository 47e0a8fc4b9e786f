package forgetest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Verification is what GitHub says about a commit's signature.
type Verification struct {
	Verified           bool
	Reason             string // valid, unsigned, unknown_key, no_user, …
	Signature, Payload string
	VerifiedAt         time.Time
}

// SetVerification sets what GitHub says about a commit's signature; without it
// a commit is unsigned.
func (g *GitHub) SetVerification(sha string, v Verification) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.verifications[sha] = v
}

// commit is a commit object taken apart.
type commit struct {
	sha, tree, message string
	parents            []string
	author, committer  person
}

type person struct {
	name, email string
	at          time.Time
}

func (g *GitHub) commit(sha string) (*commit, error) {
	raw, err := g.fixed("cat-file", "commit", sha)
	if err != nil {
		return nil, err
	}
	head, message, _ := strings.Cut(raw, "\n\n")
	k := &commit{sha: sha, message: message}
	for line := range strings.Lines(head) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch name {
		case "tree":
			k.tree = value
		case "parent":
			k.parents = append(k.parents, value)
		case "author":
			k.author = parsePerson(value)
		case "committer":
			k.committer = parsePerson(value)
		}
	}
	return k, nil
}

func parsePerson(line string) person {
	name, rest, _ := strings.Cut(line, " <")
	email, when, _ := strings.Cut(rest, "> ")
	seconds, _, _ := strings.Cut(when, " ")
	unix, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		unix = 0
	}
	return person{name: name, email: email, at: time.Unix(unix, 0).UTC()}
}

func (p person) body() object { return object{"name": p.name, "email": p.email, "date": stamp(p.at)} }

func (c *call) verification(sha string) object {
	v, set := c.g.verifications[sha]
	if !set {
		v.Reason = "unsigned"
	}
	return object{
		"verified": v.Verified, "reason": v.Reason, "signature": nullable(v.Signature),
		"payload": nullable(v.Payload), "verified_at": stamp(v.VerifiedAt),
	}
}

func (c *call) userOf(p person) any {
	if u := c.g.byEmail(p.email); u != nil {
		return c.user(u.ID)
	}
	return nil
}

func (c *call) parents(k *commit) []any {
	parents := []any{}
	for _, sha := range k.parents {
		parents = append(parents, object{
			"sha": sha, "url": c.repositoryURL() + "/commits/" + sha, "html_url": c.htmlURL() + "/commit/" + sha,
		})
	}
	return parents
}

func getCommit(c *call) answer {
	sha := c.g.resolve(c.path["ref"])
	if sha == "" {
		return refuse(422, "No commit found for SHA: "+c.path["ref"])
	}
	k, err := c.g.commit(sha)
	if err != nil {
		return c.broken(err)
	}
	api := c.repositoryURL()
	return ok(object{
		"sha": sha, "node_id": "C_" + sha[:12], "url": api + "/commits/" + sha,
		"html_url": c.htmlURL() + "/commit/" + sha, "comments_url": api + "/commits/" + sha + "/comments",
		"author": c.userOf(k.author), "committer": c.userOf(k.committer), "parents": c.parents(k), "files": []any{},
		"commit": object{
			"url": api + "/git/commits/" + sha, "message": k.message, "comment_count": 0,
			"author": k.author.body(), "committer": k.committer.body(),
			"tree":         object{"sha": k.tree, "url": api + "/git/trees/" + k.tree},
			"verification": c.verification(sha),
		},
	})
}

// committed are the timeline's lines about a pull request's commits.
func (c *call) committed(p *Pull) ([]object, error) {
	brought, err := c.g.brought(p)
	if err != nil {
		return nil, err
	}
	var lines []object
	for _, sha := range brought {
		k, err := c.g.commit(sha)
		if err != nil {
			return nil, err
		}
		lines = append(lines, object{
			"event": "committed", "sha": sha, "node_id": "C_" + sha[:12], "message": k.message,
			"url": c.repositoryURL() + "/git/commits/" + sha, "html_url": c.htmlURL() + "/commit/" + sha,
			"author": k.author.body(), "committer": k.committer.body(), "parents": c.parents(k),
			"tree":         object{"sha": k.tree, "url": c.repositoryURL() + "/git/trees/" + k.tree},
			"verification": c.verification(sha),
		})
	}
	return lines, nil
}

// listPullsOfCommit finds the pull request that brought a commit in; for one
// that is not on the default branch GitHub names the open ones, too.
func listPullsOfCommit(c *call) answer {
	sha := c.g.resolve(c.path["commit_sha"])
	if sha == "" {
		return refuse(422, "No commit found for SHA: "+c.path["commit_sha"])
	}
	_, err := c.g.git("merge-base", "--is-ancestor", sha, "refs/heads/"+c.g.defaultBranch())
	landed := err == nil
	found := slices.DeleteFunc(slices.Clone(c.g.pulls), func(p *Pull) bool {
		return !p.Merged && (landed || p.State != "open") || !c.g.contains(p, sha)
	})
	return paged(c, found, func(p *Pull) any { return c.simple(p) })
}

func (g *GitHub) contains(p *Pull, sha string) bool {
	if p.MergeCommit == sha {
		return true
	}
	brought, err := g.brought(p)
	return err == nil && slices.Contains(brought, sha)
}

// brought are the commits of a pull request, oldest first.
func (g *GitHub) brought(p *Pull) ([]string, error) {
	out, err := g.fixed("rev-list", "--reverse", p.BaseSHA+".."+p.HeadSHA)
	return strings.Fields(out), err
}

// write stores a commit that GitHub makes, signed if Sign is set.
func (g *GitHub) write(tree string, parents []string, author, committer, message string) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "tree %s\n", tree)
	for _, parent := range parents {
		fmt.Fprintf(&b, "parent %s\n", parent)
	}
	fmt.Fprintf(&b, "author %s\ncommitter %s\n", author, committer)
	head, payload := b.String(), b.String()+"\n"+message
	signature := ""
	if g.Sign != nil {
		var err error
		if signature, err = g.Sign([]byte(payload)); err != nil {
			return "", fmt.Errorf("sign a merge: %w", err)
		}
		head += "gpgsig " + strings.ReplaceAll(strings.TrimSuffix(signature, "\n"), "\n", "\n ") + "\n"
	}
	sha, err := run(nil, []byte(head+"\n"+message), "-C", g.dir, "hash-object", "-t", "commit", "-w", "--stdin")
	if err == nil && signature != "" {
		g.verifications[sha] = Verification{
			Verified: true, Reason: "valid", Signature: signature, Payload: payload, VerifiedAt: g.Clock(),
		}
	}
	return sha, err
}
