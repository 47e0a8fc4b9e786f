// The command tree: one line for each command, and the flags that all of them have.

package main

import (
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// run executes one command line and returns the exit code.
func (a *env) run(args []string) int {
	a.out, a.err = text.NewWriter(a.out), text.NewWriter(a.err) // nothing gets out by another way
	early := pflag.NewFlagSet("tambal", pflag.ContinueOnError)  // the help texts need the language before cobra parses
	early.ParseErrorsAllowlist.UnknownFlags = true
	early.BoolP("help", "h", false, "")
	lang := early.String("lang", "", "")
	_ = early.Parse(args) // cobra will say what is wrong with them
	a.lang, _ = text.Choose(*lang, a.getenv)
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

// commands are those of the program, in the order of --help.
func commands(a *env) []*cobra.Command {
	return []*cobra.Command{
		demoCommand(a), initCommand(a), newCommand(a), nextCommand(a), commitCommand(a),
		checkCommand(a), approveCommand(a), recordCommand(a), mergeCommand(a), auditCommand(a),
		statusCommand(a), reportCommand(a), explainCommand(a), versionCommand(a),
		doctorCommand(a), protectCommand(a),
	}
}

// newRoot builds the command tree.
func (a *env) newRoot() *cobra.Command {
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
	root.AddCommand(commands(a)...)
	a.localize(root)
	return root
}

// prepare reads the global flags.
func (a *env) prepare() error {
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

// command makes a subcommand whose help is in package text.
func (a *env) command(use string, args cobra.PositionalArgs, run func(args []string) error) *cobra.Command {
	name, _, _ := strings.Cut(use, " ")
	return &cobra.Command{
		Use: use, Args: args, DisableFlagsInUseLine: true,
		Short: a.lang.Say("command." + name), Long: a.lang.Say("command." + name + ".long"),
		RunE: func(_ *cobra.Command, args []string) error { return run(args) },
	}
}
