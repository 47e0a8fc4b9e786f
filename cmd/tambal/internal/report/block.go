package report

import (
	"strconv"

	"github.com/tambal-id/tambal/cmd/tambal/internal/prose"
)

// Head is what stands above the first section: the office's letterhead, the
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

func orDash(s string) string {
	if s == "" {
		return dash
	}
	return s
}

// section returns a part with the title of its key.
func (v voice) section(key string, blocks ...[]Block) Section {
	s := Section{Key: key, Title: v.say("section." + key)}
	for _, b := range blocks {
		s.Blocks = append(s.Blocks, b...)
	}
	return s
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
	var kept []Fact
	for _, f := range all {
		if f.Value != "" {
			kept = append(kept, f)
		}
	}
	if kept == nil {
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
