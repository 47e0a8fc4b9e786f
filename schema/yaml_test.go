package schema

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shown is a problem as the tables write it: "line:column rule code args…".
func shown(ps []Problem) string {
	var lines []string
	for _, p := range ps {
		line := fmt.Sprintf("%d:%d %s %s", p.Pos.Line, p.Pos.Column, p.Rule, p.Code)
		for _, a := range p.Args {
			line += fmt.Sprintf(" <%v>", a)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func good(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/good.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestParseYAMLRefuses(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"a key twice":                       {"a: x\nb: w\na: z\n", "3:1 yaml-ambiguous yaml.duplicate <a> <1>"},
		"a quoted key twice":                {"a: x\n\"a\": z\n", "2:1 yaml-ambiguous yaml.duplicate <a> <1>"},
		"a second document":                 {"a: x\n---\nb: y\n", "2:1 yaml-ambiguous yaml.document"},
		"a document mark":                   {"---\na: x\n", "1:1 yaml-ambiguous yaml.document"},
		"a document end":                    {"a: x\n...\n", "2:1 yaml-ambiguous yaml.document"},
		"a directive":                       {"%YAML 1.1\na: x\n", "1:1 yaml-ambiguous yaml.document"},
		"an anchor":                         {"a: &x y\n", "1:4 yaml-ambiguous yaml.anchor"},
		"an anchor on a map":                {"a: &x\n  b: y\n", "1:4 yaml-ambiguous yaml.anchor"},
		"an alias":                          {"a: &x y\nb: *x\n", "1:4 yaml-ambiguous yaml.anchor\n2:4 yaml-ambiguous yaml.alias"},
		"a merge key":                       {"a:\n  <<: {b: c}\n", "2:3 yaml-ambiguous yaml.merge"},
		"a binary tag":                      {"a: !!binary aGk=\n", "1:4 yaml-ambiguous yaml.tag"},
		"a custom tag":                      {"a: !x y\n", "1:4 yaml-ambiguous yaml.tag"},
		"the tag the library drops":         {"a: ! 1.10\n", "1:4 yaml-ambiguous yaml.tag"},
		"a tag on a key":                    {"!!str a: b\n", "1:1 yaml-ambiguous yaml.tag"},
		"a byte order mark":                 {"\ufeffa: x\n", "1:1 yaml-ambiguous yaml.bom"},
		"UTF-16":                            {"\xff\xfea\x00:\x00", "1:1 yaml-ambiguous yaml.bom"},
		"Latin-1":                           {"a: x\nb: caf\xe9\n", "2:1 yaml-ambiguous yaml.utf8"},
		"a carriage return":                 {"a: x\r\nb: y\n", "1:5 yaml-ambiguous yaml.cr"},
		"a tab as indentation":              {"a:\n\tb: x\n", "2:1 yaml-ambiguous yaml.tab"},
		"a bell":                            {"a: x\ay\n", "1:5 yaml-ambiguous yaml.character <U+0007>"},
		"a right-to-left override":          {"a: é\u202ey\n", "1:5 yaml-ambiguous yaml.character <U+202E>"},
		"an escaped zero-width space":       {`a: "x\u200b"` + "\n", "1:4 yaml-ambiguous yaml.character <U+200B>"},
		"an escaped carriage return":        {`a: "x\ry"` + "\n", "1:4 yaml-ambiguous yaml.character <U+000D>"},
		"NEL as a line break":               {"a: x\u0085b: y\n", "1:5 yaml-ambiguous yaml.character <U+0085>"},
		"a line separator":                  {"a: x\u2028b: y\n", "1:5 yaml-ambiguous yaml.character <U+2028>"},
		"a control in a comment":            {"a: x # \u0090\n", "1:8 yaml-ambiguous yaml.character <U+0090>"},
		"an invisible letter":               {"a: x\u3164\n", "1:5 yaml-ambiguous yaml.character <U+3164>"},
		"the word no":                       {"a: no\n", "1:4 yaml-ambiguous yaml.quote <no>"},
		"the word on":                       {"a: on\n", "1:4 yaml-ambiguous yaml.quote <on>"},
		"the letter y":                      {"a: Y\n", "1:4 yaml-ambiguous yaml.quote <Y>"},
		"a version that loses its zero":     {"a: 1.10\n", "1:4 yaml-ambiguous yaml.quote <1.10>"},
		"an octal number":                   {"a: 0123\n", "1:4 yaml-ambiguous yaml.quote <0123>"},
		"a day":                             {"a: 2026-02-02\n", "1:4 yaml-ambiguous yaml.quote <2026-02-02>"},
		"a time":                            {"a: 2026-02-02T08:00:00+07:00\n", "1:4 yaml-ambiguous yaml.quote <2026-02-02T08:00:00+07:00>"},
		"a clock, which is base 60":         {"a: 21:30\n", "1:4 yaml-ambiguous yaml.quote <21:30>"},
		"a hexadecimal number":              {"a: 0x1F\n", "1:4 yaml-ambiguous yaml.quote <0x1F>"},
		"a YAML 1.2 octal":                  {"a: 0o17\n", "1:4 yaml-ambiguous yaml.quote <0o17>"},
		"an exponent":                       {"a: 1e3\n", "1:4 yaml-ambiguous yaml.quote <1e3>"},
		"a commit that looks like a number": {"a: 1234567e12\n", "1:4 yaml-ambiguous yaml.quote <1234567e12>"},
		"a number with underscores":         {"a: 1_000\n", "1:4 yaml-ambiguous yaml.quote <1_000>"},
		"a negative number":                 {"a: -1\n", "1:4 yaml-ambiguous yaml.quote <-1>"},
		"a number too long for JavaScript":  {"a: 1234567890123456\n", "1:4 yaml-ambiguous yaml.quote <1234567890123456>"},
		"not a number":                      {"a: .nan\n", "1:4 yaml-ambiguous yaml.quote <.nan>"},
		"infinity":                          {"a: -.inf\n", "1:4 yaml-ambiguous yaml.quote <-.inf>"},
		"the word True":                     {"a: True\n", "1:4 yaml-ambiguous yaml.quote <True>"},
		"the word null":                     {"a: null\n", "1:4 yaml-ambiguous yaml.quote <null>"},
		"a tilde":                           {"a: ~\n", "1:4 yaml-ambiguous yaml.quote <~>"},
		"nothing after the colon":           {"a:\nb: x\n", "1:3 schema-invalid yaml.null"},
		"nothing after the dash":            {"a:\n  -\n", "2:4 schema-invalid yaml.null"},
		"a key that is a word for false":    {"n: x\n", "1:1 yaml-ambiguous yaml.quote <n>"},
		"a key that is a number":            {"1: x\n", "1:1 yaml-ambiguous yaml.key"},
		"a key that is true":                {"true: x\n", "1:1 yaml-ambiguous yaml.key"},
		"a list as key":                     {"[a]: x\n", "1:1 yaml-ambiguous yaml.key"},
		"no content":                        {"", "1:1 schema-invalid yaml.empty"},
		"two versions":                      {"a: b\n<<<<<<< HEAD\n  c: d\n=======\n\tc: e\n>>>>>>> lain\n", "2:1 schema-invalid yaml.conflict"},
		"only comments":                     {"# a\n\n", "1:1 schema-invalid yaml.empty"},
		"no final line feed":                {"a: x\nb: y", "2:1 schema-invalid yaml.final-newline"},
		"a syntax error":                    {"a: x\nb: \"y\n", "2:1 schema-invalid yaml.syntax <found unexpected end of stream>"},
		"too many levels":                   {"a: " + strings.Repeat("[", 32) + "x" + strings.Repeat("]", 32) + "\n", "1:35 yaml-limit yaml.depth <32>"},
		"too many nodes":                    {strings.Repeat("- x\n", 10_000), "10000:3 yaml-limit yaml.nodes <10000>"},
		"too long a text":                   {"a: " + strings.Repeat("x", MaxScalar+1) + "\n", "1:4 yaml-limit yaml.scalar <65536>"},
		"too large a file":                  {strings.Repeat("#\n", MaxSize/2+1), "1:1 yaml-limit yaml.size <256>"},
	} {
		t.Run(name, func(t *testing.T) {
			d, ps := ParseYAML([]byte(c.in))
			if d != nil {
				t.Errorf("accepted as %v", d.Value)
			}
			if diff := cmp.Diff(c.want, shown(ps)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseYAMLAccepts(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"quoted versions":                 {"a: \"1.10\"\nb: '0123'\n", "map[a:1.10 b:0123]"},
		"versions no reader takes amiss":  {"a: 9.8p1\nb: 1.2.3\nc: 1:8.9p1-3ubuntu0.10\nd: E10\ne: v1.10\n", "map[a:9.8p1 b:1.2.3 c:1:8.9p1-3ubuntu0.10 d:E10 e:v1.10]"},
		"true, false and whole numbers":   {"a: true\nb: false\nc: 0\nd: 4312\n", "map[a:true b:false c:0 d:4312]"},
		"several lines below a bar":       {"a: |\n  x\n  y\n", "map[a:x\ny\n]"},
		"flow collections and comments":   {"a: {b: c, d: [e]} # f\n", "map[a:map[b:c d:[e]]]"},
		"letters of every script":         {"a: naïve ꦲꦤ 漢字 😀\n", "map[a:naïve ꦲꦤ 漢字 😀]"},
		"an escaped tab inside quotes":    {"a: \"x\\ty\"\n", "map[a:x\ty]"},
		"a quoted key that is a word":     {"\"no\": x\n", "map[no:x]"},
		"exactly 32 levels":               {"a: " + strings.Repeat("[", 31) + "x" + strings.Repeat("]", 31) + "\n", "map[a:" + strings.Repeat("[", 31) + "x" + strings.Repeat("]", 31) + "]"},
		"a document of one word":          {"x\n", "x"},
		"an exclamation mark in a phrase": {"a: \"!\"\nb: ya!\n", "map[a:! b:ya!]"},
	} {
		t.Run(name, func(t *testing.T) {
			d, ps := ParseYAML([]byte(c.in))
			if len(ps) > 0 {
				t.Fatal(shown(ps))
			}
			if diff := cmp.Diff(c.want, fmt.Sprint(d.Value)); diff != "" {
				t.Error(diff)
			}
			if ps := SecondOpinion([]byte(c.in), d); len(ps) > 0 {
				t.Error(shown(ps))
			}
		})
	}
}

func TestSecondOpinionSeesAnotherValue(t *testing.T) {
	d := &Document{Value: map[string]any{"a": map[string]any{"b": "no"}}}
	real, _ := ParseYAML([]byte("a:\n  b: \"no\"\n"))
	d.root = real.root
	if got, want := shown(SecondOpinion([]byte("a:\n  b: no\n"), d)), "2:6 yaml-ambiguous yaml.second-opinion <a.b>"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := shown(SecondOpinion([]byte("a: [\n"), d)); !strings.HasPrefix(got, "1:1 yaml-ambiguous yaml.second-parse") {
		t.Error(got)
	}
}

// bombs are inputs that cost a YAML library seconds: each must be answered at once.
func bombs() map[string]string {
	unit := map[string]string{
		"open lists": "[", "open maps": "{", "keys without values": "a:\n", "dashes": "- ", "dashes on lines": "-\n",
		"list items": "- a\n", "same keys": "a: b\n", "complex keys": "? ", "tags": "!x ", "anchors": "&x ",
		"commented items": "- a #b\n", "comments": "#\n", "colons": "a:a:", "maps in lists": "[{", "blank lines": "\n",
		"list keys": "[a]: ", "nested dashes": strings.Repeat("- ", 30) + "a\n#\n\n",
	}
	out := map[string]string{}
	for name, u := range unit {
		out[name] = strings.Repeat(u, (MaxSize-1)/len(u))
	}
	for name, u := range map[string]string{"flow list": "a,", "flow of maps": "{},", "flow of lists": "[],", "aliases": "*a,"} {
		out[name] = "a: &a [" + strings.Repeat(u, (MaxSize-16)/len(u)) + "]\n"
		out["fewer: "+name] = "a: [" + strings.Repeat(u, MaxNodes-4) + "]\n" // passes the count before parsing
	}
	out["flow map"] = "a: {" + strings.Repeat("a,", MaxSize/2-8) + "}\n"
	out["fewer: flow map"] = "a: {" + strings.Repeat("a,", 2*MaxNodes-4) + "}\n"
	out["fewer: keys"] = strings.Repeat("a:\n", 2*MaxNodes-1)
	out["fewer: comments"] = strings.Repeat("- a #b\n", 2*MaxNodes-1)
	head := string(New("SP-2026-0001", "x", ""))
	out["numbers for texts"] = head + "  - monitoring:\n      sources:\n" + strings.Repeat("        - 1\n", 9_900)
	out["items of no kind"] = head + strings.Repeat("  - x:\n      a: b\n", 2_400)
	var unknown strings.Builder
	for i := range 4_900 {
		fmt.Fprintf(&unknown, "      k%d: x\n", i)
	}
	out["unknown keys"] = head + "  - plan:\n" + unknown.String()
	out["one long text"] = `a: "` + strings.Repeat("x", MaxSize-8) + "\"\n"
	out["escapes"] = `a: "` + strings.Repeat(`\x41`, MaxSize/4-4) + "\"\n"
	out["folded lines"] = "a: >\n" + strings.Repeat("  x\n\n", MaxSize/5-4)
	var deep strings.Builder
	for i := 0; i < 690; i++ {
		deep.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	out["deep indentation"] = deep.String()
	out["10 MB"] = strings.Repeat("k: v\n", 2<<20)
	return out
}

func TestNoInputIsExpensive(t *testing.T) {
	for name, text := range bombs() {
		t.Run(name, func(t *testing.T) {
			data := []byte(strings.TrimSuffix(text, "\n") + "\n")
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			readWhole(data)
			runtime.ReadMemStats(&after)
			// All that is ever allocated, garbage included (and four times that under
			// the race detector): a bound on growth. Times are in the benchmark.
			if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 512 {
				t.Errorf("allocated %d MiB for %d KiB", took, len(data)>>10)
			}
		})
	}
}

// readWhole is everything a check does to a changed manifest.
func readWhole(data []byte) {
	if m, _ := Parse(data); m != nil {
		if d, _ := ParseYAML(data); d != nil {
			SecondOpinion(data, d)
			OddForm(data, d)
		}
	}
}

// BenchmarkBombs times the worst inputs we know; the goal is 200 ms each.
func BenchmarkBombs(b *testing.B) {
	for name, text := range bombs() {
		data := []byte(strings.TrimSuffix(text, "\n") + "\n")
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				readWhole(data)
			}
		})
	}
}
