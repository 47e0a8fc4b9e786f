package policies_test

import (
	"testing"
	"time"

	"github.com/tambal-id/tambal/policies"
)

var noon = time.Date(2026, 2, 2, 12, 0, 0, 0, time.UTC)

// at reads a moment on the office's clock.
func at(t testing.TB, s string) time.Time {
	t.Helper()
	moment, err := time.Parse("2006-01-02 15:04 -0700", s+" +0700")
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

func TestDueCountsOfficeHoursAndWorkingDays(t *testing.T) {
	tests := []struct{ name, start, standard, want string }{
		{"minutes within the morning", "2026-02-02 08:00", "30m", "2026-02-02 08:30"},
		{"minutes begin when the office opens", "2026-02-02 05:00", "30m", "2026-02-02 08:00"},
		{"minutes stop at the close and go on next morning", "2026-02-02 15:50", "60m", "2026-02-03 08:20"},
		{"minutes may end exactly at the close", "2026-02-02 15:30", "30m", "2026-02-02 16:00"},
		{"minutes stop over the week end, Friday closing earlier", "2026-02-06 14:20", "30m", "2026-02-09 07:50"},
		{"minutes begin on Monday after a Saturday", "2026-02-07 10:00", "10m", "2026-02-09 07:40"},
		{"days end at the close of the second working day", "2026-02-02 08:00", "2 working days", "2026-02-04 16:00"},
		{"days skip the week end", "2026-02-05 08:00", "2 working days", "2026-02-09 16:00"},
		{"a day that ends on a Friday ends at Friday's close", "2026-02-05 08:00", "1 working day", "2026-02-06 14:30"},
		{"days skip a holiday and its joint leave", "2026-02-13 08:00", "1 working day", "2026-02-18 16:00"},
		{"the week of Eid 2026", "2026-03-17 09:00", "2 working days", "2026-03-26 16:00"},
		{"minutes over Eid 2026", "2026-03-17 15:55", "10m", "2026-03-25 07:35"},
		{"the week of Eid 2025", "2025-03-27 09:00", "1 working day", "2025-04-08 16:00"},
		{"days over the end of a year", "2025-12-24 09:00", "2 working days", "2025-12-30 16:00"},
	}
	c := policies.Default().Calendar
	zones := []*time.Location{time.UTC, time.FixedZone("WIT", 9*3600), time.FixedZone("HST", -10*3600)}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := policies.ParseStandard(tt.standard)
			if err != nil {
				t.Fatal(err)
			}
			for _, zone := range zones {
				got := c.Due(at(t, tt.start).In(zone), s)
				if !got.Equal(at(t, tt.want)) || got.Location() != c.Location() {
					t.Errorf("from %s: %s, want %s", zone, got, tt.want)
				}
			}
		})
	}
}

func TestWorkingDaysBetween(t *testing.T) {
	tests := []struct {
		name, from, to string
		want           int
	}{
		{"the same day", "2026-02-02 08:00", "2026-02-02 23:00", 0},
		{"the next day, although hours only", "2026-02-02 23:59", "2026-02-03 00:00", 1},
		{"backwards", "2026-02-03 08:00", "2026-02-02 08:00", 0},
		{"over a week end", "2026-02-06 08:00", "2026-02-09 08:00", 1},
		{"from a Saturday to a Sunday", "2026-02-07 08:00", "2026-02-08 08:00", 0},
		{"over Eid 2026", "2026-03-17 08:00", "2026-03-26 08:00", 2},
		{"over Eid 2025", "2025-03-27 08:00", "2025-04-08 08:00", 1},
		{"all of 2026", "2025-12-31 08:00", "2026-12-31 08:00", 240},
		{"a holiday on a Sunday takes nothing", "2026-04-03 08:00", "2026-04-06 08:00", 1},
	}
	c := policies.Default().Calendar
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			from, to := at(t, tt.from), at(t, tt.to)
			if got := c.WorkingDaysBetween(from.UTC(), to.UTC()); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
			counted := 0
			for day := from.AddDate(0, 0, 1); day.Format(time.DateOnly) <= to.Format(time.DateOnly); day = day.AddDate(0, 0, 1) {
				if c.WorkingDaysBetween(day.AddDate(0, 0, -1), day) == 1 {
					counted++
				}
			}
			if counted != tt.want {
				t.Errorf("counted one by one: %d, want %d", counted, tt.want)
			}
		})
	}
	if got := c.WorkingDaysBetween(time.Time{}, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)); got < 2_000_000 {
		t.Errorf("ten thousand years have %d working days", got)
	}
}

func TestTheMachinesZoneDoesNotMatter(t *testing.T) {
	start, want := at(t, "2026-03-17 15:55"), at(t, "2026-03-25 07:35")
	for _, zone := range []string{"UTC", "Asia/Jayapura", "Pacific/Honolulu"} {
		t.Setenv("TZ", zone)
		p := load(t)
		if got := p.Calendar.Due(start, policies.Standard{Minutes: 10}); !got.Equal(want) || p.Calendar.Location().String() != "Asia/Jakarta" {
			t.Errorf("TZ=%s: %s", zone, got)
		}
	}
}

func TestALunchBreakIsTwoLinesOfHours(t *testing.T) {
	c := load(t, edit{"calendar.yaml", `  - { days: [friday], start: "07:30", end: "14:30" }`,
		`  - { days: [friday], start: "13:00", end: "14:30" }
  - { days: [friday], start: "07:30", end: "11:30" }`}).Calendar
	if got, want := c.Due(at(t, "2026-02-06 11:20"), policies.Standard{Minutes: 30}), at(t, "2026-02-06 13:20"); !got.Equal(want) {
		t.Errorf("Due = %s", got)
	}
}

func TestACalendarWithoutWorkNeverHangs(t *testing.T) {
	c := &policies.Calendar{}
	if got := c.Due(noon, policies.Standard{Days: 2}); !got.Equal(noon) {
		t.Errorf("Due = %s", got)
	}
	if got := policies.Default().Calendar.Due(noon, policies.Standard{}); !got.Equal(noon) {
		t.Errorf("without a standard: %s", got)
	}
}
