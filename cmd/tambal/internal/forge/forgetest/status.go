package forgetest

import (
	"fmt"
	"slices"
	"time"
)

// Status is one commit status.
type Status struct {
	ID                                          int64
	SHA, State, Context, Description, TargetURL string
	Creator                                     int64
	CreatedAt                                   time.Time
}

// Statuses are the statuses of a commit, newest first, as GitHub lists them.
func (g *GitHub) Statuses(sha string) []Status {
	g.mu.Lock()
	defer g.mu.Unlock()
	var found []Status
	for _, s := range g.statusesOf(sha) {
		found = append(found, *s)
	}
	return found
}

// SetStatus gives a commit a status.
func (g *GitHub) SetStatus(s Status) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.addStatus(s)
}

func (g *GitHub) addStatus(s Status) *Status {
	s.ID, s.CreatedAt = g.nextID(), g.Clock()
	g.statuses = append(g.statuses, &s)
	return &s
}

func (g *GitHub) statusesOf(sha string) []*Status {
	var found []*Status
	for _, s := range slices.Backward(g.statuses) {
		if s.SHA == sha {
			found = append(found, s)
		}
	}
	return found
}

func (c *call) statusBody(s *Status) object {
	return object{
		"id": s.ID, "node_id": fmt.Sprintf("SC_%d", s.ID), "state": s.State, "context": s.Context,
		"description": nullable(s.Description), "target_url": nullable(s.TargetURL),
		"url":        c.repositoryURL() + "/statuses/" + s.SHA,
		"avatar_url": fmt.Sprintf("https://avatars.githubusercontent.com/u/%d?v=4", s.Creator),
		"created_at": stamp(s.CreatedAt), "updated_at": stamp(s.CreatedAt),
	}
}

func (c *call) longStatus(s *Status) any {
	body := c.statusBody(s)
	body["creator"] = c.user(s.Creator)
	return body
}

func createStatus(c *call) answer {
	in := struct {
		State, Description, Context string
		TargetURL                   string `json:"target_url"`
	}{Context: "default"}
	if refusal, bad := c.read(&in); bad {
		return refusal
	}
	sha := c.path["sha"]
	bad := func(field, message string) answer {
		return invalid(object{"resource": "Status", "code": "custom", "field": field, "message": message})
	}
	switch {
	case len(sha) != 40 || c.g.resolve(sha) != sha:
		return refuse(422, "No commit found for SHA: "+sha)
	case !slices.Contains([]string{"error", "failure", "pending", "success"}, in.State):
		return bad("state", "state is not included in the list")
	case len([]rune(in.Description)) > 140:
		return bad("description", "description is too long (maximum is 140 characters)")
	case len(in.Context) > 255:
		return bad("context", "context is too long (maximum is 255 characters)")
	}
	s := c.g.addStatus(Status{
		SHA: sha, State: in.State, Context: in.Context, Description: in.Description, TargetURL: in.TargetURL,
		Creator: c.viewerID(),
	})
	return answer{status: 201, body: c.longStatus(s)}
}

func listStatuses(c *call) answer {
	sha := c.g.resolve(c.path["ref"])
	if sha == "" {
		return notFound()
	}
	return paged(c, c.g.statusesOf(sha), c.longStatus)
}

// combinedStatus shows the latest status of each context.
func combinedStatus(c *call) answer {
	sha := c.g.resolve(c.path["ref"])
	if sha == "" {
		return notFound()
	}
	var latest []*Status
	state := "success"
	for _, s := range c.g.statusesOf(sha) {
		if slices.ContainsFunc(latest, func(l *Status) bool { return l.Context == s.Context }) {
			continue
		}
		latest = append(latest, s)
		switch {
		case s.State == "error" || s.State == "failure":
			state = "failure"
		case s.State == "pending" && state != "failure":
			state = "pending"
		}
	}
	if len(latest) == 0 {
		state = "pending"
	}
	reply := paged(c, latest, func(s *Status) any { return c.statusBody(s) })
	reply.body = object{
		"state": state, "sha": sha, "total_count": len(latest), "statuses": reply.body,
		"repository": c.repository(), "commit_url": c.repositoryURL() + "/commits/" + sha,
		"url": c.repositoryURL() + "/commits/" + sha + "/status",
	}
	return reply
}
