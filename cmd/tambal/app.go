package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
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

	ctx context.Context // ends when the person interrupts; nil never does
	// sleep waits for a forge that asks to wait; nil really does.
	sleep func(context.Context, time.Duration) error
	who   *history.Identity // overrides Git's configuration, for the demo

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
		a.checkCommand(), a.approveCommand(), a.recordCommand(), a.mergeCommand(), a.auditCommand(),
		a.statusCommand(), a.reportCommand(), a.explainCommand(), a.versionCommand(),
		a.doctorCommand(), a.protectCommand(),
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
func (a *app) say(code string, args ...any) {
	fmt.Fprintln(a.out, finding.Inert(a.lang.Say(code, args...)))
}

// tell writes one sentence to the person, beside a result that a machine reads.
func (a *app) tell(code string, args ...any) {
	out := a.out
	if a.format != "text" {
		out = a.err
	}
	fmt.Fprintln(out, finding.Inert(a.lang.Say(code, args...)))
}

// open opens the repository the command works on.
func (a *app) open() (*history.Repo, error) { return history.Open(a.dir) }

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
