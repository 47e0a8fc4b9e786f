package main

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/cmd/tambal/internal/report"
	"github.com/tambal-id/tambal/cmd/tambal/internal/rule"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
)

// reporting is one run of report.
type reporting struct {
	*app
	document, format, output, ref, since string
	online                               bool
}

// reportCommand writes the formal document of a case from its history, or of
// every case that was finished lately.
func (a *app) reportCommand() *cobra.Command {
	r := &reporting{app: a}
	c := a.command("report ID [--format md|html|json] [--output FILE] | report --since REF|DURATION --output DIR", between(0, 1), func(args []string) error {
		switch {
		case r.document != "laporan":
			return usage("usage.document", r.document)
		case (len(args) == 0) != (r.since != ""), r.since != "" && r.output == "":
			return usage("usage.report")
		case !slices.Contains(report.Formats(), r.format):
			return usage("usage.format", r.format)
		}
		repo, err := a.open()
		if err != nil {
			return err
		}
		defer repo.Close()
		if r.since != "" {
			return r.finished(repo)
		}
		data, verdict, err := r.report(repo, args[0])
		if err != nil {
			return err
		}
		if r.output == "" || r.output == "-" {
			_, err = a.out.Write(data)
		} else {
			err = r.save(filepath.Dir(r.output), filepath.Base(r.output), data)
		}
		if err == nil && verdict != finding.Pass {
			a.complain("report.verdict." + string(verdict))
			err = &verdictError{verdict.ExitCode()}
		}
		return err
	})
	f := c.Flags()
	f.StringVar(&r.document, "document", "laporan", a.lang.Say("flag.document"))
	f.StringVar(&r.format, "format", "md", a.lang.Say("flag.report-format", strings.Join(report.Formats(), ", ")))
	f.StringVar(&r.output, "output", "", a.lang.Say("flag.output"))
	f.StringVar(&r.ref, "ref", "", a.lang.Say("flag.ref"))
	f.StringVar(&r.since, "since", "", a.lang.Say("flag.report-since"))
	f.BoolVar(&r.online, "online", false, a.lang.Say("flag.online"))
	f.StringVar(&a.acceptRecord, "accept", "", a.lang.Say("flag.accept"))
	return c
}

func (r *reporting) save(dir, name string, data []byte) error {
	if err := writeFile(dir, name, data); err != nil {
		return err
	}
	r.say("report.written", filepath.Join(dir, name))
	return nil
}

// finished writes the report of every case whose closure landed after a commit
// of the main line, or within a time. All are written; the worst verdict is the
// answer.
func (r *reporting) finished(repo *history.Repo) error {
	result, line, err := r.audited(repo)
	if err != nil {
		return r.undecided(err)
	}
	fresh, err := r.fresh(repo, line)
	if err != nil {
		return err
	}
	worst := exitPass
	for _, c := range line.Cases {
		last := c.Last()
		if c.Outcome() == "" || last.Landing == nil || !fresh[last.Landing] {
			continue
		}
		data, verdict, err := r.render(repo, result, line, c)
		if err != nil {
			return err
		}
		if err := r.save(r.output, c.ID+"."+r.format, data); err != nil {
			return err
		}
		if verdict != finding.Pass {
			r.complain("report.verdict." + string(verdict))
			worst = max(worst, verdict.ExitCode())
		}
	}
	if worst != exitPass {
		return &verdictError{worst}
	}
	return nil
}

// fresh returns the landings after --since. Where it is a time, the landings'
// dates tell: they only choose what is printed.
func (r *reporting) fresh(repo *history.Repo, line *timeline.Timeline) (map[*timeline.Landing]bool, error) {
	fresh := map[*timeline.Landing]bool{}
	if d, err := time.ParseDuration(r.since); err == nil {
		for _, l := range line.Landings {
			fresh[l] = l.When.After(r.now.Add(-d))
		}
		return fresh, nil
	}
	from, err := repo.Resolve(r.since)
	if err != nil {
		return nil, err
	}
	for _, l := range slices.Backward(line.Landings) {
		if l.Commit.ID == from.ID {
			return fresh, nil
		}
		fresh[l] = true
	}
	return nil, usage("usage.since", r.since)
}

// audited judges the whole history, up to --ref or else the main line's head.
func (r *reporting) audited(repo *history.Repo) (*finding.Result, *timeline.Timeline, error) {
	ref := r.ref
	if ref == "" {
		ref = repo.Trunk()
	}
	return r.auditWith(repo, ref, "", r.online)
}

// report builds the document and returns the verdict over the case's own
// findings: a report of a case that fails is still printed, but never silently.
func (r *reporting) report(repo *history.Repo, id string) ([]byte, finding.Verdict, error) {
	result, line, err := r.audited(repo)
	if err != nil {
		return nil, "", err
	}
	for _, c := range line.Cases {
		if c.ID == id {
			return r.render(repo, result, line, c)
		}
	}
	return nil, "", usage("usage.case", id)
}

func (r *reporting) render(repo *history.Repo, result *finding.Result, line *timeline.Timeline, c *timeline.Case) ([]byte, finding.Verdict, error) {
	own := findingsOf(c, result.Findings)
	doc, err := r.model(repo, line, c, own)
	if err != nil {
		return nil, "", err
	}
	var b bytes.Buffer
	err = report.Write(&b, doc, r.format)
	return b.Bytes(), finding.Judge(own), err
}

// model makes the report of a closed case at the case's own last landing, so
// that it stays the same whatever else lands; unless the audit found an error in
// the case since. An open case is told as it stands, and --ref as it stood there.
func (r *reporting) model(repo *history.Repo, line *timeline.Timeline, c *timeline.Case, own []finding.Finding) (*report.Report, error) {
	if r.ref != "" || c.Outcome() == "" {
		return report.New(line, c, own, r.lang), nil
	}
	step, touched := line.Settled(c)
	then, err := r.madeAt(repo, line, c, step)
	if err != nil {
		return nil, err
	}
	latest := report.Latest(then, line, c, own, r.lang)
	if latest == then && touched != step {
		if then, err = r.madeAt(repo, line, c, touched); err == nil {
			latest = report.Latest(then, line, c, own, r.lang)
		}
	}
	return latest, err
}

// madeAt makes the report as it was at a landing.
func (r *reporting) madeAt(repo *history.Repo, line *timeline.Timeline, c *timeline.Case, l *timeline.Landing) (*report.Report, error) {
	options, err := r.options()
	if err != nil {
		return nil, err
	}
	then, old, err := line.Back(repo, c, l)
	if err != nil {
		return nil, err
	}
	return report.New(then, old, findingsOf(old, rule.Run(then, options)), r.lang), nil
}

func findingsOf(c *timeline.Case, all []finding.Finding) (own []finding.Finding) {
	for _, f := range all {
		if f.Case == c.ID {
			own = append(own, f)
		}
	}
	return own
}
