package report

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
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
	b := d.c.Decision().Decision.Approval
	return d.section("disposition",
		facts(
			d.fact("decision", d.word("decision", a.Decision)),
			d.fact("by", lines(d.named(a.By), orDash(lines(a.By.Title, d.roleTitle(a.By))))),
			d.fact("acting-for", b.ActingFor), d.fact("at", d.Stated(a.At)),
			d.fact("agenda-no", orDash(b.AgendaNo)), d.fact("nature", orDash(d.word("nature", b.Nature))),
			d.fact("disposition", b.Disposition), d.fact("conditions", orDash(lines(b.Conditions...))),
			d.fact("strength", d.strength(a)),
			d.fact("subject", d.say("subject", d.Grouped(a.SubjectBytes), a.SubjectSHA256)),
			d.fact("subject-fits", d.Either(a.SubjectFits, "subject.fits", "subject.differs")),
		),
		d.recheck(a, b))
}

// strength says in words how an approval is proven, and what weakens it.
func (d *draft) strength(a *Decision) string {
	all := []string{d.word("strength", a.Strength)}
	if a.Capped {
		all = append(all, d.say("strength.capped"))
	}
	if d.c.Decision().Decision.Moved {
		all = append(all, d.say("strength.moved"))
	}
	if a.PolicyDiffers {
		all = append(all, d.say("strength.policy"))
	}
	if fault := d.c.Decision().Decision.Fault(); fault.Code != "" {
		all = append(all, d.say("strength.fault", fault))
	}
	return lines(all...)
}

// recheck tells an auditor how to repeat the check without this program.
func (d *draft) recheck(a *Decision, b *schema.Approval) []Block {
	manifest, id, by := shellWord(d.c.Dir+"/"+schema.ManifestFile), shellWord(d.Case.ID), shellWord(b.By)
	digest := fmt.Sprintf("head -c %d %s | sha256sum", a.SubjectBytes, manifest)
	blocks := []Block{{Text: d.say("recheck.subject")}, {Code: []string{digest}}}
	switch {
	case b.Signature != "":
		blocks = append(blocks, Block{Text: d.say("recheck.signature", b.By)}, Block{Code: []string{
			"tambal approve " + id + " --print-statement > statement.txt",
			"ssh-keygen -Y verify -f allowed_signers -I " + by + " -n " + signature.ApprovalNamespace + " -s approval.sig < statement.txt",
		}})
	case b.Review != nil:
		blocks = slices.Concat(blocks, paragraph(d.say("recheck.review")), facts(
			d.fact("repository", b.Review.Repository), d.fact("pull-request", fmt.Sprint(b.Review.PullRequest)),
			d.fact("review", fmt.Sprint(b.Review.ID)), d.fact("submitted-at", d.Stated(b.Review.SubmittedAt)),
			d.fact("commit", b.Review.Commit)))
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
	p, _ := body[schema.Plan](d.c, schema.ItemPlan)
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
	plan, result := d.section("plan", facts(
		d.fact("objective", p.Objective), d.fact("source", source), d.fact("actions", lines(p.Actions...)),
		d.fact("restarts", lines(p.Restarts...)), d.fact("backup", p.Backup), d.fact("rollback", p.Rollback),
		d.fact("planned-tests", lines(p.Tests...)), d.fact("executor", p.Executor),
		d.fact("downtime", p.Downtime), d.fact("coordination", lines(told...)))), d.section("recommendation")
	if a, ok := body[schema.Analysis](d.c, schema.ItemAnalysis); ok {
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
		shows := cmp.Or(enumerate(f.Scan.Shows), d.say("scan.clean"))
		what := lines(d.say("scan.tool", f.Scan.Tool, f.Scan.Target), d.word("file", f.State),
			d.around("scan.target-change", f.from.TargetChange), d.around("scan.date-note", f.from.DateNote))
		made := d.Stated(f.Scan.Created)
		if f.from.Scan.Created.IsZero() && !f.from.Held.IsZero() {
			made = d.say("scan.by-commit", d.Moment(f.from.Held))
		}
		rows = append(rows, cells(phase, system, f.Path, what, made, d.say("scan.found", d.Grouped(f.Scan.Findings), shows)))
	}
	done, _ := body[schema.Implementation](d.c, schema.ItemImplementation)
	return d.section("scans",
		d.table("scans", rows, "phase", "system", "file", "scan", "scanned-at", "found"),
		paragraph(d.around("scan.without", done.WithoutScan)))
}

// unread says why a listed scan could not be used.
func (d *draft) unread(f File) string {
	switch fault := f.from.Fault; {
	case f.State != "":
		return d.word("file", f.State)
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
			rows = append(rows, cells(orDash(f.System), f.Path, f.Format, lines(d.say("bytes", d.Grouped(f.Size)), d.word("file", f.State))))
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
		rows = append(rows, cells(strings.TrimSpace(s.No+" "+s.Name), d.people(s), lines(s.Commit, d.Stated(s.AuthoredAt)), landed))
	}
	opened := ""
	if d.Trail.OpenedPolicy != d.Trail.Policy {
		opened = d.Trail.OpenedPolicy
	}
	return d.section("trail",
		d.table("trail", rows, "step", "author", "commit", "landing"),
		facts(d.fact("head", orDash(d.Trail.Head)), d.fact("anchor", orDash(d.Trail.Anchor)), d.fact("policy", orDash(d.Trail.Policy)),
			d.fact("opened-policy", opened), d.fact("case-digest", orDash(d.Trail.CaseDigest))),
		paragraph(d.say("trail.note")))
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
		row := cells(f.Path, lines(d.word("phase", f.Phase), f.System), lines(size, d.word("file", f.State)), f.SHA256)
		row[2].Strong = f.State != ""
		rows = append(rows, row)
	}
	closure, _ := body[schema.Closure](d.c, schema.ItemClosure)
	return d.section("files",
		d.table("files", rows, "file", "kind", "size", "sha256"), facts(d.fact("signed-document", closure.SignedDocument)))
}
