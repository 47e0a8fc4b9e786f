package main

import (
	"fmt"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"time"
)

// tale is the rest of the honest story from some landing on, to be changed.
type tale struct {
	*world
	*rand.Rand
	moves []*move
}

// kind is one way to change a tale. It says false where the tale has nothing of
// the sort. Whether what comes out may stand is not its business: meant only tells
// what somebody who does this has in mind.
type kind struct {
	name  string
	meant string // "harm" or "work"
	do    func(t *tale) bool
}

// one picks one of a list.
func one[T any](t *tale, list []T) (picked T, ok bool) {
	if len(list) == 0 {
		return picked, false
	}
	return list[t.IntN(len(list))], true
}

// drafts are the commits of the tale that are of some sort.
func (t *tale) drafts(is func(*draft) bool) (list []*draft) {
	for _, m := range t.moves {
		for _, d := range m.drafts {
			if is(d) {
				list = append(list, d)
			}
		}
	}
	return list
}

func anyDraft(*draft) bool    { return true }
func steps(d *draft) bool     { return len(d.entries) > 0 && d.entries[0].form.name != "approval" }
func approvals(d *draft) bool { return len(d.entries) > 0 && d.entries[0].form.name == "approval" }

func item(names ...string) func(*draft) bool {
	return func(d *draft) bool { return len(d.entries) > 0 && slices.Contains(names, d.entries[0].form.name) }
}

// shows says whether a commit brings scans.
func shows(d *draft) bool {
	return item("monitoring", "implementation")(d) && len(d.entries[0].form.exhibits) > 0
}

// on changes one commit of a sort.
func on(is func(*draft) bool, change func(t *tale, d *draft)) func(*tale) bool {
	return func(t *tale) bool {
		d, ok := one(t, t.drafts(is))
		if ok {
			change(t, d)
		}
		return ok
	}
}

// filling changes what one item says.
func filling(name string, change func(t *tale, f *form)) func(*tale) bool {
	return on(item(name), func(t *tale, d *draft) { change(t, d.entries[0].form) })
}

// onLanding changes how one of the moves lands.
func onLanding(change func(t *tale, m *move)) func(*tale) bool {
	return func(t *tale) bool {
		m, ok := one(t, t.moves)
		if ok {
			change(t, m)
		}
		return ok
	}
}

// style lets a move land in another manner.
func style(name string) func(*tale) bool {
	return onLanding(func(_ *tale, m *move) { m.style = name })
}

// twisted lets a merge do something of its own.
func twisted(a func(t *tale) alter) func(*tale) bool {
	return onLanding(func(t *tale, m *move) { m.twist = also(m.twist, a(t)) })
}

func also(a, b alter) alter {
	if a == nil {
		return b
	}
	return func(s *scene) { a(s); b(s) }
}

// beside lets a commit change something else in the tree, behind its own step.
func beside(a func(t *tale) alter) func(*tale) bool {
	return on(anyDraft, func(t *tale, d *draft) { d.after = append(d.after, a(t)) })
}

// inserted puts a commit before or behind another of the same move.
func (t *tale) inserted(next *draft, behind bool, d *draft) {
	for _, m := range t.moves {
		if i := slices.Index(m.drafts, next); i >= 0 {
			if behind {
				i++
			}
			m.drafts = slices.Insert(m.drafts, i, d)
		}
	}
}

func (t *tale) moveOf(d *draft) *move {
	i := slices.IndexFunc(t.moves, func(m *move) bool { return slices.Contains(m.drafts, d) })
	return t.moves[i]
}

var people = []string{"siti-a", "agus-p", "rina-w", "joko-s", "budi-s", "dewi-k"}

// somebody is anybody of the office.
func (t *tale) somebody() string { return people[t.IntN(len(people))] }

// find finds paths of a tree, in order.
func (s *scene) find(is func(name string) bool) (list []string) {
	for name := range s.files {
		if is(name) {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

func manifests(name string) bool {
	return strings.HasPrefix(name, "patches/") && strings.HasSuffix(name, "/patch.yaml")
}
func exhibits(name string) bool {
	return strings.HasPrefix(name, "patches/") && strings.Contains(name, "/evidence/")
}

// onFile changes some file of a sort, if there is one when it comes to that.
func onFile(is func(string) bool, change func(t *tale, s *scene, name string)) func(t *tale) alter {
	return func(t *tale) alter {
		own := &tale{world: t.world, Rand: rand.New(rand.NewPCG(t.Uint64(), 1))}
		return func(s *scene) {
			if name, ok := one(own, s.find(is)); ok {
				change(own, s, name)
			}
		}
	}
}

// content changes only what a file holds.
func content(is func(string) bool, change func(t *tale, data string) string) func(t *tale) alter {
	return onFile(is, func(t *tale, s *scene, name string) {
		f := s.files[name]
		f.data = change(t, f.data)
		s.files[name] = f
	})
}

// landed changes only what a manifest holds that has landed.
func landed(change func(t *tale, data string) string) func(t *tale) alter {
	return onFile(manifests, func(t *tale, s *scene, name string) {
		if was := s.trunk.files[name].data; was != "" && strings.HasPrefix(s.files[name].data, was) {
			s.files[name] = file{s.files[name].mode, change(t, was) + strings.TrimPrefix(s.files[name].data, was)}
		}
	})
}

// swap puts one text in the place of another, where it is there.
func swap(old, new string) func(*tale, string) string {
	return func(_ *tale, data string) string { return strings.Replace(data, old, new, 1) }
}

// oneByte changes one letter or digit of a text.
func oneByte(t *tale, data string) string {
	if data == "" {
		return data
	}
	at := t.IntN(len(data))
	for i := range len(data) {
		at := (at + i) % len(data)
		if c := data[at]; c >= 'a' && c < 'z' || c >= '0' && c < '9' {
			return data[:at] + string(c+1) + data[at+1:]
		}
	}
	return data
}

func withMode(mode string) func(*tale, *scene, string) {
	return func(_ *tale, s *scene, name string) { s.files[name] = file{mode, s.files[name].data} }
}

// folderTo moves a whole case.
func folderTo(change func(dir string) string) func(*tale, *scene, string) {
	return func(_ *tale, s *scene, name string) {
		dir := path.Dir(name)
		for _, name := range s.find(func(n string) bool { return strings.HasPrefix(n, dir+"/") }) {
			f := s.files[name]
			delete(s.files, name)
			s.files[change(dir)+strings.TrimPrefix(name, dir)] = f
		}
	}
}

// put writes a file.
func put(name string, f file) func(*tale) alter {
	return func(*tale) alter { return func(s *scene) { s.files[name] = f } }
}

// withoutItem takes the last item of a case away.
func withoutItem(_ *tale, data string) string {
	head, texts := cut(data)
	if len(texts) == 0 {
		return data
	}
	return head + strings.Join(texts[:len(texts)-1], "")
}

// asParty lets somebody else seem to have made a commit.
func asParty(who func(t *tale, d *draft) (author, committer party, key string)) func(*tale, *draft) {
	return func(t *tale, d *draft) { d.author, d.committer, d.key = who(t, d) }
}

// keyOf is the key with which a person signs, where he has to.
func keyOf(person string) string {
	if person == "rina-w" || person == "joko-s" {
		return person
	}
	return ""
}

func shiftLanding(by func(t *tale) time.Duration) func(*tale) bool {
	return onLanding(func(t *tale, m *move) { m.landing.at = m.landing.at.Add(by(t)) })
}

// bent is an approval in which something else is signed than written.
func bent(change func(c *claims)) func(*tale) bool {
	return filling("approval", func(_ *tale, f *form) { f.bend = change })
}

// lapsed writes into an item what must not stand in any.
func lapsed(text string) func(*tale) bool {
	return on(steps, func(_ *tale, d *draft) { d.entries[0].form.lapse = text })
}

// grant is a policy that gives somebody a role.
func grant(person, role string) alter {
	return func(s *scene) {
		line := "    assignments:\n"
		text := s.files[teamFile].data
		at := strings.Index(text, "- id: "+person)
		if at < 0 || !strings.Contains(text[at:], line) {
			return
		}
		old := text[at : at+strings.Index(text[at:], line)+len(line)]
		s.office(teamFile, old, old+fmt.Sprintf("      - { role: %s, from: \"2025-01-01\", basis: SK Nomor 1 }\n", role), func(o office) {
			o[person].posts = append(o[person].posts, tenure{role, day(2025, 1, 1), time.Time{}, false})
		})
	}
}

// newKey is a policy in which somebody has another key.
func newKey(person, key string) alter {
	return func(s *scene) {
		s.office(teamFile, s.keys[person].AuthorizedKey(), s.keys[key].AuthorizedKey(), func(o office) {
			for i := range o[person].keys {
				if o[person].keys[i].name == person {
					o[person].keys[i].name = key
				}
			}
		})
	}
}

// dropped is a policy that takes somebody's roles away.
func dropped(person, role string) alter {
	return func(s *scene) {
		text := s.files[teamFile].data
		at := strings.Index(text, "- id: "+person)
		from := strings.Index(text[max(at, 0):], "role: "+role+", from: \"2025-01-01\"")
		if at < 0 || from < 0 {
			return
		}
		end := at + from + len("role: "+role+", from: \"2025-01-01\"")
		if strings.HasPrefix(text[end:], ", until") {
			return
		}
		s.office(teamFile, text[at:end], text[at:end]+", until: \"2025-12-30\"", func(o office) {
			for i := range o[person].posts {
				if o[person].posts[i].name == role {
					o[person].posts[i].until = day(2025, 12, 31)
				}
			}
		})
	}
}

// amendment is a landing of a policy of its own, before one of the moves.
func amendment(author string, key string, change alter) func(*tale) bool {
	return func(t *tale) bool {
		i := t.IntN(len(t.moves))
		at := t.moves[i].landing.at.Add(-3 * time.Hour)
		if len(t.moves[i].drafts) > 0 {
			at = t.moves[i].drafts[0].at.Add(-10 * time.Minute)
		}
		d := policyChange(author, at, change)
		d.key = key
		t.moves = slices.Insert(t.moves, i, land("siti-a", at.Add(time.Minute), nil, d))
		return true
	}
}

// otherCase opens or goes on with another case in the same landing.
func otherCase(forms ...*form) func(*tale) bool {
	return onLanding(func(t *tale, m *move) {
		k := caseNamed(fmt.Sprintf("SP-2026-%04d", 100+t.IntN(50)))
		copies := []*form{}
		for _, f := range forms {
			c := *f
			copies = append(copies, &c)
		}
		d := work("siti-a", m.landing.at.Add(-2*time.Minute), k, copies...)
		m.drafts = append(m.drafts, d)
	})
}

// revised lets a commit be preceded by a first attempt at the same step, by
// somebody, that is taken back or written over.
func revised(who func(t *tale, d *draft) string, back bool) func(*tale) bool {
	return on(steps, func(t *tale, d *draft) {
		e := d.entries[0]
		first := *e.form
		if !back {
			first.reason = "Kalimat pertama yang kemudian diperbaiki oleh penulisnya."
		}
		person := who(t, d)
		a := work(person, d.at.Add(-4*time.Minute), e.kase, &first)
		a.entries[0].form.started, a.entries[0].form.finished, a.entries[0].form.at = e.form.started, e.form.finished, e.form.at
		a.authored = a.at
		t.inserted(d, false, a)
		undo := &draft{author: a.author, committer: a.committer, key: a.key, at: d.at.Add(-2 * time.Minute), message: takenBack}
		undo.after = []alter{func(s *scene) {
			name := e.kase.manifest()
			rest := withoutItem(nil, s.files[name].data)
			if _, texts := cut(rest); len(texts) == 0 {
				delete(s.files, name)
				return
			}
			s.files[name] = plain(rest)
		}}
		if back {
			t.inserted(d, false, undo)
		} else {
			d.before = append(d.before, undo.after[0])
		}
	})
}

// earlier lets somebody write a step and take it back, and all that land as nothing,
// before the move that brings it.
func earlier(who func(t *tale, d *draft) string) func(*tale) bool {
	return func(t *tale) bool {
		if !revised(who, true)(t) {
			return false
		}
		for i, m := range t.moves {
			k := slices.IndexFunc(m.drafts, func(d *draft) bool { return d.message == takenBack })
			if k < 1 {
				continue
			}
			pair := slices.Clone(m.drafts[k-1 : k+1])
			pair[0].entries[0].form.exhibits = nil
			m.drafts = slices.Delete(m.drafts, k-1, k+1)
			t.moves = slices.Insert(t.moves, i, land("siti-a", pair[1].at.Add(time.Second), nil, pair...))
			return true
		}
		return false
	}
}

const takenBack = "tarik kembali"

func self(_ *tale, d *draft) string {
	for _, p := range people {
		if of(p) == d.author {
			return p
		}
	}
	return "siti-a"
}

func anybody(t *tale, _ *draft) string { return t.somebody() }
