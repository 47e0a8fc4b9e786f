package play

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

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
