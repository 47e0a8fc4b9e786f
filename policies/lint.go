package policies

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/tambal-id/tambal/schema"
)

// linter collects the problems of one file. The lint functions also fill in what the loader reads out of the words: moments,
// fingerprints, standard times, office hours. What cannot be read is left so that it grants nothing.
type linter struct {
	path     string
	doc      *schema.Document
	problems *[]Problem
	fields   map[string][]schema.Field // of the items asked about so far
	seen     map[string][]any          // what once has been told
}

// path names a value in the document: add(code, path("steps", 0, "name"), …).
func path(parts ...any) []string {
	out := make([]string, len(parts))
	for i, p := range parts {
		switch p := p.(type) {
		case int:
			out[i] = strconv.Itoa(p)
		case string:
			out[i] = p
		}
	}
	return out
}

func (l *linter) add(code string, at []string, args ...any) {
	*l.problems = append(*l.problems, Problem{l.path, schema.Problem{
		Rule: RuleInvalid, Code: "policies." + code, Args: args, Pos: l.doc.At(at...)}})
}

// once refuses a value that another entry of its kind has; "" is never compared. owner is who has it, where that is said.
func (l *linter) once(kind, value string, at []string, owner ...any) {
	if first, taken := l.seen[kind+"\x00"+value]; taken && value != "" {
		l.add(kind+"-duplicate", at, append([]any{value}, first...)...)
		return
	}
	l.seen[kind+"\x00"+value] = owner
}

// below is the path of a value inside that of another.
func below(at []string, names ...string) []string { return append(slices.Clone(at), names...) }

// lintCalendar checks calendar.yaml and fills in zone, week and holidays.
func lintCalendar(l *linter, c *Calendar) {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		l.add("zone-unknown", path("zone"), c.Zone)
		zone = time.FixedZone("WIB", 7*60*60)
	}
	c.location = zone
	lintHours(l, c)
	for i, h := range c.Holidays {
		l.once("holiday", h.Date, path("holidays", i, "date"))
		day, err := time.Parse(time.DateOnly, h.Date)
		if err != nil {
			l.add("date-invalid", path("holidays", i, "date"), h.Date)
			continue
		}
		c.holidays = append(c.holidays, dayNumber(day))
	}
	slices.Sort(c.holidays)
	c.holidays = slices.Compact(c.holidays)
}

func lintHours(l *linter, c *Calendar) {
	names := []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}
	for i, h := range c.Hours {
		s := span{clock(h.Start), clock(h.End)}
		if s.start >= s.end {
			l.add("hours-empty", path("hours", i, "end"), h.Start, h.End)
			continue
		}
		for _, name := range h.Days {
			day := slices.Index(names, name)
			if day < 0 {
				continue // the schema has said so
			}
			if slices.ContainsFunc(c.week[day], func(o span) bool { return s.start < o.end && o.start < s.end }) {
				l.add("hours-overlap", path("hours", i), name)
				continue
			}
			c.week[day] = append(c.week[day], s)
			slices.SortFunc(c.week[day], func(a, b span) int { return a.start - b.start })
		}
	}
}

// clock reads "07:30" as minutes since midnight; the schema has checked its form.
func clock(s string) int {
	t, _ := time.Parse("15:04", s)
	return t.Hour()*60 + t.Minute()
}

// lintTeam checks team.yaml against the procedure's roles and fills in periods and fingerprints.
func lintTeam(l *linter, p *Policy) {
	owners := 0
	zone := p.Calendar.Location()
	for i := range p.Team.People {
		who := &p.Team.People[i]
		at := func(parts ...any) []string { return path(append([]any{"people", i}, parts...)...) }
		who.Pos = l.doc.At(at()...)
		l.once("person", who.ID, at("id"), who.ID)
		lintAddresses(l, p.Team, who, at)
		for j := range who.Keys {
			lintKey(l, &who.Keys[j], zone, at("keys", j))
			l.once("key", cmp.Or(who.Keys[j].Fingerprint, who.Keys[j].Text), at("keys", j, "key"), who.ID)
		}
		for j := range who.Assignments {
			a := &who.Assignments[j]
			if p.Procedure.Role(a.Role) == nil {
				l.add("role-unknown", at("assignments", j, "role"), a.Role)
			}
			a.period = lintPeriod(l, a.From, a.Until, zone, at("assignments", j))
			if a.Role == RolePolicyOwner {
				owners++
			}
		}
	}
	if owners == 0 {
		l.add("owner-missing", path("people"), RolePolicyOwner)
	}
}

func lintAddresses(l *linter, t *Team, who *Person, at func(...any) []string) {
	for j, email := range who.Emails {
		l.once("email", lower(email), at("emails", j), who.ID)
		if other := t.ByGitHub(noreplyID(email)); other != nil && other.ID != who.ID {
			l.add("email-duplicate", at("emails", j), email, other.ID)
		}
	}
	if who.GitHub != nil {
		l.once("account", strconv.FormatInt(who.GitHub.ID, 10), at("github", "id"), who.ID)
		l.once("account", lower(who.GitHub.Login), at("github", "login"), who.ID)
	}
}

func lintKey(l *linter, k *Key, zone *time.Location, at []string) {
	if k.Type == "ssh" {
		if k.identify() != nil {
			l.add("key-invalid", below(at, "key"))
		}
	}
	k.period = lintPeriod(l, k.From, k.Until, zone, at)
	if k.Revoked == nil {
		return
	}
	revoked, ok := l.moment(k.Revoked.At, zone, below(at, "revoked", "at"))
	if !ok {
		k.period = period{}
	}
	k.bad = revoked
	if k.Revoked.CompromisedSince == "" {
		return
	}
	since, ok := l.moment(k.Revoked.CompromisedSince, zone, below(at, "revoked", "compromisedSince"))
	if !ok {
		k.period = period{}
	} else if since.Before(revoked) {
		k.bad = since
	}
}

// lintPeriod reads from and until; a day as until lasts to its end. A period that cannot be read holds never.
func lintPeriod(l *linter, from, until string, zone *time.Location, at []string) period {
	start, ok := l.moment(from, zone, below(at, "from"))
	if !ok {
		return period{}
	}
	if until == "" {
		return period{from: start}
	}
	end, ok := l.moment(until, zone, below(at, "until"))
	if !ok {
		return period{}
	}
	if len(until) == len(time.DateOnly) {
		end = end.AddDate(0, 0, 1)
	}
	if !end.After(start) {
		l.add("period-empty", below(at, "until"), from, until)
		return period{}
	}
	return period{start, end}
}

// moment reads a day in the office's zone, or an RFC 3339 time.
func (l *linter) moment(s string, zone *time.Location, at []string) (time.Time, bool) {
	t, err := time.ParseInLocation(time.DateOnly, s, zone)
	if err != nil {
		t, err = time.Parse(time.RFC3339, s)
	}
	if err != nil {
		l.add("date-invalid", at, s)
	}
	return t, err == nil
}
