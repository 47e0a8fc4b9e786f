package main

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/cmd/tambal/internal/report"
)

// reportCommand writes the formal document of a case from its history.
func (a *app) reportCommand() *cobra.Command {
	var document, format, output, ref string
	c := a.command("report ID [--format md|html|json] [--output FILE]", between(1, 1), func(args []string) error {
		if document != "laporan" {
			return usage("usage.document", document)
		}
		repo, err := a.open()
		if err != nil {
			return err
		}
		defer repo.Close()
		if ref == "" {
			ref = repo.Trunk()
		}
		data, verdict, err := a.report(repo, ref, args[0], format)
		if err != nil {
			return err
		}
		if output == "" || output == "-" {
			_, err = a.out.Write(data)
		} else if err = writeFile(filepath.Dir(output), filepath.Base(output), data); err == nil {
			a.say("report.written", output)
		}
		if err == nil && verdict != finding.Pass {
			a.complain("report.verdict." + string(verdict))
			err = &verdictError{verdict.ExitCode()}
		}
		return err
	})
	c.Flags().StringVar(&document, "document", "laporan", a.lang.Say("flag.document"))
	c.Flags().StringVar(&format, "format", "md", a.lang.Say("flag.report-format", strings.Join(report.Formats(), ", ")))
	c.Flags().StringVar(&output, "output", "", a.lang.Say("flag.output"))
	c.Flags().StringVar(&ref, "ref", "", a.lang.Say("flag.ref"))
	c.Flags().StringVar(&a.acceptRecord, "accept", "", a.lang.Say("flag.accept"))
	return c
}

// report builds the document and returns the verdict over the case's own
// findings: a report of a case that fails is still printed, but never silently.
func (a *app) report(repo *history.Repo, ref, id, format string) ([]byte, finding.Verdict, error) {
	if !slices.Contains(report.Formats(), format) {
		return nil, "", usage("usage.format", format)
	}
	result, line, err := a.audit(repo, ref, "")
	if err != nil {
		return nil, "", err
	}
	for _, c := range line.Cases {
		if c.ID != id {
			continue
		}
		var own []finding.Finding
		for _, f := range result.Findings {
			if f.Case == id {
				own = append(own, f)
			}
		}
		var b bytes.Buffer
		err := report.Write(&b, report.New(line, c, own, a.lang), format)
		return b.Bytes(), finding.Judge(own), err
	}
	return nil, "", usage("usage.case", id)
}
