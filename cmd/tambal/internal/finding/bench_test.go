package finding

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkSort orders 50,000 findings: of as many places, and of one.
func BenchmarkSort(b *testing.B) {
	for name, place := range map[string]func(i int) Place{
		"places": func(i int) Place {
			return Place{Path: fmt.Sprintf("patches/2026/SP-2026-%04d/patch.yaml", i), Line: i % 90}
		},
		"one": func(int) Place { return Place{} },
	} {
		var list []Finding
		for i := range 50_000 {
			list = append(list, Finding{Rule: "history-direct", Severity: Error, Place: place(i), Code: "history-direct", Args: []any{fmt.Sprint("Agus ", i)}})
		}
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				shuffled := append([]Finding(nil), list...)
				b.StartTimer()
				Sort(shuffled)
			}
		})
	}
}
