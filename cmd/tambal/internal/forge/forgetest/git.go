package forgetest

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/cgi"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// template is an empty bare repository, made once in a process: copying five
// small files is cheaper than starting git for each test.
var template = sync.OnceValues(func() (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "forgetest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	for _, args := range [][]string{
		{"init", "--quiet", "--bare", "--template=", "-b", "main", dir},
		{"-C", dir, "config", "http.receivepack", "true"},
		{"-C", dir, "config", "uploadpack.allowAnySHA1InWant", "true"},
		// GitHub refuses a push to refs/pull.
		{"-C", dir, "config", "receive.hideRefs", "refs/pull"},
		{"-C", dir, "config", "receive.autogc", "false"},
		{"-C", dir, "config", "core.logAllRefUpdates", "false"},
	} {
		if _, err := run(nil, nil, args...); err != nil {
			return nil, err
		}
	}
	files := map[string][]byte{}
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil || entry.IsDir() {
			files[name] = nil
			return err
		}
		files[name], err = os.ReadFile(path)
		return err
	})
	return files, err
})

var backend = sync.OnceValues(func() (string, error) {
	out, err := run(nil, nil, "--exec-path")
	return filepath.Join(out, "git-http-backend"), err
})

func (g *GitHub) makeRepository(root string) error {
	files, err := template()
	if err != nil {
		return err
	}
	g.dir = filepath.Join(root, "repository.git")
	for name, content := range files {
		path := filepath.Join(g.dir, name)
		if content == nil {
			if err := os.MkdirAll(path, 0o755); err != nil {
				return err
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// run runs git away from the settings of the machine.
func run(env []string, stdin []byte, args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "LC_ALL=C")
	cmd.Env = append(cmd.Env, env...)
	cmd.Stdin = bytes.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.String(), fmt.Errorf("git %s: %w: %s", strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSuffix(stdout.String(), "\n"), nil
}

func (g *GitHub) git(args ...string) (string, error) {
	return run(nil, nil, append([]string{"-C", g.dir}, args...)...)
}

// fixed runs git over commits that are named by their ids: they never change, and
// what it said of them once is not asked again.
func (g *GitHub) fixed(args ...string) (string, error) {
	key := strings.Join(args, " ")
	if out, said := g.said.Load(key); said {
		return out.(string), nil
	}
	out, err := g.git(args...)
	if err == nil {
		g.said.Store(key, out)
	}
	return out, err
}

// point lets a reference that nobody else moves name a commit.
func (g *GitHub) point(ref, sha string) error {
	file := filepath.Join(g.dir, filepath.FromSlash(ref))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(file+".lock", []byte(sha+"\n"), 0o644); err != nil {
		return err
	}
	return os.Rename(file+".lock", file)
}

// resolve finds the commit a branch, a tag or a number means.
func (g *GitHub) resolve(name string) string {
	refs, err := g.refs()
	if err != nil || name == "" || strings.HasPrefix(name, "-") {
		return ""
	}
	for _, prefix := range []string{"refs/heads/", "refs/tags/", "refs/", ""} {
		if sha := refs[prefix+name]; sha != "" {
			name = sha
			break
		}
	}
	git := g.git
	if len(name) == 40 {
		if _, err := g.fixed("cat-file", "commit", name); err == nil {
			return name
		}
		git = g.fixed // an annotated tag
	}
	sha, err := git("rev-parse", "--verify", "--quiet", name+"^{commit}")
	if err != nil {
		return ""
	}
	return sha
}

// serveGit hands smart HTTP to git's own program.
func (g *GitHub) serveGit(w http.ResponseWriter, r *http.Request, rest string) {
	if _, password, _ := r.BasicAuth(); g.Token != "" && !g.known(password) {
		w.Header().Set("WWW-Authenticate", `Basic realm="GitHub"`)
		http.Error(w, "Repository not found.", http.StatusUnauthorized)
		return
	}
	g.mu.Lock()
	err := g.refresh()
	g.mu.Unlock()
	program, programErr := backend()
	body, bodyErr := io.ReadAll(r.Body)
	for _, err := range []error{err, programErr, bodyErr} {
		if err != nil {
			g.t.Errorf("forgetest: %s %s: %v", r.Method, r.URL.Path, err)
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
	}
	inner := r.Clone(r.Context())
	// CGI knows no chunked bodies, and git sends a large pack as one.
	inner.Body, inner.ContentLength, inner.TransferEncoding = io.NopCloser(bytes.NewReader(body)), int64(len(body)), nil
	inner.Header.Del("Authorization")
	inner.URL.Path = "/" + filepath.Base(g.dir) + rest
	handler := &cgi.Handler{
		Path: program, Dir: g.dir, Stderr: io.Discard, // what it refuses, the client is told
		Env: []string{
			"GIT_PROJECT_ROOT=" + filepath.Dir(g.dir), "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=git",
			"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull,
		},
	}
	handler.ServeHTTP(w, inner)
}

func (g *GitHub) known(token string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, other := g.tokens[token]
	return token == g.Token || other
}
