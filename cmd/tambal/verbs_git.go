package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
)

// onGit does the verbs that write history or judge it.
func (p *player) onGit(verb string, args []string) error {
	a := p.app()
	switch verb {
	case "exit":
		return p.command(args[0], args[1:])
	case "tambal":
		return p.command("0", append([]string{verb}, args...))
	case "git":
		if p.external == nil {
			return errors.New("this script needs git")
		}
		return p.external(args)
	case "github":
		if p.github == nil {
			return errors.New("this script needs a GitHub")
		}
		return p.github(args)
	}
	repo, err := history.Open(p.dir)
	if err != nil && (verb == "check" || verb == "audit") {
		return p.expect(nil, err, args)
	}
	if err != nil {
		return err
	}
	defer repo.Close()
	switch verb {
	case "branch":
		main, err := repo.Resolve("main")
		if err != nil {
			return err
		}
		return repo.Switch(args[0], main)
	case "step":
		return p.step(repo, a, args)
	case "commit":
		return p.commitAll(repo, strings.Join(args, " "))
	case "approve", "reject":
		return p.decide(repo, a, verb == "reject", args)
	case "land":
		return p.land(repo, a, args)
	case "check":
		result, _, err := a.check(repo, "main", p.id)
		return p.expect(result, err, args)
	case "audit":
		result, _, err := a.audit(repo, "main", "")
		return p.expect(result, err, args)
	}
	return fmt.Errorf("unknown verb %s", verb)
}

// step appends items on the case's branch and commits them as its person.
func (p *player) step(repo *history.Repo, a *app, names []string) error {
	main, err := repo.Resolve("main")
	if err != nil {
		return err
	}
	if repo.HeadBranch() == "main" {
		if err := repo.Advance(p.id, main); err != nil {
			return err
		}
		if err := repo.Switch(p.id, main); err != nil {
			return err
		}
	}
	for _, name := range names {
		if err := p.addItem(name); err != nil {
			return err
		}
	}
	return p.tolerate(a.commitCase(repo, p.id, ""))
}

// tolerate lets a script go on after a verdict: check and audit lines say what
// is expected.
func (p *player) tolerate(err error) error {
	var verdict *verdictError
	if errors.As(err, &verdict) {
		return nil
	}
	return err
}

// commitAll is a plain commit of the whole working tree, as git would make it.
func (p *player) commitAll(repo *history.Repo, message string) error {
	files := map[string][]byte{}
	head, err := repo.Resolve("HEAD")
	if err != nil {
		return err
	}
	tracked, err := repo.Diff("", head.Tree, nil)
	if err != nil {
		return err
	}
	for _, t := range tracked {
		files[t.Path] = nil
	}
	err = filepath.WalkDir(p.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if d != nil && d.Name() == ".git" {
				return fs.SkipDir
			}
			return err
		}
		rel, err := filepath.Rel(p.dir, name)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(rel)], err = os.ReadFile(name)
		return err
	})
	if err != nil {
		return err
	}
	who := history.Identity{Name: p.who.Name, Email: p.who.Emails[0], When: p.now}
	_, err = repo.Write(history.Draft{Branch: repo.HeadBranch(), Files: files, Author: who, Committer: who, Message: message})
	return err
}

// decide approves or refuses with the person's own key.
func (p *player) decide(repo *history.Repo, a *app, reject bool, args []string) error {
	d := &approval{app: a, repo: repo, id: p.id, branch: p.id, key: p.keyFile(p.who.ID), reject: reject, yes: true}
	if len(args) > 0 {
		d.disposition = args[0]
	}
	return d.run()
}

// land merges the case's branch, or the named one, with the person's key for
// policy branches, and goes back to main.
func (p *player) land(repo *history.Repo, a *app, args []string) error {
	branch, key := p.id, ""
	if len(args) > 0 {
		branch = args[0]
	}
	if len(args) > 1 && args[1] == "signed" {
		key = p.keyFile(p.who.ID)
	}
	if err := repo.Switch("main", nil); err != nil {
		return err
	}
	return a.merge(repo, branch, key)
}

// expect compares a result with what the script says: the verdict, the rules
// that block (exactly these), ~rule for remarks that must be there and !rule
// for those that must not.
func (p *player) expect(result *finding.Result, err error, want []string) error {
	if err != nil {
		f, ok := stopped(err)
		if !ok {
			return err
		}
		result = &finding.Result{Findings: []finding.Finding{f}}
	}
	if p.inspect != nil {
		if err := p.inspect(result); err != nil {
			return err
		}
	}
	var blocking, remarks []string
	for _, f := range result.Findings {
		switch f.Severity {
		case finding.Warning, finding.Notice:
			remarks = append(remarks, f.Rule)
		default:
			blocking = append(blocking, f.Rule)
		}
	}
	slices.Sort(blocking)
	blocking = slices.Compact(blocking)
	var expected []string
	for _, w := range want[1:] {
		rule, remark := strings.CutPrefix(w, "~")
		absent, without := strings.CutPrefix(w, "!")
		switch {
		case remark && !slices.Contains(remarks, rule):
			return p.differs(result, "remark "+rule+" is missing")
		case without && slices.Contains(remarks, absent):
			return p.differs(result, "remark "+absent+" is there")
		case !remark && !without:
			expected = append(expected, rule)
		}
	}
	slices.Sort(expected)
	if string(result.Verdict()) != want[0] || !slices.Equal(blocking, expected) {
		return p.differs(result, fmt.Sprintf("got %s %v, want %s %v", result.Verdict(), blocking, want[0], expected))
	}
	return finding.WriteText(p.log, result, p.lang)
}

func (p *player) differs(result *finding.Result, message string) error {
	var b strings.Builder
	if err := finding.WriteText(&b, result, p.lang); err != nil {
		return err
	}
	return fmt.Errorf("%s\n%s", message, b.String())
}

// command runs a tambal command line and wants its exit code.
func (p *player) command(code string, words []string) error {
	want, err := strconv.Atoi(code)
	if err != nil || len(words) == 0 || words[0] != "tambal" {
		return fmt.Errorf("want: exit CODE tambal COMMAND")
	}
	var b bytes.Buffer
	a := p.app()
	a.out, a.err = &b, &b
	a.nowFlag = ""
	args := append([]string{"--repo", p.dir, "--now", p.now.Format(time.RFC3339), "--lang", string(p.lang)}, words[1:]...)
	for i := range args {
		args[i] = strings.NewReplacer("{{keys}}", p.keyDir, "{{repo}}", p.dir).Replace(args[i])
	}
	got := a.run(args)
	p.shown = b.String()
	if _, err := io.WriteString(p.log, p.shown); err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("exit code %d, want %d\n%s", got, want, b.String())
	}
	return nil
}
