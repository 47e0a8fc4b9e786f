package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/schema"
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

// explainError says what went wrong, where, and what to do, and returns the
// exit code.
func (a *app) explainError(err error) int {
	var verdict *verdictError
	if errors.As(err, &verdict) {
		return verdict.exit
	}
	code, args, exit := "error.other", []any{err}, exitUsage
	var own *sentence
	var git *history.Error
	var sig *signature.Error
	var form *schema.Error
	var file *formError
	var dirty *history.Dirty
	var remote *forge.Error
	switch {
	case errors.As(err, &own):
		code, args, exit = own.code, own.args, own.exit
	case errors.As(err, &git):
		code, args, exit = git.Code, git.Args, gitExit(git)
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
	case errors.Is(err, history.ErrMoved):
		code, args = "error.moved", nil
	case errors.Is(err, history.ErrNothing):
		code, args = "error.nothing", nil
	case errors.Is(err, os.ErrNotExist):
		code = "error.no-file"
	}
	a.complain(code, args...)
	return exit
}

// formError is what is wrong with one YAML file.
type formError struct {
	path     string
	problems []schema.Problem
}

func (f *formError) Error() string {
	return f.path + ": " + (&schema.Error{Problems: f.problems}).Error()
}

// showProblems prints the first of them as check would, with place and rule.
func (a *app) showProblems(f *formError) {
	const most = 10
	var list []finding.Finding
	for _, p := range f.problems[:min(most, len(f.problems))] {
		list = append(list, finding.Finding{Rule: p.Rule, Severity: finding.Error, Code: p.Code, Args: p.Args,
			Place: finding.Place{Path: f.path, Line: p.Pos.Line, Column: p.Pos.Column}})
	}
	if err := finding.WriteFindings(a.err, list, false, a.lang); err == nil && len(f.problems) > most {
		fmt.Fprintln(a.err, a.lang.Say("error.more", len(f.problems)-most))
	}
}

// gitExit separates a wrong name or folder from a history nobody can judge.
func gitExit(e *history.Error) int {
	switch {
	case e.Malformed:
		return exitFindings
	case e.Code == "history.no-repository" || e.Code == "history.no-ref" || e.Code == "history.empty" || e.Code == "history.ambiguous" || e.Code == "history.identity":
		return exitUsage
	}
	return exitUndecided
}

// forgeExit separates what the forge will not do, and a wrong address, from what
// could not be found out.
func forgeExit(e *forge.Error) int {
	switch e.Code {
	case "forge.repository", "forge.address", "forge.plain-http", "forge.event":
		return exitUsage
	}
	if e.Refused {
		return exitFindings
	}
	return exitUndecided
}

// complain writes an error and its hint.
func (a *app) complain(code string, args ...any) {
	fmt.Fprintf(a.err, "tambal: %s: %s\n", a.lang.Say("severity.error"), finding.Inert(a.lang.Say(code, args...)))
	if hint := a.lang.Maybe(code+".hint", args...); hint != "" {
		fmt.Fprintf(a.err, "    %s %s\n", a.lang.Say("finding.hint"), finding.Inert(hint))
	}
}

// stopped turns a history that could not be read to the end into a finding, so
// that every format carries it; other errors pass through.
func stopped(err error) (finding.Finding, bool) {
	var git *history.Error
	var remote *forge.Error
	if errors.As(err, &remote) && forgeExit(remote) == exitUndecided {
		return finding.Finding{Rule: "forge-unread", Severity: finding.Undecided, Code: remote.Code, Args: remote.Args}, true
	}
	if !errors.As(err, &git) || gitExit(git) == exitUsage {
		return finding.Finding{}, false
	}
	f := finding.Finding{Rule: "history-shallow", Severity: finding.Undecided, Code: git.Code, Args: git.Args}
	if git.Malformed {
		f.Rule, f.Severity = "history-malformed", finding.Error
	}
	return f, true
}
