package page

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/schema"
)

// What a page may hold. A comment ends at 65,536 characters; with these the page
// stays below 60,000 bytes, whatever people wrote.
const (
	textRunes = 600 // one field of free text
	textBytes = 1200
	nameRunes = 80 // a name, version or path
	nameBytes = 320
	linkBytes = 2000

	mostEntries  = 8
	mostFiles    = 30 // collapsed
	mostFindings = 20

	systemsBytes         = 4000
	vulnerabilitiesBytes = 3000
	evidenceBytes        = 4500
	findingBytes         = 1500
	findingsBytes        = 10000
	itemBytes            = 4000
)

// heading begins a part of the page.
func (p *sheet) heading(key string) { p.Part("### %s", finding.Inline(p.Say("request.section."+key))) }

// entry writes one entry of a list.
func (p *sheet) entry(markdown string) { p.WriteString("- " + markdown + "\n") }

// line is a label and what people wrote; nothing without.
func (p *sheet) line(label, value string) {
	if value = clip(value, p.ending()); value != "" {
		p.entry("**" + finding.Inline(label) + ":** " + value)
	}
}

// list is a part of entries; all counts those too that were left out before.
func (p *sheet) list(key string, entries []string, all, budget int, more string) {
	if len(entries) > 0 {
		p.heading(key)
		p.entries(entries, all, budget, more)
	}
}

// first returns the entries of as many as a list may have.
func first[T any](all []T, most int, entry func(T) string) (entries []string) {
	for _, one := range all[:min(len(all), most)] {
		entries = append(entries, entry(one))
	}
	return entries
}

// entries writes as many as fit and counts the rest.
func (p *sheet) entries(entries []string, all, budget int, more string) {
	shown := 0
	for _, e := range entries {
		if budget -= len(e); budget < 0 && shown > 0 {
			break
		}
		p.entry(e)
		shown++
	}
	if left := all - shown; left > 0 {
		p.entry(finding.Inline(p.Say(more, left)))
	}
	p.WriteByte('\n')
}

// phrase is a sentence of the caller, whose arguments may come from people.
func (p *sheet) phrase(s text.Phrase) string {
	if s.Code == "" {
		return ""
	}
	return clip(p.Lang.Say(s.Code, s.Args...), p.ending())
}

// ending stands where text was cut.
func (p *sheet) ending() string { return p.Say("request.cut") }

// clip makes free text harmless, puts it on one line and cuts it.
func clip(s, ending string) string { return cutTo(s, textRunes, textBytes, ending) }

// brief is clip for names, versions and paths.
func brief(s string) string { return cutTo(s, nameRunes, nameBytes, "…") }

// cutTo escapes text and cuts it to that many characters and, escaped, bytes.
// Line breaks become spaces: empty lines must not push the rest out of sight.
func cutTo(s string, runes, bytes int, ending string) string {
	folded := []rune(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' }), " "))
	all := len(folded)
	folded = folded[:min(all, runes)]
	out := finding.Escape(string(folded))
	for len(out) > bytes {
		folded = folded[:len(folded)*bytes/len(out)]
		out = finding.Escape(string(folded))
	}
	if len(folded) < all {
		out += finding.Inline(ending)
	}
	return out
}

// link is a Markdown link to an address of the web; anything else stays text.
func link(label, address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return finding.Inline(label)
	}
	var b strings.Builder
	for i := range len(address) {
		if c := address[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("<>()[]\\\"`{|}^@", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	if b.Len() > linkBytes {
		return finding.Inline(label)
	}
	return "[" + finding.Inline(label) + "](" + b.String() + ")"
}

// paste offers the record of the decision and the two steps to append it. What
// is pasted has to be these very bytes: an item with something invisible in it,
// or one that is too long, is not shown at all.
func (p *sheet) paste() {
	if p.Item == "" {
		return
	}
	if !pasteable(p.Item) {
		id := "ID" // a folder of another name is no case, and must not be typed
		if p.Case != nil {
			if _, ok := schema.CaseDir(p.Case.ID); ok {
				id = p.Case.ID
			}
		}
		p.Part("%s", p.Say("request.paste.record", id))
		return
	}
	p.Part("<details><summary>%s</summary>", finding.Inline(p.Say("request.paste")))
	p.WriteString("1. " + p.Say("request.paste.open", link(p.Say("request.paste.manifest"), p.EditURL)) + "\n")
	p.Part("2. %s", p.Say("request.paste.commit"))
	p.Fenced("yaml", strings.TrimRight(p.Item, "\n"))
	p.Part("</details>")
}

func pasteable(item string) bool {
	for line := range strings.SplitSeq(item, "\n") {
		if text.Clean(line) != line {
			return false
		}
	}
	return len(item) <= itemBytes
}
