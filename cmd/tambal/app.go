package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/schema"
)

// Exit codes of every command.
const (
	exitPass      = 0
	exitFindings  = 1
	exitUsage     = 2
	exitUndecided = 3
)

// app is what the commands share: the world outside and the global flags.
type app struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
	terminal bool          // a person sits at in and err
	lines    *bufio.Reader // in, line by line; one reader, so that nothing typed ahead is lost

	who *history.Identity // overrides Git's configuration, for the demo

	lang         text.Lang
	dir          string
	langFlag     string
	nowFlag      string
	now          time.Time
	format       string
	acceptRecord string
}

// run executes one command line and returns the exit code.
func (a *app) run(args []string) int {
	a.lang, _ = text.Choose("", a.getenv)
	for i, arg := range args { // the help texts need the language before cobra parses
		value, ok := strings.CutPrefix(arg, "--lang=")
		if arg == "--lang" && i+1 < len(args) {
			value, ok = args[i+1], true
		}
		if lang, known := text.Choose(value, a.getenv); ok && known {
			a.lang = lang
		}
	}
	root := a.newRoot()
	root.SetArgs(args)
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	if err := root.Execute(); err != nil {
		return a.explainError(err)
	}
	return exitPass
}

// newRoot builds the command tree.
func (a *app) newRoot() *cobra.Command {
	root := &cobra.Command{
		Use: "tambal", Short: a.lang.Say("command.tambal"), Long: a.lang.Say("command.tambal.long"),
		SilenceErrors: true, SilenceUsage: true,
		PersistentPreRunE: func(*cobra.Command, []string) error { return a.prepare() },
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	flags := root.PersistentFlags()
	flags.StringVar(&a.dir, "repo", ".", a.lang.Say("flag.repo"))
	flags.StringVar(&a.langFlag, "lang", "", a.lang.Say("flag.lang"))
	flags.StringVar(&a.nowFlag, "now", "", a.lang.Say("flag.now"))
	root.AddCommand(
		a.demoCommand(), a.initCommand(), a.newCommand(), a.nextCommand(), a.commitCommand(),
		a.checkCommand(), a.approveCommand(), a.mergeCommand(), a.auditCommand(),
		a.statusCommand(), a.reportCommand(), a.explainCommand(), a.versionCommand(),
	)
	a.localize(root)
	return root
}

// prepare reads the global flags.
func (a *app) prepare() error {
	lang, ok := text.Choose(a.langFlag, a.getenv)
	if !ok {
		return usage("usage.lang", a.langFlag)
	}
	a.lang = lang
	if a.nowFlag == "" {
		a.now = time.Now().Truncate(time.Second)
		return nil
	}
	now, err := time.Parse(time.RFC3339, a.nowFlag)
	if err != nil {
		return usage("usage.now", a.nowFlag)
	}
	a.now = now
	return nil
}

// command makes a subcommand whose help stands in package text.
func (a *app) command(use string, args cobra.PositionalArgs, run func(args []string) error) *cobra.Command {
	name, _, _ := strings.Cut(use, " ")
	return &cobra.Command{
		Use: use, Args: args, DisableFlagsInUseLine: true,
		Short: a.lang.Say("command." + name), Long: a.lang.Say("command." + name + ".long"),
		RunE: func(_ *cobra.Command, args []string) error { return run(args) },
	}
}

// findingFlags adds the flags of commands that report findings.
func (a *app) findingFlags(c *cobra.Command) {
	c.Flags().StringVar(&a.format, "format", "text", a.lang.Say("flag.format"))
	c.Flags().StringVar(&a.acceptRecord, "accept", "", a.lang.Say("flag.accept"))
}

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
	switch {
	case errors.As(err, &own):
		code, args, exit = own.code, own.args, own.exit
	case errors.As(err, &git):
		code, args, exit = git.Code, git.Args, gitExit(git)
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

// complain writes an error and its hint.
func (a *app) complain(code string, args ...any) {
	fmt.Fprintf(a.err, "tambal: %s: %s\n", a.lang.Say("severity.error"), a.lang.Say(code, args...))
	if hint := a.lang.Maybe(code+".hint", args...); hint != "" {
		fmt.Fprintf(a.err, "    %s %s\n", a.lang.Say("finding.hint"), hint)
	}
}

// readLine reads one answer of the person.
func (a *app) readLine() (string, error) {
	if a.lines == nil {
		a.lines = bufio.NewReader(a.in)
	}
	line, err := a.lines.ReadString('\n')
	if err != nil {
		return "", usage("questions.stopped")
	}
	return strings.TrimSpace(line), nil
}

// say writes one sentence to the person.
func (a *app) say(code string, args ...any) { fmt.Fprintln(a.out, a.lang.Say(code, args...)) }

// open opens the repository the command works on.
func (a *app) open() (*history.Repo, error) { return history.Open(a.dir) }

// stopped turns a history that could not be read to the end into a finding, so
// that every format carries it; other errors pass through.
func stopped(err error) (finding.Finding, bool) {
	var git *history.Error
	if !errors.As(err, &git) || gitExit(git) == exitUsage {
		return finding.Finding{}, false
	}
	f := finding.Finding{Rule: "history-shallow", Severity: finding.Undecided, Code: git.Code, Args: git.Args}
	if git.Malformed {
		f.Rule, f.Severity = "history-malformed", finding.Error
	}
	return f, true
}

// write prints a result in the chosen format and ends with its verdict.
func (a *app) write(r *finding.Result) error {
	writer := finding.Writers[a.format]
	if writer == nil {
		return usage("usage.format", a.format)
	}
	if err := writer(a.out, r, a.lang); err != nil {
		return err
	}
	if code := r.Verdict().ExitCode(); code != exitPass {
		return &verdictError{code}
	}
	return nil
}
