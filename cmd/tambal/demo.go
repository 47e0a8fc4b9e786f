package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
)

// demoKeys is where the demo keeps the invented people's private keys: beside
// the history, never in it.
const demoKeys = ".git/kunci-contoh"

// demoCommand builds a real patch repository and walks it through the SOP.
func (a *app) demoCommand() *cobra.Command {
	return a.command("demo [DIR]", between(0, 1), func(args []string) error {
		dir := "tambal-demo"
		if len(args) > 0 {
			dir = args[0]
		}
		return a.demo(dir)
	})
}

func (a *app) demo(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if list, err := os.ReadDir(dir); err == nil && len(list) > 0 {
		return refused("demo.not-empty", dir)
	}
	d := &demo{app: a, dir: dir}
	if err := os.MkdirAll(filepath.Join(dir, ".git"), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(dir, filepath.FromSlash(demoKeys)), 0o700); err != nil {
		return err
	}
	for i, act := range d.acts() {
		fmt.Fprintf(a.out, "%s\n", a.lang.Say("demo.act", i+1, len(d.acts()), a.lang.Say("demo.act."+act.name)))
		if err := act.play(); err != nil {
			return fmt.Errorf("act %s: %w", act.name, err)
		}
	}
	a.say("demo.end", filepath.Join(dir, "laporan", "SP-2026-0001.html"), dir)
	return nil
}

// demo is one performance.
type demo struct {
	*app
	dir    string
	player *player
}

type demoAct struct {
	name string
	play func() error
}

// acts lists the demo's acts in order. Everything they show is the output of
// the real commands.
func (d *demo) acts() []demoAct {
	return []demoAct{
		{"office", d.office},
		{"refused", d.refused},
		{"approved", d.approved},
		{"finished", d.finished},
		{"rejection", d.rejection},
		{"others", d.quietly("history/not-required.txtar", "history/do-not-implement.txtar", "history/withdrawn.txtar",
			"history/anomaly-retry.txtar", "history/rescheduled.txtar", "history/acting-kabid.txtar", "history/partial.txtar")},
		{"audit", d.shown("0", "audit")},
		{"attack", d.attack},
		{"status", d.shown("0", "status")},
		{"report", d.reports},
	}
}

func (d *demo) office() (err error) {
	d.player, err = newPlayer(d.dir, filepath.Join(d.dir, filepath.FromSlash(demoKeys)), d.lang, io.Discard, randomKey, nil)
	return err
}

// quietly plays scripts without their commands' output.
func (d *demo) quietly(scripts ...string) func() error {
	return func() error {
		for _, s := range scripts {
			if err := d.player.play(s); err != nil {
				return err
			}
		}
		return nil
	}
}

// shown runs one command line and shows it with its real output.
func (d *demo) shown(exit string, args ...string) func() error {
	return func() error {
		fmt.Fprintf(d.out, "    $ tambal %s\n", d.shell(args))
		d.player.log = &indented{w: d.out}
		defer func() { d.player.log = io.Discard }()
		return d.player.command(exit, append([]string{"tambal"}, args...))
	}
}

// shell writes arguments as a person would type them in the demo's folder.
func (d *demo) shell(args []string) string {
	words := make([]string, len(args))
	for i, a := range args {
		if words[i] = strings.TrimPrefix(a, d.dir+string(filepath.Separator)); strings.ContainsAny(a, " '") {
			words[i] = strconv.Quote(a)
		}
	}
	return strings.Join(words, " ")
}

// refused: a complete plan and analysis may not land before the Kabid decides.
func (d *demo) refused() error {
	d.player.until = "analysed"
	if err := d.player.play("history/normal.txtar"); err != nil {
		return err
	}
	d.player.until = ""
	return d.shown("1", "merge", "SP-2026-0001")()
}

// approved: the Kabid signs with a key of his own, and the same merge lands.
func (d *demo) approved() error {
	p := d.player
	if err := p.become("budi-s"); err != nil {
		return err
	}
	p.now = p.now.Add(9 * time.Minute)
	if err := d.shown("0", "approve", "SP-2026-0001", "--yes", "--key", p.keyFile("budi-s"), "--disposition", "Setuju. Laksanakan di luar jam layanan.")(); err != nil {
		return err
	}
	if err := p.become("siti-a"); err != nil {
		return err
	}
	return d.shown("0", "merge", "SP-2026-0001")()
}

// finished plays the rest of the approved case.
func (d *demo) finished() error {
	d.player.from = "decided"
	return d.player.play("history/normal.txtar")
}

// rejection: a refusal is recorded and lands too.
func (d *demo) rejection() error {
	if err := d.quietly("history/rejected.txtar")(); err != nil {
		return err
	}
	return d.shown("0", "status", d.player.id)()
}

// attack edits a finished step in a copy of the repository with a plain commit,
// and lets the audit find it.
func (d *demo) attack() error {
	place, err := os.MkdirTemp("", "tambal-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(place)
	if err := os.CopyFS(place, os.DirFS(d.dir)); err != nil {
		return err
	}
	mine := *d.player
	mine.dir, mine.log = place, io.Discard
	if err := mine.playData("attack", []byte("case SP-2026-0001\nas agus-p\nreplace @/patch.yaml \"Paling lama 10 menit\" \"Paling lama 2 jam\"\ncommit \"perbaikan kecil\"\n")); err != nil {
		return err
	}
	before, err := d.head()
	if err != nil {
		return err
	}
	fmt.Fprintf(d.out, "    $ tambal audit --since %s\n", before.Short())
	mine.log = &indented{w: d.out}
	return mine.command("1", []string{"tambal", "audit", "--since", string(before)})
}

// head is what the demo's own main branch points at.
func (d *demo) head() (history.ID, error) {
	repo, err := history.Open(d.dir)
	if err != nil {
		return "", err
	}
	defer repo.Close()
	tip, err := repo.Resolve("main")
	if err != nil {
		return "", err
	}
	return tip.ID, nil
}

// reports writes the formal report of the finished case.
func (d *demo) reports() error {
	repo, err := history.Open(d.dir)
	if err != nil {
		return err
	}
	defer repo.Close()
	for _, format := range []string{"html", "md"} {
		r := &reporting{app: d.player.app(), format: format}
		data, _, err := r.report(repo, "SP-2026-0001")
		if err != nil {
			return err
		}
		name := "laporan/SP-2026-0001." + format
		if err := writeFile(d.dir, name, data); err != nil {
			return err
		}
		fmt.Fprintf(d.out, "    %s\n", name)
	}
	return nil
}

// indented sets a command's output off from the story around it.
type indented struct {
	w      io.Writer
	inside bool
}

func (i *indented) Write(b []byte) (int, error) {
	for _, line := range strings.SplitAfter(string(b), "\n") {
		if line == "" {
			continue
		}
		if !i.inside {
			line = "    " + line
		}
		i.inside = !strings.HasSuffix(line, "\n")
		if _, err := io.WriteString(i.w, line); err != nil {
			return 0, errors.Join(err)
		}
	}
	return len(b), nil
}
