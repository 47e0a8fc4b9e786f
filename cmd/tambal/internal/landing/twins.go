package landing

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
	"github.com/tambal-id/tambal/schema"
)

// Twin is a path that a landing brings and that some systems, or some readers,
// take for another one beside it.
type Twin struct{ Path, Other string }

// Twins finds them: names in one folder below patches/ and policies/, and names at
// the root that are taken for patches, policies or .github.
func Twins(r *git.Repo, l *Landing) ([]Twin, error) {
	twins, err := rootTwins(r, l)
	if err != nil {
		return nil, err
	}
	deleted := map[string]bool{}
	for _, ch := range l.Changes {
		deleted[ch.Path] = ch.After.Mode == ""
	}
	folders := map[string]map[string]string{} // by folder: the names there, by what they are taken for
	held := func(dir string) (map[string]string, error) {
		if folders[dir] == nil {
			var names []string
			if l.Base != nil {
				if names, err = r.Names(l.Base.Tree, dir); err != nil {
					return nil, err
				}
			}
			folders[dir] = map[string]string{}
			for _, name := range names {
				if !deleted[dir+"/"+name] {
					folders[dir][takenFor(name)] = name
				}
			}
		}
		return folders[dir], nil
	}
	for _, ch := range l.Changes {
		if ch.After.Mode == "" || ch.Before.Mode != "" {
			continue
		}
		dir, rest, _ := strings.Cut(ch.Path, "/")
		for rest != "" {
			names, err := held(dir)
			if err != nil {
				return nil, err
			}
			var name string
			name, rest, _ = strings.Cut(rest, "/")
			switch other, ok := names[takenFor(name)]; {
			case !ok:
				names[takenFor(name)] = name
			case other != name:
				twins = append(twins, Twin{dir + "/" + name, dir + "/" + other})
				rest = "" // below it everything is another's twin
			}
			dir += "/" + name
		}
	}
	return slices.Compact(twins), nil
}

func rootTwins(r *git.Repo, l *Landing) (twins []Twin, err error) {
	var before, after []string
	if l.Base != nil {
		if before, err = r.Names(l.Base.Tree, ""); err != nil {
			return nil, err
		}
	}
	tip := l.Commit
	if tip == nil {
		tip = l.Head
	}
	if after, err = r.Names(tip.Tree, ""); err != nil {
		return nil, err
	}
	brought := func(name string) bool { return slices.Contains(after, name) && !slices.Contains(before, name) }
	for _, name := range after {
		own := takenFor(name)
		if name != own && slices.Contains([]string{schema.CasesDir, schema.PoliciesDir, schema.ForgeDir}, own) && (brought(name) || brought(own)) {
			twins = append(twins, Twin{name, own})
		}
	}
	return twins, nil
}

// takenFor is what a name comes to where systems are lenient: letters of any case
// and width, composed or not, are one; Windows drops blanks and dots at the end and
// what follows "::$"; macOS, and every reader, drops what has no width.
func takenFor(name string) string {
	name, _, _ = strings.Cut(name, "::$")
	name = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) {
			return -1
		}
		return r
	}, norm.NFKC.String(name))
	name = norm.NFKC.String(strings.ToLower(strings.ToUpper(name)))
	return strings.TrimLeft(strings.TrimRight(name, " ."), " ")
}
