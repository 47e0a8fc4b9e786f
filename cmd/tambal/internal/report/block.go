package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/prose"
)

// Head is what comes above the first section: the office's letterhead, the
// title lines and the identity of the case.
type Head struct {
	Office  []string `json:"office"` // government, agency and, if any, address
	Title   string   `json:"title"`
	About   string   `json:"about"` // "TENTANG"
	Subject string   `json:"subject"`
	Facts   []Fact   `json:"facts"`
	Footer  string   `json:"footer"` // case and SOP number, on every printed page
}

// Section is a numbered part. Key never changes with the language.
type Section struct {
	Key      string    `json:"key"`
	Number   string    `json:"number"`
	Title    string    `json:"title"`
	Blocks   []Block   `json:"blocks,omitempty"`
	Sections []Section `json:"sections,omitempty"`
}

// Block is one of: a paragraph, a list, labelled facts, a table, or commands to
// type. Its strings may hold text from people, with LF as line break: writers
// escape and clean all of it.
type Block struct {
	Text    string   `json:"text,omitempty"`
	List    []string `json:"list,omitempty"`
	Ordered bool     `json:"ordered,omitempty"`
	Facts   []Fact   `json:"facts,omitempty"`
	Table   *Table   `json:"table,omitempty"`
	Code    []string `json:"code,omitempty"` // one command a line
}

// Fact is a label and its value.
type Fact struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// Table is a caption, column titles and rows of as many cells. Wide tables have
// many columns and are printed smaller.
type Table struct {
	Caption string   `json:"caption"`
	Columns []string `json:"columns"`
	Rows    [][]Cell `json:"rows"`
	Wide    bool     `json:"wide,omitempty"`
}

// Cell is one cell. Strong marks what a reader must not miss; the words say so
// too.
type Cell struct {
	Text   string `json:"text"`
	Strong bool   `json:"strong,omitempty"`
}

// Signature is one signatory: lines known from the policy, "" where somebody
// has to write by hand.
type Signature struct {
	Heading  string `json:"heading"`
	Position string `json:"position"`
	Name     string `json:"name"`
}

const dash = prose.Dash

func orDash(s string) string { return cmp.Or(s, dash) }

// section returns a part with the title of its key.
func (v voice) section(key string, blocks ...[]Block) Section {
	return Section{Key: key, Title: v.say("section." + key), Blocks: slices.Concat(blocks...)}
}

// with adds the parts that have something to say, numbered from 1.
func (s Section) with(parts ...Section) Section {
	s.Sections = numbered(strconv.Itoa, parts)
	return s
}

// numbered drops empty sections and numbers the rest.
func numbered(number func(int) string, list []Section) []Section {
	var kept []Section
	for _, s := range list {
		if len(s.Blocks)+len(s.Sections) > 0 {
			s.Number = number(len(kept) + 1)
			kept = append(kept, s)
		}
	}
	return kept
}

func letter(n int) string { return string(rune('A' + n - 1)) }

// paragraph returns a paragraph, nothing for "".
func paragraph(s string) []Block {
	if s == "" {
		return nil
	}
	return []Block{{Text: s}}
}

// list returns a list under an introduction, nothing without entries.
func list(intro string, entries []string) []Block {
	if len(entries) == 0 {
		return nil
	}
	return append(paragraph(intro), Block{List: entries})
}

// facts returns labelled values; those without value are left out.
func facts(all ...Fact) []Block {
	kept := slices.DeleteFunc(all, func(f Fact) bool { return f.Value == "" })
	if len(kept) == 0 {
		return nil
	}
	return []Block{{Facts: kept}}
}

// fact returns a fact with the label of that key.
func (v voice) fact(key, value string) Fact { return Fact{v.say("label." + key), value} }

// table returns a table with the column titles of these keys; nothing without rows.
func (v voice) table(caption string, rows [][]Cell, columns ...string) []Block {
	if len(rows) == 0 {
		return nil
	}
	t := &Table{Caption: v.say("caption." + caption), Rows: rows, Wide: len(columns) > 5}
	for _, c := range columns {
		t.Columns = append(t.Columns, v.say("column."+c))
	}
	return []Block{{Table: t}}
}

// cells makes a row; empty values become a dash.
func cells(values ...string) []Cell {
	row := make([]Cell, len(values))
	for i, s := range values {
		row[i].Text = orDash(s)
	}
	return row
}

// voice is the shared one with what only the report says.
type voice struct{ prose.Voice }

// say and word are the shared ones under short names: nearly every line of this
// package has one of them.
func (v voice) say(code string, args ...any) string { return v.Say(code, args...) }
func (v voice) word(kind, value string) string      { return v.Word(kind, value) }

// date puts a day of the manifest or policy (YYYY-MM-DD) into words; what is no
// day stays as it is.
func (v voice) date(s string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return s
	}
	return v.Day(t)
}

// span is "from - until".
func (v voice) span(from, until string) string { return v.say("span", v.Stated(from), v.Stated(until)) }

// duration puts minutes into words: whole days only from two days on, where a
// minute no longer matters.
func (v voice) duration(minutes int) string {
	switch hours := minutes / 60; {
	case minutes < 120:
		return v.say("minutes", minutes)
	case hours < 48 && minutes%60 == 0:
		return v.say("hours", hours)
	case hours < 48:
		return v.say("hours-minutes", hours, minutes%60)
	default:
		return v.say("days", hours/24)
	}
}

// around says a sentence around text from people; nothing without the text.
func (v voice) around(code, s string) string {
	if s == "" {
		return ""
	}
	return v.say(code, clause(s))
}

// clause prepares text from people for the middle of a sentence.
func clause(s string) string { return strings.TrimRight(strings.TrimSpace(s), " .\n") }

// enumerate is "a, b, c".
func enumerate(list []string) string { return strings.Join(list, ", ") }

// lines joins the values that are not empty, one a line.
func lines(values ...string) string {
	var kept []string
	for _, s := range values {
		if s = strings.TrimRight(s, "\n"); s != "" {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, "\n")
}

// stamp is a time as JSON holds it: RFC 3339 in the office's zone, "" when zero.
func (v voice) stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(v.Zone()).Format(time.RFC3339)
}
