package forgetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Request is one request that arrived. It never holds the token.
type Request struct {
	Method, Path, Query string
	Status              int // 0: the connection was closed without an answer
}

// Requests are the requests in the order they arrived, Git's among them.
func (g *GitHub) Requests() []Request {
	g.mu.Lock()
	defer g.mu.Unlock()
	var copies []Request
	for _, r := range g.requests {
		copies = append(copies, *r)
	}
	return copies
}

// ResetRequests forgets what Requests would list.
func (g *GitHub) ResetRequests() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.requests = nil
}

// watched notes the status of an answer before the client can see it.
type watched struct {
	http.ResponseWriter
	g       *GitHub
	request *Request
}

func (g *GitHub) watch(w http.ResponseWriter, r *http.Request) *watched {
	g.mu.Lock()
	defer g.mu.Unlock()
	request := &Request{Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery}
	g.requests = append(g.requests, request)
	return &watched{w, g, request}
}

// WriteHeader notes the status that goes out.
func (w *watched) WriteHeader(status int) {
	w.g.mu.Lock()
	w.request.Status = status
	w.g.mu.Unlock()
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap leads http.ResponseController to the real writer.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (g *GitHub) serve(plain http.ResponseWriter, r *http.Request) {
	w := g.watch(plain, r)
	path, api := r.URL.EscapedPath(), "http://"+r.Host
	if g.proxied {
		api = g.base
	}
	if rest, enterprise := strings.CutPrefix(path, "/api/v3"); enterprise && (rest == "" || rest[0] == '/') {
		path, api = rest, api+"/api/v3"
	}
	g.runHooks(r, path)
	fault := g.takeFault(r, path)
	if fault != nil && g.disturb(w, r, fault) {
		return
	}
	if name, rest, isGit := strings.Cut(strings.TrimPrefix(path, "/"), ".git"); isGit && strings.Count(name, "/") == 1 {
		g.serveRepository(w, r, name, rest)
		return
	}
	c := &call{g: g, request: r, query: r.URL.Query(), api: api}
	reply, body := g.answerTo(c, path)
	g.send(w, fault, reply, body)
}

// serveRepository finds the bare repository by its present or an old name.
func (g *GitHub) serveRepository(w http.ResponseWriter, r *http.Request, name, rest string) {
	g.mu.Lock()
	moved := g.oldNames[strings.ToLower(name)]
	known := strings.EqualFold(name, g.Owner+"/"+g.Name)
	g.mu.Unlock()
	switch {
	case moved:
		target := "http://" + r.Host + "/" + g.Owner + "/" + g.Name + ".git" + rest
		if r.URL.RawQuery != "" {
			target += "?" + r.URL.RawQuery
		}
		http.Redirect(w, r, target, http.StatusMovedPermanently)
	case known:
		g.serveGit(w, r, rest)
	default:
		http.Error(w, "Repository not found.", http.StatusNotFound)
	}
}

// answerTo finds the answer to an API request and compares both with the
// description.
func (g *GitHub) answerTo(c *call, path string) (answer, []byte) {
	body, err := io.ReadAll(c.request.Body)
	if err != nil {
		return c.broken(err), nil
	}
	c.body = body
	g.mu.Lock()
	defer g.mu.Unlock()
	reply := g.dispatch(c, path)
	out, err := json.Marshal(reply.body)
	if err != nil {
		return c.broken(err), nil
	}
	if c.route != nil && !g.exempt(c.request, path) {
		for _, problem := range check(c, reply.status, out) {
			g.t.Errorf("forgetest: %s %s (%d): %s", c.request.Method, c.route.path, reply.status, problem)
		}
	}
	return reply, out
}

func (g *GitHub) dispatch(c *call, path string) answer {
	token := tokenOf(c.request)
	switch id, other := g.tokens[token]; {
	case g.Token == "" || token == g.Token:
		c.viewer = g.live(g.Viewer)
	case other:
		c.viewer = g.live(id)
	case token != "":
		return refuse(http.StatusUnauthorized, "Bad credentials")
	}
	path, moved := g.canonical(c, path)
	found, parameters, known := find(c.request.Method, path)
	if !known || found == nil {
		// GitHub, too, answers 404 for what it does not have. For a client under
		// test it is a mistake all the same.
		g.t.Errorf("forgetest: no operation %s %s", c.request.Method, path)
		return notFound()
	}
	if moved {
		return g.redirect(c, path)
	}
	c.route, c.path = found, parameters
	inRepository := strings.HasPrefix(found.path, repo)
	switch {
	case inRepository && !strings.EqualFold(parameters["owner"]+"/"+parameters["repo"], g.Owner+"/"+g.Name):
		return notFound()
	case c.viewer == nil && inRepository && g.Private:
		return notFound()
	case c.viewer == nil && c.request.Method != http.MethodGet:
		return refuse(http.StatusUnauthorized, "Requires authentication")
	case g.refused(found.permissions, c.request.Method != http.MethodGet):
		return refuse(http.StatusForbidden, "Resource not accessible by integration")
	}
	if err := g.refresh(); err != nil {
		return c.broken(err)
	}
	return found.handle(c)
}

// canonical turns a path by number into the path by name and prepares the
// address that links of this request begin with.
func (g *GitHub) canonical(c *call, path string) (canonical string, moved bool) {
	named := "/repos/" + g.Owner + "/" + g.Name
	numbered := fmt.Sprintf("/repositories/%d", g.RepositoryID)
	canonical = path
	if rest, byNumber := strings.CutPrefix(path, numbered); byNumber && (rest == "" || rest[0] == '/') {
		canonical = named + rest
	}
	if parts := strings.SplitN(path, "/", 5); len(parts) > 3 && parts[1] == "repos" {
		moved = g.oldNames[strings.ToLower(parts[2]+"/"+parts[3])]
	}
	c.self = c.api + canonical
	// GitHub links further pages by number; Prism knows the named path only.
	if rest, inside := strings.CutPrefix(canonical, named); inside && !g.proxied {
		c.self = c.api + numbered + rest
	}
	return canonical, moved
}

func (g *GitHub) redirect(c *call, path string) answer {
	status, message := http.StatusMovedPermanently, "Moved Permanently"
	if c.request.Method != http.MethodGet {
		status, message = http.StatusTemporaryRedirect, "Temporary Redirect"
	}
	target := fmt.Sprintf("%s/repositories/%d", c.api, g.RepositoryID)
	if parts := strings.SplitN(path, "/", 5); len(parts) == 5 {
		target += "/" + parts[4]
	}
	if c.request.URL.RawQuery != "" {
		target += "?" + c.request.URL.RawQuery
	}
	reply := refuse(status, message)
	reply.body.(object)["url"] = target
	reply.header = http.Header{"Location": {target}}
	return reply
}

func (g *GitHub) refused(permissions []string, write bool) bool {
	for _, permission := range permissions {
		if !g.denied[permission] && (!write || !g.denied[permission+":write"]) {
			return false
		}
	}
	return len(permissions) > 0
}

func tokenOf(r *http.Request) string {
	scheme, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "bearer") || strings.EqualFold(scheme, "token") {
		return value
	}
	_, password, _ := r.BasicAuth()
	return password
}

// send sends an answer, spoilt by a fault if there is one.
func (g *GitHub) send(w http.ResponseWriter, fault *Fault, reply answer, body []byte) {
	header := w.Header()
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("X-GitHub-Media-Type", "github.v3; format=json")
	header.Set("X-RateLimit-Limit", "5000")
	header.Set("X-RateLimit-Remaining", "4999")
	header.Set("X-RateLimit-Used", "1")
	header.Set("X-RateLimit-Resource", "core")
	header.Set("X-RateLimit-Reset", strconv.FormatInt(time.Now().Add(time.Hour).Unix(), 10))
	for name, values := range reply.header {
		header[name] = values
	}
	length := len(body)
	if fault != nil {
		body, length = fault.spoil(w, body)
		if fault.Kind == Lost {
			hangUp(w)
			return
		}
	}
	header.Set("Content-Length", strconv.Itoa(length))
	w.WriteHeader(reply.status)
	// An error here is the client's: it has gone.
	_, _ = io.Copy(w, bytes.NewReader(body))
}
