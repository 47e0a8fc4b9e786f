package forgetest

import (
	"encoding/json"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
)

// The environment of a run behind Prism: its own address, and the one it was
// told to forward to, where this process listens.
const (
	prismVariable = "TAMBAL_TEST_PRISM"
	frontVariable = "TAMBAL_TEST_PRISM_FRONT"
)

// front is the one listener that Prism forwards to. It finds the server by the
// token of a request, which is why each has its own.
type front struct {
	mu      sync.Mutex
	servers []*GitHub
}

var theFront = sync.OnceValues(func() (*front, error) {
	listener, err := net.Listen("tcp", os.Getenv(frontVariable))
	if err != nil {
		return nil, err
	}
	f := &front{}
	// It lives as long as the process: the next test needs it again.
	go func() { _ = http.Serve(listener, f) }()
	return f, nil
})

// ServeHTTP hands a request to the server its token belongs to.
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	token := tokenOf(r)
	f.mu.Lock()
	var owner *GitHub
	for _, g := range f.servers {
		if token != "" && g.known(token) {
			owner = g
		}
	}
	f.mu.Unlock()
	if owner != nil {
		owner.serve(w, r)
		return
	}
	reply := refuse(http.StatusUnauthorized, "Bad credentials")
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(reply.status)
	// An error here is Prism's: it has gone.
	_ = json.NewEncoder(w).Encode(reply.body)
}

// behindPrism puts a server behind Prism if the environment says so.
func (g *GitHub) behindPrism() {
	prism := strings.TrimSuffix(os.Getenv(prismVariable), "/")
	if prism == "" {
		return
	}
	f, err := theFront()
	if err != nil {
		g.t.Fatalf("listen for Prism: %v", err)
	}
	g.base, g.proxied = prism, true
	f.mu.Lock()
	f.servers = append(f.servers, g)
	f.mu.Unlock()
	g.t.Cleanup(func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		for i, other := range f.servers {
			if other == g {
				f.servers = append(f.servers[:i], f.servers[i+1:]...)
				return
			}
		}
	})
}
