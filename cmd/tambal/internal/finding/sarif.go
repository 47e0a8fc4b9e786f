package finding

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/schema"
)

// GitHub reads no more than the 5,000 worst results of a run; each gets at most
// ten places.
const (
	sarifResults = 5000
	sarifRelated = 10
)

// sarifNowhere is the place of findings about the history itself, because GitHub
// refuses a whole upload over one result without a file: the procedure that the
// history is held against. The commit is in the properties.
const sarifNowhere = schema.SOPPath

// WriteSARIF writes the result as SARIF 2.1.0 with one run. SARIF has no word
// for a finding that waits or could not be verified: both become warnings, and
// properties.severity keeps the exact word.
func WriteSARIF(w io.Writer, r *Result, l text.Lang) error {
	list := slices.Clone(r.Findings)
	Sort(list)
	left := max(0, len(list)-sarifResults)
	list = list[:len(list)-left]

	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Tool.Driver.Name = "tambal"
	index := sarifRules(&run, list, l)
	seen := map[string]int{}
	for i := range list {
		res := newSarifResult(&list[i], l)
		res.RuleIndex = index[list[i].Rule]
		key := sarifKey(&list[i])
		seen[key]++
		// GitHub knows this name only; the number tells apart what is alike.
		res.Fingerprints = map[string]string{"primaryLocationLineHash": fmt.Sprintf("%s:%d", key, seen[key])}
		run.Results = append(run.Results, res)
	}
	v := r.Verdict()
	call := sarifInvocation{Successful: v != Unknown, ExitCode: v.ExitCode()}
	if left > 0 {
		call.Notifications = []sarifNotification{{"warning", sarifText{l.Say("finding.left-out", left)}}}
	}
	run.Invocations = []sarifInvocation{call}
	run.Properties = map[string]string{
		"verdict": string(v), "base": r.Base, "head": r.Head, "policyCommit": r.Policy.Commit, "policyDigest": r.Policy.Digest,
	}
	return WriteObject(w, sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

// sarifRules lists every rule of the findings once and returns where it stands.
func sarifRules(run *sarifRun, list []Finding, l text.Lang) map[string]int {
	run.Tool.Driver.Rules = []sarifRule{}
	index := map[string]int{}
	for _, f := range list {
		index[f.Rule] = 0
	}
	for i, id := range slices.Sorted(maps.Keys(index)) {
		index[id] = i
		rule := sarifRule{ID: id, Short: sarifText{cmp.Or(l.Maybe(id+".title"), id)}}
		if doc := l.Maybe(id + ".doc"); doc != "" {
			rule.Full = &sarifText{doc}
		}
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, rule)
	}
	return index
}

func newSarifResult(f *Finding, l text.Lang) sarifResult {
	plain := *f
	plain.Related = nil
	res := sarifResult{
		Rule: f.Rule, Level: sarifLevel(f.Severity),
		Locations:  []sarifLocation{sarifAt(f.Place, f.Case)},
		Properties: map[string]string{"severity": string(f.Severity), "case": f.Case, "step": f.Step, "commit": f.Commit},
	}
	for _, rel := range f.Related {
		if rel.Path == "" || len(res.Related) == sarifRelated {
			plain.Related = append(plain.Related, rel) // GitHub wants a file for each place
			continue
		}
		at := sarifAt(rel.Place, "")
		at.ID, at.Message = len(res.Related)+1, &sarifText{sarifPlain(l.Say(rel.Code, rel.Args...))}
		res.Related = append(res.Related, at)
	}
	res.Message.Text = sarifPlain(prose(&plain, l))
	return res
}

// sarifPlain shortens a message and keeps viewers from reading a link in it.
func sarifPlain(s string) string {
	return strings.ReplaceAll(shorten(s, annotationRunes), "](", "] (")
}

func sarifLevel(s Severity) string {
	switch s {
	case Error:
		return "error"
	case Notice:
		return "note"
	}
	return "warning"
}

// sarifKey is the same for the same violation in every run: lines move when text
// is added, so they do not count.
func sarifKey(f *Finding) string {
	parts := []string{f.Rule, f.Path, f.Step, f.Case, f.Code}
	if f.Path == "" {
		parts = append(parts, f.Commit)
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// sarifAt is a place in a file; without one it is the manifest of the case.
func sarifAt(p Place, id string) sarifLocation {
	var at sarifLocation
	path := p.Path
	if dir, ok := schema.CaseDir(id); path == "" && ok {
		path = dir + "/" + schema.ManifestFile
	}
	if path == "" {
		path = sarifNowhere
	}
	at.Physical.Artifact.URI = sarifURI(path)
	at.Physical.Region.Line = max(p.Line, 1)
	at.Physical.Region.Column = p.Column
	return at
}

// sarifURI is a relative reference: everything but letters, digits and "-._~/" is
// percent-encoded, so that no path can name a scheme or a host.
func sarifURI(path string) string {
	var b strings.Builder
	for i := range len(path) {
		c := path[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~/", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

// The shape of a SARIF 2.1.0 log, as far as tambal fills it.
type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver struct {
			Name  string      `json:"name"`
			Rules []sarifRule `json:"rules"`
		} `json:"driver"`
	} `json:"tool"`
	ColumnKind  string            `json:"columnKind"`
	Invocations []sarifInvocation `json:"invocations"`
	Results     []sarifResult     `json:"results"`
	Properties  map[string]string `json:"properties"`
}

type sarifRule struct {
	ID    string     `json:"id"`
	Short sarifText  `json:"shortDescription"`
	Full  *sarifText `json:"fullDescription,omitempty"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifInvocation struct {
	Successful    bool                `json:"executionSuccessful"`
	ExitCode      int                 `json:"exitCode"`
	Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
}

type sarifNotification struct {
	Level   string    `json:"level"`
	Message sarifText `json:"message"`
}

type sarifResult struct {
	Rule         string            `json:"ruleId"`
	RuleIndex    int               `json:"ruleIndex"`
	Level        string            `json:"level"`
	Message      sarifText         `json:"message"`
	Locations    []sarifLocation   `json:"locations"`
	Related      []sarifLocation   `json:"relatedLocations,omitempty"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Properties   map[string]string `json:"properties"`
}

type sarifLocation struct {
	ID       int        `json:"id,omitempty"`
	Message  *sarifText `json:"message,omitempty"`
	Physical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region struct {
			Line   int `json:"startLine"`
			Column int `json:"startColumn,omitempty"`
		} `json:"region"`
	} `json:"physicalLocation"`
}
