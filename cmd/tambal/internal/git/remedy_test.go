package git

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// obstacles are states that the object library cannot read, or no program. The
// folder to open is returned, and where the remedy leads when it is another.
var obstacles = []struct {
	name, code string
	do         func(o *office) (dir, to string)
}{
	{"a partial clone", "history.partial", func(o *office) (string, string) {
		to := o.beside()
		o.set("uploadpack.allowFilter", "true")
		o.Git("clone", "-q", "--filter=blob:none", "file://"+o.Dir, to)
		return to, ""
	}},
	{"a partial clone of the old form", "history.partial", func(o *office) (string, string) {
		to := o.beside()
		o.set("uploadpack.allowFilter", "true")
		o.Git("clone", "-q", "--filter=blob:none", "file://"+o.Dir, to)
		o.in(to).set("core.repositoryFormatVersion", "1", "extensions.partialClone", "origin")
		return to, ""
	}},
	{"SHA-256", "history.sha256", func(o *office) (string, string) {
		to := o.beside()
		o.Git("init", "-q", "-b", "main", "--object-format=sha256", to)
		s := o.in(to)
		s.commit("start", manifest, "a\n")
		return to, filepath.Join(filepath.Dir(to), "sha1")
	}},
	{"an unknown extension", "history.extension", func(o *office) (string, string) {
		o.set("core.repositoryFormatVersion", "1", "extensions.kelak", "true")
		return "", ""
	}},
	{"two forms of object ids", "history.extension", func(o *office) (string, string) {
		o.set("core.repositoryFormatVersion", "1", "extensions.compatObjectFormat", "sha256")
		return "", ""
	}},
	{"a moved repository", "history.gitdir", func(o *office) (string, string) {
		tree, moved := o.beside(), o.beside()
		o.Git("worktree", "add", "-q", "-b", "lain", tree)
		if err := os.Rename(o.Dir, moved); err != nil {
			o.Fatal(err)
		}
		o.Dir = moved
		return tree, ""
	}},
	{"a split index", "history.index-split", func(o *office) (string, string) {
		o.set("core.splitIndex", "true")
		o.Git("update-index", "--split-index")
		return "", ""
	}},
	{"an index without folders", "history.index-sparse", func(o *office) (string, string) {
		o.Git("sparse-checkout", "set", "--cone", "--sparse-index", "patches")
		return "", ""
	}},
	{"a damaged index", "history.index", func(o *office) (string, string) {
		o.damage(".git/index")
		return "", ""
	}},
	{"a pack index of the first form", "history.pack", func(o *office) (string, string) {
		o.Git("-c", "pack.indexVersion=1", "repack", "-a", "-d", "-q")
		return "", ""
	}},
	{"a cut index", "history.index", func(o *office) (string, string) {
		if err := os.Truncate(filepath.Join(o.Dir, ".git/index"), 40); err != nil {
			o.Fatal(err)
		}
		return "", ""
	}},
}

var quoted = regexp.MustCompile(`"(git [^"]+)"`)

// TestWhatCannotBeReadIsNamedWithItsRemedy types every command of a hint, as the
// person would, and wants the error to be gone.
func TestWhatCannotBeReadIsNamedWithItsRemedy(t *testing.T) {
	for _, c := range obstacles {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.commit("start", manifest, "a\n", "policies/sop.yaml", "s\n")
			o.commit("next", manifest, "a\nb\n")
			dir, to := c.do(o)
			if dir == "" {
				dir = o.Dir
			}
			err := use(dir)
			var coded *Error
			if !errors.As(err, &coded) || coded.Code != c.code {
				t.Fatalf("got %v, want %s", err, c.code)
			}
			for n := 0; err != nil; n++ { // one remedy may uncover the next
				if !errors.As(err, &coded) || n == 3 {
					t.Fatalf("no way out of %v", err)
				}
				at := o.in(dir)
				if coded.Code == "history.gitdir" {
					at.Dir = o.Dir // "run there"
				}
				at.follow(coded)
				if to != "" {
					dir = to
				}
				err = use(dir)
			}
		})
	}
}

// damage changes the last byte of a file.
func (o *office) damage(name string) {
	o.Helper()
	name = filepath.Join(o.Dir, name)
	data, err := os.ReadFile(name)
	if err == nil {
		data[len(data)-1] ^= 1
		err = os.WriteFile(name, data, 0o644)
	}
	if err != nil {
		o.Fatal(err)
	}
}

// follow runs the commands of an error's hint in a shell; both languages name the
// same ones.
func (o *office) follow(err *Error) {
	o.Helper()
	hint := text.English.Maybe(err.Code+".hint", err.Args...)
	commands := quoted.FindAllStringSubmatch(hint, -1)
	other := quoted.FindAllStringSubmatch(text.Indonesian.Maybe(err.Code+".hint", err.Args...), -1)
	if len(commands) == 0 || !reflect.DeepEqual(commands, other) {
		o.Fatalf("no command in %q, or another one: %v", hint, other)
	}
	for _, m := range commands {
		if strings.HasPrefix(m[1], "git submodule") {
			continue // the other case of the same sentence
		}
		cmd := exec.Command("sh", "-c", m[1])
		cmd.Dir, cmd.Env = o.Dir, append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
			"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=gc.autoDetach", "GIT_CONFIG_VALUE_0=false") // nothing goes on behind the test
		if out, err := cmd.CombinedOutput(); err != nil {
			o.Fatalf("%s: %v\n%s", m[1], err, out)
		}
	}
}

// use reads all there is and writes a commit.
func use(dir string) error {
	r, err := Open(dir)
	if err != nil {
		return err
	}
	defer r.Close()
	head, err := r.Resolve("HEAD")
	if err != nil {
		return err
	}
	list, err := line(r, head)
	if err != nil {
		return err
	}
	for _, l := range list {
		entry, err := r.Lookup(l.Tree, manifest)
		if err != nil {
			return err
		}
		if _, err := r.Blob(entry.ID); err != nil {
			return err
		}
	}
	_, err = r.Write(draft(r.HeadBranch(), map[string][]byte{manifest: []byte("a\nb\nc\n")}))
	return err
}
