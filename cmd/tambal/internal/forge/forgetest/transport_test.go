package forgetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// TestFaults has each way an answer goes wrong.
func TestFaults(t *testing.T) {
	g := Direct(t)
	_, p := scene(t, g)
	list := "/repos/dinas/patches/pulls/1/reviews"
	for range 101 {
		g.Review(p.Number, 8, "COMMENTED", "")
	}
	read := func(path string) (int, string, string, error) {
		r := get(t, g, path)
		text, err := io.ReadAll(r.Body)
		return r.StatusCode, r.Header.Get("Content-Type"), string(text), err
	}
	g.Fault("GET /pulls/1/reviews", Fault{Status: 502, Page: 2, Times: 1, Header: map[string]string{"Retry-After": "1"}})
	for _, step := range []struct {
		path string
		want int
	}{{list, 200}, {list + "?page=2", 502}, {list + "?page=2", 200}} {
		if status, _, text, err := read(step.path); status != step.want || err != nil {
			t.Errorf("%s: %d, want %d: %s %v", step.path, status, step.want, text, err)
		}
	}
	wants := []struct {
		kind              Kind
		contentType, text string
		broken            bool
	}{
		{Empty, "application/json; charset=utf-8", "", false}, {Null, "application/json; charset=utf-8", "null", false},
		{HTML, "text/html; charset=utf-8", "<!DOCTYPE", false}, {WrongType, "text/plain; charset=utf-8", "[{", false},
		{Truncated, "application/json; charset=utf-8", "[{", false}, {Cut, "application/json; charset=utf-8", "[{", true},
	}
	for _, want := range wants {
		g.ClearFaults()
		g.Fault("* /pulls", Fault{Kind: want.kind})
		status, contentType, text, err := read(list)
		if status != 200 || contentType != want.contentType || !strings.HasPrefix(text, want.text) || (err != nil) != want.broken {
			t.Errorf("%s: %d %s %.20s %v", want.kind, status, contentType, text, err)
		}
	}
	for _, kind := range []Kind{Closed, Lost, Hang} {
		g.ClearFaults()
		g.Fault("GET /repos/dinas/patches$", Fault{Kind: kind})
		ctx, cancel := context.WithTimeout(background(), 2*time.Second)
		if kind == Hang {
			ctx, cancel = context.WithTimeout(background(), 50*time.Millisecond)
		}
		r, err := http.NewRequestWithContext(ctx, "GET", g.URL()+"/repos/dinas/patches", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+g.Token)
		if _, err := http.DefaultClient.Do(r); err == nil || errors.Is(err, context.DeadlineExceeded) != (kind == Hang) {
			t.Errorf("%s: %v", kind, err)
		}
		cancel()
	}
}

// TestBefore moves the head between two calls.
func TestBefore(t *testing.T) {
	g := New(t)
	work, p := scene(t, g)
	old := p.HeadSHA
	g.Before("GET /pulls/1/reviews", func() { work.write("case", "patch.yaml", "step: 9\n") })
	c := client(t, g)
	if _, _, err := c.PullRequests.ListReviews(background(), g.Owner, g.Name, 1, nil); err != nil {
		t.Fatal(err)
	}
	pull, _, err := c.PullRequests.Get(background(), g.Owner, g.Name, 1)
	if err != nil || pull.GetHead().GetSHA() == old {
		t.Errorf("the head did not move: %v", err)
	}
}

// TestRename follows a redirect to the path by number.
func TestRename(t *testing.T) {
	g := Direct(t)
	scene(t, g)
	g.RenamedFrom("dinas", "old")
	r := get(t, g, "/api/v3/repos/dinas/old/pulls/1/reviews?per_page=5")
	want := g.URL() + "/api/v3/repositories/4711/pulls/1/reviews?per_page=5"
	if r.StatusCode != 301 || r.Header.Get("Location") != want {
		t.Fatalf("%d to %s, want %s", r.StatusCode, r.Header.Get("Location"), want)
	}
	// A slash in a branch's name may come as it is.
	if r := get(t, g, "/repos/dinas/patches/rules/branches/release/1"); r.StatusCode != 200 {
		t.Errorf("%d for a branch with a slash", r.StatusCode)
	}
	if r := get(t, g, strings.TrimPrefix(want, g.URL())); r.StatusCode != 200 {
		t.Errorf("%d at the new address", r.StatusCode)
	}
	pull, _, err := client(t, g).PullRequests.Get(background(), "dinas", "old", 1)
	if err != nil || pull.GetNumber() != 1 {
		t.Errorf("%v, %v", pull, err)
	}
	clone{t, t.TempDir()}.git("ls-remote", "--exit-code",
		strings.Replace(strings.Replace(g.GitURL(), "patches", "old", 1), "://", "://x:"+g.Token+"@", 1), "main")
}

// TestGitAccess wants the token, takes large packs and guards refs/pull.
func TestGitAccess(t *testing.T) {
	g := New(t)
	work, p := scene(t, g)
	if out, err := work.try("ls-remote", strings.Replace(g.GitURL(), "://", "://x:wrong@", 1)); err == nil {
		t.Errorf("a wrong token was let in: %s", out)
	}
	if out, err := work.try("push", "origin", "main:refs/pull/1/head"); err == nil {
		t.Errorf("refs/pull was overwritten: %s", out)
	}
	noise := make([]byte, 3<<20)
	state := uint32(1)
	for i := range noise {
		state = state*1664525 + 1013904223
		noise[i] = byte(state >> 24)
	}
	if err := os.WriteFile(filepath.Join(work.dir, "noise"), noise, 0o644); err != nil {
		t.Fatal(err)
	}
	work.write("case", "patch.yaml", "large\n")
	if got := g.Pull(p.Number).HeadSHA; got != work.git("rev-parse", "case") {
		t.Errorf("the head is %s", got)
	}
	if old := work.git("rev-parse", "case~1"); g.Head("case") == old {
		t.Error("the branch did not move")
	} else {
		newClone(t, g).git("fetch", "--quiet", "origin", old)
	}
	for _, r := range g.Requests() {
		if strings.Contains(r.Path+r.Query, g.Token) {
			t.Error("a request shows the token")
		}
	}
}

// recorder is a test that only takes notes.
type recorder struct {
	testing.TB
	mu    sync.Mutex
	notes []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notes = append(r.notes, strings.TrimSpace(fmt.Sprintf(format, args...)))
}

// TestViolations wants each kind of difference from the description reported.
func TestViolations(t *testing.T) {
	for name, one := range map[string]struct {
		spoil        func(*GitHub)
		method, path string
		body, want   string
	}{
		"an answer without a member": {
			func(g *GitHub) { delete(g.Meta, "verifiable_password_authentication") }, "GET", "/meta", "",
			`GET /meta (200): answer at "": missing properties: 'verifiable_password_authentication'`,
		},
		"an answer of the wrong type": {
			func(g *GitHub) { g.Settings["has_wiki"] = "yes" }, "GET", repo, "", `answer at "/has_wiki": expected boolean`,
		},
		"an unknown query parameter": {nil, "GET", repo + "/pulls?perpage=3", "", "query parameter perpage is not described"},
		"a wrong query parameter":    {nil, "GET", repo + "/pulls?state=merged", "", `query parameter state at "": value must be one of`},
		"a request that is refused":  {nil, "PUT", repo + "/pulls/1/merge", `{"merge_method":"octopus"}`, ""},
		"a request body of the wrong type": {
			nil, "POST", repo + "/pulls/1/requested_reviewers", `{"reviewers":["budi"],"team_reviewers":"x"}`,
			`request body at "/team_reviewers": expected array`,
		},
		"an unknown operation": {nil, "GET", "/repos/dinas/patches/tags", "", "no operation GET /repos/dinas/patches/tags"},
		"an unknown method":    {nil, "DELETE", repo, "", "no operation DELETE"},
	} {
		t.Run(name, func(t *testing.T) {
			notes := &recorder{TB: t}
			g := Direct(notes)
			scene(t, g)
			if one.spoil != nil {
				one.spoil(g)
			}
			send(t, g, one.method, strings.Replace(one.path, repo, "/repos/dinas/patches", 1), one.body)
			notes.mu.Lock()
			defer notes.mu.Unlock()
			got := strings.Join(notes.notes, "\n")
			if one.want == "" && got != "" || !strings.Contains(got, one.want) {
				t.Errorf("got %q, want %q", got, one.want)
			}
		})
	}
}

// TestOnlyDirect has Fault refused where Prism would answer.
func TestOnlyDirect(t *testing.T) {
	notes := &recorder{TB: t}
	New(notes).Fault("GET /meta", Fault{Kind: Null})
	if len(notes.notes) != 1 || !strings.Contains(notes.notes[0], "Direct") {
		t.Errorf("notes: %v", notes.notes)
	}
}

// BenchmarkNew measures a server without any request.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New(b)
	}
}

// BenchmarkCall measures one compared answer: without Git, with a look at the
// branches, and with the size of a pull request.
func BenchmarkCall(b *testing.B) {
	g := New(b)
	scene(b, g)
	for range 100 {
		g.Review(1, 8, "COMMENTED", "")
	}
	for _, path := range []string{"/meta", "/repos/dinas/patches/pulls/1/reviews?per_page=100", "/repos/dinas/patches/pulls/1"} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				if status, text := send(b, g, "GET", path, ""); status != 200 {
					b.Fatal(text)
				}
			}
		})
	}
}
