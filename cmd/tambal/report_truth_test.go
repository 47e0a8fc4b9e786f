package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tambal-id/tambal/schema"
)

// output runs a command line on the player's repository and returns what it
// prints to standard output, whatever the exit code.
func (p *player) output(args ...string) (string, int) {
	var out, rest strings.Builder
	a := p.app()
	a.out, a.err = &out, &rest
	code := a.run(append([]string{"--repo", p.dir, "--now", p.now.Format(time.RFC3339)}, args...))
	return out.String(), code
}

// auditJSON is what the tests read of an audit.
type auditJSON struct {
	Cases []struct {
		ID       string
		Outcome  *string
		Approval *struct{ Strength string }
	}
	Findings []struct{ Rule, Severity, Case, Step, Message string }
}

// reportJSON is what the tests read of a report.
type reportJSON struct {
	Approval *struct {
		Strength    string
		SubjectFits bool
	}
	Signatures []struct{ Heading, Name string }
	Sections   []struct {
		Key    string
		Blocks []struct {
			Text string
			List []string
		}
	}
}

func read[T any](t testing.TB, data string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(data), &v); err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	return v
}

// closing is everything the document says right before the signatures.
func (r reportJSON) closing() string {
	var all []string
	for _, s := range r.Sections {
		if s.Key != "closing" {
			continue
		}
		for _, b := range s.Blocks {
			all = append(all, append(b.List, b.Text)...)
		}
	}
	return strings.Join(all, "\n")
}

// acknowledged says whether the officer who decided has a line to sign on.
func (r reportJSON) acknowledged() bool {
	return slices.ContainsFunc(r.Signatures, func(s struct{ Heading, Name string }) bool {
		return s.Heading == "Acknowledged by," || s.Heading == "Mengetahui,"
	})
}

// onDecision returns the errors that the audit has on a case's decision.
func (a auditJSON) onDecision(id string) (messages []string) {
	decided := []string{"metadata", schema.ItemMonitoring, schema.ItemPlan, schema.ItemAnalysis, schema.ItemApproval}
	for _, f := range a.Findings {
		on := strings.HasPrefix(f.Rule, "approval-") || f.Step == schema.ItemApproval || f.Rule == "case-deleted" ||
			(f.Rule == "step-changed" || strings.HasPrefix(f.Rule, "evidence-")) && slices.Contains(decided, f.Step)
		if f.Case == id && f.Severity == "error" && on {
			messages = append(messages, f.Message)
		}
	}
	return messages
}

// oneTruth wants audit and report to say the same of every decision.
func (p *player) oneTruth(t testing.TB, langs ...string) {
	t.Helper()
	for _, lang := range langs {
		out, _ := p.output("audit", "--format", "json", "--lang", lang)
		audit := read[auditJSON](t, out)
		for _, c := range audit.Cases {
			p.sameDecision(t, lang, audit, c.ID)
		}
	}
}

func (p *player) sameDecision(t testing.TB, lang string, audit auditJSON, id string) {
	t.Helper()
	out, _ := p.output("report", id, "--format", "json", "--lang", lang)
	r, strength := read[reportJSON](t, out), "no decision"
	for _, c := range audit.Cases {
		if c.ID == id && c.Approval != nil {
			strength = c.Approval.Strength
		}
	}
	if r.Approval == nil && strength == "no decision" {
		return
	}
	if r.Approval == nil || r.Approval.Strength != strength {
		t.Errorf("%s: audit says %s, report %+v", id, strength, r.Approval)
	}
	errors := audit.onDecision(id)
	if want := strength != "none" && errors == nil; r.acknowledged() != want {
		t.Errorf("%s, strength %s, errors %q: a line for the signature: %v", id, strength, errors, r.acknowledged())
	}
	for _, message := range errors {
		if !strings.Contains(r.closing(), message) {
			t.Errorf("%s (%s): %q is not said before the signatures:\n%s", id, lang, message, r.closing())
		}
	}
}
