package main

import (
	"context"
	"fmt"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/protection"
)

// connect reaches the forge behind a clone, for a time that is enough for one pull
// request.
func (a *env) connect(repo *git.Repo) (*gate.Origin, error) {
	at, err := forge.Locate(a.getenv, repo.Origin())
	if err != nil {
		return nil, err
	}
	options := forge.Options{Sleep: a.sleep}
	if a.terminal {
		options.Waiting = func(d time.Duration) {
			fmt.Fprintln(a.err, a.lang.Say("forge.waiting", int(d.Round(time.Second).Seconds())))
		}
	}
	return gate.Connect(a.context(), at, options)
}

// reach opens the clone and connects to its forge, for what is said of its
// protection as text or JSON. The context ends with the forge's deadline.
func (a *env) reach(format string, visit func(context.Context, protection.Source) error) error {
	if format != asText && format != "json" {
		return usage("usage.format", format)
	}
	return a.clone(func(repo *git.Repo) error {
		at, err := a.connect(repo)
		if err != nil {
			return err
		}
		defer at.Close()
		return visit(at.Context(), protection.Source{Forge: at.Client, Repo: repo, Remote: at.Remote})
	})
}

// diagnosed writes a diagnosis as text, or what holds it as JSON, and ends with its
// verdict.
func diagnosed(a *env, d *protection.Diagnosis, format string, object any) (err error) {
	if format == "json" {
		err = finding.WriteObject(a.out, object)
	} else {
		err = d.WriteText(a.out, a.lang)
	}
	if err != nil {
		return err
	}
	return ended(d.Verdict().ExitCode())
}
