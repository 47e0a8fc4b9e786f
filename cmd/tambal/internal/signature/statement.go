package signature

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Statement is what the Kabid signs (SOP 4: persetujuan). It names everything
// the approval depends on, so that the signature fits one case, one content and
// one policy of one repository only.
type Statement struct {
	Root          string // id of the repository's anchor commit, 40 or 64 hex digits
	Case          string // SP-2026-0007
	Decision      string // approved or rejected
	By            string // the approver's id in the team
	At            string // RFC 3339
	SubjectBytes  int    // length of the approved manifest, in bytes
	SubjectSHA256 string // of those bytes; 64 lower-case hex digits, as the next two
	PolicySHA256  string // policy digest
	ItemSHA256    string // of the approval item without its signature, as canonical JSON
}

const (
	statementTitle = ApprovalNamespace
	maxStatement   = 8 << 10
)

type pair struct{ key, value string }

func (s Statement) pairs() []pair {
	return []pair{
		{"root", s.Root},
		{"case", s.Case},
		{"decision", s.Decision},
		{"by", s.By},
		{"at", s.At},
		{"subject-bytes", strconv.Itoa(s.SubjectBytes)},
		{"subject-sha256", s.SubjectSHA256},
		{"policy-sha256", s.PolicySHA256},
		{"item-sha256", s.ItemSHA256},
	}
}

// Bytes returns the statement's only form: the line "tambal-approval@v1", then
// one "key: value" line per field in the order of the struct, UTF-8 with LF. A
// value that could be read in two ways is an error, never signed.
func (s Statement) Bytes() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(statementTitle + "\n")
	for _, p := range s.pairs() {
		if !valid(p) {
			return nil, fail(ErrStatement, ".value", p.key, p.value)
		}
		b.WriteString(p.key + ": " + p.value + "\n")
	}
	if b.Len() > maxStatement {
		return nil, fail(ErrStatement, ".size", maxStatement)
	}
	return b.Bytes(), nil
}

// ParseStatement is the strict inverse of Bytes: it accepts exactly the bytes
// that Bytes can return.
func ParseStatement(data []byte) (Statement, error) {
	if len(data) > maxStatement {
		return Statement{}, fail(ErrStatement, ".size", maxStatement)
	}
	var s Statement
	want := s.pairs()
	lines := strings.Split(string(data), "\n")
	if len(lines) != len(want)+2 || lines[0] != statementTitle || lines[len(lines)-1] != "" {
		return Statement{}, fail(ErrStatement, ".lines")
	}
	values := make(map[string]string, len(want))
	for i, p := range want {
		value, ok := strings.CutPrefix(lines[i+1], p.key+": ")
		if !ok {
			return Statement{}, fail(ErrStatement, ".key", p.key, i+2)
		}
		if !valid(pair{p.key, value}) {
			return Statement{}, fail(ErrStatement, ".value", p.key, value)
		}
		values[p.key] = value
	}
	s.Root, s.Case, s.Decision = values["root"], values["case"], values["decision"]
	s.By, s.At = values["by"], values["at"]
	s.SubjectBytes, _ = strconv.Atoi(values["subject-bytes"]) // checked by valid
	s.SubjectSHA256, s.PolicySHA256, s.ItemSHA256 = values["subject-sha256"], values["policy-sha256"], values["item-sha256"]
	return s, nil
}

// valid reports whether the value has one reading and looks on screen like what
// it is: printable runes, no invisible or direction-changing ones, no space at
// the ends.
func valid(p pair) bool {
	if p.value == "" || p.value != strings.TrimSpace(p.value) || !utf8.ValidString(p.value) ||
		strings.ContainsFunc(p.value, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return false
	}
	switch p.key {
	case "root":
		return isHex(p.value, 40) || isHex(p.value, 64)
	case "decision":
		return p.value == "approved" || p.value == "rejected"
	case "at":
		_, err := time.Parse(time.RFC3339, p.value)
		return err == nil
	case "subject-bytes":
		n, err := strconv.Atoi(p.value)
		return err == nil && n > 0 && strconv.Itoa(n) == p.value
	case "subject-sha256", "policy-sha256", "item-sha256":
		return isHex(p.value, 64)
	}
	return true
}

func isHex(s string, n int) bool {
	_, err := hex.DecodeString(s)
	return err == nil && len(s) == n && s == strings.ToLower(s)
}
