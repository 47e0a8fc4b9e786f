package main

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// oracle says whether a story may stand, by what was really done and by the
// procedure as a person reads it. But for the digest of a policy it shares nothing
// with the program: it knows forms instead of YAML, who signed what instead of
// signatures, whole trees instead of differences, and it looks at everything again
// for each landing.
type oracle struct {
	known  ledger
	anchor *deed
	now    time.Time
	why    []string // why not; nothing: it may

	latest   time.Time          // the latest date on the line so far
	distrust bool               // a policy landed that no owner vouched for
	part     map[string][]party // by case and place: who had a hand in an item
	l, p     *deed              // the landing at hand, and what had landed before it
	pending  bool               // it has not happened yet
	side     map[*deed]bool     // what it brings, itself included
	in       office             // who may what
	wrote    map[*deed][]int    // by commit: which of the new items it had a hand in
}

// mayStand judges all that led to tip; a head that waits is judged as if somebody
// landed it now.
func (w *world) mayStand(tip, waiting *deed, now time.Time) []string {
	o := &oracle{known: w.known, anchor: w.anchor, now: now, part: map[string][]party{}}
	line := []*deed{}
	for d := tip; d != nil; {
		line = append(line, d)
		if d == w.anchor || len(d.parents) == 0 {
			break
		}
		d = d.parents[0]
	}
	slices.Reverse(line)
	if line[0] != w.anchor {
		return []string{"the line does not begin where trust begins"}
	}
	o.latest = w.anchor.at
	for _, l := range line[1:] {
		o.l, o.p = l, l.parents[0]
		o.landing()
	}
	if waiting == nil {
		return o.why
	}
	o.why = nil // what has landed is not the pull request's fault
	o.pending, o.p = true, tip
	o.l = &deed{parents: []*deed{tip, waiting}, files: joined(tip, waiting), at: now}
	for _, d := range line {
		if d.at.Sub(now) > 10*time.Minute {
			o.no("the clock is behind what has landed")
		}
	}
	o.landing()
	return o.why
}

// joined is the only thing that a merge may make of two sides: of everything the
// longer text, and theirs where they changed what nobody may change.
func joined(ours, theirs *deed) map[string]file {
	out := merged(ours, theirs)
	for name := range union(ours.files, theirs.files) {
		a, b := ours.files[name], theirs.files[name]
		if strings.HasPrefix(name, "patches/") {
			if out[name] = b; b.mode == "" || a.mode == b.mode && path.Base(name) == "patch.yaml" && strings.HasPrefix(a.data, b.data) {
				out[name] = a
			}
		}
	}
	return out
}

func (o *oracle) no(format string, args ...any) {
	what := o.l.id
	if what == "" {
		what = "waiting"
	}
	o.why = append(o.why, fmt.Sprintf("%.8s: %s", what, fmt.Sprintf(format, args...)))
}

// below are the files of a tree below a folder.
func below(d *deed, dir string) map[string]file {
	out := map[string]file{}
	for name, f := range d.files {
		if strings.HasPrefix(name, dir+"/") {
			out[name] = f
		}
	}
	return out
}

// equals says whether two deeds left the same below a folder.
func equals(a, b *deed, dir string) bool {
	for name := range union(below(a, dir), below(b, dir)) {
		if a.files[name] != b.files[name] {
			return false
		}
	}
	return true
}

// touched are the case folders that the landing changes, and what it changes
// beside them.
func (o *oracle) touched() (dirs, stray []string) {
	for name := range union(below(o.l, "patches"), below(o.p, "patches")) {
		if o.l.files[name] == o.p.files[name] {
			continue
		}
		parts := strings.Split(name, "/")
		dir := strings.Join(parts[:min(3, len(parts))], "/")
		switch {
		case len(parts) < 4:
			stray = append(stray, name)
		case !slices.Contains(dirs, dir):
			dirs = append(dirs, dir)
		}
	}
	slices.Sort(dirs)
	return dirs, stray
}

func (o *oracle) landing() {
	l, p := o.l, o.p
	o.side = reached(l)
	for d := range reached(p) {
		delete(o.side, d)
	}
	o.wrote = map[*deed][]int{}
	in := o.known.offices[policyDigest(p.files)]
	if in == nil {
		o.no("nobody knows who may what")
		return
	}
	o.in = *in
	if l.at.After(o.now.Add(10 * time.Minute)) {
		o.no("it lands in the future")
	}
	if t := l.at; t.After(o.latest) && !t.After(o.now.Add(10*time.Minute)) {
		o.latest = t
	}
	dirs, stray := o.touched()
	policy := !equals(l, p, "policies")
	o.shape(len(dirs)+len(stray) > 0, policy)
	o.sum()
	for _, name := range stray {
		if o.l.files[name].mode != "" {
			o.no("%s is no case", name)
		}
	}
	if policy {
		o.policy(len(dirs) > 0)
	}
	if len(dirs) > 1 && slices.ContainsFunc(dirs, func(dir string) bool { return !o.opened(dir) }) {
		o.no("several cases at once")
	}
	o.lookalikes()
	for _, dir := range dirs {
		o.wrote = map[*deed][]int{}
		o.folder(dir)
	}
	o.backwards()
}

var namesCase = regexp.MustCompile(`(?m)^Case: `)

// shape is how a landing came about.
func (o *oracle) shape(cases, policy bool) {
	l, p := o.l, o.p
	for d := range o.side {
		switch {
		case d.mangled:
			o.no("a commit that Git and others read differently")
		case len(d.parents) == 0:
			o.no("a history that does not belong here")
		case len(d.parents) > 2 && o.carries(d):
			o.no("several branches at once")
		}
	}
	if len(l.parents) == 1 && cases {
		o.no("not landed but pushed")
	}
	gate := !equals(l, p, ".github")
	if gate && (cases || policy) {
		o.no("what checks changes beside what is checked")
	}
	if len(l.parents) != 2 {
		return
	}
	for d := l.parents[1]; o.side[d] && len(d.parents) > 0; d = d.parents[0] {
		if len(d.parents) == 2 && o.side[d.parents[1]] && namesCase.MatchString(d.message) {
			o.no("what had landed is a branch now")
		}
	}
}

// carries says whether a merge brings, or loses, work on a case or the policy.
func (o *oracle) carries(d *deed) bool {
	for e := range reached(d) {
		own := func(dir string) bool {
			return !slices.ContainsFunc(e.parents, func(b *deed) bool { return equals(e, b, dir) })
		}
		if o.side[e] && (own("patches") || own("policies")) {
			return true
		}
	}
	return false
}

// sum wants a merge to hold all that its sides hold, and nothing else.
func (o *oracle) sum() {
	l, p := o.l, o.p
	for name, f := range below(p, "patches") {
		if !holdsOn(l.files[name], f, name) {
			o.no("%s does not stay as it landed", name)
		}
	}
	if len(l.parents) < 2 {
		return
	}
	for _, s := range l.parents[1:] {
		for name, f := range below(s, "patches") {
			if !holdsOn(l.files[name], f, name) {
				o.no("%s is not what the branch brought", name)
			}
		}
		for d := range o.side {
			for _, before := range d.parents {
				for name := range below(before, "patches") {
					if d.files[name].mode == "" && s.files[name].mode == "" && p.files[name].mode != "" {
						o.no("the branch removes %s", name)
					}
				}
			}
		}
		o.policySum(s)
		o.shortened(s)
	}
	for name, f := range below(l, "patches") {
		if !slices.ContainsFunc(l.parents, func(s *deed) bool { return s.files[name] == f }) {
			o.no("the merge itself wrote %s", name)
		}
	}
}

// shortened refuses a branch that knew what has landed and takes it back, though a
// merge may leave it standing.
func (o *oracle) shortened(s *deed) {
	for d := range o.side {
		for _, before := range d.parents {
			for name, landed := range below(o.p, "patches") {
				was, now := before.files[name].data, d.files[name].data
				knew := strings.HasPrefix(was, landed.data) || strings.HasPrefix(landed.data, was)
				if o.pending && path.Base(name) == "patch.yaml" && knew && now != was && strings.HasPrefix(was, now) &&
					strings.HasPrefix(landed.data, now) && !strings.HasPrefix(s.files[name].data, landed.data) {
					o.no("the branch takes back what stands in %s", name)
				}
			}
		}
	}
}

// policySum wants the policy to be one side's as a whole: the branch's only if it
// knew the one that it replaces.
func (o *oracle) policySum(s *deed) {
	l, p := o.l, o.p
	if equals(s, p, "policies") {
		if !equals(l, p, "policies") {
			o.no("the merge itself wrote the policy")
		}
		return
	}
	knew, kept := true, true
	for _, f := range forks(p, s) {
		knew = knew && equals(f, p, "policies")
		kept = kept && equals(f, s, "policies")
	}
	switch {
	case knew && !equals(l, s, "policies"), !knew && kept && !equals(l, p, "policies"):
		o.no("the merge does not bring the policy of its side")
	case !knew && !kept:
		o.no("a policy that did not know the one it replaces")
	}
}

// holdsOn says whether a file is there as it was, or as a manifest went on.
func holdsOn(now, was file, name string) bool {
	return now == was || now.mode == was.mode && path.Base(name) == "patch.yaml" && strings.HasPrefix(now.data, was.data)
}

// lookalikes wants no two names that some systems take for one.
func (o *oracle) lookalikes() {
	seen := map[string]string{}
	for name := range o.l.files {
		parts := strings.Split(name, "/")
		for i := range parts {
			whole := strings.Join(parts[:i+1], "/")
			plain := strings.ToLower(strings.Trim(whole, " ."))
			top, _, _ := strings.Cut(strings.ToLower(strings.Trim(parts[0], " .")), "/")
			if top != "patches" && top != "policies" {
				continue
			}
			if other := seen[plain]; other != "" && other != whole {
				o.no("%q looks like %q", whole, other)
			}
			seen[plain] = whole
		}
	}
}

// person is whom the office knows by an address, "" nobody.
func (in office) person(email string) string {
	number, _, noreply := strings.Cut(email, "+")
	for id, who := range in {
		if noreply && strings.HasSuffix(email, "@users.noreply.github.com") && strings.HasPrefix(who.emails[len(who.emails)-1], number+"+") {
			return id // whatever the login is now
		}
		if slices.Contains(who.emails, email) {
			return id
		}
	}
	return ""
}

// may says whether somebody holds one of the roles, by the landing's own date and
// by the latest before it.
func (o *oracle) may(person string, roles ...string) bool {
	who := o.in[person]
	return who != nil && slices.ContainsFunc(roles, func(r string) bool {
		has := func(at time.Time) bool {
			return slices.ContainsFunc(who.posts, func(t tenure) bool { return t.name == r && t.holds(at) })
		}
		return has(o.l.at) && has(o.latest)
	})
}

// owner is whose key that is, "" where it is nobody's or does not count.
func (o *oracle) owner(key string) string {
	for id, who := range o.in {
		for _, k := range who.keys {
			if k.name == key && k.holds(o.l.at) && k.holds(o.latest) {
				return id
			}
		}
	}
	return ""
}

// signedBy says who signed a commit: "" nobody, "?" somebody who is not known.
func (o *oracle) signedBy(d *deed) string {
	if d.key == "" {
		return ""
	}
	if id := o.owner(d.key); id != "" && !d.spoilt {
		return id
	}
	return "?"
}

func (o *oracle) policy(cases bool) {
	if cases {
		o.no("the policy changes beside a case")
	}
	for name, f := range below(o.l, "policies") {
		if f.mode != "100644" {
			o.no("%s is not a plain file", name)
		}
	}
	next := o.known.offices[policyDigest(o.l.files)]
	if next == nil {
		o.no("a policy that nobody can follow")
	} else {
		o.vacant(*next)
	}
	all := true // whoever wrote it signed
	for d := range o.side {
		if equals(d, o.p, "policies") || slices.ContainsFunc(d.parents, func(b *deed) bool { return o.side[b] && equals(b, d, "policies") }) {
			continue
		}
		author, signer := o.in.person(d.author.email), o.signedBy(d)
		if !o.may(author, "policy-owner") || d.committer.email != d.author.email && !o.may(o.in.person(d.committer.email), "policy-owner") {
			o.no("%s may not change the policy", d.author.email)
		}
		if signer != "" && signer != author {
			o.no("a policy with a signature that is not its author's")
		}
		all = all && signer != "" && o.may(signer, "policy-owner")
	}
	if s := o.signedBy(o.l); !all && (o.pending || s == "" || !o.may(s, "policy-owner")) {
		o.distrust = true // a remark, and no approval counts from here on
	}
}

// vacant wants somebody to be left for everything.
func (o *oracle) vacant(next office) {
	for _, roles := range [][]string{{"policy-owner"}, {"administrator"}, {"administrator", "technical-team"}, {"technical-team"}, {"kabid"}} {
		left := false
		for _, who := range next {
			for _, t := range who.posts {
				left = left || slices.Contains(roles, t.name) && (t.until.IsZero() || t.until.After(o.l.at))
			}
		}
		if !left {
			o.no("nobody is left for %v", roles)
		}
	}
}

// opened says whether the landing does no more to a case than to open it.
func (o *oracle) opened(dir string) bool {
	_, had := o.p.files[dir+"/patch.yaml"]
	_, items, ok := o.read(o.l.files[dir+"/patch.yaml"].data)
	return ok && !had && len(items) > 0 && len(items) < 3 && items[0].name == "monitoring" && (len(items) == 1 || items[1].name == "closure")
}

// read takes a manifest for what was written: the case of its header and its
// items, or nothing that anybody wrote.
func (o *oracle) read(data string) (k *kase, items []*form, ok bool) {
	head, texts := cut(data)
	if k = o.known.headers[head]; k == nil {
		return nil, nil, false
	}
	for _, t := range texts {
		f := o.known.forms[t]
		if f == nil {
			return k, items, false
		}
		items = append(items, f)
	}
	return k, items, true
}

// cut parts a manifest into its header and the texts of its items.
func cut(data string) (head string, texts []string) {
	for line := range strings.Lines(data) {
		switch {
		case strings.HasPrefix(line, "  - "):
			texts = append(texts, line)
		case len(texts) == 0:
			head += line
		default:
			texts[len(texts)-1] += line
		}
	}
	return head, texts
}

var caseName = regexp.MustCompile(`^patches/([0-9]{4})/[A-Z]{2,10}-([0-9]{4})-[0-9]{4,6}$`)

// folder judges what happens to one case.
func (o *oracle) folder(dir string) {
	if m := caseName.FindStringSubmatch(dir); m == nil || m[1] != m[2] {
		o.no("%s is no name of a case", dir)
	}
	for name, f := range below(o.l, dir) {
		if f.mode != "100644" {
			o.no("%s is not a plain file", name)
		}
		if name != dir+"/patch.yaml" && !strings.HasPrefix(name, dir+"/evidence/") {
			o.no("%s does not belong to a case", name)
		}
	}
	was, now := o.p.files[dir+"/patch.yaml"].data, o.l.files[dir+"/patch.yaml"].data
	k, items, ok := o.read(now)
	if !ok || len(items) == 0 || !strings.HasPrefix(now, was) {
		o.no("%s holds what nobody may write there", dir)
		return
	}
	_, old, _ := o.read(was)
	if k.id != path.Base(dir) {
		o.no("the case says that it is %s", k.id)
	}
	if k.retryOf != "" && len(old) == 0 {
		_, first, _ := o.read(o.p.files[caseNamed(k.retryOf).manifest()].data)
		if !slices.ContainsFunc(first, func(f *form) bool { return f.name == "closure" }) {
			o.no("it tries again what is not closed")
		}
	}
	for i := len(old); i < len(items); i++ {
		o.hands(dir, items, i)
		o.step(dir, items, i)
	}
	o.together(dir, items, len(old))
	for d, steps := range o.wrote {
		o.writer(d, items, steps)
	}
}
