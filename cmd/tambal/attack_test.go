package main

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/schema"
)

// forgery is an approval as an attacker would make it: what is signed and what
// is written can both be another than the honest one.
type forgery struct {
	key, root, id, namespace string
	text                     []byte // what stands before the approval
	signed, written          schema.Approval
}

// TestForgedApprovals makes approvals that tambal itself refuses to make.
func TestForgedApprovals(t *testing.T) {
	t.Parallel()
	both := func(change func(*schema.Approval)) func(*forgery) {
		return func(f *forgery) { change(&f.signed); change(&f.written) }
	}
	by := func(id string) func(*forgery) {
		return func(f *forgery) { f.key = id; both(func(a *schema.Approval) { a.By = id })(f) }
	}
	otherPolicy := "sha256:" + strings.Repeat("0", 64)
	for name, c := range map[string]struct {
		forge func(*forgery)
		want  string
	}{
		"the honest one passes":                    {func(*forgery) {}, "pass"},
		"signed for another case":                  {func(f *forgery) { f.id = "SP-2026-0002" }, "fail approval-forged"},
		"signed for another repository":            {func(f *forgery) { f.root = strings.Repeat("1", 40) }, "fail approval-forged"},
		"signed as a Git commit would be":          {func(f *forgery) { f.namespace = signature.GitNamespace }, "fail approval-forged"},
		"signed as a file would be":                {func(f *forgery) { f.namespace = "file" }, "fail approval-forged"},
		"signed with somebody else's key":          {func(f *forgery) { f.key = "joko-s" }, "fail approval-forged"},
		"signed by somebody without the role":      {by("joko-s"), "fail step-role"},
		"signed by the analyst":                    {by("rina-w"), "fail approval-self step-role"},
		"signed before the acting order begins":    {by("dewi-k"), "fail step-role"},
		"signed as a refusal":                      {func(f *forgery) { f.signed.Decision = schema.DecisionRejected }, "fail approval-forged"},
		"signed with another disposition":          {func(f *forgery) { f.signed.Disposition = "Tunggu." }, "fail approval-forged"},
		"signed at another time":                   {func(f *forgery) { f.signed.At = "2026-02-02T10:00:00+07:00" }, "fail approval-forged"},
		"signed under another policy than written": {func(f *forgery) { f.signed.Policy = otherPolicy }, "fail approval-forged"},
		"signed under a policy never in force":     {both(func(a *schema.Approval) { a.Policy = otherPolicy }), "pass ~approval-stale"},
		"signed for the first half of the text": {func(f *forgery) {
			half := decision.SubjectOf(f.text[:len(f.text)/2])
			both(func(a *schema.Approval) { a.Subject = half })(f)
		}, "fail approval-stale"},
		"signed for half, written for the whole": {func(f *forgery) {
			f.signed.Subject = decision.SubjectOf(f.text[:len(f.text)/2])
		}, "fail approval-forged"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := analysed(t)
			p.forge(t, c.forge)
			p.must(t, append([]string{"check"}, strings.Fields(c.want)...)...)
		})
	}
}

// analysed plays the normal case until it waits for the Kabid.
func analysed(t *testing.T) *player {
	t.Helper()
	p, script := begin(t, "include history/normal.txtar until analysed\n")
	playScript(t, p, script)
	p.must(t, "at", "2026-02-02T10:12:03+07:00")
	p.must(t, "as", "siti-a")
	return p
}

// must does one line of a script.
func (p *player) must(t testing.TB, words ...string) {
	t.Helper()
	if err := p.Act(words); err != nil {
		t.Fatal(err)
	}
}

// forge commits an approval that is honest but for what change makes of it.
func (p *player) forge(t *testing.T, change func(*forgery)) {
	t.Helper()
	repo, err := git.Open(p.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer repo.Close()
	verdict, err := gate.Check(repo, "main", p.ID, gate.Options{Now: p.Now})
	if err != nil {
		t.Fatal(err)
	}
	line := verdict.Timeline
	c := line.Landings[0].Cases[0]
	honest := schema.Approval{Decision: schema.DecisionApproved, By: "budi-s", At: "2026-02-02T10:12:03+07:00",
		Disposition: "Setuju.", Subject: decision.SubjectOf(c.AfterData), Policy: line.Policy.Digest}
	f := &forgery{key: "budi-s", root: string(line.Anchor.ID), id: p.ID, namespace: signature.ApprovalNamespace,
		text: c.AfterData, signed: honest, written: honest}
	change(f)
	raw, err := schema.Value(f.signed)
	if err != nil {
		t.Fatal(err)
	}
	message, err := decision.StatementFor(f.root, f.id, &f.signed, raw)
	if err != nil {
		t.Fatal(err)
	}
	if raw, err = schema.Value(f.written); err != nil {
		t.Fatal(err)
	}
	if raw["signature"], err = p.Key(f.key).Sign(f.namespace, message); err != nil {
		t.Fatal(err)
	}
	data, err := schema.Append(c.AfterData, schema.ItemApproval, raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := writeFile(p.Dir, c.Path, data); err != nil {
		t.Fatal(err)
	}
	p.must(t, "commit", "persetujuan")
}

// TestMalformedCommits brings the analysis in commits that Git and Go read
// differently, or not at all.
func TestMalformedCommits(t *testing.T) {
	t.Parallel()
	const author = "author Rina Wulandari <rina-w@kominfo.example> 1770000600 +0700\n"
	for name, mangle := range map[string]func(string) string{
		"two addresses in the author line":  replace(author, "author a <rina-w@kominfo.example> b <budi-s@kominfo.example> 1770000600 +0700\n"),
		"an address inside an address":      replace(author, "author a <x> <rina-w@kominfo.example> 1770000600 +0700\n"),
		"two author lines":                  replace(author, author+strings.Replace(author, "rina-w", "budi-s", 1)),
		"two trees":                         func(s string) string { return s[:strings.IndexByte(s, '\n')+1] + s },
		"the committer before the author":   replace(author, "committer x <x@x> 1770000600 +0700\n"+author),
		"a control character in the name":   replace("author Rina", "author Ri\x1bna"),
		"a NUL in the message":              func(s string) string { return s + "\x00approved\n" },
		"a zone beyond the earth":           replace(author, strings.Replace(author, "+0700", "+9999", 1)),
		"a date before the year 1970":       replace(author, strings.Replace(author, "1770000600", "-1", 1)),
		"a date that is no number":          replace(author, strings.Replace(author, "1770000600", "tomorrow", 1)),
		"an encoding that is not UTF-8":     replace("\n\n", "\nencoding ISO-8859-1\n\né "),
		"an encoding that hides ASCII":      replace("\n\n", "\nencoding UTF-7\n\n"),
		"a header before the author":        replace(author, "change-id x\n"+author),
		"a header that looks like another":  replace("\n\n", "\nAuthor Budi Santoso <budi-s@kominfo.example> 1770000600 +0700\n\n"),
		"a header that overwrites its line": replace("\n\n", "\nchange-id x\rauthor Budi Santoso <budi-s@kominfo.example>\n\n"),
		"a parent line after the committer": replace("\n\n", "\nparent 1111111111111111111111111111111111111111\n\n"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := analysed(t)
			raw := gitOutput(t, p, nil, "cat-file", "commit", p.ID)
			_, rest, _ := strings.Cut(raw, "author ")
			_, rest, _ = strings.Cut(rest, "\n")
			raw = raw[:strings.Index(raw, "author ")] + author + rest
			id := gitOutput(t, p, []byte(mangle(raw)), "hash-object", "-t", "commit", "-w", "--stdin", "--literally")
			p.must(t, "git", "update-ref", "refs/heads/"+p.ID, strings.TrimSpace(id))
			p.mustFail(t, "history-malformed")
		})
	}
}

func replace(old, new string) func(string) string {
	return func(s string) string { return strings.Replace(s, old, new, 1) }
}

// gitOutput runs the real git with an input and returns what it prints.
func gitOutput(t testing.TB, p *player, input []byte, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Stdin = p.Dir, bytes.NewReader(input)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}

// mustFail wants check to fail with a rule, whatever else it finds; an object
// that cannot be read at all ends the replay with the same rule.
func (p *player) mustFail(t *testing.T, rule string) {
	t.Helper()
	var out strings.Builder
	a := p.app()
	a.out, a.err = &out, &out
	code := a.run([]string{"check", "--repo", p.Dir, "--base", "main", "--head", p.ID, "--now", p.Now.Format("2006-01-02T15:04:05Z07:00")})
	if code != exitFindings || !strings.Contains(out.String(), "["+rule+"]") {
		t.Fatalf("exit code %d, want %d with %s\n%s", code, exitFindings, rule, &out)
	}
}
