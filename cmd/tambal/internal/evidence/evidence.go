// Package evidence reads what a case offers as proof: digests of files, and the
// findings of vulnerability scanners before and after a patch.
//
// It owns the scan formats, their limits and the one verdict on two scans
// ([Proof]). It must not know cases, steps, Git or the forge, and it opens no
// files: callers hand it readers and plain values. It writes no sentences; an
// [*Error] carries a code and its arguments.
//
// To add a format: one file with its read function, one line in readers, the
// format's name in the manifest's schema, and real reports below testdata/FORMAT/ in
// the folders dirty, clean and broken; a test names what is missing.
package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// MaxSize is the largest evidence file that is read, in bytes.
const MaxSize = 64 << 20

// Finding is one vulnerability of one package as the scanner reports it.
type Finding struct {
	ID         string   // as the scanner writes it: CVE-…, GHSA-…, TEMP-…
	Aliases    []string // further identifiers: advisories of vendors and databases
	Target     string   // the part of the scanned thing it was found in
	Package    string
	PackageID  string // the package and its version, as the list of packages names them; "" when not given
	Installed  string // version found
	Fixed      string // first version without it; "" when none is known
	Severity   string // the scanner's own word
	Kind       string // the kind of packages it belongs to, one of the scan's Kinds
	Suppressed bool   // hidden by an ignore file or a VEX statement; it is still there
}

// Package is one installed package, vulnerable or not.
type Package struct {
	ID      string // as findings name it
	Name    string
	Version string // whole: epoch:version-release
	Kind    string
}

// Scan is one scanner run on one target.
type Scan struct {
	Tool     string
	Target   string    // what was scanned, as the tool names it
	Image    string    // digest of the scanned image's configuration; "" for other targets
	Created  time.Time // zero when the file does not say
	Targets  int       // parts looked at; never 0, a scan of nothing is an error
	Kinds    []string  // kinds of packages looked at, such as os-pkgs or lang-pkgs/composer
	Packages []Package // installed packages; empty when the scanner was told not to list them
	Findings []Finding // in the file's order
}

// maxArg is the length of a message argument, in bytes.
const maxArg = 128

// Error says why evidence cannot be used, as message code and arguments; the
// arguments may be text from the file, so print them quoted.
type Error struct {
	Code string
	Args []any
}

// Error returns the code and arguments, for logs only.
func (e *Error) Error() string {
	if len(e.Args) == 0 {
		return e.Code
	}
	return fmt.Sprintf("%s %q", e.Code, fmt.Sprint(e.Args...))
}

func fail(code string, args ...any) error {
	for i, arg := range args {
		// Long text from a file belongs into no message.
		if s, ok := arg.(string); ok && len(s) > maxArg {
			args[i] = strings.ToValidUTF8(s[:maxArg], "") + "…"
		}
	}
	return &Error{Code: "evidence." + code, Args: args}
}

// readers is the table of scan formats; nothing writes to it.
var readers = map[string]func(io.Reader) (*Scan, error){
	"trivy": readTrivy,
}

// HasReader reports whether Read knows the format. Formats without a reader are
// kept by digest only.
func HasReader(format string) bool { return readers[format] != nil }

// Formats lists the formats that Read knows, sorted.
func Formats() []string { return slices.Sorted(maps.Keys(readers)) }

// Read returns the scan in r. It streams: memory grows with the findings, not
// with the file. An *Error is about the file; any other error comes from r.
func Read(format string, r io.Reader) (*Scan, error) {
	read := readers[format]
	if read == nil {
		return nil, fail("format", format, strings.Join(Formats(), ", "))
	}
	scan, err := read(&limited{r: r, left: MaxSize})
	if own := new(Error); err != nil && !errors.As(err, &own) {
		return nil, fmt.Errorf("read %s evidence: %w", format, err)
	}
	return scan, err
}

// Digest returns the lower-case hex SHA-256 of r and its length in bytes. More
// than MaxSize is an error.
func Digest(r io.Reader) (sum string, size int64, err error) {
	h := sha256.New()
	if size, err = io.Copy(h, &limited{r: r, left: MaxSize}); err != nil {
		return "", 0, fmt.Errorf("digest evidence: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), size, nil
}

// limited fails, rather than ends, when more than left bytes come: a cut file
// must not look like a whole one.
type limited struct {
	r    io.Reader
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, fail("size", MaxSize>>20)
	}
	return n, err
}
