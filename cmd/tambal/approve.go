package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/cmd/tambal/internal/rule"
	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// approval is one run of approve: the decision and what it needs.
type approval struct {
	*app
	repo                               *history.Repo
	id, branch, key, disposition, save string
	agenda, nature, actingFor          string
	conditions                         []string
	reject, yes, print, remote         bool
	base, head                         *history.Commit
	line                               *timeline.Timeline
	change                             *timeline.CaseChange
	policy                             *policies.Policy
	signer                             *signature.Signer
	person                             *policies.Person
}

// approveCommand shows what is to be decided and signs the decision (SOP 4).
func (a *app) approveCommand() *cobra.Command {
	p := &approval{app: a}
	c := a.command("approve ID [--reject] [--yes] --key FILE", between(1, 1), func(args []string) error {
		p.id = args[0]
		repo, err := a.open()
		if err != nil {
			return err
		}
		defer repo.Close()
		p.repo = repo
		if p.print || p.save != "" {
			return p.printStatement()
		}
		return p.run()
	})
	f := c.Flags()
	f.StringVar(&p.branch, "branch", "", a.lang.Say("flag.branch"))
	f.StringVar(&p.key, "key", "", a.lang.Say("flag.key"))
	f.BoolVar(&p.reject, "reject", false, a.lang.Say("flag.reject"))
	f.StringVar(&p.disposition, "disposition", "", a.lang.Say("flag.disposition"))
	f.StringArrayVar(&p.conditions, "condition", nil, a.lang.Say("flag.condition"))
	f.StringVar(&p.agenda, "agenda-no", "", a.lang.Say("flag.agenda"))
	f.StringVar(&p.nature, "nature", "", a.lang.Say("flag.nature"))
	f.StringVar(&p.actingFor, "acting-for", "", a.lang.Say("flag.acting-for"))
	f.BoolVar(&p.yes, "yes", false, a.lang.Say("flag.yes"))
	f.BoolVar(&p.print, "print-statement", false, a.lang.Say("flag.print-statement"))
	f.StringVar(&p.save, "save", "", a.lang.Say("flag.save"))
	return c
}

func (p *approval) run() error {
	if err := p.find(); err != nil {
		return err
	}
	if err := p.loadKey(); err != nil {
		return err
	}
	if err := p.entitled(); err != nil {
		return err
	}
	p.show()
	if err := p.confirm(); err != nil {
		return err
	}
	data, err := p.append()
	if err != nil {
		return err
	}
	word := map[bool]string{false: schema.DecisionApproved, true: schema.DecisionRejected}[p.reject]
	who := history.Identity{Name: p.person.Name, Email: p.person.Emails[0], When: p.now.In(p.policy.Calendar.Location())}
	commit, err := p.repo.Write(history.Draft{
		Branch: p.branch, From: p.head, Files: map[string][]byte{p.change.Path: data}, Author: who, Committer: who,
		Message: fmt.Sprintf("%s: approval (%s)\n\nCase: %s\nStep: approval\n", p.id, word, p.id),
		Sign:    func(b []byte) (string, error) { return p.signer.Sign(signature.GitNamespace, b) },
	})
	if err != nil {
		return err
	}
	p.say("approve.done."+word, p.id, p.person.Name, p.branch, commit.ID.Short())
	if p.remote {
		p.say("approve.push", p.branch)
	}
	if p.reject {
		p.say("approve.next.rejected", p.id, p.branch)
		return nil
	}
	result, _, err := p.check(p.repo, p.repo.Trunk(), p.branch)
	if err != nil {
		return p.undecided(err)
	}
	if result.Verdict() != finding.Pass {
		return p.write(result) // signed, but not enough: say why at once
	}
	p.say("approve.next.approved", p.branch)
	return nil
}

// find finds the branch on which the case waits for its decision, and refuses
// to sign anything that check would refuse.
func (p *approval) find() error {
	var err error
	if p.base, err = p.repo.Resolve(p.repo.Trunk()); err != nil {
		return err
	}
	branches, err := p.repo.Branches()
	if err != nil {
		return err
	}
	var waiting []string
	var last history.Branch
	for _, b := range branches {
		if p.branch != "" && p.branch != b.Name && !strings.HasSuffix(b.Ref, "/"+p.branch) {
			continue
		}
		ok, err := p.waits(b)
		if err != nil {
			return err
		}
		if ok {
			waiting, last = append(waiting, b.Name), b
		}
	}
	switch {
	case len(waiting) == 0 && p.branch != "":
		return refused("approve.nothing-on", p.id, p.branch)
	case len(waiting) == 0:
		return refused("approve.nothing", p.id)
	case len(waiting) > 1:
		return usage("approve.several", p.id, waiting)
	}
	p.branch = last.Name // a remote's branch gets a local one of its name
	p.remote = strings.HasPrefix(last.Ref, "refs/remotes/")
	var wrong []finding.Finding
	for _, f := range rule.Run(p.line, rule.Options{}) {
		if f.Severity == finding.Error || f.Severity == finding.Undecided {
			wrong = append(wrong, f)
		}
	}
	if len(wrong) > 0 {
		if err := finding.WriteText(p.err, &finding.Result{Findings: wrong}, p.lang); err != nil {
			return err
		}
		return refused("approve.not-ready", p.id)
	}
	return p.clean()
}

// waits says whether the case ends, on that branch, with the step that the
// approval decides; it keeps what it read.
func (p *approval) waits(branch history.Branch) (bool, error) {
	head, err := p.repo.Resolve(branch.Ref)
	if err != nil {
		return false, err
	}
	line, err := timeline.Pending(p.repo, p.base, head, p.now)
	if err != nil {
		return false, err
	}
	if len(line.Landings) == 0 || line.Landings[0].Policy == nil {
		return false, nil
	}
	for _, c := range line.Landings[0].Cases {
		if c.ID != p.id || c.After == nil || len(c.Steps) == 0 {
			continue
		}
		next := line.Landings[0].Policy.Procedure.Next(c.After.Items)
		if len(next) > 0 && next[0].Step.Name == schema.ItemApproval {
			p.head, p.line, p.change, p.policy = head, line, c, line.Landings[0].Policy
			return true, nil
		}
	}
	return false, nil
}

// clean refuses while the checked-out manifest differs from the commit: the
// Kabid would sign something else than what lies on the screen.
func (p *approval) clean() error {
	if p.repo.Root() == "" || p.repo.HeadBranch() != p.branch {
		return nil
	}
	disk, err := os.ReadFile(filepath.Join(p.repo.Root(), filepath.FromSlash(p.change.Path)))
	if err == nil && !bytes.Equal(disk, p.change.AfterData) {
		return &history.Dirty{Paths: []string{p.change.Path}}
	}
	return nil
}

func (p *approval) loadKey() (err error) {
	p.signer, err = p.loadSigner(p.repo, p.key)
	if err != nil {
		return err
	}
	if p.signer == nil {
		return usage("approve.no-key")
	}
	return nil
}

// entitled finds the key's owner and refuses early what check would refuse
// later: a key nobody listed, a person without the role, an author.
func (p *approval) entitled() error {
	person, key := p.policy.Team.ByKey(p.signer.Key().Fingerprint)
	if person == nil {
		return refused("approve.unknown-key", p.signer.Key().Fingerprint)
	}
	if state := key.ValidAt(p.now); state != policies.KeyValid {
		return refused("approve.key-state", person.Name, string(state))
	}
	row := p.policy.Procedure.Step(schema.ItemApproval)
	if !slices.ContainsFunc(row.Roles, func(r string) bool { return person.HoldsAt(r, p.now) }) {
		return refused("approve.role", person.Name, row.Roles)
	}
	for _, s := range p.change.Case.Steps {
		for _, con := range s.Contributions {
			if p.policy.Procedure.Separation.ApproverNotAuthor && slices.Contains(con.People(), person.ID) {
				return refused("approval-self", person.Name, s.Item.Name, con.Commit.ID.Short())
			}
		}
	}
	if len(person.Emails) == 0 {
		return refused("approve.no-email", person.Name)
	}
	p.person = person
	return nil
}

// append signs the decision and returns the manifest with the approval item.
func (p *approval) append() ([]byte, error) {
	item := schema.Approval{
		Decision: schema.DecisionApproved, By: p.person.ID, At: p.now.In(p.policy.Calendar.Location()).Format(time.RFC3339),
		Disposition: p.disposition, Conditions: p.conditions, AgendaNo: p.agenda, Nature: p.nature, ActingFor: p.actingFor,
		Subject: timeline.SubjectOf(p.change.AfterData), Policy: p.policy.Digest,
	}
	if p.reject {
		item.Decision = schema.DecisionRejected
	}
	if item.Disposition == "" {
		item.Disposition = p.lang.Say("approve.disposition." + item.Decision)
	}
	raw, err := asMap(item)
	if err != nil {
		return nil, err
	}
	message, err := timeline.StatementFor(string(p.line.Anchor.ID), p.id, &item, raw)
	if err != nil {
		return nil, err
	}
	if raw["signature"], err = p.signer.Sign(signature.ApprovalNamespace, message); err != nil {
		return nil, err
	}
	after, err := schema.Append(p.change.AfterData, schema.ItemApproval, raw)
	if err != nil {
		return nil, err
	}
	if m, problems := schema.Parse(after); m == nil { // never sign what check refuses
		return nil, &formError{p.change.Path, problems}
	}
	return after, nil
}

// asMap is an item's value as the writer takes it.
func asMap(item any) (map[string]any, error) {
	b, err := json.Marshal(item)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	m := map[string]any{}
	return m, dec.Decode(&m)
}
