package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/play"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/examples"
)

// The recorder writes down everything the tests' players are shown, so that two
// versions of the program can be held against each other:
//
//	TAMBAL_RECORD=/somewhere/a go test ./cmd/tambal
//	diff -r /somewhere/a /somewhere/b
//
// Each test has a folder: log.txt holds what its commands printed and every
// result it brought about, in all formats and both languages; the other files are
// what the office shows at the end. Without TAMBAL_RECORD nothing is written.
var recordDir = os.Getenv("TAMBAL_RECORD")

var languages = []text.Lang{text.Indonesian, text.English}

// recorder keeps what one player of one test is shown.
type recorder struct {
	t   testing.TB
	p   *player
	dir string
	log bytes.Buffer
}

// recordPlayer writes down what the player is shown from now on. It must be called
// after the player's folders were made: it looks at them again at the end.
func recordPlayer(t testing.TB, p *player) {
	t.Helper()
	if recordDir == "" {
		return
	}
	r := &recorder{t: t, p: p, dir: recordFolder(t, t.Name())}
	p.Log = &r.log
	inspect := p.Inspect
	p.Inspect = func(result *finding.Result) error {
		r.result(result)
		return inspect(result)
	}
	t.Cleanup(func() {
		r.save("log.txt", r.log.String())
		r.office()
	})
}

// recordFolder makes the folder of a test; a second player of a test gets its own.
func recordFolder(t testing.TB, name string) string {
	t.Helper()
	dir := filepath.Join(recordDir, filepath.FromSlash(name))
	for i := 2; ; i++ {
		if _, err := os.Stat(filepath.Join(dir, "player")); os.IsNotExist(err) {
			break
		}
		dir = filepath.Join(recordDir, filepath.FromSlash(name), fmt.Sprint("player-", i))
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "player"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// result writes one result in every format and language.
func (r *recorder) result(result *finding.Result) {
	for _, format := range []string{"text", "json", "github", "sarif"} {
		for _, lang := range languages {
			fmt.Fprintf(&r.log, "== %s %s\n", format, lang)
			if err := finding.Writers[format](&r.log, result, lang); err != nil {
				r.t.Error(err)
			}
		}
	}
}

// passing are the words that differ from run to run: folders, ports, and moments
// around tomorrow, until when a forge may let nobody in.
var passing = regexp.MustCompile(regexp.QuoteMeta(os.TempDir()) + `/[^\s"'<>)\]]*|127\.0\.0\.1:\d+|` +
	time.Now().UTC().Add(24*time.Hour).Format(time.DateOnly) + `T[0-9:]+Z`)

func (r *recorder) save(name, data string) {
	for place, word := range map[string]string{r.p.Dir: "{{repo}}", r.p.KeyDir: "{{keys}}"} {
		data = strings.ReplaceAll(data, place, word)
	}
	data = passing.ReplaceAllString(data, "{{passing}}")
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(data), 0o644); err != nil {
		r.t.Error(err)
	}
}

// shown runs a command line as nobody in particular and returns its output.
func (r *recorder) shown(lang text.Lang, args ...string) string {
	mine := r.p.Clone()
	mine.Log, mine.Lang = io.Discard, lang
	code := "0"
	if err := mine.Command(code, append([]string{"tambal"}, args...)); err != nil {
		code, _, _ = strings.Cut(strings.TrimPrefix(err.Error(), "exit code "), ",")
	}
	return mine.Shown + "exit " + code + "\n"
}

// office writes what the repository shows: the verdict over its history, every
// case's standing and document, and the branch that was worked on last.
func (r *recorder) office() {
	for _, lang := range languages {
		for _, format := range []string{"text", "json", "github", "sarif"} {
			r.save(fmt.Sprintf("audit.%s.%s", lang, format), r.shown(lang, "audit", "--format", format))
			r.save(fmt.Sprintf("check.%s.%s", lang, format), r.shown(lang, "check", "--head", r.p.ID, "--format", format))
		}
		r.save(fmt.Sprintf("status.%s.json", lang), r.shown(lang, "status", "--format", "json"))
		r.save(fmt.Sprintf("status.%s.txt", lang), r.shown(lang, "status"))
		for _, id := range r.cases() {
			r.save(fmt.Sprintf("status.%s.%s.txt", lang, id), r.shown(lang, "status", id))
			for _, format := range []string{"md", "html", "json"} {
				r.save(fmt.Sprintf("report.%s.%s.%s", lang, id, format), r.shown(lang, "report", id, "--format", format))
			}
		}
	}
}

// cases lists the cases that landed, and the one that was worked on.
func (r *recorder) cases() []string {
	data, _, _ := strings.Cut(r.shown(text.English, "audit", "--format", "json"), "\nexit ")
	var result struct{ Cases []struct{ ID string } }
	list := []string{}
	if err := json.Unmarshal([]byte(data), &result); err == nil {
		for _, c := range result.Cases {
			list = append(list, path.Base(c.ID))
		}
	}
	if id := path.Base(r.p.ID); !strings.Contains(strings.Join(list, " "), id) && r.p.ID != "" {
		list = append(list, id)
	}
	return list
}

// recordHub writes what the pull request shows, and what an audit that may ask
// the forge says.
func recordHub(t testing.TB, h *hub) {
	t.Helper()
	if recordDir == "" {
		return
	}
	t.Cleanup(func() {
		r := &recorder{t: t, p: h.p, dir: filepath.Join(recordFolder(t, t.Name()+"/github"))}
		for _, lang := range languages {
			for _, format := range []string{"text", "json"} {
				r.save(fmt.Sprintf("pull.%s.%s", lang, format), r.shown(lang, "check", "--pr", fmt.Sprint(max(h.number, 1)), "--format", format))
				r.save(fmt.Sprintf("online.%s.%s", lang, format), r.shown(lang, "audit", "--online", "--format", format))
			}
		}
		var b strings.Builder
		for _, c := range h.Comments(max(h.number, 1)) {
			fmt.Fprintf(&b, "== comment\n%s\n", c.Body)
		}
		if p := h.Pull(max(h.number, 1)); p != nil {
			for _, s := range h.Statuses(p.HeadSHA) {
				fmt.Fprintf(&b, "== status %s %s\n%s\n%s\n", s.State, s.Context, s.Description, s.TargetURL)
			}
		}
		r.save("page.txt", b.String())
	})
}

// TestRecorder plays what only the recorder wants: every script once more in
// Indonesian, and the demo.
func TestRecorder(t *testing.T) {
	t.Parallel()
	if recordDir == "" {
		return
	}
	for _, dir := range []string{"history", "attacks", "rules"} {
		scripts, err := fs.ReadDir(examples.FS, dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range scripts {
			t.Run(dir+"/"+s.Name(), func(t *testing.T) {
				t.Parallel()
				p := testPlayer(t)
				p.Lang = text.Indonesian
				data, err := examples.FS.ReadFile(dir + "/" + s.Name())
				if err != nil {
					t.Fatal(err)
				}
				data = regexp.MustCompile(`(?m)^shows .*$`).ReplaceAll(data, nil) // they are in English
				if err := p.PlayData(dir+"/"+s.Name(), data); err != nil {
					t.Error(err)
				}
			})
		}
	}
	for _, lang := range languages {
		var out strings.Builder
		a := &env{in: strings.NewReader(""), out: &out, err: &out, getenv: func(string) string { return "" }}
		dir := filepath.Join(t.TempDir(), "demo")
		if code := a.run([]string{"--lang", string(lang), "demo", dir}); code != exitPass {
			t.Errorf("demo: exit code %d\n%s", code, &out)
		}
		r := &recorder{t: t, p: &player{&play.Player{Dir: dir, KeyDir: dir}}, dir: recordFolder(t, t.Name()+"/demo-"+string(lang))}
		r.save("demo.txt", normal(out.String()))
	}
}
