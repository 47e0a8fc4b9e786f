package forgetest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// mergeTest is what GitHub finds out about an open pull request: the tree of
// its merge ("" for a conflict) and the test merge commit below refs/pull.
type mergeTest struct{ tree, commit string }

func (g *GitHub) testMerge(p *Pull) (mergeTest, error) {
	key := p.BaseSHA + " " + p.HeadSHA
	if test, done := g.mergeTests[key]; done {
		return test, nil
	}
	var test mergeTest
	out, err := g.git("merge-tree", "--write-tree", p.BaseSHA, p.HeadSHA)
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		// 1 is a conflict; anything else, such as unrelated histories, cannot
		// be merged either.
		g.mergeTests[key] = test
		return test, nil
	} else if err != nil {
		return test, err
	}
	test.tree, _, _ = strings.Cut(out, "\n")
	committer := web(p.UpdatedAt)
	message := fmt.Sprintf("Merge %s into %s", p.HeadSHA, p.BaseSHA)
	test.commit, err = g.write(test.tree, []string{p.BaseSHA, p.HeadSHA}, committer, committer, message)
	if err != nil {
		return test, err
	}
	g.mergeTests[key] = test
	return test, g.point(fmt.Sprintf("refs/pull/%d/merge", p.Number), test.commit)
}

func web(at time.Time) string { return fmt.Sprintf("GitHub <noreply@github.com> %d +0000", at.Unix()) }

func (g *GitHub) signatureOf(id int64, at time.Time) string {
	u := g.users[id]
	if u == nil {
		u = &User{Login: "ghost", Emails: []string{"ghost@users.noreply.github.com"}}
	}
	name, email := u.Name, ""
	if name == "" {
		name = u.Login
	}
	if len(u.Emails) > 0 {
		email = u.Emails[0]
	}
	_, offset := at.Zone()
	zone := fmt.Sprintf("+%02d%02d", offset/3600, offset/60%60)
	if offset < 0 {
		zone = fmt.Sprintf("-%02d%02d", -offset/3600, -offset/60%60)
	}
	return fmt.Sprintf("%s <%s> %d %s", name, email, at.Unix(), zone)
}

// mergeRequest is the body of a merge.
type mergeRequest struct {
	Title   *string `json:"commit_title"`
	Message *string `json:"commit_message"`
	SHA     string  `json:"sha"`
	Method  string  `json:"merge_method"`
}

func mergePull(c *call) answer {
	p := c.pullOf()
	if p == nil {
		return notFound()
	}
	var in mergeRequest
	if refusal, bad := c.read(&in); bad {
		return refusal
	}
	if in.Method == "" {
		in.Method = "merge"
	}
	method, known := map[string][2]string{
		"merge": {"allow_merge_commit", "Merge commits"}, "squash": {"allow_squash_merge", "Squash merges"},
		"rebase": {"allow_rebase_merge", "Rebase merges"},
	}[in.Method]
	if !known {
		return invalid(object{"resource": "PullRequest", "field": "merge_method", "code": "invalid"})
	}
	test, err := c.g.testMerge(p)
	switch {
	case err != nil:
		return c.broken(err)
	case p.State != "open" || p.Merged:
		return refuse(405, "Pull Request is not mergeable")
	case p.Draft:
		return refuse(405, "Pull Request is still a draft")
	case c.g.Settings[method[0]] != true:
		return refuse(405, method[1]+" are not allowed on this repository.")
	case in.SHA != "" && in.SHA != p.HeadSHA:
		return refuse(409, "Head branch was modified. Review and try the merge again.")
	case test.tree == "":
		return refuse(405, "Pull Request is not mergeable")
	}
	sha, err := c.merge(p, test, in)
	if errors.Is(err, errNotRebaseable) {
		return refuse(405, "This branch can't be rebased")
	}
	if err != nil {
		return c.broken(err)
	}
	return ok(object{"sha": sha, "merged": true, "message": "Pull Request successfully merged"})
}

var errNotRebaseable = errors.New("cannot be rebased")

// merge makes the commit and moves the base branch.
func (c *call) merge(p *Pull, test mergeTest, in mergeRequest) (string, error) {
	g, at := c.g, c.g.Clock()
	var sha string
	var err error
	switch in.Method {
	case "rebase":
		sha, err = g.rebase(p, at)
	case "squash":
		message := text(in, fmt.Sprintf("%s (#%d)", p.Title, p.Number), "")
		sha, err = g.write(test.tree, []string{p.BaseSHA}, g.signatureOf(p.Author, at), web(at), message)
	default:
		owner := g.Owner
		if p.Fork != nil {
			owner = p.Fork.Owner
		}
		message := text(in, fmt.Sprintf("Merge pull request #%d from %s/%s", p.Number, owner, p.HeadRef), p.Title)
		parents := []string{p.BaseSHA, p.HeadSHA}
		sha, err = g.write(test.tree, parents, g.signatureOf(c.viewerID(), at), web(at), message)
	}
	if err != nil {
		return "", err
	}
	// The old value guards against a push in between.
	if _, err := g.git("update-ref", "refs/heads/"+p.BaseRef, sha, p.BaseSHA); err != nil {
		return "", err
	}
	p.merged(g, sha, c.viewerID(), at)
	return sha, g.refresh()
}

// merged writes down that a pull request was merged; its BaseSHA stays what the
// base was before.
func (p *Pull) merged(g *GitHub, commit string, by int64, at time.Time) {
	p.Merged, p.MergeCommit, p.MergedBy, p.MergedAt = true, commit, by, at
	p.State, p.ClosedAt = "closed", at
	p.happened(g, Event{Name: "merged", Actor: by, CommitID: commit})
	p.happened(g, Event{Name: "closed", Actor: by})
}

// text is the message of a merge; what the request leaves out GitHub writes.
func text(in mergeRequest, title, message string) string {
	if in.Title != nil {
		title = *in.Title
	}
	if in.Message != nil {
		message = *in.Message
	}
	return strings.TrimRight(title+"\n\n"+message, "\n")
}

// rebase writes the commits of a pull request again on top of the base, in a
// work tree of its own: merge-tree cannot pick single commits.
func (g *GitHub) rebase(p *Pull, at time.Time) (sha string, err error) {
	root, err := os.MkdirTemp("", "forgetest")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(root)
	tree := filepath.Join(root, "tree")
	if _, err := g.git("worktree", "add", "--quiet", "--detach", tree, p.HeadSHA); err != nil {
		return "", err
	}
	defer func() {
		_, removeErr := g.git("worktree", "remove", "--force", tree)
		err = errors.Join(err, removeErr)
	}()
	env := []string{
		"GIT_COMMITTER_NAME=GitHub", "GIT_COMMITTER_EMAIL=noreply@github.com",
		fmt.Sprintf("GIT_COMMITTER_DATE=%d +0000", at.Unix()),
	}
	if _, err := run(env, nil, "-C", tree, "rebase", "--quiet", "--force-rebase", p.BaseSHA); err != nil {
		return "", fmt.Errorf("%w: %w", errNotRebaseable, err)
	}
	return run(nil, nil, "-C", tree, "rev-parse", "HEAD")
}
