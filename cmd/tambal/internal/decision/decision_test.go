package decision

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	_ "time/tzdata"

	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// The accounts of the embedded policy's invented people, and of a stranger.
const (
	siti, agus, rina, budi, dewi, stranger = 900000001, 900000002, 900000003, 900000005, 900000006, 7
)

var noon = time.Date(2026, 2, 3, 12, 0, 0, 0, time.FixedZone("", 7*3600))

// subject is a manifest that waits for its decision.
func subject(t *testing.T) []byte {
	t.Helper()
	data := schema.New("SP-2026-0007", "curl pada server berkas", "")
	for _, item := range []struct {
		name  string
		value map[string]any
	}{
		{"monitoring", map[string]any{"trigger": map[string]any{"kind": "advisory", "reference": "BSSN"}, "sources": []any{"BSSN"},
			"vulnerabilities": []any{map[string]any{"id": "CVE-2024-6387"}}, "decision": "required", "reason": "Rentan.",
			"systems": []any{map[string]any{"name": "web", "owner": "Kominfo", "exposure": "internet", "product": "curl", "installed": "1.0", "fixed": "1.1"}}}},
		{"plan", map[string]any{"objective": "Perbarui.", "targets": []any{map[string]any{"system": "web", "from": "1.0", "to": "1.1"}},
			"actions": []any{"Pasang."}, "backup": "Ada.", "rollback": "Ada.", "tests": []any{"Situs terbuka."}, "executor": "Agus", "downtime": "5 menit"}},
		{"analysis", map[string]any{"urgency": map[string]any{"method": "ssvc", "due": "2026-02-05"}, "riskIfPatched": "Kecil.", "riskIfNot": "Besar.",
			"impact": "Kecil.", "recommendation": "implement", "result": "Laksanakan."}},
	} {
		var err error
		if data, err = schema.Append(data, item.name, item.value); err != nil {
			t.Fatal(err)
		}
	}
	m, problems := schema.Parse(data)
	if m == nil {
		t.Fatalf("%+v", problems)
	}
	return data
}

// matter is what waits in a pull request of agus, who planned; rina analysed.
func matter(t *testing.T) Matter {
	return Matter{
		Root: strings.Repeat("a", 40), Case: "SP-2026-0007", Subject: subject(t), Policy: policies.Default(), When: noon, Pending: true,
		TookPart: func(id string) bool { return id == "agus-p" || id == "rina-w" },
	}
}

func review(id int64, by int64, state ReviewState, body string) Review {
	return Review{ID: id, Author: Account{ID: by, Login: "akun"}, State: state, Commit: strings.Repeat("c", 40),
		SubmittedAt: noon.Add(time.Duration(id-100) * time.Minute), Body: body}
}

func request(reviews ...Review) *Request {
	return &Request{Repository: "https://github.com/o/r", RepositoryID: 1, Number: 12, Author: Account{ID: agus}, Reviews: reviews}
}

// TestWhatReviewsAmountTo is SOP 4 as a table: whose word counts, and what the
// words say together.
func TestWhatReviewsAmountTo(t *testing.T) {
	approve := func(id, by int64) Review { return review(id, by, ReviewApproves, "Setuju.") }
	late := approve(50, budi)
	late.SubmittedAt = noon.Add(time.Hour)
	bot := approve(1, budi)
	bot.Author.Bot = true
	for _, c := range []struct {
		name    string
		reviews []Review
		edit    func(m *Matter, all *Opinions)
		word    Word
		by      string
	}{
		{"nobody spoke", nil, nil, Open, ""},
		{"the Kabid approves", []Review{approve(1, budi)}, nil, Approved, "Budi Santoso"},
		{"an administrator approves", []Review{approve(1, siti)}, nil, Open, ""},
		{"a stranger approves", []Review{approve(1, stranger)}, nil, Open, ""},
		{"a deleted account approves", []Review{approve(1, 0)}, nil, Open, ""},
		{"a program approves in the Kabid's name", []Review{bot}, nil, Open, ""},
		{"who will be acting later approves", []Review{approve(1, dewi)}, nil, Open, ""},
		{"acting, within the order", []Review{approve(1, dewi)}, func(m *Matter, all *Opinions) {
			m.When = time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)
			all.Latest[0].SubmittedAt = m.When
		}, Approved, "Dewi Kartika"},
		{"an approval from the future", []Review{late}, nil, Open, ""},
		{"on another text", []Review{approve(1, budi)}, func(_ *Matter, all *Opinions) { all.Latest[0].Fit = FitContent }, Open, ""},
		{"on a commit nobody has", []Review{approve(1, budi)}, func(_ *Matter, all *Opinions) { all.Latest[0].Fit = FitUnknown }, Open, ""},
		{"by who took part", []Review{approve(1, budi)}, func(m *Matter, _ *Opinions) { m.TookPart = func(string) bool { return true } }, Open, ""},
		{"by who took part, where the policy allows it", []Review{approve(1, budi)}, func(m *Matter, _ *Opinions) {
			m.TookPart = func(string) bool { return true }
			m.Policy.Procedure.Separation.ApproverNotAuthor = false
		}, Approved, "Budi Santoso"},
		{"by who opened the pull request", []Review{approve(1, budi)}, func(_ *Matter, all *Opinions) { all.Author = all.Latest[0].Person }, Open, ""},
		{"sent back", []Review{review(1, budi, ReviewObjects, "Lengkapi.")}, nil, Returned, "Budi Santoso"},
		{"refused", []Review{review(1, budi, ReviewObjects, "DITOLAK. Risiko besar.")}, nil, Refused, "Budi Santoso"},
		{"refused on another text is only sent back", []Review{review(1, budi, ReviewObjects, "DITOLAK.")}, func(_ *Matter, all *Opinions) { all.Latest[0].Fit = FitContent }, Returned, "Budi Santoso"},
		{"sent back, then approved by the same", []Review{review(1, budi, ReviewObjects, "Lengkapi."), approve(2, budi)}, nil, Approved, "Budi Santoso"},
		{"approved, then sent back by the same", []Review{approve(1, budi), review(2, budi, ReviewObjects, "Tunggu.")}, nil, Returned, "Budi Santoso"},
		{"approved, then dismissed", []Review{approve(1, budi), review(2, budi, ReviewDismissed, "")}, nil, Open, ""},
		{"approved, then a comment", []Review{approve(1, budi), review(2, budi, ReviewComments, "Baik.")}, nil, Approved, "Budi Santoso"},
		{"an objection of who may not decide", []Review{approve(1, budi), review(2, siti, ReviewObjects, "Jangan.")}, nil, Approved, "Budi Santoso"},
		{"the answer lists them in another order", []Review{approve(2, budi), review(1, budi, ReviewObjects, "Lengkapi.")}, nil, Approved, "Budi Santoso"},
		{"two holders say opposite things", []Review{approve(1, budi), review(2, dewi, ReviewObjects, "Jangan.")}, func(m *Matter, all *Opinions) {
			m.When = time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)
			all.Latest[0].SubmittedAt = m.When
		}, Split, "Budi Santoso"},
		{"no policy to judge by", []Review{approve(1, budi)}, func(m *Matter, _ *Opinions) { m.Policy = nil }, Open, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := matter(t)
			all := Read(request(c.reviews...), m.Policy)
			if c.edit != nil {
				c.edit(&m, all)
			}
			v := m.Weigh(all)
			if v.Word != c.word || v.By != c.by {
				t.Errorf("%s by %q", v.Word, v.By)
			}
			o, recorded := m.Recordable(all, nil)
			if want := c.word == Approved || c.word == Refused; (o != nil) != want || recorded {
				t.Errorf("recordable %v, recorded %v", o, recorded)
			}
		})
	}
}

// recorded is the record that a review amounts to, as it is written in a manifest.
func recorded(t *testing.T, m Matter, r *Request) *schema.Approval {
	t.Helper()
	all := Read(r, m.Policy)
	a := Record(r, all.Latest[0], m.Subject, m.Policy.Calendar.Location(), text.Indonesian)
	return &a
}

// itemOf is an approval as the item behind the subject.
func itemOf(m Matter, a *schema.Approval) *schema.Item {
	return &schema.Item{Name: schema.ItemApproval, Start: len(m.Subject), End: len(m.Subject), Body: a}
}

// TestARecordIsHeldAgainstItsReview changes one thing at a time, in the record
// or in what the forge says now, before and after it landed.
func TestARecordIsHeldAgainstItsReview(t *testing.T) {
	for _, c := range []struct {
		name            string
		edit            func(a *schema.Approval, r *Request)
		pending, landed State
	}{
		{"nothing", nil, Proven, Proven},
		{"the repository", func(a *schema.Approval, _ *Request) { a.Review.RepositoryID = 2 }, Contradicted, Changed},
		{"the pull request", func(a *schema.Approval, _ *Request) { a.Review.PullRequest = 13 }, Contradicted, Changed},
		{"it is gone", func(_ *schema.Approval, r *Request) { r.Missing = true }, Contradicted, Changed},
		{"the review is gone", func(_ *schema.Approval, r *Request) { r.Reviews = nil }, Contradicted, Changed},
		{"the account is gone", func(_ *schema.Approval, r *Request) { r.Reviews[0].Author.ID = 0 }, Contradicted, Changed},
		{"a program gave it", func(_ *schema.Approval, r *Request) { r.Reviews[0].Author.Bot = true }, Contradicted, Contradicted},
		{"another person gave it", func(_ *schema.Approval, r *Request) { r.Reviews[0].Author.ID = siti }, Contradicted, Contradicted},
		{"the record names another account", func(a *schema.Approval, _ *Request) { a.Review.ReviewerID = siti }, Contradicted, Contradicted},
		{"on another commit", func(_ *schema.Approval, r *Request) { r.Reviews[0].Commit = strings.Repeat("d", 40) }, Contradicted, Contradicted},
		{"at another time", func(a *schema.Approval, _ *Request) { a.At = "2026-02-03T12:00:01+07:00" }, Contradicted, Contradicted},
		{"dismissed", func(_ *schema.Approval, r *Request) { r.Reviews[0].State = ReviewDismissed }, Withdrawn, Changed},
		{"of a state nobody knows", func(_ *schema.Approval, r *Request) { r.Reviews[0].State = "ESCALATED" }, Unclear, Unclear},
		{"edited", func(_ *schema.Approval, r *Request) { r.Reviews[0].Body = "Tidak." }, Withdrawn, Changed},
		{"the opposite", func(a *schema.Approval, _ *Request) { a.Decision = "rejected" }, Contradicted, Contradicted},
		{"other words", func(a *schema.Approval, _ *Request) { a.Disposition = "Segera." }, Contradicted, Contradicted},
		{"a condition nobody gave", func(a *schema.Approval, _ *Request) { a.Conditions = []string{"malam"} }, Contradicted, Contradicted},
		{"another page", func(a *schema.Approval, _ *Request) { a.Review.Repository = "https://github.com/o/lama" }, Contradicted, Proven},
		{"the giver objects later", func(_ *schema.Approval, r *Request) {
			r.Reviews = append(r.Reviews, review(2, budi, ReviewObjects, "Batalkan."))
		}, Withdrawn, Changed},
	} {
		for _, pending := range []bool{true, false} {
			m := matter(t)
			m.Pending = pending
			r := request(review(1, budi, ReviewApproves, "Setuju."))
			a := recorded(t, m, r)
			if c.edit != nil {
				c.edit(a, r)
			}
			got := m.Prove(m.Subject, itemOf(m, a), Given{}, true)
			var all *Opinions
			want := c.landed
			if pending {
				all, want = Read(r, m.Policy), c.pending
			}
			m.Compare(got, r, all)
			if got.State != want {
				t.Errorf("%s, pending %v: %s, want %s (%v)", c.name, pending, got.State, want, got.Why)
			}
			got.Settle(m.Subject)
			if proven, weak := got.Strength == Confirmed, got.Strength == None; proven != (want == Proven) || weak != (want == Contradicted || want == Forged) {
				t.Errorf("%s, pending %v: %s is %s", c.name, pending, want, got.Strength)
			}
			if (got.Why.Code == "") != (want == Proven) {
				t.Errorf("%s, pending %v: because %+v", c.name, pending, got.Why)
			}
		}
	}
}

// TestWhatWasReviewedDecides: a record binds what its review was given on.
func TestWhatWasReviewedDecides(t *testing.T) {
	for _, c := range []struct {
		name            string
		given           Given
		pending, landed State
	}{
		{"the same text", Given{}, Proven, Proven},
		{"another text", Given{Fit: FitContent, Changed: []string{"patch.yaml"}}, Stale, Stale},
		{"a commit that cannot be had", Given{Fit: FitUnknown}, Stale, Unread},
	} {
		for _, pending := range []bool{true, false} {
			m := matter(t)
			m.Pending = pending
			r := request(review(1, budi, ReviewApproves, ""))
			a := m.Prove(m.Subject, itemOf(m, recorded(t, m, r)), c.given, pending)
			want := c.landed
			if pending {
				want = c.pending
				m.Compare(a, r, Read(r, m.Policy))
			} else {
				m.Compare(a, r, nil)
			}
			if a.State != want {
				t.Errorf("%s, pending %v: %s, want %s", c.name, pending, a.State, want)
			}
		}
	}
}

// TestASignatureProvesItsOwner signs with a key and changes who may use it.
func TestASignatureProvesItsOwner(t *testing.T) {
	signer, _, err := signature.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	withKey := func(holder, more string) *policies.Policy {
		return teamWith(t, holder, signer.AuthorizedKey(), more)
	}
	stolenLater := policies.Revoked{}.After(withKey("budi-s", `, revoked: {at: "2026-02-28", compromisedSince: "2026-02-01"}`).Team, func(string) bool { return true })
	for _, c := range []struct {
		name   string
		policy *policies.Policy
		edit   func(m *Matter, a *schema.Approval)
		state  State
		why    string
	}{
		{"the Kabid's own key", withKey("budi-s", ""), nil, Proven, ""},
		{"a key nobody listed", policies.Default(), nil, Forged, "signature.unknown-key"},
		{"another person's key", withKey("siti-a", ""), nil, Forged, "signature.other-person"},
		{"a key that ended", withKey("budi-s", `, until: "2026-01-31"`), nil, Forged, "signature.key-expired"},
		{"a key that was revoked", withKey("budi-s", `, revoked: {at: "2026-02-01"}`), nil, Forged, "signature.key-revoked"},
		{"a key that was called stolen later", withKey("budi-s", ""), func(m *Matter, _ *schema.Approval) {
			m.Revoked = stolenLater
		}, Forged, "signature.key-compromised"},
		{"a key that had ended and was called stolen later", withKey("budi-s", `, until: "2026-01-31"`), func(m *Matter, _ *schema.Approval) {
			m.Revoked = stolenLater
		}, Forged, "signature.key-expired"},
		{"another case", withKey("budi-s", ""), func(m *Matter, _ *schema.Approval) { m.Case = "SP-2026-0008" }, Forged, "signature.mismatch"},
		{"another repository", withKey("budi-s", ""), func(m *Matter, _ *schema.Approval) { m.Root = strings.Repeat("b", 40) }, Forged, "signature.mismatch"},
		{"another subject", withKey("budi-s", ""), func(_ *Matter, a *schema.Approval) { a.Subject.Bytes++ }, Forged, "signature.mismatch"},
		{"people may have been swapped", withKey("budi-s", ""), func(m *Matter, _ *schema.Approval) { m.Suspect = true }, Suspected, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := matter(t)
			m.Policy = withKey("budi-s", "")
			fields, err := m.Sign(m.Policy.Team.ByID("budi-s"), Disposition{Text: "Setuju."}, signer, text.Indonesian)
			if err != nil {
				t.Fatal(err)
			}
			data, err := schema.AppendFile("patch.yaml", m.Subject, schema.ItemApproval, fields)
			if err != nil {
				t.Fatal(err)
			}
			read, _ := schema.Parse(data)
			item := read.Items[len(read.Items)-1]
			body := item.Body.(*schema.Approval)
			m.Policy = c.policy
			if c.edit != nil {
				c.edit(&m, body)
			}
			a := m.Prove(data, &item, Given{}, false)
			if a.State != c.state || a.Why.Code != c.why {
				t.Errorf("%s, %+v", a.State, a.Why)
			}
			if a.KeyLost != (c.name == "a key that was called stolen later") {
				t.Errorf("the key was good then: %v", a.KeyLost)
			}
			a.Settle(data)
			strength := map[State]Strength{Proven: Signed, Suspected: Recorded, Forged: None}[c.state]
			if a.Proof != strength || a.SubjectFits && a.Strength != strength {
				t.Errorf("%s is %s", a.State, a.Strength)
			}
			if c.state == Suspected && a.Minimum != string(Signed) {
				t.Errorf("a suspect policy may set the minimum %s", a.Minimum)
			}
			if a.Settle(bytes.Replace(data, []byte("Setuju."), []byte("Segera."), 1)); a.Strength != None {
				t.Errorf("a decision that was edited since is %s", a.Strength)
			}
			if !bytes.HasPrefix(data, m.Subject) {
				t.Error("the subject was rewritten")
			}
		})
	}
}

// teamWith is the embedded policy with a key for one person.
func teamWith(t *testing.T, holder, key, more string) *policies.Policy {
	t.Helper()
	files := fstest.MapFS{}
	for _, name := range []string{policies.SOPFile, policies.TeamFile, policies.CalendarFile} {
		data, err := policies.FS.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[policies.Dir+"/"+name] = &fstest.MapFile{Data: data}
	}
	team := string(files[policies.Dir+"/"+policies.TeamFile].Data)
	at := strings.Index(team, "  - id: "+holder)
	at += strings.Index(team[at:], "    assignments:")
	line := `    keys: [{type: ssh, key: "` + key + `", from: "2025-01-01"` + more + "}]\n"
	files[policies.Dir+"/"+policies.TeamFile].Data = []byte(team[:at] + line + team[at:])
	p, problems := policies.Load(files)
	if p == nil || len(problems) > 0 {
		t.Fatalf("%+v", problems)
	}
	return p
}

// TestWhoMaySign is what approve asks before it shows anything.
func TestWhoMaySign(t *testing.T) {
	signer, _, err := signature.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	for holder, want := range map[string]string{"budi-s": "", "siti-a": "approve.role", "dewi-k": "approve.role", "": "approve.unknown-key"} {
		m := matter(t)
		if holder != "" {
			m.Policy = teamWith(t, holder, signer.AuthorizedKey(), "")
		}
		person, refusal := m.Entitled(signer.Key().Fingerprint)
		if refusal.Code != want || (person != nil) != (want == "") {
			t.Errorf("%q: %v, %q", holder, person, refusal.Code)
		}
	}
}

// TestStrengthsAreOrdered compares every strength with every minimum.
func TestStrengthsAreOrdered(t *testing.T) {
	order := []Strength{None, Recorded, Confirmed, Signed}
	for i, s := range order {
		for j, minimum := range order[1:] {
			if got := s.AtLeast(string(minimum)); got != (i >= j+1) {
				t.Errorf("%s at least %s: %v", s, minimum, got)
			}
		}
	}
}
