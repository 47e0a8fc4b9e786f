package scaffold

import (
	"bytes"
	"fmt"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/tambal-id/tambal/schema"
)

// Coming is the release that the static action names. A build that knows its own
// version puts that in its place.
const Coming = "v0.3.0"

// actionFile is where the static action stands, and codeOwners where the owners go.
const (
	actionFile = schema.ForgeDir + "/actions/tambal/action.yml"
	codeOwners = schema.ForgeDir + "/CODEOWNERS"
)

var (
	release  = regexp.MustCompile(`^v\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$`) // what the Go proxy serves; "+dirty" is nowhere but here
	revision = regexp.MustCompile(`^[0-9a-f]{40}$`)
)

// Version is what the office's action installs: the version of the running build,
// else the commit it was built from, else the coming release.
func Version(info *debug.BuildInfo, ok bool) string {
	if !ok {
		return Coming
	}
	if release.MatchString(info.Main.Version) {
		return info.Main.Version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && revision.MatchString(s.Value) {
			return s.Value
		}
	}
	return Coming
}

// pinned is the action with the version in place of the coming release.
func pinned(action []byte, version string) []byte {
	return bytes.Replace(action, []byte(fmt.Sprintf("default: %q", Coming)), []byte(fmt.Sprintf("default: %q", version)), 1)
}

var (
	login   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$`)
	noreply = regexp.MustCompile(`(?i)^([0-9]+)\+([^@]+)@users\.noreply\.github\.com$`)
)

// Account reads a GitHub account written as LOGIN:ID, or "<id>+<login>@users.noreply.github.com".
func Account(s string) (name string, id int64, ok bool) {
	name, number, found := strings.Cut(s, ":")
	if m := noreply.FindStringSubmatch(s); m != nil {
		number, name, found = m[1], m[2], true
	}
	id, err := strconv.ParseInt(number, 10, 53)
	if !found || err != nil || id <= 0 || !login.MatchString(name) {
		return "", 0, false
	}
	return name, id, true
}

// owners writes CODEOWNERS: who is asked before what judges everybody changes.
// The Kabid is none of them, since the SOP asks the Kabid once, about a case.
func owners(o Owner) []byte {
	var b strings.Builder
	b.WriteString(ownersHead)
	name, comment := o.GitHubLogin, ""
	if name == "" {
		name, comment = "AKUN-PEMILIK-KEBIJAKAN", "# "
		b.WriteString("# Belum diketahui: ganti AKUN-PEMILIK-KEBIJAKAN dan hapus tanda # di depan ketiga baris.\n")
	}
	for _, dir := range []string{schema.PoliciesDir, schema.SchemaDir, schema.ForgeDir} {
		fmt.Fprintf(&b, "%s/%s/ @%s\n", comment, dir, name)
	}
	return []byte(b.String())
}

const ownersHead = `# Yang menentukan penilaian hanya berubah dengan tinjauan pemilik kebijakan. Tulis paling sedikit dua akun di tiap baris.
# Kabid tidak ditulis di sini: SOP memintanya sekali, yaitu atas kasus, dan status tambal/sop yang menjaganya.
`
