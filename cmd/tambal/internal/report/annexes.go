package report

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/schema"
)

// annexes are the proofs behind the report, numbered from 1.
func (d *draft) annexes() []Section {
	return numbered(strconv.Itoa, []Section{
		d.disposition(), d.analysis(), d.scans(), d.logs(), d.trail(), d.files(),
	})
}

// disposition is SOP 4: the decision, its proof, and how to check it again.
func (d *draft) disposition() Section {
	a := d.Approval
	if a == nil {
		return Section{}
	}
	b := d.c.Decision().Approval.Approval
	return d.section("disposition",
		facts(
			d.fact("decision", d.word("decision", a.Decision)),
			d.fact("by", lines(d.named(a.By), orDash(lines(a.By.Title, d.roleTitle(a.By))))),
			d.fact("acting-for", b.ActingFor), d.fact("at", d.Stated(a.At)),
			d.fact("agenda-no", orDash(b.AgendaNo)), d.fact("nature", orDash(d.word("nature", b.Nature))),
			d.fact("disposition", b.Disposition), d.fact("conditions", orDash(lines(b.Conditions...))),
			d.fact("strength", d.strength(a)),
			d.fact("subject", d.say("subject", d.Grouped(a.SubjectBytes), a.SubjectSHA256)),
			d.fact("subject-fits", d.fits(a)),
		),
		d.recheck(a, b))
}

func (d *draft) fits(a *Approval) string {
	if a.SubjectFits {
		return d.say("subject.fits")
	}
	return d.say("subject.differs")
}

// strength says in words how an approval is proven, and what weakens it.
func (d *draft) strength(a *Approval) string {
	all := []string{d.word("strength", a.Strength)}
	if a.Capped {
		all = append(all, d.say("strength.capped"))
	}
	if d.c.Decision().Approval.Moved {
		all = append(all, d.say("strength.moved"))
	}
	if a.PolicyDiffers {
		all = append(all, d.say("strength.policy"))
	}
	if fault := d.c.Decision().Approval.Fault(); fault.Code != "" {
		all = append(all, d.say("strength.fault", fault))
	}
	return lines(all...)
}

// recheck tells an auditor how to repeat the check without this program.
func (d *draft) recheck(a *Approval, b *schema.Approval) []Block {
	manifest, id, by := shellWord(d.c.Dir+"/"+schema.ManifestFile), shellWord(d.Case.ID), shellWord(b.By)
	digest := fmt.Sprintf("head -c %d %s | sha256sum", a.SubjectBytes, manifest)
	blocks := append(paragraph(d.say("recheck.subject")), Block{Code: []string{digest}})
	switch {
	case b.Signature != "":
		blocks = append(blocks, paragraph(d.say("recheck.signature", b.By))...)
		blocks = append(blocks, Block{Code: []string{
			"tambal approve " + id + " --print-statement > statement.txt",
			"ssh-keygen -Y verify -f allowed_signers -I " + by + " -n " + signature.ApprovalNamespace + " -s approval.sig < statement.txt",
		}})
	case b.Review != nil:
		blocks = append(blocks, paragraph(d.say("recheck.review"))...)
		blocks = append(blocks, facts(
			d.fact("repository", b.Review.Repository), d.fact("pull-request", fmt.Sprint(b.Review.PullRequest)),
			d.fact("review", fmt.Sprint(b.Review.ID)), d.fact("submitted-at", d.Stated(b.Review.SubmittedAt)),
			d.fact("commit", b.Review.Commit))...)
	}
	return blocks
}

// plainWord needs no quotes in a shell.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9./_@+-]+$`)

// shellWord quotes a value for a command that a person will paste.
func shellWord(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// analysis is SOP 2 and 3: the plan and the recommendation that was decided on.
func (d *draft) analysis() Section {
	plan, result := d.section("plan"), d.section("recommendation")
	if p := body[schema.Plan](d.c, schema.ItemPlan); p != nil {
		source, told := "", []string{}
		if p.Source != nil {
			source = p.Source.Reference
			if p.Source.SHA256 != "" {
				source = lines(source, "SHA-256 "+p.Source.SHA256)
			}
		}
		for _, c := range p.Coordination {
			told = append(told, d.say("told", c.Who, d.Stated(c.At), c.How))
		}
		plan.Blocks = facts(
			d.fact("objective", p.Objective), d.fact("source", source), d.fact("actions", lines(p.Actions...)),
			d.fact("restarts", lines(p.Restarts...)), d.fact("backup", p.Backup), d.fact("rollback", p.Rollback),
			d.fact("planned-tests", lines(p.Tests...)), d.fact("executor", p.Executor),
			d.fact("downtime", p.Downtime), d.fact("coordination", lines(told...)))
	}
	if a := body[schema.Analysis](d.c, schema.ItemAnalysis); a != nil {
		result.Blocks = facts(
			d.fact("urgency", d.say("urgency", d.date(a.Urgency.Due), d.word("method", a.Urgency.Method))),
			d.fact("change-type", d.word("change", a.ChangeType)),
			d.fact("risk-if-patched", a.RiskIfPatched), d.fact("risk-if-not", a.RiskIfNot), d.fact("impact", a.Impact),
			d.fact("trial", a.Trial), d.fact("alternatives", a.Alternatives), d.fact("result", a.Result),
			d.fact("recommendation", d.word("recommendation", a.Recommendation)), d.fact("conditions", lines(a.Conditions...)))
	}
	return d.section("analysis").with(plan, result)
}

// scans is what the scanners saw before and after the change.
func (d *draft) scans() Section {
	var rows [][]Cell
	for _, f := range d.Files {
		if f.Phase != schema.PhaseBefore && f.Phase != schema.PhaseAfter {
			continue
		}
		phase, system := d.word("phase", f.Phase), orDash(f.System)
		if f.Scan == nil {
			rows = append(rows, cells(phase, system, f.Path, d.unread(f), "", ""))
			continue
		}
		shows := enumerate(f.Scan.Shows)
		if shows == "" {
			shows = d.say("scan.clean")
		}
		what := lines(d.say("scan.tool", f.Scan.Tool, f.Scan.Target), d.fileState(f))
		if f.from.TargetChange != "" {
			what = lines(what, d.say("scan.target-change", clause(f.from.TargetChange)))
		}
		if f.from.DateNote != "" {
			what = lines(what, d.say("scan.date-note", clause(f.from.DateNote)))
		}
		made := d.Stated(f.Scan.Created)
		if f.from.Scan.Created.IsZero() && !f.from.Held.IsZero() {
			made = d.say("scan.by-commit", d.Moment(f.from.Held))
		}
		rows = append(rows, cells(phase, system, f.Path, what, made, d.say("scan.found", d.Grouped(f.Scan.Findings), shows)))
	}
	without := ""
	if b := body[schema.Implementation](d.c, schema.ItemImplementation); b != nil && b.WithoutScan != "" {
		without = d.say("scan.without", clause(b.WithoutScan))
	}
	return d.section("scans", d.table("scans", rows, "phase", "system", "file", "scan", "scanned-at", "found"), paragraph(without))
}

// unread says why a listed scan could not be used.
func (d *draft) unread(f File) string {
	switch fault := f.from.Fault; {
	case f.State != "":
		return d.fileState(f)
	case fault != nil:
		return d.say("scan.fault", text.Phrase{Code: fault.Code, Args: fault.Args})
	}
	return d.say("scan.unread", f.Format)
}

// logs is the SIEM and log material: what justified the window, and the watch.
func (d *draft) logs() Section {
	var basis, rows = []string{}, [][]Cell{}
	for _, s := range d.c.Steps {
		if b, ok := s.Item.Body.(*schema.Schedule); ok {
			basis = append(basis, b.Basis.Logs...)
		}
	}
	for _, f := range d.Files {
		if f.Phase == schema.PhaseSIEM {
			rows = append(rows, cells(orDash(f.System), f.Path, f.Format, lines(d.say("bytes", d.Grouped(f.Size)), d.fileState(f))))
		}
	}
	return d.section("logs", list(d.say("logs.basis"), basis), d.table("siem", rows, "system", "file", "format", "size"))
}

// trail is who put what into the history when, and what it can be checked by.
func (d *draft) trail() Section {
	var rows [][]Cell
	for _, s := range d.Steps {
		landed := d.say("not-landed")
		if s.Landing != "" {
			landed = lines(s.Landing, d.Stated(s.LandedAt))
		}
		step := s.Name
		if s.No != "" {
			step = s.No + " " + s.Name
		}
		rows = append(rows, cells(step, d.people(s), lines(s.Commit, d.Stated(s.AuthoredAt)), landed))
	}
	opened := ""
	if d.Trail.OpenedPolicy != d.Trail.Policy {
		opened = d.Trail.OpenedPolicy
	}
	others := ""
	if d.OtherFindings > 0 {
		others = d.say("trail.others", d.OtherFindings)
	}
	return d.section("trail",
		d.table("trail", rows, "step", "author", "commit", "landing"),
		facts(d.fact("head", orDash(d.Trail.Head)), d.fact("anchor", orDash(d.Trail.Anchor)), d.fact("policy", orDash(d.Trail.Policy)),
			d.fact("opened-policy", opened), d.fact("case-digest", orDash(d.Trail.CaseDigest))),
		paragraph(d.say("trail.note")), paragraph(others))
}

// files is every file of the case with its digest.
func (d *draft) files() Section {
	var rows [][]Cell
	if m := d.c.Manifest; m != nil {
		rows = append(rows, cells(schema.ManifestFile, d.say("file.manifest"), d.say("bytes", d.Grouped(len(m.Data))), strings.TrimPrefix(d.Trail.CaseDigest, "sha256:")))
	}
	for _, f := range d.Files {
		size := dash
		if f.Size > 0 {
			size = d.say("bytes", d.Grouped(f.Size))
		}
		row := cells(f.Path, lines(d.word("phase", f.Phase), f.System), lines(size, d.fileState(f)), f.SHA256)
		row[2].Strong = f.State != ""
		rows = append(rows, row)
	}
	signed := ""
	if c := body[schema.Closure](d.c, schema.ItemClosure); c != nil {
		signed = c.SignedDocument
	}
	return d.section("files", d.table("files", rows, "file", "kind", "size", "sha256"), facts(d.fact("signed-document", signed)))
}

// fileState says what is wrong with a listed file; "" for a good one.
func (d *draft) fileState(f File) string {
	if f.State == "" {
		return ""
	}
	return d.word("file", f.State)
}
