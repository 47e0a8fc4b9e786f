package text

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var verb = regexp.MustCompile(`%\[(\d)\][a-z]`)

func TestBothLanguagesSayEverythingWithTheSameArguments(t *testing.T) {
	id, en := tables()[Indonesian], tables()[English]
	for code, sentence := range id {
		other, ok := en[code]
		if !ok {
			t.Errorf("%s has no English sentence", code)
			continue
		}
		a, b := verb.FindAllString(sentence, -1), verb.FindAllString(other, -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(slices.Compact(a), slices.Compact(b)) {
			t.Errorf("%s: arguments differ: %v and %v", code, a, b)
		}
		if bare := regexp.MustCompile(`%[^\[%]`).FindString(sentence + other); bare != "" {
			t.Errorf("%s: verb %q does not name its argument", code, bare)
		}
	}
	for code := range en {
		if _, ok := id[code]; !ok {
			t.Errorf("%s has no Indonesian sentence", code)
		}
	}
}

// TestSentencesStandInOrder: a file holds sentences only, sorted by code, each once,
// and the same ones in both languages, so that what belongs together is found
// together.
func TestSentencesStandInOrder(t *testing.T) {
	names, err := fs.Glob(files, "*/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	line, areas, read := regexp.MustCompile(`^[a-z0-9]+([._-][a-z0-9]+)* = .*\S\n$`), map[string][]string{}, 0
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var codes []string
		for sentence := range strings.Lines(string(data)) {
			if !line.MatchString(sentence) {
				t.Errorf("%s: no sentence: %q", name, sentence)
			}
			code, _, _ := strings.Cut(sentence, " = ")
			if len(codes) > 0 && codes[len(codes)-1] >= code {
				t.Errorf("%s: %s does not come before %s", name, codes[len(codes)-1], code)
			}
			codes = append(codes, code)
		}
		area := path.Base(name)
		if other, ok := areas[area]; ok && !slices.Equal(codes, other) {
			t.Errorf("%s holds other codes than its sister file", name)
		}
		areas[area] = codes
		read += len(codes)
	}
	if all := len(tables()[Indonesian]) + len(tables()[English]); read != all || len(areas)*2 != len(names) {
		t.Errorf("%d sentences stand in %d files, %d are known", read, len(names), all)
	}
}

func TestLanguageComesFromTheFlagThenTheEnvironment(t *testing.T) {
	env := func(pairs ...string) func(string) string {
		return func(name string) string {
			for i := 0; i < len(pairs); i += 2 {
				if pairs[i] == name {
					return pairs[i+1]
				}
			}
			return ""
		}
	}
	for _, c := range []struct {
		name, flag string
		env        func(string) string
		want       Lang
		ok         bool
	}{
		{"nothing set is Indonesian", "", env(), Indonesian, true},
		{"flag wins", "en", env("TAMBAL_LANG", "id"), English, true},
		{"own variable before locale", "", env("TAMBAL_LANG", "id", "LANG", "en_US.UTF-8"), Indonesian, true},
		{"LC_ALL before LANG", "", env("LC_ALL", "en_GB", "LANG", "id_ID"), English, true},
		{"C locale is Indonesian", "", env("LANG", "C.UTF-8"), Indonesian, true},
		{"unknown flag is refused", "fr", env(), Indonesian, false},
		{"idiom is not Indonesian", "idiom", env(), Indonesian, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := Choose(c.flag, c.env)
			if got != c.want || ok != c.ok {
				t.Errorf("got %s %v", got, ok)
			}
		})
	}
}

func TestForeignTextIsMadeVisible(t *testing.T) {
	for in, want := range map[string]string{
		"biasa":                 "biasa",
		"\x1b[2Jhapus":          "<U+001B>[2Jhapus",
		"a\u202eb":              "a<U+202E>b",
		"a\u200bb":              "a<U+200B>b",
		"baris\nbaru\r":         "baris baru<U+000D>",
		"é dan 漢":               "é dan 漢",
		"\x80buruk":             "<U+FFFD>buruk",
		"a\u2028b\u0007\u009bK": "a<U+2028>b<U+0007><U+009B>K",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}
