package schema

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mutator makes texts that nearly are manifests and policies: the repository's own, changed in one to three places. The
// same seed makes the same texts.
type mutator struct {
	*rand.Rand
	seeds []string
}

func newMutator(t testing.TB, seed uint64) *mutator {
	t.Helper()
	m := &mutator{Rand: rand.New(rand.NewPCG(seed, 0))}
	for _, pattern := range []string{"testdata/good.yaml", "../policies/*.yaml", "../examples/team.yaml", "../examples/patches/*/*/patch.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			m.seeds = append(m.seeds, string(data))
		}
	}
	return m
}

func pick[T any](m *mutator, list []T) T { return list[m.IntN(len(list))] }

// next makes one text. Half of the manifests end behind one of their items.
func (m *mutator) next() string {
	text := pick(m, m.seeds)
	if segments := Segments([]byte(text)); len(segments) > 2 && m.IntN(2) == 0 {
		text = text[:segments[2+m.IntN(len(segments)-2)].Start]
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for range 1 + m.IntN(2)*m.IntN(3) {
		m.mutate(&lines)
	}
	return strings.Join(lines, "\n") + "\n"
}

// TestMutants: the same seed makes the same texts, enough of them may land, and every kind of odd form is among the rest.
func TestMutants(t *testing.T) {
	m, again := newMutator(t, 2), newMutator(t, 2)
	count := map[string]int{}
	for range 4000 {
		text := m.next()
		if text != again.next() {
			t.Fatal("another text")
		}
		if d, _ := ParseYAML([]byte(text)); d != nil {
			count["read"]++
			for _, p := range OddForm([]byte(text), d) {
				count[p.Code]++
			}
		}
	}
	for code, least := range map[string]int{"read": 1500, "yaml.comment": 20, "yaml.shallow": 50, "yaml.question": 5, "yaml.form": 5} {
		if count[code] < least {
			t.Errorf("%s: %d, want %d", code, count[code], least)
		}
	}
	t.Log(count)
}

// special is what means something in YAML.
var special = []string{
	"?", "? ", " ?", "#", " #", " # x", "#x", ":", ": ", " :", " : ", ",", ", ", "[", "]", "{", "}", "[]", "{}", "-", "- ", " - ",
	"'", "\"", "''", "\\", "\\'", "|", ">", "%", "@", "`", "!", "&", "*", "=", "<<", "~", " ", "  ", "\n", "\n ", "\n    ", "\n          ",
	"\\n", "\\/", "\\x41", "\\u00e9", "\\_", "\\N", "\\P", "\\e", "\\ ", "\\\n", "\\\n      ", "é", "\u00a0", "\u3000", "😀", "0", "1", "\n\n", "\n# x\n", " #\n", "\t",
}

// values are texts that stand behind a colon or a dash; "~" is a line end and some blanks.
var values = []string{
	"x~v", "x~# v", "x # v~z", "x~v: z", "x~- v", "x~~v", "x~\n~v", "x:v", "x ?v", "?x", "-x", ":x", "x#v", "x :v", "x ~ v", "-~x", "x~?v", "x~? v",
	"'x~v'", "'x~'", "'~x'", "'x'# v", "'x' # v", "'x'~# v", "'x''~''v'", "'x'v", "'x # v'", "'x: v'", "''", "'x \n~ v'", "'~'", "'# x'",
	"\"x~v\"", "\"x~\"", "\"~x\"", "\"x\"# v", "\"x\" # v", "\"x\\\n~v\"", "\"x \\\n~\\ v\"", "\"x\\'v\"", "\"\\x41\\/\\_\\e\"", "\"x\n~\n~v\"", "\"\"", "\"x\"v", "\"x \n~v\"", "\"\\\"~\"",
	"|~x", "|~x~v", "|-~x", "|+~x\n", "|# v~x", "| # v~x", "|2~x", "|1~x", "|4-~ x", "|-2~x", "|\n~x", "|  ~x~  v", "|~x\n~# v", "|~\n~x", "|~x~\n", "|~", "|\n", "|+\n\n", "|-~# x", "|~x ~v", "|9~x", "|10~x",
	">~x", ">~x~v", ">-~x\n~v", ">+~x\n\n", "># v~x", ">2~ x~  v~z", ">~  x~v", ">~x\n~  v\n~z", ">~x~ ~v", ">1~x", ">\n\n~x", ">~x \\~v",
	"[x,~v]", "[x~, v]", "[~x]", "[x~]", "[x, v,]", "[x,,v]", "[,x]", "[x, #v~z]", "[x #v~, z]", "[x,#v~z]", "[x~v]", "[x, 'v~z']", "[x: v]", "[x: v, z]", "[? x: v]", "[?x]", "[-]", "[- x]", "[-x]", "[:x]", "[x:]", "[x]#v", "[x]v", "[[x], {v: z}]", "['x':v]", "[x:v]", "[x\n]", "[x, [~v]]", "[x#v]", "[x?]", "[x ? v]", "[x:[v]]", "[x : v]", "['x' : v]", "[x~: v]", "[#x~v]", "[]", "[~]", "[\n]",
	"{x: v}", "{x: v,}", "{x: v~}", "{x:~v}", "{x~: v}", "{~x: v}", "{x: v,~z: w}", "{? x: v}", "{?x: v}", "{ ?x: v }", "{x: ?v}", "{'x':v}", "{\"x\":v}", "{\"x\": v}", "{\"x\" :v}", "{'x'~: v}", "{x: 'v~z'}", "{x: v # z~}", "{x: v #z~, a: b}", "{x: v}# z", "{x: v~z}", "{x~v: z}", "{x:v: z}", "{x: v:z}", "{x:[v]}", "{x: [v,~z]}", "{x: |~v}", "{x: -v}", "{x: - v}", "{-x: v}", "{- x: v}", "{x: v}: z", "{x: #v~z}", "{x:#v~z}", "{}", "{~}", "{'x': 'v', \"z\": \"w\"}", "{[x]: v}", "{x: {v: z}}", "{x :v}", "{x : v}", "{:x: v}", "{x::v}", "{x: :v}", "{x:: v}", "{x?: v}", "{x? : v}", "{\"x\": 1,\"v\":true}",
	"~x: v", "~? x~: v", "~- x~- v", "~- x: v~  z: w", "~- - x~  - v", "~-  x", "~-~  x", "~- ? x~  : v", "~'x': v", "~'x' : v", "~\"x\":v", "~x:v", "~x : v", "~x:~  v", "~x:~  - v", "~x:~- v", "~x # v: z", "~# x~v", "~# x~v: z", "~'x'#: v", "~'x~z': v", "~x~z: v", "~[x]: v", "~{x: v}: z", "~x: v~# z", "~x: 'v'# z", "~?x: v", "~-x: v", "~:x: v", "~x?: v", "~x: |~  v~z: w", "~- |~  x~- v", "~- >2~    x", "~x: - v", "~x: v: z", "~- x~v", "~- x~  v", "~- 'x~  v'", "~- [x,~  v]", "~-  - x~   - v", "~- x:~  - v", "~- x:~    - v~  z: w", "~# x~- v~# z~- w",
	"true", "false", "0", "12", "x~12", "'12'", "12 # x", "True", "0x1", "1_0", "2026-01-01", "12:30", "1.0", "1e3", "null", "yes", "=", "<<", "+1", "-0", "00", "0o7", "0b1", ".5", "5.", "._", "1:2:3", "Null", "NaN", ".NaN", "NO", "1_", "_1", "0_", "1__0", "1 2",
	"x" + strings.Repeat("v", 1100), "~" + strings.Repeat("x", 1010) + ": v", "~" + strings.Repeat("x", 990) + ": v", "{" + strings.Repeat("x", 1030) + ": v}", "[" + strings.Repeat("x", 1030) + ": v]",
	"__proto__", "~__proto__: v", "{__proto__: v}", "~constructor: v", "~'<<': v", "~'<<': {x: v}", "{\"<<\": {x: v}}", "{'<<': [x]}", "~toString: {x: v}",
}

// mutate changes one place.
func (m *mutator) mutate(lines *[]string) {
	at := m.IntN(len(*lines))
	line := (*lines)[at]
	replace := func(n int, with ...string) {
		rest := append(with, (*lines)[at+n:]...)
		*lines = append((*lines)[:at:at], rest...)
	}
	runes := []rune(line)
	i := m.IntN(len(runes) + 1)
	indent := len(line) - len(strings.TrimLeft(line, " "))
	switch m.IntN(14) {
	case 0: // one character less
		if i < len(runes) {
			replace(1, string(runes[:i])+string(runes[i+1:]))
		}
	case 1: // one character becomes another
		if i < len(runes) {
			replace(1, string(runes[:i])+pick(m, special)+string(runes[i+1:]))
		}
	case 2, 3: // something more
		replace(1, strings.Split(string(runes[:i])+pick(m, special)+string(runes[i:]), "\n")...)
	case 4: // a line further in or out
		if m.IntN(2) == 0 {
			replace(1, strings.Repeat(" ", 1+m.IntN(4))+line)
		} else {
			replace(1, line[min(indent, 1+m.IntN(4)):])
		}
	case 5: // a line less, or twice, or behind the next
		if at+1 < len(*lines) {
			next := (*lines)[at+1]
			replace(2, pick(m, [][]string{{next}, {line, line, next}, {next, line}, {line + " " + strings.TrimLeft(next, " ")}})...)
		}
	case 6: // a line broken in two
		if j := strings.LastIndexByte(line[:len(string(runes[:i]))], ' '); j > 0 {
			replace(1, line[:j], m.blanks(indent)+strings.TrimLeft(line[j:], " "))
		}
	case 7: // a remark
		replace(0, m.blanks(indent)+pick(m, []string{"# x", "#", "#- x: v", "", " "}))
	case 8: // a remark behind
		replace(1, line+pick(m, []string{"# x", " # x", "  #", " #x: v", ": # x", " ", "   "}))
	case 9: // quotes around what stands behind the colon
		if head, tail, ok := strings.Cut(line, ": "); ok {
			quote := pick(m, []string{"'", "\""})
			words := strings.Split(tail, " ")
			words[m.IntN(len(words))] += pick(m, []string{"", "\n" + m.blanks(indent), "\\\n" + m.blanks(indent)})
			replace(1, strings.Split(head+": "+quote+strings.Join(words, " ")+quote, "\n")...)
		}
	default: // another value
		for _, mark := range []string{": ", "- ", ":"} {
			if head, _, ok := strings.Cut(line, mark); ok && (mark != ":" || head+mark == line) {
				value := pick(m, values)
				for strings.Contains(value, "~") {
					value = strings.Replace(value, "~", "\n"+m.blanks(indent), 1)
				}
				replace(1, strings.Split(head+mark+value, "\n")...)
				return
			}
		}
	}
}

// blanks is an indentation near the given one.
func (m *mutator) blanks(indent int) string {
	return strings.Repeat(" ", max(0, indent+pick(m, []int{-4, -2, -1, 0, 0, 1, 2, 2, 3, 4, 6})))
}
