package forge

import (
	"encoding/json"
	"strings"

	"github.com/google/go-github/v60/github"
)

// Event is what a workflow was started by, as far as it says which pull requests
// to look at: one by its number, those that carry a commit, or all open ones.
// Nothing else of a payload is believed; facts are read from the API.
type Event struct {
	Number int
	Head   string // of a pull request event: the head it was started for
	Commit string // of a finished workflow run
	All    bool
}

// eventLimit bounds a payload; GitHub's own limit is 25 MiB.
const eventLimit = 25 << 20

// ParseEvent reads the payload of the named event (GITHUB_EVENT_NAME and the
// file at GITHUB_EVENT_PATH).
func ParseEvent(name string, payload []byte) (Event, error) {
	bad := &Error{Code: "forge.event", Args: []any{name}}
	if len(payload) > eventLimit || !json.Valid(payload) {
		return Event{}, bad
	}
	kind := strings.TrimSuffix(name, "_target") // same payload, other rights
	switch kind {
	case "pull_request", "pull_request_review", "workflow_run":
	default:
		return Event{All: true}, nil // schedule, push, dispatch: whatever is open
	}
	parsed, err := github.ParseWebHook(kind, payload)
	if err != nil {
		return Event{}, bad
	}
	var e Event
	switch p := parsed.(type) {
	case *github.PullRequestEvent:
		e = Event{Number: p.GetPullRequest().GetNumber(), Head: p.GetPullRequest().GetHead().GetSHA()}
	case *github.PullRequestReviewEvent:
		e = Event{Number: p.GetPullRequest().GetNumber(), Head: p.GetPullRequest().GetHead().GetSHA()}
	case *github.WorkflowRunEvent:
		e = Event{Commit: p.GetWorkflowRun().GetHeadSHA()}
	}
	if e.Number <= 0 && e.Commit == "" {
		return Event{}, bad
	}
	return e, nil
}
