package policies_test

import (
	"strings"
	"testing"

	"github.com/tambal-id/tambal/policies"
)

// pair is a change that the lint must report at the line that holds at, and its neighbour that must stay silent.
type pair struct {
	name string
	code string
	at   string
	bad  edit
	good edit
}

func procedurePairs() []pair {
	const sop = "sop.yaml"
	plan := "  - name: plan\n"
	required := "{ when: { decision: required }, label: Perlu Implementasi }"
	rejected := "{ when: { decision: rejected }, to: closure, connector: A, closes: [rejected] }"
	row := "  - name: review\n    title: Telaah\n    roles: [administrator]\n\n"
	closing := "    standardTime: 10m\n    equipment: [Laptop, Media Komunikasi]\n\nseparation:"
	return []pair{
		{"a role that no list knows", "role-unknown", "roles: [kepala]", edit{sop, "roles: [kabid]", "roles: [kepala]"}, edit{sop, "roles: [kabid]", "roles: [policy-owner]"}},
		{"a role listed twice", "role-duplicate", "id: kabid, title: Lain", edit{sop, "  - { id: policy-owner", "  - { id: kabid, title: Lain, identity: claimed }\n  - { id: policy-owner"},
			edit{sop, "  - { id: policy-owner", "  - { id: sekretaris, title: Sekretaris, identity: signed }\n  - { id: policy-owner"}},
		{"a step listed twice", "step-duplicate", "name: plan", edit{sop, "  - name: schedule\n", strings.Replace(row, "review", "plan", 1) + "  - name: schedule\n"}, edit{sop, plan, row + plan}},
		{"a step called correction", "step-reserved", "name: correction", edit{sop, plan, strings.Replace(row, "review", "correction", 1) + plan}, edit{sop, plan, row + plan}},
		{"no approval row", "step-missing", "- name: monitoring", edit{sop, "- name: approval", "- name: consent"}, edit{sop, "- name: plan", "- name: design"}},
		{"a row below closure", "closure-last", "name: closure", edit{sop, closing, strings.Replace(closing, "separation:", row+"separation:", 1)}, edit{sop, "  - name: closure", row + "  - name: closure"}},
		{"an unknown target", "transition-unknown", "to: laporan", edit{sop, "to: report", "to: laporan"}, edit{sop, "to: report", "to: closure"}},
		{"a way back", "transition-back", "to: schedule", edit{sop, "to: report", "to: schedule"}, edit{sop, "to: report", "to: closure"}},
		{"a way to itself", "transition-back", "to: implementation", edit{sop, "to: report", "to: implementation"}, edit{sop, "to: report", "to: closure"}},
		{"a way round the approval", "approval-skipped", "to: schedule", edit{sop, required, "{ when: { decision: required }, to: schedule }"}, edit{sop, required, "{ when: { decision: required }, to: plan }"}},
		{"an unreachable row", "step-unreachable", "name: plan", edit{sop, required, "{ when: { decision: required }, to: analysis }"}, edit{sop, required, "{ when: { decision: required }, to: plan }"}},
		{"a way out of closure", "closure-next", "closes: [partial]", edit{sop, closing, "    next:\n      - { closes: [partial] }\n\nseparation:"}, edit{sop, closing, "    standardTime: 1 working day\n\nseparation:"}},
		{"closure without an outcome", "closure-outcome", "name: closure", edit{sop, "connector: B, closes: [implemented, partial]", "connector: B"}, edit{sop, "connector: B, closes: [implemented, partial]", "closes: [implemented]"}},
		{"a field that is no choice", "when-unknown", "reason: rejected", edit{sop, "{ decision: rejected }", "{ reason: rejected }"}, edit{sop, rejected, rejected + "\n      - { to: closure, closes: [rejected] }"}},
		{"a field of a later step", "when-unknown", "schedule.outcome: x", edit{sop, "{ decision: rejected }", "{ decision: rejected, schedule.outcome: x }"}, edit{sop, rejected, "{ when: { monitoring.decision: required }, to: closure, closes: [rejected] }\n      - " + strings.Replace(rejected, "when: { decision: rejected }, ", "", 1)}},
		{"a value that the field cannot have", "when-value", "decision: denied", edit{sop, "{ decision: rejected }", "{ decision: denied }"}, edit{sop, "{ decision: rejected }", "{ approval.decision: rejected }"}},
		{"a decision without a way", "when-gap", "decision: approved, analysis.recommendation: implement", edit{sop, rejected, "{ when: { decision: rejected, analysis.recommendation: implement }, to: closure, closes: [rejected] }"}, edit{sop, rejected, "{ to: closure, connector: A, closes: [rejected] }"}},
		{"a day that does not exist", "date-invalid", "approvedOn", edit{sop, `"2025-12-09"`, `"2025-13-09"`}, edit{sop, `"2025-12-09"`, `"2025-12-10"`}},
	}
}

func teamPairs(t *testing.T) []pair {
	const team = "team.yaml"
	valid := `from: "2026-01-01"`
	owner := "      - { role: policy-owner, from: \"2025-01-01\", basis: SK Kepala Dinas Nomor 800/002/2025 }\n"
	second := edit{team, "emails: [budi-s@kominfo.example]\n", "emails: [budi-s@kominfo.example]\n    keys:\n      - { type: ssh, key: \"" + budiKey + "\", " + valid + " }\n      - { type: ssh, key: \"" + strings.TrimSuffix(budiKey, " budi-s") + " again\", " + valid + " }\n"}
	return []pair{
		{"two people with one id", "person-duplicate", "id: siti-a", edit{team, "- id: agus-p", "- id: siti-a"}, edit{team, "- id: agus-p", "- id: agus-q"}},
		{"one address for two people", "email-duplicate", "Siti-A@KOMINFO.example", edit{team, "[agus-p@kominfo.example]", "[Siti-A@KOMINFO.example]"}, edit{team, "[agus-p@kominfo.example]", "[agus@kominfo.example]"}},
		{"the noreply address of somebody else", "email-duplicate", "900000001+x", edit{team, "[agus-p@kominfo.example]", "[900000001+x@users.noreply.github.com]"}, edit{team, "[agus-p@kominfo.example]", "[900000002+x@users.noreply.github.com]"}},
		{"one account for two people", "account-duplicate", "agus-p, id: 900000001", edit{team, "id: 900000002", "id: 900000001"}, edit{team, "id: 900000002", "id: 900000012"}},
		{"one login for two people", "account-duplicate", "Contoh-Siti-A", edit{team, "login: contoh-agus-p", "login: Contoh-Siti-A"}, edit{team, "login: contoh-agus-p", "login: agus"}},
		{"one key twice", "key-duplicate", "again", second, keyOf("budi-s", budiKey, valid)},
		{"a key that is none", "key-invalid", "AAAA budi", keyOf("budi-s", "ssh-ed25519 AAAA budi", valid), keyOf("dewi-k", dewiKey, valid)},
		{"a key with options", "key-invalid", "restrict", keyOf("budi-s", "restrict "+budiKey, valid), keyOf("budi-s", budiKey, valid)},
		{"a certificate", "key-invalid", "-cert-v01@", keyOf("budi-s", certificate(t), valid), keyOf("budi-s", strings.TrimSuffix(budiKey, " budi-s"), valid)},
		{"an unknown role", "role-unknown", "role: bupati", edit{team, "{ role: kabid, from", "{ role: bupati, from"}, edit{team, "{ role: kabid, from", "{ role: policy-owner, from"}},
		{"an end before the beginning", "period-empty", `until: "2026-03-01"`, edit{team, `until: "2026-03-13"`, `until: "2026-03-01"`}, edit{team, `until: "2026-03-13"`, `until: "2026-03-02"`}},
		{"nobody owns the policy", "owner-missing", "- id: siti-a", edit{team, owner, ""}, edit{team, owner, strings.Replace(owner, " }", `, until: "2030-12-31" }`, 1)}},
	}
}

func calendarPairs() []pair {
	const calendar = "calendar.yaml"
	friday := `  - { days: [friday], start: "07:30", end: "14:30" }`
	return []pair{
		{"an unknown zone", "zone-unknown", "Asia/Trenggalek", edit{calendar, "zone: Asia/Jakarta", "zone: Asia/Trenggalek"}, edit{calendar, "zone: Asia/Jakarta", "zone: Asia/Jayapura"}},
		{"a day that does not exist", "date-invalid", "2026-02-30", edit{calendar, `"2026-12-24"`, `"2026-02-30"`}, edit{calendar, `"2026-12-24"`, `"2028-02-29"`}},
		{"a holiday twice", "holiday-duplicate", "name: Kelahiran Yesus Kristus", edit{calendar, `"2026-12-24"`, `"2026-12-25"`}, edit{calendar, `"2026-12-24"`, `"2026-12-23"`}},
		{"hours that end before they begin", "hours-empty", "07:00", edit{calendar, friday, strings.Replace(friday, "14:30", "07:00", 1)}, edit{calendar, friday, strings.Replace(friday, "14:30", "07:31", 1)}},
		{"hours that overlap", "hours-overlap", "thursday, friday]", edit{calendar, friday, friday + "\n" + `  - { days: [thursday, friday], start: "15:59", end: "17:00" }`}, edit{calendar, friday, friday + "\n" + `  - { days: [thursday, friday], start: "16:00", end: "17:00" }`}},
	}
}

func TestLint(t *testing.T) {
	for _, tt := range append(append(procedurePairs(), teamPairs(t)...), calendarPairs()...) {
		t.Run(tt.name, func(t *testing.T) {
			fsys := repository(t, tt.bad)
			_, problems := policies.Load(fsys)
			found := false
			for _, p := range problems {
				if p.Code != "policies."+tt.code {
					continue
				}
				found = true
				if line := strings.Split(string(fsys[p.Path].Data), "\n")[p.Pos.Line-1]; p.Rule != policies.RuleInvalid || p.Path != "policies/"+tt.bad.file || !strings.Contains(line, tt.at) {
					t.Errorf("%s at %s:%d: %s", p.Rule, p.Path, p.Pos.Line, line)
				}
			}
			if !found {
				t.Errorf("want policies.%s, got %v", tt.code, problems)
			}
			if _, problems := policies.Load(repository(t, tt.good)); len(problems) > 0 {
				t.Errorf("the neighbour has problems: %v", problems)
			}
		})
	}
}

func TestLintOfRowsThatTheToolReliesOn(t *testing.T) {
	text := string(repository(t)["policies/sop.yaml"].Data)
	cut := func(from, to string) string {
		i, j := strings.Index(text, "  - name: "+from+"\n"), strings.Index(text, "  - name: "+to+"\n")
		return text[i:j]
	}
	tests := []struct{ name, text, code string }{
		{"approval as the first row", strings.Replace(text, cut("monitoring", "approval"), "", 1), "policies.approval-first"},
		{"implementation above approval", strings.Replace(strings.Replace(text, cut("implementation", "report"), "", 1), "  - name: plan\n", cut("implementation", "report")+"  - name: plan\n", 1), "policies.approval-skipped"},
		{"no policy-owner role", strings.Replace(text, "id: policy-owner", "id: owner", 1), "policies.role-missing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fsys := repository(t)
			fsys["policies/sop.yaml"].Data = []byte(tt.text)
			_, problems := policies.Load(fsys)
			for _, p := range problems {
				if p.Code == tt.code {
					return
				}
			}
			t.Errorf("want %s, got %v", tt.code, problems)
		})
	}
}
