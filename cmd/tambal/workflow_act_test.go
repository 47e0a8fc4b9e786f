//go:build act

package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// The actions that only GitHub can give. checkout is act's own: a copy of the
// clone with its history. The others are replaced by what the workflow needs of
// them: Go is on this machine, and an upload is a copy that the test can read.
var stubs = map[string]string{
	"actions/setup-go":        "runs:\n  using: composite\n  steps: [{ run: go version, shell: bash }]\n",
	"actions/upload-artifact": uploadStub,
}

const uploadStub = `inputs:
  name: { required: true }
  path: { required: true }
runs:
  using: composite
  steps:
    - shell: bash
      env: { NAME: "${{ inputs.name }}", FROM: "${{ inputs.path }}" }
      run: if [ -d "$FROM" ]; then mkdir -p "$ARTIFACTS/$NAME" && cp -R "$FROM/." "$ARTIFACTS/$NAME"; fi
`

// release is the program under test as an office downloads it: built once,
// served as the asset of a release, with its digest.
type release struct {
	binary []byte
	sha256 string
	err    error
}

var built = sync.OnceValue(func() *release {
	dir, err := os.MkdirTemp("", "tambal-release-")
	if err != nil {
		return &release{err: err}
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "tambal")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", file, ".").CombinedOutput(); err != nil {
		return &release{err: fmt.Errorf("go build: %w\n%s", err, out)}
	}
	data, err := os.ReadFile(file)
	sum := sha256.Sum256(data)
	return &release{data, hex.EncodeToString(sum[:]), err}
})

// serve is a page of releases; it has this machine's asset of one version.
func (r *release) serve(t *testing.T, version string) string {
	name := fmt.Sprintf("/%s/tambal_%s_%s", version, runtime.GOOS, runtime.GOARCH)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path != name {
			http.NotFound(w, req)
			return
		}
		w.Write(r.binary)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// tool finds a program that these tests are about; without it they prove nothing.
func tool(t *testing.T, name, version string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is not on PATH: .ci/workflows installs it", name)
	}
	out, err := exec.Command(path, "--version").CombinedOutput()
	if err != nil || !strings.Contains(string(out), version) {
		t.Fatalf("%s is not version %s: %s", name, version, out)
	}
	return path
}

// act is one way to run workflows: the clone they stand in and what they see.
type act struct {
	t    *testing.T
	dir  string // the checkout of the default branch
	env  map[string]string
	root string // for what act keeps
}

// ran is what one run left behind.
type ran struct {
	ok        bool
	log       string
	summary   string // what the steps wrote to their job summaries
	artifacts string // folder of what was uploaded
}

// run starts the workflow as an event does.
func (a *act) run(workflow, event string, payload map[string]any) ran {
	a.t.Helper()
	r := ran{artifacts: filepath.Join(a.root, "artifacts")}
	var err error
	if err = errors.Join(os.RemoveAll(a.root), os.MkdirAll(filepath.Join(a.root, "home"), 0o755)); err != nil {
		a.t.Fatal(err)
	}
	data, err := json.Marshal(payload)
	if err == nil {
		err = os.WriteFile(filepath.Join(a.root, "event.json"), data, 0o644)
	}
	if err != nil {
		a.t.Fatal(err)
	}
	args := []string{event, "-W", filepath.Join(".github/workflows", workflow), "-e", filepath.Join(a.root, "event.json"),
		"-P", "ubuntu-latest=-self-hosted", "-s", "GITHUB_TOKEN=" + a.env["GITHUB_TOKEN"], "--no-cache-server", "--json",
		"--action-cache-path", filepath.Join(a.root, "cache"), "--use-gitignore=false"}
	for name, action := range stubs {
		dir := filepath.Join(a.root, filepath.Base(name))
		if err := writeFile(dir, "action.yml", []byte(action)); err != nil {
			a.t.Fatal(err)
		}
		args = append(args, "--local-repository", a.pin(name)+"="+dir)
	}
	for name, value := range a.env {
		if name != "GITHUB_TOKEN" {
			args = append(args, "--env", name+"="+value)
		}
	}
	args = append(args, "--env", "ARTIFACTS="+r.artifacts, "--env", "GIT_PAGER=cat", "--env", "LANG=C.UTF-8")
	cmd := exec.Command(tool(a.t, "act", "0.2.89"), args...)
	cmd.Dir = a.dir
	cmd.Env = append(os.Environ(), "HOME="+filepath.Join(a.root, "home"), "XDG_CACHE_HOME="+filepath.Join(a.root, "home"),
		"GOCACHE="+goEnv(a.t, "GOCACHE"), "GOMODCACHE="+goEnv(a.t, "GOMODCACHE"), "GOPROXY=off", "LC_ALL=", "TAMBAL_LANG=")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		a.t.Fatal(err)
	}
	r.ok = err == nil
	r.read(out.String())
	a.t.Logf("act %s: ok=%v\n%s", event, r.ok, r.log)
	return r
}

// read takes the lines that steps printed, and the summaries, out of act's log.
func (r *ran) read(out string) {
	var log strings.Builder
	for line := range strings.Lines(out) {
		var entry struct{ Msg, Command, Content, Job string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			log.WriteString(line)
			continue
		}
		if entry.Command == "summary" {
			r.summary += entry.Content
			continue
		}
		log.WriteString("[" + entry.Job + "] " + strings.TrimRight(entry.Msg, "\n") + "\n")
	}
	r.log = log.String()
}

// pin is an action with the commit that the clone's files name, so that the stub
// stands in for exactly that one.
func (a *act) pin(name string) string {
	for _, pattern := range []string{".github/workflows/*.yml", ".github/actions/*/action.yml"} {
		files, err := filepath.Glob(filepath.Join(a.dir, pattern))
		if err != nil {
			a.t.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				a.t.Fatal(err)
			}
			if found := regexp.MustCompile(name + `@[0-9a-f]{40}`).Find(data); found != nil {
				return string(found)
			}
		}
	}
	a.t.Fatalf("nothing uses %s", name)
	return ""
}

func goEnv(t *testing.T, name string) string {
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}
