package git

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestConfigurationIsReadAsGitReadsIt compares the parser with "git config".
func TestConfigurationIsReadAsGitReadsIt(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	lines := "\ufeff; first\nalone\n[Core \"A \\\"b\\\" \\c\"]\n\tKey-1 = x  y \t ; z\n[core] bare\n\tname=\" a#b \" c\n\tmany = one \\\n two\\tthree\\\\\n\tempty =\n[a.B.c]\nD = \"\"\r\n[e]\n# x = y\n"
	for _, text := range configs {
		lines += text
	}
	o.Write("config", lines)
	parsed, line := parseConfig([]byte(lines))
	if line != 0 {
		t.Fatalf("stopped at line %d of %q", line, lines)
	}
	var got []string
	for _, s := range parsed {
		name := s.section + "."
		if s.section == "" {
			name = ""
		}
		if s.sub != "" {
			name += s.sub + "."
		}
		got = append(got, name+s.key+"\n"+s.value)
	}
	out := o.Git("config", "--file", "config", "--list", "-z")
	want := strings.Split(strings.TrimSuffix(out, "\x00"), "\x00")
	for i, w := range want { // git prints no newline behind a key without a value
		if !strings.Contains(w, "\n") {
			want[i] = w + "\ntrue"
		}
	}
	if strings.Join(got, "\x00") != strings.Join(want, "\x00") {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	for _, bad := range []string{"[a\nb = c\n", "[a]\n1 = 2\n", "[a]\nb = \"c\n", "[a]\nb = \\x\n", "[a \"b]\n", "[a]\nb c\n", "= x\n", "[a b]\n"} {
		o.Write("config", bad)
		if _, line := parseConfig([]byte(bad)); line == 0 {
			t.Errorf("%q was read", bad)
		}
		if _, err := o.Try("", "config", "--file", "config", "--list"); err == nil {
			t.Errorf("git reads %q", bad)
		}
	}
	o.append(".git/config", "[user\n")
	var coded *Error
	if _, err := Open(o.Dir); !errors.As(err, &coded) || coded.Code != "history.config" {
		t.Errorf("a broken configuration: %v", err)
	}
}

// FuzzParseConfig: no input may stop the parser, and a fault has its line.
func FuzzParseConfig(f *testing.F) {
	for _, text := range configs {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, line := parseConfig([]byte(text))
		if line > strings.Count(text, "\n")+1 {
			t.Errorf("line %d of %q", line, text)
		}
		for _, s := range list {
			if s.key == "" {
				t.Errorf("%+v in %q", s, text)
			}
		}
	})
}

// TestTheIdentityIsTheOneGitUses asks git for the same settings.
func TestTheIdentityIsTheOneGitUses(t *testing.T) {
	o := newOffice(t)
	home := o.beside()
	at := o.in(home)
	at.append("kantor.inc", "[user]\nemail = siti@kantor.example\n")
	at.append("tanda.inc", "[gpg]\nformat = ssh\n[user]\nsigningKey = ~/.ssh/id\n")
	at.append("global", "[user]\nname = \"Siti; Aminah\"\nemail = siti@rumah.example\n[include]\npath = tanda.inc\n"+
		"[includeIf \"gitdir:/tidak/ada/\"]\npath = lain.inc\n[includeIf \"gitdir:"+filepath.Dir(o.Dir)+"/\"]\npath = kantor.inc\n")
	t.Setenv("GIT_CONFIG_GLOBAL", filepath.Join(home, "global"))
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	t.Setenv("GIT_AUTHOR_NAME", "")
	t.Setenv("GIT_AUTHOR_EMAIL", "")
	want := Settings{Name: "Siti; Aminah", Email: "siti@kantor.example", SigningKey: "~/.ssh/id"}
	if got := o.open().Settings(); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	o.append(".git/config", "[extensions]\nworktreeConfig = true\n")
	o.append(".git/config.worktree", "[user]\nemail = siti@pohon.example\n")
	if got := o.open().Settings().Email; got != "siti@pohon.example" {
		t.Errorf("the working tree's own configuration gives %s", got)
	}
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	if got := (Settings{}); o.open().Settings().Name != got.Name {
		t.Error("a name without a configuration")
	}
}

func TestUpstreamAndOrigin(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.commit("start", manifest, "a\n")
	o.Git("update-ref", "refs/remotes/origin/main", "HEAD")
	o.set("branch.main.remote", "origin", "branch.main.merge", "refs/heads/main", "branch.pr.remote", "origin", "branch.pr.merge", "refs/pull/1/head",
		"remote.origin.url", "gh:kantor/tambalan", "url.https://github.com/.insteadOf", "gh:", "url.https://x/.insteadOf", "g")
	r := o.open()
	if got := r.Upstream("main"); got != "refs/remotes/origin/main" {
		t.Errorf("main follows %q", got)
	}
	if got := r.Upstream("pr"); got != "" {
		t.Errorf("a pull request follows %q", got)
	}
	if got := r.Origin(); got != "https://github.com/kantor/tambalan" {
		t.Errorf("origin is %q", got)
	}
}
