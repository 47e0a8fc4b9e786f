package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/schema"
)

// nextCommand appends the next legal item of a case.
func (a *app) nextCommand() *cobra.Command {
	var in input
	c := a.command("next ID [STEP]", between(1, 2), func(args []string) error {
		repo, err := a.open()
		if err != nil {
			return err
		}
		defer repo.Close()
		step := ""
		if len(args) > 1 {
			step = args[1]
		}
		return a.appendNext(repo, args[0], step, in)
	})
	in.flags(a, c)
	return c
}

func (a *app) appendNext(repo *history.Repo, id, step string, in input) error {
	if repo.Root() == "" {
		return usage("usage.bare")
	}
	if err := onBranch(repo, id); err != nil {
		return err
	}
	if err := a.caseBranch(repo, id); err != nil {
		return err
	}
	w, err := a.workOn(repo, id)
	if err != nil {
		return err
	}
	if w.data == nil {
		return refused("next.no-case", id)
	}
	manifest, problems := schema.Parse(w.data)
	if manifest == nil {
		return &formError{w.path, problems}
	}
	moves := w.policy.Procedure.Next(manifest.Items)
	if len(moves) == 0 && step != schema.ItemCorrection {
		return refused("next.closed", id)
	}
	var legal []string
	for _, m := range moves {
		legal = append(legal, m.Step.Name)
	}
	if step == "" {
		step = legal[0]
	}
	withdraw := step == schema.ItemClosure || step == schema.ItemCorrection
	if !withdraw && !slices.Contains(legal, step) {
		return refused("step-order", step, strings.Join(legal, ", "))
	}
	if step == schema.ItemApproval {
		return refused("next.approval", id)
	}
	return a.appendStep(repo, w, id, step, in)
}

// appendStep collects the item's fields, appends it and writes the manifest
// only if it reads as a whole; otherwise nothing is written.
func (a *app) appendStep(repo *history.Repo, w *work, id, step string, in input) error {
	value, err := in.value(a, step, w.policy.Calendar.Location())
	if err != nil {
		return err
	}
	files, err := in.attach(value)
	if err != nil {
		return err
	}
	for name, data := range files {
		there, err := os.ReadFile(filepath.Join(repo.Root(), filepath.FromSlash(w.dir+"/"+name)))
		if err == nil && !bytes.Equal(there, data) {
			return refused("next.evidence-exists", w.dir+"/"+name)
		}
	}
	after, err := schema.Append(w.data, step, value)
	if err != nil {
		return err
	}
	if m, problems := schema.Parse(after); m == nil {
		return &formError{w.path, problems}
	}
	if err := a.caseBranch(repo, id); err != nil {
		return err
	}
	for name, data := range files {
		if err := writeFile(repo.Root(), w.dir+"/"+name, data); err != nil {
			return err
		}
	}
	if err := writeFile(repo.Root(), w.path, after); err != nil {
		return err
	}
	a.say("next.done", step, w.path)
	a.say("next.then", id)
	return nil
}

func inZone(t time.Time, zone string) time.Time {
	if at, err := time.LoadLocation(zone); err == nil {
		return t.In(at)
	}
	return t
}
