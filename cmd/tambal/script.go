package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
	"github.com/tambal-id/tambal/cmd/tambal/internal/scaffold"
	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/examples"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// player plays the scripted histories of examples/: each line is one act of
// one person, done by the code of the real commands on a real repository. The
// demo and the tests play the same scripts; the verbs are documented in
// examples/README.md.
type player struct {
	dir, keyDir string
	lang        text.Lang
	log         io.Writer // what the commands print
	now         time.Time
	keys        map[string]*signature.Signer
	team        *policies.Team
	who         *policies.Person
	id, like    string // the case being worked on, and the example its items come from
	title       string
	retryOf     string
	files       map[string][]byte         // of the script's archive
	played      []string                  // include stack
	from, until string                    // play only what stands between these labels
	shown       string                    // what the last command line printed
	external    func(args []string) error // runs git, in tests
	github      func(args []string) error // acts on a GitHub, in tests
	sleep       func(context.Context, time.Duration) error
	env         map[string]string           // what the commands see of the environment
	inspect     func(*finding.Result) error // looks at every result, in tests
}

// keyMaker makes a person's key and its file.
type keyMaker func(id string) (*signature.Signer, []byte, error)

// randomKey is the key of somebody real: nobody makes it twice.
func randomKey(string) (*signature.Signer, []byte, error) { return signature.NewSigner() }

// scriptError names the script and line that went wrong.
type scriptError struct {
	script string
	line   int
	err    error
}

func (e *scriptError) Error() string { return fmt.Sprintf("%s:%d: %v", e.script, e.line, e.err) }
func (e *scriptError) Unwrap() error { return e.err }

// newPlayer prepares an office: invented people with keys made on the spot, the
// signature lane, and an empty repository whose first commit is the policy. edit,
// when not nil, changes the files of that commit.
func newPlayer(dir, keyDir string, lang text.Lang, log io.Writer, key keyMaker, edit func(files map[string][]byte)) (*player, error) {
	p := &player{dir: dir, keyDir: keyDir, lang: lang, log: log, keys: map[string]*signature.Signer{}}
	p.now = time.Date(2026, 1, 5, 8, 0, 0, 0, time.FixedZone("WIB", 7*3600))
	team, err := p.makeKeys(key)
	if err != nil {
		return nil, err
	}
	repo, err := history.Create(dir)
	if err != nil {
		return nil, err
	}
	defer repo.Close()
	files, err := scaffold.Files(scaffold.Owner{Name: "Siti Aminah", Email: "siti-a@kominfo.example", Since: p.now})
	if err != nil {
		return nil, err
	}
	draft := history.Draft{Branch: "main", Files: map[string][]byte{}, Message: "policies: SOP dan tim kantor contoh\n"}
	for _, f := range files {
		draft.Files[f.Path] = f.Data
	}
	draft.Files["policies/team.yaml"] = team
	sop := draft.Files["policies/sop.yaml"]
	draft.Files["policies/sop.yaml"] = bytes.Replace(sop, []byte("minimum: confirmed"), []byte("minimum: signed"), 1)
	if edit != nil {
		edit(draft.Files)
	}
	draft.Author = history.Identity{Name: "Siti Aminah", Email: "siti-a@kominfo.example", When: p.now}
	draft.Committer = draft.Author
	if _, err := repo.Write(draft); err != nil {
		return nil, err
	}
	policy, problems := policies.Load(os.DirFS(dir))
	if policy == nil || len(problems) > 0 {
		return nil, fmt.Errorf("example policy: %v", problems)
	}
	p.team = policy.Team
	return p, nil
}

// makeKeys gives every invented person a key and returns team.yaml with them.
func (p *player) makeKeys(key keyMaker) ([]byte, error) {
	team, err := examples.FS.ReadFile("team.yaml")
	if err != nil {
		return nil, err
	}
	for _, id := range []string{"siti-a", "agus-p", "rina-w", "joko-s", "budi-s", "dewi-k"} {
		signer, private, err := key(id)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(p.keyFile(id), private, 0o600); err != nil {
			return nil, err
		}
		if err := os.WriteFile(p.keyFile(id)+".pub", []byte(signer.AuthorizedKey()+"\n"), 0o644); err != nil {
			return nil, err
		}
		p.keys[id] = signer
		team = bytes.ReplaceAll(team, []byte("{{key "+id+"}}"), []byte(signer.AuthorizedKey()))
	}
	return team, nil
}

func (p *player) keyFile(id string) string { return filepath.Join(p.keyDir, id) }

// app returns the command environment of the person and the moment.
func (p *player) app() *app {
	a := &app{in: strings.NewReader(""), out: p.log, err: p.log, getenv: func(name string) string { return p.env[name] },
		lang: p.lang, dir: p.dir, now: p.now, format: "text", sleep: p.sleep}
	if p.who != nil {
		a.who = &history.Identity{Name: p.who.Name, Email: p.who.Emails[0]}
	}
	return a
}

// play runs a script of examples/ by its path, such as history/normal.txtar.
func (p *player) play(name string) error {
	data, err := examples.FS.ReadFile(name)
	if err != nil {
		return err
	}
	return p.playData(name, data)
}

func (p *player) playData(name string, data []byte) error {
	if slices.Contains(p.played, name) {
		return fmt.Errorf("%s includes itself", name)
	}
	p.played = append(p.played, name)
	defer func() { p.played = p.played[:len(p.played)-1] }()
	archive := txtar.Parse(data)
	outer := p.files
	p.files = map[string][]byte{}
	defer func() { p.files = outer }()
	for _, f := range archive.Files {
		p.files[f.Name] = f.Data
	}
	for i, line := range strings.Split(string(archive.Comment), "\n") {
		words, err := splitWords(line)
		if err == nil && len(words) > 0 {
			isLabel := words[0] == "label" && len(words) > 1
			if isLabel && words[1] == p.until {
				return nil
			}
			if p.from == "" {
				err = p.act(words)
			} else if isLabel && words[1] == p.from {
				p.from = ""
			}
		}
		if err != nil {
			return &scriptError{name, i + 1, err}
		}
	}
	return nil
}

// splitWords splits a script line; double quotes hold words together, # begins
// a comment.
func splitWords(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	quoted, open := false, false
	for _, r := range line {
		switch {
		case r == '"':
			quoted, open = !quoted, true
		case r == '#' && !quoted && !open:
			return words, nil
		case (r == ' ' || r == '\t') && !quoted:
			if open {
				words = append(words, word.String())
				word.Reset()
			}
			open = false
		default:
			word.WriteRune(r)
			open = true
		}
	}
	if quoted {
		return nil, fmt.Errorf("quote without end: %s", line)
	}
	if open {
		words = append(words, word.String())
	}
	return words, nil
}

// copyEvidence puts an example's file into the case's folder.
func (p *player) copyEvidence(source, name string) error {
	data, err := fs.ReadFile(examples.FS, "evidence/"+source)
	if err != nil {
		return err
	}
	return writeFile(p.dir, p.caseDir()+"/evidence/"+name, data)
}

func (p *player) caseDir() string {
	dir, _ := schema.CaseDir(p.id)
	return dir
}
