// tambal demo: the example office is played in a new repository.

package main

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/play"
)

// demoCommand builds a real patch repository and walks it through the SOP.
func demoCommand(a *env) *cobra.Command {
	return a.command("demo [DIR]", between(0, 1), func(args []string) error {
		dir, err := filepath.Abs(append(args, "tambal-demo")[0])
		if err != nil {
			return err
		}
		story := &play.Demo{Dir: dir, Lang: a.lang, Out: a.out, Run: performer(a)}
		switch err := story.Play(); {
		case errors.Is(err, play.ErrPlayed):
			a.say("demo.already", dir)
			return nil
		case errors.Is(err, fs.ErrExist):
			return refused("demo.not-empty", dir)
		case err != nil:
			return err
		}
		a.say("demo.end", filepath.Join(dir, "laporan", "SP-2026-0001.html"), dir)
		return nil
	})
}

// performer runs the command lines of a script as the program itself does.
func performer(a *env) func(play.Call) int {
	return func(c play.Call) int {
		return (&env{in: strings.NewReader(""), out: c.Out, err: c.Out, getenv: c.Getenv, ctx: a.ctx, sleep: a.sleep, who: c.Who}).run(c.Args)
	}
}
