package casework

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tambal-id/tambal/schema"
)

// Step is what is appended to a case.
type Step struct {
	ID, Step string // Step "" stands for the next one of the SOP
	Input    Input
}

// Written is the step that stands in the working tree now.
type Written struct {
	ID, Step string
	Path     string // of the manifest, from the root
}

// Next appends the next legal item of a case.
func (d *Desk) Next(o Step) (*Written, error) {
	id, step := o.ID, o.Step
	if d.Repo.Root() == "" {
		return nil, usage("usage.bare")
	}
	if err := onBranch(d.Repo, id); err != nil {
		return nil, err
	}
	if err := d.caseBranch(id); err != nil {
		return nil, err
	}
	w, err := workOn(d.Repo, id)
	if err != nil {
		return nil, err
	}
	manifest, err := w.manifest(id)
	if err != nil {
		return nil, err
	}
	moves := w.policy.Procedure.Next(manifest.Items)
	if len(moves) == 0 && step != schema.ItemCorrection {
		return nil, refused("next.closed", id)
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
		return nil, refused("step-order", step, strings.Join(legal, ", "))
	}
	if step == schema.ItemApproval {
		return nil, refused("next.approval", id)
	}
	return d.appendStep(w, id, step, &o.Input)
}

// appendStep collects the item's fields, appends it and writes the manifest
// only if it reads as a whole; otherwise nothing is written.
func (d *Desk) appendStep(w *work, id, step string, in *Input) (*Written, error) {
	value, err := in.value(d, step, w.policy.Calendar.Location())
	if err != nil {
		return nil, err
	}
	files, err := in.attach(value)
	if err != nil {
		return nil, err
	}
	for name, data := range files {
		there, err := os.ReadFile(filepath.Join(d.Repo.Root(), filepath.FromSlash(w.dir+"/"+name)))
		if err == nil && !bytes.Equal(there, data) {
			return nil, refused("next.evidence-exists", w.dir+"/"+name)
		}
	}
	after, err := schema.AppendFile(w.path, w.data, step, value)
	if err != nil {
		return nil, err
	}
	if err := d.caseBranch(id); err != nil {
		return nil, err
	}
	for name, data := range files {
		if err := WriteFile(d.Repo.Root(), w.dir+"/"+name, data); err != nil {
			return nil, err
		}
	}
	if err := WriteFile(d.Repo.Root(), w.path, after); err != nil {
		return nil, err
	}
	return &Written{ID: id, Step: step, Path: w.path}, nil
}
