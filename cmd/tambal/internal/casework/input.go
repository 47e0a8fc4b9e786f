package casework

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/evidence"
	"github.com/tambal-id/tambal/schema"
)

// Input is where an item's fields come from: a file, single fields and attached
// evidence; where all of them are missing, the person is asked.
type Input struct {
	Set, Evidence []string // FIELD=VALUE; FILE,format=…,phase=…
	From          string   // a YAML file
}

// value collects the fields of a step.
func (in *Input) value(d *Desk, step string, zone *time.Location) (map[string]any, error) {
	fields := schema.Fields(step)
	value := map[string]any{}
	if in.From != "" {
		data, err := os.ReadFile(in.From)
		if err != nil {
			return nil, err
		}
		doc, problems := schema.ParseYAML(data)
		if doc != nil {
			problems = schema.CutTexts(data, doc) // what is lost here nobody would miss later
		}
		if doc == nil || len(problems) > 0 {
			return nil, &schema.FileError{Path: in.From, Problems: problems}
		}
		m, ok := doc.Value.(map[string]any)
		if !ok {
			return nil, usage("usage.from", in.From)
		}
		value = m
	}
	for _, pair := range in.Set {
		key, text, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, usage("usage.set", pair)
		}
		if err := assign(value, fields, strings.Split(key, "."), text); err != nil {
			return nil, err
		}
	}
	if in.From == "" && len(in.Set) == 0 && d.Ask != nil {
		return askFields(d, fields, zone)
	}
	if len(value) == 0 {
		var required []string
		for _, f := range fields {
			if f.Required {
				required = append(required, f.Name)
			}
		}
		return nil, usage("usage.no-input", step, required)
	}
	return value, nil
}

// assign sets one field by its path; list positions are numbers from 0, and a
// list of texts also takes the value itself, one more at each --set.
func assign(into map[string]any, fields []schema.Field, path []string, text string) error {
	i := slices.IndexFunc(fields, func(f schema.Field) bool { return f.Name == path[0] })
	if i < 0 {
		return usage("usage.field", path[0])
	}
	field, rest := &fields[i], path[1:]
	switch field.Kind {
	case "object":
		inner, _ := into[path[0]].(map[string]any)
		if inner == nil {
			inner = map[string]any{}
			into[path[0]] = inner
		}
		if len(rest) == 0 {
			return usage("usage.field-object", path[0])
		}
		return assign(inner, field.Fields, rest, text)
	case "array":
		list, _ := into[path[0]].([]any)
		list, err := assignList(list, field, rest, text)
		into[path[0]] = list
		return err
	}
	if len(rest) > 0 {
		return usage("usage.field", strings.Join(path, "."))
	}
	v, err := scalar(field, text)
	into[path[0]] = v
	return err
}

func assignList(list []any, field *schema.Field, rest []string, text string) ([]any, error) {
	index := len(list)
	if len(rest) > 0 {
		n, err := strconv.Atoi(rest[0])
		if err != nil || n < 0 || n > len(list) {
			return list, usage("usage.field-index", field.Name, rest[0], len(list))
		}
		index, rest = n, rest[1:]
	}
	if index == len(list) {
		list = append(list, nil)
	}
	if field.Items == nil || field.Items.Kind != "object" {
		v, err := scalar(field.Items, text)
		list[index] = v
		return list, err
	}
	inner, _ := list[index].(map[string]any)
	if inner == nil {
		inner = map[string]any{}
		list[index] = inner
	}
	if len(rest) == 0 {
		return list, usage("usage.field-object", field.Name)
	}
	return list, assign(inner, field.Items.Fields, rest, text)
}

// scalar reads a value as the schema's kind.
func scalar(field *schema.Field, text string) (any, error) {
	switch {
	case field == nil || field.Kind == "string":
		return text, nil
	case field.Kind == "boolean":
		v, err := strconv.ParseBool(text)
		if err != nil {
			return nil, usage("usage.boolean", field.Name, text)
		}
		return v, nil
	}
	if _, err := strconv.ParseUint(text, 10, 63); err != nil {
		return nil, usage("usage.integer", field.Name, text)
	}
	return json.Number(text), nil
}

// attach adds evidence files to an item: FILE,format=…,phase=…[,of=…][,targetChange=…][,dateNote=…].
// It returns their content by path below the case's folder.
func (in *Input) attach(value map[string]any) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, spec := range in.Evidence {
		parts := strings.Split(spec, ",")
		data, err := os.ReadFile(parts[0])
		if err != nil {
			return nil, usage("usage.evidence-file", parts[0])
		}
		sum, _, err := evidence.Digest(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		path := schema.EvidenceDir + "/" + filepath.Base(parts[0])
		if files[path] != nil {
			return nil, refused("next.evidence-twice", path)
		}
		entry := map[string]any{"path": path, "sha256": sum}
		for _, p := range parts[1:] {
			k, v, ok := strings.Cut(p, "=")
			if !ok {
				return nil, usage("usage.evidence", spec)
			}
			entry[k] = v
		}
		list, _ := value["evidence"].([]any)
		value["evidence"] = append(list, entry)
		files[path] = data
	}
	return files, nil
}
