package main

import (
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
)

// BenchmarkGate judges one waiting pull request over HTTP, fetch and all, beside
// the same judgement from the clone alone.
func BenchmarkGate(b *testing.B) {
	h := waitingOffice(b, forgetest.New(b))
	h.play("github open\n")
	a := h.p.app()
	repo, err := history.Open(h.p.dir)
	if err != nil {
		b.Fatal(err)
	}
	defer repo.Close()
	at, err := a.connect(repo, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer at.Close()
	b.Run("pull request", func(b *testing.B) {
		for b.Loop() {
			if _, err := a.inspect(repo, at, h.number, ""); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("clone", func(b *testing.B) {
		for b.Loop() {
			if _, _, err := a.check(repo, "main", h.p.id); err != nil {
				b.Fatal(err)
			}
		}
	})
}
