package main

import (
	"context"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
)

// BenchmarkGate judges one waiting pull request over HTTP, fetch and all, beside
// the same judgement from the clone alone.
func BenchmarkGate(b *testing.B) {
	h := waitingOffice(b, forgetest.New(b))
	h.play("github open\n")
	a := h.p.app()
	repo, err := git.Open(h.p.Dir)
	if err != nil {
		b.Fatal(err)
	}
	defer repo.Close()
	b.Run("pull request", func(b *testing.B) {
		for b.Loop() {
			err := a.onForge(repo, func(ctx context.Context, at *gate.Origin) error {
				_, err := at.Judge(ctx, repo, h.number, "", gate.Options{Now: h.p.Now})
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("clone", func(b *testing.B) {
		for b.Loop() {
			if _, err := gate.Check(repo, "main", h.p.ID, gate.Options{Now: h.p.Now}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
