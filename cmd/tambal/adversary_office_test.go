package main

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/examples"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// world is one office in one repository, where many stories are told that begin
// alike.
type world struct {
	*player
	anchor *deed
	known  ledger
	told   []*deed // what stands after each landing of the honest story
	keys   map[string]*signature.Signer
	stored map[string]bool // objects that stay
	fresh  []string        // files of objects that go with the story
	keep   bool            // what is written now stays
}

// ledger is what was really written: which form each text is, which case each
// header, and which office each policy.
type ledger struct {
	forms   map[string]*form
	headers map[string]*kase
	offices map[string]*office
}

// office is who may do what.
type office map[string]*officer

type officer struct {
	emails []string // GitHub's numbered one last
	login  string
	posts  []tenure // roles
	keys   []tenure
}

// tenure is a role or a key, and when it holds.
type tenure struct {
	name        string
	from, until time.Time // until zero: no end
	stolen      bool
}

func (t tenure) holds(at time.Time) bool {
	return !at.Before(t.from) && (t.until.IsZero() || at.Before(t.until)) && !t.stolen
}

var (
	wib     = time.FixedZone("WIB", 7*3600)
	opening = time.Date(2026, 2, 2, 8, 0, 0, 0, wib) // when the story begins
)

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 0, 0, 0, 0, wib)
}

// founded is the office at the anchor: the example's, where the technical team
// must sign and Joko has three more keys of which none is good.
func founded() *office {
	start := day(2025, 1, 1)
	one := func(person string, roles ...string) *officer {
		o := &officer{emails: []string{person + "@kominfo.example"}, login: "contoh-" + person, keys: []tenure{{person, start, time.Time{}, false}}}
		for _, r := range roles {
			o.posts = append(o.posts, tenure{r, start, time.Time{}, false})
		}
		return o
	}
	o := office{
		"siti-a": one("siti-a", "administrator", "policy-owner"), "agus-p": one("agus-p", "administrator"),
		"rina-w": one("rina-w", "technical-team"), "joko-s": one("joko-s", "technical-team"),
		"budi-s": one("budi-s", "kabid"), "dewi-k": one("dewi-k"),
	}
	for i, person := range []string{"siti-a", "agus-p", "rina-w", "joko-s", "budi-s", "dewi-k"} {
		o[person].emails = append(o[person].emails, fmt.Sprintf("%d+contoh-%s@users.noreply.github.com", 900000001+i, person))
	}
	o["dewi-k"].posts = []tenure{{"kabid", day(2026, 3, 2), day(2026, 3, 14), false}}
	o["joko-s"].keys = append(o["joko-s"].keys, tenure{"joko-lama", start, day(2025, 12, 1), false},
		tenure{"joko-nanti", day(2027, 1, 1), time.Time{}, false}, tenure{"joko-hilang", start, time.Time{}, true})
	return &o
}

// newWorld makes the office and tells the honest story in it.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{keys: map[string]*signature.Signer{}, stored: map[string]bool{}, keep: true,
		known: ledger{map[string]*form{}, map[string]*kase{}, map[string]*office{}}}
	for _, name := range []string{"siti-a", "agus-p", "rina-w", "joko-s", "budi-s", "dewi-k", "joko-lama", "joko-nanti", "joko-hilang", "penyusup"} {
		w.keys[name], _, _ = seededKey(name)
	}
	root := &deed{files: map[string]file{}, author: of("siti-a"), committer: of("siti-a")}
	w.player = testOffice(t, func(files map[string][]byte) {
		replaceIn(files, schema.SOPPath, "{ id: technical-team, title: Pengelola/Tim Teknis, titleEnglish: Technical Team, identity: claimed }",
			"{ id: technical-team, title: Pengelola/Tim Teknis, titleEnglish: Technical Team, identity: signed }")
		joko := fmt.Sprintf("      - { type: ssh, key: %q, from: \"2025-01-01\" }\n", w.keys["joko-s"].AuthorizedKey())
		replaceIn(files, schema.PoliciesDir+"/"+policies.TeamFile, joko, joko+
			fmt.Sprintf("      - { type: ssh, key: %q, from: \"2025-01-01\", until: \"2025-11-30\" }\n", w.keys["joko-lama"].AuthorizedKey())+
			fmt.Sprintf("      - { type: ssh, key: %q, from: \"2027-01-01\" }\n", w.keys["joko-nanti"].AuthorizedKey())+
			fmt.Sprintf("      - { type: ssh, key: %q, from: \"2025-01-01\", revoked: { at: \"2026-01-02T08:00:00+07:00\", compromisedSince: \"2025-02-01T00:00:00+07:00\" } }\n", w.keys["joko-hilang"].AuthorizedKey()))
		for path, data := range files {
			if data != nil { // nil is no file
				root.files[path] = plain(string(data))
			}
		}
	})
	root.id, root.at = w.commitID(t, "main"), w.Now
	w.anchor = root
	w.known.offices[policyDigest(root.files)] = founded()
	w.told = []*deed{root}
	for _, m := range w.honest() {
		w.told = append(w.told, w.carry(w.told[len(w.told)-1], m))
	}
	w.keep = false
	return w
}

func replaceIn(files map[string][]byte, path, old, new string) {
	if !bytes.Contains(files[path], []byte(old)) {
		panic(path + " does not hold " + old)
	}
	files[path] = bytes.Replace(files[path], []byte(old), []byte(new), 1)
}

// shelved is a file of examples/evidence.
func shelved(name string) string {
	if data, ok := shelf.Load(name); ok {
		return data.(string)
	}
	data, err := examples.FS.ReadFile("evidence/" + name)
	if err != nil {
		panic(err)
	}
	shelf.Store(name, string(data))
	return string(data)
}

var shelf sync.Map

// policyDigest names the policy of a tree.
func policyDigest(files map[string]file) string {
	held := fstest.MapFS{}
	for path, f := range files {
		if strings.HasPrefix(path, schema.PoliciesDir+"/") {
			held[path] = &fstest.MapFile{Data: []byte(f.data)}
		}
	}
	sum, err := policies.Digest(held)
	if err != nil {
		return err.Error()
	}
	return sum
}

// office changes the policy's text and what it means. A text that is not there
// stays; then nothing changes.
func (s *scene) office(path, old, new string, mean func(office)) {
	was := s.known.offices[policyDigest(s.files)]
	f := s.files[path]
	s.files[path] = plain(strings.Replace(f.data, old, new, 1))
	if was == nil || !strings.Contains(f.data, old) {
		return
	}
	now := office{}
	for id, o := range *was {
		c := *o
		c.emails, c.posts, c.keys = slices.Clone(o.emails), slices.Clone(o.posts), slices.Clone(o.keys)
		now[id] = &c
	}
	mean(now)
	if digest := policyDigest(s.files); s.known.offices[digest] == nil {
		s.known.offices[digest] = &now
	}
}

const teamFile = schema.PoliciesDir + "/" + policies.TeamFile

// sign fills what an approval says and what is signed.
func (s *scene) sign(f *form, k *kase, before string) {
	if f.subjectOf != nil {
		before = f.subjectOf(before)
	}
	sum := decision.SubjectOf([]byte(before))
	words := f.disposition
	if words == "" {
		words = "Setuju. Laksanakan di luar jam layanan."
	}
	f.written = claims{namespace: signature.ApprovalNamespace, root: s.anchor.id, kase: k.id, decision: f.decision, by: f.by,
		at: stampOf(f.at), disposition: words, bytes: sum.Bytes, sha256: sum.SHA256, policy: policyDigest(s.files)}
	if s.known.offices[f.written.policy] == nil {
		f.written.policy = "sha256:" + strings.Repeat("0", 64) // a policy that has no name
	}
	f.signed = f.written
	if f.bend != nil {
		f.bend(&f.signed)
	}
	if f.seal == "" {
		f.seal = f.by
	}
}

// sealed puts the signature behind an approval, or what somebody typed instead.
func (s *scene) sealed(f *form, text string) string {
	if f.typed {
		return text + "      review:\n        repository: https://github.com/contoh/patch\n        repositoryId: 900000100\n        pullRequest: 3\n" +
			"        id: 900000201\n        reviewerId: 900000005\n        commit: \"" + s.before.id + "\"\n        submittedAt: \"" + f.written.at + "\"\n" +
			"        bodySha256: " + digest(f.written.disposition) + "\n"
	}
	c := f.signed
	item := schema.Approval{Decision: c.decision, By: c.by, At: c.at, Disposition: c.disposition,
		Subject: schema.Subject{Bytes: c.bytes, SHA256: c.sha256}, Policy: c.policy}
	raw, err := schema.Value(item)
	if err != nil {
		panic(err)
	}
	message, err := decision.StatementFor(c.root, c.kase, &item, raw)
	if err != nil {
		panic(err)
	}
	armoured, err := s.keys[f.seal].Sign(c.namespace, message)
	if err != nil {
		panic(err)
	}
	text += "      policy: " + f.written.policy + "\n      signature: |\n"
	for line := range strings.Lines(strings.TrimRight(armoured, "\n") + "\n") {
		text += "        " + line
	}
	return text
}

// write stores a deed as the objects that Git would have made of it.
func (w *world) write(d *deed) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "tree %s\n", w.tree(d.files, ""))
	for _, p := range d.parents {
		fmt.Fprintf(&b, "parent %s\n", p.id)
	}
	fmt.Fprintf(&b, "author %s <%s> %d %s\n", d.author.name, d.author.email, d.authored.Unix(), d.authored.Format("-0700"))
	fmt.Fprintf(&b, "committer %s <%s> %d %s\n", d.committer.name, d.committer.email, d.at.Unix(), d.at.Format("-0700"))
	if d.mangled {
		fmt.Fprintf(&b, "author %s <%s> %d +0700\n", names["siti-a"], "siti-a@kominfo.example", d.at.Unix())
	}
	message := "\n" + d.message + "\n"
	if d.key != "" {
		payload := b.String() + message
		if d.spoilt {
			payload += "lain\n"
		}
		armoured, err := w.keys[d.key].Sign(signature.GitNamespace, []byte(payload))
		if err != nil {
			panic(err)
		}
		b.WriteString("gpgsig " + strings.ReplaceAll(strings.TrimRight(armoured, "\n"), "\n", "\n ") + "\n")
	}
	d.id = w.store("commit", b.String()+message)
}

// tree stores the files below a folder and returns its id.
func (w *world) tree(files map[string]file, dir string) string {
	type entry struct{ mode, id string }
	entries, below := map[string]entry{}, map[string]map[string]file{}
	for path, f := range files {
		name, rest, deep := strings.Cut(path, "/")
		switch {
		case deep && below[name] == nil:
			below[name] = map[string]file{rest: f}
		case deep:
			below[name][rest] = f
		case f.mode == "160000":
			entries[name] = entry{f.mode, strings.Repeat("1", 40)}
		default:
			entries[name] = entry{f.mode, w.store("blob", f.data)}
		}
	}
	for name, held := range below {
		entries[name] = entry{"40000", w.tree(held, name)}
	}
	order := slices.Collect(maps.Keys(entries))
	key := func(name string) string {
		if entries[name].mode == "40000" {
			return name + "/"
		}
		return name
	}
	slices.SortFunc(order, func(a, b string) int { return strings.Compare(key(a), key(b)) })
	var b strings.Builder
	for _, name := range order {
		id, err := hex.DecodeString(entries[name].id)
		if err != nil {
			panic(err)
		}
		b.WriteString(entries[name].mode + " " + name + "\x00" + string(id))
	}
	return w.store("tree", b.String())
}

// store writes a loose object; what single stories bring is forgotten after them.
func (w *world) store(kind, content string) string {
	whole := fmt.Sprintf("%s %d\x00%s", kind, len(content), content)
	sum := sha1.Sum([]byte(whole))
	id := hex.EncodeToString(sum[:])
	if w.stored[id] {
		return id
	}
	dir := filepath.Join(w.Dir, ".git", "objects", id[:2])
	name := filepath.Join(dir, id[2:])
	if _, err := os.Stat(name); err == nil {
		return id
	}
	var packed bytes.Buffer
	z, _ := zlib.NewWriterLevel(&packed, zlib.BestSpeed)
	if _, err := z.Write([]byte(whole)); err != nil {
		panic(err)
	}
	z.Close()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		panic(err)
	}
	if err := os.WriteFile(name, packed.Bytes(), 0o644); err != nil {
		panic(err)
	}
	if w.keep {
		w.stored[id] = true
	} else {
		w.fresh = append(w.fresh, name)
	}
	return id
}

// forget takes back the objects of the last stories, when they are many: ext4 is
// slow after a deletion.
func (w *world) forget() {
	if len(w.fresh) < 20_000 {
		return
	}
	for _, name := range w.fresh {
		os.Remove(name)
	}
	w.fresh = w.fresh[:0]
}
