package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// What happens in the adversary's office is kept as plain values beside the
// repository: who really did what, with whose key, to which files. The oracle
// reads these and no Git object, the program reads Git objects and none of these.

// deed is a commit as it was really made, with the whole tree that it left.
type deed struct {
	parents           []*deed
	files             map[string]file
	author, committer party
	authored, at      time.Time
	key               string // whose key signed; "" nobody's
	spoilt            bool   // the signature is over other bytes
	mangled           bool   // the object does not keep Git's grammar
	message           string
	id                string // once it is written
}

type file struct{ mode, data string }

func plain(data string) file { return file{"100644", data} }

// party is the name and address in a commit: a claim.
type party struct{ name, email string }

func of(person string) party { return party{names[person], person + "@kominfo.example"} }

var names = map[string]string{
	"siti-a": "Siti Aminah", "agus-p": "Agus Prasetyo", "rina-w": "Rina Wulandari",
	"joko-s": "Joko Susilo", "budi-s": "Budi Santoso", "dewi-k": "Dewi Kartika",
}

// form is one item of a manifest by what it says; its text follows from that. Who
// writes a text by hand that no form has, has written no step.
type form struct {
	name                 string
	decision, outcome    string
	recommendation       string
	started, finished    time.Time
	of, replaces, reason string
	system, version      string // of the results
	exhibits             []exhibit
	withoutScan          string
	comment              string // a line of its own
	lapse                string // what the text lacks or says twice, a fault in itself
	by, disposition      string // of an approval, and all below
	at                   time.Time
	subjectOf            func(before string) string // nil: all that stands before
	seal                 string                     // whose key; "" is the approver's own
	bend                 func(signed *claims)       // what is signed and not what is written
	written, signed      claims
	typed                bool // a record typed by hand, no signature
}

// claims is what an approval says, and what its signature was made over.
type claims struct {
	namespace, root, kase, decision, by, at, disposition string
	bytes                                                int
	sha256, policy                                       string
}

// exhibit is a file that an item lists.
type exhibit struct {
	path, content, format, phase, of string
	sha256                           string // "" is the content's own
}

func digest(data string) string {
	sum := sha256.Sum256([]byte(data))
	return hex.EncodeToString(sum[:])
}

// kase is a case's folder and what its header says.
type kase struct{ id, dir, retryOf string }

func caseNamed(id string) *kase {
	return &kase{id: id, dir: "patches/" + strings.Split(id, "-")[1] + "/" + id}
}

func (k *kase) manifest() string { return k.dir + "/patch.yaml" }

func (k *kase) header() string {
	retry := ""
	if k.retryOf != "" {
		retry = "  retryOf: " + k.retryOf + "\n"
	}
	return "apiVersion: tambal/v1\nkind: SecurityPatch\nmetadata:\n  id: " + k.id + "\n  title: musl libc pada citra layanan desa\n" + retry + "steps:\n"
}

func stampOf(t time.Time) string { return t.Format(time.RFC3339) }

// text is the item as somebody types it.
func (f *form) text() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, "      "+format+"\n", args...) }
	fmt.Fprintf(&b, "  - %s:\n", f.name)
	if f.comment != "" {
		line("# %s", f.comment)
	}
	if !f.started.IsZero() {
		line("startedAt: %q", stampOf(f.started))
		line("finishedAt: %q", stampOf(f.finished))
	}
	f.body(line)
	if len(f.exhibits) > 0 {
		line("evidence:")
	}
	for _, e := range f.exhibits {
		sum := e.sha256
		if sum == "" {
			sum = digest(e.content)
		}
		line("  - path: %s\n          format: %s\n          sha256: %s\n          of: %s\n          phase: %s", e.path, e.format, sum, e.of, e.phase)
		if e.phase == "after" {
			line("    targetChange: Citra dibangun ulang sehingga namanya berganti.\n          dateNote: Jam tetap dari berkas uji.")
		}
	}
	if f.lapse != "" {
		line("%s", f.lapse)
	}
	return b.String()
}

func (f *form) body(line func(string, ...any)) {
	switch f.name {
	case "monitoring":
		line("trigger:\n        kind: scan\n        reference: Pemindaian mingguan citra kontainer")
		line("sources:\n        - Hasil pemindaian Trivy atas citra layanan desa")
		line("vulnerabilities:\n        - id: CVE-2019-14697")
		line("systems:\n        - name: layanan-desa\n          owner: Dinas Pemberdayaan Masyarakat dan Desa\n          exposure: internet")
		line("    product: musl libc dalam citra Alpine Linux\n          installed: 1.1.20-r4\n          fixed: 1.1.20-r5")
		line("decision: %s", f.decision)
		line("reason: %s", f.reason)
	case "plan":
		line("objective: %s", f.reason)
		line("targets:\n        - system: layanan-desa\n          from: Alpine Linux 3.9\n          to: Alpine Linux 3.10")
		line("actions:\n        - Ganti kontainer yang berjalan dengan citra baru")
		line("backup: Citra lama diberi tanda cadangan\n      rollback: Jalankan kembali citra lama")
		line("tests:\n        - Halaman masuk dapat dibuka")
		line("executor: Joko Susilo\n      downtime: Paling lama 10 menit")
	case "analysis":
		line("urgency:\n        method: bod-26-04\n        due: %q", f.finished.AddDate(0, 0, 14).Format(time.DateOnly))
		line("riskIfPatched: %s\n      riskIfNot: Tinggi, dapat dipicu dari jarak jauh", f.reason)
		line("impact: Layanan berhenti paling lama 10 menit\n      result: Citra baru tidak lagi memuat kerentanan itu")
		line("recommendation: %s", f.recommendation)
	case "approval":
		line("decision: %s\n      by: %s\n      at: %q\n      disposition: %s", f.written.decision, f.written.by, f.written.at, f.written.disposition)
		line("subject:\n        bytes: %d\n        sha256: %s", f.written.bytes, f.written.sha256)
	case "schedule":
		line("windows:\n        - start: %q\n          end: %q\n          systems:\n            - %s", stampOf(f.at), stampOf(f.at.Add(time.Hour)), f.system)
		line("basis:\n        logs:\n          - Log akses 14 hari terakhir")
		line("notified:\n        - Petugas piket Kominfo")
		if f.replaces != "" {
			line("replaces: %s", f.replaces)
		}
		if f.reason != "" {
			line("reason: %s", f.reason)
		}
	case "implementation":
		line("log:\n        - Kontainer diganti dengan citra baru")
		line("results:\n        - system: %s\n          version: %s\n          outcome: success", f.system, f.version)
		line("tests:\n        - name: Halaman masuk dapat dibuka\n          result: passed")
		line("observation:\n        until: %q\n        summary: Dipantau melalui SIEM, tidak ada kejadian", stampOf(f.finished.Add(time.Hour)))
		line("outcome: %s", f.outcome)
		if f.withoutScan != "" {
			line("withoutScan: %s", f.withoutScan)
		}
	case "report":
		line("summary: %s\n      obstacles: Tidak ada\n      suggestions:\n        - Bangun ulang citra setiap bulan", f.reason)
	case "closure":
		line("outcome: %s\n      note: %s", f.outcome, f.reason)
	case "correction":
		line("of: %s\n      note: %s", f.of, f.reason)
	default:
		line("note: %s", f.reason)
	}
}

// move is a landing as it is meant: commits on a branch, then how they land.
type move struct {
	drafts  []*draft
	landing draft
	style   string // "merge" when empty
	stale   int    // how many landings ago the branch began
	twist   alter  // what a merge that does not only merge does besides
}

// draft is a commit as it is meant.
type draft struct {
	author, committer party
	at, authored      time.Time // authored zero: at
	key               string
	spoilt, mangled   bool
	message           string
	entries           []*entry
	before, after     []alter
	update            bool // merges what has landed meanwhile, and does nothing else
	root              bool // begins a history of its own
}

// entry is an item that a draft appends to a case.
type entry struct {
	kase *kase
	form *form
}

// alter changes the files of a tree.
type alter func(s *scene)

// scene is a tree that is being worked on.
type scene struct {
	*world
	files  map[string]file
	before *deed // what it was
	trunk  *deed // what has landed
}

// reached is everything that led to some deeds, themselves included.
func reached(from ...*deed) map[*deed]bool {
	seen := map[*deed]bool{}
	for len(from) > 0 {
		d := from[0]
		if from = from[1:]; !seen[d] {
			seen[d] = true
			from = append(from, d.parents...)
		}
	}
	return seen
}

// forks are the latest deeds that led to both.
func forks(a, b *deed) (list []*deed) {
	ours, theirs := reached(a), reached(b)
	for d := range ours {
		if theirs[d] {
			list = append(list, d)
		}
	}
	return slices.DeleteFunc(slices.Clone(list), func(d *deed) bool {
		return slices.ContainsFunc(list, func(o *deed) bool { return o != d && reached(o)[d] })
	})
}

// merged is what plain git makes of two sides: what only one of them changed is
// that one's, and of two changes the longer where it continues the other, else
// theirs.
func merged(ours, theirs *deed) map[string]file {
	old := map[string]file{}
	if f := forks(ours, theirs); len(f) > 0 {
		slices.SortFunc(f, func(a, b *deed) int { return strings.Compare(a.id, b.id) })
		old = f[0].files
	}
	out := map[string]file{}
	for path := range union(ours.files, theirs.files) {
		a, b := ours.files[path], theirs.files[path]
		got := b
		if b == old[path] || a != old[path] && a.mode == b.mode && b.data != "" && strings.HasPrefix(a.data, b.data) && strings.HasSuffix(path, "/patch.yaml") {
			got = a
		}
		if got.mode != "" {
			out[path] = got
		}
	}
	return out
}

func union(a, b map[string]file) map[string]bool {
	all := map[string]bool{}
	for path := range a {
		all[path] = true
	}
	for path := range b {
		all[path] = true
	}
	return all
}

// carry does what a move means, on top of what has landed.
func (w *world) carry(trunk *deed, m *move) *deed {
	from := trunk
	for range m.stale {
		if len(from.parents) > 0 && from != w.anchor {
			from = from.parents[0]
		}
	}
	head := from
	for _, d := range m.drafts {
		head = w.do(head, trunk, d)
	}
	land := &m.landing
	at := &deed{author: land.author, committer: land.committer, authored: land.at, at: land.at, key: land.key,
		spoilt: land.spoilt, mangled: land.mangled, message: land.message}
	switch m.style {
	case "push": // the branch itself becomes the main line
		return head
	case "squash", "direct":
		at.parents, at.files = []*deed{trunk}, merged(trunk, head)
	case "ours":
		at.parents, at.files = []*deed{trunk, head}, maps.Clone(trunk.files)
	case "foxtrot": // pulled, then pushed
		at.parents, at.files = []*deed{head, trunk}, merged(trunk, head)
	case "octopus", "octopus-dropping":
		other := w.do(trunk, trunk, &draft{author: of("agus-p"), committer: of("agus-p"), at: land.at, message: "catatan", after: []alter{note("catatan samping")}})
		at.parents, at.files = []*deed{trunk, head, other}, merged(trunk, head)
		if m.style == "octopus-dropping" {
			at.files = maps.Clone(trunk.files)
		}
	default:
		at.parents, at.files = []*deed{trunk, head}, merged(trunk, head)
	}
	if m.twist != nil {
		m.twist(&scene{w, at.files, at.parents[0], trunk})
	}
	w.write(at)
	return at
}

// do makes one commit of a branch.
func (w *world) do(head, trunk *deed, d *draft) *deed {
	authored := d.authored
	if authored.IsZero() {
		authored = d.at
	}
	made := &deed{parents: []*deed{head}, author: d.author, committer: d.committer, authored: authored, at: d.at, key: d.key,
		spoilt: d.spoilt, mangled: d.mangled, message: d.message}
	switch {
	case d.update:
		if reached(head)[trunk] {
			return head
		}
		made.parents = append(made.parents, trunk)
		made.files = merged(head, trunk)
	case d.root:
		made.parents, made.files = nil, map[string]file{}
	default:
		made.files = maps.Clone(head.files)
	}
	s := &scene{w, made.files, head, trunk}
	for _, e := range d.before {
		e(s)
	}
	for _, e := range d.entries {
		s.enter(e)
	}
	for _, e := range d.after {
		e(s)
	}
	w.write(made)
	return made
}

// enter appends an item and lays its files beside it.
func (s *scene) enter(e *entry) {
	path := e.kase.manifest()
	have := s.files[path].data
	if have == "" {
		have = e.kase.header()
		s.known.headers[have] = e.kase
	}
	f := *e.form
	if f.name == "approval" {
		s.sign(&f, e.kase, have)
	}
	text := f.text()
	if f.name == "approval" {
		text = s.sealed(&f, text)
	}
	s.known.forms[text] = &f
	s.files[path] = plain(have + text)
	for _, x := range f.exhibits {
		if _, there := s.files[e.kase.dir+"/"+x.path]; !there {
			s.files[e.kase.dir+"/"+x.path] = plain(x.content)
		}
	}
}

// note adds a line to README.md, which nobody judges.
func note(line string) alter {
	return func(s *scene) { s.files["README.md"] = plain(s.files["README.md"].data + "\n" + line + "\n") }
}
