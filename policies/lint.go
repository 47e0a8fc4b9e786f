package policies

import (
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
		day, err := time.Parse(time.DateOnly, h.Date)
		if err != nil {
			l.add("date-invalid", path("holidays", i, "date"), h.Date)
			continue
		}
		c.holidays = append(c.holidays, dayNumber(day))
	}
	slices.Sort(c.holidays)
	c.holidays = slices.Compact(c.holidays)
	seen := map[string]bool{}
	for i, h := range c.Holidays {
		if seen[h.Date] {
			l.add("holiday-duplicate", path("holidays", i, "date"), h.Date)
		}
		seen[h.Date] = true
	}
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
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0
	}
	return t.Hour()*60 + t.Minute()
}

// lintTeam checks team.yaml against the procedure's roles and fills in periods and fingerprints.
func lintTeam(l *linter, p *Policy) {
	owners, seen := 0, map[string]string{}
	// once refuses a name, address, account or key that another entry has; "" is never compared.
	once := func(kind, value, owner string, at []string) {
		if first, taken := seen[kind+"\x00"+value]; taken && value != "" {
			l.add(kind+"-duplicate", at, value, first)
			return
		}
		seen[kind+"\x00"+value] = owner
	}
	zone := p.Calendar.Location()
	for i := range p.Team.People {
		who := &p.Team.People[i]
		at := func(parts ...any) []string { return path(append([]any{"people", i}, parts...)...) }
		who.Pos = l.doc.At(at()...)
		once("person", who.ID, who.ID, at("id"))
		lintAddresses(l, p.Team, who, once, at)
		for j := range who.Keys {
			lintKey(l, &who.Keys[j], zone, at("keys", j))
			once("key", who.Keys[j].name(), who.ID, at("keys", j, "key"))
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

func lintAddresses(l *linter, t *Team, who *Person, once func(kind, value, owner string, at []string), at func(...any) []string) {
	for j, email := range who.Emails {
		once("email", lower(email), who.ID, at("emails", j))
		if other := t.ByGitHub(noreplyID(email)); other != nil && other.ID != who.ID {
			l.add("email-duplicate", at("emails", j), email, other.ID)
		}
	}
	if who.GitHub != nil {
		once("account", strconv.FormatInt(who.GitHub.ID, 10), who.ID, at("github", "id"))
		once("account", lower(who.GitHub.Login), who.ID, at("github", "login"))
	}
}

func lintKey(l *linter, k *Key, zone *time.Location, at []string) {
	below := func(names ...string) []string { return append(slices.Clone(at), names...) }
	if k.Type == "ssh" {
		var err error
		if k.Fingerprint, err = fingerprint(k.Text); err != nil {
			l.add("key-invalid", below("key"))
		}
	}
	k.period = lintPeriod(l, k.From, k.Until, zone, at)
	if k.Revoked == nil {
		return
	}
	revoked, ok := moment(k.Revoked.At, zone)
	if !ok {
		l.add("date-invalid", below("revoked", "at"), k.Revoked.At)
		k.period = period{}
	}
	k.bad = revoked
	if k.Revoked.CompromisedSince == "" {
		return
	}
	since, ok := moment(k.Revoked.CompromisedSince, zone)
	if !ok {
		l.add("date-invalid", below("revoked", "compromisedSince"), k.Revoked.CompromisedSince)
		k.period = period{}
	} else if since.Before(revoked) {
		k.bad = since
	}
}

// name is what makes a key the same key: its fingerprint, or the text where there is none.
func (k *Key) name() string {
	if k.Fingerprint != "" {
		return k.Fingerprint
	}
	return k.Text
}

// lintPeriod reads from and until; a day as until lasts to its end. A period that cannot be read holds never.
func lintPeriod(l *linter, from, until string, zone *time.Location, at []string) period {
	below := func(name string) []string { return append(slices.Clone(at), name) }
	start, ok := moment(from, zone)
	if !ok {
		l.add("date-invalid", below("from"), from)
		return period{}
	}
	if until == "" {
		return period{from: start}
	}
	end, ok := moment(until, zone)
	if !ok {
		l.add("date-invalid", below("until"), until)
		return period{}
	}
	if len(until) == len(time.DateOnly) {
		end = end.AddDate(0, 0, 1)
	}
	if !end.After(start) {
		l.add("period-empty", below("until"), from, until)
		return period{}
	}
	return period{start, end}
}

// moment reads a day in the office's zone, or an RFC 3339 time.
func moment(s string, zone *time.Location) (time.Time, bool) {
	if t, err := time.ParseInLocation(time.DateOnly, s, zone); err == nil {
		return t, true
	}
	t, err := time.Parse(time.RFC3339, s)
	return t, err == nil
}
