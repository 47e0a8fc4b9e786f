// Exit codes, and how an error becomes a sentence with a hint. Nothing else decides
// them: a verdict's own code comes from package finding.

package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
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

// usage is a mistake in the call or in the configuration.
func usage(code string, args ...any) error { return &gate.Error{Code: code, Args: args} }

// refused is a command that will not do what was asked because of what it found.
func refused(code string, args ...any) error {
	return &gate.Error{Code: code, Args: args, Verdict: finding.Fail}
}

// exitError ends a command whose findings have been printed.
type exitError int

func (e exitError) Error() string { return fmt.Sprint("exit ", int(e)) }

// ended ends a command with an exit code.
func ended(exit int) error {
	if exit == exitPass {
		return nil
	}
	return exitError(exit)
}

// explainError says what went wrong, where, and what to do, and returns the
// exit code.
func (a *env) explainError(err error) int {
	if exit, ok := errors.AsType[exitError](err); ok {
		return int(exit)
	}
	code, args, exit := "error.other", []any{err}, exitUsage
	var own *gate.Error
	var broken *git.Error
	var sig *signature.Error
	var form *schema.Error
	var file *schema.FileError
	var dirty *git.Dirty
	var remote *forge.Error
	switch {
	case errors.As(err, &own):
		if code, args = own.Code, own.Args; own.Verdict != "" {
			exit = own.Verdict.ExitCode()
		}
		if list := own.Findings; list != nil && finding.WriteText(a.err, &finding.Result{Findings: list}, a.lang) != nil {
			return exitUsage
		}
	case errors.As(err, &broken):
		code, args, exit = broken.Code, broken.Args, exitOf(broken, broken.Malformed)
	case errors.As(err, &remote):
		code, args, exit = remote.Code, remote.Args, exitOf(remote, remote.Refused)
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
	case errors.Is(err, os.ErrNotExist):
		code, args = "error.no-file", []any{fileOf(err)}
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		code, args = "error.full", []any{fileOf(err)}
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EROFS):
		code, args = "error.denied", []any{fileOf(err)}
	}
	a.complain(code, args...)
	return exit
}

// fileOf is the file that an error is about.
func fileOf(err error) string {
	if moved, ok := errors.AsType[*os.LinkError](err); ok {
		return moved.New
	}
	if at, ok := errors.AsType[*os.PathError](err); ok {
		return at.Path
	}
	return "?"
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

// exitOf separates a wrong name, folder or address, and what was found to be so,
// from what could not be found out.
func exitOf(err error, found bool) int {
	switch {
	case gate.Mistaken(err):
		return exitUsage
	case found:
		return exitFindings
	}
	return exitUndecided
}

// complain writes an error and its hint.
func (a *env) complain(code string, args ...any) {
	fmt.Fprintf(a.err, "tambal: %s: %s\n", a.lang.Say("severity.error"), a.lang.Say(code, args...))
	if hint := a.lang.Maybe(code+".hint", args...); hint != "" {
		fmt.Fprintf(a.err, "    %s %s\n", a.lang.Say("finding.hint"), hint)
	}
}
