package forgetest

import (
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// object is the body of one JSON answer or a part of it.
type object = map[string]any

// GitHub is one server with one repository. Set its fields before the first
// request, or between Lock and Unlock.
type GitHub struct {
	Owner, Name  string           // the repository is Owner/Name
	OwnerType    string           // Organization (default) or User
	RepositoryID int64            // the number that survives a rename
	Token        string           // the token of Viewer; "" lets everybody in
	Viewer       int64            // the user whose token Token is
	Private      bool             // a private repository
	Plan         string           // "team", or "free": no rules on a private repository
	Clock        func() time.Time // every moment GitHub writes down

	Settings        map[string]any // repository settings, by their name in the API
	Meta            map[string]any // GET /meta
	ActionsPolicy   map[string]any // GET actions/permissions
	WorkflowPolicy  map[string]any // GET actions/permissions/workflow
	CodeownerErrors []any          // GET codeowners/errors
	// Sign makes the signature of a commit that GitHub itself makes; nil: the
	// commit carries none and GitHub calls it unsigned.
	Sign func(payload []byte) (signature string, err error)

	t       testing.TB
	mu      sync.Mutex
	closed  chan struct{}
	server  *httptest.Server
	base    string // API base; Prism's when proxied
	proxied bool
	direct  bool
	dir     string

	users         map[int64]*User
	tokens        map[string]int64
	pulls         []*Pull
	reviews       []*Review
	statuses      []*Status
	rulesets      []object
	protections   map[string]object
	verifications map[string]Verification
	mergeTests    map[string]mergeTest
	said          sync.Map // output of git by its arguments
	oldNames      map[string]bool
	denied        map[string]bool
	unchecked     []string
	faults        []*armed
	hooks         []*hook
	requests      []*Request
	lastID        int64
}

// New starts a GitHub with one empty repository; everything ends with the
// test. Its API may be reached through Prism, so Fault and RenamedFrom are
// refused: see Direct.
func New(t testing.TB) *GitHub {
	t.Helper()
	return start(t, false)
}

// Direct starts a GitHub like New, but never behind Prism: for tests about
// transport, whose answers no description knows.
func Direct(t testing.TB) *GitHub {
	t.Helper()
	return start(t, true)
}

func start(t testing.TB, direct bool) *GitHub {
	t.Helper()
	g := &GitHub{
		Owner: "dinas", Name: "patches", OwnerType: "Organization", RepositoryID: 4711,
		Token: "token-" + rand.Text(), Viewer: 1, Plan: "team", Clock: ticking(),
		Settings:      defaultSettings(),
		Meta:          object{"verifiable_password_authentication": false, "hooks": []any{"192.30.252.0/22"}},
		ActionsPolicy: object{"enabled": true, "allowed_actions": "all", "sha_pinning_required": false},
		WorkflowPolicy: object{
			"default_workflow_permissions": "read", "can_approve_pull_request_reviews": false,
		},
		t: t, direct: direct, closed: make(chan struct{}), lastID: 1000,
		users: map[int64]*User{}, tokens: map[string]int64{},
		protections: map[string]object{}, verifications: map[string]Verification{},
		mergeTests: map[string]mergeTest{}, oldNames: map[string]bool{}, denied: map[string]bool{},
	}
	g.addUser("operator", 1).Permission = "admin"
	if err := g.makeRepository(t.TempDir()); err != nil {
		t.Fatalf("make the bare repository: %v", err)
	}
	g.server = httptest.NewServer(http.HandlerFunc(g.serve))
	g.base = g.server.URL
	t.Cleanup(func() {
		close(g.closed)
		g.server.Close()
	})
	if !direct {
		g.behindPrism()
	}
	return g
}

// ticking is a clock that begins at a fixed moment and moves a second each time
// somebody looks.
func ticking() func() time.Time {
	now := time.Date(2024, 4, 1, 1, 0, 0, 0, time.UTC)
	return func() time.Time {
		now = now.Add(time.Second)
		return now
	}
}

// URL is the base of the API, without a slash at its end. The API also answers
// below URL()+"/api/v3", as a GitHub Enterprise Server does, unless the server
// is behind Prism.
func (g *GitHub) URL() string { return g.base }

// GitURL is the address to clone from and push to; its password is the token.
func (g *GitHub) GitURL() string { return g.server.URL + "/" + g.Owner + "/" + g.Name + ".git" }

// Dir is the folder of the bare repository.
func (g *GitHub) Dir() string { return g.dir }

// Lock holds every answer back while a test changes fields. The other methods
// lock by themselves and must not be called in between.
func (g *GitHub) Lock() { g.mu.Lock() }

// Unlock ends Lock.
func (g *GitHub) Unlock() { g.mu.Unlock() }

// Deny takes a permission from every token, named as in a workflow:
// "pull-requests", or "pull-requests:write" for changes only. What either of
// two permissions opens (comments, the timeline) is closed by denying both; see
// routes.go.
func (g *GitHub) Deny(permission string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.denied[permission] = true
}

// Allow gives a permission back that Deny took.
func (g *GitHub) Allow(permission string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.denied, permission)
}

// RenamedFrom lets the repository have had another name: requests for it are
// answered with a redirect.
func (g *GitHub) RenamedFrom(owner, name string) {
	g.onlyDirect("RenamedFrom")
	g.mu.Lock()
	defer g.mu.Unlock()
	g.oldNames[strings.ToLower(owner+"/"+name)] = true
}

// Unchecked exempts the answers to matching requests (see Fault) from the
// comparison with the description: for what GitHub may answer one day.
func (g *GitHub) Unchecked(match string) {
	g.onlyDirect("Unchecked")
	g.mu.Lock()
	defer g.mu.Unlock()
	g.unchecked = append(g.unchecked, match)
}

func (g *GitHub) onlyDirect(what string) {
	if !g.direct {
		g.t.Helper()
		g.t.Errorf("forgetest: %s needs a server made by Direct: Prism would answer instead", what)
	}
}

func (g *GitHub) nextID() int64 {
	g.lastID++
	return g.lastID
}

func stamp(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at.UTC().Format(time.RFC3339)
}
