package report

import (
	"bytes"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
)

// writeJSON writes the model as it is. The manifest's own text is not changed;
// characters a reader cannot see are written as \uXXXX, which JSON reads back as
// the same text.
func writeJSON(w io.Writer, r *Report) error {
	var b bytes.Buffer
	if err := finding.WriteObject(&b, r); err != nil {
		return err
	}
	_, err := w.Write(visible(b.Bytes()))
	return err
}

// visible escapes format and control characters beyond ASCII: in JSON they can
// stand inside strings only.
func visible(data []byte) []byte {
	var out bytes.Buffer
	for _, c := range string(data) {
		if c < 0x80 || !unicode.In(c, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			out.WriteRune(c)
			continue
		}
		for _, unit := range utf16.Encode([]rune{c}) {
			fmt.Fprintf(&out, `\u%04x`, unit)
		}
	}
	return out.Bytes()
}
