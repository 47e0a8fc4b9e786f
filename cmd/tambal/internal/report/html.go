package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/tambal-id/tambal/cmd/tambal/internal/prose"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

var page = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(template.FuncMap{
		"lines":   htmlLines,
		"clean":   text.Clean,
		"blank":   orBlank,
		"heading": func(s Section, level int, number string) view { return view{s, level, number} },
	}).Parse(pageHTML))
})

// view is a section with the level of its heading and what stands before its title.
type view struct {
	S      Section
	Level  int
	Number string
}

// writeHTML writes one file that needs no other: no script, nothing fetched. Its
// content policy names the digest of the one style sheet.
func writeHTML(w io.Writer, r *Report) error {
	v := voice{prose.NewVoice(r.Lang, nil)}
	css := strings.NewReplacer(
		"@PAGE@", cssString(v.say("page.number")), "@OF@", cssString(v.say("page.of")), "@FOOTER@", cssString(r.Head.Footer),
	).Replace(pageCSS)
	sum := sha256.Sum256([]byte(css))
	return page().Execute(w, struct {
		*Report
		CSS    template.CSS
		Policy string
		Say    func(string, ...any) string
	}{
		r, template.CSS(css),
		"default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'",
		v.say,
	})
}

// htmlLines cleans text and cuts it at its line breaks, and each line where a
// browser may break a long word such as a digest or a path, so that ordinary
// words stay whole in narrow columns. The template escapes the pieces.
func htmlLines(s string) [][]string {
	var out [][]string
	for _, line := range strings.Split(strings.TrimRight(s, "\n"), "\n") {
		out = append(out, pieces(text.Clean(line)))
	}
	return out
}

// A word longer than longWord may be broken, at the latest after longPiece
// characters.
const longWord, longPiece = 16, 10

func pieces(line string) []string {
	var out []string
	var piece strings.Builder
	word, run := 0, 0 // length of the word, characters since a break
	runes := []rune(line)
	for i, c := range runes {
		if i == 0 || runes[i-1] == ' ' {
			word, run = wordLength(runes[i:]), 0
		}
		piece.WriteRune(c)
		run++
		if word > longWord && c != ' ' && (run >= longPiece || strings.ContainsRune("/._:,-", c)) {
			out, run = append(out, piece.String()), 0
			piece.Reset()
		}
	}
	return append(out, piece.String())
}

// wordLength counts the characters up to the next blank.
func wordLength(runes []rune) int {
	if n := slices.Index(runes, ' '); n >= 0 {
		return n
	}
	return len(runes)
}

// cssString writes text as the inside of a CSS string: everything but letters,
// digits and blanks as an escape.
func cssString(s string) string {
	var b strings.Builder
	for _, c := range text.Clean(s) {
		if c == ' ' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' {
			b.WriteRune(c)
		} else {
			fmt.Fprintf(&b, `\%06x `, c) // the blank belongs to the escape
		}
	}
	return b.String()
}
