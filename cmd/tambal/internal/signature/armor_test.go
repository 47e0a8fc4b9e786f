package signature

import (
	"strings"
	"testing"
)

// armours are spellings of one signature: what stands before the data, the lines
// of it, and what stands behind. ok says that ssh-keygen, and so git, reads it;
// strict that we refuse it all the same.
var armours = []struct {
	name       string
	spell      func(lines []string) string
	ok, strict bool
}{
	{"as ssh-keygen writes it", around("\n", "\n", "\n"), true, false},
	{"blanks at the line ends", around("\n", " \t\n", "\n"), true, false},
	{"blanks at the line starts", around("\n", "\n  ", "\n"), true, false},
	{"CRLF behind the data", around("\n", "\r\n", "\r\n"), true, false},
	{"form feeds", around("\n", "\f\v\n", "\n"), true, false},
	{"empty lines inside", around("\n\n", "\n\n", "\n\n"), true, false},
	{"one line", around("\n", "", "\n"), true, false},
	{"blanks within a line", around("\n", " ", "\n"), true, false},
	{"a blank line behind the last", around("\n", "\n", " \n\n\r\n"), true, false},
	{"a blank within the data", func(l []string) string {
		return around("\n", "\n", "\n")(append([]string{l[0][:5] + " " + l[0][5:]}, l[1:]...))
	}, true, false},
	{"blanks before the padding", func(l []string) string { return strings.Replace(around("\n", "\n", "\n")(l), "=", " =", 1) }, true, false},
	{"CRLF throughout", around("\r\n", "\r\n", "\r\n"), false, false},
	{"CR instead of LF", around("\r", "\r", "\r"), false, false},
	{"CRLF behind the first line", around("\r\n", "\n", "\n"), false, false},
	{"a blank behind the first line", around(" \n", "\n", "\n"), false, false},
	{"data in the first line", around("", "\n", "\n"), false, false},
	{"a blank before the first line", func(l []string) string { return " " + around("\n", "\n", "\n")(l) }, false, false},
	{"a blank before the last line", func(l []string) string { return around("\n", "\n", "\n")(append(l[:len(l):len(l)], " ")) }, true, false},
	{"the last line behind a blank", func(l []string) string {
		return strings.Replace(around("\n", "\n", "\n")(l), armorEnd, " "+armorEnd, 1)
	}, false, false},
	{"the last line behind the data", func(l []string) string {
		return strings.Replace(around("\n", "\n", "\n")(l), "\n"+armorEnd, armorEnd, 1)
	}, false, false},
	{"a blank of Unicode", around("\n", "\u00a0\n", "\n"), false, false},
	{"text behind the last line", around("\n", "\n", "\nx\n"), true, true},
	{"a second block", func(l []string) string { return strings.Repeat(around("\n", "\n", "\n")(l), 2) }, true, true},
}

// around spells lines of data with what follows the first line, what joins them,
// and what follows the last line.
func around(first, join, end string) func([]string) string {
	return func(lines []string) string {
		return armorBegin + first + strings.Join(lines, join) + "\n" + armorEnd + end
	}
}

// TestArmourIsReadAsSSHKeygenReadsIt spells real signatures otherwise: approvals for
// ssh-keygen, commits for git. We never read what they refuse.
func TestArmourIsReadAsSSHKeygenReadsIt(t *testing.T) {
	dir, key := gitRepo(t)
	file := write(t, dir, "message", string(message))
	must(t, dir, "ssh-keygen", "-Y", "sign", "-q", "-f", dir+"/id", "-n", ApprovalNamespace, file)
	must(t, dir, "git", "commit", "-q", "--allow-empty", "-S", "-m", "signed")
	payload, inCommit, err := CommitPayload(rawCommit(t, dir, "HEAD"))
	if err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(payload), "\n\n")
	lines := func(armored string) []string {
		list := strings.Split(strings.TrimSpace(armored), "\n")
		return list[1 : len(list)-1]
	}
	approval := lines(read(t, file+".sig"))
	if !strings.HasSuffix(approval[len(approval)-1], "=") {
		t.Fatal("the signature has no padding to spell otherwise")
	}
	for _, c := range armours {
		t.Run(c.name, func(t *testing.T) {
			compare := func(who, namespace string, signed []byte, armored string, refused error) {
				t.Helper()
				if (refused == nil) != c.ok {
					t.Errorf("%s: %v", who, refused)
				}
				if got, err := Verify(namespace, signed, armored); (err == nil) != (c.ok && !c.strict) || err == nil && got != key {
					t.Errorf("%s: we say %v, %v", who, got, err)
				} else if err != nil {
					wantKind(t, err, ErrArmor)
				}
			}
			armored := c.spell(approval)
			_, err := run(t, dir, string(message), "ssh-keygen", "-Y", "verify", "-f", "allowed", "-I", "budi@example.go.id", "-n", ApprovalNamespace,
				"-s", write(t, dir, "sig", armored))
			compare("ssh-keygen", ApprovalNamespace, message, armored, err)

			armored = c.spell(lines(inCommit))
			if !strings.HasSuffix(armored, "\n") {
				return // a header cannot end otherwise
			}
			raw := head + "\ngpgsig " + strings.ReplaceAll(strings.TrimSuffix(armored, "\n"), "\n", "\n ") + "\n\n" + rest
			id := strings.TrimSpace(must(t, dir, "git", "hash-object", "-t", "commit", "-w", write(t, dir, "raw", raw)))
			signed, again, err := CommitPayload([]byte(raw))
			if err != nil || again != armored {
				t.Fatalf("the header holds %q, %v", again, err)
			}
			_, err = run(t, dir, "", "git", "verify-commit", id)
			compare("git", GitNamespace, signed, armored, err)
		})
	}
}
