package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// long says that there is time for all that can be stopped, and not a sample only.
func long() bool { return os.Getenv("TAMBAL_LONG") != "" }

// never is no act to stop at.
const never = -1

// disks are what the file layer can be told to answer.
var disks = map[string]error{"full": syscall.ENOSPC, "read-only": syscall.EROFS, "denied": syscall.EACCES}

// interrupted prepares a process for the worst: at an act that changes a disk it
// ends at once, after half of what it writes; or the disk fails from then on.
func interrupted() {
	at, err := strconv.Atoi(os.Getenv("TAMBAL_TEST_STOP_AT"))
	if err != nil {
		at = never
	}
	n, fault := 0, disks[os.Getenv("TAMBAL_TEST_DISK")]
	git.Interrupt = func(act, name string) error {
		if act == "sync" { // waiting for the disk proves nothing here
			return git.ErrSkip
		}
		if at == never { // and several are at work
			return nil
		}
		n++
		switch {
		case at == 0:
			fmt.Fprintln(os.Stderr, "act", act, name)
			return nil
		case n < at:
			return nil
		case fault == nil && (act != "write" || n > at):
			os.Exit(137)
		case fault == nil:
			return errors.New("half of it is written")
		case fault == syscall.ENOSPC && !slices.Contains([]string{"create", "write", "mkdir", "link"}, act):
			return nil
		}
		return fault
	}
}

// process runs the program in a process of its own that stops at an act (0: at
// none, but names them), or whose disk fails there.
func (p *player) process(at int, disk, lang string, args ...string) (string, int) {
	args = append(slices.Clone(args), "--repo", p.Dir, "--now", "2026-02-02T10:20:00+07:00", "--lang", lang)
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), "TAMBAL_TEST_AS_PROGRAM=1", "TAMBAL_TEST_STOP_AT="+strconv.Itoa(at), "TAMBAL_TEST_DISK="+disk,
		"GIT_AUTHOR_NAME="+p.Who.Name, "GIT_AUTHOR_EMAIL="+p.Who.Emails[0])
	for name, value := range p.Env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		return err.Error(), -1
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// stopping is a command that will be stopped, in a state in which it does most.
type stopping struct {
	name, who string
	office    func(testing.TB) *player
	args      []string
	again     int    // exit code of a repeat after all was done
	says      string // and what it says then
	online    bool   // its forge ends with the test
}

// uninterrupted is a stopping with what it begins from, and what it did when nothing
// stopped it.
type uninterrupted struct {
	stopping
	start, done   *player
	before, after map[string]string
	acts          []string
}

// playedOnce holds stoppings by name: two tests begin from the same.
var playedOnce sync.Map

// uninterrupted plays the stopping to its end, once in a process.
func (s stopping) uninterrupted(t testing.TB) *uninterrupted {
	play := sync.OnceValue(func() *uninterrupted {
		r := &uninterrupted{stopping: s, start: s.office(t)}
		r.start.Who = r.start.Team.ByID(s.who)
		r.before, r.done = r.start.state(t), r.start.copied(t)
		r.acts = s.acts(t, r.done)
		r.after = r.done.state(t)
		return r
	})
	if s.online {
		return play()
	}
	once, _ := playedOnce.LoadOrStore(s.name, play)
	return once.(func() *uninterrupted)()
}

func stoppings(t *testing.T) []stopping {
	scan := filepath.Join(scratch(t), "bukti.txt")
	if err := os.WriteFile(scan, []byte("ada\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	evidence := scan + ",format=text,phase=other"
	opening := []string{"new", "--title", "OpenSSH", "--set", "trigger.kind=advisory", "--set", "trigger.reference=USN-6859-1",
		"--set", "sources=https://ubuntu.com/security/notices/USN-6859-1", "--set", "vulnerabilities.0.id=CVE-2024-6387",
		"--set", "decision=not-required", "--set", "reason=Tidak dipakai.", "--evidence", evidence}
	closing := []string{"next", "SP-2026-0001", "closure", "--set", "outcome=withdrawn", "--set", "note=Sistem dimatikan.", "--evidence", evidence}
	at := func(label string, more ...string) func(testing.TB) *player {
		return func(t testing.TB) *player {
			p, rest := begin(t, "include history/normal.txtar until "+label+"\n")
			playScript(t, p, rest)
			for _, line := range more {
				playScript(t, p, line)
			}
			return p
		}
	}
	after := func(args []string) func(testing.TB) *player {
		return func(t testing.TB) *player {
			p := at("opened", "as siti-a\n")(t)
			if out, code := p.process(never, "", "en", args...); code != 0 {
				t.Fatalf("%v: %d\n%s", args, code, out)
			}
			return p
		}
	}
	return []stopping{
		{"new", "siti-a", at("opened"), opening, 1, "was opened and is not committed yet", false},
		{"next", "siti-a", at("opened", "git switch -q main\n"), closing, 1, "is written and not committed yet", false},
		{"commit of a new case", "siti-a", after(opening), []string{"commit", "SP-2026-0002"}, 0, "already; nothing was changed", false},
		{"commit of a step", "siti-a", after(closing), []string{"commit", "SP-2026-0001"}, 0, "already; nothing was changed", false},
		{"approve", "budi-s", at("analysed"), []string{"approve", "SP-2026-0001", "--yes", "--disposition=Setuju.", "--key", usual(t).KeyFile("budi-s")}, 0, "already; nothing was changed", false},
		{"record", "siti-a", func(t testing.TB) *player {
			h := waitingOffice(t, forgetest.New(t))
			h.play("github open\n" + kabidApproves)
			return h.p
		}, []string{"record", "SP-2026-0001"}, 0, "is on its branch already", true},
		{"merge on the case's branch", "siti-a", at("approved"), []string{"merge", "SP-2026-0001"}, 0, "has landed on main already", false},
		{"merge on main", "siti-a", at("approved", "git switch -q main\n"), []string{"merge", "SP-2026-0001"}, 0, "has landed on main already", false},
		{"init", "siti-a", func(t testing.TB) *player {
			p := testPlayer(t)
			p.Dir = scratch(t)
			return p
		}, []string{"init"}, 0, "already; nothing was changed", false},
	}
}

// copied is one more office in the same state.
func (p *player) copied(t testing.TB) *player {
	t.Helper()
	other, err := p.CopyTo(scratch(t))
	if err != nil {
		t.Fatal(err)
	}
	return &player{other}
}

// state is what a person finds: every file of the working tree, every reference
// and its log, and what git says of the index, by name.
func (p *player) state(t testing.TB) map[string]string {
	t.Helper()
	s := map[string]string{}
	err := filepath.WalkDir(p.Dir, func(name string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(p.Dir, name)
		switch rel = filepath.ToSlash(rel); {
		case err != nil:
			return err
		case rel == ".git/objects", rel == ".git/refs/tambal", rel == ".git/hooks":
			return fs.SkipDir
		case d.IsDir(), rel == ".git/index", strings.HasPrefix(d.Name(), git.Unfinished):
			return nil
		}
		data, err := os.ReadFile(name)
		if strings.HasPrefix(rel, ".git/logs/") { // the same step is written down again by a repeat
			data = nil
		}
		s[rel] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if s[".git/HEAD"] != "" {
		s["git status"] = gitOutput(t, p, nil, "--no-optional-locks", "status", "--porcelain", "-uall")
	}
	return s
}

// whole wants every file as it was before or as it will be, and git to find nothing
// wrong. What the command holds when it stops is its locks.
func (p *player) whole(t testing.TB, before, after map[string]string) {
	t.Helper()
	for name, content := range p.state(t) {
		was, had := before[name]
		will, has := after[name]
		if name == "git status" || strings.HasSuffix(name, ".lock") || had && content == was || has && content == will {
			continue
		}
		t.Errorf("%s is neither what it was nor what it will be: %q", name, content)
	}
	if _, err := os.Stat(filepath.Join(p.Dir, ".git/HEAD")); err == nil {
		cmd := exec.Command("git", "fsck", "--strict", "--no-dangling", "--no-progress")
		cmd.Dir = p.Dir
		out, err := cmd.CombinedOutput()
		if said := strings.ReplaceAll(string(out), "notice: HEAD points to an unborn branch (main)\nnotice: No default references\n", ""); err != nil || said != "" {
			t.Errorf("git fsck: %v\n%s", err, out)
		}
	}
}

// acts runs a command to its end and returns what it did to the disk.
func (s *stopping) acts(t testing.TB, p *player) []string {
	t.Helper()
	out, code := p.process(0, "", "en", s.args...)
	var list []string
	for line := range strings.Lines(out) {
		if act, ok := strings.CutPrefix(line, "act "); ok {
			list = append(list, act)
		}
	}
	if code != 0 || len(list) < 3 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	return list
}

// TestAStopAnywhereLeavesNothingHalf kills each command at the acts that change the
// disk. Every file is whole then, git finds nothing wrong, and the same command run
// again ends where one that was never stopped does; once more, and it says so.
func TestAStopAnywhereLeavesNothingHalf(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	all, stops := 0, map[string]int{}
	t.Run("", func(t *testing.T) {
		for _, s := range stoppings(t) {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				r := s.uninterrupted(t)
				start, done, before, after, acts := r.start, r.done, r.before, r.after, r.acts
				if maps.Equal(before, after) {
					t.Fatal("the command does nothing")
				}
				step := 1
				if !long() {
					step = max(1, len(acts)/2)
				}
				for k := len(acts); k > 0; k -= step {
					mu.Lock()
					all++
					stops[s.name]++
					mu.Unlock()
					p := start.copied(t)
					if out, code := p.process(k, "", "en", s.args...); code != 137 {
						t.Fatalf("not stopped at act %d (%s): %d\n%s", k, acts[k-1], code, out)
					}
					p.whole(t, before, after)
					out, code := p.process(never, "", "en", s.args...)
					if code != 0 && code != s.again {
						t.Errorf("again: %d\n%s", code, out)
					}
					if got := p.state(t); !maps.Equal(got, after) {
						t.Errorf("again: %s\n%s", out, cmp.Diff(after, got))
					}
					if t.Failed() {
						t.Fatalf("stopped at act %d of %d: %s", k, len(acts), acts[k-1])
					}
				}
				if out, code := done.process(never, "", "en", s.args...); code != s.again || !strings.Contains(out, s.says) || !maps.Equal(done.state(t), after) {
					t.Errorf("once more: %d, %s", code, out)
				}
			})
		}
	})
	t.Logf("%d stops: %v", all, stops)
}

// TestADiskThatFailsIsNamed fills the disk, or takes the right to write away, at
// every kind of act. The error names the file in the person's language, and nothing
// is left half-written; with room again, the command does its work. Without much
// time each command meets one such disk.
func TestADiskThatFailsIsNamed(t *testing.T) {
	t.Parallel()
	for n, s := range stoppings(t) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			r := s.uninterrupted(t)
			start, before, after, acts := r.start, r.before, r.after, r.acts
			met, step := []string{"full", "read-only", "denied"}, len(acts)/4+1
			if !long() {
				met, step = met[n%len(met):][:1], len(acts)
			}
			i, failures := n, 0
			for _, disk := range met {
				code := "error.denied"
				if disk == "full" {
					code = "error.full"
				}
				for k := 1 + n; k <= len(acts); k += step {
					lang := []text.Lang{text.Indonesian, text.English}[i%2]
					i++
					p := start.copied(t)
					out, exit := p.process(k, disk, string(lang), s.args...)
					hint := lang.Say(code + ".hint")
					if exit != 0 {
						failures++
					}
					if exit != 0 && (exit != exitUsage || !strings.Contains(out, hint)) { // 0: only a lock could not be taken away
						t.Errorf("%s from act %d (%s): %d, no %q in\n%s", disk, k, acts[k-1], exit, hint, out)
					}
					p.whole(t, before, after)
					if out, exit = p.process(never, "", "en", s.args...); exit != 0 && exit != s.again || !maps.Equal(p.state(t), after) {
						t.Errorf("%s from act %d (%s), and then: %d\n%s", disk, k, acts[k-1], exit, out)
					}
				}
			}
			if failures < len(met) {
				t.Errorf("it failed %d times only", failures)
			}
		})
	}
}

// TestADemoThatWasStoppedBeginsAnew kills the demo, and plays it to its end in the
// same folder; what somebody else has put there is never touched.
func TestADemoThatWasStoppedBeginsAnew(t *testing.T) {
	t.Parallel()
	stops := []int{2, 60}
	if long() {
		for k := 3; k < 3000; k += 100 {
			stops = append(stops, k)
		}
	}
	p := testPlayer(t)
	p.Who = p.Team.ByID("siti-a")
	for i, k := range stops {
		p.Dir = filepath.Join(scratch(t), "demo")
		if out, code := p.process(k, "", "en", "demo", p.Dir); code != 137 {
			t.Fatalf("not stopped at act %d: %d\n%s", k, code, out)
		}
		p.whole(t, nil, p.state(t))
		if !long() && i == 0 {
			continue
		}
		if out, code := p.process(never, "", "en", "demo", p.Dir); code != 0 {
			t.Fatalf("stopped at act %d, and again: %d\n%s", k, code, out)
		}
		after := p.state(t)
		p.whole(t, nil, after)
		auditDemo(t, p.Dir)
		if out, code := p.process(never, "", "en", "demo", p.Dir); code != 0 || !strings.Contains(out, "already; nothing was changed") || !maps.Equal(after, p.state(t)) {
			t.Errorf("once more: %d\n%s", code, out)
		}
	}
}

// TestALockOfSomebodyElseIsRespected: another program's lock stops every command
// that would write what it guards. It is named, with the way out, in both languages.
func TestALockOfSomebodyElseIsRespected(t *testing.T) {
	t.Parallel()
	locks := map[string]string{"commit of a step": "index", "new": "index", "merge on main": "refs/heads/main", "approve": "refs/heads/SP-2026-0001"}
	for _, s := range stoppings(t) {
		if locks[s.name] == "" {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			p := s.office(t)
			p.Who = p.Team.ByID(s.who)
			lock := filepath.Join(p.Dir, ".git", filepath.FromSlash(locks[s.name])+".lock")
			if err := os.WriteFile(lock, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			before := p.state(t)
			for _, lang := range []text.Lang{text.Indonesian, text.English} {
				out, code := p.process(never, "", string(lang), s.args...)
				if code != exitUsage || !strings.Contains(out, lang.Say("history.locked", lock)) || !strings.Contains(out, lang.Say("history.locked.hint")) {
					t.Errorf("%d\n%s", code, out)
				}
			}
			if after := p.state(t); !maps.Equal(before, after) {
				t.Error(cmp.Diff(before, after))
			}
			if err := os.Remove(lock); err != nil {
				t.Fatal(err)
			}
			if out, code := p.process(never, "", "en", s.args...); code != 0 {
				t.Errorf("without it: %d\n%s", code, out)
			}
		})
	}
}
