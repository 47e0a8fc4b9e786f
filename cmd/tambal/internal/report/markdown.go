package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/prose"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// markdown writes the blocks of a report.
type markdown struct{ prose.Markdown }

func writeMarkdown(w io.Writer, r *Report) error {
	m := &markdown{}
	v := voice{prose.NewVoice(r.Lang, nil)}
	for _, line := range r.Head.Office {
		m.Part("**%s**", finding.Inline(line))
	}
	m.Part("---")
	m.Part("# %s", finding.Inline(r.Head.Title))
	m.Part("%s", finding.Escape(r.Head.About))
	m.Part("**%s**", finding.Inline(r.Head.Subject))
	m.facts(r.Head.Facts)
	for _, s := range r.Sections {
		m.section(s, 2, s.Number+". ")
	}
	m.signatures(v, r.Signatures)
	for _, s := range r.Annexes {
		m.section(s, 2, finding.Inline(v.say("annex", s.Number))+" ")
	}
	_, err := io.WriteString(w, strings.TrimRight(m.String(), "\n")+"\n")
	return err
}

func (m *markdown) section(s Section, level int, number string) {
	m.Part("%s %s%s", strings.Repeat("#", level), number, finding.Inline(s.Title))
	for _, b := range s.Blocks {
		m.block(b)
	}
	for _, sub := range s.Sections {
		m.section(sub, level+1, sub.Number+". ")
	}
}

func (m *markdown) block(b Block) {
	switch {
	case b.Table != nil:
		m.table(b.Table)
	case b.Facts != nil:
		m.facts(b.Facts)
	case b.List != nil:
		for i, entry := range b.List {
			mark := "-"
			if b.Ordered {
				mark = fmt.Sprintf("%d.", i+1)
			}
			fmt.Fprintf(m, "%s %s\n", mark, finding.Escape(entry))
		}
		m.WriteByte('\n')
	case b.Code != nil:
		var commands []string
		for _, c := range b.Code {
			commands = append(commands, text.Clean(c))
		}
		m.Fenced("sh", strings.Join(commands, "\n"))
	default:
		m.Part("%s", finding.Escape(b.Text))
	}
}

func (m *markdown) facts(list []Fact) {
	for _, f := range list {
		fmt.Fprintf(m, "- **%s:** %s\n", finding.Inline(f.Label), finding.Inline(f.Value))
	}
	m.WriteByte('\n')
}

func (m *markdown) table(t *Table) {
	m.Part("**%s**", finding.Inline(t.Caption))
	var head, rule []string
	for _, c := range t.Columns {
		head, rule = append(head, finding.Inline(c)), append(rule, "---")
	}
	m.row(head)
	m.row(rule)
	for _, row := range t.Rows {
		var out []string
		for _, c := range row {
			s := finding.Inline(c.Text)
			if c.Strong {
				s = "**" + strings.ReplaceAll(s, "<br>", "**<br>**") + "**"
			}
			out = append(out, s)
		}
		m.row(out)
	}
	m.WriteByte('\n')
}

func (m *markdown) row(cells []string) { fmt.Fprintf(m, "| %s |\n", strings.Join(cells, " | ")) }

func (m *markdown) signatures(v voice, list []Signature) {
	m.Part("%s", finding.Escape(v.say("sign.place")))
	for _, s := range list {
		m.Part("**%s**", finding.Inline(s.Heading))
		m.facts([]Fact{
			{v.say("sign.position"), orBlank(s.Position)}, {v.say("sign.signature"), blank},
			{v.say("sign.name"), orBlank(s.Name)}, {v.say("sign.rank"), blank}, {v.say("sign.nip"), blank},
		})
	}
}

// blank is a line to write on by hand.
const blank = "…………………………"

func orBlank(s string) string { return cmp.Or(s, blank) }
