package decision

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/schema"
)

func wantStatementError(t *testing.T, err error) {
	t.Helper()
	own := new(signature.Error)
	if !errors.Is(err, signature.ErrStatement) || !errors.As(err, &own) {
		t.Errorf("got %v, want %s", err, signature.ErrStatement)
	}
}

func example() Statement {
	return Statement{
		Root: strings.Repeat("ab", 20), Case: "SP-2026-0007", Decision: "approved", By: "budi-s",
		At: "2026-02-03T10:12:03+07:00", SubjectBytes: 4312, SubjectSHA256: strings.Repeat("0a", 32),
		PolicySHA256: strings.Repeat("1b", 32), ItemSHA256: strings.Repeat("2c", 32),
	}
}

func TestStatementBytes(t *testing.T) {
	got, err := example().Bytes()
	want := "tambal-approval@v1\nroot: " + strings.Repeat("ab", 20) + "\ncase: SP-2026-0007\ndecision: approved\nby: budi-s\n" +
		"at: 2026-02-03T10:12:03+07:00\nsubject-bytes: 4312\nsubject-sha256: " + strings.Repeat("0a", 32) +
		"\npolicy-sha256: " + strings.Repeat("1b", 32) + "\nitem-sha256: " + strings.Repeat("2c", 32) + "\n"
	if err != nil || string(got) != want {
		t.Fatalf("got %s, %v", got, err)
	}
	if back, err := ParseStatement(got); err != nil || back != example() {
		t.Errorf("got %+v, %v", back, err)
	}
}

func TestStatementRefusesAmbiguousValues(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Statement)
	}{
		{"an empty case", func(s *Statement) { s.Case = "" }},
		{"a line break that adds a key", func(s *Statement) { s.Case = "a\ndecision: rejected" }},
		{"a carriage return", func(s *Statement) { s.Case = "a\rb" }},
		{"a line separator", func(s *Statement) { s.By = "a\u2028b" }},
		{"a terminal escape", func(s *Statement) { s.By = "a\x1b[2Jb" }},
		{"a direction override", func(s *Statement) { s.By = "a\u202eb" }},
		{"an invisible rune", func(s *Statement) { s.By = "a\u200bb" }},
		{"bytes that are not UTF-8", func(s *Statement) { s.By = "\xff" }},
		{"a space at the end", func(s *Statement) { s.By = "budi " }},
		{"a decision that is none", func(s *Statement) { s.Decision = "maybe" }},
		{"a short root", func(s *Statement) { s.Root = "abc" }},
		{"upper-case hex", func(s *Statement) { s.ItemSHA256 = strings.ToUpper(s.ItemSHA256) }},
		{"a digest with its algorithm", func(s *Statement) { s.PolicySHA256 = "sha256:" + s.PolicySHA256[7:] }},
		{"a negative length", func(s *Statement) { s.SubjectBytes = -1 }},
		{"no length", func(s *Statement) { s.SubjectBytes = 0 }},
		{"a time without a zone", func(s *Statement) { s.At = "2026-02-03T10:12:03" }},
		{"a megabyte", func(s *Statement) { s.Case = strings.Repeat("a", 1<<20) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := example()
			c.change(&s)
			data, err := s.Bytes()
			wantStatementError(t, err)
			if data != nil {
				t.Errorf("bytes to sign in spite of the error: %q", data)
			}
		})
	}
}

// ParseStatement, which only the tests need, is the strict inverse of Bytes: it accepts exactly the bytes
// that Bytes can return.
func ParseStatement(data []byte) (Statement, error) {
	if len(data) > maxStatement {
		return Statement{}, signature.Fail(signature.ErrStatement, ".size", maxStatement)
	}
	var s Statement
	want := s.pairs()
	lines := strings.Split(string(data), "\n")
	if len(lines) != len(want)+2 || lines[0] != statementTitle || lines[len(lines)-1] != "" {
		return Statement{}, signature.Fail(signature.ErrStatement, ".lines")
	}
	values := make(map[string]string, len(want))
	for i, p := range want {
		value, ok := strings.CutPrefix(lines[i+1], p.key+": ")
		if !ok {
			return Statement{}, signature.Fail(signature.ErrStatement, ".key", p.key, i+2)
		}
		if !valid(pair{p.key, value}) {
			return Statement{}, signature.Fail(signature.ErrStatement, ".value", p.key, value)
		}
		values[p.key] = value
	}
	s.Root, s.Case, s.Decision = values["root"], values["case"], values["decision"]
	s.By, s.At = values["by"], values["at"]
	s.SubjectBytes, _ = strconv.Atoi(values["subject-bytes"]) // checked by valid
	s.SubjectSHA256, s.PolicySHA256, s.ItemSHA256 = values["subject-sha256"], values["policy-sha256"], values["item-sha256"]
	return s, nil
}

func TestParseStatementRefuses(t *testing.T) {
	data, err := example().Bytes()
	if err != nil {
		t.Fatal(err)
	}
	good := string(data)
	for _, c := range []struct{ name, in string }{
		{"nothing", ""},
		{"no last LF", strings.TrimSuffix(good, "\n")},
		{"a line more", good + "x: y\n"},
		{"an empty line more", good + "\n"},
		{"CRLF", strings.ReplaceAll(good, "\n", "\r\n")},
		{"another version", strings.Replace(good, "@v1", "@v2", 1)},
		{"a byte order mark", "\ufeff" + good},
		{"two lines swapped", strings.Replace(strings.Replace(good, "case:", "x:", 1), "by:", "case:", 1)},
		{"two spaces after the colon", strings.Replace(good, "case: ", "case:  ", 1)},
		{"no space after the colon", strings.Replace(good, "case: ", "case:", 1)},
		{"a length with a leading zero", strings.Replace(good, "4312", "04312", 1)},
		{"a length with a sign", strings.Replace(good, "4312", "+4312", 1)},
		{"a length that overflows", strings.Replace(good, "4312", strings.Repeat("9", 30), 1)},
		{"a megabyte", strings.Repeat(good, 1<<12)},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseStatement([]byte(c.in))
			wantStatementError(t, err)
		})
	}
}

// FuzzParseStatement: what is accepted is exactly what Bytes writes.
func FuzzParseStatement(f *testing.F) {
	data, err := example().Bytes()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add(bytes.ReplaceAll(data, []byte("budi-s"), []byte("Büdi S: x")))
	f.Add([]byte(statementTitle + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := ParseStatement(data)
		if own := new(signature.Error); err != nil && !errors.As(err, &own) {
			t.Fatalf("untyped error %v", err)
		}
		if err != nil {
			return
		}
		if again, err := s.Bytes(); err != nil || !bytes.Equal(again, data) {
			t.Fatalf("%q writes as %q, %v", data, again, err)
		}
	})
}

// TestTheStatementBindsEverything changes each thing a decision depends on and
// wants other bytes to sign.
func TestTheStatementBindsEverything(t *testing.T) {
	root := strings.Repeat("a", 40)
	approval := func(edit func(a *schema.Approval, raw map[string]any)) []byte {
		a := &schema.Approval{Decision: "approved", By: "budi-s", At: "2026-02-02T10:00:00+07:00", Disposition: "Setuju <b>&</b>",
			Subject: SubjectOf([]byte("isi")), Policy: "sha256:" + strings.Repeat("b", 64)}
		raw := map[string]any{"decision": "approved", "disposition": a.Disposition, "signature": "apa pun"}
		if edit != nil {
			edit(a, raw)
		}
		b, err := StatementFor(root, "SP-2026-0001", a, raw)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	honest := string(approval(nil))
	if s, err := ParseStatement([]byte(honest)); err != nil || s.Case != "SP-2026-0001" || s.SubjectBytes != 3 {
		t.Fatalf("%+v %v", s, err)
	}
	for name, edit := range map[string]func(a *schema.Approval, raw map[string]any){
		"decision":    func(a *schema.Approval, _ map[string]any) { a.Decision = "rejected" },
		"approver":    func(a *schema.Approval, _ map[string]any) { a.By = "dewi-k" },
		"time":        func(a *schema.Approval, _ map[string]any) { a.At = "2026-02-02T10:00:01+07:00" },
		"subject":     func(a *schema.Approval, _ map[string]any) { a.Subject = SubjectOf([]byte("isj")) },
		"policy":      func(a *schema.Approval, _ map[string]any) { a.Policy = "sha256:" + strings.Repeat("c", 64) },
		"disposition": func(_ *schema.Approval, raw map[string]any) { raw["disposition"] = "Tolak" },
		"a new field": func(_ *schema.Approval, raw map[string]any) { raw["conditions"] = []any{"x"} },
	} {
		if string(approval(edit)) == honest {
			t.Errorf("%s is not bound", name)
		}
	}
	if string(approval(func(_ *schema.Approval, raw map[string]any) { raw["signature"] = "lain" })) != honest {
		t.Error("the signature is part of what it signs")
	}
}
