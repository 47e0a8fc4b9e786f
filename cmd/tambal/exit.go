package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/tambal-id/tambal/cmd/tambal/internal/casework"
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/protection"
	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/schema"
)

// Exit codes of every command.
const (
	exitPass      = 0
	exitFindings  = 1
	exitUsage     = 2
	exitUndecided = 3
)

// sentence is an error with a sentence of its own and an exit code.
type sentence struct {
	code string
	args []any
	exit int
}

func (s *sentence) Error() string { return fmt.Sprint(s.code, s.args) }

// usage is a mistake in the call or in the configuration.
func usage(code string, args ...any) error { return &sentence{code, args, exitUsage} }

// refused is a command that will not do what was asked because of what it found.
func refused(code string, args ...any) error { return &sentence{code, args, exitFindings} }

// verdictError ends a command whose findings have been printed.
type verdictError struct{ exit int }

func (v *verdictError) Error() string { return fmt.Sprint("verdict ", v.exit) }

// ended ends a command with a verdict.
func ended(v finding.Verdict) error {
	if code := v.ExitCode(); code != exitPass {
		return &verdictError{code}
	}
	return nil
}

// explainError says what went wrong, where, and what to do, and returns the
// exit code.
func (a *env) explainError(err error) int {
	var verdict *verdictError
	if errors.As(err, &verdict) {
		return verdict.exit
	}
	var blocked *casework.Blocked
	if errors.As(err, &blocked) {
		if err := finding.WriteText(a.err, &finding.Result{Findings: blocked.Findings}, a.lang); err != nil {
			return exitUsage
		}
	}
	code, args, exit := "error.other", []any{err}, exitUsage
	var own *sentence
	var broken *git.Error
	var sig *signature.Error
	var form *schema.Error
	var work *casework.Error
	var file *schema.FileError
	var dirty *git.Dirty
	var remote *forge.Error
	var guard *protection.Error
	var question *gate.Error
	switch {
	case errors.As(err, &own):
		code, args, exit = own.code, own.args, own.exit
	case errors.As(err, &work):
		code, args, exit = work.Code, work.Args, exitFindings
		if work.Usage {
			exit = exitUsage
		}
	case errors.As(err, &question):
		if code, args = question.Code, question.Args; question.Refused {
			exit = exitFindings
		}
	case errors.As(err, &guard):
		code, args, exit = guard.Code, guard.Args, exitFindings
		if guard.Undecided {
			exit = exitUndecided
		}
	case errors.As(err, &broken):
		code, args, exit = broken.Code, broken.Args, gitExit(broken)
	case errors.As(err, &remote):
		code, args, exit = remote.Code, remote.Args, forgeExit(remote)
	case errors.As(err, &sig):
		code, args = sig.Code, sig.Args
	case errors.As(err, &file):
		a.showProblems(file)
		return exitUsage
	case errors.As(err, &form):
		for _, p := range form.Problems {
			a.complain(p.Code, p.Args...)
		}
		return exitUsage
	case errors.As(err, &dirty):
		code, args = "error.dirty", []any{dirty.Paths}
	case errors.Is(err, git.ErrMoved):
		code, args = "error.moved", nil
	case errors.Is(err, git.ErrNothing):
		code, args = "error.nothing", nil
	case errors.Is(err, os.ErrNotExist):
		code = "error.no-file"
	}
	a.complain(code, args...)
	return exit
}

// showProblems prints the first problems of a file as check would, with place and rule.
func (a *env) showProblems(f *schema.FileError) {
	const most = 10
	var list []finding.Finding
	for _, p := range f.Problems[:min(most, len(f.Problems))] {
		list = append(list, finding.Finding{Rule: p.Rule, Severity: finding.Error, Code: p.Code, Args: p.Args,
			Place: finding.Place{Path: f.Path, Line: p.Pos.Line, Column: p.Pos.Column}})
	}
	if err := finding.WriteFindings(a.err, list, false, a.lang); err == nil && len(f.Problems) > most {
		fmt.Fprintln(a.err, a.lang.Say("error.more", len(f.Problems)-most))
	}
}

// gitExit separates a wrong name or folder from a history nobody can judge.
func gitExit(e *git.Error) int {
	switch {
	case e.Malformed:
		return exitFindings
	case gate.Mistaken(e):
		return exitUsage
	}
	return exitUndecided
}

// forgeExit separates what the forge will not do, and a wrong address, from what
// could not be found out.
func forgeExit(e *forge.Error) int {
	switch {
	case gate.Mistaken(e):
		return exitUsage
	case e.Refused:
		return exitFindings
	}
	return exitUndecided
}

// complain writes an error and its hint.
func (a *env) complain(code string, args ...any) {
	fmt.Fprintf(a.err, "tambal: %s: %s\n", a.lang.Say("severity.error"), finding.Inert(a.lang.Say(code, args...)))
	if hint := a.lang.Maybe(code+".hint", args...); hint != "" {
		fmt.Fprintf(a.err, "    %s %s\n", a.lang.Say("finding.hint"), finding.Inert(hint))
	}
}
