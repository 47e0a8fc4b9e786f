// Package text owns every sentence the program says, in Indonesian and in
// English, by code and arguments.
//
// It must not know what a sentence is about. A language is a folder, `id` or
// `en`, with a file for each area of the program, such as `rule.txt`. Its lines are
// `code = sentence`, sorted by code, with fmt verbs that name their argument
// (%[1]s); tests keep the languages sorted, complete and in step. To add a
// language, add its folder and one line in tables.
package text

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Lang is a language of the program.
type Lang string

// The languages; Indonesian is the default.
const (
	Indonesian Lang = "id"
	English    Lang = "en"
)

//go:embed id en
var files embed.FS

var tables = sync.OnceValue(func() map[Lang]map[string]string {
	return map[Lang]map[string]string{Indonesian: load(Indonesian), English: load(English)}
})

// load reads the files of a language.
func load(l Lang) map[string]string {
	table := map[string]string{}
	names, err := fs.Glob(files, string(l)+"/*.txt")
	for _, name := range names {
		var data []byte
		if data, err = files.ReadFile(name); err != nil {
			break
		}
		for line := range strings.Lines(string(data)) {
			code, sentence, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " = ")
			table[code] = sentence
		}
	}
	if err != nil {
		panic(err) // they are part of the program
	}
	return table
}

// Choose returns the language: the flag, then TAMBAL_LANG, LC_ALL and LANG as
// getenv gives them, then Indonesian. ok is false when flag is there and names none.
func Choose(flag string, getenv func(string) string) (lang Lang, ok bool) {
	if lang, ok := match(flag); ok {
		return lang, true
	}
	for _, name := range []string{"TAMBAL_LANG", "LC_ALL", "LANG"} {
		if lang, ok := match(getenv(name)); ok {
			return lang, flag == ""
		}
	}
	return Indonesian, flag == ""
}

func match(value string) (Lang, bool) {
	for _, l := range []Lang{Indonesian, English} {
		if rest, ok := strings.CutPrefix(strings.ToLower(value), string(l)); ok && (rest == "" || rest[0] == '_' || rest[0] == '-' || rest[0] == '.') {
			return l, true
		}
	}
	return Indonesian, false
}

// Say returns the sentence for a code. String arguments come from people and
// are made visible with Clean; a code without a sentence is returned as it is,
// with its arguments, so that nothing is ever lost.
func (l Lang) Say(code string, args ...any) string {
	sentence, ok := tables()[l][code]
	if !ok {
		return strings.TrimSpace(code + " " + Clean(fmt.Sprintln(args...)))
	}
	if !strings.Contains(sentence, "%[") {
		return sentence
	}
	clean := make([]any, len(args))
	for i, a := range args {
		switch v := a.(type) {
		case string:
			clean[i] = Clean(v)
		case []string:
			clean[i] = Clean(strings.Join(v, ", "))
		case Phrase:
			clean[i] = l.Say(v.Code, v.Args...)
		case fmt.Stringer:
			clean[i] = Clean(v.String())
		case error:
			clean[i] = Clean(v.Error())
		default:
			clean[i] = a
		}
	}
	return fmt.Sprintf(sentence, clean...)
}

// Phrase is an argument that is itself said in the language of the sentence.
type Phrase struct {
	Code string
	Args []any
}

// Maybe returns the sentence for a code, "" when there is none.
func (l Lang) Maybe(code string, args ...any) string {
	if _, ok := tables()[l][code]; !ok {
		return ""
	}
	return l.Say(code, args...)
}

// Codes returns all codes of the language, sorted.
func (l Lang) Codes() []string { return slices.Sorted(maps.Keys(tables()[l])) }

// Clean makes text from other people harmless on a terminal and visible to the
// reader: what is Hidden becomes U+XXXX, line breaks a space.
func Clean(s string) string {
	plain := func(r rune) bool { return r >= ' ' && r < 0x7f }
	if strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range strings.TrimRight(s, "\n") {
		switch {
		case r == '\n':
			b.WriteByte(' ')
		case Hidden(r):
			fmt.Fprintf(&b, "<U+%04X>", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Wrap breaks a paragraph at spaces, into lines of at most width bytes.
func Wrap(s string, width int) string {
	var b strings.Builder
	column := 0
	for _, word := range strings.Fields(s) {
		if column > 0 && column+1+len(word) > width {
			b.WriteByte('\n')
			column = 0
		} else if column > 0 {
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String()
}

// Yes reads a consent in either language.
func Yes(answer string) bool {
	return slices.Contains([]string{"ya", "y", "yes"}, strings.ToLower(answer))
}
