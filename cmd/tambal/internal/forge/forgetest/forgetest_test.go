package forgetest

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-github/v60/github"
)

func asError(err error, target any) bool { return errors.As(err, target) }

// TestMerge reviews and merges a pull request and looks at the result in a
// fresh clone.
func TestMerge(t *testing.T) {
	g := New(t)
	work, p := scene(t, g)
	c, ctx := client(t, g), background()
	pull, _, err := c.PullRequests.Get(ctx, g.Owner, g.Name, p.Number)
	if err != nil {
		t.Fatal(err)
	}
	if !pull.GetMergeable() || pull.GetMerged() || pull.GetUser().GetID() != 7 || pull.GetCommits() != 1 || pull.GetAdditions() != 1 {
		t.Errorf("unexpected pull request: %v", pull)
	}
	budi := client(t, g, g.TokenOf(8))
	review, _, err := budi.PullRequests.CreateReview(ctx, g.Owner, g.Name, p.Number,
		&github.PullRequestReviewRequest{Event: github.String("APPROVE"), Body: github.String("setuju")})
	if err != nil {
		t.Fatal(err)
	}
	if review.GetState() != "APPROVED" || review.GetCommitID() != p.HeadSHA || review.GetUser().GetID() != 8 {
		t.Errorf("unexpected review: %v", review)
	}
	result, _, err := c.PullRequests.Merge(ctx, g.Owner, g.Name, p.Number, "Case-ID: 1",
		&github.PullRequestOptions{SHA: p.HeadSHA, MergeMethod: "merge", CommitTitle: "Merge the case"})
	if err != nil {
		t.Fatal(err)
	}
	fresh := newClone(t, g)
	want := "Merge the case\n\nCase-ID: 1\n--\noperator, GitHub <noreply@github.com>\n--\n" +
		work.git("rev-parse", "main") + " " + work.git("rev-parse", "case")
	if got := fresh.git("log", "-1", "--format=%B%n--%n%an, %cn <%ce>%n--%n%P", result.GetSHA()); got != want {
		t.Errorf("the merge is\n%s\nwant\n%s", got, want)
	}
	if got := fresh.git("rev-parse", "origin/main"); got != result.GetSHA() {
		t.Errorf("main is at %s", got)
	}
	fresh.git("fsck", "--strict")
	pull, _, err = c.PullRequests.Get(ctx, g.Owner, g.Name, p.Number)
	if err != nil {
		t.Fatal(err)
	}
	if !pull.GetMerged() || pull.GetState() != "closed" || pull.GetMergeCommitSHA() != result.GetSHA() {
		t.Errorf("unexpected pull request after the merge: %v", pull)
	}
	for _, sha := range []string{result.GetSHA(), p.HeadSHA} {
		found, _, err := c.PullRequests.ListPullRequestsWithCommit(ctx, g.Owner, g.Name, sha, nil)
		if err != nil || len(found) != 1 || found[0].GetNumber() != p.Number {
			t.Errorf("pull requests with %s: %v, %v", sha, found, err)
		}
	}
	_, _, err = c.PullRequests.Merge(ctx, g.Owner, g.Name, p.Number, "", nil)
	wantStatus(t, err, http.StatusMethodNotAllowed, "not mergeable")
}

// TestMergeRefusals asks for merges that GitHub refuses.
func TestMergeRefusals(t *testing.T) {
	g := New(t)
	work, p := scene(t, g)
	c, ctx := client(t, g), background()
	merge := func(options *github.PullRequestOptions) error {
		_, _, err := c.PullRequests.Merge(ctx, g.Owner, g.Name, p.Number, "", options)
		return err
	}
	old := p.HeadSHA
	work.write("case", "patch.yaml", "step: 2\n")
	wantStatus(t, merge(&github.PullRequestOptions{SHA: old}), http.StatusConflict, "Head branch was modified")
	g.Draft(p.Number)
	wantStatus(t, merge(nil), http.StatusMethodNotAllowed, "still a draft")
	g.Ready(p.Number)
	g.Lock()
	g.Settings["allow_merge_commit"] = false
	g.Unlock()
	wantStatus(t, merge(nil), http.StatusMethodNotAllowed, "Merge commits are not allowed")
	work.git("checkout", "--quiet", "main")
	work.write("main", "patch.yaml", "step: other\n")
	wantStatus(t, merge(&github.PullRequestOptions{MergeMethod: "squash"}), http.StatusMethodNotAllowed, "not mergeable")
	pull, _, err := c.PullRequests.Get(ctx, g.Owner, g.Name, p.Number)
	if err != nil || pull.GetMergeableState() != "dirty" {
		t.Errorf("mergeable state %q, %v", pull.GetMergeableState(), err)
	}
	g.Close(p.Number)
	wantStatus(t, merge(&github.PullRequestOptions{MergeMethod: "squash"}), http.StatusMethodNotAllowed, "not mergeable")
}

// TestMergeMethods squashes one pull request and rebases another.
func TestMergeMethods(t *testing.T) {
	for _, method := range []string{"squash", "rebase"} {
		t.Run(method, func(t *testing.T) {
			g := New(t)
			work, p := scene(t, g)
			work.write("case", "two", "two\n")
			work.git("checkout", "--quiet", "main")
			base := work.write("main", "three", "three\n")
			_, _, err := client(t, g).PullRequests.Merge(background(), g.Owner, g.Name, p.Number, "",
				&github.PullRequestOptions{MergeMethod: method})
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]string{"squash": "1", "rebase": "2"}[method]
			fresh := newClone(t, g)
			if got := fresh.git("rev-list", "--count", base+"..origin/main"); got != want {
				t.Errorf("%s commits, want %s", got, want)
			}
			if got := fresh.git("log", "-1", "--format=%an %cn", "origin/main"); !strings.HasSuffix(got, " GitHub") {
				t.Errorf("written by %s", got)
			}
			fresh.git("cat-file", "-e", "origin/main:three")
		})
	}
}

// TestReviews has stale, dismissed, pending and edited reviews over several
// pages.
func TestReviews(t *testing.T) {
	g := New(t)
	work, p := scene(t, g)
	c, ctx := client(t, g), background()
	first := g.Review(p.Number, 8, "APPROVED", "setuju")
	old := p.HeadSHA
	head := work.write("case", "patch.yaml", "step: 2\n")
	for range 100 {
		g.Review(p.Number, 8, "COMMENTED", "")
	}
	g.Review(p.Number, 8, "CHANGES_REQUESTED", "jangan")
	pending := g.Review(p.Number, 8, "PENDING", "belum")
	g.EditReview(first, func(r *Review) { r.Body = "setuju sekali" })
	g.Dismiss(first)
	g.DeleteUser(8)
	var all []*github.PullRequestReview
	options, pages := &github.ListOptions{PerPage: 1000}, 0
	for {
		list, reply, err := c.PullRequests.ListReviews(ctx, g.Owner, g.Name, p.Number, options)
		if err != nil {
			t.Fatal(err)
		}
		all, pages = append(all, list...), pages+1
		if reply.NextPage == 0 {
			break
		}
		options.Page = reply.NextPage
	}
	if len(all) != 102 || pages != 2 {
		t.Fatalf("%d reviews on %d pages", len(all), pages)
	}
	if r := all[0]; r.GetState() != "DISMISSED" || r.GetCommitID() != old || r.GetBody() != "setuju sekali" || r.User != nil {
		t.Errorf("unexpected first review: %v", r)
	}
	if r := all[101]; r.GetState() != "CHANGES_REQUESTED" || r.GetCommitID() != head || r.SubmittedAt == nil {
		t.Errorf("unexpected last review: %v", r)
	}
	_, _, err := c.PullRequests.GetReview(ctx, g.Owner, g.Name, p.Number, pending)
	wantStatus(t, err, http.StatusNotFound, "Not Found")
}

// TestPendingReview is seen by its author alone.
func TestPendingReview(t *testing.T) {
	g := New(t)
	_, p := scene(t, g)
	pending := g.Review(p.Number, 8, "PENDING", "belum")
	r, _, err := client(t, g, g.TokenOf(8)).PullRequests.GetReview(background(), g.Owner, g.Name, p.Number, pending)
	if err != nil || r.SubmittedAt != nil || r.GetState() != "PENDING" {
		t.Errorf("%v, %v", r, err)
	}
	_, _, err = client(t, g, g.TokenOf(7)).PullRequests.CreateReview(background(), g.Owner, g.Name, p.Number,
		&github.PullRequestReviewRequest{Event: github.String("APPROVE")})
	wantStatus(t, err, http.StatusUnprocessableEntity, "Can not approve your own pull request")
}
