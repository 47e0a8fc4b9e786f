package git

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
)

// differ holds what we and git say of mutated commits side by side.
type differ struct {
	*office
	repo    *Repo
	rand    *rand.Rand
	keys    []*signature.Signer // the last one is a stranger's
	owner   map[string]string   // fingerprint to principal
	bases   []string            // commits as git made them
	applied map[string]int      // how often each mutation was used
	refused map[string]int      // signatures good to git and not to us, by our reason
}

// newDiffer makes real commits: the first one, plain ones, merges of two and three,
// of a signed tag, one with an encoding, and one signed by git with each kind of key.
func newDiffer(t *testing.T) *differ {
	d := &differ{office: newOffice(t), rand: rand.New(rand.NewPCG(1, 2)), owner: map[string]string{}, applied: map[string]int{}, refused: map[string]int{}}
	keys, allowed := t.TempDir(), ""
	d.Git("config", "gpg.format", "ssh")
	d.Git("config", "gpg.ssh.allowedSignersFile", filepath.Join(keys, "allowed"))
	d.commit("start\n\nBody.\n\nCase: SP-2026-0001", manifest, "a\n")
	for i, kind := range []string{"ed25519", "ecdsa 256", "ecdsa 384", "ecdsa 521", "rsa 2048", "rsa 3072", "ed25519"} {
		file, args := filepath.Join(keys, strconv.Itoa(i)), strings.Fields(kind)
		if len(args) > 1 {
			args = slices.Insert(args, 1, "-b")
		}
		if out, err := exec.Command("ssh-keygen", append([]string{"-q", "-N", "", "-f", file, "-t"}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("ssh-keygen, which git needs to sign: %v\n%s", err, out)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		key, err := signature.LoadSigner(data, nil)
		if err != nil {
			t.Fatal(err)
		}
		d.keys = append(d.keys, key)
		if i < 6 {
			who := fmt.Sprintf("%d@kominfo.example", i)
			allowed, d.owner[key.Key().Fingerprint] = allowed+signature.AllowedSigners(who, key.AuthorizedKey()), who
		}
		d.Git("-c", "user.signingKey="+file, "commit", "-q", "--allow-empty", "-S", "-m", "signed with "+kind)
		d.Git("config", "user.signingKey", file)
	}
	if err := os.WriteFile(filepath.Join(keys, "allowed"), []byte(allowed), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"one", "two", "three"} {
		d.Git("switch", "-q", "-c", name, "main~2")
		d.commit(name, name, name)
	}
	d.Git("tag", "-s", "-m", "a tag", "v1", "one")
	d.Git("switch", "-q", "main")
	d.Git("merge", "-q", "--no-ff", "-m", "a merge", "two")
	d.Git("merge", "-q", "--no-ff", "-S", "-m", "a merge of a tag", "v1")
	d.Git("merge", "-q", "--no-ff", "-m", "a merge of two", "three", "main~3")
	d.Git("-c", "i18n.commitEncoding=ISO-8859-1", "commit", "-q", "--allow-empty", "-S", "-m", "encoded")
	for _, id := range strings.Fields(d.Git("rev-list", "--all")) {
		raw, err := exec.Command("git", "-C", d.Dir, "cat-file", "commit", id).Output()
		if err != nil {
			t.Fatal(err)
		}
		d.bases = append(d.bases, string(raw))
	}
	if all := strings.Join(d.bases, ""); strings.Count(all, "\nmergetag ") < 1 || strings.Count(all, "\ngpgsig ") < 9 || strings.Count(all, "\nencoding ") < 1 {
		t.Fatal("git has not made what was asked for")
	}
	d.repo = d.open()
	return d
}

func (d *differ) mutate(raw string, list []mutation) string {
	m := list[d.rand.IntN(len(list))]
	d.applied[m.name]++
	return m.do(d.rand, raw)
}

// next is a commit that was mutated, most often signed as it is then, and often
// mutated again.
func (d *differ) next() string {
	raw := d.bases[d.rand.IntN(len(d.bases))]
	for range d.rand.IntN(3) {
		raw = d.mutate(raw, mutations)
	}
	if d.rand.IntN(3) > 0 {
		raw = d.sign(raw)
	}
	switch d.rand.IntN(6) {
	case 0, 1:
		raw = d.mutate(raw, armours)
	case 2:
		raw = d.mutate(raw, mutations)
	}
	return raw
}

// sign puts a signature of the whole in place of the one that is there.
func (d *differ) sign(raw string) string {
	key, namespace := d.keys[d.rand.IntN(len(d.keys))], signature.GitNamespace
	if d.rand.IntN(20) == 0 {
		namespace = oneOf(d.rand, "file", signature.ApprovalNamespace, "Git", "git ")
	}
	raw = inHeader(raw, func(l []string) []string {
		if sig := signed(l); sig != nil {
			i := slices.Index(l, sig[0])
			l = slices.Delete(l, i, i+len(sig))
		}
		return l
	})
	armored, err := key.Sign(namespace, []byte(raw))
	if err != nil {
		d.Fatal(err)
	}
	return inHeader(raw, func(l []string) []string {
		at := len(l)
		if d.rand.IntN(5) == 0 {
			at = d.rand.IntN(len(l) + 1)
			for at < len(l) && strings.HasPrefix(l[at], " ") {
				at++
			}
		}
		return slices.Insert(l, at, "gpgsig "+strings.ReplaceAll(strings.TrimSuffix(armored, "\n"), "\n", "\n "))
	})
}

// verdict is what we say of a commit's signature: the key, or why there is none.
func verdict(raw []byte) (fingerprint, reason string) {
	payload, armored, err := signature.CommitPayload(raw)
	if err == nil && armored == "" {
		return "", ""
	}
	if err == nil {
		var key signature.Key
		if key, err = signature.Verify(signature.GitNamespace, payload, armored); err == nil {
			return key.Fingerprint, ""
		}
	}
	return "", err.(*signature.Error).Code
}

// asGit writes down what we read of a commit as git's log does it.
func (d *differ) asGit(c *Commit) []string {
	parents := make([]string, len(c.Parents))
	for i, id := range c.Parents {
		parents[i] = string(id)
	}
	list := []string{string(c.Tree), strings.Join(parents, " ")}
	for _, who := range []Identity{c.Author, c.Committer} {
		list = append(list, who.Name, who.Email, fmt.Sprintf("%d %s", who.When.Unix(), who.When.Format("-0700")))
	}
	return append(list, c.Message)
}

// faults are the errors and warnings of git's own check, by commit.
func (d *differ) faults() map[string]string {
	out, _ := d.Try("", "fsck", "--no-dangling", "--no-progress") // it fails, for there are errors
	found := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^(error|warning) in commit ([0-9a-f]{40}): (.*)$`).FindAllStringSubmatch(out, -1) {
		found[m[2]] = m[1] + " " + m[3]
	}
	return found
}

// TestWeReadCommitsAsGitDoes mutates real commits. Of those that we accept, git's
// check finds no error, and git's log reads the same names, dates, parents and
// message. Where we call a signature good, it is good to git, by the same key.
func TestWeReadCommitsAsGitDoes(t *testing.T) {
	t.Parallel()
	n := 150
	if s := os.Getenv("TAMBAL_COMMITS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	d := newDiffer(t)
	accepted, doubtful := map[string]*Commit{}, []ID{}
	seen, malformed := map[string]bool{}, map[string]int{}
	for len(seen) < n {
		raw := d.next()
		if seen[raw] {
			continue
		}
		seen[raw] = true
		id, err := d.repo.write(plumbing.CommitObject, []byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		c, err := d.repo.Commit(id)
		if own := new(Error); err != nil {
			own = err.(*Error)
			c = &Commit{Raw: []byte(raw), Malformed: own.Code}
		}
		malformed[cmp.Or(c.Malformed, "accepted")]++
		if c.Malformed == "" {
			accepted[string(id)] = c
		}
		if key, _ := verdict(c.Raw); strings.Contains(raw, "gpgsig") && (c.Malformed != "" || key == "") {
			doubtful = append(doubtful, id)
		}
	}
	good := d.compare(accepted)
	stricter := d.stricter(doubtful)
	t.Logf("%d commits: %v\nmutations: %v\n%d signatures good to both; %d good to git, and not to us: %v", n, malformed, d.applied, good, stricter, d.refused)
	if len(accepted) < n/5 || good < n/20 {
		t.Errorf("too few to tell: %d accepted, %d good signatures", len(accepted), good)
	}
}

// log asks git for some fields of commits that we accept.
func (d *differ) log(accepted map[string]*Commit, fields string, judge func(c *Commit, theirs []string)) {
	cmd := exec.Command("git", "log", "--stdin", "--no-walk=unsorted", "--date=raw", "--encoding=UTF-8", "-z", "--format=%H %x00"+fields)
	cmd.Dir, cmd.Stdin = d.Dir, strings.NewReader(strings.Join(slices.Collect(maps.Keys(accepted)), "\n")+"\n")
	out, err := cmd.Output()
	if err != nil {
		d.Errorf("git cannot read what we accept: %v\n%s", err, err.(*exec.ExitError).Stderr)
	}
	answered, width := 0, strings.Count(fields, "%x00")+2
	for theirs := range slices.Chunk(strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"), width) {
		c := accepted[strings.TrimSpace(theirs[0])]
		if c == nil || len(theirs) != width {
			d.Fatalf("git's log is out of step: %q", theirs)
		}
		answered++
		judge(c, theirs[1:])
	}
	if answered != len(accepted) {
		d.Errorf("git's log reads %d of %d that we accept", answered, len(accepted))
	}
}

// compare asks git about the commits we accept, and counts the good signatures.
func (d *differ) compare(accepted map[string]*Commit) int {
	faults, good := d.faults(), map[string]*Commit{}
	for id, c := range accepted {
		switch kind, _, _ := strings.Cut(faults[id], " "); kind {
		case "error":
			d.Errorf("git's check calls what we accept an %s\n%q", faults[id], c.Raw)
		case "warning":
			d.Logf("%s: %s", id, faults[id])
		}
		if key, _ := verdict(c.Raw); key != "" {
			good[id] = c
		}
	}
	d.log(accepted, "%T%x00%P%x00%an%x00%ae%x00%ad%x00%cn%x00%ce%x00%cd%x00%B", func(c *Commit, theirs []string) {
		if ours := d.asGit(c); !slices.Equal(ours, theirs) {
			d.Errorf("of\n%q\nwe read\n%q\nand git\n%q", c.Raw, ours, theirs)
		}
	})
	d.log(good, "%G?%x00%GF%x00%GS", func(c *Commit, theirs []string) {
		key, _ := verdict(c.Raw)
		want := []string{"U", key, ""}
		if who := d.owner[key]; who != "" {
			want = []string{"G", key, who}
		}
		if !slices.Equal(want, theirs) {
			d.Errorf("of the signature of\n%q\nwe say %q, and git %q", c.Raw, want, theirs)
		}
	})
	return len(good)
}

// stricter counts the commits that git would take for signed and we do not.
func (d *differ) stricter(doubtful []ID) (n int) {
	var both sync.WaitGroup
	var mu sync.Mutex
	rest := make(chan ID)
	for range runtime.NumCPU() {
		both.Go(func() {
			for id := range rest {
				cmd := exec.Command("git", "verify-commit", "--raw", string(id))
				cmd.Dir = d.Dir
				if cmd.Run() != nil {
					continue
				}
				_, raw, err := d.repo.object(id)
				mu.Lock()
				n++
				if err != nil {
					d.Error(err)
				}
				_, reason := verdict(raw)
				d.refused[cmp.Or(parseCommit(id, raw).Malformed, reason)]++
				mu.Unlock()
			}
		})
	}
	for _, id := range doubtful {
		rest <- id
	}
	close(rest)
	both.Wait()
	return n
}
