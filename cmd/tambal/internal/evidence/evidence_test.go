package evidence

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func readFile(t testing.TB, name string) *Scan {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata/trivy", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	scan, err := Read("trivy", f)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return scan
}

func TestReadRealReports(t *testing.T) {
	for _, c := range []struct {
		name, file, target, created string
		targets, findings, distinct int
	}{
		{"six findings of three CVEs", "dirty/alpine-39.json", "testdata/fixtures/images/alpine-39.tar.gz", "2021-08-25T12:20:30Z", 1, 6, 3},
		{"four findings of two CVEs", "dirty/alpine-310.json", "testdata/fixtures/images/alpine-310.tar.gz", "2021-08-25T12:20:30Z", 1, 4, 2},
		{"a lock file", "dirty/composer-lock.json", "testdata/fixtures/repo/composer", "2021-08-25T12:20:30Z", 1, 1, 1},
		{"one finding without a fixed version", "dirty/debian-buster.json", "testdata/fixtures/images/debian-buster.tar.gz", "2021-08-25T12:20:30Z", 1, 2, 2},
		{"misconfigurations and secrets do not count", "dirty/dd-misconfig-and-vuln.json", ".", "0001-01-01T00:00:00Z", 4, 2, 2},
		{"a result without the key is clean", "clean/dd-scheme2-no-vuln.json", "trivy-unittest:latest", "0001-01-01T00:00:00Z", 1, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			scan := readFile(t, c.file)
			ids := map[string]bool{}
			for _, f := range scan.Findings {
				ids[f.ID] = true
			}
			got := []any{scan.Tool, scan.Targets, len(scan.Findings), len(ids), scan.Created.Format("2006-01-02T15:04:05Z"), scan.Target}
			want := []any{"trivy", c.targets, c.findings, c.distinct, c.created, c.target}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	want := []Finding{
		{ID: "CVE-2019-18276", Package: "bash", PackageID: "bash@5.0-4", Installed: "5.0-4", Severity: "LOW"},
		{ID: "CVE-2019-18224", Aliases: []string{"DSA-4613-1"}, Package: "libidn2-0", PackageID: "libidn2-0@2.0.5-1", Installed: "2.0.5-1", Fixed: "2.0.5-1+deb10u1", Severity: "CRITICAL"},
	}
	for i := range want {
		want[i].Kind, want[i].Target = "os-pkgs", "testdata/fixtures/images/debian-buster.tar.gz (debian 10.1)"
	}
	if diff := cmp.Diff(want, readFile(t, "dirty/debian-buster.json").Findings); diff != "" {
		t.Error(diff)
	}
}

// read reads a report that is expected to be good.
func read(t *testing.T, in string) *Scan {
	t.Helper()
	scan, err := Read("trivy", strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	return scan
}

// report wraps results in a valid report.
func report(results string) string {
	return `{"SchemaVersion":2,"ArtifactName":"web","Results":` + results + `}`
}

func vulnerability(members string) string {
	return report(`[{"Class":"os-pkgs","Vulnerabilities":[{` + members + `}]}]`)
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct{ name, in, code string }{
		{"an empty file", "", "evidence.json"},
		{"an empty object", "{}", "evidence.missing"},
		{"no schema version", `{"ArtifactName":"web","Results":[{}]}`, "evidence.missing"},
		{"no artifact name", `{"SchemaVersion":2,"Results":[{}]}`, "evidence.missing"},
		{"an empty artifact name", `{"SchemaVersion":2,"ArtifactName":"","Results":[{}]}`, "evidence.missing"},
		{"another schema version", `{"SchemaVersion":3,"ArtifactName":"web","Results":[{}]}`, "evidence.version"},
		{"schema version 2.0, which is not how it is written", `{"SchemaVersion":2.0,"ArtifactName":"web","Results":[{}]}`, "evidence.version"},
		{"a schema version in quotes", `{"SchemaVersion":"2"}`, "evidence.type"},
		{"no results", `{"SchemaVersion":2,"ArtifactName":"web"}`, "evidence.empty"},
		{"empty results", report(`[]`), "evidence.empty"},
		{"null results", report(`null`), "evidence.empty"},
		{"results that are no array", report(`{}`), "evidence.type"},
		{"a result that is no object", report(`[1]`), "evidence.type"},
		{"only configuration and secret results", report(`[{"Class":"config"},{"Class":"secret"}]`), "evidence.trivy.packages"},
		{"the old form", `[{"Target":"web"}]`, "evidence.trivy.list"},
		{"the Kubernetes form", `{"ClusterName":"k","Resources":[]}`, "evidence.trivy.kubernetes"},
		{"bytes after the report", report(`[{}]`) + "x", "evidence.trailing"},
		{"a second report", report(`[{}]`) + report(`[{}]`), "evidence.trailing"},
		{"a cut report", strings.TrimSuffix(report(`[{}]`), "}"), "evidence.json"},
		{"a byte order mark", "\ufeff" + report(`[{}]`), "evidence.json"},
		{"NaN", `{"SchemaVersion":NaN}`, "evidence.json"},
		{"NaN where nobody looks", `{"x":NaN}`, "evidence.json"},
		{"a leading zero", `{"x":01}`, "evidence.json"},
		{"a comment", `{/* */}`, "evidence.json"},
		{"a trailing comma", report(`[{},]`), "evidence.json"},
		{"a trailing comma where nobody looks", `{"x":[1,]}`, "evidence.json"},
		{"single quotes", `{'x':1}`, "evidence.json"},
		{"a raw line break in a string", "{\"x\":\"a\nb\"}", "evidence.json"},
		{"results twice", `{"Results":[],"Results":[{}]}`, "evidence.duplicate"},
		{"a key twice, once escaped", `{"Results":[],"Result\u0073":[{}]}`, "evidence.duplicate"},
		{"vulnerabilities twice", report(`[{"Vulnerabilities":[],"Vulnerabilities":[]}]`), "evidence.duplicate"},
		{"vulnerabilities in lower case", report(`[{"vulnerabilities":[]}]`), "evidence.case"},
		{"a vulnerability without an id", vulnerability(`"PkgName":"x"`), "evidence.missing"},
		{"an id that is a number", vulnerability(`"VulnerabilityID":1`), "evidence.type"},
		{"an id that is null", vulnerability(`"VulnerabilityID":null`), "evidence.type"},
		{"a terminal escape in an id", vulnerability(`"VulnerabilityID":"\u001b[2J"`), "evidence.text"},
		{"a direction override in a package", vulnerability(`"VulnerabilityID":"a","PkgName":"\u202e"`), "evidence.text"},
		{"half a surrogate pair", vulnerability(`"VulnerabilityID":"\ud800"`), "evidence.json"},
		{"bytes that are not UTF-8", vulnerability("\"VulnerabilityID\":\"\xff\""), "evidence.json"},
		{"a date that is none", `{"CreatedAt":"yesterday"}`, "evidence.time"},
		{"a huge name", `{"ArtifactName":"` + strings.Repeat("a", maxText+1) + `"}`, "evidence.long"},
		{"a huge number", `{"SchemaVersion":` + strings.Repeat("2", maxText+1) + `}`, "evidence.long"},
		{"a depth bomb", `{"x":` + strings.Repeat("[", 1_000_000), "evidence.depth"},
		{"a million results", report("[" + strings.Repeat("{},", 1_000_000) + "{}]"), "evidence.count"},
		{"a list of packages in lower case", report(`[{"packages":[]}]`), "evidence.case"},
		{"an epoch in quotes", report(`[{"Packages":[{"Epoch":"1"}]}]`), "evidence.type"},
		{"too many packages", report(`[{"Packages":[` + strings.Repeat(`{},`, maxPackages) + `{}]}]`), "evidence.count"},
		{"too many aliases", vulnerability(`"VulnerabilityID":"a","VendorIDs":["x"` + strings.Repeat(`,"x"`, maxAliases) + `]`), "evidence.count"},
		{"an image id that is a number", `{"Metadata":{"ImageID":1}}`, "evidence.type"},
		{"a million findings", report(`[{"Vulnerabilities":[` + strings.Repeat(`{"VulnerabilityID":"a"},`, 1_000_000) + `{}]}]`), "evidence.count"},
		{"too many values nobody looks at", `{"x":[` + strings.Repeat("0,", maxTokens) + `0]}`, "evidence.count"},
	} {
		t.Run(c.name, func(t *testing.T) {
			scan, err := Read("trivy", strings.NewReader(c.in))
			own := new(Error)
			if !errors.As(err, &own) || own.Code != c.code || scan != nil {
				t.Errorf("got %v, %v; want %s", scan, err, c.code)
			}
		})
	}
}

func TestReadAccepts(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []Finding
	}{
		{"ids that are not CVEs, as they are", vulnerability(`"VulnerabilityID":"GHSA-x","PkgName":"a\u002fb"`), []Finding{{ID: "GHSA-x", Package: "a/b", Kind: "os-pkgs"}}},
		{"null vulnerabilities of old writers", report(`[{"Vulnerabilities":null}]`), nil},
		{"null metadata, packages and aliases", `{"SchemaVersion":2,"ArtifactName":"web","Metadata":null,"Results":[{"Packages":null,"Vulnerabilities":[{"VulnerabilityID":"a","VendorIDs":null}]}]}`,
			[]Finding{{ID: "a"}}},
		{"white space and unknown fields everywhere", " {\"x\" : [ 1 , {} , -0.5e+3 ] ," + report(" [ { } ] ")[1:] + "\r\n\t ", nil},
		{"suppressed findings, but not suppressed secrets", report(`[{"ExperimentalModifiedFindings":[
			{"Type":"vulnerability","Finding":{"VulnerabilityID":"CVE-1","PkgName":"p"}},{"Finding":{"ID":"KSV1"}}]}]`),
			[]Finding{{ID: "CVE-1", Package: "p", Suppressed: true}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			scan, err := Read("trivy", strings.NewReader(c.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, scan.Findings); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// endless repeats one byte for ever.
type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

func TestLimitsHoldOnStreams(t *testing.T) {
	allocated := func(work func()) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		work()
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	described := func(n int64) io.Reader {
		return io.MultiReader(strings.NewReader(`{"Description":"`), io.LimitReader(endless('a'), n), strings.NewReader(`",`+report(`[{}]`)[1:]))
	}
	t.Run("a long description is passed over", func(t *testing.T) {
		if scan, err := Read("trivy", described(maxValue/2)); err != nil || scan.Target != "web" {
			t.Errorf("got %v, %v", scan, err)
		}
	})
	t.Run("a longer one than any scanner writes is refused early", func(t *testing.T) {
		n := allocated(func() {
			_, err := Read("trivy", described(MaxSize))
			if own := new(Error); !errors.As(err, &own) || own.Code != "evidence.long" || own.Args[0] != "Description" {
				t.Errorf("got %v", err)
			}
		})
		if n > 16<<20 {
			t.Errorf("allocated %d bytes", n)
		}
	})
	t.Run("white space after the report counts", func(t *testing.T) {
		_, err := readTrivy(&limited{r: strings.NewReader(report(`[{}]`) + strings.Repeat(" ", 1000)), left: 1000})
		if own := new(Error); !errors.As(err, &own) || own.Code != "evidence.size" {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a broken reader is not the file's fault", func(t *testing.T) {
		for _, in := range []string{"", `{"x":`, `{"x":12`, `{"x":"ab`, report(`[{}]`)} {
			_, err := Read("trivy", io.MultiReader(strings.NewReader(in), iotest.ErrReader(io.ErrClosedPipe)))
			if own := new(Error); !errors.Is(err, io.ErrClosedPipe) || errors.As(err, &own) {
				t.Errorf("after %q: got %v", in, err)
			}
		}
	})
}

func TestMessagesStayShort(t *testing.T) {
	_, err := Read("trivy", strings.NewReader(`{"CreatedAt":"`+strings.Repeat("é", 1000)+`"}`))
	if own := new(Error); !errors.As(err, &own) || own.Code != "evidence.time" || len(own.Args[1].(string)) > 2*maxArg {
		t.Errorf("got %v", err)
	}
}

func TestFormats(t *testing.T) {
	if !HasReader("trivy") || HasReader("pdf") || !slices.Contains(Formats(), "trivy") {
		t.Error("trivy has a reader, pdf has none")
	}
	_, err := Read("pdf", strings.NewReader(""))
	if own := new(Error); !errors.As(err, &own) || own.Code != "evidence.format" {
		t.Errorf("got %v", err)
	}
}

func TestDigest(t *testing.T) {
	f, err := os.Open("testdata/trivy/clean/dd-scheme2-no-vuln.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sum, size, err := Digest(f)
	if err != nil || size != 385 || !strings.HasPrefix(sum, "52249f55543f7c1e") || len(sum) != 64 {
		t.Errorf("got %s, %d, %v", sum, size, err)
	}
	_, _, err = Digest(endless('a'))
	if own := new(Error); !errors.As(err, &own) || own.Code != "evidence.size" {
		t.Errorf("endless: got %v", err)
	}
}
