// tambal approve: the Kabid decides at a terminal (SOP 4). What is to be signed is shown
// first, silence signs nothing, and the signed statement can be printed or saved.

package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/casework"
	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/page"
	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// approveFlags are those of one approve.
type approveFlags struct {
	decision.Disposition
	branch, key, save string
	yes, print        bool
}

// approveCommand shows what is to be decided and signs the decision (SOP 4).
func approveCommand(a *env) *cobra.Command {
	var o approveFlags
	c := a.command("approve ID [--reject] [--yes] --key FILE", between(1, 1), func(args []string) error {
		return a.clone(func(repo *git.Repo) error {
			if o.print || o.save != "" {
				return showStatement(a, repo, args[0], o)
			}
			return approve(a, repo, args[0], o)
		})
	})
	f := c.Flags()
	f.StringVar(&o.branch, "branch", "", a.lang.Say("flag.branch"))
	f.StringVar(&o.key, "key", "", a.lang.Say("flag.key"))
	f.BoolVar(&o.Reject, "reject", false, a.lang.Say("flag.reject"))
	f.StringVar(&o.Text, "disposition", "", a.lang.Say("flag.disposition"))
	f.StringArrayVar(&o.Conditions, "condition", nil, a.lang.Say("flag.condition"))
	f.StringVar(&o.Agenda, "agenda-no", "", a.lang.Say("flag.agenda"))
	f.StringVar(&o.Nature, "nature", "", a.lang.Say("flag.nature"))
	f.StringVar(&o.ActingFor, "acting-for", "", a.lang.Say("flag.acting-for"))
	f.BoolVar(&o.yes, "yes", false, a.lang.Say("flag.yes"))
	f.BoolVar(&o.print, "print-statement", false, a.lang.Say("flag.print-statement"))
	f.StringVar(&o.save, "save", "", a.lang.Say("flag.save"))
	for _, deciding := range []string{"key", "reject", "disposition", "condition", "agenda-no", "nature", "acting-for", "yes"} {
		c.MarkFlagsMutuallyExclusive("print-statement", "save", deciding)
	}
	return c
}

func approve(a *env, repo *git.Repo, id string, o approveFlags) error {
	desk := a.desk(repo)
	w, err := desk.Decide(id, o.branch, o.key, o.Decision())
	if a.context().Err() != nil { // at the passphrase, which is asked in there
		return refused("approve.cancelled")
	}
	if made, ok := errors.AsType[*casework.Made](err); ok {
		a.say("approve.already", id, made.Branch)
		return nil
	}
	if err != nil {
		return err
	}
	page.WriteDecision(a.err, w.Change, w.Person, a.lang)
	if err := confirm(a, id, &o); err != nil {
		return err
	}
	commit, err := desk.Sign(w, o.Disposition)
	if err != nil {
		return err
	}
	a.say("approve.done."+o.Decision(), id, w.Person.Name, w.Branch, commit.ID.Short())
	if w.Remote {
		a.say("approve.push", w.Branch)
	}
	if o.Reject {
		a.say("approve.next.rejected", id, w.Branch)
		return nil
	}
	verdict, err := gate.Check(repo, repo.Trunk(), w.Branch, gate.Options{Now: a.now})
	if err != nil {
		return a.undecided(asText, err)
	}
	if verdict.Result.Verdict() != finding.Pass {
		return a.write(asText, verdict.Result) // signed, but not enough: say why at once
	}
	a.say("approve.next.approved", w.Branch)
	return nil
}

// confirm asks at a terminal. Where nobody can answer, the call itself must have
// said --yes: silence signs nothing.
func confirm(a *env, id string, o *approveFlags) error {
	switch {
	case o.yes:
		return nil
	case !a.terminal:
		return usage("approve.unasked", id)
	}
	if o.Text == "" {
		var err error
		if o.Text, err = a.ask(a.lang.Say("approve.ask-disposition") + " "); err != nil {
			return refused("approve.cancelled")
		}
	}
	if answer, err := a.ask(a.lang.Say("approve.confirm."+o.Decision()) + " "); err != nil || !text.Yes(answer) {
		return refused("approve.cancelled")
	}
	return nil
}

// showStatement writes the statement of a decision that was made, so that anybody
// can check it again with ssh-keygen alone.
func showStatement(a *env, repo *git.Repo, id string, o approveFlags) error {
	signed, err := a.desk(repo).Statement(id, o.branch)
	if err != nil {
		return err
	}
	if o.save == "" {
		_, err = a.out.Write(signed.Statement)
		return err
	}
	if err := signed.Save(o.save); err != nil {
		return err
	}
	a.say("approve.saved", o.save, signed.By, signature.ApprovalNamespace)
	return nil
}
