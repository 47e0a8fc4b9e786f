package evidence

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"unicode/utf8"
)

// FuzzRead: no panic; what is accepted is JSON, and encoding/json sees as many
// results as we do.
func FuzzRead(f *testing.F) {
	for _, format := range Formats() {
		for _, data := range reports(f, format, "*") {
			if len(data) < 4<<10 { // the fuzzer is slow on large inputs
				f.Add(format, data)
			}
		}
	}
	f.Add("trivy", []byte(report(`[{"Class":"config"},{"Vulnerabilities":null,"ExperimentalModifiedFindings":[{"Finding":{"VulnerabilityID":"b"}}]}]`)))
	f.Add("trivy", []byte(report(`[{}],"CreatedAt":"2026-02-03T10:12:03+07:00","Metadata":{"a":[1,-0.5e3,true,null,"\u00e9"]}`)))
	f.Add("trivy", []byte(report(`[{"Target":"t","Packages":[{"ID":"a@1","Name":"a","Version":"1","Release":"2","Epoch":3}],"Vulnerabilities":[{"VulnerabilityID":"a","PkgID":"a@1","VendorIDs":["b"]}]}],"Metadata":{"ImageID":"sha256:1"}`)))
	f.Add("trivy", []byte(vulnerability(`"VulnerabilityID":"a","Severity":"\u0041"`)))
	f.Fuzz(func(t *testing.T, format string, data []byte) {
		scan, err := Read(format, bytes.NewReader(data))
		if err != nil {
			if own := new(Error); !errors.As(err, &own) {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		if format != "trivy" { // what another one says its own tests know
			return
		}
		var model struct {
			SchemaVersion int
			ArtifactName  string
			Results       []struct {
				Vulnerabilities []struct{ VulnerabilityID string }
			}
		}
		if err := json.Unmarshal(data, &model); err != nil {
			t.Fatalf("accepted, but encoding/json says %v", err)
		}
		var ids, want []string
		for _, r := range model.Results {
			for _, v := range r.Vulnerabilities {
				want = append(want, v.VulnerabilityID)
			}
		}
		for _, v := range scan.Findings {
			if !v.Suppressed {
				ids = append(ids, v.ID)
			}
		}
		if len(ids) != len(want) || len(model.Results) != scan.Targets || model.ArtifactName != scan.Target {
			t.Fatalf("%d findings in %d targets, encoding/json has %d in %d", len(ids), scan.Targets, len(want), len(model.Results))
		}
		for i := range ids {
			if ids[i] != want[i] || !utf8.ValidString(ids[i]) {
				t.Fatalf("id %q, encoding/json has %q", ids[i], want[i])
			}
		}
	})
}

// FuzzScanner: what the scanner accepts encoding/json calls valid. It refuses more
// only where names stand twice, text is no Unicode, or something is too large.
func FuzzScanner(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,-0,2.5e-7,true,false,null,"\u00e9\\\""],"b":{}}`, `[1,]`, `01`, `-`, `1.`, `"\x"`, `"a`, `nul`, " 1 ", `[[]]`,
		`{"a"}`, `{"a":1,}`, `1e`, "\"\x00\"", "\x00", `{}{}`, "\"\xff\"", `"\ud800"`, `{"a":1,"\u0061":2}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := newScanner(bytes.NewReader(data))
		s.skip()
		s.end()
		own := new(Error)
		larger := errors.As(s.err, &own) && slices.Contains([]string{"evidence.depth", "evidence.long", "evidence.count", "evidence.duplicate"}, own.Code)
		odd := !utf8.Valid(data) || bytes.Contains(bytes.ToLower(data), []byte(`\ud`)) // half of a surrogate pair
		if valid := json.Valid(data); s.err == nil && !valid || s.err != nil && valid && !larger && !odd {
			t.Fatalf("%q: scanner says %v, encoding/json valid=%v", data, s.err, valid)
		}
	})
}
