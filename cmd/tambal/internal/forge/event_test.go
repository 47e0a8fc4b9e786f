package forge

import (
	"strings"
	"testing"
)

// TestEventsThatStartTheGate reads what GitHub sends; whole payloads of
// GitHub's own examples are read in payload_test.go.
func TestEventsThatStartTheGate(t *testing.T) {
	t.Parallel()
	sha := strings.Repeat("a", 40)
	for name, c := range map[string]struct {
		event, payload string
		want           Event
		code           string
	}{
		"a pull request":                    {"pull_request", `{"pull_request":{"number":7,"head":{"sha":"` + sha + `"}}}`, Event{Number: 7, Head: sha}, ""},
		"its trusted twin":                  {"pull_request_target", `{"pull_request":{"number":7,"head":{"sha":"` + sha + `"}}}`, Event{Number: 7, Head: sha}, ""},
		"a review":                          {"pull_request_review", `{"review":{"id":1},"pull_request":{"number":7,"head":{"sha":"` + sha + `"}}}`, Event{Number: 7, Head: sha}, ""},
		"a workflow that ended":             {"workflow_run", `{"workflow_run":{"head_sha":"` + sha + `","pull_requests":[{"number":99}]}}`, Event{Commit: sha}, ""},
		"a schedule":                        {"schedule", `{"schedule":"0 0 * * *"}`, Event{All: true}, ""},
		"a push":                            {"push", `{"ref":"refs/heads/main"}`, Event{All: true}, ""},
		"no pull request in it":             {"pull_request", `{}`, Event{}, "forge.event"},
		"a workflow run without a commit":   {"workflow_run", `{"workflow_run":{}}`, Event{}, "forge.event"},
		"a number that is none":             {"pull_request", `{"pull_request":{"number":-7}}`, Event{}, "forge.event"},
		"a number of another kind":          {"pull_request", `{"pull_request":{"number":"7"}}`, Event{}, "forge.event"},
		"no JSON":                           {"pull_request", `number=7`, Event{}, "forge.event"},
		"nothing":                           {"schedule", ``, Event{}, "forge.event"},
		"an event of a kind not asked for":  {"issue_comment", `{"comment":{"body":"/approve"}}`, Event{All: true}, ""},
		"null for the pull request of that": {"pull_request_review", `{"pull_request":null}`, Event{}, "forge.event"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseEvent(c.event, []byte(c.payload))
			if code(t, err) != c.code || got != c.want {
				t.Errorf("%+v %v, want %+v %s", got, err, c.want, c.code)
			}
		})
	}
}

// FuzzParseEvent: no payload panics, and what is accepted names something.
func FuzzParseEvent(f *testing.F) {
	f.Add("pull_request", []byte(`{"pull_request":{"number":7,"head":{"sha":"a"}}}`))
	f.Add("workflow_run", []byte(`{"workflow_run":{"head_sha":"a"}}`))
	f.Add("pull_request_review", []byte(`{"review":{"submitted_at":"x"},"pull_request":{"number":1}}`))
	f.Fuzz(func(t *testing.T, name string, payload []byte) {
		e, err := ParseEvent(name, payload)
		if err == nil && e.Number <= 0 && e.Commit == "" && !e.All {
			t.Errorf("%+v", e)
		}
	})
}
