// Package play owns the script language of examples/: the demo plays the scripts
// for a person to watch, the tests play them to hold the program to its word.
//
// Each line of a script is one act of one person at one moment: a step taken, a
// plan approved with that person's own key, a merge, a verdict that must come
// out. The acts are done by the commands themselves on a real repository.
//
// The language is our own because its lines are what a reader of the SOP would
// say. A general engine for scripts knows files, programs and exit codes; the
// moment, the person, the key and the case would be options of every line, and
// comparing a verdict rule by rule would be a program beside it. The verbs stand
// in examples/README.md. To add one, add it to need and to the function that does
// its kind.
//
// It must not import the program it plays: command lines go through Player.Run.
package play

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/cmd/tambal/internal/scaffold"
	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/examples"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// Player plays scripts in one office.
type Player struct {
	Dir, KeyDir string // the repository; the private keys
	Lang        text.Lang
	Log         io.Writer // what the commands print
	Now         time.Time
	Team        *policies.Team
	Who         *policies.Person
	ID          string // the case being worked on
	From, Until string // play only what stands between these labels
	Shown       string // what the last command line of a script printed

	// Run runs a command line of the program and returns its exit code.
	Run func(Call) int
	// Env is what the commands see of the environment.
	Env map[string]string
	// Git runs git, and GitHub acts on a GitHub; both are nil but in tests.
	Git, GitHub func(args []string) error
	// Inspect looks at every result; it may be nil.
	Inspect func(*finding.Result) error

	keys    map[string]*signature.Signer
	like    string // the example that the case's items come from
	title   string
	retryOf string
	files   map[string][]byte // of the script's archive
	played  []string          // include stack
}

// Call is one command line, as somebody calls it.
type Call struct {
	Args   []string
	Out    io.Writer // for all that it prints
	Who    *git.Identity
	Getenv func(string) string
}

// KeyMaker makes a person's key and its file.
type KeyMaker func(id string) (*signature.Signer, []byte, error)

// Office says how a new office differs from the usual one.
type Office struct {
	Key  KeyMaker                      // nil makes random keys
	Edit func(files map[string][]byte) // changes the files of the first commit; may be nil
}

// New prepares an office: invented people with keys made on the spot, the
// signature lane, and an empty repository whose first commit is the policy.
func New(dir, keyDir string, o Office) (*Player, error) {
	p := &Player{Dir: dir, KeyDir: keyDir, Lang: text.English, Log: io.Discard}
	p.Now = time.Date(2026, 1, 5, 8, 0, 0, 0, time.FixedZone("WIB", 7*3600))
	team, err := p.MakeKeys(o.Key)
	if err != nil {
		return nil, err
	}
	repo, err := git.Create(dir)
	if err != nil {
		return nil, err
	}
	defer repo.Close()
	files, err := scaffold.Files(scaffold.Owner{Name: "Siti Aminah", Email: "siti-a@kominfo.example", Since: p.Now})
	if err != nil {
		return nil, err
	}
	draft := git.Draft{Branch: "main", Files: map[string][]byte{}, Message: "policies: SOP dan tim kantor contoh\n"}
	for _, f := range files {
		draft.Files[f.Path] = f.Data
	}
	draft.Files[schema.PoliciesDir+"/"+policies.TeamFile] = team
	sop := draft.Files[schema.SOPPath]
	draft.Files[schema.SOPPath] = bytes.Replace(sop, []byte("minimum: confirmed"), []byte("minimum: signed"), 1)
	if o.Edit != nil {
		o.Edit(draft.Files)
	}
	draft.Author = git.Identity{Name: "Siti Aminah", Email: "siti-a@kominfo.example", When: p.Now}
	draft.Committer = draft.Author
	if _, err := repo.Write(draft); err != nil {
		return nil, err
	}
	policy, problems := policies.Load(os.DirFS(dir))
	if policy == nil || len(problems) > 0 {
		return nil, fmt.Errorf("example policy: %v", problems)
	}
	p.Team = policy.Team
	return p, nil
}

// MakeKeys gives every invented person a key and returns team.yaml with them.
func (p *Player) MakeKeys(key KeyMaker) ([]byte, error) {
	if key == nil {
		key = func(string) (*signature.Signer, []byte, error) { return signature.NewSigner() }
	}
	p.keys = map[string]*signature.Signer{}
	team, err := examples.FS.ReadFile("team.yaml")
	if err != nil {
		return nil, err
	}
	for _, id := range []string{"siti-a", "agus-p", "rina-w", "joko-s", "budi-s", "dewi-k"} {
		signer, private, err := key(id)
		if err != nil {
			return nil, err
		}
		if err := git.WriteFile(p.KeyFile(id), private, 0o600); err != nil {
			return nil, err
		}
		if err := git.WriteFile(p.KeyFile(id)+".pub", []byte(signer.AuthorizedKey()+"\n"), 0o644); err != nil {
			return nil, err
		}
		p.keys[id] = signer
		team = bytes.ReplaceAll(team, []byte("{{key "+id+"}}"), []byte(signer.AuthorizedKey()))
	}
	return team, nil
}

// KeyFile is a person's private key.
func (p *Player) KeyFile(id string) string { return filepath.Join(p.KeyDir, id) }

// Key signs as a person would.
func (p *Player) Key(id string) *signature.Signer { return p.keys[id] }

// Clone is another player in the same office, at the same point of the story.
func (p *Player) Clone() *Player {
	other := *p
	other.played, other.files = nil, nil
	return &other
}

// CopyTo is Clone in a copy of the office's repository at an empty folder.
func (p *Player) CopyTo(dir string) (*Player, error) {
	other := p.Clone()
	other.Dir = dir
	return other, os.CopyFS(dir, os.DirFS(p.Dir))
}
