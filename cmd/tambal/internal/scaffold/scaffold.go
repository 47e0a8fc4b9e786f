// Package scaffold owns the files of a new patch repository, as init writes
// them.
//
// It knows no Git and never commits: what an office starts with is for the
// office to read and to commit. To add a file, add it to static/ or build it in
// Files.
package scaffold

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

//go:embed all:static
var static embed.FS

// Owner is the person who runs init: the first policy owner and administrator.
type Owner struct {
	Name, Email string
	Key         string // public key as "type base64", or ""
	GitHubLogin string // account on GitHub, or ""
	GitHubID    int64  // its number, which decides
	Since       time.Time
}

// File is a file of the new repository; Path uses slashes.
type File struct {
	Path string
	Data []byte
}

// Files returns everything init writes, in the order it writes it.
func Files(o Owner) ([]File, error) {
	team, err := Team(o)
	if err != nil {
		return nil, err
	}
	var files []File
	for _, name := range []string{policies.SOPFile, policies.CalendarFile} {
		data, err := policies.FS.ReadFile(name)
		if err != nil {
			return nil, err
		}
		files = append(files, File{policies.Dir + "/" + name, data})
	}
	for _, source := range []struct {
		fsys fs.FS
		root string
		to   string
	}{{schema.FS, ".", schema.SchemaDir + "/"}, {static, "static", ""}} {
		err := fs.WalkDir(source.fsys, source.root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := fs.ReadFile(source.fsys, name)
			if strings.HasSuffix(name, actionFile) {
				data = pinned(data, Version(debug.ReadBuildInfo()))
			}
			files = append(files, File{source.to + strings.TrimPrefix(name, source.root+"/"), data})
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	// The team comes last: it alone may differ when init is run again after a stop.
	return append(files, File{codeOwners, owners(o)}, File{Path: schema.CasesDir + "/.gitkeep"}, File{policies.Dir + "/" + policies.TeamFile, team}), nil
}

var notID = regexp.MustCompile(`[^a-z0-9]+`)

// Team writes team.yaml with the one person who is really there.
func Team(o Owner) ([]byte, error) {
	id := strings.Trim(notID.ReplaceAllString(strings.ToLower(o.Name), "-"), "-")
	if id == "" {
		id = "pemilik"
	}
	var b bytes.Buffer
	quote := func(s string) string { // a JSON string is a YAML string
		b, err := json.Marshal(s)
		if err != nil {
			return `""`
		}
		return string(b)
	}
	since := o.Since.In(policies.Default().Calendar.Location()).Format(time.DateOnly)
	fmt.Fprintf(&b, teamHead, id, quote(o.Name), quote(o.Email))
	if o.GitHubLogin != "" {
		fmt.Fprintf(&b, "    github: { login: %s, id: %d }\n", quote(o.GitHubLogin), o.GitHubID)
	}
	if o.Key != "" {
		fmt.Fprintf(&b, "    keys:\n      - type: ssh\n        key: %s\n        from: %q\n", quote(o.Key), since)
	}
	fmt.Fprintf(&b, teamRoles, since)
	if _, problems := schema.Load(schema.Team, b.Bytes(), &policies.Team{}); len(problems) > 0 {
		return nil, &schema.Error{Problems: problems}
	}
	return b.Bytes(), nil
}

const teamHead = `# yaml-language-server: $schema=../schema/team.v1.json
#
# Siapa orangnya, perannya sejak kapan, akun forge dan kuncinya.
# Orang pertama di bawah adalah yang menjalankan "tambal init"; tambahkan rekan-rekan Anda, terutama Kabid
# (peran kabid) dan tim teknis (peran technical-team), lalu commit berkas ini tersendiri.
# Jangan menghapus orang yang pindah: isi "until". Id tidak pernah berganti.
apiVersion: tambal/v1
kind: Team
people:
  - id: %s
    name: %s
    title: Administrator
    emails: [%s]
`

const teamRoles = `    assignments:
      - { role: administrator, from: %[1]q, basis: ditetapkan saat repositori dibuat }
      - { role: policy-owner, from: %[1]q, basis: ditetapkan saat repositori dibuat }
#
#  - id: nama-kabid
#    name: Nama Kabid
#    title: Kepala Bidang Statistik dan Persandian
#    emails: [surel@contoh.go.id]
#    github: { login: akun-kabid, id: 12345678 }    # id angka: https://api.github.com/users/akun-kabid
#    keys:                           # bila menyetujui dengan tanda tangan, tanpa GitHub
#      - type: ssh
#        key: ssh-ed25519 AAAA...    # isi berkas .pub milik Kabid
#        from: "2026-01-01"
#    assignments:
#      - { role: kabid, from: "2026-01-01", basis: nomor surat keputusan }
`

// Present counts the files that are below a folder already, and names those of
// them that are others.
func Present(root string, files []File) (n int, others []string) {
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(f.Path)))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if n++; err != nil || !bytes.Equal(data, f.Data) {
			others = append(others, f.Path)
		}
	}
	return n, others
}

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
