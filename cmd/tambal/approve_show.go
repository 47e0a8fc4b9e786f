package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/schema"
)

// show prints what the decision is about, short enough to read in a minute.
func (p *approval) show() {
	line := func(label, value string) {
		if value != "" {
			fmt.Fprintf(p.err, "  %-22s %s\n", p.lang.Say("approve.label."+label), text.Clean(value))
		}
	}
	fmt.Fprintln(p.err, p.lang.Say("approve.title", p.id, p.change.After.Metadata.Title))
	for _, s := range p.change.Case.Steps {
		switch body := s.Item.Body.(type) {
		case *schema.Monitoring:
			for _, v := range body.Vulnerabilities {
				line("vulnerability", strings.TrimSpace(v.ID+" "+v.CVSS))
			}
		case *schema.Plan:
			for _, t := range body.Targets {
				line("system", fmt.Sprintf("%s: %s → %s", t.System, t.From, t.To))
			}
			line("downtime", body.Downtime)
			line("backup", body.Backup)
			line("rollback", body.Rollback)
		case *schema.Analysis:
			line("due", body.Urgency.Due+" ("+body.Urgency.Method+")")
			line("risk-patched", body.RiskIfPatched)
			line("risk-not", body.RiskIfNot)
			line("impact", body.Impact)
			line("recommendation", p.lang.Say("recommendation."+body.Recommendation))
			line("conditions", strings.Join(body.Conditions, "; "))
		}
	}
	subject := timeline.SubjectOf(p.change.AfterData)
	line("subject", fmt.Sprintf("%d byte, sha256 %s", subject.Bytes, subject.SHA256))
	line("signer", p.person.Name+", "+p.person.Title)
}

// confirm asks at a terminal. Where nobody can answer, the call itself must have
// said --yes: silence signs nothing.
func (p *approval) confirm() error {
	switch {
	case p.yes:
		return nil
	case !p.terminal:
		return usage("approve.unasked", p.id)
	}
	code := "approve.confirm.approved"
	if p.reject {
		code = "approve.confirm.rejected"
	}
	if p.disposition == "" {
		fmt.Fprint(p.err, p.lang.Say("approve.ask-disposition")+" ")
		answer, err := p.readLine()
		if err != nil {
			return refused("approve.cancelled")
		}
		p.disposition = answer
	}
	fmt.Fprint(p.err, p.lang.Say(code)+" ")
	if answer, err := p.readLine(); err != nil || !yes(answer) {
		return refused("approve.cancelled")
	}
	return nil
}

// printStatement writes the statement of a decision that was made, so that
// anybody can check it again with ssh-keygen alone.
func (p *approval) printStatement() error {
	step, id, err := p.decided()
	if err != nil {
		return err
	}
	if step.Approval.Signature == "" {
		return refused("approve.no-signature", p.id)
	}
	message, err := timeline.StatementFor(string(p.line.Anchor.ID), id, step.Approval.Approval, step.Item.Raw)
	if err != nil {
		return err
	}
	if p.save == "" {
		_, err = p.out.Write(message)
		return err
	}
	key, err := signature.Verify(signature.ApprovalNamespace, message, step.Approval.Signature)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(p.save, 0o755); err != nil {
		return err
	}
	by := step.Approval.Approval.By
	for name, content := range map[string]string{
		"statement": string(message), "statement.sig": step.Approval.Signature,
		"allowed_signers": signature.AllowedSigners(by, key.Authorized),
	} {
		if err := os.WriteFile(filepath.Join(p.save, name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	p.say("approve.saved", p.save, by, signature.ApprovalNamespace)
	return nil
}

// decided finds the decision on the branch, or as it landed.
func (p *approval) decided() (*timeline.Step, string, error) {
	refs := []string{p.branch}
	if p.branch == "" {
		branches, err := p.repo.Branches()
		if err != nil {
			return nil, "", err
		}
		refs = []string{p.repo.Trunk()}
		for _, b := range branches {
			refs = append(refs, b.Ref)
		}
	}
	for _, ref := range refs {
		tip, err := p.repo.Resolve(ref)
		if err != nil {
			return nil, "", err
		}
		if p.line, err = timeline.Replay(p.repo, tip, p.now, nil); err != nil {
			return nil, "", err
		}
		for _, c := range p.line.Cases {
			if d := c.Decision(); c.ID == p.id && d != nil && p.line.Anchor != nil {
				return d, c.Manifest.Metadata.ID, nil
			}
		}
	}
	return nil, "", refused("approve.undecided", p.id)
}
