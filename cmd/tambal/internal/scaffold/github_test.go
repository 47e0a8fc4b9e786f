package scaffold

import (
	"bytes"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tambal-id/tambal/policies"
)

const house = "../../../.."

// TestOurOwnWorkflowsAreTheScaffolded wants tambal's own repository to run what
// every office runs, byte for byte, and the office's action to differ in the
// default version alone.
func TestOurOwnWorkflowsAreTheScaffolded(t *testing.T) {
	written := map[string][]byte{}
	for _, f := range files(t, Owner{Name: "Siti Aminah", Email: "siti@kantor.example"}) {
		written[f.Path] = f.Data
	}
	compared := 0
	for _, dir := range []string{".github/workflows", ".github/actions/tambal"} {
		ours, err := os.ReadDir(filepath.Join(house, dir))
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := static.ReadDir(path.Join("static", dir))
		if err != nil || len(theirs) == 0 {
			t.Fatalf("%s: %d files, %v", dir, len(theirs), err)
		}
		for _, f := range ours {
			if strings.HasPrefix(dir, ".github/workflows") && !strings.HasPrefix(f.Name(), "tambal") {
				continue // about the code, not about cases
			}
			name := path.Join(dir, f.Name())
			own, err := os.ReadFile(filepath.Join(house, name))
			if err != nil {
				t.Fatal(err)
			}
			compared++
			if name == actionFile {
				if bytes.Count(own, []byte(`default: "source"`)) != 1 {
					t.Errorf("%s does not build from its own source", name)
				}
				if bytes.Contains(written[name], []byte(`default: "source"`)) {
					t.Errorf("an office would run whatever lies in its repository")
				}
				own = bytes.Replace(own, []byte(`"source"`), []byte(`"`+Version(debug.ReadBuildInfo())+`"`), 1)
			}
			if !bytes.Equal(own, written[name]) {
				t.Errorf("%s is not what init writes", name)
			}
		}
		if compared < len(theirs) {
			t.Errorf("%s: %d of %d files are ours too", dir, compared, len(theirs))
		}
		compared = 0
	}
}

// TestWorkflowsAskForNothingTheyDoNotNeed reads the workflows as text for what
// actionlint does not know: pinned actions, rights, and no stranger's words in a
// script.
func TestWorkflowsAskForNothingTheyDoNotNeed(t *testing.T) {
	uses := regexp.MustCompile(`(?m)^\s*(?:- )?uses: (\S+)(.*)$`)
	pinned := regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40}$`)
	seen, read := 0, 0
	for _, f := range files(t, Owner{Name: "Siti", Email: "s@kantor.example"}) {
		workflow := strings.HasPrefix(f.Path, ".github/workflows/")
		if !workflow && f.Path != actionFile {
			continue
		}
		body := string(f.Data)
		for _, m := range uses.FindAllStringSubmatch(body, -1) {
			seen++
			if !strings.HasPrefix(m[1], "./") && (!pinned.MatchString(m[1]) || !regexp.MustCompile(`^ # v\d+\.\d+\.\d+$`).MatchString(m[2])) {
				t.Errorf("%s: %s is not pinned by commit with its version beside it", f.Path, m[1])
			}
		}
		for _, line := range scripts(body) {
			if read++; strings.Contains(line, "${{") {
				t.Errorf("%s puts an expression into a script: %s", f.Path, line)
			}
		}
		if !workflow {
			continue
		}
		if strings.Count(body, "\npermissions: {}\n") != 1 {
			t.Errorf("%s does not start from no permissions", f.Path)
		}
		for _, never := range []string{" ref: ", "paths:", "paths-ignore:", "secrets.", "name: tambal/sop", "cancel-in-progress: true", "write-all"} {
			if strings.Contains(body, never) {
				t.Errorf("%s holds %q", f.Path, never)
			}
		}
		if n := strings.Count(body, "actions/checkout@"); strings.Count(body, "fetch-depth: 0") != n || strings.Count(body, "persist-credentials: false") != n {
			t.Errorf("%s: a checkout is shallow or keeps its token", f.Path)
		}
	}
	if seen < 8 || read < 8 {
		t.Errorf("only %d actions and %d lines of scripts were looked at", seen, read)
	}
}

// scripts returns the lines of a workflow that a shell reads.
func scripts(body string) (list []string) {
	within := -1
	for line := range strings.Lines(body) {
		depth := len(line) - len(strings.TrimLeft(line, " -"))
		if within >= 0 && depth <= within && strings.TrimSpace(line) != "" {
			within = -1
		}
		if strings.HasPrefix(strings.TrimLeft(line, " -"), "run:") {
			within = depth
		}
		if within >= 0 {
			list = append(list, line)
		}
	}
	return list
}

func TestTheOwnersAccount(t *testing.T) {
	for _, c := range []struct {
		written, login string
		id             int64
	}{
		{"siti:12345678", "siti", 12345678},
		{"siti_kominfo:1", "siti_kominfo", 1},
		{"12345678+siti-a@users.noreply.github.com", "siti-a", 12345678},
		{"1+Siti@Users.NoReply.GitHub.com", "Siti", 1},
		{"siti", "", 0},
		{"siti:", "", 0},
		{"siti:0", "", 0},
		{"siti:-1", "", 0},
		{"siti:9007199254740993", "", 0},
		{":5", "", 0},
		{"si ti:5", "", 0},
		{"@siti:5", "", 0},
		{"siti\n* @lain:5", "", 0},
		{"siti@kantor.example", "", 0},
		{"siti-a@users.noreply.github.com", "", 0},
		{"41898282+github-actions[bot]@users.noreply.github.com", "", 0},
	} {
		login, id, ok := Account(c.written)
		if login != c.login || id != c.id || ok != (c.login != "") {
			t.Errorf("%q: %q %d %v", c.written, login, id, ok)
		}
	}
}

func TestCodeownersHoldOnlyWhatDecides(t *testing.T) {
	patterns := func(o Owner) (list []string) {
		for _, f := range files(t, o) {
			if f.Path != codeOwners {
				continue
			}
			for line := range strings.Lines(string(f.Data)) {
				if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
					list = append(list, line)
				}
			}
		}
		return list
	}
	if got := patterns(Owner{Name: "Siti", Email: "s@kantor.example"}); len(got) != 0 {
		t.Errorf("somebody unknown owns %v", got)
	}
	want := []string{"/policies/ @siti-a", "/schema/ @siti-a", "/.github/ @siti-a"}
	if got := patterns(Owner{Name: "Siti", Email: "s@kantor.example", GitHubLogin: "siti-a", GitHubID: 7}); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

func TestTheAccountStandsInTheTeam(t *testing.T) {
	for _, email := range []string{"siti@kantor.example", "7+siti-a@users.noreply.github.com"} {
		tree := fstest.MapFS{}
		for _, f := range files(t, Owner{Name: "Siti Aminah", Email: email, GitHubLogin: "siti-a", GitHubID: 7}) {
			tree[f.Path] = &fstest.MapFile{Data: f.Data}
		}
		policy, problems := policies.Load(tree)
		if policy == nil || len(problems) > 0 {
			t.Fatalf("%s: %+v", email, problems)
		}
		if p := policy.Team.ByGitHub(7); p == nil || p.GitHub.Login != "siti-a" || p != policy.Team.ByEmail(email) {
			t.Errorf("%s: %+v", email, p)
		}
	}
}

func TestTheActionInstallsTheBuildThatWroteIt(t *testing.T) {
	const commit = "4f1c2ab000000000000000000000000000000000"
	build := func(version, revision string) *debug.BuildInfo {
		return &debug.BuildInfo{Main: debug.Module{Version: version}, Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: revision}}}
	}
	for _, c := range []struct {
		name string
		info *debug.BuildInfo
		want string
	}{
		{"a release", build("v0.4.1", commit), "v0.4.1"},
		{"a commit the proxy knows", build("v0.0.0-20261124183900-4f1c2ab00000", ""), "v0.0.0-20261124183900-4f1c2ab00000"},
		{"a changed working tree", build("v0.4.2-0.20261124183900-4f1c2ab00000+dirty", commit), commit},
		{"a plain build", build("(devel)", commit), commit},
		{"nothing known", build("(devel)", ""), Coming},
		{"no information", nil, Coming},
	} {
		if got := Version(c.info, c.info != nil); got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
	}
	action, err := static.ReadFile("static/" + actionFile)
	if err != nil {
		t.Fatal(err)
	}
	if got := pinned(action, commit); bytes.Count(got, []byte(commit)) != 1 || bytes.Contains(got, []byte(Coming)) {
		t.Errorf("the version is not the default:\n%s", got)
	}
}

func files(t *testing.T, o Owner) []File {
	t.Helper()
	o.Since = time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	list, err := Files(o)
	if err != nil {
		t.Fatal(err)
	}
	return list
}
