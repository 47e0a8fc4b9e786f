package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// voice puts values into the words of one language and one office's time zone.
type voice struct {
	lang text.Lang
	zone *time.Location
}

func newVoice(lang text.Lang, p *policies.Policy) voice {
	v := voice{lang: lang, zone: time.UTC}
	if p != nil && p.Calendar != nil {
		v.zone = p.Calendar.Location()
	}
	return v
}

func (v voice) say(code string, args ...any) string { return v.lang.Say("report."+code, args...) }

// word returns the word for a value of the manifest, or the value itself when
// there is none.
func (v voice) word(kind, value string) string {
	if s := v.lang.Maybe("report." + kind + "." + value); s != "" {
		return s
	}
	return value
}

// pick returns the English words where the policy has them and the document is
// English.
func (v voice) pick(local, english string) string {
	if v.lang == text.English && english != "" {
		return english
	}
	return local
}

// day is "9 Desember 2025", "9 December 2025".
func (v voice) day(t time.Time) string {
	months := strings.Split(v.say("months"), "|")
	if len(months) != 12 {
		return t.Format(time.DateOnly)
	}
	return fmt.Sprintf("%d %s %d", t.Day(), months[t.Month()-1], t.Year())
}

// date puts a day of the manifest or policy (YYYY-MM-DD) into words; what is no
// day stays as it is.
func (v voice) date(s string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return s
	}
	return v.day(t)
}

// moment is "9 Desember 2025, 21.00 WIB", "9 December 2025, 21:00 WIB" in the
// office's zone; "" for the zero time.
func (v voice) moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(v.zone)
	zone := t.Format("MST")
	if strings.HasPrefix(zone, "+") || strings.HasPrefix(zone, "-") {
		zone = "UTC" + zone
	}
	return v.say("moment", v.day(t), t.Format("15"), t.Format("04"), zone)
}

// stated puts an RFC 3339 time of the manifest into words.
func (v voice) stated(s string) string {
	if t := schema.Time(s); !t.IsZero() {
		return v.moment(t)
	}
	return s
}

// span is "from - until".
func (v voice) span(from, until string) string { return v.say("span", v.stated(from), v.stated(until)) }

// decimal turns a decimal point into the language's mark.
func (v voice) decimal(s string) string {
	if v.lang == text.Indonesian {
		return strings.Replace(s, ".", ",", 1)
	}
	return s
}

// number groups thousands.
func (v voice) number(n int) string {
	s, mark := strconv.Itoa(n), "."
	if v.lang == text.English {
		mark = ","
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + mark + s[i:]
	}
	return s
}

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
	return t.In(v.zone).Format(time.RFC3339)
}
