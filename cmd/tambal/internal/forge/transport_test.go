package forge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// secret is a token that no output may show.
const secret = "ghp_RahasiaSekali0123456789"

// asker is a client that waits without waiting, and how long it would have.
type asker struct {
	*Client
	ctx          context.Context
	waited, told []time.Duration
}

func ask(t *testing.T, gh *forgetest.GitHub, change ...func(*Options)) *asker {
	t.Helper()
	a := &asker{}
	o := Options{Repository: gh.Owner + "/" + gh.Name, API: gh.URL(), Token: gh.Token}
	o.now = func() time.Time { return time.Date(2026, 2, 2, 3, 0, 0, 0, time.UTC) }
	o.Waiting = func(d time.Duration) { a.told = append(a.told, d) }
	o.Sleep = func(_ context.Context, d time.Duration) error { a.waited = append(a.waited, d); return nil }
	for _, c := range change {
		c(&o)
	}
	var err error
	if a.Client, err = New(o); err != nil {
		t.Fatal(err)
	}
	a.within(t, Limit)
	return a
}

// within gives what is asked from now on a deadline.
func (a *asker) within(t *testing.T, limit time.Duration) {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	a.ctx = ctx
}

// onePull is a GitHub with pull request 1 of account 2, approved by account 3.
func onePull(t *testing.T) *forgetest.GitHub {
	t.Helper()
	gh := forgetest.Direct(t)
	gh.Lock()
	gh.Token = secret
	gh.Unlock()
	gh.AddUser("siti", 2)
	gh.AddUser("budi", 3)
	seed(t, gh)
	gh.Open(2, "rencana", "main", "rencana")
	gh.Review(1, 3, "APPROVED", "Setuju.")
	return gh
}

// code returns the error's code, "" for nil, and wants it to have a sentence and
// a hint in both languages that never show the token.
func code(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("not one of ours: %v", err)
	}
	for _, lang := range []text.Lang{text.Indonesian, text.English} {
		said := lang.Say(e.Code, e.Args...) + " " + lang.Maybe(e.Code+".hint", e.Args...)
		if lang.Maybe(e.Code, e.Args...) == "" || strings.Contains(said, "%!") || strings.Contains(said, "forge.") {
			t.Errorf("%s has no whole sentence: %s", e.Code, said)
		}
		if strings.Contains(said+err.Error()+fmt.Sprintf("%+v %#v", err, e.Err), secret) {
			t.Errorf("the token is shown: %s", said)
		}
	}
	return e.Code
}

// TestFaultyAnswersAreNeverAnAnswer: whatever goes wrong on the wire, a dossier is
// whole or an error that is undecided, after a bounded number of attempts.
func TestFaultyAnswersAreNeverAnAnswer(t *testing.T) {
	t.Parallel()
	unix := fmt.Sprint(time.Date(2026, 2, 2, 3, 20, 0, 0, time.UTC).Unix())
	for name, c := range map[string]struct {
		match string
		fault forgetest.Fault
		want  string
	}{
		"D16 the second page fails":           {"GET /pulls/1/reviews", forgetest.Fault{Status: 500, Page: 2}, "forge.status"},
		"D17 an empty body":                   {"GET /pulls/1/reviews", forgetest.Fault{Kind: forgetest.Empty}, "forge.unsound"},
		"D17 null for a list":                 {"GET /pulls/1/reviews", forgetest.Fault{Kind: forgetest.Null}, "forge.unsound"},
		"D17 null for a pull request":         {"GET /pulls/1$", forgetest.Fault{Kind: forgetest.Null}, "forge.unsound"},
		"D17 a web page":                      {"GET /pulls/1/reviews", forgetest.Fault{Kind: forgetest.HTML}, "forge.unsound"},
		"D17 JSON cut short":                  {"GET /pulls/1/reviews", forgetest.Fault{Kind: forgetest.Truncated}, "forge.unsound"},
		"D17 the connection breaks":           {"GET /pulls/1/reviews", forgetest.Fault{Kind: forgetest.Cut}, "forge.unsound"},
		"D17 a list of nothing":               {"GET /pulls/1/reviews", forgetest.Fault{Body: "[null]"}, "forge.unsound"},
		"D17 a review without number":         {"GET /pulls/1/reviews", forgetest.Fault{Body: `[{"state":"APPROVED"}]`}, "forge.unsound"},
		"D17 the same review twice":           {"GET /pulls/1/reviews", forgetest.Fault{Body: `[{"id":5},{"id":5}]`}, "forge.unsound"},
		"D17 a name twice":                    {"GET /pulls/1/reviews", forgetest.Fault{Body: `[{"id":5,"state":"COMMENTED","state":"APPROVED"}]`}, "forge.unsound"},
		"D17 text that is not UTF-8":          {"GET /pulls/1/reviews", forgetest.Fault{Body: "[{\"id\":5,\"state\":\"\xff\"}]"}, "forge.unsound"},
		"D17 an object for a list":            {"GET /pulls/1/reviews", forgetest.Fault{Body: `{"id":5}`}, "forge.unsound"},
		"D17 another pull request":            {"GET /pulls/1$", forgetest.Fault{Body: `{"number":2,"head":{"sha":"x"},"base":{"ref":"main"}}`}, "forge.unsound"},
		"D17 text that says it is text":       {"GET /pulls/1/reviews", forgetest.Fault{Kind: forgetest.WrongType}, "forge.unsound"},
		"D67 the primary limit":               {"GET /pulls/1/reviews", forgetest.Fault{Status: 403, Header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": unix}}, "forge.rate"},
		"D67 a secondary limit with a time":   {"GET /pulls/1/reviews", forgetest.Fault{Status: 403, Header: map[string]string{"Retry-After": "7200"}}, "forge.rate"},
		"D67 a secondary limit without":       {"GET /pulls/1/reviews", forgetest.Fault{Status: 403, Body: `{"message":"You have exceeded a secondary rate limit"}`}, "forge.rate-unknown"},
		"D67 too many requests":               {"GET /pulls/1/reviews", forgetest.Fault{Status: 429, Header: map[string]string{"Retry-After": "3600"}}, "forge.rate"},
		"D67 too many, no word of when":       {"GET /pulls/1/reviews", forgetest.Fault{Status: 429}, "forge.rate-unknown"},
		"D67 a server error":                  {"GET /pulls/1/reviews", forgetest.Fault{Status: 500}, "forge.status"},
		"D67 a bad gateway":                   {"GET /pulls/1/reviews", forgetest.Fault{Status: 502, Kind: forgetest.HTML}, "forge.status"},
		"D67 unavailable":                     {"GET /issues/1/timeline", forgetest.Fault{Status: 503}, "forge.status"},
		"D67 a gateway that gave up":          {"GET /pulls/1$", forgetest.Fault{Status: 504}, "forge.status"},
		"D67 closed without an answer":        {"GET /pulls/1/reviews", forgetest.Fault{Kind: forgetest.Closed}, "forge.unreachable"},
		"D68 a token that is not accepted":    {"GET /pulls/1/reviews", forgetest.Fault{Status: 401}, "forge.token"},
		"D68 a permission is missing":         {"GET /pulls/1/reviews", forgetest.Fault{Status: 403, Body: `{"message":"Resource not accessible by integration"}`}, "forge.denied"},
		"D68 not found, or not to be seen":    {"GET /pulls/1/reviews", forgetest.Fault{Status: 404}, "forge.missing"},
		"a success that is none (202)":        {"GET /pulls/1/reviews", forgetest.Fault{Status: 202, Body: "[]"}, "forge.unsound"},
		"no content where a list is due":      {"GET /pulls/1/reviews", forgetest.Fault{Status: 204, Kind: forgetest.Empty}, "forge.unsound"},
		"a timeline that is no list":          {"GET /issues/1/timeline", forgetest.Fault{Body: `{"event":"x"}`}, "forge.unsound"},
		"a list whose next page is the first": {"GET /pulls/1/reviews", forgetest.Fault{Body: "[]", Header: map[string]string{"Link": `<https://x/?page=1>; rel="next"`}}, "forge.unsound"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gh := onePull(t)
			for i := range 110 * c.fault.Page {
				gh.Review(1, 2, "COMMENTED", fmt.Sprint(i))
			}
			gh.Fault(c.match, c.fault)
			a := ask(t, gh)
			d, err := a.Dossier(a.ctx, 1)
			if got := code(t, err); got != c.want || d != nil {
				t.Fatalf("%s, want %s: %v", got, c.want, err)
			}
			if len(gh.Requests()) > 4+2*attempts || len(a.waited) > attempts {
				t.Errorf("%d requests, waited %v", len(gh.Requests()), a.waited)
			}
		})
	}
}

// TestPassingFaultsPass: what is over after a while does not reach the caller, and
// waits grow, or are as long as the forge asks.
func TestPassingFaultsPass(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault forgetest.Fault
		least []time.Duration
	}{
		"D67 twice unavailable":     {forgetest.Fault{Status: 503, Times: 2}, []time.Duration{time.Second, 2 * time.Second}},
		"D67 told to wait a minute": {forgetest.Fault{Status: 429, Times: 1, Header: map[string]string{"Retry-After": "60"}}, []time.Duration{time.Minute}},
		"D67 told until when":       {forgetest.Fault{Status: 403, Times: 1, Header: map[string]string{"Retry-After": "Mon, 02 Feb 2026 03:00:30 GMT"}}, []time.Duration{30 * time.Second}},
		"D17 once cut short":        {forgetest.Fault{Kind: forgetest.Truncated, Times: 1}, []time.Duration{time.Second}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gh := onePull(t)
			gh.Fault("GET /pulls/1/reviews", c.fault)
			a := ask(t, gh)
			a.within(t, time.Hour)
			d, err := a.Dossier(a.ctx, 1)
			if err != nil || len(d.Reviews) != 1 {
				t.Fatalf("%+v %v", d, err)
			}
			if len(a.waited) != len(c.least) || !slices.Equal(a.waited, a.told) {
				t.Fatalf("waited %v, told of %v", a.waited, a.told)
			}
			for i, least := range c.least {
				if a.waited[i] < least || a.waited[i] > least+least {
					t.Errorf("pause %d: %v, want %v and a little", i, a.waited[i], least)
				}
			}
		})
	}
}

// TestAHangingForgeEnds: the total deadline holds whatever a call does.
func TestAHangingForgeEnds(t *testing.T) {
	t.Parallel()
	gh := onePull(t)
	gh.Fault("GET /pulls/1/reviews", forgetest.Fault{Kind: forgetest.Hang})
	a := ask(t, gh)
	a.within(t, 300*time.Millisecond)
	if _, err := a.Dossier(a.ctx, 1); code(t, err) != "forge.slow" {
		t.Fatal(err)
	}
}

// TestWritesAreNotRepeatedBlindly: a comment that may have been written is not
// written again; one that surely was not is.
func TestWritesAreNotRepeatedBlindly(t *testing.T) {
	t.Parallel()
	gh := onePull(t)
	gh.Fault("POST /issues/1/comments", forgetest.Fault{Kind: forgetest.Lost, Times: 1})
	a := ask(t, gh)
	if err := a.AddComment(a.ctx, 1, "halo"); code(t, err) != "forge.unreachable" || len(gh.Comments(1)) != 1 || len(a.waited) != 0 {
		t.Errorf("%v, %d comments, waited %v", err, len(gh.Comments(1)), a.waited)
	}
	gh.Fault("POST /issues/1/comments", forgetest.Fault{Status: 429, Times: 1})
	if err := a.AddComment(a.ctx, 1, "halo lagi"); err != nil || len(gh.Comments(1)) != 2 {
		t.Errorf("%v, %d comments", err, len(gh.Comments(1)))
	}
}

// TestTheTokenStaysHome: a redirect to another host is not followed, a write is
// not redirected at all, and an unencrypted address gets no token.
func TestTheTokenStaysHome(t *testing.T) {
	t.Parallel()
	var seen []string
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	gh := onePull(t)
	gh.Fault("GET /pulls/1/reviews", forgetest.Fault{Status: 302, Header: map[string]string{"Location": elsewhere.URL + "/x"}, Body: "{}"})
	gh.Fault("POST /issues/1/comments", forgetest.Fault{Status: 307, Header: map[string]string{"Location": elsewhere.URL + "/x"}, Body: "{}"})
	a := ask(t, gh)
	if _, err := a.Dossier(a.ctx, 1); code(t, err) != "forge.redirect" {
		t.Error(err)
	}
	if err := a.AddComment(a.ctx, 1, "x"); code(t, err) != "forge.status" {
		t.Error(err)
	}
	if len(seen) > 0 {
		t.Errorf("the other host was asked: %q", seen)
	}
	for _, address := range []string{"http://api.github.com", "http://10.1.2.3/api/v3", "ftp://x", "https://user:pw@host", "https://host?x=1", "://"} {
		if _, err := New(Options{Repository: "o/r", API: address, Token: secret}); err == nil {
			t.Errorf("%s is taken", address)
		} else {
			code(t, err)
		}
	}
}

// TestARenamedRepositoryIsFollowed: reading goes where GitHub points to on the
// same host; the number tells that it is the same repository.
func TestARenamedRepositoryIsFollowed(t *testing.T) {
	t.Parallel()
	t.Run("D70", func(t *testing.T) {
		gh := onePull(t)
		gh.RenamedFrom("dinas", "nama-lama")
		a := ask(t, gh, func(o *Options) { o.Repository = "dinas/nama-lama" })
		d, err := a.Dossier(a.ctx, 1)
		if err != nil || d.Repository.ID != gh.RepositoryID || d.Repository.FullName != gh.Owner+"/"+gh.Name || len(d.Reviews) != 1 {
			t.Fatalf("%+v %v", d, err)
		}
	})
}

// TestAddressesOfTheAPI: what GITHUB_API_URL and a clone's address lead to.
func TestAddressesOfTheAPI(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"": "https://api.github.com/", "https://api.github.com": "https://api.github.com/", "https://api.github.com/": "https://api.github.com/",
		"https://git.kantor.example": "https://git.kantor.example/api/v3/", "https://git.kantor.example/api/v3": "https://git.kantor.example/api/v3/",
		"https://git.kantor.example/api/v3/": "https://git.kantor.example/api/v3/", "https://api.kantor.ghe.com": "https://api.kantor.ghe.com/",
		"http://127.0.0.1:8080": "http://127.0.0.1:8080/", "http://localhost:1/api/v3": "http://localhost:1/api/v3/",
	} {
		t.Run("D69 "+given, func(t *testing.T) {
			u, err := apiRoot(given)
			if err != nil || u.String() != want {
				t.Errorf("%v %v, want %s", u, err, want)
			}
		})
	}
	for server, want := range map[string]string{
		"https://github.com": "https://api.github.com", "https://kantor.ghe.com": "https://api.kantor.ghe.com", "https://git.kantor.example": "https://git.kantor.example/api/v3",
	} {
		if got := APIFor(server); got != want {
			t.Errorf("%s: %s, want %s", server, got, want)
		}
	}
	t.Run("D69 a server answers below /api/v3", func(t *testing.T) {
		gh := onePull(t)
		a := ask(t, gh, func(o *Options) { o.API = gh.URL() + "/api/v3" })
		if d, err := a.Dossier(a.ctx, 1); err != nil || len(d.Reviews) != 1 {
			t.Errorf("%+v %v", d, err)
		}
	})
}

// TestStoppingIsSaidAsStopping: who presses Ctrl-C is not told about time limits.
func TestStoppingIsSaidAsStopping(t *testing.T) {
	t.Parallel()
	gh := onePull(t)
	gh.Fault("GET /pulls/1/reviews", forgetest.Fault{Kind: forgetest.Hang})
	ctx, cancel := context.WithCancel(t.Context())
	c, err := New(Options{Repository: gh.Owner + "/" + gh.Name, API: gh.URL(), Token: gh.Token})
	if err != nil {
		t.Fatal(err)
	}
	gh.Before("GET /issues/1/timeline", func() { t.Error("it went on") })
	timer := time.AfterFunc(100*time.Millisecond, cancel)
	defer timer.Stop()
	if _, err := c.Dossier(ctx, 1); code(t, err) != "forge.stopped" {
		t.Error(err)
	}
}

// TestTheTokenGoesToTheAPIOnly, even if something asks another address through
// the same transport.
func TestTheTokenGoesToTheAPIOnly(t *testing.T) {
	t.Parallel()
	var seen []string
	record := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("Authorization"))
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, "{}")
	})
	home, elsewhere := httptest.NewServer(record), httptest.NewServer(record)
	defer home.Close()
	defer elsewhere.Close()
	api, err := apiRoot(home.URL)
	if err != nil {
		t.Fatal(err)
	}
	s := &strict{inner: http.DefaultTransport, api: api, token: secret, now: time.Now, sleep: sleep}
	for _, address := range []string{home.URL, elsewhere.URL} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+secret) // whoever set it
		if _, err := s.RoundTrip(req); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) != 2 || seen[0] != "Bearer "+secret || seen[1] != "" {
		t.Errorf("%q", seen)
	}
}

// TestAFullPageIsNotTheLast: a proxy may drop the header that names the next one.
func TestAFullPageIsNotTheLast(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		var list []string
		first, n := 1, 100
		if r.URL.Query().Get("page") == "2" {
			first, n = 101, 1
		}
		for i := range n {
			list = append(list, fmt.Sprintf(`{"id":%d,"state":"COMMENTED"}`, first+i))
		}
		fmt.Fprintf(w, "[%s]", strings.Join(list, ","))
	}))
	defer server.Close()
	c, err := New(Options{Repository: "o/r", API: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	if list, err := c.Reviews(t.Context(), 1); err != nil || len(list) != 101 {
		t.Errorf("%d reviews, %v", len(list), err)
	}
}

// TestAHostThatDoesNotExistIsAskedOnce: nobody waits for a name to come about.
func TestAHostThatDoesNotExistIsAskedOnce(t *testing.T) {
	t.Parallel()
	waits := 0
	missing := roundTrip(func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "kantor.invalid", IsNotFound: true}}
	})
	api, err := apiRoot("https://kantor.invalid")
	if err != nil {
		t.Fatal(err)
	}
	s := &strict{inner: missing, api: api, now: time.Now, sleep: func(context.Context, time.Duration) error { waits++; return nil }}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, api.String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.RoundTrip(req); err == nil || waits != 0 {
		t.Errorf("%v, waited %d times", err, waits)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
