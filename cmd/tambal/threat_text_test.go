package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/evidence"
	"github.com/tambal-id/tambal/schema"
)

// TestEvidenceNeedNotBeOpened: archives are digested and never unpacked, files
// beyond the limit are refused, and names may be any bytes.
func TestEvidenceNeedNotBeOpened(t *testing.T) {
	t.Parallel()
	p := including(t, "normal.txtar until opened")
	p.must(t, "at", "2026-02-02T08:30:00+07:00")
	p.must(t, "git", "switch", "-q", "-C", "SP-2026-0001", "main")
	manifest := filepath.Join(p.Dir, p.CaseDir(), "patch.yaml")
	landed, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	list := func(name string, data []byte) {
		t.Helper()
		sum := fmt.Sprintf("%x", sha256.Sum256(data))
		item := "  - correction:\n      of: monitoring\n      note: Berkas menyusul.\n      evidence:\n        - path: evidence/" + name +
			"\n          format: other\n          sha256: " + sum + "\n          phase: other\n"
		for file, data := range map[string][]byte{"evidence/" + name: data, "patch.yaml": append(bytes.Clone(landed), item...)} {
			if err := writeFile(p.Dir, p.CaseDir()+"/"+file, data); err != nil {
				t.Fatal(err)
			}
		}
		p.must(t, "git", "add", "-A")
		p.must(t, "git", "commit", "-qm", name)
	}
	bomb := []byte("PK\x03\x04\x14\x00\x00\x00\x08\x00" + strings.Repeat("\xff", 40))
	list("arsip.zip", bomb)
	p.must(t, "check", "pass")
	p.must(t, "git", "reset", "-q", "--hard", "main")
	list("besar.bin", make([]byte, evidence.MaxSize+1))
	p.must(t, "check", "fail", "evidence-digest")
	p.must(t, "git", "reset", "-q", "--hard", "main")
	odd := filepath.Join(p.Dir, p.CaseDir(), "evidence", "\xff\x1b[2J\n::error::x.txt")
	if err := os.WriteFile(odd, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	p.must(t, "git", "add", "-A")
	p.must(t, "git", "commit", "-qm", "nama")
	p.must(t, "check", "pass", "~evidence-unlisted")
	if p.exitCode("check", "--head", "SP-2026-0001", "--format", "json"); !json.Valid([]byte(p.Shown)) {
		t.Errorf("no JSON: %q", p.Shown)
	}
	p.exitCode("check", "--head", "SP-2026-0001")
	harmless(t, "check", p.Shown)
}

// harmless wants no line that a CI runner takes for a command, and nothing that
// drives a terminal. Runners skip spaces at the beginning of a line.
func harmless(t *testing.T, what, shown string) {
	t.Helper()
	for _, line := range strings.Split(shown, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.ContainsAny(line, "\x1b\a\r\u202e\u200b") {
			t.Errorf("%s prints %q", what, line)
		}
	}
}

// TestPeoplesTextCommandsNobody lets hostile words stand wherever the manifest
// takes free text, and prints them in every way there is.
func TestPeoplesTextCommandsNobody(t *testing.T) {
	t.Parallel()
	const hostile = "::error::x %0A::set-output name=a::b </title><script>alert(1)</script> @semua ![x](http://y) =cmd|' /C calc'!A0"
	p := testPlayer(t)
	p.must(t, "case", "SP-2026-0001")
	p.must(t, "title", hostile)
	p.must(t, "at", "2026-02-02T08:10:00+07:00")
	p.must(t, "as", "siti-a")
	p.must(t, "attach", "trivy/alpine-39.json", "trivy-sebelum.json")
	p.must(t, "step", "monitoring")
	p.must(t, "land")
	p.must(t, "git", "switch", "-q", "-C", "SP-2026-0001", "main")
	p.must(t, "as", "agus-p")
	p.must(t, "at", "2026-02-02T08:55:00+07:00")
	p.must(t, "items", "plan")
	p.must(t, "replace", "@/patch.yaml", "rollback: ", "rollback: |\n        a\n        ::error::x\n        ##[error]x\n        ")
	p.must(t, "commit", "::error::pesan\n\n::error::pesan")
	p.must(t, "as", "rina-w")
	p.must(t, "at", "2026-02-02T09:50:00+07:00")
	p.must(t, "step", "analysis")
	p.must(t, "at", "2026-02-02T10:12:03+07:00")
	p.must(t, "as", "budi-s")
	for _, args := range [][]string{
		{"check", "--head", "SP-2026-0001"}, {"check", "--head", "SP-2026-0001", "--format", "json"},
		{"approve", "SP-2026-0001", "--yes", "--key", p.KeyFile("budi-s")}, {"approve", "SP-2026-0001", "--print-statement"},
		{"merge", "SP-2026-0001"}, {"status"}, {"status", "SP-2026-0001"}, {"audit"}, {"audit", "--format", "json"},
		{"report", "SP-2026-0001", "--format", "md"}, {"report", "SP-2026-0001", "--format", "html"}, {"report", "SP-2026-0001", "--format", "json"},
	} {
		if code := p.exitCode(args...); code == exitUsage || code == exitUndecided {
			t.Errorf("%v: exit code %d\n%s", args, code, p.Shown)
		}
		harmless(t, strings.Join(args, " "), p.Shown)
	}
	for _, bad := range []string{"a\nb", "\x1b]8;;http://y\x07x\x1b]8;;\x07", "a\rb", "a\u202eb", "a\u200bb"} {
		if _, problems := schema.Parse([]byte(strings.Replace(string(schema.New("SP-2026-0001", "judul", "")), "judul", fmt.Sprintf("%q", bad), 1))); len(problems) == 0 {
			t.Errorf("title %q is accepted", bad)
		}
	}
}
