package forge

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"testing"
)

// TestPayloadsOfGitHubsOwnExamples reads every example that GitHub publishes of
// the events that start the gate, as they are and truncated.
func TestPayloadsOfGitHubsOwnExamples(t *testing.T) {
	t.Parallel()
	file, err := os.Open("testdata/webhooks/payloads.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(unpacked)
	lines.Buffer(nil, 1<<20)
	read := map[string]int{}
	for lines.Scan() {
		var example struct {
			Event   string
			Payload json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &example); err != nil {
			t.Fatal(err)
		}
		var says struct {
			PullRequest struct {
				Number int
				Head   struct{ SHA string }
			} `json:"pull_request"`
			WorkflowRun struct {
				HeadSHA string `json:"head_sha"`
			} `json:"workflow_run"`
		}
		if err := json.Unmarshal(example.Payload, &says); err != nil {
			t.Fatal(err)
		}
		want := Event{Number: says.PullRequest.Number, Head: says.PullRequest.Head.SHA, Commit: says.WorkflowRun.HeadSHA}
		if got, err := ParseEvent(example.Event, example.Payload); err != nil || got != want || want == (Event{}) {
			t.Errorf("%s %d: %+v %v, want %+v", example.Event, read[example.Event], got, err, want)
		}
		if _, err := ParseEvent(example.Event, example.Payload[:len(example.Payload)/2]); err == nil {
			t.Errorf("half of %s %d is taken", example.Event, read[example.Event])
		}
		read[example.Event]++
	}
	if lines.Err() != nil || read["pull_request"] != 29 || read["pull_request_review"] != 4 || read["workflow_run"] != 5 {
		t.Errorf("%v %v", read, lines.Err())
	}
}
