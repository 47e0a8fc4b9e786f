package forgetest

import (
	"net/http"
	"strings"
	"testing"
)

// TestPushedMerge wants a merge made by hand and pushed to count as one.
func TestPushedMerge(t *testing.T) {
	g := New(t)
	work, p := scene(t, g)
	base := work.git("rev-parse", "main")
	work.git("checkout", "--quiet", "main")
	work.git("merge", "--quiet", "--no-ff", "-m", "by hand", "case")
	merge := work.git("rev-parse", "HEAD")
	work.write("main", "later", "later\n")
	pull, _, err := client(t, g).PullRequests.Get(background(), g.Owner, g.Name, p.Number)
	if err != nil {
		t.Fatal(err)
	}
	if !pull.GetMerged() || pull.GetMergeCommitSHA() != merge || pull.GetBase().GetSHA() != base {
		t.Errorf("want it merged by %s onto %s: %v", merge, base, pull)
	}
}

// TestHeadDeleted closes the pull request.
func TestHeadDeleted(t *testing.T) {
	g := New(t)
	work, p := scene(t, g)
	work.git("push", "--quiet", "origin", ":case")
	if p := g.Pull(p.Number); p.State != "closed" || p.Merged {
		t.Errorf("state %s, merged %v", p.State, p.Merged)
	}
	if out := work.git("ls-remote", "origin", "refs/pull/1/head"); !strings.HasPrefix(out, p.HeadSHA) {
		t.Errorf("refs/pull/1/head: %q", out)
	}
}

// TestTestMerge has an open pull request carry a merge_commit_sha that is on no
// branch.
func TestTestMerge(t *testing.T) {
	g := New(t)
	work, p := scene(t, g)
	pull, _, err := client(t, g).PullRequests.Get(background(), g.Owner, g.Name, p.Number)
	if err != nil || pull.GetMerged() {
		t.Fatal(pull, err)
	}
	if out := work.git("ls-remote", "origin", "refs/pull/1/merge"); !strings.HasPrefix(out, pull.GetMergeCommitSHA()) {
		t.Errorf("refs/pull/1/merge is %q, want %s", out, pull.GetMergeCommitSHA())
	}
}

// TestForks has a head in a fork, and then none at all.
func TestForks(t *testing.T) {
	g := Direct(t)
	_, p := scene(t, g)
	c, ctx := client(t, g), background()
	g.Lock()
	p.Fork = &Fork{Owner: "siti", Name: "patches", ID: 99}
	g.Unlock()
	pull, _, err := c.PullRequests.Get(ctx, g.Owner, g.Name, p.Number)
	if err != nil || pull.GetHead().GetRepo().GetID() != 99 || !pull.GetHead().GetRepo().GetFork() {
		t.Errorf("%v, %v", pull.GetHead(), err)
	}
	g.Lock()
	p.HeadRepositoryNil, p.MergeableUnknown = true, true
	g.Unlock()
	g.DeleteUser(7)
	pull, _, err = c.PullRequests.Get(ctx, g.Owner, g.Name, p.Number)
	if err != nil || pull.Head.Repo != nil || pull.User != nil || pull.Mergeable != nil {
		t.Errorf("%v, %v", pull, err)
	}
	if list, _, err := c.PullRequests.List(ctx, g.Owner, g.Name, nil); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}

// TestSign has GitHub's own commits signed.
func TestSign(t *testing.T) {
	g := New(t)
	_, p := scene(t, g)
	g.Lock()
	g.Sign = func([]byte) (string, error) {
		return "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n", nil
	}
	g.Unlock()
	c, ctx := client(t, g), background()
	result, _, err := c.PullRequests.Merge(ctx, g.Owner, g.Name, p.Number, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	fresh := newClone(t, g)
	raw := fresh.git("cat-file", "commit", result.GetSHA())
	if !strings.Contains(raw, "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n") {
		t.Errorf("the commit is\n%s", raw)
	}
	fresh.git("fsck", "--strict")
	k, _, err := c.Repositories.GetCommit(ctx, g.Owner, g.Name, result.GetSHA(), nil)
	v := k.GetCommit().GetVerification()
	if err != nil || !v.GetVerified() || !strings.HasSuffix(v.GetPayload(), "from dinas/case\n\nA case") {
		t.Errorf("%v, %v", v, err)
	}
}

// TestPrivate hides a private repository from those without a token.
func TestPrivate(t *testing.T) {
	g := Direct(t)
	scene(t, g)
	for private, want := range map[bool]int{false: 200, true: 404} {
		g.Lock()
		g.Private = private
		g.Unlock()
		reply, err := http.Get(g.URL() + "/repos/dinas/patches")
		if err != nil {
			t.Fatal(err)
		}
		_ = reply.Body.Close()
		if reply.StatusCode != want {
			t.Errorf("private %v: %d, want %d", private, reply.StatusCode, want)
		}
	}
}

// TestPrismStandsBetween wants an answer that breaks the description to be
// stopped by Prism, when it is there: else its silence would prove nothing.
func TestPrismStandsBetween(t *testing.T) {
	notes := &recorder{TB: t}
	g := New(notes)
	g.Settings["has_wiki"] = "yes"
	want := http.StatusOK
	if g.proxied {
		want = http.StatusInternalServerError
	}
	if got := get(t, g, "/repos/dinas/patches").StatusCode; got != want {
		t.Errorf("status %d, want %d", got, want)
	}
	if len(notes.notes) == 0 {
		t.Error("the difference was not reported")
	}
}
