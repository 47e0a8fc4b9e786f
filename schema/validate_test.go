package schema

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// reviewLines is the proof in the good manifest.
const reviewLines = `      review:
        repository: https://github.com/kantor/patch
        repositoryId: 700000001
        pullRequest: 12
        id: 1234567
        reviewerId: 5550001
        commit: 4f1c2ab04f1c2ab04f1c2ab04f1c2ab04f1c2ab0
        submittedAt: "2026-02-03T03:12:03Z"
        bodySha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
`

// TestSchemaProblems changes one place of the good manifest and names what must be said, and where.
func TestSchemaProblems(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"a required field is missing":            {"      objective: Menutup CVE-2024-6387 pada kedua server web SPBE.\n", "", "51:5 schema-invalid schema.required <plan.objective>"},
		"a field of a list's item is missing":    {"          from: 1:8.9p1-3ubuntu0.7\n", "", "54:11 schema-invalid schema.required <plan.targets.from>"},
		"two fields are missing":                 {"      subject: {bytes: 3312, sha256: 9b74c9897bac770ffc029102a200c5de9b74c9897bac770ffc029102a200c5de}\n", "      subject: {}\n", "99:7 schema-invalid schema.required <approval.subject.bytes>\n99:7 schema-invalid schema.required <approval.subject.sha256>"},
		"a key nobody knows":                     {"      obstacles: Ruang simpan snapshot.\n", "      obstacles: Ruang simpan snapshot.\n      approvedBy: saya\n", "173:7 schema-invalid schema.unknown-key <approvedBy> <startedAt, finishedAt, summary, obstacles, suggestions, residualRisk, followUp, evidence>"},
		"a key with another case":                {"      nature: segera\n", "      Nature: segera\n", "98:7 schema-invalid schema.unknown-key-case <Nature> <nature>"},
		"a step the schema does not know":        {"      note: Langkah kesembilan menurut policies/sop.yaml.\n", "      note: x\n      by: saya\n", "170:7 schema-invalid schema.unknown-key <by> <startedAt, finishedAt, note, evidence>"},
		"a word that is not in the list":         {"outcome: no-anomaly", "outcome: none", "157:16 schema-invalid schema.enum <implementation.outcome> <none> <no-anomaly, anomaly>"},
		"a number where a text belongs":          {"          version: 1:8.9p1-3ubuntu0.10\n          outcome: success\n      tests", "          version: 10\n          outcome: success\n      tests", "147:20 yaml-ambiguous yaml.quote <10>"},
		"true where a text belongs":              {"downtime: 5 menit", "downtime: true", "72:17 yaml-ambiguous yaml.quote <true>"},
		"a version without quotes, once":         {"          version: 1:8.9p1-3ubuntu0.10\n          outcome: success\n      tests", "          version: 1.10\n          outcome: success\n      tests", "147:20 yaml-ambiguous yaml.quote <1.10>"},
		"a text where a number belongs":          {"pullRequest: 12", `pullRequest: "12"`, "103:22 schema-invalid schema.type.integer <approval.review.pullRequest>"},
		"a text where true or false belongs":     {"kev: false", "kev: tidak", "22:16 schema-invalid schema.type.boolean <monitoring.vulnerabilities.kev>"},
		"a text where a list belongs":            {"      followUp:\n        - Pindai ulang pada Maret.\n", "      followUp: Pindai\n", "176:17 schema-invalid schema.type.array <report.followUp>"},
		"a list where a text belongs":            {"      lessons: Periksa ruang simpan sebelum snapshot.\n", "      lessons:\n        - x\n", "187:9 schema-invalid schema.type.string <closure.lessons>"},
		"a text where fields belong":             {"        kind: advisory\n        reference: https://www.openssh.com/txt/release-9.8\n", "        - x\n", "13:9 schema-invalid schema.type.object <monitoring.trigger>"},
		"an empty list":                          {"      tests:\n        - Masuk lewat ssh dengan kunci admin.\n        - Laman utama terbuka.\n", "      tests: []\n", "68:14 schema-invalid schema.min-items <plan.tests> <1>"},
		"a blank text":                           {"disposition: Setuju. Laksanakan di luar jam layanan dan laporkan hasilnya.", `disposition: "  "`, "96:20 schema-invalid schema.blank <approval.disposition>"},
		"a title on two lines":                   {"title: regreSSHion (CVE-2024-6387) pada server web SPBE", `title: "a\nb"`, "6:10 schema-invalid schema.pattern <metadata.title> <a b> <Server web SPBE>"},
		"an ID in lower case":                    {"id: SP-2026-0007", "id: sp-2026-0007", "5:7 schema-invalid schema.pattern <metadata.id> <sp-2026-0007> <SP-2026-0007>"},
		"a time without zone":                    {`startedAt: "2026-02-02T08:00:00+07:00"`, `startedAt: "2026-02-02T08:00:00"`, "10:18 schema-invalid schema.pattern <monitoring.startedAt> <2026-02-02T08:00:00> <2026-02-03T10:12:03+07:00>"},
		"a day that does not exist":              {`due: "2026-02-16"`, `due: "2026-02-30"`, "80:14 schema-invalid schema.pattern <analysis.urgency.due> <2026-02-30> <2026-02-16>"},
		"an hour that does not exist":            {`"2026-02-02T08:00:00+07:00"`, `"2026-02-02T25:00:00+07:00"`, "10:18 schema-invalid schema.pattern <monitoring.startedAt> <2026-02-02T25:00:00+07:00> <2026-02-03T10:12:03+07:00>"},
		"a leap second":                          {`"2026-02-02T08:00:00+07:00"`, `"2026-02-02T08:00:60+07:00"`, "10:18 schema-invalid schema.pattern <monitoring.startedAt> <2026-02-02T08:00:60+07:00> <2026-02-03T10:12:03+07:00>"},
		"a zone no clock has":                    {`"2026-02-02T08:00:00+07:00"`, `"2026-02-02T08:00:00+99:99"`, "10:18 schema-invalid schema.pattern <monitoring.startedAt> <2026-02-02T08:00:00+99:99> <2026-02-03T10:12:03+07:00>"},
		"a digest in capitals":                   {"sha256: 3a6eb079", "sha256: 3A6eb079", "48:19 schema-invalid schema.pattern <monitoring.evidence.sha256> <3A6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7> <9b74c9897bac770ffc029102a200c5de9b74c9897bac770ffc029102a200c5de>"},
		"a number below one":                     {"pullRequest: 12", "pullRequest: 0", "103:22 schema-invalid schema.minimum <approval.review.pullRequest> <1>"},
		"a title that is too long":               {"title: regreSSHion (CVE-2024-6387) pada server web SPBE", "title: " + strings.Repeat("x", 301), "6:10 schema-invalid schema.max-length <metadata.title> <300>"},
		"a decision without systems":             {"systems:\n        - name: web-spbe-01\n          owner: Dinas Komunikasi dan Informatika\n          exposure: internet\n          product: openssh-server\n          installed: 1:8.9p1-3ubuntu0.7\n          fixed: 1:8.9p1-3ubuntu0.10\n          personalData: true\n        - name: web-spbe-02\n          owner: Dinas Komunikasi dan Informatika\n          exposure: controlled\n          product: openssh-server\n          installed: 1:8.9p1-3ubuntu0.7\n          fixed: 1:8.9p1-3ubuntu0.10\n", "systems: []\n", "28:17 schema-invalid item.systems-required"},
		"a system twice":                         {"- name: web-spbe-02", "- name: web-spbe-01", "35:17 schema-invalid item.duplicate-system <web-spbe-01>"},
		"an approval without proof":              {reviewLines, "", "92:5 schema-invalid item.proof-missing"},
		"a signature without the policy":         {reviewLines, "      signature: |\n        -----BEGIN SSH SIGNATURE-----\n        x\n", "92:5 schema-invalid schema.required <approval.policy>"},
		"an approval with two proofs":            {"      nature: segera\n", "      nature: segera\n      signature: |\n        -----BEGIN SSH SIGNATURE-----\n        x\n", "99:18 schema-invalid item.proof-twice"},
		"a signature that is none":               {"      nature: segera\n", "      nature: segera\n      signature: ok\n", "99:18 schema-invalid schema.pattern <approval.signature> <ok> <-----BEGIN SSH SIGNATURE----->"},
		"an accepted risk without its owner":     {"outcome: implemented", "outcome: accepted-risk", "181:5 schema-invalid schema.required <closure.compensatingControl>\n181:5 schema-invalid schema.required <closure.expiresOn>\n181:5 schema-invalid schema.required <closure.owner>"},
		"a reschedule without a reason":          {"      reason: Pemadaman listrik terencana pada 4 Februari.\n", "", "122:5 schema-invalid schema.required <schedule.reason>"},
		"a reschedule of what is no schedule":    {"replaces: schedule", "replaces: plan", "134:17 schema-invalid item.reference <schedule.replaces> <plan>"},
		"a correction of what comes later":       {"of: implementation", "of: closure", "179:11 schema-invalid item.reference <correction.of> <closure>"},
		"a correction of itself":                 {"of: implementation", "of: correction", "179:11 schema-invalid item.reference <correction.of> <correction>"},
		"another version of the format":          {"apiVersion: tambal/v1", "apiVersion: tambal/v2", "2:13 schema-invalid schema.enum <apiVersion> <tambal/v2> <tambal/v1>"},
		"an evidence path above its folder":      {"path: evidence/trivy-sebelum.json", "path: evidence/../patch.yaml", "46:17 schema-invalid schema.pattern <monitoring.evidence.path> <evidence/../patch.yaml> <evidence/trivy-sesudah.json>"},
		"an evidence path Windows cannot write":  {"path: evidence/trivy-sebelum.json", "path: evidence/Aux.json", "46:17 schema-invalid schema.pattern <monitoring.evidence.path> <evidence/Aux.json> <evidence/trivy-sesudah.json>"},
		"an evidence path with a backslash":      {"path: evidence/trivy-sebelum.json", `path: evidence\x`, "46:17 schema-invalid schema.pattern <monitoring.evidence.path> <evidence\\x> <evidence/trivy-sesudah.json>"},
		"an evidence path with a dot at its end": {"path: evidence/trivy-sebelum.json", `path: evidence/x.`, "46:17 schema-invalid schema.pattern <monitoring.evidence.path> <evidence/x.> <evidence/trivy-sesudah.json>"},
		"an evidence path with a serial port":    {"path: evidence/trivy-sebelum.json", `path: evidence/com1/x`, "46:17 schema-invalid schema.pattern <monitoring.evidence.path> <evidence/com1/x> <evidence/trivy-sesudah.json>"},
	} {
		t.Run(name, func(t *testing.T) {
			data := string(good(t))
			if !strings.Contains(data, c.old) {
				t.Fatalf("the good manifest does not hold %q", c.old)
			}
			m, ps := Parse([]byte(strings.Replace(data, c.old, c.new, 1)))
			if m != nil {
				t.Error("the manifest is usable in spite of its problem")
			}
			if diff := cmp.Diff(c.want, shown(ps)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestKeywords covers what the manifest's schema does not use but policies may.
func TestKeywords(t *testing.T) {
	lib, err := compile(fstest.MapFS{"x.v1.json": {Data: []byte(`{"$id":"https://github.com/tambal-id/tambal/schema/x.v1.json","properties":{
		"max/items":{"maxItems":1},"minLength":{"minLength":2},"maximum":{"maximum":1},"unique":{"uniqueItems":true},
		"noExample":{"pattern":"^x$"},"const":{"const":"x"},"not":{"not":{"type":"string"}},"never":false,"least":{"minProperties":1}}}`)}})
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"max/items: [a, b]\n": "1:12 schema-invalid schema.max-items <max/items> <1>",
		"minLength: a\n":      "1:12 schema-invalid schema.min-length <minLength> <2>",
		"maximum: 2\n":        "1:10 schema-invalid schema.maximum <maximum> <1>",
		"unique: [a, a]\n":    "1:9 schema-invalid schema.unique <unique> <true>",
		"noExample: w\n":      "1:12 schema-invalid schema.pattern <noExample> <w> <^x$>",
		"const: w\n":          "1:8 schema-invalid schema.enum <const> <w> <x>",
		"not: w\n":            "1:6 schema-invalid schema.other <not> <not failed>",
		"never: w\n":          "1:8 schema-invalid schema.other <never> <not allowed>",
		"least: {}\n":         "1:8 schema-invalid schema.one-key <least> <1>",
	} {
		d, ps := ParseYAML([]byte(in))
		if d == nil {
			t.Fatal(shown(ps))
		}
		if got := shown(lib.check("x.v1.json", d).sorted()); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
	d, _ := ParseYAML([]byte("a: b\n"))
	if got := shown(d.Validate("nothing")); got != "1:1 schema-invalid schema.decode <no schema nothing.v1.json>" {
		t.Error(got)
	}
}

func TestASignatureIsAProof(t *testing.T) {
	signed := "      policy: sha256:" + strings.Repeat("0", 64) + "\n      signature: |\n        -----BEGIN SSH SIGNATURE-----\n        x\n"
	m, ps := Parse([]byte(strings.Replace(string(good(t)), reviewLines, signed, 1)))
	if m == nil {
		t.Fatal(shown(ps))
	}
	if a := m.Items[3].Body.(*Approval); a.Review != nil || !strings.HasPrefix(a.Signature, "-----BEGIN") {
		t.Errorf("%+v", a)
	}
}

func TestSchemasReadNothingFromOutside(t *testing.T) {
	for _, ref := range []string{"file:///etc/passwd", "http://127.0.0.1:1/x.json", "https://example.org/x.json", "y.v1.json"} {
		_, err := compile(fstest.MapFS{"x.v1.json": {Data: []byte(`{"$ref":"` + ref + `"}`)}})
		if err == nil || !strings.Contains(err.Error(), "is not embedded") {
			t.Errorf("%s: %v", ref, err)
		}
	}
}

func TestLoad(t *testing.T) {
	var head struct{ APIVersion, Kind, Metadata, Steps any }
	d, ps := Load(Patch, good(t), &head)
	if len(ps) > 0 || d.At("metadata", "title") != (Pos{6, 10}) || d.At("metadata", "nothing", "x") != (Pos{5, 3}) {
		t.Error(shown(ps))
	}
	var wrong struct{ APIVersion string }
	if d, ps := Load(Patch, good(t), &wrong); d != nil || len(ps) != 1 || ps[0].Code != "schema.decode" {
		t.Errorf("a type without the fields: %s", shown(ps))
	}
	if d, ps := Load(Team, good(t), &head); d != nil || len(ps) == 0 {
		t.Errorf("another kind of file: %s", shown(ps))
	}
	if d, ps := Load(Patch, []byte("a: *b\n"), &head); d != nil || len(ps) == 0 {
		t.Errorf("an unknown alias: %s", shown(ps))
	}
}

func TestResultSchema(t *testing.T) {
	const result = `{"apiVersion":"tambal/result/v1","verdict":"pass","base":"a","head":"b","policy":{"commit":"c","digest":""},
"cases":[{"id":"SP-2026-0007","state":"approval","outcome":null,"next":[{"step":"schedule","roles":["administrator"],"optional":false}],
"approval":null,"overdue":false}],"findings":[{"rule":"step-order","severity":"error","message":"x","line":44,"column":5}]}`
	for in, ok := range map[string]bool{
		result: true,
		strings.Replace(result, `"approval":null`, `"approval":{"decision":"approved","by":"budi-s","strength":"signed"}`, 1): true,
		strings.Replace(result, `"approval":null`, `"approval":{"decision":"approved"}`, 1):                                   false,
		strings.Replace(result, `"error"`, `"bad"`, 1):                                                                        false,
		strings.Replace(result, `"outcome":null,`, ``, 1):                                                                     false,
	} {
		var v any
		dec := json.NewDecoder(strings.NewReader(in))
		dec.UseNumber()
		if err := dec.Decode(&v); err != nil {
			t.Fatal(err)
		}
		lib, err := schemas()
		if err != nil {
			t.Fatal(err)
		}
		if err := lib.compiled[Result.File()].Validate(v); (err == nil) != ok {
			t.Errorf("%s: %v", in, err)
		}
	}
}

func TestProblemsAreSortedAndFew(t *testing.T) {
	data := New("SP-2026-0001", "x", "")
	data = append(data, "  - plan:\n"+"      a1: x\n      a2: x\n"...)
	_, ps := Parse(data)
	if !slices.IsSortedFunc(ps, func(a, b Problem) int { return a.Pos.Compare(b.Pos) }) {
		t.Error(shown(ps))
	}
	if _, ps := ParseYAML([]byte(strings.Repeat("- no\n", 500))); len(ps) != maxProblems {
		t.Errorf("%d problems", len(ps))
	}
}
