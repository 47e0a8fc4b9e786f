// Package prose owns what the documents share that tambal writes for people (the
// formal report, the page of a pull request): values in the words of one
// language and one office's time zone, and the frame of Markdown.
//
// It must not know a case or a finding, nor what any document holds. What only
// one document needs stays with that document. The words are in package text
// under "report.".
package prose

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// Dash stands where there is nothing, as in the SOP.
const Dash = "-"

// Markdown collects GitHub-flavoured Markdown; parts are parted by blank lines.
type Markdown struct{ strings.Builder }

// Fenced writes a block of code in a language; the fence is longer than any in it.
// The code has to be visible already.
func (m *Markdown) Fenced(language, code string) {
	fence := "```"
	for strings.Contains(code, fence) {
		fence += "`"
	}
	m.Part("%s%s\n%s\n%s", fence, language, code, fence)
}

// Part writes one part. Its arguments have to be harmless already.
func (m *Markdown) Part(format string, args ...any) { fmt.Fprintf(m, format+"\n\n", args...) }

// Voice puts values into the words of one language and one office's time zone.
type Voice struct {
	lang text.Lang
	zone *time.Location
}

// NewVoice returns the voice of an office; without a usable policy, times are UTC.
func NewVoice(lang text.Lang, p *policies.Policy) Voice {
	v := Voice{lang: lang, zone: time.UTC}
	if p != nil && p.Calendar != nil {
		v.zone = p.Calendar.Location()
	}
	return v
}

// Zone returns the office's time zone.
func (v Voice) Zone() *time.Location { return v.zone }

// Say returns a sentence of the documents.
func (v Voice) Say(code string, args ...any) string { return v.lang.Say("report."+code, args...) }

// Either says one of two sentences.
func (v Voice) Either(is bool, yes, no string) string {
	if is {
		return v.Say(yes)
	}
	return v.Say(no)
}

// Word returns the word for a value of the manifest, or the value itself when
// there is none.
func (v Voice) Word(kind, value string) string {
	if s := v.lang.Maybe("report." + kind + "." + value); s != "" {
		return s
	}
	return value
}

// Pick returns the English words where the policy has them and the document is
// English.
func (v Voice) Pick(local, english string) string {
	if v.lang == text.English && english != "" {
		return english
	}
	return local
}

// Day is "9 Desember 2025", "9 December 2025".
func (v Voice) Day(t time.Time) string {
	months := strings.Split(v.Say("months"), "|")
	if len(months) != 12 {
		return t.Format(time.DateOnly)
	}
	return fmt.Sprintf("%d %s %d", t.Day(), months[t.Month()-1], t.Year())
}

// Moment is "9 Desember 2025, 21.00 WIB", "9 December 2025, 21:00 WIB" in the
// office's zone; "" for the zero time.
func (v Voice) Moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(v.zone)
	zone := t.Format("MST")
	if strings.HasPrefix(zone, "+") || strings.HasPrefix(zone, "-") {
		zone = "UTC" + zone
	}
	return v.Say("moment", v.Day(t), t.Format("15"), t.Format("04"), zone)
}

// Stated puts an RFC 3339 time of the manifest into words.
func (v Voice) Stated(s string) string {
	if t := schema.Time(s); !t.IsZero() {
		return v.Moment(t)
	}
	return s
}

// Decimal turns a decimal point into the language's mark.
func (v Voice) Decimal(s string) string {
	if v.lang == text.Indonesian {
		return strings.Replace(s, ".", ",", 1)
	}
	return s
}

// Grouped groups thousands.
func (v Voice) Grouped(n int) string {
	s, mark := strconv.Itoa(n), "."
	if v.lang == text.English {
		mark = ","
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + mark + s[i:]
	}
	return s
}
