package text

import (
	"fmt"
	"strings"
	"testing"
)

func TestNothingWrittenHasAnEffect(t *testing.T) {
	for in, want := range map[string]string{
		"a\tb\n":                             "a\tb\n",
		"\x1b[2J\r\a\x7f\u009b":              "<U+001B>[2J<U+000D><U+0007><U+007F><U+009B>",
		"\u202ea\u2066\ufeff\u200b":          "<U+202E>a<U+2066><U+FEFF><U+200B>",
		"\u3164\u034f\ue000\ufdd0\U000e0100": "<U+3164><U+034F><U+E000><U+FDD0><U+E0100>",
		"\u2028::error::":                    "<U+2028><U+003A>:error::",
		"\xff\xfe":                           "<U+FFFD><U+FFFD>",
		"::error::x":                         "<U+003A>:error::x",
		"a\n \u00a0::error::x":               "a\n \u00a0<U+003A>:error::x",
		"a::b: c\n:d":                        "a::b: c\n:d",
		"###[x] ##[y":                        "###<U+005B>x] ##<U+005B>y",
		"#[x] [y] ## [z":                     "#[x] [y] ## [z",
		"é ⚠\ufe0f 漢":                        "é ⚠\ufe0f 漢",
	} {
		var b strings.Builder
		door := NewWriter(&b)
		if n, err := door.Write([]byte(in)); n != len(in) || err != nil {
			t.Error(n, err)
		}
		if b.String() != want {
			t.Errorf("%q became %q, want %q", in, &b, want)
		}
		if Raw(door) != &b || Raw(&b) != &b {
			t.Error("what lies behind the door is another")
		}
	}
}

// TestACommandInPiecesIsNone: tables and templates write piece by piece.
func TestACommandInPiecesIsNone(t *testing.T) {
	var b strings.Builder
	door := NewWriter(&b)
	for _, piece := range []string{" ", ":", ":error::x ", "#", "#", "[x] ", "::y"} {
		fmt.Fprint(door, piece)
	}
	if want := " <U+003A>:error::x ##<U+005B>x] <U+003A>:y"; b.String() != want {
		t.Errorf("got %q, want %q", &b, want)
	}
}
