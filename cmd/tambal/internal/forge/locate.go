package forge

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-github/v60/github"
)

// Location is where a clone's forge is, and what may be shown to it.
type Location struct {
	Server     string // the root of its pages: https://github.com
	API        string // the root of its REST API
	Repository string // owner/name
	Token      string // "" reads what everybody may read
}

// CloneURL is the repository for fetching and pushing.
func (l Location) CloneURL() string {
	return strings.TrimSuffix(l.Server, "/") + "/" + l.Repository + ".git"
}

// address matches what a remote can be called: https://HOST/OWNER/NAME(.git),
// git@HOST:OWNER/NAME(.git), ssh://git@HOST(:PORT)/OWNER/NAME(.git).
var address = regexp.MustCompile(`^(?:https?://(?:[^@/]+@)?|ssh://(?:[^@/]+@)?|[^@/:]+@)([^/:]+)(?::\d+)?[/:]([^/]+/[^/]+?)(?:\.git)?/?$`)

// Locate finds the forge: by what a workflow sets in the environment, else by the
// address of the clone's origin.
func Locate(getenv func(string) string, origin string) (Location, error) {
	l := Location{Server: getenv("GITHUB_SERVER_URL"), Repository: getenv("GITHUB_REPOSITORY"), API: getenv("GITHUB_API_URL")}
	told := l.Server != "" || l.API != ""
	if m := address.FindStringSubmatch(origin); m != nil {
		if !told {
			l.Server = "https://" + m[1]
		}
		if l.Repository == "" {
			l.Repository = m[2]
		}
	}
	if l.Server == "" {
		l.Server = "https://github.com"
	}
	if l.Repository == "" {
		return Location{}, &Error{Code: "forge.no-repository"}
	}
	if l.API == "" {
		l.API = APIFor(l.Server)
	}
	l.Token = token(getenv, l.Server, told)
	return l, nil
}

// token returns the token for a server. One meant for github.com goes nowhere
// else: the origin of a clone is written by whoever made it.
func token(getenv func(string) string, server string, told bool) string {
	names := []string{"GITHUB_TOKEN", "GH_TOKEN"}
	if u, err := url.Parse(server); err == nil && !told && u.Host != "github.com" && !strings.HasSuffix(u.Host, ".ghe.com") {
		names = nil
		if u.Host == getenv("GH_HOST") { // the host that the person named, not the clone
			names = []string{"GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"}
		}
	}
	for _, name := range names {
		if token := strings.TrimSpace(getenv(name)); token != "" {
			return token
		}
	}
	return ""
}

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
	if len(payload) > eventLimit || !jsontext.Value(payload).IsValid() {
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
