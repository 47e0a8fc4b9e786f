// Help in both languages; cobra's own templates are English only.

package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// localize makes everything cobra itself says follow the language: headings,
// the help flag and command, and its complaints about flags, arguments and
// commands, which become errors with a hint.
func (a *env) localize(root *cobra.Command) {
	root.SetUsageTemplate(strings.NewReplacer(
		"@usage", a.lang.Say("help.usage"), "@commands", a.lang.Say("help.commands"), "@flags", a.lang.Say("help.flags"),
		"@global", a.lang.Say("help.global"), "@more", a.lang.Say("help.more")).Replace(usageTemplate))
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		if name, ok := strings.CutPrefix(err.Error(), "unknown flag: "); ok {
			return usage("usage.flag-unknown", name, c.CommandPath())
		}
		return usage("usage.flag", err, c.CommandPath())
	})
	root.SetHelpCommand(&cobra.Command{Use: "help", Hidden: true, RunE: func(_ *cobra.Command, args []string) error {
		if c, _, err := root.Find(args); err == nil {
			return c.Help()
		}
		return usage("usage.command", args[0])
	}})
	root.Args, root.DisableFlagsInUseLine = cobra.ArbitraryArgs, true
	root.RunE = func(c *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usage("usage.command", args[0])
		}
		return c.Help()
	}
	for _, c := range append(root.Commands(), root) {
		c.InitDefaultHelpFlag()
		c.Flags().Lookup("help").Usage = a.lang.Say("help.flag")
		c.PreRunE = func(c *cobra.Command, _ []string) error { // before cobra complains in English
			if c.ValidateFlagGroups() == nil {
				return nil
			}
			var given []string
			c.LocalFlags().VisitAll(func(f *pflag.Flag) {
				if f.Changed {
					given = append(given, "--"+f.Name)
				}
			})
			return usage("usage.flags", given, c.CommandPath())
		}
	}
}

// between wants from least to most arguments.
func between(least, most int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) < least || len(args) > most {
			return usage("usage.args", c.UseLine())
		}
		return nil
	}
}

const usageTemplate = `@usage{{if .Runnable}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}

@commands{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding }} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

@flags
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

@global
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableSubCommands}}

@more{{end}}
`
