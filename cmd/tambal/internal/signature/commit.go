package signature

import (
	"bytes"
	"strings"
)

// CommitPayload splits a raw commit object (without the "commit N\0" prefix)
// into the bytes that were signed and the signature, exactly as git does it: the
// gpgsig header and its continuation lines are taken out, everything else stays
// byte for byte. armored is "" when the commit has no signature. Two signatures,
// or a header that has no end, are an error; gpgsig-sha256 is unsupported.
func CommitPayload(raw []byte) (payload []byte, armored string, err error) {
	var sig strings.Builder
	payload = make([]byte, 0, len(raw))
	rest, inside, first := raw, false, true
	for {
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			return nil, "", Fail(ErrCommit, ".header")
		}
		line, next := rest[:end+1], rest[end+1:]
		name, value, _ := bytes.Cut(line, []byte(" "))
		switch {
		case len(line) == 1: // the empty line; what follows is message, whatever it looks like
			return append(payload, rest...), sig.String(), nil
		case line[0] == ' ' && first:
			return nil, "", Fail(ErrCommit, ".header")
		case line[0] == ' ' && inside:
			sig.Write(line[1:])
		case line[0] == ' ': // continuation of another header, such as mergetag
			payload = append(payload, line...)
		case string(name) == "gpgsig":
			if sig.Len() > 0 {
				return nil, "", Fail(ErrCommit, ".signatures")
			}
			sig.Write(value)
			inside = true
		case bytes.HasPrefix(line, []byte("gpgsig")):
			// git takes every such header for a signature and leaves it out.
			return nil, "", Fail(ErrUnsupported, ".header", string(bytes.TrimSuffix(name, []byte("\n"))))
		default:
			payload, inside = append(payload, line...), false
		}
		rest, first = next, false
	}
}
