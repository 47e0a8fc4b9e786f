package policies

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tambal-id/tambal/schema"
)

// Team is team.yaml: everybody who ever acted, with the time in which they might.
type Team struct {
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	People     []Person `json:"people"`
}

// Person has an id that never changes. NIP is "" or 18 digits, perhaps with spaces.
type Person struct {
	ID          string       `json:"id"`
	Name        string       `json:"name"`
	Title       string       `json:"title"`
	NIP         string       `json:"nip,omitempty"`
	Emails      []string     `json:"emails,omitempty"`
	GitHub      *Account     `json:"github,omitempty"`
	Keys        []Key        `json:"keys,omitempty"`
	Assignments []Assignment `json:"assignments,omitempty"`

	Pos schema.Pos `json:"-"` // where the person stands in team.yaml
}

// Account is a GitHub account; the numeric ID decides, a login may be renamed and taken by a stranger.
type Account struct {
	Login string `json:"login"`
	ID    int64  `json:"id"`
}

// Assignment is a role with its validity: From and Until as written (a day or RFC 3339; Until "" = open), the written order
// it rests on, and "Plh." or "Plt." when acting.
type Assignment struct {
	Role   string `json:"role"`
	From   string `json:"from"`
	Until  string `json:"until,omitempty"`
	Basis  string `json:"basis"`
	Acting string `json:"acting,omitempty"`

	period
}

// period is a half-open span of time; a zero end is open.
type period struct{ from, end time.Time }

func (p period) holds(at time.Time) bool {
	return !p.from.IsZero() && !at.Before(p.from) && (p.end.IsZero() || at.Before(p.end))
}

// ByID returns the person with that id, or nil.
func (t *Team) ByID(id string) *Person {
	return t.find(func(p *Person) bool { return p.ID == id })
}

// ByEmail returns the person who uses that address in commits, or nil. Case does not matter; GitHub's own
// "<id>+<login>@users.noreply.github.com" belongs to the person with that account id.
func (t *Team) ByEmail(email string) *Person {
	same := func(e string) bool { return lower(e) == lower(email) }
	if p := t.find(func(p *Person) bool { return slices.ContainsFunc(p.Emails, same) }); p != nil {
		return p
	}
	return t.ByGitHub(noreplyID(email))
}

// ByNoreply returns the person whose GitHub login stands in "<login>@users.noreply.github.com" or
// "<id>+<login>@users.noreply.github.com", or nil. A login proves nothing: whoever renames an account sets it free.
func (t *Team) ByNoreply(email string) *Person {
	local, domain, _ := strings.Cut(email, "@")
	if lower(domain) != noreplyDomain {
		return nil
	}
	login := local[strings.LastIndexByte(local, '+')+1:]
	return t.find(func(p *Person) bool { return p.GitHub != nil && login != "" && lower(p.GitHub.Login) == lower(login) })
}

// ByGitHub returns the person with that numeric account id, or nil; an id of 0 is nobody's.
func (t *Team) ByGitHub(id int64) *Person {
	if id <= 0 {
		return nil
	}
	return t.find(func(p *Person) bool { return p.GitHub != nil && p.GitHub.ID == id })
}

// ByKey returns the person and the key with that fingerprint ("SHA256:…"), or nils. Ask the key whether it is valid.
func (t *Team) ByKey(fingerprint string) (*Person, *Key) {
	for i := range t.People {
		for j := range t.People[i].Keys {
			if k := &t.People[i].Keys[j]; fingerprint != "" && k.Fingerprint == fingerprint {
				return &t.People[i], k
			}
		}
	}
	return nil, nil
}

// Holders returns everybody who holds a role at these moments, in the order of team.yaml.
func (t *Team) Holders(role string, moments ...time.Time) []*Person {
	var out []*Person
	for i := range t.People {
		if t.People[i].HoldsAt(role, moments...) {
			out = append(out, &t.People[i])
		}
	}
	return out
}

// Ends returns the moment from which nobody holds one of the roles any more, zero when somebody holds one without an end; and
// whether anybody is listed with one at all.
func (t *Team) Ends(roles []string) (last time.Time, listed bool) {
	for i := range t.People {
		for _, a := range t.People[i].Assignments {
			switch {
			case a.from.IsZero() || !slices.Contains(roles, a.Role):
			case a.end.IsZero():
				return time.Time{}, true
			default:
				last, listed = later(last, a.end), true
			}
		}
	}
	return last, listed
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (t *Team) find(is func(*Person) bool) *Person {
	for i := range t.People {
		if is(&t.People[i]) {
			return &t.People[i]
		}
	}
	return nil
}

// lower folds A to Z only: Unicode folding would let look-alikes such as the Kelvin sign pass for somebody's "k".
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// HoldsAt reports whether the person holds the role at every one of these moments.
func (p *Person) HoldsAt(role string, moments ...time.Time) bool {
	return !slices.ContainsFunc(moments, func(at time.Time) bool {
		return !slices.ContainsFunc(p.RolesAt(at), func(a Assignment) bool { return a.Role == role })
	})
}

// Differs reports whether the person may do something at one of two moments that he may not at the other: a role begins or
// ends between them, or a key.
func (p *Person) Differs(a, b time.Time) bool {
	return slices.ContainsFunc(p.Assignments, func(s Assignment) bool { return s.holds(a) != s.holds(b) }) ||
		slices.ContainsFunc(p.Keys, func(k Key) bool { return k.ValidAt(a) != k.ValidAt(b) })
}

// RolesAt returns the assignments in force at that moment.
func (p *Person) RolesAt(at time.Time) []Assignment {
	return slices.DeleteFunc(slices.Clone(p.Assignments), func(a Assignment) bool { return !a.holds(at) })
}

// noreplyDomain is where GitHub's own addresses for commits end.
const noreplyDomain = "users.noreply.github.com"

// noreplyID returns the account id inside a GitHub noreply address, or 0.
func noreplyID(email string) int64 {
	local, domain, _ := strings.Cut(email, "@")
	id, login, ok := strings.Cut(local, "+")
	if !ok || login == "" || lower(domain) != noreplyDomain {
		return 0
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != id {
		return 0
	}
	return n
}

// HoldsAny reports whether the person holds one of the roles at every one of these moments.
func (p *Person) HoldsAny(roles []string, moments ...time.Time) bool {
	return slices.ContainsFunc(roles, func(r string) bool { return p.HoldsAt(r, moments...) })
}

// Names names everybody who holds one of the roles at these moments, in the order of the roles, for a sentence: "A, B". Where
// nobody does, it names the roles.
func (t *Team) Names(roles []string, moments ...time.Time) string {
	var list []string
	for _, r := range roles {
		for _, p := range t.Holders(r, moments...) {
			if !slices.Contains(list, p.Name) {
				list = append(list, p.Name)
			}
		}
	}
	if len(list) == 0 {
		list = roles
	}
	return strings.Join(list, ", ")
}
