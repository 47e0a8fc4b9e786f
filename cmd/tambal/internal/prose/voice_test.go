package prose

import (
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/policies"
)

func TestValuesAreSaidInTheLanguageAndTheOfficesTime(t *testing.T) {
	id, en := NewVoice(text.Indonesian, policies.Default()), NewVoice(text.English, policies.Default())
	day := time.Date(2025, 12, 9, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct{ what, got, want string }{
		{"a day", id.Day(day), "9 Desember 2025"},
		{"a day in English", en.Day(day), "9 December 2025"},
		{"a time", id.Stated("2025-12-09T14:00:00Z"), "9 Desember 2025, 21.00 WIB"},
		{"a time without a policy", NewVoice(text.English, nil).Stated("2025-12-09T14:00:00Z"), "9 December 2025, 14:00 UTC"},
		{"no time", id.Stated("besok"), "besok"},
		{"the zero time", id.Moment(time.Time{}), ""},
		{"a decimal", id.Decimal("8.1"), "8,1"},
		{"a decimal in English", en.Decimal("8.1"), "8.1"},
		{"thousands", id.Grouped(1234567), "1.234.567"},
		{"thousands in English", en.Grouped(2842), "2,842"},
		{"a small number", id.Grouped(842), "842"},
		{"a value with a word", en.Word("decision", "approved"), "approved"},
		{"a value without a word", id.Word("decision", "tidak-ada"), "tidak-ada"},
		{"the policy's own words", id.Pick("lokal", "English"), "lokal"},
		{"the policy's English words", en.Pick("lokal", "English"), "English"},
		{"a policy without English words", en.Pick("lokal", ""), "lokal"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.what, c.got, c.want)
		}
	}
}

func TestPartsAreApart(t *testing.T) {
	m := &Markdown{}
	m.Part("# %s", "a")
	m.Part("b")
	if got := m.String(); got != "# a\n\nb\n\n" {
		t.Errorf("%q", got)
	}
}
