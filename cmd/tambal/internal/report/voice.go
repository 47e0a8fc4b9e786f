package report

import (
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/prose"
)

// voice is the shared one with what only the report says.
type voice struct{ prose.Voice }

// say and word are the shared ones under short names: nearly every line of this
// package has one of them.
func (v voice) say(code string, args ...any) string { return v.Say(code, args...) }
func (v voice) word(kind, value string) string      { return v.Word(kind, value) }

// date puts a day of the manifest or policy (YYYY-MM-DD) into words; what is no
// day stays as it is.
func (v voice) date(s string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return s
	}
	return v.Day(t)
}

// span is "from - until".
func (v voice) span(from, until string) string { return v.say("span", v.Stated(from), v.Stated(until)) }

// duration puts minutes into words: whole days only from two days on, where a
// minute no longer matters.
func (v voice) duration(minutes int) string {
	switch hours := minutes / 60; {
	case minutes < 120:
		return v.say("minutes", minutes)
	case hours < 48 && minutes%60 == 0:
		return v.say("hours", hours)
	case hours < 48:
		return v.say("hours-minutes", hours, minutes%60)
	default:
		return v.say("days", hours/24)
	}
}

// clause prepares text from people for the middle of a sentence.
func clause(s string) string { return strings.TrimRight(strings.TrimSpace(s), " .\n") }

// enumerate is "a, b, c".
func enumerate(list []string) string { return strings.Join(list, ", ") }

// lines joins the values that are not empty, one a line.
func lines(values ...string) string {
	var kept []string
	for _, s := range values {
		if s = strings.TrimRight(s, "\n"); s != "" {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, "\n")
}

// stamp is a time as JSON holds it: RFC 3339 in the office's zone, "" when zero.
func (v voice) stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(v.Zone()).Format(time.RFC3339)
}
