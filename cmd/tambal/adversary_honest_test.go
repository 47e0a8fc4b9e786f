package main

import (
	"slices"
	"time"

	"github.com/tambal-id/tambal/schema"
)

// honest is a story in which everybody does what he should: cases of several
// kinds, a change of policy, an acting head. Every call makes it anew, so that it
// can be changed.
func (w *world) honest() []*move {
	a, b, c, d := caseNamed("SP-2026-0001"), caseNamed("SP-2026-0002"), caseNamed("SP-2026-0003"), caseNamed("SP-2026-0004")
	d.retryOf = c.id
	at := func(month time.Month, dd, h, m int) time.Time { return time.Date(2026, month, dd, h, m, 0, 0, wib) }
	return []*move{
		land("siti-a", at(2, 2, 8, 30), a, work("siti-a", at(2, 2, 8, 20), a, monitoring("required"))),
		land("siti-a", at(2, 2, 10, 40), a, work("agus-p", at(2, 2, 9, 0), a, plan()), work("rina-w", at(2, 2, 10, 0), a, analysis("implement")),
			work("budi-s", at(2, 2, 10, 30), a, approval("budi-s", "approved"))),
		land("agus-p", at(2, 2, 11, 30), b, work("siti-a", at(2, 2, 11, 0), b, monitoring("not-required")), work("agus-p", at(2, 2, 11, 20), b, closure("not-required"))),
		land("siti-a", at(2, 2, 13, 30), a, work("siti-a", at(2, 2, 13, 0), a, schedule())),
		land("siti-a", at(2, 2, 14, 30), nil, policyChange("siti-a", at(2, 2, 14, 0), secondAddress)),
		land("agus-p", at(2, 2, 16, 0), c, work("agus-p", at(2, 2, 15, 0), c, monitoring("required")), work("joko-s", at(2, 2, 15, 40), c, plan())),
		land("siti-a", at(2, 3, 11, 30), c, work("rina-w", at(2, 3, 9, 0), c, analysis("implement")), work("budi-s", at(2, 3, 10, 0), c, approval("budi-s", "rejected")),
			work("agus-p", at(2, 3, 11, 0), c, closure("rejected"))),
		land("siti-a", at(2, 4, 12, 30), a, work("joko-s", at(2, 4, 12, 0), a, implementation("no-anomaly"))),
		land("siti-a", at(2, 5, 9, 30), a, work("joko-s", at(2, 5, 9, 0), a, reporting())),
		land("siti-a", at(2, 5, 11, 0), a, work("agus-p", at(2, 5, 10, 30), a, closure("implemented"))),
		land("siti-a", at(3, 3, 9, 0), d, work("siti-a", at(3, 3, 8, 20), d, monitoring("required")), work("joko-s", at(3, 3, 8, 50), d, plan())),
		land("agus-p", at(3, 3, 11, 0), d, work("rina-w", at(3, 3, 10, 0), d, analysis("implement")), work("dewi-k", at(3, 3, 10, 30), d, approval("dewi-k", "approved"))),
		land("agus-p", at(3, 3, 13, 0), d, work("siti-a", at(3, 3, 12, 30), d, schedule())),
		land("agus-p", at(3, 4, 13, 0), d, work("agus-p", at(3, 4, 12, 30), d, closure("withdrawn"))),
	}
}

func land(person string, at time.Time, k *kase, drafts ...*draft) *move {
	message := "kebijakan"
	if k != nil {
		message = k.id + ": mendarat\n\nCase: " + k.id
	}
	return &move{drafts: drafts, landing: draft{author: of(person), committer: of(person), at: at, message: message}}
}

// work is a commit of a person that adds items to a case.
func work(person string, at time.Time, k *kase, forms ...*form) *draft {
	d := &draft{author: of(person), committer: of(person), at: at, message: k.id + ": langkah"}
	if person == "rina-w" || person == "joko-s" {
		d.key = person
	}
	for _, f := range forms {
		f.dated(at)
		d.entries = append(d.entries, &entry{k, f})
	}
	return d
}

// dated gives a form the times that fit a commit.
func (f *form) dated(at time.Time) {
	f.started, f.finished, f.at = at.Add(-15*time.Minute), at.Add(-5*time.Minute), at.Add(-time.Minute)
	if f.name == "approval" {
		f.started, f.finished = time.Time{}, time.Time{}
	}
}

func policyChange(person string, at time.Time, change alter) *draft {
	return &draft{author: of(person), committer: of(person), at: at, key: person, message: "kebijakan", after: []alter{change}}
}

func secondAddress(s *scene) {
	s.office(teamFile, "emails: [agus-p@kominfo.example]", "emails: [agus-p@kominfo.example, agus@kominfo.example]",
		func(o office) { o["agus-p"].emails = slices.Insert(o["agus-p"].emails, 1, "agus@kominfo.example") })
}

func monitoring(decision string) *form {
	f := &form{name: schema.ItemMonitoring, decision: decision, reason: "Citra yang berjalan memuat musl yang rentan dan terbuka ke internet."}
	f.exhibits = []exhibit{{path: "evidence/trivy-sebelum.json", content: shelved("trivy/alpine-39.json"), format: "trivy", phase: "before", of: "layanan-desa"}}
	return f
}

func plan() *form {
	return &form{name: schema.ItemPlan, reason: "Mengganti citra dasar layanan desa agar musl yang rentan tidak dipakai."}
}

func analysis(recommendation string) *form {
	return &form{name: schema.ItemAnalysis, recommendation: recommendation, reason: "Rendah, aplikasi sudah diuji pada citra yang baru."}
}

func approval(by, decision string) *form {
	return &form{name: schema.ItemApproval, by: by, decision: decision}
}

func schedule() *form { return &form{name: schema.ItemSchedule, system: "layanan-desa"} }

func implementation(outcome string) *form {
	return &form{name: schema.ItemImplementation, outcome: outcome, system: "layanan-desa", version: "Alpine Linux 3.10", exhibits: []exhibit{
		{path: "evidence/trivy-sesudah.json", content: shelved("trivy/alpine-310.json"), format: "trivy", phase: "after", of: "layanan-desa"},
		{path: "evidence/siem.txt", content: shelved("siem/sp-2026-0001.txt"), format: "text", phase: "siem", of: "layanan-desa"},
	}}
}

func reporting() *form {
	return &form{name: schema.ItemReport, reason: "Citra layanan desa berhasil diganti pada jadwalnya."}
}

func closure(outcome string) *form {
	return &form{name: schema.ItemClosure, outcome: outcome, reason: "Layanan normal dan laporan tersusun."}
}
