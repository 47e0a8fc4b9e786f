package forgetest

import (
	"slices"
	"strings"
)

func listPulls(c *call) answer {
	state := c.query.Get("state")
	if state == "" {
		state = "open"
	}
	var found []*Pull
	for _, p := range c.g.pulls {
		owner := c.g.Owner
		if p.Fork != nil {
			owner = p.Fork.Owner
		}
		head, base := c.query.Get("head"), c.query.Get("base")
		// GitHub ignores a head without its owner.
		if !strings.Contains(head, ":") {
			head = ""
		}
		if (state == "all" || state == p.State) && (base == "" || base == p.BaseRef) &&
			(head == "" || strings.EqualFold(head, owner+":"+p.HeadRef)) {
			found = append(found, p)
		}
	}
	if c.query.Get("sort") == "updated" {
		slices.SortStableFunc(found, func(a, b *Pull) int { return a.UpdatedAt.Compare(b.UpdatedAt) })
	}
	direction := c.query.Get("direction")
	if direction == "desc" || direction == "" && c.query.Get("sort") != "updated" {
		slices.Reverse(found)
	}
	return paged(c, found, func(p *Pull) any { return c.simple(p) })
}

func getPull(c *call) answer {
	p := c.pullOf()
	if p == nil {
		return notFound()
	}
	body, err := c.full(p)
	if err != nil {
		return c.broken(err)
	}
	return ok(body)
}

func createPull(c *call) answer {
	var in struct {
		Title, Head, Base, Body string
		Draft                   bool
	}
	if refusal, bad := c.read(&in); bad {
		return refusal
	}
	head := in.Head
	if owner, branch, qualified := strings.Cut(head, ":"); qualified && strings.EqualFold(owner, c.g.Owner) {
		head = branch
	}
	for _, p := range c.g.pulls {
		if p.State == "open" && p.HeadRef == head && p.BaseRef == in.Base {
			return invalid(object{
				"resource": "PullRequest", "code": "custom",
				"message": "A pull request already exists for " + c.g.Owner + ":" + head + ".",
			})
		}
	}
	for field, branch := range map[string]string{"head": head, "base": in.Base} {
		if c.g.resolve("heads/"+branch) == "" {
			return invalid(object{"resource": "PullRequest", "field": field, "code": "invalid"})
		}
	}
	p, err := c.g.open(c.viewerID(), head, in.Base, in.Title, func(p *Pull) { p.Body, p.Draft = in.Body, in.Draft })
	if err != nil {
		return c.broken(err)
	}
	if p.HeadSHA == p.BaseSHA {
		c.g.pulls = c.g.pulls[:len(c.g.pulls)-1]
		return invalid(object{
			"resource": "PullRequest", "code": "custom",
			"message": "No commits between " + in.Base + " and " + head,
		})
	}
	body, err := c.full(p)
	if err != nil {
		return c.broken(err)
	}
	return answer{status: 201, body: body}
}

func updatePull(c *call) answer {
	p := c.pullOf()
	if p == nil {
		return notFound()
	}
	var in struct{ Title, Body, State, Base *string }
	if refusal, bad := c.read(&in); bad {
		return refusal
	}
	if in.Base != nil && c.g.resolve("heads/"+*in.Base) == "" {
		return invalid(object{"resource": "PullRequest", "field": "base", "code": "invalid"})
	}
	if in.State != nil && *in.State == "open" && p.Merged {
		return invalid(object{"resource": "PullRequest", "field": "state", "code": "invalid"})
	}
	if in.Title != nil {
		p.Title = *in.Title
	}
	if in.Body != nil {
		p.Body = *in.Body
	}
	if in.Base != nil && *in.Base != p.BaseRef {
		p.retarget(c.g, *in.Base)
	}
	if in.State != nil && *in.State != p.State {
		if *in.State == "closed" {
			p.close(c.g)
		} else {
			p.reopen(c.g)
		}
	}
	if err := c.g.refresh(); err != nil {
		return c.broken(err)
	}
	return getPull(c)
}

func requestReviewers(c *call) answer {
	p := c.pullOf()
	if p == nil {
		return notFound()
	}
	var in struct{ Reviewers []string }
	if refusal, bad := c.read(&in); bad {
		return refusal
	}
	var ids []int64
	for _, login := range in.Reviewers {
		u := c.g.byLogin(login)
		if u == nil || u.Permission == "none" {
			return refuse(422, "Reviews may only be requested from collaborators. "+
				"One or more of the users or teams you specified is not a collaborator of the "+
				c.g.Owner+"/"+c.g.Name+" repository.")
		}
		if u.ID == p.Author {
			return refuse(422, "Review cannot be requested from pull request author.")
		}
		ids = append(ids, u.ID)
	}
	for _, id := range ids {
		if slices.Contains(p.Requested, id) {
			continue
		}
		p.Requested = append(p.Requested, id)
		p.happened(c.g, Event{Name: "review_requested", Actor: c.viewerID(), Extra: object{
			"review_requester": c.user(c.viewerID()), "requested_reviewer": c.user(id),
		}})
	}
	return answer{status: 201, body: c.simple(p)}
}

func listRequestedReviewers(c *call) answer {
	p := c.pullOf()
	if p == nil {
		return notFound()
	}
	return ok(object{"users": c.simple(p)["requested_reviewers"], "teams": []any{}})
}
