// Command tambal keeps an office's security-patch procedure in a Git
// repository: it checks every change against the SOP, replays the history for
// the auditor and writes the formal report.
//
// One file per command: its flags, its wiring, nothing else. Judgement lives in
// the internal packages; what commands share is in env.go (the world outside),
// root.go (the command line), flags.go, exit.go, desk.go (the person), pull.go (the
// forge) and post.go. To add a command, write its file and add it to commands.
package main

import (
	"context"
	"os"
	"os/signal"
	_ "time/tzdata" // the office's zone must not depend on the machine

	"golang.org/x/term"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends it at once
	a := &env{
		ctx: ctx, in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.Getenv,
		terminal: term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stderr.Fd())),
	}
	os.Exit(a.run(os.Args[1:]))
}
