package policies_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/tambal-id/tambal/policies"
)

const (
	budiKey         = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB2M3NnDtGeM4fDRUf3avUEK5boh21zVOygHcVaKri28 budi-s"
	budiFingerprint = "SHA256:tMIBKe18hh1YylYb7aQWxWltROxf3uwK/+YJhJ30hr0" // printed by ssh-keygen -lf
	dewiKey         = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBFrQV38lD4oeUbzBUy1F/jUlu0TI/uda6GYAGhn2FjkFJZFK5i3lFoTHuURGqOmS/6jgb3aB2n9WhnL2zYRG+mw= dewi-k"
)

// keyOf gives a person a key: the lines stand below the e-mail addresses in team.yaml.
func keyOf(person, key, validity string) edit {
	old := "emails: [" + person + "@kominfo.example]\n"
	return edit{"team.yaml", old, old + "    keys:\n      - { type: ssh, key: \"" + key + "\", " + validity + " }\n"}
}

func TestRolesHoldFromTheFirstDayToTheEndOfTheLast(t *testing.T) {
	team := policies.Default().Team
	tests := []struct {
		name, person, role, at string
		want                   bool
	}{
		{"Kabid for an open end", "budi-s", "kabid", "2026-02-02 08:00", true},
		{"Kabid before the appointment", "budi-s", "kabid", "2024-12-31 23:59", false},
		{"Kabid is no administrator", "budi-s", "administrator", "2026-02-02 08:00", false},
		{"acting Kabid the evening before", "dewi-k", "kabid", "2026-03-01 23:59", false},
		{"acting Kabid from midnight of the first day", "dewi-k", "kabid", "2026-03-02 00:00", true},
		{"acting Kabid to the last minute", "dewi-k", "kabid", "2026-03-13 23:59", true},
		{"acting Kabid no more the day after", "dewi-k", "kabid", "2026-03-14 00:00", false},
		{"one person, two roles", "siti-a", "policy-owner", "2026-02-02 08:00", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := team.ByID(tt.person).HoldsAt(tt.role, at(t, tt.at).UTC()); got != tt.want {
				t.Errorf("HoldsAt = %v", got)
			}
		})
	}
	if roles := team.ByID("dewi-k").RolesAt(at(t, "2026-03-05 08:00")); len(roles) != 1 || roles[0].Acting != "Plh." {
		t.Errorf("RolesAt = %+v", roles)
	}
	if who := team.Holders("kabid", at(t, "2026-03-05 08:00")); len(who) != 2 || who[0].ID != "budi-s" || who[1].ID != "dewi-k" {
		t.Errorf("Holders = %v", who)
	}
	moment := load(t, edit{"team.yaml", `until: "2026-03-13"`, `until: "2026-03-13T03:00:00Z"`}).Team.ByID("dewi-k")
	if !moment.HoldsAt("kabid", at(t, "2026-03-13 09:59")) || moment.HoldsAt("kabid", at(t, "2026-03-13 10:00")) {
		t.Error("an RFC 3339 until does not end at its moment")
	}
}

func TestPeopleAreFoundByAddressAndAccount(t *testing.T) {
	team := load(t, edit{"team.yaml", "emails: [budi-s@kominfo.example]", "emails: [budi-s@kominfo.example, Budi.S@Trenggalek.example]"}).Team
	tests := []struct{ name, email, want string }{
		{"a listed address", "siti-a@kominfo.example", "siti-a"},
		{"in capitals", "SITI-A@KOMINFO.EXAMPLE", "siti-a"},
		{"a second address", "budi.s@trenggalek.example", "budi-s"},
		{"a noreply address by its number", "900000005+contoh-budi-s@users.noreply.github.com", "budi-s"},
		{"a noreply address after the login was renamed", "900000005+budi@Users.NoReply.GitHub.com", "budi-s"},
		{"a noreply address without a number", "contoh-budi-s@users.noreply.github.com", ""},
		{"a noreply address with a padded number", "0900000005+contoh-budi-s@users.noreply.github.com", ""},
		{"a noreply address with a signed number", "+900000005+contoh-budi-s@users.noreply.github.com", ""},
		{"a noreply address of a stranger", "7+contoh-budi-s@users.noreply.github.com", ""},
		{"a noreply address elsewhere", "900000005+x@users.noreply.github.com.example", ""},
		{"number zero", "0+x@users.noreply.github.com", ""},
		{"a look-alike letter", "dewi-\u212a@kominfo.example", ""},
		{"no address", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if p := team.ByEmail(tt.email); p != nil {
				got = p.ID
			}
			if got != tt.want {
				t.Errorf("ByEmail(%q) = %q, want %q", tt.email, got, tt.want)
			}
		})
	}
	if p := team.ByGitHub(900000005); p == nil || p.ID != "budi-s" || team.ByGitHub(0) != nil || team.ByID("") != nil || team.ByID("dewi-k").Pos.Line == 0 {
		t.Error("wrong person by account or id, or no position")
	}
}

// TestARightHoldsAtEveryMoment: of a role, of a key, and of who differs between two.
func TestARightHoldsAtEveryMoment(t *testing.T) {
	team := load(t, keyOf("budi-s", budiKey, `from: "2026-01-01", until: "2026-02-02"`)).Team
	dewi, budi := team.ByID("dewi-k"), team.ByID("budi-s")
	within, after := at(t, "2026-03-05 08:00"), at(t, "2026-03-25 08:00")
	if !dewi.HoldsAny([]string{"kabid"}, within, within) || dewi.HoldsAny([]string{"kabid"}, within, after) || len(team.Holders("kabid", within, after)) != 1 {
		t.Error("a term that ended between them holds")
	}
	if _, state := team.SignerAt(budiFingerprint, nil, at(t, "2026-02-01 08:00"), within); state != policies.KeyExpired {
		t.Errorf("a key that ended between them is %q", state)
	}
	if !dewi.Differs(within, after) || budi.Differs(within, after) || !budi.Differs(at(t, "2026-02-01 08:00"), within) {
		t.Error("who may something at one of them only")
	}
}

func TestKeysCountOnlyWhileTheyAreGood(t *testing.T) {
	tests := []struct {
		name, validity, at string
		want               policies.KeyState
	}{
		{"within an open period", `from: "2026-01-01"`, "2026-02-02 08:00", policies.KeyValid},
		{"the evening before", `from: "2026-01-01"`, "2025-12-31 23:59", policies.KeyNotYetValid},
		{"on the last day", `from: "2026-01-01", until: "2026-02-02"`, "2026-02-02 23:59", policies.KeyValid},
		{"after the last day", `from: "2026-01-01", until: "2026-02-02"`, "2026-02-03 00:00", policies.KeyExpired},
		{"before the revocation", `from: "2026-01-01", revoked: { at: "2026-02-02" }`, "2026-02-01 23:59", policies.KeyValid},
		{"on the day of revocation", `from: "2026-01-01", revoked: { at: "2026-02-02" }`, "2026-02-02 00:00", policies.KeyRevoked},
		{"before the compromise", `from: "2026-01-01", revoked: { at: "2026-02-02", compromisedSince: "2026-01-20T10:00:00+07:00" }`, "2026-01-20 09:59", policies.KeyValid},
		{"since the compromise, although revoked later", `from: "2026-01-01", revoked: { at: "2026-02-02", compromisedSince: "2026-01-20T10:00:00+07:00" }`, "2026-01-20 10:00", policies.KeyCompromised},
		{"a compromise named after the revocation does not revive the key", `from: "2026-01-01", revoked: { at: "2026-02-02", compromisedSince: "2026-03-01" }`, "2026-02-10 08:00", policies.KeyCompromised},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			team := load(t, keyOf("budi-s", budiKey, tt.validity)).Team
			who, key := team.ByKey(budiFingerprint)
			if who == nil || who.ID != "budi-s" {
				t.Fatalf("ByKey = %v", who)
			}
			if got := key.ValidAt(at(t, tt.at)); got != tt.want {
				t.Errorf("ValidAt = %q, want %q", got, tt.want)
			}
		})
	}
	if who, key := policies.Default().Team.ByKey(""); who != nil || key != nil {
		t.Error("an empty fingerprint finds somebody")
	}
}

// TestWhatIsKnownOfAKeyIsNotForgotten lets one policy follow the other.
func TestWhatIsKnownOfAKeyIsNotForgotten(t *testing.T) {
	const stolen, revoked = `from: "2026-01-01", revoked: { at: "2026-02-02", compromisedSince: "2026-01-20" }`, `from: "2026-01-01", revoked: { at: "2026-02-02" }`
	policy := func(validity string) *policies.Team {
		if validity == "gone" {
			return policies.Default().Team
		}
		return load(t, keyOf("budi-s", budiKey, validity)).Team
	}
	for _, tt := range []struct {
		name  string
		teams []string
		taken bool // the last one is taken at its word
		at    string
		want  policies.KeyState
	}{
		{"never revoked", []string{`from: "2026-01-01"`}, false, "2026-02-10 08:00", policies.KeyValid},
		{"stolen, then the key is gone", []string{stolen, "gone"}, false, "2026-01-25 08:00", policies.KeyCompromised},
		{"the same, on an owner's word", []string{stolen, "gone"}, true, "2026-01-25 08:00", policies.KeyCompromised},
		{"stolen, gone, then good again", []string{stolen, "gone", `from: "2026-01-01"`}, false, "2026-01-25 08:00", policies.KeyCompromised},
		{"the same, on an owner's word", []string{stolen, "gone", `from: "2026-01-01"`}, true, "2026-01-25 08:00", policies.KeyValid},
		{"stolen, then only revoked", []string{stolen, revoked}, false, "2026-01-25 08:00", policies.KeyCompromised},
		{"the same, on an owner's word", []string{stolen, revoked}, true, "2026-01-25 08:00", policies.KeyValid},
		{"revoked, then the key is gone", []string{revoked, "gone"}, false, "2026-02-10 08:00", policies.KeyRevoked},
		{"revoked, then good again", []string{revoked, `from: "2026-01-01"`}, false, "2026-02-10 08:00", policies.KeyValid},
		{"revoked, then stolen", []string{revoked, stolen}, false, "2026-01-25 08:00", policies.KeyCompromised},
	} {
		known := policies.Revoked{}
		for i, validity := range tt.teams {
			known = known.After(policy(validity), func(string) bool { return tt.taken && i == len(tt.teams)-1 })
		}
		who, got := policy(`from: "2026-01-01"`).SignerAt(budiFingerprint, known, at(t, "2026-01-10 08:00"), at(t, tt.at))
		if who == nil || got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestAnUnreadableDateGrantsNothing(t *testing.T) {
	for _, validity := range []string{
		`from: "2026-02-30"`, `from: "2026-01-01", until: "2026-02-30"`, `from: "2026-01-01", revoked: { at: "2026-02-30" }`,
		`from: "2026-01-01", revoked: { at: "2026-06-01", compromisedSince: "2026-02-30" }`,
	} {
		p, problems := policies.Load(repository(t, keyOf("budi-s", budiKey, validity)))
		if p == nil { // the schema may refuse it first
			continue
		}
		if _, key := p.Team.ByKey(budiFingerprint); len(problems) == 0 || key.ValidAt(at(t, "2026-02-02 08:00")) == policies.KeyValid {
			t.Errorf("%s: valid, %v", validity, problems)
		}
	}
}

// certificate makes a certificate line, which looks like a key but is none.
func certificate(t *testing.T) string {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	c := &ssh.Certificate{Key: signer.PublicKey(), CertType: ssh.UserCert, ValidBefore: uint64(time.Now().Unix())}
	if err := c.SignCert(rand.Reader, signer); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(c)))
}
