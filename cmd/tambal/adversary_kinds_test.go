package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// kinds is the catalogue of what an adversary tries, and of what people do who
// mean no harm.
var kinds = slices.Concat(peopleKinds, timeKinds, stepKinds, textKinds, fileKinds, approvalKinds, policyKinds, mergeKinds, workKinds)

var peopleKinds = []kind{
	{"author: somebody else of the office", "harm", on(steps, asParty(func(t *tale, d *draft) (party, party, string) {
		p := t.somebody()
		return of(p), of(p), keyOf(p)
	}))},
	{"author: the Kabid", "harm", on(steps, func(_ *tale, d *draft) { d.author, d.committer, d.key = of("budi-s"), of("budi-s"), "" })},
	{"author: nobody whom the office knows", "harm", on(steps, func(_ *tale, d *draft) { d.author = party{"Budi Santoso", "budi@lain.example"} })},
	{"author: an address that is a letter off", "harm", on(steps, func(_ *tale, d *draft) { d.author.email = strings.Replace(d.author.email, "kominfo", "kominf0", 1) })},
	{"author: the noreply address with a number", "harm", on(steps, func(t *tale, d *draft) {
		d.author = party{"x", fmt.Sprintf("%d+contoh-%s@users.noreply.github.com", 900000001+t.IntN(7), t.somebody())}
	})},
	{"author: the noreply address without a number", "harm", on(steps, func(t *tale, d *draft) { d.author.email = "contoh-" + t.somebody() + "@users.noreply.github.com" })},
	{"committer: somebody else of the office", "harm", on(steps, func(t *tale, d *draft) { d.committer = of(t.somebody()) })},
	{"committer: nobody whom the office knows", "harm", on(steps, func(_ *tale, d *draft) { d.committer = party{"Bot", "bot@lain.example"} })},
	{"committer: who calls himself GitHub", "harm", on(steps, func(_ *tale, d *draft) { d.committer = party{"GitHub", "noreply@github.com"} })},
	{"co-author: the Kabid", "harm", on(steps, func(_ *tale, d *draft) { d.message += "\n\nCo-authored-by: Budi Santoso <budi-s@kominfo.example>" })},
	{"co-author: the Kabid's login", "harm", on(steps, func(_ *tale, d *draft) {
		d.message += "\n\nCo-authored-by: B <contoh-budi-s@users.noreply.github.com>"
	})},
	{"key: none", "harm", on(steps, func(_ *tale, d *draft) { d.key = "" })},
	{"key: a colleague's", "harm", on(steps, func(t *tale, d *draft) { d.key = t.somebody() })},
	{"key: a stranger's", "harm", on(steps, func(_ *tale, d *draft) { d.key = "penyusup" })},
	{"key: one that has expired", "harm", on(item("plan", "implementation", "report"), joko("joko-lama"))},
	{"key: one that is not valid yet", "harm", on(item("plan", "implementation", "report"), joko("joko-nanti"))},
	{"key: one that was stolen", "harm", on(item("plan", "implementation", "report"), joko("joko-hilang"))},
	{"key: over another commit", "harm", on(steps, func(_ *tale, d *draft) { d.spoilt = true })},
}

func joko(key string) func(*tale, *draft) {
	return func(_ *tale, d *draft) { d.author, d.committer, d.key = of("joko-s"), of("joko-s"), key }
}

var timeKinds = []kind{
	{"landing: some hours back", "harm", shiftLanding(func(t *tale) time.Duration { return -time.Duration(1+t.IntN(20)) * time.Hour })},
	{"landing: days back", "harm", shiftLanding(func(t *tale) time.Duration { return -time.Duration(2+t.IntN(200)) * 24 * time.Hour })},
	{"landing: in the future", "harm", shiftLanding(func(t *tale) time.Duration { return time.Duration(2+t.IntN(10000)) * time.Hour })},
	{"landing: into the acting head's weeks", "harm", onLanding(func(_ *tale, m *move) { m.landing.at = time.Date(2026, 3, 4, 9, 0, 0, 0, wib) })},
	{"landing: before a key expired", "harm", on(item("plan", "implementation", "report"), func(t *tale, d *draft) {
		joko("joko-lama")(t, d)
		t.moveOf(d).landing.at = time.Date(2025, 11, 3, 9, 0, 0, 0, wib)
	})},
	{"author date: in the future", "harm", on(steps, func(_ *tale, d *draft) { d.authored = d.at.AddDate(1, 0, 0) })},
	{"item: tells of what is to come", "harm", on(steps, func(_ *tale, d *draft) {
		d.entries[0].form.started, d.entries[0].form.finished = d.at.AddDate(0, 1, 0), d.at.AddDate(0, 1, 1)
	})},
	{"item: ends before it begins", "harm", on(steps, func(_ *tale, d *draft) {
		f := d.entries[0].form
		f.started, f.finished = f.finished, f.started
	})},
	{"implementation: before the approval", "harm", filling("implementation", func(_ *tale, f *form) { f.started = opening })},
}

var stepKinds = []kind{
	{"step: left out", "harm", on(anyDraft, func(_ *tale, d *draft) { d.entries = nil })},
	{"step: left out, with its commit", "harm", onLanding(func(t *tale, m *move) {
		if n := len(m.drafts); n > 1 {
			i := t.IntN(n)
			m.drafts = slices.Delete(m.drafts, i, i+1)
		}
	})},
	{"step: two change places", "harm", onLanding(func(t *tale, m *move) {
		if n := len(m.drafts); n > 1 {
			i := t.IntN(n - 1)
			m.drafts[i].entries, m.drafts[i+1].entries = m.drafts[i+1].entries, m.drafts[i].entries
		}
	})},
	{"step: commits change places", "harm", onLanding(func(t *tale, m *move) {
		if n := len(m.drafts); n > 1 {
			i := t.IntN(n - 1)
			m.drafts[i], m.drafts[i+1] = m.drafts[i+1], m.drafts[i]
		}
	})},
	{"step: twice", "harm", on(func(d *draft) bool { return len(d.entries) > 0 }, func(_ *tale, d *draft) { d.entries = append(d.entries, d.entries[0]) })},
	{"step: a whole landing left out", "harm", func(t *tale) bool {
		if len(t.moves) < 2 {
			return false
		}
		i := t.IntN(len(t.moves))
		t.moves = slices.Delete(t.moves, i, i+1)
		return true
	}},
	{"step: two landings change places", "harm", func(t *tale) bool {
		if len(t.moves) < 2 {
			return false
		}
		i := t.IntN(len(t.moves) - 1)
		t.moves[i], t.moves[i+1] = t.moves[i+1], t.moves[i]
		t.moves[i].landing.at, t.moves[i+1].landing.at = t.moves[i+1].landing.at, t.moves[i].landing.at
		return true
	}},
	{"step: one that the SOP does not know", "harm", on(steps, func(_ *tale, d *draft) {
		f := form{name: "uji-coba", reason: "Langkah kesembilan"}
		f.dated(d.at)
		d.entries = append(d.entries, &entry{d.entries[0].kase, &f})
	})},
	{"step: an early end", "harm", on(steps, func(t *tale, d *draft) {
		outcome := []string{"implemented", "withdrawn", "not-required", "rejected", "rolled-back", "partial"}[t.IntN(6)]
		d.entries = append(d.entries, work(self(t, d), d.at, d.entries[0].kase, closure(outcome)).entries...)
	})},
	{"step: the next one in the same commit", "harm", on(steps, func(t *tale, d *draft) {
		next := []*form{plan(), analysis("implement"), schedule(), implementation("no-anomaly"), reporting()}[t.IntN(5)]
		d.entries = append(d.entries, work(self(t, d), d.at, d.entries[0].kase, next).entries...)
	})},
	{"step: withdrawn by whoever is not asked", "harm", on(item("plan", "monitoring", "schedule"), func(t *tale, d *draft) {
		person := t.somebody()
		t.inserted(d, true, work(person, d.at.Add(time.Minute), d.entries[0].kase, closure("withdrawn")))
	})},
	{"closure: another outcome", "harm", filling("closure", func(t *tale, f *form) {
		f.outcome = []string{"implemented", "withdrawn", "not-required", "rejected", "rolled-back", "partial", "accepted-risk"}[t.IntN(6)]
	})},
	{"schedule: a second one in silence", "harm", on(item("schedule"), func(t *tale, d *draft) {
		t.inserted(d, true, work(self(t, d), d.at.Add(time.Minute), d.entries[0].kase, schedule()))
	})},
	{"retry: of a case that is open or unknown", "harm", on(item("monitoring"), func(t *tale, d *draft) {
		d.entries[0].kase.retryOf = []string{"SP-2026-0001", "SP-2026-0003", "SP-2026-0004", "SP-2026-0777"}[t.IntN(4)]
	})},
	{"schedule: for what was not planned", "harm", filling("schedule", func(_ *tale, f *form) { f.system = "layanan-kota" })},
	{"implementation: of what was not planned", "harm", filling("implementation", func(_ *tale, f *form) { f.system = "layanan-kota" })},
	{"implementation: another version", "harm", filling("implementation", func(_ *tale, f *form) { f.version = "Alpine Linux 3.9" })},
	{"step: withdrawn text of somebody else, revived", "harm", revised(anybody, true)},
	{"step: what landed as nothing, revived", "harm", earlier(anybody)},
	{"step: what the Kabid landed as nothing, revived", "harm", earlier(func(*tale, *draft) string { return "budi-s" })},
	{"step: somebody's text, written over", "harm", revised(anybody, false)},
	{"step: written before the approval, merged behind it", "harm", onLanding(func(t *tale, m *move) {
		i := slices.IndexFunc(m.drafts, approvals)
		if i < 0 {
			return
		}
		m.drafts[i].entries = append(m.drafts[i].entries, work("siti-a", m.drafts[i].at, m.drafts[i].entries[0].kase, schedule()).entries...)
	})},
}

var textKinds = []kind{
	{"text: one byte of what has landed", "harm", beside(landed(oneByte))},
	{"text: a comment behind what has landed", "harm", on(steps, func(_ *tale, d *draft) {
		name := d.entries[0].kase.manifest()
		d.before = append(d.before, func(s *scene) {
			if f, ok := s.files[name]; ok && f == s.trunk.files[name] {
				s.files[name] = plain(f.data + "      # disetujui juga untuk sistem lain\n")
			}
		})
	})},
	{"text: an item taken away", "harm", beside(content(manifests, withoutItem))},
	{"text: items in another order", "harm", beside(content(manifests, func(_ *tale, data string) string {
		head, texts := cut(data)
		slices.Reverse(texts)
		return head + strings.Join(texts, "")
	}))},
	{"text: half of it", "harm", beside(content(manifests, func(_ *tale, data string) string { return data[:len(data)/2] }))},
	{"text: nothing left", "harm", beside(content(manifests, func(*tale, string) string { return "" }))},
	{"text: CRLF", "harm", beside(content(manifests, func(_ *tale, data string) string { return strings.ReplaceAll(data, "\n", "\r\n") }))},
	{"text: without the last line feed", "harm", beside(content(manifests, func(_ *tale, data string) string { return strings.TrimSuffix(data, "\n") }))},
	{"text: a byte order mark", "harm", beside(content(manifests, func(_ *tale, data string) string { return "\ufeff" + data }))},
	{"text: a second document", "harm", beside(content(manifests, func(_ *tale, data string) string { return data + "---\nsteps:\n" }))},
	{"text: a key behind the steps", "harm", beside(content(manifests, func(_ *tale, data string) string { return data + "status: selesai\n" }))},
	{"text: another title", "harm", beside(landed(swap("  title: musl", "  title: Musl")))},
	{"text: another case in the header", "harm", beside(content(manifests, swap("  id: SP-2026-000", "  id: SP-2026-001")))},
	{"yaml: a key twice", "harm", lapsed("note: satu\n      note: dua")},
	{"yaml: an anchor", "harm", lapsed("note: &a satu")},
	{"yaml: a tag", "harm", lapsed("note: !!str satu")},
	{"yaml: what some read as false", "harm", lapsed("note: no")},
	{"yaml: a question mark", "harm", lapsed("? note\n      : satu")},
	{"yaml: a tab", "harm", lapsed("note:\tsatu\n\tdua: tiga")},
	{"yaml: what goes on below its key", "harm", lapsed("note: satu\n      dua")},
	{"yaml: a comment that sticks to its value", "harm", lapsed("note: \"satu\"# dua")},
	{"yaml: a field that nobody knows", "harm", lapsed("disetujui: true")},
	{"yaml: a merge key", "harm", lapsed("<<: {note: satu}")},
}

var fileKinds = []kind{
	{"case: renamed", "harm", beside(onFile(manifests, folderTo(func(dir string) string { return strings.Replace(dir, "SP-2026-0", "SP-2026-9", 1) })))},
	{"case: in another year", "harm", beside(onFile(manifests, folderTo(func(dir string) string { return strings.Replace(dir, "/2026/", "/2025/", 1) })))},
	{"case: somewhere else", "harm", beside(onFile(manifests, folderTo(func(dir string) string { return strings.Replace(dir, "patches/", "arsip/", 1) })))},
	{"case: deleted", "harm", beside(onFile(manifests, func(_ *tale, s *scene, name string) {
		for _, n := range s.find(func(n string) bool { return strings.HasPrefix(n, strings.TrimSuffix(name, "patch.yaml")) }) {
			delete(s.files, n)
		}
	}))},
	{"case: its manifest deleted", "harm", beside(onFile(manifests, func(_ *tale, s *scene, name string) { delete(s.files, name) }))},
	{"case: a twin in small letters", "harm", beside(onFile(manifests, func(_ *tale, s *scene, name string) {
		s.files[strings.Replace(name, "SP-", "sp-", 1)] = s.files[name]
	}))},
	{"case: a twin of all patches", "harm", beside(put("Patches/2026/SP-2026-0001/patch.yaml", plain("x\n")))},
	{"case: a symbolic link", "harm", beside(put("patches/2026/SP-2026-0555", file{"120000", "SP-2026-0001"}))},
	{"case: a submodule", "harm", beside(put("patches/2026/SP-2026-0556", file{"160000", ""}))},
	{"case: a file beside the cases", "harm", beside(put("patches/catatan.txt", plain("x\n")))},
	{"case: a file beside the manifest", "harm", beside(put("patches/2026/SP-2026-0001/setuju.txt", plain("x\n")))},
	{"manifest: executable", "harm", beside(onFile(manifests, withMode("100755")))},
	{"manifest: a symbolic link", "harm", beside(onFile(manifests, withMode("120000")))},
	{"manifest: named otherwise", "harm", beside(onFile(manifests, func(_ *tale, s *scene, name string) {
		s.files[strings.TrimSuffix(name, "yaml")+"yml"] = s.files[name]
		delete(s.files, name)
	}))},
	{"evidence: another file in its place", "harm", beside(content(exhibits, func(t *tale, _ string) string { return shelved("trivy/alpine-310.json") }))},
	{"evidence: one byte", "harm", beside(content(exhibits, oneByte))},
	{"evidence: deleted", "harm", beside(onFile(exhibits, func(_ *tale, s *scene, name string) { delete(s.files, name) }))},
	{"evidence: renamed", "harm", beside(onFile(exhibits, func(_ *tale, s *scene, name string) {
		s.files[name+".lama"] = s.files[name]
		delete(s.files, name)
	}))},
	{"evidence: empty", "harm", beside(content(exhibits, func(*tale, string) string { return "" }))},
	{"evidence: a pointer", "harm", beside(content(exhibits, func(_ *tale, data string) string {
		return "version https://git-lfs.github.com/spec/v1\noid sha256:" + digest(data) + "\nsize 1\n"
	}))},
	{"evidence: a symbolic link", "harm", beside(onFile(exhibits, withMode("120000")))},
	{"evidence: executable", "harm", beside(onFile(exhibits, withMode("100755")))},
	{"evidence: an honest digest of a pointer", "harm", on(shows, func(_ *tale, d *draft) {
		d.entries[0].form.exhibits[0].content = "version https://git-lfs.github.com/spec/v1\noid sha256:" + digest("x") + "\nsize 1\n"
	})},
	{"evidence: an honest digest of nothing", "harm", on(shows, func(_ *tale, d *draft) { d.entries[0].form.exhibits[0].content = "" })},
	{"evidence: an honest digest of no scan", "harm", on(shows, func(_ *tale, d *draft) { d.entries[0].form.exhibits[0].content = "{}\n" })},
	{"evidence: another digest", "harm", on(shows, func(_ *tale, d *draft) { d.entries[0].form.exhibits[0].sha256 = digest("lain") })},
	{"evidence: of another system", "harm", on(shows, func(_ *tale, d *draft) { d.entries[0].form.exhibits[0].of = "layanan-kota" })},
	{"scan: the one from before again", "harm", filling("implementation", func(_ *tale, f *form) {
		if len(f.exhibits) > 1 {
			f.exhibits[0].content = shelved("trivy/alpine-39.json")
		}
	})},
	{"scan: none afterwards", "harm", filling("implementation", func(_ *tale, f *form) { f.exhibits = f.exhibits[min(1, len(f.exhibits)):] })},
	{"scan: none before", "harm", filling("monitoring", func(_ *tale, f *form) { f.exhibits = nil })},
	{"siem: none", "harm", filling("implementation", func(_ *tale, f *form) { f.exhibits = f.exhibits[:max(0, len(f.exhibits)-1)] })},
}

var approvalKinds = []kind{
	{"approval: for half the text", "harm", filling("approval", func(_ *tale, f *form) {
		f.subjectOf = func(before string) string { return before[:len(before)/2] }
	})},
	{"approval: signed for half, written for the whole", "harm", bent(func(c *claims) { c.bytes /= 2 })},
	{"approval: signed with another key", "harm", filling("approval", func(t *tale, f *form) { f.seal = t.somebody() })},
	{"approval: signed with a stranger's key", "harm", filling("approval", func(_ *tale, f *form) { f.seal = "penyusup" })},
	{"approval: by somebody else", "harm", filling("approval", func(t *tale, f *form) { f.by = t.somebody() })},
	{"approval: by nobody", "harm", filling("approval", func(_ *tale, f *form) { f.by, f.seal = "sekda", "penyusup" })},
	{"approval: signed as a refusal", "harm", bent(func(c *claims) {
		c.decision = map[string]string{"approved": "rejected", "rejected": "approved"}[c.decision]
	})},
	{"approval: signed for another case", "harm", bent(func(c *claims) { c.kase = "SP-2026-0099" })},
	{"approval: signed for another repository", "harm", bent(func(c *claims) { c.root = strings.Repeat("1", 40) })},
	{"approval: signed as a commit", "harm", bent(func(c *claims) { c.namespace = "git" })},
	{"approval: signed at another time", "harm", bent(func(c *claims) { c.at = "2026-02-01T10:00:00+07:00" })},
	{"approval: signed with another disposition", "harm", bent(func(c *claims) { c.disposition = "Tunggu." })},
	{"approval: signed under another policy", "harm", bent(func(c *claims) { c.policy = "sha256:" + strings.Repeat("0", 64) })},
	{"approval: one byte changed afterwards", "harm", on(approvals, func(t *tale, d *draft) {
		seed, name := t.Uint64(), d.entries[0].kase.manifest()
		d.after = append(d.after, func(s *scene) {
			head, texts := cut(s.files[name].data)
			if last := len(texts) - 1; last >= 0 {
				own := *t
				own.Rand = seeded(seed)
				texts[last] = oneByte(&own, texts[last])
			}
			s.files[name] = plain(head + strings.Join(texts, ""))
		})
	})},
	{"approval: copied from another case", "harm", on(approvals, func(_ *tale, d *draft) {
		d.entries = nil
		k := caseOf(d)
		d.after = append(d.after, func(s *scene) {
			for _, name := range s.find(manifests) {
				_, texts := cut(s.files[name].data)
				for _, t := range texts {
					if own, ok := s.files[k.manifest()]; ok && name != k.manifest() && strings.HasPrefix(t, "  - approval:") {
						s.files[k.manifest()] = plain(own.data + t)
						return
					}
				}
			}
		})
	})},
	{"approval: a review that somebody typed", "harm", filling("approval", func(_ *tale, f *form) { f.typed = true })},
	{"approval: the plan is changed behind it", "harm", on(approvals, func(t *tale, d *draft) {
		e := d.entries[0]
		t.inserted(d, true, &draft{author: of("siti-a"), committer: of("siti-a"), at: d.at.Add(time.Minute), message: "perbaikan", after: []alter{func(s *scene) {
			if f, ok := s.files[e.kase.manifest()]; ok {
				s.files[e.kase.manifest()] = plain(strings.Replace(f.data, "Joko Susilo", "Vendor Luar", 1))
			}
		}}})
	})},
	{"approval: something is added before it", "harm", on(approvals, func(t *tale, d *draft) {
		e := d.entries[0]
		t.inserted(d, true, &draft{author: of("siti-a"), committer: of("siti-a"), at: d.at.Add(time.Minute), message: "tambahan", after: []alter{func(s *scene) {
			f := s.files[e.kase.manifest()]
			s.files[e.kase.manifest()] = plain(strings.Replace(f.data, "  - approval:", "  - correction:\n      of: plan\n      note: Diperluas ke semua sistem\n  - approval:", 1))
		}}})
	})},
	{"approval: by the acting head outside her weeks", "harm", filling("approval", func(_ *tale, f *form) { f.by = "dewi-k" })},
	{"approval: committed by the technical team", "work", on(approvals, func(_ *tale, d *draft) { d.author, d.committer = of("rina-w"), of("rina-w") })},
}

// caseOf is the case of a commit, for when its items are gone.
func caseOf(d *draft) *kase {
	id, _, _ := strings.Cut(d.message, ":")
	return caseNamed(id)
}

var policyKinds = []kind{
	{"policy: changed beside a case", "harm", beside(func(*tale) alter { return grant("joko-s", "administrator") })},
	{"policy: changed by nobody who may", "harm", amendment("agus-p", "agus-p", grant("joko-s", "administrator"))},
	{"policy: an attacker makes himself Kabid", "harm", amendment("joko-s", "joko-s", grant("joko-s", "kabid"))},
	{"policy: in the owner's name, unsigned", "harm", amendment("siti-a", "", grant("agus-p", "technical-team"))},
	{"policy: in the owner's name, with another key", "harm", amendment("siti-a", "joko-s", grant("joko-s", "kabid"))},
	{"policy: the Kabid's key swapped unseen, and used", "harm", func(t *tale) bool {
		if !filling("approval", func(_ *tale, f *form) { f.seal = "penyusup" })(t) {
			return false
		}
		return amendment("siti-a", "", newKey("budi-s", "penyusup"))(t)
	}},
	{"policy: nobody is left to approve", "harm", amendment("siti-a", "siti-a", dropped("budi-s", "kabid"))},
	{"policy: nobody is left to own it", "harm", amendment("siti-a", "siti-a", dropped("siti-a", "policy-owner"))},
	{"policy: broken", "harm", amendment("siti-a", "siti-a", func(s *scene) { s.files[teamFile] = plain(s.files[teamFile].data + "people: []\n") })},
	{"policy: gone", "harm", amendment("siti-a", "siti-a", func(s *scene) { delete(s.files, "policies/sop.yaml") })},
	{"policy: one may approve what is one's own", "harm", amendment("agus-p", "", func(s *scene) {
		s.office("policies/sop.yaml", "approverNotAuthor: true", "approverNotAuthor: false", func(office) {})
	})},
	{"policy: executable", "harm", amendment("siti-a", "siti-a", func(s *scene) { s.files[teamFile] = file{"100755", s.files[teamFile].data} })},
	{"gate: what checks, changed beside a case", "harm", beside(put(".github/workflows/tambal.yml", plain("name: lain\n")))},
	{"mailmap: added", "harm", beside(put(".mailmap", plain("Rina Wulandari <rina-w@kominfo.example> <budi-s@kominfo.example>\n")))},
}

var mergeKinds = []kind{
	{"merge: pushed instead", "harm", style("direct")},
	{"merge: the branch pushed as it is", "harm", style("push")},
	{"merge: squashed", "harm", onLanding(func(_ *tale, m *move) { m.style, m.landing.message = "squash", "langkah (#12)" })},
	{"merge: drops its side", "harm", style("ours")},
	{"merge: an octopus", "harm", style("octopus")},
	{"merge: an octopus that drops a side", "harm", style("octopus-dropping")},
	{"merge: pulled, then pushed", "harm", onLanding(func(t *tale, m *move) { m.style, m.stale = "foxtrot", 1+t.IntN(2) })},
	{"merge: a note pulled over what has landed", "harm", onLanding(func(t *tale, m *move) {
		m.style, m.stale = "foxtrot", 1+t.IntN(2)
		m.drafts = []*draft{{author: of("siti-a"), committer: of("siti-a"), at: m.landing.at.Add(-time.Minute), message: "catatan", after: []alter{note("catatan")}}}
	})},
	{"merge: writes one byte", "harm", twisted(landed(oneByte))},
	{"merge: adds an item", "harm", twisted(content(manifests, func(_ *tale, data string) string { return data + closure("withdrawn").text() }))},
	{"merge: takes an item away", "harm", twisted(content(manifests, withoutItem))},
	{"merge: swaps evidence", "harm", twisted(content(exhibits, oneByte))},
	{"merge: drops evidence", "harm", twisted(onFile(exhibits, func(_ *tale, s *scene, name string) { delete(s.files, name) }))},
	{"merge: adds a file to a case", "harm", twisted(onFile(manifests, func(_ *tale, s *scene, name string) {
		s.files[strings.TrimSuffix(name, "patch.yaml")+"evidence/titipan.txt"] = plain("x\n")
	}))},
	{"merge: changes the policy", "harm", twisted(func(*tale) alter { return grant("joko-s", "kabid") })},
	{"merge: in Git's bad grammar", "harm", onLanding(func(_ *tale, m *move) { m.landing.mangled = true })},
	{"commit: in Git's bad grammar", "harm", on(anyDraft, func(_ *tale, d *draft) { d.mangled = true })},
	{"branch: brings a foreign history", "harm", onLanding(func(_ *tale, m *move) {
		root := &draft{author: of("siti-a"), committer: of("siti-a"), at: m.landing.at.Add(-time.Hour), message: "awal", root: true, after: []alter{note("asing")}}
		m.drafts = slices.Insert(m.drafts, 0, root)
	})},
	{"trailers: forged", "harm", on(anyDraft, func(_ *tale, d *draft) {
		d.message += "\n\nReviewed-by: Budi Santoso <budi-s@kominfo.example>\nCase: SP-2026-0001\nStep: approval"
	})},
	{"case: two at once", "harm", otherCase(monitoring("required"), plan())},
}

var workKinds = []kind{
	{"work: another administrator does it", "work", on(func(d *draft) bool { return steps(d) && d.key == "" }, asParty(func(t *tale, _ *draft) (party, party, string) {
		p := []string{"siti-a", "agus-p"}[t.IntN(2)]
		return of(p), of(p), ""
	}))},
	{"work: the technical team does it", "work", on(item("plan", "schedule", "implementation", "report", "closure"), asParty(func(t *tale, _ *draft) (party, party, string) {
		p := []string{"rina-w", "joko-s"}[t.IntN(2)]
		return of(p), of(p), p
	}))},
	{"work: signed though nobody asks", "work", on(steps, func(t *tale, d *draft) { d.key = self(t, d) })},
	{"work: written in several commits", "work", revised(self, false)},
	{"work: taken back and done again", "work", revised(self, true)},
	{"work: brought up to date with main", "work", onLanding(func(t *tale, m *move) {
		m.stale = 1
		who := of("siti-a")
		m.drafts = append(m.drafts, &draft{author: who, committer: who, at: m.landing.at.Add(-time.Minute), message: "Merge branch 'main'", update: true})
	})},
	{"work: main merged first", "work", onLanding(func(t *tale, m *move) {
		m.stale = 2
		who := of("agus-p")
		m.drafts = slices.Insert(m.drafts, 0, &draft{author: who, committer: who, at: m.landing.at.Add(-3 * time.Hour), message: "Merge branch 'main'", update: true})
	})},
	{"work: a branch from some time ago", "work", onLanding(func(t *tale, m *move) { m.stale = 1 + t.IntN(3) })},
	{"work: a note in README", "work", beside(func(t *tale) alter { return note("catatan") })},
	{"work: a note pushed to main", "work", func(t *tale) bool {
		i := t.IntN(len(t.moves))
		at := t.moves[i].landing.at.Add(-4 * time.Hour)
		if len(t.moves[i].drafts) > 0 {
			at = t.moves[i].drafts[0].at.Add(-9 * time.Minute)
		}
		d := &draft{author: of("siti-a"), committer: of("siti-a"), at: at, message: "catatan", after: []alter{note("dorong")}}
		t.moves = slices.Insert(t.moves, i, &move{drafts: []*draft{d}, style: "push"})
		return true
	}},
	{"work: a policy signed by its owner", "work", amendment("siti-a", "siti-a", grant("joko-s", "administrator"))},
	{"work: the Kabid has a new key", "work", func(t *tale) bool {
		filling("approval", func(_ *tale, f *form) {
			if f.by == "budi-s" && f.seal == "" {
				f.seal = "penyusup"
			}
		})(t)
		return amendment("siti-a", "siti-a", newKey("budi-s", "penyusup"))(t)
	}},
	{"work: one more exhibit", "work", on(item("monitoring", "plan", "report", "closure", "implementation"), func(t *tale, d *draft) {
		f := d.entries[0].form
		f.exhibits = append(f.exhibits, exhibit{path: fmt.Sprintf("evidence/foto-%d.txt", t.IntN(1000)), content: fmt.Sprintf("foto %d\n", t.IntN(1000)), format: "text", phase: "other", of: "layanan-desa"})
	})},
	{"work: a file that nothing lists", "work", on(steps, func(t *tale, d *draft) {
		dir := d.entries[0].kase.dir
		d.after = append(d.after, func(s *scene) { s.files[dir+"/evidence/catatan.txt"] = plain("catatan\n") })
	})},
	{"work: in another zone", "work", on(anyDraft, func(t *tale, d *draft) {
		d.at = d.at.In(time.FixedZone("", (t.IntN(23)-11)*3600))
		t.moveOf(d).landing.at = t.moveOf(d).landing.at.In(time.UTC)
	})},
	{"work: a comment in a new item", "work", on(steps, func(_ *tale, d *draft) { d.entries[0].form.comment = "ditulis di lapangan" })},
	{"work: a correction", "work", on(steps, func(t *tale, d *draft) {
		f := &form{name: "correction", of: []string{"monitoring", "monitoring", "plan", "analysis"}[t.IntN(4)], reason: "Nama layanan ditulis lengkap."}
		d.entries = append(d.entries, work(self(t, d), d.at, d.entries[0].kase, f).entries...)
	})},
	{"work: scheduled again, with a reason", "work", on(item("schedule"), func(t *tale, d *draft) {
		f := schedule()
		f.replaces, f.reason = "schedule", "Layanan dipakai untuk ujian daring."
		t.inserted(d, true, work("agus-p", d.at.Add(time.Minute), d.entries[0].kase, f))
	})},
	{"work: withdrawn by whose turn it is", "work", on(item("monitoring"), func(t *tale, d *draft) {
		if d.entries[0].form.decision == "required" {
			t.inserted(d, true, work("agus-p", d.at.Add(time.Minute), d.entries[0].kase, closure("withdrawn")))
		}
	})},
	{"work: recommended not to patch", "work", on(item("analysis"), func(_ *tale, d *draft) { d.entries[0].form.recommendation = "do-not-implement" })},
	{"work: an anomaly", "work", filling("implementation", func(_ *tale, f *form) { f.outcome = "anomaly" })},
	{"work: ends partly", "work", filling("closure", func(_ *tale, f *form) { f.outcome = "partial" })},
	{"work: no scan, for a reason", "work", filling("implementation", func(_ *tale, f *form) {
		f.exhibits, f.withoutScan = f.exhibits[max(0, len(f.exhibits)-1):], "Pemindai sedang diperbaiki."
	})},
	{"work: the merge is signed", "work", onLanding(func(_ *tale, m *move) {
		if i := slices.IndexFunc(people, func(p string) bool { return of(p) == m.landing.author }); i >= 0 {
			m.landing.key = people[i]
		}
	})},
	{"work: somebody else merges", "work", onLanding(func(t *tale, m *move) {
		m.landing.author = of(t.somebody())
		m.landing.committer = m.landing.author
	})},
	{"work: a clock some minutes late", "work", shiftLanding(func(t *tale) time.Duration { return -time.Duration(t.IntN(8)) * time.Minute })},
	{"work: a colleague named as co-author", "work", on(steps, func(t *tale, d *draft) {
		p := []string{"siti-a", "agus-p", "rina-w", "joko-s"}[t.IntN(4)]
		d.message += "\n\nCo-authored-by: " + names[p] + " <" + p + "@kominfo.example>"
	})},
	{"work: an unlisted co-author", "work", on(steps, func(_ *tale, d *draft) { d.message += "\n\nCo-authored-by: Vendor <vendor@lain.example>" })},
	{"work: several cases opened together", "work", otherCase(monitoring("required"))},
	{"work: a case opened and closed", "work", func(t *tale) bool {
		i := t.IntN(len(t.moves))
		if len(t.moves[i].drafts) == 0 {
			return false
		}
		at := t.moves[i].drafts[0].at.Add(-12 * time.Minute)
		k := caseNamed(fmt.Sprintf("SP-2026-%04d", 200+t.IntN(50)))
		t.moves = slices.Insert(t.moves, i, land("agus-p", at.Add(time.Minute), k, work("siti-a", at, k, monitoring("not-required"), closure("not-required"))))
		return true
	}},
	{"work: empty commits", "work", on(anyDraft, func(t *tale, d *draft) {
		t.inserted(d, t.IntN(2) == 0, &draft{author: of("budi-s"), committer: of("budi-s"), at: d.at, message: "kosong"})
	})},
}
