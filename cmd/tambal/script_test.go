package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/examples"
	"github.com/tambal-id/tambal/schema"
)

// testPlayer sets up the example office in a temporary folder, with real git
// beside it for what only git can do wrong.
func testPlayer(t testing.TB) *player { return testOffice(t, nil) }

// testOffice is testPlayer with another policy.
func testOffice(t testing.TB, edit func(files map[string][]byte)) *player {
	t.Helper()
	p, err := newPlayer(t.TempDir(), t.TempDir(), text.English, io.Discard, seededKey, edit)
	if err != nil {
		t.Fatal(err)
	}
	p.external = func(args []string) error { return git(t, p, args...) }
	p.inspect = validResult
	record(t, p)
	p.github = func(args []string) error { return onGitHub(t, p, forgetest.New(t)).act(args) }
	return p
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

// git runs the real git as the script's person, at the script's time.
func git(t testing.TB, p *player, args ...string) error {
	cmd := exec.Command("git", args...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_PAGER=cat", "GIT_EDITOR=true")
	if p.who != nil {
		date := p.now.Format(time.RFC3339)
		for _, kind := range []string{"AUTHOR", "COMMITTER"} {
			cmd.Env = append(cmd.Env, "GIT_"+kind+"_NAME="+p.who.Name, "GIT_"+kind+"_EMAIL="+p.who.Emails[0], "GIT_"+kind+"_DATE="+date)
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
	for _, dir := range []string{"history", "attacks", "rules"} {
		scripts, err := fs.ReadDir(examples.FS, dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range scripts {
			name := path.Join(dir, s.Name())
			t.Run(strings.TrimSuffix(name, ".txtar"), func(t *testing.T) {
				t.Parallel()
				p := testPlayer(t)
				if err := p.play(name); err != nil {
					t.Fatal(err)
				}
				p.oneTruth(t, "en")
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
	a := &app{out: &out, err: &out, getenv: func(string) string { return "" }}
	if code := a.run([]string{"demo", dir}); code != exitUsage && code != exitFindings {
		t.Fatalf("exit code %d: %s", code, &out)
	}
}
