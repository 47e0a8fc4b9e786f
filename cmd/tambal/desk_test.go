package main

import (
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// typist is a person who types these lines, one for each read, and presses Ctrl-C
// before those that begin with ^C.
type typist struct {
	interrupt context.CancelFunc
	lines     []string
}

func (p *typist) Read(to []byte) (int, error) {
	if len(p.lines) == 0 {
		return 0, io.EOF
	}
	line, pressed := strings.CutPrefix(p.lines[0], "^C")
	p.lines = p.lines[1:]
	if pressed {
		p.interrupt()
	}
	return copy(to, line+"\n"), nil
}

// typed has a person type these lines at a terminal of a.
func typed(t *testing.T, a *env, lines ...string) {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	a.ctx, a.in, a.lines, a.terminal = ctx, &typist{cancel, lines}, nil, true
}

// TestNoAnswerCountsAfterAnInterrupt: neither one that is there in the same moment
// nor a later one.
func TestNoAnswerCountsAfterAnInterrupt(t *testing.T) {
	t.Parallel()
	a := &env{err: io.Discard}
	typed(t, a, "first", "^Cyes", "yes")
	if answer, err := a.ask(""); answer != "first" || err != nil {
		t.Fatalf("%q %v", answer, err)
	}
	for range 2 {
		if answer, err := a.ask(""); answer != "" || err == nil {
			t.Errorf("%q %v", answer, err)
		}
	}
}

// TestAnInterruptSignsAndWritesNothing interrupts the prompts of approve and new
// and answers them all the same.
func TestAnInterruptSignsAndWritesNothing(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until analysed")
	playScript(t, p, "at 2026-02-02T10:12:03+07:00\n")
	before := state(t, p)
	approve := []string{"approve", "SP-2026-0001", "--key", filepath.Join(p.KeyDir, "budi-s")}
	for _, c := range []struct {
		args, lines []string
		code        string
		exit        int
	}{
		{approve, []string{"^CSetuju.", "yes"}, "approve.cancelled", exitFindings},
		{approve, []string{"Setuju.", "^Cyes"}, "approve.cancelled", exitFindings},
		{append(approve, "--yes"), nil, "approve.cancelled", exitFindings}, // before the first prompt, or at the passphrase
		{[]string{"new"}, []string{"^CJudul"}, "questions.stopped", exitUsage},
		{[]string{"new"}, []string{"Judul", "^C08:00"}, "questions.stopped", exitUsage},
	} {
		var out strings.Builder
		a := p.app()
		a.out, a.err = &out, &out
		typed(t, a, c.lines...)
		if c.lines == nil {
			a.in.(*typist).interrupt()
		}
		args := append([]string{"--repo", p.Dir, "--now", "2026-02-02T10:12:03+07:00", "--lang", "en"}, c.args...)
		if code := a.run(args); code != c.exit || !strings.Contains(out.String(), text.English.Say(c.code)) {
			t.Errorf("%q %q: exit code %d\n%s", c.args, c.lines, code, &out)
		}
	}
	if after := state(t, p); after != before {
		t.Errorf("something was written:\n%s", after)
	}
}
