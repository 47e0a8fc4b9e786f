package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNewAndAppendMakeAValidManifest(t *testing.T) {
	data := New("SP-2026-0001", "Tambalan: OpenSSH #1", "")
	data, err := Append(data, ItemMonitoring, map[string]any{
		"reason":   "Terpasang pada satu server.\n  Baris kedua: 50 %.\n",
		"decision": "required",
		"sources":  []string{"yes", "USN-6859-1 (Ubuntu)"},
		"trigger":  map[string]any{"reference": "https://www.openssh.com/txt/release-9.8", "kind": "advisory"},
		"systems": []map[string]any{{"name": "web-01", "fixed": "1.10", "owner": "Diskominfo", "exposure": "internet",
			"product": "openssh", "installed": "1:8.9p1-3ubuntu0.7", "personalData": true}},
		"vulnerabilities": []any{map[string]any{"kev": false, "id": "CVE-2024-6387", "published": "2024-07-01"}},
		"startedAt":       "2026-02-02T08:00:00+07:00",
	})
	if err != nil {
		t.Fatal(err)
	}
	if data, err = Append(data, "serah-terima", map[string]any{"note": "Ya: sudah."}); err != nil {
		t.Fatal(err)
	}
	want := `# yaml-language-server: $schema=../../../schema/patch.v1.json
apiVersion: tambal/v1
kind: SecurityPatch
metadata:
  id: SP-2026-0001
  title: "Tambalan: OpenSSH #1"
steps:
  - monitoring:
      startedAt: "2026-02-02T08:00:00+07:00"
      trigger:
        kind: advisory
        reference: https://www.openssh.com/txt/release-9.8
      sources:
        - "yes"
        - USN-6859-1 (Ubuntu)
      vulnerabilities:
        - id: CVE-2024-6387
          published: "2024-07-01"
          kev: false
      systems:
        - name: web-01
          owner: Diskominfo
          exposure: internet
          product: openssh
          installed: "1:8.9p1-3ubuntu0.7"
          fixed: "1.10"
          personalData: true
      decision: required
      reason: |
        Terpasang pada satu server.
          Baris kedua: 50 %.
  - serah-terima:
      note: "Ya: sudah."
`
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Error(diff)
	}
	if _, ps := Parse(data); len(ps) > 0 {
		t.Error(shown(ps))
	}
}

func TestNewQuotesWhatCouldBeReadOtherwise(t *testing.T) {
	for _, title := range []string{"1.10", "no", "a: b", "\"x\"", "x # y", " x ", "<b> & co", "- x", "naïve"} {
		data := append(New("SP-2026-0001", title, "SP-2025-0001"), "  - x:\n      note: z\n"...)
		d, ps := ParseYAML(data)
		if d == nil {
			t.Errorf("%q: %s", title, shown(ps))
			continue
		}
		metadata := d.Value.(map[string]any)["metadata"].(map[string]any)
		if metadata["title"] != title || metadata["retryOf"] != "SP-2025-0001" {
			t.Errorf("%q came back as %q", title, metadata["title"])
		}
	}
}

// texts that a careless writer would lose.
func trickyTexts() []string {
	return []string{
		"", " ", "\n", "x\n", "x\n\n", "\nx", " x\ny", "x \ny", "x\n y\n", "x\ty", "x\n\ty", "1.10", "yes", "~", "null", "2026-02-02", "21:30", "0x1F",
		"- x", "? x", "a: b", "a:", "#x", "x #y", "x\n# y", "x\n  - y:\n", "steps:", "---", "...", "x\n---\ny", "!x", "&x", "*x", "%x", "@x", "`x`", "'x'", `"x"`, `\n`,
		"[x", "{x", "|", ">", "| x", "x\n\n\ny", "😀", "é\né", strings.Repeat("x ", 400), strings.Repeat("baris panjang\n", 50), "=", "<<", "x:y", "http://x/#y", "true", "12",
	}
}

func TestAppendKeepsEveryText(t *testing.T) {
	head := New("SP-2026-0001", "x", "")
	for _, text := range trickyTexts() {
		value := map[string]any{"note": text, "list": []any{text, text}, "map": map[string]any{"k": text}}
		out, err := Append(head, "x", value)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		d, ps := ParseYAML(out)
		if d == nil {
			t.Fatalf("%q: %s", text, shown(ps))
		}
		item := d.Value.(map[string]any)["steps"].([]any)[0]
		if diff := cmp.Diff(map[string]any{"x": value}, item); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestAppendTouchesNothingElse(t *testing.T) {
	data := append(good(t), "  # catatan di akhir\n\n"...)
	out, err := Append(data, ItemCorrection, map[string]any{"of": "plan", "note": "x"})
	if err != nil {
		t.Fatal(err)
	}
	if added, ok := bytes.CutPrefix(out, data); !ok || string(added) != "  - correction:\n      of: plan\n      note: x\n" {
		t.Errorf("added %q", added)
	}
	if m, ps := Parse(out); m == nil || m.Items[len(m.Items)-1].Start != len(data) {
		t.Error(shown(ps))
	}
	if &out[0] == &data[0] {
		t.Error("the caller's bytes were used again")
	}
}

func TestAppendWritesNumbers(t *testing.T) {
	out, err := Append(New("SP-2026-0001", "x", ""), ItemApproval, map[string]any{
		"subject": map[string]any{"sha256": strings.Repeat("0", 64), "bytes": 4312},
		"review":  map[string]any{"id": int64(1234567890), "pullRequest": json.Number("12")},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := "  - approval:\n      subject:\n        bytes: 4312\n        sha256: \"" + strings.Repeat("0", 64) +
		"\"\n      review:\n        pullRequest: 12\n        id: 1234567890\n"
	if diff := cmp.Diff(want, string(out[bytes.Index(out, []byte("steps:\n"))+7:])); diff != "" {
		t.Error(diff)
	}
}

func TestAppendRefuses(t *testing.T) {
	head := New("SP-2026-0001", "x", "")
	ok := map[string]any{"note": "x"}
	for name, c := range map[string]struct {
		data []byte
		item string
		in   map[string]any
		want string
	}{
		"a name that is no item name":   {head, "Ninth step", ok, "append.name"},
		"no fields":                     {head, "x", nil, "append.empty"},
		"null":                          {head, "x", map[string]any{"note": nil}, "yaml.null"},
		"a fraction":                    {head, "x", map[string]any{"note": 1.5}, "yaml.quote"},
		"an invisible character":        {head, "x", map[string]any{"note": []string{"a\u200bb"}}, "yaml.character"},
		"a carriage return in a key":    {head, "x", map[string]any{"a\rb": "x"}, "yaml.character"},
		"no header":                     {[]byte("a: b\n"), "x", ok, "frame.steps"},
		"a broken header":               {[]byte("a: *b\nsteps:\n"), "x", ok, "yaml.syntax"},
		"a broken item before":          {append(bytes.Clone(head), "  - v:\n      note: no\n"...), "x", ok, "yaml.quote"},
		"a broken frame before":         {append(bytes.Clone(head), "  - v:\n      note: x\n    w:\n      note: x\n"...), "x", ok, "frame.item frame.line"},
		"more than a manifest can hold": {head, "x", map[string]any{"note": strings.Repeat("x", MaxSize)}, "yaml.size"},
	} {
		_, err := Append(c.data, c.item, c.in)
		var refused *Error
		if !errors.As(err, &refused) {
			t.Errorf("%s: %v", name, err)
		} else if got := strings.TrimPrefix(refused.Error(), "refused: "); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
	if _, err := Append(head, "x", map[string]any{"note": func() {}}); err == nil {
		t.Error("a function was written")
	}
}
