package play

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
)

// Command runs a tambal command line and wants its exit code; what it prints is
// shown.
func (p *Player) Command(code string, words []string) error {
	want, err := strconv.Atoi(code)
	if err != nil || len(words) == 0 || words[0] != "tambal" {
		return fmt.Errorf("want: exit CODE tambal COMMAND")
	}
	args := slices.Clone(words[1:])
	for i := range args {
		args[i] = strings.NewReplacer("{{keys}}", p.KeyDir, "{{repo}}", p.Dir).Replace(args[i])
	}
	p.Shown, err = p.run(want, args)
	return err
}

// acting runs a command line that a verb stands for.
func (p *Player) acting(args ...string) error {
	_, err := p.run(0, args)
	return err
}

// run runs a command line in the office, as its person and at its moment, and
// returns what it printed.
func (p *Player) run(want int, args []string) (string, error) {
	var b bytes.Buffer
	c := Call{
		Args: append([]string{"--repo", p.Dir, "--now", p.Now.Format(time.RFC3339), "--lang", string(p.Lang)}, args...),
		Out:  &b, Getenv: func(name string) string { return p.Env[name] },
	}
	if p.Who != nil {
		c.Who = &git.Identity{Name: p.Who.Name, Email: p.Who.Emails[0]}
	}
	got := p.Run(c)
	if _, err := io.WriteString(p.Log, b.String()); err != nil {
		return b.String(), err
	}
	if got != want {
		return b.String(), fmt.Errorf("exit code %d, want %d\n%s", got, want, b.String())
	}
	return b.String(), nil
}

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
