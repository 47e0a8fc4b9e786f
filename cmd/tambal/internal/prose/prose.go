// Package prose owns what the documents share that tambal writes for people (the
// formal report, the page of a pull request): values in the words of one
// language and one office's time zone, and the frame of Markdown.
//
// It must not know a case or a finding, nor what any document holds. What only
// one document needs stays with that document. The words stand in package text
// under "report.".
package prose

import (
	"fmt"
	"strings"
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
