package play

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
)

// Expect compares a result with what the script says: the verdict, the rules
// that block (exactly these), ~rule for remarks that must be there and !rule
// for those that must not.
func (p *Player) Expect(verdict *gate.Judgement, err error, want []string) error {
	var result *finding.Result
	if verdict != nil {
		result = verdict.Result
	}
	if err != nil {
		f, ok := gate.Unread(err)
		if !ok {
			return err
		}
		result = &finding.Result{Findings: []finding.Finding{f}}
	}
	if p.Inspect != nil {
		if err := p.Inspect(result); err != nil {
			return err
		}
	}
	var blocking, remarks []string
	for _, f := range result.Findings {
		switch f.Severity {
		case finding.Warning, finding.Notice:
			remarks = append(remarks, f.Rule)
		default:
			blocking = append(blocking, f.Rule)
		}
	}
	slices.Sort(blocking)
	blocking = slices.Compact(blocking)
	var expected []string
	for _, w := range want[1:] {
		rule, remark := strings.CutPrefix(w, "~")
		absent, without := strings.CutPrefix(w, "!")
		switch {
		case remark && !slices.Contains(remarks, rule):
			return p.differs(result, "remark "+rule+" is missing")
		case without && slices.Contains(remarks, absent):
			return p.differs(result, "remark "+absent+" is there")
		case !remark && !without:
			expected = append(expected, rule)
		}
	}
	slices.Sort(expected)
	if string(result.Verdict()) != want[0] || !slices.Equal(blocking, expected) {
		return p.differs(result, fmt.Sprintf("got %s %v, want %s %v", result.Verdict(), blocking, want[0], expected))
	}
	return finding.WriteText(p.Log, result, p.Lang)
}

func (p *Player) differs(result *finding.Result, message string) error {
	var b strings.Builder
	if err := finding.WriteText(&b, result, p.Lang); err != nil {
		return err
	}
	return fmt.Errorf("%s\n%s", message, b.String())
}
