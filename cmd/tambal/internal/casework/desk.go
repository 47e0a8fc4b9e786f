// Package casework owns what a person does with a case: opens it, appends a step
// to its manifest, commits its folder, signs or records the decision, and lands
// the branch.
//
// It writes commits, in the working tree or on a branch. The verdict on them is
// package gate's: casework asks it before it signs or lands anything. It must not
// know flags or a terminal: questions go through an [Asker], and it prints
// nothing. Each command is one method of [Desk],
// and returns what it did; a [*gate.Error] carries a code and its arguments.
//
// To add a way in which fields come in, extend [Input]; a new field of a step
// needs nothing here, since the questions follow the schema.
package casework

import (
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// Asker puts a question to a person and returns the answer, one line without
// its end. The question is complete: it may have several lines, and ends where
// the answer is to begin.
type Asker interface {
	Ask(question string) (answer string, err error)
}

// Desk is where a person works: one repository at one moment.
type Desk struct {
	Repo  *git.Repo
	Now   time.Time
	Lang  text.Lang
	Who   *git.Identity // nil stands for the one in Git's configuration
	Keys  signature.Files
	Asker Asker // nil when nobody can be asked
	// Workflow: a workflow of the forge runs this; it may commit without an identity.
	Workflow bool

	// Notice hears what has been done on the way, as code and arguments.
	Notice func(code string, args ...any)
	// Remark hears what the person is told between questions, without an answer.
	Remark func(said string)
}

func usage(code string, args ...any) error { return &gate.Error{Code: code, Args: args} }

func refused(code string, args ...any) error {
	return &gate.Error{Code: code, Args: args, Verdict: finding.Fail}
}

// Identity is who works here.
func (d *Desk) Identity() (git.Identity, error) {
	if d.Who != nil {
		return git.Identity{Name: d.Who.Name, Email: d.Who.Email, When: d.Now}, nil
	}
	s := d.Repo.Settings()
	if s.Name == "" || s.Email == "" {
		return git.Identity{}, usage("usage.identity")
	}
	return git.Identity{Name: s.Name, Email: s.Email, When: d.Now}, nil
}

func (d *Desk) notice(code string, args ...any) {
	if d.Notice != nil {
		d.Notice(code, args...)
	}
}

// ask asks one question that cannot go without an answer.
func (d *Desk) ask(code string) (string, error) {
	if d.Asker == nil {
		return "", usage(code + ".missing")
	}
	return d.Asker.Ask(d.Lang.Say(code) + " ")
}
