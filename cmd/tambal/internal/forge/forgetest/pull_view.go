package forgetest

import (
	"fmt"
	"strings"
)

// pullOf is the pull request a request names.
func (c *call) pullOf() *Pull {
	for _, name := range []string{"pull_number", "issue_number"} {
		if c.path[name] != "" {
			return c.g.pull(int(c.number(name)))
		}
	}
	return nil
}

// simple is the body of a pull request in a list.
func (c *call) simple(p *Pull) object {
	self := fmt.Sprintf("%s/pulls/%d", c.repositoryURL(), p.Number)
	issue := fmt.Sprintf("%s/issues/%d", c.repositoryURL(), p.Number)
	html := fmt.Sprintf("%s/pull/%d", c.htmlURL(), p.Number)
	statuses := c.repositoryURL() + "/statuses/" + p.HeadSHA
	href := func(url string) object { return object{"href": url} }
	requested := []any{}
	for _, id := range p.Requested {
		if u := c.user(id); u != nil {
			requested = append(requested, u)
		}
	}
	return object{
		"id": p.ID, "node_id": fmt.Sprintf("PR_%d", p.ID), "number": p.Number, "state": p.State, "locked": p.Locked,
		"title": p.Title, "body": nullable(p.Body), "user": c.user(p.Author), "draft": p.Draft,
		"labels": []any{}, "milestone": nil, "assignee": nil, "assignees": []any{}, "active_lock_reason": nil,
		"requested_reviewers": requested, "requested_teams": []any{}, "auto_merge": nil,
		"author_association": c.association(p.Author), "merge_commit_sha": nullable(p.MergeCommit),
		"created_at": stamp(p.CreatedAt), "updated_at": stamp(p.UpdatedAt),
		"closed_at": stamp(p.ClosedAt), "merged_at": stamp(p.MergedAt),
		"head": c.head(p), "base": c.end(p.BaseRef, p.BaseSHA, c.g.Owner, c.owner(), c.repository()),
		"url": self, "html_url": html, "diff_url": html + ".diff", "patch_url": html + ".patch",
		"issue_url": issue, "comments_url": issue + "/comments", "commits_url": self + "/commits",
		"review_comments_url": self + "/comments", "statuses_url": statuses,
		"review_comment_url": c.repositoryURL() + "/pulls/comments{/number}",
		"_links": object{
			"self": href(self), "html": href(html), "issue": href(issue), "comments": href(issue + "/comments"),
			"commits": href(self + "/commits"), "statuses": href(statuses),
			"review_comments": href(self + "/comments"),
			"review_comment":  href(c.repositoryURL() + "/pulls/comments{/number}"),
		},
	}
}

func (c *call) end(ref, sha, owner string, user, repository any) object {
	return object{"label": owner + ":" + ref, "ref": ref, "sha": sha, "user": user, "repo": repository}
}

func (c *call) head(p *Pull) object {
	switch {
	case p.HeadRepositoryNil:
		return c.end(p.HeadRef, p.HeadSHA, "unknown repository", nil, nil)
	case p.Fork != nil:
		owner := c.account(p.Fork.Owner, p.Fork.ID+1, "User")
		if u := c.g.byLogin(p.Fork.Owner); u != nil {
			owner = c.account(u.Login, u.ID, u.Type)
		}
		return c.end(p.HeadRef, p.HeadSHA, p.Fork.Owner, owner, c.fork(p.Fork, owner))
	}
	return c.end(p.HeadRef, p.HeadSHA, c.g.Owner, c.owner(), c.repository())
}

// full is the body of a pull request asked for by its number.
func (c *call) full(p *Pull) (object, error) {
	body := c.simple(p)
	size, err := c.g.measure(p)
	if err != nil {
		return nil, err
	}
	for name, value := range size {
		body[name] = value
	}
	comments := 0
	for _, e := range p.events {
		if e.comment != nil {
			comments++
		}
	}
	body["comments"], body["review_comments"], body["maintainer_can_modify"] = comments, 0, false
	body["merged"], body["merged_by"] = p.Merged, c.user(p.MergedBy)
	if p.State != "open" {
		body["mergeable"], body["rebaseable"], body["mergeable_state"] = nil, nil, "unknown"
		return body, nil
	}
	test, err := c.g.testMerge(p)
	if err != nil {
		return nil, err
	}
	clean := test.tree != ""
	body["mergeable"], body["rebaseable"], body["mergeable_state"] = clean, clean, "clean"
	switch {
	case p.MergeableUnknown:
		body["mergeable"], body["rebaseable"], body["mergeable_state"] = nil, nil, "unknown"
	case !clean:
		body["mergeable_state"] = "dirty"
	case p.Draft:
		body["mergeable_state"] = "draft"
	}
	// While a pull request is open this is GitHub's own test merge, which is on
	// no branch: not a sign that anything was merged.
	body["merge_commit_sha"] = nullable(test.commit)
	return body, nil
}

// measure counts commits and lines.
func (g *GitHub) measure(p *Pull) (object, error) {
	brought, err := g.brought(p)
	if err != nil {
		return nil, err
	}
	size := object{"commits": len(brought), "additions": 0, "deletions": 0, "changed_files": 0}
	lines, err := g.fixed("diff", "--numstat", p.BaseSHA+"..."+p.HeadSHA)
	if err != nil {
		// Histories without a common commit have no difference to count.
		return size, nil
	}
	var added, deleted, files int
	for line := range strings.Lines(lines) {
		var plus, minus int
		// A binary file has dashes for numbers and counts as a file only.
		if _, err := fmt.Sscan(line, &plus, &minus); err == nil {
			added, deleted = added+plus, deleted+minus
		}
		files++
	}
	size["additions"], size["deletions"], size["changed_files"] = added, deleted, files
	return size, nil
}

func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}
