// tambal explain: a rule in words, with the example that breaks it and then keeps it.

package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/rule"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/examples"
)

// explainCommand says what a rule wants and why, with an example that breaks
// and keeps it.
func explainCommand(a *env) *cobra.Command {
	return a.command("explain [RULE]", between(0, 1), func(args []string) error {
		if len(args) == 0 {
			for _, r := range rule.All {
				fmt.Fprintf(a.out, "%-24s %-14s %s\n", r.ID, a.lang.Say("severity."+string(r.Severity)), a.lang.Say(r.ID+".title"))
			}
			return nil
		}
		r := rule.Find(args[0])
		if r == nil {
			return usage("usage.rule", args[0])
		}
		fmt.Fprintf(a.out, "%s (%s): %s\n\n%s\n", r.ID, a.lang.Say("severity."+string(r.Severity)), a.lang.Say(r.ID+".title"),
			text.Wrap(a.lang.Say(r.ID+".doc"), 88))
		example, err := examples.FS.ReadFile("rules/" + r.ID + ".txtar")
		if err != nil {
			return fmt.Errorf("read the example of %s: %w", r.ID, err)
		}
		script, _, _ := strings.Cut(string(example), "\n-- ")
		fmt.Fprintf(a.out, "\n%s\n\n", a.lang.Say("explain.example", "examples/rules/"+r.ID+".txtar"))
		for _, line := range strings.Split(strings.TrimSpace(script), "\n") {
			fmt.Fprintln(a.out, strings.TrimRight("    "+line, " "))
		}
		if r.Severity == finding.Error {
			fmt.Fprintf(a.out, "\n%s\n\n    exceptions:\n      - commit: COMMIT\n        rule: %s\n        reason: ...\n", text.Wrap(a.lang.Say("explain.landed"), 88), r.ID)
		}
		return nil
	})
}
