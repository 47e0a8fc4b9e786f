package policies_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// history reads "monitoring decision=required; plan" as items.
func history(text string) []schema.Item {
	var items []schema.Item
	for part := range strings.SplitSeq(text, ";") {
		words := strings.Fields(part)
		if len(words) == 0 {
			continue
		}
		it := schema.Item{Name: words[0], Raw: map[string]any{}}
		for _, w := range words[1:] {
			key, value, _ := strings.Cut(w, "=")
			it.Raw[key] = value
		}
		items = append(items, it)
	}
	return items
}

// next writes the moves as "implementation, schedule?" and the closure's outcomes in brackets; "closed" when there are none.
func next(p *policies.Procedure, text string) string {
	moves := p.Next(history(text))
	if moves == nil {
		return "closed"
	}
	var out []string
	for _, m := range moves {
		s := m.Step.Name
		if m.Optional {
			s += "?"
		}
		if m.Closes != nil {
			s += fmt.Sprint(m.Closes)
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

const (
	analysed  = "monitoring decision=required; plan; analysis recommendation=implement; "
	scheduled = analysed + "approval decision=approved; schedule; "
)

func TestNextFollowsTheSOP(t *testing.T) {
	p := policies.Default().Procedure
	tests := []struct{ name, history, want string }{
		{"a new case begins with monitoring", "", "monitoring"},
		{"required goes to the plan", "monitoring decision=required", "plan"},
		{"not required goes by A to closure", "monitoring decision=not-required", "closure[not-required]"},
		{"the plan goes to the analysis", "monitoring decision=required; plan", "analysis"},
		{"the analysis goes to the approval", analysed, "approval"},
		{"approved goes to the schedule", analysed + "approval decision=approved", "schedule"},
		{"rejected goes by A to closure", analysed + "approval decision=rejected", "closure[rejected]"},
		{"an approved recommendation not to implement goes by A to closure",
			"monitoring decision=required; plan; analysis recommendation=do-not-implement; approval decision=approved", "closure[not-required accepted-risk]"},
		{"a rejected recommendation not to implement is rejected",
			"monitoring decision=required; plan; analysis recommendation=do-not-implement; approval decision=rejected", "closure[rejected]"},
		{"a schedule may be replaced before implementation", scheduled, "implementation, schedule?"},
		{"a reschedule leads to the same step", scheduled + "schedule", "implementation, schedule?"},
		{"no anomaly goes by B to the report", scheduled + "implementation outcome=no-anomaly", "report"},
		{"the normal report goes to closure", scheduled + "implementation outcome=no-anomaly; report", "closure[implemented partial]"},
		{"an anomaly goes by A to the report", scheduled + "implementation outcome=anomaly", "report"},
		{"the report of an anomaly goes to closure", scheduled + "implementation outcome=anomaly; report", "closure[rolled-back partial]"},
		{"nothing follows closure", scheduled + "implementation outcome=no-anomaly; report; closure outcome=implemented", "closed"},
		{"a withdrawn case is closed at any step", "monitoring decision=required; closure outcome=withdrawn", "closed"},
		{"a correction moves nothing", "monitoring decision=required; plan; correction of=plan; correction of=plan", "analysis"},
		{"an unknown item moves nothing", "monitoring decision=required; holiday", "plan"},
		{"a decision that is missing leads nowhere", "monitoring", ""},
		{"a decision that is unknown leads nowhere", "monitoring decision=perhaps", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := next(p, tt.history); got != tt.want {
				t.Errorf("next = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAnOfficeAddsANinthStepWithoutCode(t *testing.T) {
	p := load(t, edit{"sop.yaml", "  - name: report\n", `  - name: verification
    title: Verifikasi oleh pemilik sistem
    roles: [administrator]
    standardTime: 1 working day

  - name: report
`}).Procedure
	if got := next(p, scheduled+"implementation outcome=no-anomaly"); got != "verification" {
		t.Errorf("after implementation: %s", got)
	}
	if got := next(p, scheduled+"implementation outcome=no-anomaly; verification"); got != "report" {
		t.Errorf("after verification: %s", got)
	}
	if got := next(p, scheduled+"implementation outcome=no-anomaly; verification; report"); got != "closure[implemented partial]" {
		t.Errorf("after report: %s", got)
	}
	if got := next(p, scheduled+"implementation outcome=no-anomaly; report"); got != "closure[implemented partial]" {
		t.Errorf("a case that was past the new row goes on: %s", got)
	}
	if s := p.Step("verification"); s.Standard != (policies.Standard{Days: 1}) || s.DisplayNo != "" {
		t.Errorf("row: %+v", s)
	}
}

func TestAnOfficeSwapsTwoStepsWithoutCode(t *testing.T) {
	text := string(repository(t)["policies/sop.yaml"].Data)
	plan, analysis := strings.Index(text, "  - name: plan\n"), strings.Index(text, "  - name: analysis\n")
	approval := strings.Index(text, "  - name: approval\n")
	fsys := repository(t)
	fsys["policies/sop.yaml"].Data = []byte(text[:plan] + text[analysis:approval] + text[plan:analysis] + text[approval:])
	policy, problems := policies.Load(fsys)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	p := policy.Procedure
	for _, tt := range [][2]string{
		{"monitoring decision=required", "analysis"},
		{"monitoring decision=required; analysis recommendation=implement", "plan"},
		{"monitoring decision=required; analysis recommendation=implement; plan", "approval"},
		{"monitoring decision=required; analysis recommendation=implement; plan; approval decision=approved", "schedule"},
	} {
		if got := next(p, tt[0]); got != tt[1] {
			t.Errorf("after %s: %s, want %s", tt[0], got, tt[1])
		}
	}
}

func TestAnOfficeChangesRolesAndConnectorsWithoutCode(t *testing.T) {
	p := load(t,
		edit{"sop.yaml", "roles: [kabid] #", "roles: [kabid, policy-owner] #"},
		edit{"sop.yaml", "label: Tidak Perlu, to: closure, connector: A", "label: Tidak Perlu, to: analysis"},
		edit{"sop.yaml", "to: report, connector: A", "to: closure, connector: A"},
	).Procedure
	if diff := cmp.Diff([]string{"kabid", "policy-owner"}, p.Step("approval").Roles); diff != "" {
		t.Error(diff)
	}
	if got := next(p, "monitoring decision=not-required"); got != "analysis" {
		t.Errorf("after the changed connector: %s", got)
	}
	if got := next(p, scheduled+"implementation outcome=anomaly"); got != "closure[rolled-back partial]" {
		t.Errorf("an anomaly without report: %s", got)
	}
}

func TestStepsAreFoundByNameAndPlace(t *testing.T) {
	p := policies.Default().Procedure
	if p.First().Name != "monitoring" || p.Step("verification") != nil || p.Role("bupati") != nil {
		t.Error("wrong row or role")
	}
	empty := &policies.Procedure{}
	if empty.First() != nil || len(empty.Next(nil)) != 0 {
		t.Error("a procedure without rows has a step")
	}
}
