package casework

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/schema"
)

var errStopped = errors.New("stopped")

// person answers questions from a list and keeps what was asked; after the last
// answer the input ends.
type person struct {
	t       *testing.T
	answers []string
	asked   []string
}

func (p *person) Ask(question string) (string, error) {
	p.t.Helper()
	p.asked = append(p.asked, question)
	if len(p.asked) > len(p.answers) {
		return "", errStopped
	}
	return p.answers[len(p.asked)-1], nil
}

// form is a small schema of every kind of field.
func form() []schema.Field {
	field := func(name, kind string, required bool, more func(*schema.Field)) schema.Field {
		f := schema.Field{Name: name, Kind: kind, Required: required, Description: map[string]string{"en": "The " + name + ".", "id": "Si " + name + "."}}
		if more != nil {
			more(&f)
		}
		return f
	}
	group := []schema.Field{field("name", "string", true, nil), field("size", "integer", false, nil)}
	return []schema.Field{
		field("startedAt", "string", false, nil),
		field("kind", "string", true, func(f *schema.Field) { f.Enum = []string{"a", "b"} }),
		field("flag", "boolean", false, nil),
		field("inner", "object", true, func(f *schema.Field) { f.Fields = group }),
		field("texts", "array", true, func(f *schema.Field) { f.Items = &schema.Field{Kind: "string"} }),
		field("groups", "array", false, func(f *schema.Field) { f.Items = &schema.Field{Kind: "object", Fields: group} }),
		field("evidence", "array", false, nil),
	}
}

// TestQuestionsReadWhatIsTyped lets people answer, well and badly.
func TestQuestionsReadWhatIsTyped(t *testing.T) {
	type m = map[string]any
	type l = []any
	least := m{"kind": "a", "inner": m{"name": "n"}, "texts": l{"t"}}
	with := func(name string, value any) m {
		out := m{name: value}
		for k, v := range least {
			if k != name {
				out[k] = v
			}
		}
		return out
	}
	for _, c := range []struct {
		name, answers string // separated by |
		want          m
	}{
		{"the least", "|a||n||t||", least},
		{"a required field again and again", "||c|a||||n||||t||", least},
		{"a time of today", "08:00|a||n||t||", with("startedAt", "2026-01-05T08:00:00+07:00")},
		{"a time with a dot", "8.30|a||n||t||", with("startedAt", "2026-01-05T08:30:00+07:00")},
		{"no time", "pagi|a||n||t||", with("startedAt", "pagi")},
		{"a day and a time with a dot", "2026-01-04 08.30|a||n||t||", with("startedAt", "2026-01-04T08:30:00+07:00")},
		{"a time in full", "2026-01-04T08:30:00Z|a||n||t||", with("startedAt", "2026-01-04T08:30:00Z")},
		{"a consent", "|a|Ya|n||t||", with("flag", true)},
		{"a consent in another word", "|a|true|n||t||", with("flag", true)},
		{"a denial", "|a|tidak|n||t||", with("flag", false)},
		{"a number", "|a||n|y|12|t||", with("inner", m{"name": "n", "size": json.Number("12")})},
		{"no number, then a number", "|a||n|y|satu|-1|1|t||", with("inner", m{"name": "n", "size": json.Number("1")})},
		{"several texts", "|a||n||t|u|v||", with("texts", l{"t", "u", "v"})},
		{"a group", "|a||n||t||ya|x||", with("groups", l{m{"name": "x"}})},
		{"another group", "|a||n||t||yes|x|y|1|Y|z|y|2|", with("groups", l{m{"name": "x", "size": json.Number("1")}, m{"name": "z", "size": json.Number("2")}})},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &person{t: t, answers: strings.Split(c.answers, "|")}
			d := &Desk{Ask: p.Ask, Lang: text.Indonesian, Now: time.Date(2026, 1, 5, 2, 0, 0, 0, time.UTC)}
			got, err := askFields(d, form(), time.FixedZone("WIB", 7*3600))
			if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, %v, want %v", got, err, c.want)
			}
			if len(p.asked) != len(p.answers) {
				t.Errorf("%d questions for %d answers", len(p.asked), len(p.answers))
			}
		})
	}
}

// TestQuestionsAreWhole wants every word a person reads, in its place: before
// the answer it leads to, or at the end where no answer follows.
func TestQuestionsAreWhole(t *testing.T) {
	p := &person{t: t, answers: strings.Split("|c|a||n|ya|x|1|t||ya|x||", "|")}
	remark := ""
	d := &Desk{Ask: p.Ask, Lang: text.English, Remark: func(said string) { remark += said }}
	if _, err := askFields(d, form(), time.UTC); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"The startedAt.\nstartedAt> ",
		"The kind. [a | b]\nkind> ",
		"must be filled in\nThe kind. [a | b]\nkind> ",
		"The flag.\nflag> ",
		"The inner.\ninner> \n  The name.\n  name> ",
		"  The size. (size) Fill in? (yes/Enter): ",
		"  The size.\n  size> ",
		"  The size.\n  size> ",
		"The texts.\ntexts> \n  (leave empty to end the list)\n  1. ",
		"  2. ",
		"The groups. (groups) Fill in? (yes/Enter): ",
		"The groups.\ngroups> \n  The name.\n  name> ",
		"  The size. (size) Fill in? (yes/Enter): ",
		"  Another groups? (yes/Enter): ",
	}
	if !slices.Equal(p.asked, want) {
		t.Errorf("asked %q, want %q", p.asked, want)
	}
	if want := d.Lang.Say("questions.evidence") + "\n"; remark != want {
		t.Errorf("remark %q, want %q", remark, want)
	}
}

// TestQuestionsStop ends the input before every single answer: never a value,
// always the reason.
func TestQuestionsStop(t *testing.T) {
	answers := strings.Split("|a||n||t||ya|x||", "|")
	for n := range answers {
		p := &person{t: t, answers: answers[:n]}
		value, err := askFields(&Desk{Ask: p.Ask, Lang: text.Indonesian}, form(), time.UTC)
		if !errors.Is(err, errStopped) || value != nil || len(p.asked) != n+1 {
			t.Errorf("after %d answers: %v, %v", n, value, err)
		}
	}
}

// TestTheTitleIsAsked wants a question, or the complaint that nobody can answer it.
func TestTheTitleIsAsked(t *testing.T) {
	p := &person{t: t, answers: []string{"Judul"}}
	got, err := (&Desk{Ask: p.Ask, Lang: text.English}).ask("new.ask-title")
	if want := text.English.Say("new.ask-title") + " "; err != nil || got != "Judul" || p.asked[0] != want {
		t.Errorf("%q, %v; asked %q", got, err, p.asked)
	}
	_, err = (&Desk{}).ask("new.ask-title")
	wantError(t, err, "usage new.ask-title.missing []")
}
