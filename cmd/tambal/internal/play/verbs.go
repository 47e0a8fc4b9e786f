package play

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tambal-id/tambal/examples"
	"github.com/tambal-id/tambal/schema"
)

// Act does one line of a script.
func (p *Player) Act(words []string) error {
	verb, args := words[0], words[1:]
	need := map[string]int{"at": 1, "as": 1, "case": 1, "title": 1, "branch": 1, "attach": 2, "write": 2, "append": 2,
		"replace": 3, "remove": 1, "include": 1, "land": 0, "check": 1, "audit": 1, "exit": 2, "shows": 1, "github": 1}
	if len(args) < need[verb] {
		return fmt.Errorf("%s needs %d words", verb, need[verb])
	}
	switch verb {
	case "at":
		at, err := time.Parse(time.RFC3339, args[0])
		p.Now = at
		return err
	case "as":
		return p.Become(args[0])
	case "case":
		p.ID, p.like, p.title, p.retryOf = args[0], args[0], "", ""
		for i := 1; i+1 < len(args); i += 2 {
			switch args[i] {
			case "like":
				p.like = args[i+1]
			case "retry":
				p.retryOf = args[i+1]
			default:
				return fmt.Errorf("case %s: unknown word %s", p.ID, args[i])
			}
		}
		return nil
	case "title":
		p.title = args[0]
		return nil
	case "label":
		return nil
	case "shows":
		if !strings.Contains(p.Shown, args[0]) {
			return fmt.Errorf("%q is not in what the last command showed:\n%s", args[0], p.Shown)
		}
		return nil
	case "include":
		until := p.Until
		p.Until = ""
		if len(args) == 3 && args[1] == "until" {
			p.Until = args[2]
		}
		defer func() { p.Until = until }()
		return p.Play(args[0])
	}
	return p.onFiles(verb, args)
}

// onFiles does the verbs that edit the working tree.
func (p *Player) onFiles(verb string, args []string) error {
	switch verb {
	case "attach":
		data, err := examples.FS.ReadFile("evidence/" + args[0])
		if err != nil {
			return err
		}
		return p.write(p.CaseDir()+"/"+schema.EvidenceDir+"/"+args[1], data)
	case "write", "append":
		data, ok := p.files[args[1]]
		if !ok {
			return fmt.Errorf("the script holds no file %s", args[1])
		}
		data = p.fill(data)
		if verb == "append" {
			old, err := os.ReadFile(filepath.Join(p.Dir, p.fillName(args[0])))
			if err != nil {
				return err
			}
			data = append(old, data...)
		}
		return p.write(p.fillName(args[0]), data)
	case "replace":
		old, err := os.ReadFile(filepath.Join(p.Dir, p.fillName(args[0])))
		if err != nil {
			return err
		}
		if !bytes.Contains(old, []byte(args[1])) {
			return fmt.Errorf("%s does not hold %q", args[0], args[1])
		}
		return p.write(p.fillName(args[0]), bytes.Replace(old, []byte(args[1]), p.fill([]byte(args[2])), 1))
	case "remove":
		return os.RemoveAll(filepath.Join(p.Dir, p.fillName(args[0])))
	case "items":
		return p.addItems(args)
	}
	return p.onGit(verb, args)
}

// Become makes the next acts those of a person of the team.
func (p *Player) Become(id string) error {
	if p.Who = p.Team.ByID(id); p.Who == nil {
		return fmt.Errorf("nobody is called %s", id)
	}
	return nil
}

// fill replaces {{key ID}} and {{case}} in a script's text.
func (p *Player) fill(data []byte) []byte {
	for id, signer := range p.keys {
		data = bytes.ReplaceAll(data, []byte("{{key "+id+"}}"), []byte(signer.AuthorizedKey()))
	}
	return bytes.ReplaceAll(data, []byte("{{case}}"), []byte(p.ID))
}

// fillName lets a script say @ for the case's folder.
func (p *Player) fillName(name string) string {
	if rest, ok := strings.CutPrefix(name, "@"); ok {
		return p.CaseDir() + rest
	}
	return name
}

// addItems appends items to the case's manifest in the working tree: from the
// script, or from the finished example case.
func (p *Player) addItems(names []string) error {
	for _, name := range names {
		item, err := p.item(name)
		if err != nil {
			return err
		}
		manifest := p.CaseDir() + "/" + schema.ManifestFile
		old, err := os.ReadFile(filepath.Join(p.Dir, manifest))
		if errors.Is(err, fs.ErrNotExist) {
			old = schema.New(p.ID, p.CaseTitle(), p.retryOf)
		} else if err != nil {
			return err
		}
		if err := p.write(manifest, append(old, p.fill(item)...)); err != nil {
			return err
		}
	}
	return nil
}

func (p *Player) item(name string) ([]byte, error) {
	if item, ok := p.files[name+".yaml"]; ok {
		return item, nil
	}
	example, err := p.example()
	if err != nil {
		return nil, err
	}
	for _, seg := range slices.Backward(schema.Segments(example)) {
		if seg.Name == name {
			return seg.Data, nil
		}
	}
	return nil, fmt.Errorf("neither the script nor case %s has an item %s", p.like, name)
}

func (p *Player) example() ([]byte, error) {
	year := strings.Split(p.like, "-")[1]
	return examples.FS.ReadFile(schema.CasesDir + "/" + year + "/" + p.like + "/" + schema.ManifestFile)
}

// CaseTitle is what the case is called.
func (p *Player) CaseTitle() string {
	if p.title != "" {
		return p.title
	}
	if data, err := p.example(); err == nil {
		if m, _ := schema.Parse(data); m != nil {
			return m.Metadata.Title
		}
	}
	return p.ID
}
