package git

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

var siti = Identity{Name: "Siti", Email: "siti@kominfo.example", When: time.Unix(1767574800, 0).In(time.FixedZone("", 7*3600))}

// TestNoCommitIsLost lets two of us, or one and git, commit on one branch at the
// same moment. Whoever is told that it was done finds it on the branch; who came
// too late is told so, and nothing of his is left.
func TestNoCommitIsLost(t *testing.T) {
	pairs := 30
	if os.Getenv("TAMBAL_LONG") != "" {
		pairs = 200
	}
	o := newOffice(t)
	o.commit("start", "a", "a\n")
	mine := func(name string) error {
		for range 3 {
			r, err := Open(o.Dir)
			if err != nil {
				return err
			}
			_, err = r.Write(Draft{Branch: "main", Files: map[string][]byte{name: []byte(name)}, Author: siti, Committer: siti, Message: name})
			r.Close()
			if !errors.Is(err, ErrMoved) { // which asks for another try
				return err
			}
		}
		return ErrMoved
	}
	gits := func(name string) error {
		if err := os.WriteFile(filepath.Join(o.Dir, name), []byte(name), 0o600); err != nil {
			return err
		}
		if out, err := o.in(o.Dir).Try("", "add", name); err != nil {
			return errors.Join(os.Remove(filepath.Join(o.Dir, name)), fmt.Errorf("add: %s", out))
		}
		if out, err := o.in(o.Dir).Try("", "commit", "-q", "-m", name); err != nil {
			return fmt.Errorf("commit: %s", out)
		}
		return nil
	}
	var done []string
	both := 0
	for i := range pairs {
		writers := []func(string) error{mine, mine}
		if i%2 == 1 {
			writers[1] = gits
		}
		failed := make([]error, len(writers))
		var pair sync.WaitGroup
		for j, write := range writers {
			pair.Go(func() { failed[j] = write(fmt.Sprintf("f%d-%d", i, j)) })
		}
		pair.Wait()
		n := 0
		for j, err := range failed {
			switch _, locked := errors.AsType[*Error](err); {
			case err == nil:
				done = append(done, fmt.Sprintf("f%d-%d", i, j))
				n++
			case j == 0 && !locked && !errors.Is(err, ErrMoved):
				t.Fatalf("pair %d: %v", i, err)
			case j == 1 && i%2 == 1: // git's own file waits in the index
				o.Git("rm", "-q", "-f", "--ignore-unmatch", fmt.Sprintf("f%d-%d", i, j))
			}
		}
		// git commit reads the index before it locks it, and writes back what it read:
		// what came between is committed, and no longer in the index.
		if own := fmt.Sprintf("f%d-0", i); i%2 == 1 && o.Git("status", "--porcelain") == "D  "+own+"\n?? "+own {
			o.Git("add", own)
		}
		if n == 2 {
			both++
		}
		if n == 0 {
			t.Fatalf("pair %d: neither came through: %v", i, failed)
		}
	}
	subjects := strings.Fields(o.Git("log", "--first-parent", "--format=%s"))
	files := strings.Fields(o.Git("ls-tree", "--name-only", "HEAD"))
	for _, list := range [][]string{subjects, files} {
		there := map[string]bool{}
		for _, name := range list {
			there[name] = true
		}
		for _, name := range done {
			if !there[name] {
				t.Errorf("%s was done and is lost", name)
			}
		}
		if len(list) != len(done)+1 {
			t.Errorf("%d were done and %d are there", len(done), len(list)-1)
		}
	}
	if logged := strings.Count(o.Git("reflog", "show", "main"), "\n") + 1; logged != len(done)+1 {
		t.Errorf("the log of main has %d lines for %d commits", logged, len(done)+1)
	}
	if status := o.Git("status", "--porcelain"); status != "" {
		t.Errorf("the working tree is left behind:\n%s", status)
	}
	o.Git("fsck", "--strict")
	t.Logf("%d pairs, %d commits, %d times both", pairs, len(done), both)
}

// TestTheLogIsGits compares what we write into the logs of references with what git
// writes for the same moves, and repairs a line that a stop has cut.
func TestTheLogIsGits(t *testing.T) {
	logs := func(o *office) string {
		return o.Git("reflog", "show", "--format=%gs", "HEAD") + "\n--\n" + o.Git("reflog", "show", "--format=%gs", "main")
	}
	ours, gits := newOffice(t), newOffice(t)
	r := ours.open()
	write := func(subject string) *Commit {
		c, err := r.Write(Draft{Branch: "main", Files: map[string][]byte{"a": []byte(subject)}, Author: siti, Committer: siti, Message: subject + "\n\nisi\n"})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	write("satu")
	main := write("dua")
	if err := r.Switch("lain", main); err != nil {
		t.Fatal(err)
	}
	gits.commit("satu", "a", "satu")
	gits.commit("dua", "a", "dua")
	gits.Git("switch", "-q", "-c", "lain")
	if got, want := logs(ours), logs(gits); got != want {
		t.Errorf("ours:\n%s\ngit's:\n%s", got, want)
	}
	ours.append(".git/logs/refs/heads/main", strings.Repeat("0", 40)+" 12")
	write("tiga")
	if got := ours.Git("reflog", "show", "--format=%gs", "main"); got != "commit: tiga\ncommit: dua\ncommit (initial): satu" {
		t.Errorf("after half a line:\n%s", got)
	}
	ours.Git("config", "core.logAllRefUpdates", "false")
	r = ours.open()
	if err := r.Switch("tanpa", main); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(ours.Dir, ".git/logs/refs/heads/tanpa")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a log that git would not keep: %v", err)
	}
}

// TestAFileThatChangedMeanwhileIsKept: a file of the working tree is written only
// over what was read.
func TestAFileThatChangedMeanwhileIsKept(t *testing.T) {
	o := newOffice(t)
	o.commit("start", "a", "a\n")
	r := o.open()
	for _, c := range []struct {
		was, data []byte
		err       error
	}{
		{nil, []byte("b\n"), ErrMoved}, {[]byte("x\n"), []byte("b\n"), ErrMoved},
		{nil, []byte("a\n"), nil}, {[]byte("a\n"), []byte("b\n"), nil}, {[]byte("a\n"), []byte("b\n"), nil},
	} {
		if err := r.WriteFile("a", c.was, c.data); !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
			t.Errorf("%q over %q: %v", c.data, c.was, err)
		}
	}
	if err := r.WriteFile("folder/new", []byte("x"), []byte("y")); !errors.Is(err, ErrMoved) {
		t.Errorf("a file that was taken away: %v", err)
	}
}
