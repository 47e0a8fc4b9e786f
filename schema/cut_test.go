package schema

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const cutHead = "apiVersion: tambal/v1\nkind: SecurityPatch\nmetadata:\n  id: SP-2026-0001\n  title: x\nsteps:\n"

// TestTextsCutAtAHash: a comment behind a plain value is reported at its "#"; every other comment is harmless.
func TestTextsCutAtAHash(t *testing.T) {
	const item = cutHead + "  - x:\n"
	for name, c := range map[string]struct{ in, want string }{
		"a plain text":                        {item + "      note: lihat tiket #123 dari Dinas\n", "8:25 yaml-ambiguous yaml.cut <#123 dari Dinas>"},
		"a plain text in a list":              {item + "      list:\n        - a\n        - lihat #7\n", "10:17 yaml-ambiguous yaml.cut <#7>"},
		"a plain text deep inside":            {item + "      list:\n        - a: b\n          c: d #1\n", "10:16 yaml-ambiguous yaml.cut <#1>"},
		"a plain text of several lines":       {item + "      note: satu\n        dua\n\n        tiga é #4\n", "11:16 yaml-ambiguous yaml.cut <#4>"},
		"a text below its key":                {item + "      note:\n        satu #2\n", "9:14 yaml-ambiguous yaml.cut <#2>"},
		"letters of more than one byte":       {item + "      note: ééé 漢 #5\n", "8:19 yaml-ambiguous yaml.cut <#5>"},
		"a comment without words":             {item + "      note: satu #\n", "8:18 yaml-ambiguous yaml.cut <#>"},
		"two blanks":                          {item + "      note: satu  # dua\n", "8:19 yaml-ambiguous yaml.cut <# dua>"},
		"a number":                            {item + "      count: 3 # kira-kira\n", "8:16 yaml-ambiguous yaml.cut <# kira-kira>"},
		"yes or no":                           {item + "      flag: true # kira-kira\n", "8:18 yaml-ambiguous yaml.cut <# kira-kira>"},
		"the last line but one of the file":   {item + "      note: satu #2\n# akhir\n", "8:18 yaml-ambiguous yaml.cut <#2>"},
		"two of them":                         {item + "      a: b #1\n      c: d #2\n", "8:12 yaml-ambiguous yaml.cut <#1>\n9:12 yaml-ambiguous yaml.cut <#2>"},
		"the title":                           {strings.Replace(item, "title: x", "title: x #9", 1) + "      note: z\n", "5:12 yaml-ambiguous yaml.cut <#9>"},
		"a hash inside a word":                {item + "      note: C#7 dan a#b\n", ""},
		"double quotes":                       {item + "      note: \"lihat #1\" # catatan\n", ""},
		"single quotes":                       {item + "      note: 'lihat #1' # catatan\n", ""},
		"quotes over two lines":               {item + "      note: \"lihat\n        tiket #1\"\n", ""},
		"below a bar":                         {item + "      note: | # catatan\n        lihat #1\n        dan #2\n", ""},
		"folded":                              {item + "      note: >- # catatan\n        lihat #1\n", ""},
		"a key":                               {item + "      list: # catatan\n        - a\n", ""},
		"an item's name, the comment below":   {item + "      # catatan\n      note: z\n", ""},
		"a quoted key with a hash":            {item + "      \"a #b\": z\n", ""},
		"a list in brackets":                  {item + "      list: [a, b] # catatan\n", ""},
		"inside brackets":                     {item + "      list: [a, # catatan\n        b # catatan\n        ]\n", ""},
		"a map in braces":                     {item + "      map: {a: b} # catatan\n", ""},
		"the modeline":                        {"# yaml-language-server: $schema=x\n" + item + "      note: z\n", ""},
		"other lines of the head":             {strings.Replace(strings.Replace(item, "id: SP-2026-0001", "id: SP-2026-0001 # nomor", 1), "tambal/v1\n", "tambal/v1 # versi\n", 1) + "      note: z\n", ""},
		"a title in quotes":                   {strings.Replace(item, "title: x", "title: \"x #9\" # judul", 1) + "      note: z\n", ""},
		"a line of its own behind a text":     {item + "      note: satu\n      # dua\n      more: z\n", ""},
		"a line of its own, further indented": {item + "      note: satu\n        # dua\n      more: z\n", ""},
		"comments at the end":                 {item + "      note: satu\n  # dua\n# tiga\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			d, ps := ParseYAML([]byte(c.in))
			if d == nil {
				t.Fatal(shown(ps))
			}
			m := &Manifest{Data: []byte(c.in), Items: []Item{{data: []byte(c.in), doc: d}}} // fields the schema does not know
			if diff := cmp.Diff(c.want, shown(m.Doubts(0))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestLandedTextsKeepTheirVerdict: only what stands behind the landed items is looked at, also in a version that was cut
// from a longer one.
func TestLandedTextsKeepTheirVerdict(t *testing.T) {
	head := strings.Replace(cutHead, "title: x", "title: x #0", 1)
	first, second, third := "  - x:\n      note: a #1\n", "  - x:\n      note: b #2\n", "  - x:\n      note: c #3\n"
	m, ps := Parse([]byte(head + first + second + third))
	if m == nil {
		t.Fatal(shown(ps))
	}
	older, ok := m.Cut([]byte(head + first + second))
	if !ok {
		t.Fatal("not cut")
	}
	for i, want := range []string{
		"5:12 yaml-ambiguous yaml.cut <#0>\n8:15 yaml-ambiguous yaml.cut <#1>\n10:15 yaml-ambiguous yaml.cut <#2>",
		"10:15 yaml-ambiguous yaml.cut <#2>", "",
	} {
		if diff := cmp.Diff(want, shown(older.Doubts(i))); diff != "" {
			t.Errorf("%d landed: %s", i, diff)
		}
	}
	if diff := cmp.Diff("12:15 yaml-ambiguous yaml.cut <#3>", shown(m.Doubts(2))); diff != "" {
		t.Error(diff)
	}
}

// TestNothingWritesATextThatIsCut gives the writers texts that end at " #" when they stand plain.
func TestNothingWritesATextThatIsCut(t *testing.T) {
	texts := append(trickyTexts(), "lihat tiket #123", "x # y", "#", "a\nb #c\n", "# a", "a #")
	for _, s := range texts {
		data := New("SP-2026-0001", s, "")
		data, err := Append(data, "x", map[string]any{"note": s, "list": []any{s}, "map": map[string]any{"k": s}})
		if err != nil {
			continue // refused is fine
		}
		d, ps := ParseYAML(data)
		if d == nil {
			t.Errorf("%q: %s", s, shown(ps))
		} else if cut := CutTexts(data, d); len(cut) > 0 {
			t.Errorf("%q is written as\n%s%s", s, data, shown(cut))
		}
	}
}
