package forgetest

import (
	"io"
	"net/http"
	"strconv"
	"strings"
)

// Kind is a way for an answer to go wrong.
type Kind string

// The kinds of fault. The first group never reaches the operation; the second
// carries it out and spoils the answer.
const (
	Answered Kind = ""       // Status, Header and Body are the answer
	Hang     Kind = "hang"   // no answer until the client gives up
	Closed   Kind = "closed" // the connection is closed without an answer
	Empty    Kind = "empty"  // 200 and nothing
	Null     Kind = "null"   // 200 and null
	HTML     Kind = "html"   // 200 and a web page, as a proxy would send

	Truncated Kind = "truncated"  // half the JSON, as if that were all
	Cut       Kind = "cut"        // the connection breaks in the middle of the body
	WrongType Kind = "wrong-type" // the right body as text/plain
	Lost      Kind = "lost"       // done, but the answer never arrives
)

// Fault is one way to misbehave.
type Fault struct {
	Kind   Kind
	Status int               // for Answered, Empty, Null and HTML; 0 is 200
	Header map[string]string // added to the answer
	Body   string            // for Answered; "": GitHub's form of an error
	Times  int               // how many requests; 0: all
	After  int               // how many matching requests go well before
	Page   int               // this page of a list only; 0: any
}

type armed struct {
	Fault
	match string
	seen  int
}

type hook struct {
	match string
	run   func()
}

// Fault makes requests go wrong that match "METHOD /path": the method may be *
// for any, and the path is a whole prefix of the request's path or of what
// follows /repos/OWNER/NAME in it, or with a $ at its end all of it. Of several
// faults the latest that applies is taken. Git's requests, whose path begins
// with /OWNER/NAME.git, know the kinds of the first group only.
func (g *GitHub) Fault(match string, f Fault) {
	g.t.Helper()
	g.onlyDirect("Fault")
	g.mu.Lock()
	defer g.mu.Unlock()
	g.faults = append(g.faults, &armed{Fault: f, match: match})
}

// ClearFaults ends all faults.
func (g *GitHub) ClearFaults() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.faults = nil
}

// Before runs a function once, before the next matching request (see Fault) is
// served: for what happens between two calls of a client.
func (g *GitHub) Before(match string, f func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hooks = append(g.hooks, &hook{match, f})
}

func (g *GitHub) matches(match string, r *http.Request, path string) bool {
	method, want, _ := strings.Cut(match, " ")
	if method != "*" && !strings.EqualFold(method, r.Method) {
		return false
	}
	inner := path
	for _, prefix := range []string{
		"/repos/" + g.Owner + "/" + g.Name, "/repositories/" + strconv.FormatInt(g.RepositoryID, 10),
	} {
		if rest, inside := strings.CutPrefix(path, prefix); inside {
			inner = rest
		}
	}
	for _, have := range []string{path, inner} {
		if whole, exact := strings.CutSuffix(want, "$"); exact {
			if have == whole {
				return true
			}
			continue
		}
		rest, begins := strings.CutPrefix(have, strings.TrimSuffix(want, "/"))
		if begins && (rest == "" || rest[0] == '/') {
			return true
		}
	}
	return false
}

func (g *GitHub) exempt(r *http.Request, path string) bool {
	for _, match := range g.unchecked {
		if g.matches(match, r, path) {
			return true
		}
	}
	return false
}

func (g *GitHub) runHooks(r *http.Request, path string) {
	g.mu.Lock()
	var due, left []*hook
	for _, h := range g.hooks {
		if g.matches(h.match, r, path) {
			due = append(due, h)
		} else {
			left = append(left, h)
		}
	}
	g.hooks = left
	g.mu.Unlock()
	for _, h := range due {
		h.run()
	}
}

func (g *GitHub) takeFault(r *http.Request, path string) *Fault {
	g.mu.Lock()
	defer g.mu.Unlock()
	page := r.URL.Query().Get("page")
	if page == "" {
		page = "1"
	}
	var taken *armed
	for _, f := range g.faults {
		if !g.matches(f.match, r, path) || f.Page != 0 && strconv.Itoa(f.Page) != page {
			continue
		}
		f.seen++
		if f.seen > f.After && (f.Times == 0 || f.seen <= f.After+f.Times) {
			taken = f
		}
	}
	if taken == nil {
		return nil
	}
	return &taken.Fault
}

// disturb gives the answers that never reach the operation.
func (g *GitHub) disturb(w http.ResponseWriter, r *http.Request, f *Fault) bool {
	contentType, body := "application/json; charset=utf-8", f.Body
	switch f.Kind {
	case Hang:
		// Only when the body was read does the server notice a client that goes.
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-r.Context().Done():
		case <-g.closed:
		}
		hangUp(w)
		return true
	case Closed:
		hangUp(w)
		return true
	case Answered:
		if body == "" {
			body = `{"message":"` + http.StatusText(f.Status) + `","documentation_url":"` + documentation + `"}`
		}
	case Empty:
		body = ""
	case Null:
		body = "null"
	case HTML:
		contentType, body = "text/html; charset=utf-8", "<!DOCTYPE html><title>Sign in</title><p>Please sign in.</p>"
	default:
		return false
	}
	w.Header().Set("Content-Type", contentType)
	for name, value := range f.Header {
		w.Header().Set(name, value)
	}
	status := f.Status
	if status == 0 {
		status = http.StatusOK
	}
	w.WriteHeader(status)
	// An error here is the client's: it has gone.
	_, _ = w.Write([]byte(body))
	return true
}

// spoil damages a right answer; length is what the header will promise.
func (f *Fault) spoil(w http.ResponseWriter, body []byte) (spoilt []byte, length int) {
	for name, value := range f.Header {
		w.Header().Set(name, value)
	}
	switch f.Kind {
	case Truncated:
		return body[:len(body)/2], len(body) / 2
	case Cut:
		return body[:len(body)/2], len(body)
	case WrongType:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	}
	return body, len(body)
}

// hangUp closes the connection without a word.
func hangUp(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	// Nothing was promised, so there is nothing to lose.
	_ = connection.Close()
}
