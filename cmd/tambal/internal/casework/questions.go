package casework

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/schema"
)

// questions asks for the fields of an item, in the schema's order and in the
// schema's own words. An empty answer skips what is not required.
type questions struct {
	*Desk
	zone  *time.Location // the office's
	depth int
	said  strings.Builder // since the last answer
}

// askFields asks the person for the fields of an item.
func askFields(d *Desk, fields []schema.Field, zone *time.Location) (map[string]any, error) {
	q := &questions{Desk: d, zone: zone}
	value, err := q.object(fields)
	if q.said.Len() > 0 && d.Remark != nil {
		d.Remark(q.said.String())
	}
	return value, err
}

// answer asks with all that was said since the last answer.
func (q *questions) answer() (string, error) {
	question := q.said.String()
	q.said.Reset()
	return q.Ask(question)
}

// object asks for the fields of an object.
func (q *questions) object(fields []schema.Field) (map[string]any, error) {
	value := map[string]any{}
	for i := range fields {
		f := &fields[i]
		if f.Name == "evidence" {
			fmt.Fprintln(&q.said, q.indent()+q.Lang.Say("questions.evidence"))
			continue // files are attached by --evidence, which computes their digest
		}
		if !f.Required && f.Kind != "string" && f.Kind != "boolean" {
			if yes, err := q.wanted(f); err != nil || !yes {
				if err != nil {
					return nil, err
				}
				continue
			}
		}
		v, err := q.field(f)
		if err != nil {
			return nil, err
		}
		if v != nil {
			value[f.Name] = v
		}
	}
	return value, nil
}

func (q *questions) field(f *schema.Field) (any, error) {
	switch f.Kind {
	case "object":
		q.print(f, "")
		q.depth++
		defer func() { q.depth-- }()
		return q.object(f.Fields)
	case "array":
		return q.list(f)
	}
	for {
		choices := ""
		if len(f.Enum) > 0 {
			choices = " [" + strings.Join(f.Enum, " | ") + "]"
		}
		q.print(f, choices)
		answer, err := q.answer()
		if err != nil {
			return nil, err
		}
		switch {
		case answer == "" && !f.Required:
			return nil, nil
		case answer == "" || len(f.Enum) > 0 && !slices.Contains(f.Enum, answer):
			fmt.Fprintln(&q.said, q.indent()+q.Lang.Say("questions.required"))
			continue
		case f.Kind == "boolean":
			return text.Yes(answer) || answer == "true", nil
		case f.Kind == "integer":
			if _, err := strconv.ParseUint(answer, 10, 63); err != nil {
				continue
			}
			return json.Number(answer), nil
		}
		return q.moment(f.Name, answer), nil
	}
}

// list asks until an empty answer, or until no further group is wanted.
func (q *questions) list(f *schema.Field) (any, error) {
	q.print(f, "")
	q.depth++
	defer func() { q.depth-- }()
	if f.Items != nil && f.Items.Kind == "object" {
		return q.groups(f)
	}
	fmt.Fprintln(&q.said, q.indent()+q.Lang.Say("questions.list"))
	var list []any
	for {
		fmt.Fprintf(&q.said, "%s%d. ", q.indent(), len(list)+1)
		answer, err := q.answer()
		switch {
		case err != nil:
			return nil, err
		case answer != "":
			list = append(list, answer)
		case len(list) > 0:
			return list, nil
		}
	}
}

// groups asks for the objects of a list, at least one.
func (q *questions) groups(f *schema.Field) (any, error) {
	var list []any
	for {
		v, err := q.object(f.Items.Fields)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		fmt.Fprint(&q.said, q.indent()+q.Lang.Say("questions.another", f.Name)+" ")
		if answer, err := q.answer(); err != nil || !text.Yes(answer) {
			return list, err
		}
	}
}

// wanted asks whether an optional group is to be filled in.
func (q *questions) wanted(f *schema.Field) (bool, error) {
	fmt.Fprint(&q.said, q.indent()+q.Lang.Say("questions.optional", f.Name, f.Description[string(q.Lang)])+" ")
	answer, err := q.answer()
	return text.Yes(answer), err
}

func (q *questions) print(f *schema.Field, more string) {
	fmt.Fprintf(&q.said, "%s%s%s\n%s> ", q.indent(), f.Description[string(q.Lang)], more, q.indent()+f.Name)
	if f.Kind == "object" || f.Kind == "array" {
		fmt.Fprintln(&q.said)
	}
}

func (q *questions) indent() string { return strings.Repeat("  ", q.depth) }

// moment lets a person type 08:00 or 2026-02-02 08:00 where a time is due: it is
// taken as that day's, or today's, office time.
func (q *questions) moment(name, answer string) string {
	if !slices.Contains([]string{"startedAt", "finishedAt", "at", "start", "end", "until"}, name) {
		return answer
	}
	typed := strings.ReplaceAll(answer, ".", ":")
	if at, err := time.ParseInLocation("2006-01-02 15:04", typed, q.zone); err == nil {
		return at.Format(time.RFC3339)
	}
	if at, err := time.ParseInLocation("2006-01-02 15:04", q.Now.In(q.zone).Format(time.DateOnly)+" "+typed, q.zone); err == nil {
		return at.Format(time.RFC3339)
	}
	return answer
}
