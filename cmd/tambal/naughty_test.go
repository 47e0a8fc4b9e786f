package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// naughty are words as somebody chooses them who wants to steer what a reader sees:
// a terminal, the log of a workflow, a browser, a table, a pager.
var naughty = []string{
	"\x1b[2J\x1b]0;judul\a", "a\rb", "\a\b\v\f", "\x7f\u009b31m", "\u202etxt.lmay", "\u2066x\u2069", "a\u200bb\ufeff", "\u3164\u034f", "\U000e0041\U000e0100", "\ue000\ufdd0",
	"::error::x", " ::stop-commands::x", "\u00a0\u3000::add-mask::x", "\n::set-output name=x::y", "\u0085::error::x", "\u2028::error::x", "##[group]x", "a ##[error]b", "###[add-mask]",
	"a\nSP-2026-0009  palsu  selesai", "\t| a | b |", "<script>alert(1)<∕script>", "![x](http:∕∕jahat.example)", "[x](javascript:alert(1))", "`$(id)`", "'; rm -rf ~; '",
	"%s%d%!n%[1]s", "{{.}}", "=cmd|'c calc'!A1", "-rf", "\xff\xfe\x80", "\xed\xa0\x80", "SP-2026-0001\u0301", strings.Repeat("panjang ", 400),
}

// naughtyOffice is an office with a case that waits for the Kabid, whose history,
// names and pull request hold naughty words wherever somebody can put one.
func naughtyOffice(t *testing.T) *hub {
	t.Helper()
	h := waitingOffice(t, forgetest.New(t))
	all := strings.Join(naughty, "\n")
	h.push()
	h.number = h.Open(h.account("agus-p"), h.p.ID, "main", strings.ToValidUTF8(all, "?")).Number
	h.Review(h.number, h.account("budi-s"), "APPROVED", strings.ToValidUTF8(all, "?"))
	tip := strings.TrimSpace(gitOutput(t, h.p, nil, "rev-parse", "main"))
	quoted, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	for i, word := range naughty {
		file := strings.TrimSpace(gitOutput(t, h.p, fmt.Appendf(nil, "apiVersion: tambal/v1\nkind: %s\nmetadata:\n  id: SP\n  title: %s\n  %[2]s: 1\nsteps:\n  - %s:\n      by: x\n", word, quoted, word),
			"hash-object", "-w", "--stdin"))
		dir := "patches/2026/" + word + "/"
		if i%2 == 1 {
			dir = fmt.Sprintf("patches/2026/SP-2026-%04d/", 100+i)
		}
		gitOutput(t, h.p, nil, "read-tree", tip)
		gitOutput(t, h.p, fmt.Appendf(nil, "100644 %s\t%spatch.yaml\x00100755 %[1]s\t%[2]sevidence/%[3]s\x00120000 %[1]s\tpatches/%[3]s\x00", file, dir, word), "update-index", "-z", "--index-info")
		if i == len(naughty)-1 { // one new policy is enough
			for _, name := range naughty {
				gitOutput(t, h.p, fmt.Appendf(nil, "100644 %s\tpolicies/%s\x00", file, name), "update-index", "-z", "--index-info")
			}
		}
		tree := strings.TrimSpace(gitOutput(t, h.p, nil, "write-tree"))
		name := strings.NewReplacer("\n", " ", "<", "", ">", "").Replace(word)
		raw := fmt.Sprintf("tree %s\nparent %s\nauthor %s <%[3]s@kominfo.example> 1770000600 +0700\ncommitter %[3]s <x@kominfo.example> 1770000600 +0700\n\n%[4]s\n\nCase: %[4]s\nCo-authored-by: %[3]s <%[3]s>\n",
			tree, tip, name, word)
		id := strings.TrimSpace(gitOutput(t, h.p, []byte(raw), "hash-object", "-t", "commit", "-w", "--stdin", "--literally"))
		if i%3 == 0 { // else it lands directly
			raw = fmt.Sprintf("tree %s\nparent %s\nparent %s\nauthor x <x@x> 1770000600 +0700\ncommitter x <x@x> 1770000600 +0700\n\n%s\n", tree, tip, id, word)
			id = strings.TrimSpace(gitOutput(t, h.p, []byte(raw), "hash-object", "-t", "commit", "-w", "--stdin", "--literally"))
		}
		tip = id
	}
	gitOutput(t, h.p, nil, "reset", "-q", h.p.ID)
	gitOutput(t, h.p, nil, "update-ref", "refs/heads/main", tip)
	h.push()
	tip = h.Head(h.p.ID)
	for _, word := range naughty { // what git lets a branch be called
		if exec.Command("git", "check-ref-format", "refs/heads/"+word).Run() == nil && len(word) < 200 {
			gitOutput(t, h.p, nil, "update-ref", "refs/heads/"+word, tip)
		}
	}
	return h
}

// annotated is a workflow command as the program itself makes them.
var annotated = regexp.MustCompile(`^::(error|warning|notice) (file=[^:,]*,(line=\d+,col=\d+,)?)?(title=[^:,]*)?::`)

// effects are what in an output would not be shown but done.
func effects(out string, annotations bool) (found []string) {
	if !utf8.ValidString(out) {
		found = append(found, "bytes that are no text")
	}
	for line := range strings.Lines(out) {
		begin := strings.TrimLeftFunc(line, unicode.IsSpace)
		if obeyed := strings.HasPrefix(begin, "::") || strings.Contains(line, "##["); obeyed && !(annotations && annotated.MatchString(line)) {
			found = append(found, fmt.Sprintf("a command: %.60q", line))
		}
		if i := strings.IndexFunc(line, func(r rune) bool { return r != '\n' && r != '\t' && text.Hidden(r) }); i >= 0 {
			found = append(found, fmt.Sprintf("a control: %.60q", line[max(0, i-20):]))
		}
	}
	return found
}

// TestNothingThatIsShownHasAnEffect walks every command and every format over a
// repository whose every name is hostile, and over hostile arguments.
func TestNothingThatIsShownHasAnEffect(t *testing.T) {
	t.Parallel()
	h := naughtyOffice(t)
	dir := t.TempDir()
	summary, saved := filepath.Join(dir, "ringkasan.md"), filepath.Join(dir, "laporan")
	h.p.Env["GITHUB_STEP_SUMMARY"], h.p.Env["GITHUB_RUN_ID"] = summary, "::error::x"
	walk := []string{
		"check --head SP-2026-0001", "check --format json --head SP-2026-0001", "check --format github --head SP-2026-0001", "check --format sarif --head SP-2026-0001",
		"audit", "audit --format json", "audit --format github", "audit --format sarif", "audit --online", "status", "status --format json", "status SP-2026-0001", "status SP-2026-0001 --format json",
		"report SP-2026-0101", "report SP-2026-0101 --format html", "report SP-2026-0101 --format json", "report --since 99999h --output " + saved, "report SP-2026-0101 --output " + saved + "/x.md", "report SP-2026-0101 --format html --output " + saved + "/x.html",
		"check --pr 1", "check --pr 1 --post --format github", "check --pr 1 --format json", "record SP-2026-0001", "record --pr 1 --push --post", "merge 1", "merge SP-2026-0001",
		"doctor", "doctor --format json", "protect", "protect --format json", "approve SP-2026-0001", "approve SP-2026-0001 --print-statement", "new SP-2026-0900", "next SP-2026-0001", "commit", "explain", "version",
		"demo " + h.p.Dir, "init " + h.p.Dir, "help",
	}
	var lines [][]string
	for _, line := range walk {
		lines = append(lines, strings.Fields(line))
	}
	for i, word := range naughty { // each with a tenth of the calls: what lets one out lets out others too
		for j, call := range []string{"status", "report", "audit", "check --head", "check --format", "merge", "approve", "record", "new", "next", "explain", "audit --checkpoint", "audit --since", "--lang", "--repo", "--now", "init --key", "commit", ""} {
			if (i+j)%10 == 0 {
				lines = append(lines, append(strings.Fields(call), word))
			}
		}
	}
	walked := map[string]bool{}
	var outputs strings.Builder
	for i, args := range lines {
		for _, lang := range []string{"id", "en"} {
			if lang == "en" && i >= len(walk) {
				continue // the arguments that are words
			}
			var out, problems strings.Builder
			a := h.p.app()
			a.out, a.err = &out, &problems
			walked[args[0]] = true
			a.run(append([]string{"--repo", h.p.Dir, "--lang", lang, "--now", "2026-02-02T10:12:00+07:00"}, args...))
			for _, found := range effects(out.String()+problems.String(), slices.Contains(args, "github")) {
				t.Errorf("tambal %.80q lets out %s", args, found)
			}
			if slices.Contains(args, "json") && out.Len() > 0 && !json.Valid([]byte(out.String())) {
				t.Errorf("tambal %q is no JSON:\n%.2000s", args, &out)
			}
			outputs.WriteString(out.String() + problems.String())
		}
	}
	for _, c := range commands(h.p.app()) {
		if !walked[c.Name()] {
			t.Errorf("tambal %s is not walked", c.Name())
		}
	}
	for _, name := range []string{summary, saved + "/x.md", saved + "/x.html"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Error(err)
		}
		for _, found := range effects(string(data), false) {
			t.Errorf("%s holds %s", name, found)
		}
	}
	for _, c := range h.Comments(h.number) {
		for _, found := range effects(c.Body, false) {
			t.Errorf("a comment holds %s", found)
		}
	}
	if strings.Contains(outputs.String(), "\nSP-2026-0009") {
		t.Error("the name of a folder became a line of its own")
	}
	for _, shown := range []string{"<U+001B>[2J", "<U+003A>:error::x", "##<U+005B>group]x", `\u202etxt.lmay`, "<U+FFFD>"} {
		if !strings.Contains(outputs.String(), shown) {
			t.Errorf("%s was never shown: the walk proves nothing", shown)
		}
	}
}
