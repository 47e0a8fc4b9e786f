package git

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// setting is one line of a Git configuration. Section and key are lower case; a
// key without a value means true.
type setting struct{ section, sub, key, value string }

// configuration holds settings in the order Git reads them: the last one wins.
// The object library refuses a whole file for one line it does not like, such as
// a branch that follows a pull request; here nothing is judged but what is asked
// for.
type configuration []setting

func (c configuration) get(section, sub, key string) string {
	value := ""
	for _, s := range c {
		if s.section == section && s.sub == sub && s.key == key {
			value = s.value
		}
	}
	return value
}

// all returns every setting of a section, with or without a subsection.
func (c configuration) all(section string) (list configuration) {
	for _, s := range c {
		if s.section == section {
			list = append(list, s)
		}
	}
	return list
}

// truth reads a value as Git reads a boolean.
func truth(value string) bool {
	switch strings.ToLower(value) {
	case "", "false", "no", "off", "0":
		return false
	}
	return true
}

// maxInclude is how deep Git follows files that include files.
const maxInclude = 10

// readConfig reads a configuration file with what it includes. A file that does
// not exist is empty.
func readConfig(file, gitDir string, depth int) (configuration, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) || depth > maxInclude {
		return nil, nil
	}
	if err != nil {
		return nil, &Error{Code: "history.open", Args: []any{file, err.Error()}, Err: err}
	}
	parsed, line := parseConfig(data)
	if line > 0 {
		return nil, &Error{Code: "history.config", Args: []any{file, line}}
	}
	var list configuration
	for _, s := range parsed {
		list = append(list, s)
		if s.key != "path" || !(s.section == "include" && s.sub == "" || s.section == "includeif" && applies(s.sub, file, gitDir)) {
			continue
		}
		more, err := readConfig(resolve(s.value, filepath.Dir(file)), gitDir, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

// resolve finds the file that a configuration names.
func resolve(name, from string) string {
	if rest, ok := strings.CutPrefix(name, "~/"); ok {
		home, _ := os.UserHomeDir()
		return filepath.Join(home, filepath.FromSlash(rest))
	}
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(from, filepath.FromSlash(name))
}

var globs = strings.NewReplacer(`\*\*/`, `(?:.*/)?`, `\*\*`, `.*`, `\*`, `[^/]*`, `\?`, `[^/]`)

// applies says whether an includeIf holds: people keep their office's address
// behind "gitdir:". Other conditions are left out.
func applies(condition, file, gitDir string) bool {
	pattern, ok := strings.CutPrefix(condition, "gitdir:")
	flags := ""
	if !ok {
		if pattern, ok = strings.CutPrefix(condition, "gitdir/i:"); !ok {
			return false
		}
		flags = "(?i)"
	}
	folder := strings.HasSuffix(pattern, "/")
	switch {
	case strings.HasPrefix(pattern, "~/"), strings.HasPrefix(pattern, "./"):
		pattern = filepath.ToSlash(resolve(pattern, filepath.Dir(file)))
	case !filepath.IsAbs(pattern):
		pattern = "**/" + strings.TrimSuffix(pattern, "/")
	}
	if folder {
		pattern = strings.TrimSuffix(pattern, "/") + "/**"
	}
	re, err := regexp.Compile(flags + "^" + globs.Replace(regexp.QuoteMeta(pattern)) + "$")
	if err != nil {
		return false
	}
	real, _ := filepath.EvalSymlinks(gitDir)
	return re.MatchString(filepath.ToSlash(gitDir)) || re.MatchString(filepath.ToSlash(real))
}

// personal reads the files that belong to the machine and the person, in Git's
// order, and then the repository's own. One that cannot be read says nothing.
func (r *Repo) personal() configuration {
	var files []string
	if !truth(os.Getenv("GIT_CONFIG_NOSYSTEM")) {
		files = append(files, cmp.Or(os.Getenv("GIT_CONFIG_SYSTEM"), "/etc/gitconfig"))
	}
	if global, ok := os.LookupEnv("GIT_CONFIG_GLOBAL"); ok {
		files = append(files, global)
	} else if home, err := os.UserHomeDir(); err == nil {
		files = append(files, filepath.Join(cmp.Or(os.Getenv("XDG_CONFIG_HOME"), filepath.Join(home, ".config")), "git", "config"), filepath.Join(home, ".gitconfig"))
	}
	var list configuration
	for _, file := range files {
		if found, err := readConfig(file, r.gitDir, 0); err == nil {
			list = append(list, found...)
		}
	}
	return append(list, r.config...)
}
