package forgetest

import (
	"fmt"
	"strings"
	"time"
)

// Comment is one comment below a pull request.
type Comment struct {
	ID                   int64
	Author               int64
	Body                 string
	CreatedAt, UpdatedAt time.Time
}

// Comment writes a comment below a pull request.
func (g *GitHub) Comment(number int, author int64, body string) int64 {
	g.t.Helper()
	var id int64
	g.change(number, func(p *Pull) { id = g.comment(p, author, body).ID })
	return id
}

func (g *GitHub) comment(p *Pull, author int64, body string) *Comment {
	comment := &Comment{ID: g.nextID(), Author: author, Body: body, CreatedAt: g.Clock()}
	comment.UpdatedAt = comment.CreatedAt
	p.events = append(p.events, &Event{comment: comment})
	return comment
}

// Comments are the comments below a pull request, oldest first.
func (g *GitHub) Comments(number int) []Comment {
	g.mu.Lock()
	defer g.mu.Unlock()
	var found []Comment
	if p := g.pull(number); p != nil {
		for _, e := range p.events {
			if e.comment != nil {
				found = append(found, *e.comment)
			}
		}
	}
	return found
}

func (c *call) commentBody(p *Pull, comment *Comment) object {
	return object{
		"id": comment.ID, "node_id": fmt.Sprintf("IC_%d", comment.ID), "body": comment.Body,
		"user": c.user(comment.Author), "author_association": c.association(comment.Author),
		"created_at": stamp(comment.CreatedAt), "updated_at": stamp(comment.UpdatedAt),
		"url":                      fmt.Sprintf("%s/issues/comments/%d", c.repositoryURL(), comment.ID),
		"html_url":                 fmt.Sprintf("%s/pull/%d#issuecomment-%d", c.htmlURL(), p.Number, comment.ID),
		"issue_url":                fmt.Sprintf("%s/issues/%d", c.repositoryURL(), p.Number),
		"performed_via_github_app": nil,
	}
}

func listComments(c *call) answer {
	p := c.pullOf()
	if p == nil {
		return notFound()
	}
	var found []*Comment
	for _, e := range p.events {
		if e.comment != nil {
			found = append(found, e.comment)
		}
	}
	return paged(c, found, func(comment *Comment) any { return c.commentBody(p, comment) })
}

func createComment(c *call) answer {
	p := c.pullOf()
	if p == nil {
		return notFound()
	}
	text, refusal, bad := c.commentText()
	if bad {
		return refusal
	}
	return answer{status: 201, body: c.commentBody(p, c.g.comment(p, c.viewerID(), text))}
}

func updateComment(c *call) answer {
	for _, p := range c.g.pulls {
		for _, e := range p.events {
			if e.comment == nil || e.comment.ID != c.number("comment_id") {
				continue
			}
			text, refusal, bad := c.commentText()
			if bad {
				return refusal
			}
			e.comment.Body, e.comment.UpdatedAt = text, c.g.Clock()
			return ok(c.commentBody(p, e.comment))
		}
	}
	return notFound()
}

// commentText is the text of a comment within GitHub's limit.
func (c *call) commentText() (string, answer, bool) {
	var in struct{ Body string }
	if refusal, bad := c.read(&in); bad {
		return "", refusal, true
	}
	problem := ""
	if strings.TrimSpace(in.Body) == "" {
		problem = "body can't be blank"
	} else if len([]rune(in.Body)) > 65536 {
		problem = "body is too long (maximum is 65536 characters)"
	}
	if problem != "" {
		return "", invalid(object{
			"resource": "IssueComment", "code": "unprocessable", "field": "data", "message": problem,
		}), true
	}
	return in.Body, answer{}, false
}

func listTimeline(c *call) answer {
	p := c.pullOf()
	if p == nil {
		return notFound()
	}
	lines, err := c.committed(p)
	if err != nil {
		return c.broken(err)
	}
	for _, e := range p.events {
		switch {
		case e.review != nil:
			if !c.visible(e.review) {
				continue
			}
			body := c.reviewBody(e.review)
			body["event"], body["state"] = "reviewed", lower(e.review.State)
			lines = append(lines, body)
		case e.comment != nil:
			body := c.commentBody(p, e.comment)
			body["event"], body["actor"] = "commented", body["user"]
			lines = append(lines, body)
		default:
			lines = append(lines, c.eventBody(e))
		}
	}
	return paged(c, lines, func(line object) any { return line })
}

func (c *call) eventBody(e *Event) object {
	body := object{
		"id": e.ID, "node_id": fmt.Sprintf("E_%d", e.ID), "event": e.Name, "actor": c.user(e.Actor),
		"url":        fmt.Sprintf("%s/issues/events/%d", c.repositoryURL(), e.ID),
		"created_at": stamp(e.At), "commit_id": nullable(e.CommitID), "commit_url": nil,
		"performed_via_github_app": nil,
	}
	if e.CommitID != "" {
		body["commit_url"] = c.repositoryURL() + "/commits/" + e.CommitID
	}
	for name, value := range e.Extra {
		body[name] = value
	}
	return body
}

func lower(state string) string { return strings.ToLower(state) }
