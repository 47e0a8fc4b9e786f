// tambal report: the implementation report of one case, or of all cases closed since a
// landing or within a time span.

package main

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/report"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
)

// reportFlags are those of one report.
type reportFlags struct {
	historyFlags
	document, output, ref, since string
}

// reportCommand writes the formal document of a case from its history, or of
// every case that was finished lately.
func reportCommand(a *env) *cobra.Command {
	var o reportFlags
	c := a.command("report ID [--format md|html|json] [--output FILE] | report --since REF|DURATION --output DIR", between(0, 1), func(args []string) error {
		switch {
		case o.document != "laporan":
			return usage("usage.document", o.document)
		case (len(args) == 0) != (o.since != ""), o.since != "" && o.output == "":
			return usage("usage.report")
		case !slices.Contains(report.Formats(), o.format):
			return usage("usage.format", o.format)
		}
		return a.clone(func(repo *git.Repo) error {
			if o.since != "" {
				return reportFinished(a, repo, o)
			}
			return reportCase(a, repo, args[0], o)
		})
	})
	f := c.Flags()
	f.StringVar(&o.document, "document", "laporan", a.lang.Say("flag.document"))
	f.StringVar(&o.format, "format", "md", a.lang.Say("flag.report-format", strings.Join(report.Formats(), ", ")))
	f.StringVar(&o.output, "output", "", a.lang.Say("flag.output"))
	f.StringVar(&o.ref, "ref", "", a.lang.Say("flag.ref"))
	f.StringVar(&o.since, "since", "", a.lang.Say("flag.report-since"))
	o.onlineFlag(a, c)
	o.acceptFlag(a, c)
	return c
}

// reportCase writes the report of one case. That of a case that fails is still
// printed, but never silently.
func reportCase(a *env, repo *git.Repo, id string, o reportFlags) error {
	verdict, options, err := reported(a, repo, o)
	if err != nil {
		return err
	}
	c := verdict.Timeline.Case(id)
	if c == nil {
		return usage("usage.case", id)
	}
	data, err := render(a, repo, verdict, c, o, options)
	if err != nil {
		return err
	}
	if o.output == "" || o.output == "-" {
		_, err = a.out.Write(data)
	} else {
		err = saveReport(a, filepath.Dir(o.output), filepath.Base(o.output), data)
	}
	if err != nil {
		return err
	}
	return ended(reportVerdict(a, verdict.Of(c)))
}

// reportFinished writes the report of every case whose closure landed after a
// commit of the main line, or within a time. All are written; the highest exit
// code is returned.
func reportFinished(a *env, repo *git.Repo, o reportFlags) error {
	verdict, options, err := reported(a, repo, o)
	if err != nil {
		return a.undecided(asText, err)
	}
	fresh, err := verdict.Since(repo, o.since, a.now)
	if err != nil {
		return err
	}
	worst := exitPass
	for _, c := range verdict.Timeline.Cases {
		last := c.Last()
		if c.Outcome() == "" || last.Landing == nil || !fresh[last.Landing] {
			continue
		}
		data, err := render(a, repo, verdict, c, o, options)
		if err != nil {
			return err
		}
		if err := saveReport(a, o.output, c.ID+"."+o.format, data); err != nil {
			return err
		}
		worst = max(worst, reportVerdict(a, verdict.Of(c)))
	}
	return ended(worst)
}

// reported judges the whole history, up to --ref or else the main line's head.
func reported(a *env, repo *git.Repo, o reportFlags) (*gate.Judgement, gate.Options, error) {
	options, err := o.options(a)
	if err != nil {
		return nil, options, err
	}
	verdict, err := o.judge(a, repo, o.ref, options)
	return verdict, options, err
}

func render(a *env, repo *git.Repo, verdict *gate.Judgement, c *timeline.Case, o reportFlags, options gate.Options) ([]byte, error) {
	doc, err := verdict.Report(repo, c, o.ref != "", options, a.lang)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = report.Write(&b, doc, o.format)
	return b.Bytes(), err
}

func saveReport(a *env, dir, name string, data []byte) error {
	if err := git.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
		return err
	}
	a.say("report.written", filepath.Join(dir, name))
	return nil
}

// reportVerdict says beside a document that its case fails, and returns the exit
// code.
func reportVerdict(a *env, own []finding.Finding) int {
	v := finding.Judge(own)
	if v != finding.Pass {
		a.complain("report.verdict." + string(v))
	}
	return v.ExitCode()
}
