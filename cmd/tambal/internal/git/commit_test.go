package git

import (
	"strings"
	"testing"
)

const goodHeader = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n" +
	"author Siti <siti@kominfo.example> 1767574800 +0700\ncommitter Siti <siti@kominfo.example> 1767574800 +0700\n"

func TestCommitsOutsideTheStrictGrammarAreMalformed(t *testing.T) {
	swap := func(old, new string) string { return strings.Replace(goodHeader, old, new, 1) + "\nx\n" }
	for _, c := range []struct{ name, raw, code string }{
		{"a good commit", goodHeader + "\nsubject\n", ""},
		{"a good commit with encoding", goodHeader + "encoding UTF-8\n\nx\n", ""},
		{"an e-mail inside the name", swap("author Siti <siti@kominfo.example>", "author a <x> <boss@x>"), "history.commit.identity"},
		{"two addresses", swap("author Siti <siti@kominfo.example>", "author a <boss@x> b <c@x>"), "history.commit.identity"},
		{"a space in the address", swap("<siti@kominfo.example>", "<siti @kominfo.example>"), "history.commit.identity"},
		{"a carriage return in the name", swap("Siti", "Si\rti"), "history.commit.identity"},
		{"two author lines", goodHeader + "author Boss <boss@x> 1767574800 +0700\n\nx\n", "history.commit.twice"},
		{"two trees", swap("author", "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor"), "history.commit.twice"},
		{"a parent after the author", goodHeader + "parent 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\nx\n", "history.commit.header"},
		{"a header of Jujutsu", goodHeader + "change-id mlqnqnkrxpuvuuxzlzoltostwlwyskpx\n\nx\n", ""},
		{"headers of GitButler", goodHeader + "gitbutler-headers-version 2\nchange-id 0198\ngitbutler-conflicted 3\n\nx\n", ""},
		{"headers of hg-git, some twice", goodHeader + "HG:rename a:b\nHG:rename c:d\nHG:extra branch:x%0Ay\nHG:rename-source hg\n\nx\n", ""},
		{"a header of many lines", goodHeader + "jj:conflict-labels\n one\n two\n\nx\n", ""},
		{"two merge tags", goodHeader + "mergetag object x\n author Boss <boss@x> 1 +0000\nmergetag object y\n z\n\nx\n", ""},
		{"both kinds of signature", goodHeader + "gpgsig -----BEGIN\n x\ngpgsig-sha256 -----BEGIN\n y\n\nx\n", ""},
		{"two signatures", goodHeader + "gpgsig -----BEGIN\n x\ngpgsig -----BEGIN\n y\n\nx\n", "history.commit.twice"},
		{"an author behind another header", goodHeader + "change-id x\nauthor Boss <boss@x> 1767574800 +0700\n\nx\n", "history.commit.twice"},
		{"a committer behind another header", goodHeader + "change-id x\ncommitter Boss <boss@x> 1767574800 +0700\n\nx\n", "history.commit.twice"},
		{"a tree behind another header", goodHeader + "change-id x\ntree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\nx\n", "history.commit.twice"},
		{"a header before the author", swap("author", "change-id x\nauthor"), "history.commit.header"},
		{"a header between author and committer", swap("committer", "change-id x\ncommitter"), "history.commit.header"},
		{"a header that looks like the author", goodHeader + "Author Boss <boss@x> 1767574800 +0700\n\nx\n", "history.commit.header"},
		{"a header with a tab in its name", goodHeader + "author\tBoss <boss@x> 1767574800 +0700\n\nx\n", "history.commit.header"},
		{"a header that a terminal shows as another", goodHeader + "change-id x\rauthor Boss <boss@x> 1767574800 +0700\n\nx\n", "history.commit.header"},
		{"a header without a name", goodHeader + ": x\n\nx\n", "history.commit.header"},
		{"UTF-8 by its other name", goodHeader + "encoding utf8\n\nx\n", ""},
		{"plain text called Latin-1", goodHeader + "encoding ISO-8859-1\n\nx\n", ""},
		{"plain text called UTF-7, where it is not", goodHeader + "encoding UTF-7\n\n+ADw-\n", "history.commit.encoding"},
		{"a zone that is none", swap("+0700", "+9999"), "history.commit.date"},
		{"a zone of too many hours", swap("+0700", "+1500"), "history.commit.date"},
		{"a zone of sixty minutes", swap("+0700", "+0760"), "history.commit.date"},
		{"a zone of odd minutes", swap("+0700", "+0701"), "history.commit.date"},
		{"a negative date", swap("1767574800", "-5"), "history.commit.identity"},
		{"a date with a zero before it", swap("1767574800", "01767574800"), "history.commit.identity"},
		{"no date", swap(" 1767574800 +0700", ""), "history.commit.identity"},
		{"Latin-1", swap("Siti", "Sit\xe9"), "history.commit.encoding"},
		{"another encoding", goodHeader + "encoding ISO-8859-1\n\né\n", "history.commit.encoding"},
		{"a NUL", goodHeader + "\nx\x00y\n", "history.commit.encoding"},
		{"a header without an end", goodHeader, "history.commit.header"},
		{"a last line that was cut", strings.TrimSuffix(goodHeader, "\n"), "history.commit.header"},
		{"no message", goodHeader + "\n", ""},
		{"nothing", "", "history.commit.header"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := parseCommit("id", []byte(c.raw)).Malformed; got != c.code {
				t.Errorf("got %q, want %q", got, c.code)
			}
		})
	}
}

// TestANameEndsAsItDoesForGit: git passes over the blanks before the address.
func TestANameEndsAsItDoesForGit(t *testing.T) {
	for from, want := range map[string]string{"Siti  ": "Siti", " Siti ": " Siti", "  ": "", "": ""} {
		if c := parseCommit("id", []byte(strings.Replace(goodHeader, "author Siti", "author "+from, 1)+"\nx\n")); c.Malformed != "" || c.Author.Name != want {
			t.Errorf("%q: got %q, %s", from, c.Author.Name, c.Malformed)
		}
	}
}

func TestTrailersAreTheLastParagraphOnly(t *testing.T) {
	for _, c := range []struct{ name, message, want string }{
		{"trailers", "s\n\nCase: SP-2026-0001\nStep: plan\n", "Case=SP-2026-0001 Step=plan"},
		{"in the body", "s\n\nCase: SP-2026-0001\n\nmore\n", ""},
		{"mixed with prose", "s\n\nCase: x\nand more\n", ""},
		{"a subject is none", "Case: x\n", ""},
		{"a key without value", "s\n\nCase:\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, tr := range parseTrailers(c.message) {
				got = append(got, tr.Key+"="+tr.Value)
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

// FuzzParseCommit compares the strict grammar with git: what it accepts, git
// reads the same way (author address, tree and parents by the same lines).
func FuzzParseCommit(f *testing.F) {
	f.Add([]byte(goodHeader + "\nx\n"))
	f.Add([]byte(goodHeader + "gpgsig -----BEGIN\n x\n\nx\n"))
	f.Add([]byte(goodHeader + "change-id x\nHG:extra a:b\n c\n\nx\n"))
	f.Add([]byte(goodHeader + "encoding latin1\nauthor-x y\n\nx\n"))
	f.Add([]byte(strings.Replace(goodHeader, "author Siti", "author Siti   ", 1) + "\nx\n")) // git passes over these blanks
	f.Add([]byte("tree x\n\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c := parseCommit("id", raw)
		if c.Malformed != "" {
			return
		}
		header, _, _ := strings.Cut(string(raw), "\n\n")
		_, author, _ := strings.Cut(header, "\nauthor ")
		name, rest, _ := strings.Cut(author, "<")
		if strings.TrimRight(name, " ") != c.Author.Name || !strings.HasPrefix(rest, c.Author.Email+"> ") || len(c.Tree) != 40 {
			t.Errorf("accepted %q as %+v", raw, c)
		}
		for _, key := range []string{"tree", "author", "committer"} {
			if n := strings.Count("\n"+strings.ToLower(header), "\n"+key+" "); n != 1 {
				t.Errorf("accepted %q with %d headers %s", raw, n, key)
			}
		}
	})
}

// FuzzTrailers wants every trailer to stand in the message as its own line.
func FuzzTrailers(f *testing.F) {
	f.Add("s\n\nCase: x\nStep: y\n")
	f.Fuzz(func(t *testing.T, message string) {
		for _, tr := range parseTrailers(message) {
			if strings.ContainsAny(tr.Key+tr.Value, "\n\x00") && !strings.Contains(message, tr.Value) {
				t.Errorf("trailer %q from %q", tr, message)
			}
		}
	})
}

// FuzzParseTree wants accepted trees to be written back byte for byte.
func FuzzParseTree(f *testing.F) {
	f.Add("100644 a\x00" + strings.Repeat("x", 20) + "40000 b\x00" + strings.Repeat("y", 20))
	f.Fuzz(func(t *testing.T, raw string) {
		entries, err := parseTree(raw)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, e := range entries {
			if seen[e.name] || e.name == "" || strings.Contains(e.name, "/") {
				t.Errorf("accepted name %q twice or malformed", e.name)
			}
			seen[e.name] = true
		}
	})
}
