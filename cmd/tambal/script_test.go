package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/play"
	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/examples"
	"github.com/tambal-id/tambal/schema"
)

// player is a player whose commands are those of this test's own process.
type player struct{ *play.Player }

// usual is the example office, made once and copied for every test that starts
// there.
var usual = prepared(nil, "")

// testPlayer sets up the example office in a temporary folder, with real git
// beside it for what only git can do wrong.
func testPlayer(t testing.TB) *player {
	t.Helper()
	return usual(t)
}

// testOffice is testPlayer with another policy.
func testOffice(t testing.TB, edit func(files map[string][]byte)) *player {
	t.Helper()
	made, err := play.New(scratch(t), scratch(t), play.Office{Key: seededKey, Edit: edit})
	if err != nil {
		t.Fatal(err)
	}
	p := &player{made}
	p.connect(t)
	recordPlayer(t, p)
	return p
}

// prepared returns what gives each test a copy of one office, in which a script
// was played. The keys are the same files for all.
func prepared(edit func(files map[string][]byte), script string) func(testing.TB) *player {
	made := sync.OnceValues(func() (*play.Player, error) {
		dirs := []string{filepath.Join(offices, "office-"), filepath.Join(offices, "keys-")}
		for i, pattern := range dirs {
			var err error
			if dirs[i], err = os.MkdirTemp(filepath.Split(pattern)); err != nil {
				return nil, err
			}
		}
		p, err := play.New(dirs[0], dirs[1], play.Office{Key: seededKey, Edit: edit})
		if err != nil {
			return nil, err
		}
		p.Run = performer(&env{})
		if err := p.PlayData("prepared", []byte(script)); err != nil {
			return nil, err
		}
		cmd := exec.Command("git", "gc", "-q") // a few files to copy instead of many
		cmd.Dir = p.Dir
		return p, cmd.Run()
	})
	return func(t testing.TB) *player {
		t.Helper()
		office, err := made()
		if err != nil {
			t.Fatal(err)
		}
		mine, err := office.CopyTo(scratch(t))
		if err != nil {
			t.Fatal(err)
		}
		p := &player{mine}
		p.connect(t)
		recordPlayer(t, p)
		return p
	}
}

// shared is the beginning that most scripts have: the normal case, or its steps up
// to a label.
var shared = regexp.MustCompile(`\A(?:#.*\n|\n)*(include history/normal\.txtar(?: until [a-z]+)?)\n`)

var beginnings sync.Map // by the line: what gives an office in which it was played

// begin gives a script its office: the usual one, or a copy of one in which the
// shared beginning was played; rest is what is left to play, on the same lines.
// The recorder wants all of it played, and who digs in .git wants its objects
// loose.
func begin(t testing.TB, script string) (p *player, rest string) {
	t.Helper()
	m := shared.FindStringSubmatchIndex(script)
	if m == nil || recordDir != "" || strings.Contains(script, ".git/objects") {
		return testPlayer(t), script
	}
	line := script[m[2]:m[3]]
	office, _ := beginnings.LoadOrStore(line, prepared(nil, line+"\n"))
	return office.(func(testing.TB) *player)(t), script[:m[2]] + "#" + script[m[3]:]
}

// including is the office after a beginning.
func including(t testing.TB, history string) *player {
	t.Helper()
	p, rest := begin(t, "include history/"+history+"\n")
	playScript(t, p, rest)
	return p
}

// connect gives a player what only tests have.
func (p *player) connect(t testing.TB) {
	p.Run = performer(&env{sleep: noSleep})
	p.Git = func(args []string) error { return runGit(t, p, args...) }
	p.GitHub = func(args []string) error { return onGitHub(t, p, forgetest.New(t)).act(args) }
	p.Inspect = validResult
}

func noSleep(context.Context, time.Duration) error { return nil }

// app is the program as the player's person would start it now.
func (p *player) app() *env {
	a := &env{in: strings.NewReader(""), out: p.Log, err: p.Log, getenv: func(name string) string { return p.Env[name] },
		lang: p.Lang, dir: p.Dir, now: p.Now, sleep: noSleep}
	if p.Who != nil {
		a.who = &git.Identity{Name: p.Who.Name, Email: p.Who.Emails[0]}
	}
	return a
}

var resultSchema = sync.OnceValue(func() *jsonschema.Schema {
	compiler := jsonschema.NewCompiler()
	data, err := schema.FS.ReadFile(schema.Result.File())
	if err != nil {
		panic(err)
	}
	if err := compiler.AddResource("result.json", bytes.NewReader(data)); err != nil {
		panic(err)
	}
	return compiler.MustCompile("result.json")
})

// validResult holds every result that any script brings about against the
// published schema, in both languages, and wants each finding to be a sentence.
func validResult(r *finding.Result) error {
	for _, lang := range []text.Lang{text.Indonesian, text.English} {
		var b bytes.Buffer
		if err := finding.WriteJSON(&b, r, lang); err != nil {
			return err
		}
		var value any
		if err := json.Unmarshal(b.Bytes(), &value); err != nil {
			return err
		}
		if err := resultSchema().Validate(value); err != nil {
			return fmt.Errorf("%#v\n%s", err, &b)
		}
		for i := range r.Findings {
			f := &r.Findings[i]
			if message := f.Message(lang); lang.Maybe(f.Code, f.Args...) == "" || strings.Contains(message, "%!") || strings.Contains(f.Hint(lang), "%!") {
				return fmt.Errorf("%s has no sentence in %s: %s", f.Code, lang, message)
			}
			if f.Commit == "" && f.Path == "" && f.Rule != "history-shallow" && f.Rule != "history-malformed" && f.Rule != "forge-unread" {
				return fmt.Errorf("%s names no place", f.Code)
			}
		}
	}
	return nil
}

// seededKey is the same key for the same person in every run, so that two runs
// of a script make the same commits.
func seededKey(id string) (*signature.Signer, []byte, error) {
	return signature.SeededSigner(sha256.Sum256([]byte(id)))
}

// runGit runs the real git as the script's person, at the script's time.
func runGit(t testing.TB, p *player, args ...string) error {
	cmd := exec.Command("git")
	for _, arg := range args {
		cmd.Args = append(cmd.Args, strings.ReplaceAll(arg, "{{keys}}", p.KeyDir))
	}
	cmd.Dir = p.Dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_PAGER=cat", "GIT_EDITOR=true")
	if p.Who != nil {
		date := p.Now.Format(time.RFC3339)
		for _, kind := range []string{"AUTHOR", "COMMITTER"} {
			cmd.Env = append(cmd.Env, "GIT_"+kind+"_NAME="+p.Who.Name, "GIT_"+kind+"_EMAIL="+p.Who.Emails[0], "GIT_"+kind+"_DATE="+date)
		}
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Logf("git %s: %s", strings.Join(args, " "), out)
	}
	return err
}

// TestExampleScripts plays every script of examples/: a new file there is a new
// test. What audit and report say at its end must agree.
func TestExampleScripts(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"history", "attacks", "rules"} {
		scripts, err := fs.ReadDir(examples.FS, dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range scripts {
			name := path.Join(dir, s.Name())
			t.Run(strings.TrimSuffix(name, ".txtar"), func(t *testing.T) {
				t.Parallel()
				data, err := examples.FS.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				p, script := begin(t, string(data))
				p.foresee(t)
				if err := p.PlayData(name, []byte(script)); err != nil {
					t.Fatal(err)
				}
				p.agreement(t)
			})
		}
	}
}

func TestDemoRefusesAFolderThatIsNotEmpty(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "milik-saya"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	a := &env{out: &out, err: &out, getenv: func(string) string { return "" }}
	if code := a.run([]string{"demo", dir}); code != exitUsage && code != exitFindings {
		t.Fatalf("exit code %d: %s", code, &out)
	}
}
