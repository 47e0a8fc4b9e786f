package play

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/schema"
)

// keyFolder is where the demo keeps the invented people's private keys: beside
// the history, never in it.
const keyFolder = ".git/kunci-contoh"

// Demo is one performance of the example office: a story in acts, everything in
// it the output of the real commands.
type Demo struct {
	Dir  string // an empty folder, or one that is not there yet
	Lang text.Lang
	Out  io.Writer
	Run  func(Call) int // runs a command line of the program

	player *Player
}

// Play performs the story.
func (d *Demo) Play() error {
	if err := d.clear(); err != nil {
		return err
	}
	keys := filepath.Join(d.Dir, filepath.FromSlash(keyFolder))
	if err := os.MkdirAll(keys, 0o755); err != nil {
		return err
	}
	if err := os.Chmod(keys, 0o700); err != nil {
		return err
	}
	for i, act := range d.acts() {
		fmt.Fprintf(d.Out, "%s\n", d.Lang.Say("demo.act", i+1, len(d.acts()), d.Lang.Say("demo.act."+act.name)))
		if err := act.play(); err != nil {
			return fmt.Errorf("act %s: %w", act.name, err)
		}
	}
	return os.Remove(filepath.Join(d.Dir, onStage))
}

// onStage is the file that lies in the demo's folder until the story has ended.
const onStage = ".demo-belum-selesai"

// ErrPlayed says that the demo is there already, whole.
var ErrPlayed = errors.New("played already")

// clear makes the folder ready. A demo that was stopped is begun anew; anything
// else that is there stays, and nothing is played.
func (d *Demo) clear() error {
	stage := filepath.Join(d.Dir, onStage)
	list, err := os.ReadDir(d.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := os.Stat(stage); err != nil {
		list = slices.DeleteFunc(list, func(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), git.Unfinished) })
		if _, err := os.Stat(filepath.Join(d.Dir, filepath.FromSlash(keyFolder))); err == nil {
			return ErrPlayed
		}
		if len(list) > 0 {
			return fmt.Errorf("%s: %w", d.Dir, fs.ErrExist)
		}
		return git.WriteFile(stage, nil, 0o644)
	}
	for _, e := range list {
		if e.Name() != onStage {
			if err := os.RemoveAll(filepath.Join(d.Dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

type act struct {
	name string
	play func() error
}

// acts lists the demo's acts in order. Everything they show is the output of
// the real commands.
func (d *Demo) acts() []act {
	return []act{
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

func (d *Demo) office() (err error) {
	d.player, err = New(d.Dir, filepath.Join(d.Dir, filepath.FromSlash(keyFolder)), Office{})
	if err != nil {
		return err
	}
	d.player.Lang, d.player.Run = d.Lang, d.Run
	return nil
}

// quietly plays scripts without their commands' output.
func (d *Demo) quietly(scripts ...string) func() error {
	return func() error {
		for _, s := range scripts {
			if err := d.player.Play(s); err != nil {
				return err
			}
		}
		return nil
	}
}

// shown runs one command line and shows it with its real output.
func (d *Demo) shown(exit string, args ...string) func() error {
	return func() error {
		fmt.Fprintf(d.Out, "    $ tambal %s\n", d.shell(args))
		d.player.Log = &indented{w: d.Out}
		defer func() { d.player.Log = io.Discard }()
		return d.player.Command(exit, append([]string{"tambal"}, args...))
	}
}

// shell writes arguments as a person would type them in the demo's folder.
func (d *Demo) shell(args []string) string {
	words := make([]string, len(args))
	for i, a := range args {
		if words[i] = strings.TrimPrefix(a, d.Dir+string(filepath.Separator)); strings.ContainsAny(a, " '") {
			words[i] = strconv.Quote(a)
		}
	}
	return strings.Join(words, " ")
}

// refused: a complete plan and analysis may not land before the Kabid decides.
func (d *Demo) refused() error {
	d.player.Until = "analysed"
	if err := d.player.Play("history/normal.txtar"); err != nil {
		return err
	}
	d.player.Until = ""
	return d.shown("1", "merge", "SP-2026-0001")()
}

// approved: the Kabid signs with a key of his own, and the same merge lands.
func (d *Demo) approved() error {
	p := d.player
	if err := p.Become("budi-s"); err != nil {
		return err
	}
	p.Now = p.Now.Add(9 * time.Minute)
	if err := d.shown("0", "approve", "SP-2026-0001", "--yes", "--key", p.KeyFile("budi-s"), "--disposition", "Setuju. Laksanakan di luar jam layanan.")(); err != nil {
		return err
	}
	if err := p.Become("siti-a"); err != nil {
		return err
	}
	return d.shown("0", "merge", "SP-2026-0001")()
}

// finished plays the rest of the approved case.
func (d *Demo) finished() error {
	d.player.From = "decided"
	return d.player.Play("history/normal.txtar")
}

// rejection: a refusal is recorded and lands too.
func (d *Demo) rejection() error {
	if err := d.quietly("history/rejected.txtar")(); err != nil {
		return err
	}
	return d.shown("0", "status", d.player.ID)()
}

// attack edits a finished step in a copy of the repository with a plain commit,
// and lets the audit find it.
func (d *Demo) attack() error {
	place, err := os.MkdirTemp("", "tambal-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(place)
	mine, err := d.player.CopyTo(place)
	if err != nil {
		return err
	}
	if err := mine.PlayData("attack", []byte("case SP-2026-0001\nas agus-p\nreplace @/"+schema.ManifestFile+" \"Paling lama 10 menit\" \"Paling lama 2 jam\"\ncommit \"perbaikan kecil\"\n")); err != nil {
		return err
	}
	before, err := d.head()
	if err != nil {
		return err
	}
	fmt.Fprintf(d.Out, "    $ tambal audit --since %s\n", before.Short())
	mine.Log = &indented{w: d.Out}
	return mine.Command("1", []string{"tambal", "audit", "--since", string(before)})
}

// head is what the demo's own main branch points at.
func (d *Demo) head() (git.ID, error) {
	repo, err := git.Open(d.Dir)
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
func (d *Demo) reports() error {
	for _, format := range []string{"html", "md"} {
		if err := d.player.Command("0", []string{"tambal", "report", "SP-2026-0001", "--format", format}); err != nil {
			return err
		}
		name := "laporan/SP-2026-0001." + format
		if err := git.WriteFile(filepath.Join(d.Dir, filepath.FromSlash(name)), []byte(d.player.Shown), 0o644); err != nil {
			return err
		}
		fmt.Fprintf(d.Out, "    %s\n", name)
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
			return 0, err
		}
	}
	return len(b), nil
}
