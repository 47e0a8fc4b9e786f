// What every command is given: streams, environment, language, clock; and how it speaks
// to the person and writes a result.

package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// env is what the commands share: the world outside and the global flags.
type env struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
	terminal bool          // a person sits at in and err
	lines    *bufio.Reader // in, line by line; one reader, so that nothing typed ahead is lost

	ctx context.Context // ends when the person interrupts; nil never does
	// sleep waits for a forge that asks to wait; nil really does.
	sleep func(context.Context, time.Duration) error
	who   *git.Identity // overrides Git's configuration, for the demo

	lang     text.Lang
	dir      string
	langFlag string
	nowFlag  string
	now      time.Time
}

// progress tells a person at a terminal that long work goes on.
func (a *env) progress(done, total int) {
	if total > 2000 && (done%500 == 0 || done == total) {
		fmt.Fprintf(text.Raw(a.err), "\r%s", a.lang.Say("audit.progress", done, total))
		if done == total {
			fmt.Fprintln(a.err)
		}
	}
}

// rereading tells a person at a terminal how many reviews were read again.
func (a *env) rereading(read int) {
	fmt.Fprintf(text.Raw(a.err), "\r%s", a.lang.Say("audit.rereading", read))
}

// say writes one sentence to the person.
func (a *env) say(code string, args ...any) { a.tell(asText, code, args...) }

// tell writes one sentence to the person, beside a result that a machine reads
// unless its format is text.
func (a *env) tell(format, code string, args ...any) {
	out := a.out
	if format != asText {
		out = a.err
	}
	fmt.Fprintln(out, a.lang.Say(code, args...))
}

// clone lets a command work on the repository it was called for.
func (a *env) clone(visit func(*git.Repo) error) error {
	repo, err := git.Open(a.dir)
	if err != nil {
		return err
	}
	defer repo.Close()
	return visit(repo)
}

// write prints a result in a format and ends with its verdict.
func (a *env) write(format string, r *finding.Result) error {
	writer := finding.Writers[format]
	if writer == nil {
		return usage("usage.format", format)
	}
	if err := writer(a.out, r, a.lang); err != nil {
		return err
	}
	return ended(r.Verdict().ExitCode())
}

// undecided prints a history that could not be read as a result; other errors, and
// none, pass through.
func (a *env) undecided(format string, err error) error {
	f, ok := gate.Unread(err)
	if !ok {
		return err
	}
	return a.write(format, &finding.Result{Findings: []finding.Finding{f}})
}

// context ends when the person interrupts.
func (a *env) context() context.Context { return cmp.Or(a.ctx, context.Background()) }
