package git

import (
	"bytes"
	"regexp"
	"strings"
)

var (
	plainSection = regexp.MustCompile(`^\[([A-Za-z0-9-]+)(?:\.([A-Za-z0-9.-]*))?\]`)
	namedSection = regexp.MustCompile(`^\[([A-Za-z0-9.-]+)[ \t]+"((?:[^"\\\n]|\\[^\n])*)"\]`)
	settingKey   = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9-]*)[ \t]*`)
	escaped      = regexp.MustCompile(`\\(.)`)
)

// escapes are what a backslash makes of a character; at a line's end it makes
// the line go on.
var escapes = map[byte]string{'t': "\t", 'b': "\b", 'n': "\n", '\\': "\\", '"': "\"", '\n': ""}

// parseConfig reads a configuration file by Git's grammar. The second value is
// the number of a line that Git would not read either, 0 when there is none.
func parseConfig(data []byte) (configuration, int) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	rest := strings.ReplaceAll(string(data), "\r\n", "\n")
	whole := rest
	var list configuration
	var at setting
	for {
		if rest = strings.TrimLeft(rest, " \t\n\v\f\r"); rest == "" {
			return list, 0
		}
		line := strings.Count(whole[:len(whole)-len(rest)], "\n") + 1
		switch {
		case rest[0] == '#' || rest[0] == ';':
			_, rest, _ = strings.Cut(rest, "\n")
		case rest[0] == '[':
			size := 0
			if at, size = parseSection(rest); size == 0 {
				return nil, line
			}
			rest = rest[size:]
		default:
			m := settingKey.FindStringSubmatch(rest)
			if m == nil {
				return nil, line
			}
			at.key, at.value, rest = strings.ToLower(m[1]), "true", rest[len(m[0]):]
			ok := rest == "" || rest[0] == '\n' || rest[0] == '#' || rest[0] == ';'
			if strings.HasPrefix(rest, "=") {
				at.value, rest, ok = parseValue(rest[1:])
			}
			if !ok {
				return nil, line
			}
			list = append(list, at)
		}
	}
}

// parseSection reads the head of a section and returns its length, 0 when it is
// none.
func parseSection(text string) (setting, int) {
	if m := namedSection.FindStringSubmatch(text); m != nil {
		return setting{section: strings.ToLower(m[1]), sub: escaped.ReplaceAllString(m[2], "$1")}, len(m[0])
	}
	if m := plainSection.FindStringSubmatch(text); m != nil { // [branch.main] is the old form; it has no case
		return setting{section: strings.ToLower(m[1]), sub: strings.ToLower(m[2])}, len(m[0])
	}
	return setting{}, 0
}

// parseValue reads a value to the end of its line: quotes and escapes are
// resolved, a comment and the spaces around the value are not part of it.
func parseValue(text string) (value, rest string, ok bool) {
	var b strings.Builder
	quoted, keep := false, 0 // keep is how much of b is no trailing space
	text = strings.TrimLeft(text, " \t")
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n':
			return b.String()[:keep], text[i:], !quoted
		case (c == '#' || c == ';') && !quoted:
			end := strings.IndexByte(text[i:], '\n')
			if end < 0 {
				end = len(text) - i
			}
			return b.String()[:keep], text[i+end:], true
		case c == '"':
			quoted = !quoted
			keep = b.Len()
		case c == '\\':
			i++
			if i >= len(text) || !strings.ContainsRune("tbn\\\"\n", rune(text[i])) {
				return "", "", false
			}
			b.WriteString(escapes[text[i]])
			keep = b.Len()
		case (c == ' ' || c == '\t') && !quoted:
			b.WriteByte(c)
		default:
			b.WriteByte(c)
			keep = b.Len()
		}
	}
	return b.String()[:keep], "", !quoted
}
