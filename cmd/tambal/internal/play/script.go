package play

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/examples"
	"github.com/tambal-id/tambal/schema"
)

// Play runs a script of examples/ by its path, such as history/normal.txtar.
func (p *Player) Play(name string) error {
	data, err := examples.FS.ReadFile(name)
	if err != nil {
		return err
	}
	return p.PlayData(name, data)
}

// PlayData runs a script that is called name.
func (p *Player) PlayData(name string, data []byte) error {
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
		words, err := SplitWords(line)
		if err == nil && len(words) > 0 {
			isLabel := words[0] == "label" && len(words) > 1
			if isLabel && words[1] == p.Until {
				return nil
			}
			if p.From == "" {
				err = p.Act(words)
			} else if isLabel && words[1] == p.From {
				p.From = ""
			}
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", name, i+1, err)
		}
	}
	return nil
}

// SplitWords splits a script line; double quotes hold words together, # begins
// a comment.
func SplitWords(line string) ([]string, error) {
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

// CaseDir is the folder of the case being worked on.
func (p *Player) CaseDir() string {
	dir, _ := schema.CaseDir(p.ID)
	return dir
}

// write writes a file of the working tree, by its path from the root.
func (p *Player) write(name string, data []byte) error {
	return git.WriteFile(filepath.Join(p.Dir, filepath.FromSlash(name)), data, 0o644)
}
