// What ties package casework to a person: identity, keys, and the prompts of a
// terminal, which the first Ctrl-C cancels.

package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/tambal-id/tambal/cmd/tambal/internal/casework"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
)

// desk is where the person works on cases. What a stopped run left there is tidied
// up; where that fails, whoever writes next will say so.
func (a *env) desk(repo *git.Repo) *casework.Desk {
	_ = repo.Tidy()
	d := &casework.Desk{
		Repo: repo, Now: a.now, Lang: a.lang, Who: a.who, Keys: a.keys(repo), Notice: a.say, Workflow: a.getenv("GITHUB_ACTIONS") == "true",
		Remark: func(said string) { fmt.Fprint(a.err, said) },
	}
	if a.terminal {
		d.Ask = a.ask
	}
	return d
}

// inputFlags adds the flags that say where an item's fields come from.
func (a *env) inputFlags(c *cobra.Command, in *casework.Input) {
	c.Flags().StringArrayVar(&in.Set, "set", nil, a.lang.Say("flag.set"))
	c.Flags().StringVar(&in.From, "from", "", a.lang.Say("flag.from"))
	c.Flags().StringArrayVar(&in.Evidence, "evidence", nil, a.lang.Say("flag.evidence"))
}

// written says which step was written, and what comes then.
func (a *env) written(w *casework.Written, err error) error {
	if err != nil {
		return err
	}
	a.say("next.done", w.Step, w.Path)
	a.say("next.then", w.ID)
	return nil
}

// keys is where the person's keys lie.
func (a *env) keys(repo *git.Repo) signature.Files {
	return signature.Files{Configured: repo.Settings().SigningKey, Home: a.getenv("HOME"), Passphrase: a.passphrase}
}

// ask puts a question to the person and reads the answer, one line.
func (a *env) ask(question string) (string, error) {
	fmt.Fprint(a.err, question)
	if a.lines == nil {
		a.lines = bufio.NewReader(a.in)
	}
	line, err := await(a.context(), func() (string, error) { return a.lines.ReadString('\n') })
	if err != nil {
		return "", usage("questions.stopped")
	}
	return strings.TrimSpace(line), nil
}

// passphrase asks at the terminal, without echo.
func (a *env) passphrase() ([]byte, error) {
	file, ok := a.in.(*os.File)
	if !ok || !a.terminal {
		return nil, nil
	}
	fd := int(file.Fd())
	echoing, err := term.GetState(fd)
	if err != nil {
		return nil, err
	}
	fmt.Fprint(a.err, a.lang.Say("approve.passphrase")+" ")
	defer fmt.Fprintln(a.err)
	defer term.Restore(fd, echoing) // a read that is left behind does not
	return await(a.context(), func() ([]byte, error) { return term.ReadPassword(fd) })
}

// grace is how long an answer waits for an interrupt that was typed before it:
// the signal reaches the program beside the terminal's lines, and may come later.
const grace = 10 * time.Millisecond

// await reads an answer until ctx ends, and then returns why it ended. A read of a
// terminal cannot be called off, so it is left behind: what it still reads, or has
// read in the same moment, answers nothing.
func await[T any](ctx context.Context, read func() (T, error)) (answer T, err error) {
	var got T
	var failed error
	done := make(chan struct{})
	if ctx.Err() == nil {
		go func() {
			got, failed = read()
			if ctx.Done() != nil { // somebody can interrupt
				time.Sleep(grace)
			}
			close(done)
		}()
	}
	select {
	case <-ctx.Done():
	case <-done:
	}
	if err := ctx.Err(); err != nil {
		return answer, err
	}
	return got, failed
}
