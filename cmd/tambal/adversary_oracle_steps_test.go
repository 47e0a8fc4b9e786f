package main

import (
	"slices"
	"strings"
	"time"
)

// hands notes who had a hand in a new item of a case: who first wrote its words
// there, another form of it, or a file that it lists.
func (o *oracle) hands(dir string, items []*form, i int) {
	manifest, f := dir+"/patch.yaml", items[i]
	_, texts := cut(o.l.files[manifest].data)
	nth := 0
	for _, earlier := range items[:i] {
		if earlier.name == f.name {
			nth++
		}
	}
	place := whereOf(dir, i)
	for d := range reached(o.l) {
		if d == o.l && o.pending {
			continue
		}
		wrote := o.side[d] && o.worded(d, manifest, f.name, nth) || o.first(d, manifest, texts, i)
		for _, x := range f.exhibits {
			name := dir + "/" + x.path
			if d.files[name].mode != "" && !slices.ContainsFunc(d.parents, func(b *deed) bool { return b.files[name] == d.files[name] }) {
				wrote = wrote || o.side[d]
				o.took(place, d) // also who laid it there long before
			}
		}
		if wrote {
			o.wrote[d] = append(o.wrote[d], i)
			o.took(place, d)
		}
	}
}

func whereOf(dir string, i int) string { return dir + "#" + string(rune('0'+i)) }

// took notes everybody whom a commit names.
func (o *oracle) took(place string, d *deed) {
	o.part[place] = append(o.part[place], d.author, d.committer)
	for line := range strings.Lines(d.message) {
		if rest, ok := strings.CutPrefix(line, "Co-authored-by: "); ok {
			o.part[place] = append(o.part[place], party{email: strings.Trim(rest[strings.Index(rest, "<"):], "<>\n")})
		}
	}
}

// worded says whether a commit gave the n-th item of a name words that it did not
// have in what the commit went on from, within this landing.
func (o *oracle) worded(d *deed, manifest, name string, nth int) bool {
	words := func(of *deed) string {
		_, texts := cut(of.files[manifest].data)
		n := 0
		for _, t := range texts {
			if strings.HasPrefix(t, "  - "+name+":") {
				if n == nth {
					return t
				}
				n++
			}
		}
		return ""
	}
	mine := words(d)
	return mine != "" && !slices.ContainsFunc(d.parents, func(b *deed) bool { return o.side[b] && words(b) == mine })
}

// first says whether a commit brought a line of an item into the case that none of
// its parents had there, and that had not landed in it before. A line that stands
// in several items tells nothing.
func (o *oracle) first(d *deed, manifest string, texts []string, i int) bool {
	has := func(of *deed, line string) bool {
		for l := range strings.Lines(of.files[manifest].data) {
			if strings.TrimSpace(l) == line {
				return true
			}
		}
		return false
	}
	others := strings.Join(slices.Delete(slices.Clone(texts), i, i+1), "")
	for line := range strings.Lines(texts[i]) {
		line = strings.TrimSpace(line)
		if len(line) >= 20 && !strings.Contains(others, line) && has(d, line) && !has(o.p, line) && !slices.ContainsFunc(d.parents, func(b *deed) bool { return has(b, line) }) {
			return true
		}
	}
	return false
}

// writer wants one role of whoever wrote items to fit them all, and his signature
// where the role demands one.
func (o *oracle) writer(d *deed, items []*form, steps []int) {
	var roles []string
	demanded := false
	author, signer := o.in.person(d.author.email), o.signedBy(d)
	for n, i := range slices.DeleteFunc(slices.Clone(steps), func(i int) bool { return items[i].name == "approval" }) {
		fit := rolesFor(items[:i], items[i])
		mine := slices.DeleteFunc(slices.Clone(fit), func(r string) bool { return !o.may(author, r) })
		demanded = demanded || slices.Equal(mine, []string{"technical-team"}) // the only role that must sign
		if roles = slices.DeleteFunc(roles, func(r string) bool { return !slices.Contains(fit, r) }); n == 0 {
			roles = fit
		}
	}
	if roles == nil && len(steps) > 0 && !slices.ContainsFunc(steps, func(i int) bool { return items[i].name != "approval" }) {
		return // an approval is its signer's, whoever commits it
	}
	for _, who := range []party{d.author, d.committer} {
		if !o.may(o.in.person(who.email), roles...) {
			o.no("%s may not write %s", who.email, items[steps[0]].name)
		}
	}
	switch {
	case signer == "" && demanded:
		o.no("%s had to sign", author)
	case signer != "" && signer != author:
		o.no("a signature that is not %s's", author)
	}
	if d.authored.After(o.now.Add(10 * time.Minute)) {
		o.no("written in the future")
	}
}

// rolesFor is who may take a step.
func rolesFor(before []*form, f *form) []string {
	both := []string{"administrator", "technical-team"}
	name := f.name
	if name == "closure" && f.outcome == "withdrawn" {
		name = expected(before) // whoever would have had to go on
	}
	switch name {
	case "monitoring":
		return []string{"administrator"}
	case "analysis":
		return []string{"technical-team"}
	case "approval":
		return []string{"kabid"}
	case "correction":
		return append(both, "kabid", "policy-owner")
	}
	return both
}

// story leaves out what is only a note.
func story(items []*form) []*form {
	return slices.DeleteFunc(slices.Clone(items), func(f *form) bool { return f.name == "correction" })
}

func lastOf(items []*form, name string) *form {
	for _, f := range slices.Backward(items) {
		if f.name == name {
			return f
		}
	}
	return nil
}

// expected is the step that comes next, "" when the case is closed.
func expected(before []*form) string {
	told := story(before)
	if len(told) == 0 {
		return "monitoring"
	}
	last := told[len(told)-1]
	switch last.name {
	case "monitoring":
		if last.decision == "not-required" {
			return "closure"
		}
		return "plan"
	case "plan":
		return "analysis"
	case "analysis":
		return "approval"
	case "approval":
		if a := lastOf(told, "analysis"); last.written.decision == "approved" && a != nil && a.recommendation == "implement" {
			return "schedule"
		}
		return "closure"
	case "schedule":
		return "implementation"
	case "implementation":
		return "report"
	case "report":
		return "closure"
	}
	return ""
}

// endings are the outcomes with which a case may close now.
func endings(before []*form) []string {
	told := story(before)
	last := told[len(told)-1]
	switch {
	case last.name == "monitoring":
		return []string{"not-required"}
	case last.name == "approval" && last.written.decision == "rejected":
		return []string{"rejected"}
	case last.name == "approval":
		return []string{"not-required", "accepted-risk"}
	case lastOf(told, "implementation") == nil:
		return nil
	case lastOf(told, "implementation").outcome == "anomaly":
		return []string{"partial"} // all results of these stories are a success
	}
	return []string{"implemented"}
}

// step judges one new item by itself.
func (o *oracle) step(dir string, items []*form, i int) {
	before, f := items[:i], items[i]
	next := expected(before)
	switch {
	case f.lapse != "":
		o.no("%s is not filled in as it must be", f.name)
	case f.name == "correction":
		o.correction(before, f)
	case next == "":
		o.no("%s after the end", f.name)
	case f.name == "closure" && f.outcome == "withdrawn" && len(before) > 0:
	case f.name == "schedule" && next == "implementation":
		if f.replaces == "" || f.reason == "" {
			o.no("a second schedule without a word about the first")
		}
	case f.name != next:
		o.no("%s where %s is next", f.name, next)
	case f.name == "closure" && !slices.Contains(endings(before), f.outcome):
		o.no("it cannot end as %s", f.outcome)
	}
	for _, t := range []time.Time{f.started, f.finished, f.at} {
		if t.After(o.l.at.Add(10 * time.Minute)) {
			o.no("%s tells of what is to come", f.name)
		}
	}
	if f.finished.Before(f.started) {
		o.no("%s ends before it begins", f.name)
	}
	for _, x := range f.exhibits {
		o.exhibit(dir, f, x)
	}
	switch f.name {
	case "approval":
		o.approval(dir, before, f)
	case "schedule":
		if f.system != "layanan-desa" {
			o.no("a schedule for what was not planned")
		}
	case "implementation":
		o.implementation(dir, before, f)
	}
}

func (o *oracle) correction(before []*form, f *form) {
	of := slices.IndexFunc(before, func(b *form) bool { return b.name == f.of })
	decided := slices.IndexFunc(before, func(b *form) bool { return b.name == "approval" })
	if of < 0 || decided >= 0 && of > 0 && of < decided {
		o.no("a correction of %s", f.of)
	}
}

// exhibit wants a listed file to be there, to be what was listed, and to be what
// it is said to be.
func (o *oracle) exhibit(dir string, f *form, x exhibit) {
	there := o.l.files[dir+"/"+x.path]
	listed := x.sha256
	if listed == "" {
		listed = digest(x.content)
	}
	switch {
	case there.mode != "100644" || there.data == "" || strings.HasPrefix(there.data, "version https://git-lfs"):
		o.no("%s is not there", x.path)
	case digest(there.data) != listed:
		o.no("%s is another file", x.path)
	case x.of != "layanan-desa":
		o.no("%s is of another system", x.path)
	case x.format == "trivy" && there.data != shelved("trivy/alpine-39.json") && there.data != shelved("trivy/alpine-310.json"):
		o.no("%s is no scan", x.path)
	}
}

func (o *oracle) implementation(dir string, before []*form, f *form) {
	if a := lastOf(before, "approval"); a != nil && f.started.Before(moment(a.written.at)) {
		o.no("it was done before it was approved")
	}
	if f.system != "layanan-desa" || f.version != "Alpine Linux 3.10" {
		o.no("it was done to what was not planned")
	}
	data := func(f *form, phase string) string {
		for _, x := range f.exhibits {
			if x.phase == phase {
				return o.l.files[dir+"/"+x.path].data
			}
		}
		return ""
	}
	if data(f, "siem") == "" {
		o.no("nobody watched")
	}
	m := lastOf(before, "monitoring")
	switch after := data(f, "after"); {
	case after == "" && f.withoutScan != "":
	case after != "" && f.outcome == "anomaly": // it says itself that it went wrong
	case after != shelved("trivy/alpine-310.json"):
		o.no("nothing shows that the hole is gone")
	case m != nil && data(m, "before") != shelved("trivy/alpine-39.json"):
		o.no("nothing shows that the hole was there")
	}
}

func moment(s string) time.Time {
	t, _ := time.Parse(time.RFC3339, s)
	return t
}

// approval wants the word of somebody who may give it, with his own key, for this
// very text of this very case, and no part of his in what he approves.
func (o *oracle) approval(dir string, before []*form, f *form) {
	data := o.l.files[dir+"/patch.yaml"].data
	head, texts := cut(data)
	text := head + strings.Join(texts[:len(before)], "")
	w := f.written
	switch {
	case f.typed:
		o.no("an approval that somebody typed")
	case w.bytes != len(text) || w.sha256 != digest(text):
		o.no("an approval of another text")
	case f.signed != w || w.root != o.anchor.id || o.known.headers[head] == nil || w.kase != o.known.headers[head].id:
		o.no("an approval signed for something else")
	case o.owner(f.seal) != w.by:
		o.no("an approval signed with %s's key", f.seal)
	case !o.may(w.by, "kabid"):
		o.no("%s may not approve", w.by)
	case o.distrust:
		o.no("an approval by keys that nobody vouches for")
	}
	who := o.in[w.by]
	if strings.Contains(o.p.files["policies/sop.yaml"].data, "approverNotAuthor: false") {
		return
	}
	for i := range before {
		for _, p := range o.part[whereOf(dir, i)] {
			if who != nil && (slices.Contains(who.emails, p.email) || p.email == who.login+"@users.noreply.github.com") {
				o.no("%s approves what he took part in", w.by)
			}
		}
	}
}

// together judges what may land only with something else.
func (o *oracle) together(dir string, items []*form, landed int) {
	if len(items) == landed {
		return
	}
	if expected(items) == "approval" && len(story(items)) > len(story(items[:landed])) {
		o.no("an analysis without its decision")
	}
	last := items[len(items)-1]
	if last.name == "approval" && last.written.decision == "rejected" {
		o.no("a refusal without an end")
	}
	decided := -1
	for i := landed; i < len(items); i++ {
		if decided >= 0 && !o.buildsOn(dir, i, decided) {
			o.no("%s was written before its approval", items[i].name)
		}
		if items[i].name == "approval" {
			decided = i
		}
	}
}

// buildsOn says whether whoever first put an item there had the decision before
// him.
func (o *oracle) buildsOn(dir string, i, decided int) bool {
	_, texts := cut(o.l.files[dir+"/patch.yaml"].data)
	has := func(d *deed, n int) bool {
		_, held := cut(d.files[dir+"/patch.yaml"].data)
		return slices.Contains(held, texts[n])
	}
	for d := range o.side {
		if (d != o.l || !o.pending) && has(d, i) && !slices.ContainsFunc(d.parents, func(b *deed) bool { return o.side[b] && has(b, i) }) &&
			!slices.ContainsFunc(d.parents, func(b *deed) bool { return has(b, decided) }) && !has(d, decided) {
			return false
		}
	}
	return true
}

// backwards judges a landing that claims to be older than what had landed: a
// clock may go wrong, but not by a day, and not so that it matters.
func (o *oracle) backwards() {
	back := o.latest.Sub(o.l.at)
	if back <= 10*time.Minute || o.pending {
		return
	}
	if back > 24*time.Hour {
		o.no("it is older than what had landed")
	}
	differs := func(person string) bool {
		who := o.in[person]
		other := func(t tenure) bool { return t.holds(o.l.at) != t.holds(o.latest) }
		return who != nil && (slices.ContainsFunc(who.posts, other) || slices.ContainsFunc(who.keys, other))
	}
	for d := range o.side {
		if differs(o.in.person(d.author.email)) || differs(o.in.person(d.committer.email)) {
			o.no("its old date matters")
		}
	}
	for _, dir := range first(o.touched()) {
		_, items, _ := o.read(o.l.files[dir+"/patch.yaml"].data)
		for _, f := range items {
			if f.name == "approval" && differs(f.written.by) && !strings.Contains(o.p.files[dir+"/patch.yaml"].data, f.text()) {
				o.no("its old date matters")
			}
		}
	}
}

func first[T any](a, _ T) T { return a }
