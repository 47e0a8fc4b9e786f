package policies

import (
	"crypto/rsa"
	"errors"
	"maps"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// Key is a signing key. Text is an authorized_keys line (ssh) or an armoured block (pgp, recorded only: no fingerprint yet).
type Key struct {
	Type    string      `json:"type"`
	Text    string      `json:"key"`
	From    string      `json:"from"`
	Until   string      `json:"until,omitempty"`
	Revoked *Revocation `json:"revoked,omitempty"`

	Fingerprint string `json:"-"` // "SHA256:…" as ssh-keygen prints it
	RSA         int    `json:"-"` // bits of an RSA key, else 0
	period
	bad time.Time // from here on the key is worth nothing; zero when not revoked
}

// Revocation ends a key; CompromisedSince, if set, is the earlier moment since which somebody else may have held it.
type Revocation struct {
	At               string `json:"at"`
	CompromisedSince string `json:"compromisedSince,omitempty"`
}

// KeyState says whether a key counts at a moment; "" means valid.
type KeyState string

// The reasons why a key does not count.
const (
	KeyValid       KeyState = ""
	KeyNotYetValid KeyState = "not-yet-valid"
	KeyExpired     KeyState = "expired"
	KeyRevoked     KeyState = "revoked"
	KeyCompromised KeyState = "compromised"
)

// ValidAt says whether something may rest on the key at every one of these moments: within from and until, and before the
// revocation or, if earlier, the moment since which the key was compromised. Of several reasons against it the first is returned.
func (k *Key) ValidAt(moments ...time.Time) KeyState {
	for _, at := range moments {
		if state := k.stateAt(at); state != KeyValid {
			return state
		}
	}
	return KeyValid
}

func (k *Key) stateAt(at time.Time) KeyState {
	switch {
	case !k.bad.IsZero() && !at.Before(k.bad):
		if k.Revoked != nil && k.Revoked.CompromisedSince != "" {
			return KeyCompromised
		}
		return KeyRevoked
	case k.from.IsZero() || at.Before(k.from):
		return KeyNotYetValid
	case !k.holds(at):
		return KeyExpired
	}
	return KeyValid
}

// SignerAt returns whose key that is, nil when nobody's, and whether it counted at all these moments: by this team, and by
// what is remembered of revocations. A key that turns out to have been stolen proves nothing since, also in what has landed.
func (t *Team) SignerAt(fingerprint string, known Revoked, moments ...time.Time) (*Person, KeyState) {
	person, key := t.ByKey(fingerprint)
	if person == nil {
		return nil, KeyValid
	}
	state := key.ValidAt(moments...)
	if later := known[fingerprint]; state == KeyValid && later != nil {
		if now := later.ValidAt(moments...); now == KeyRevoked || now == KeyCompromised {
			state = now
		}
	}
	return person, state
}

// Revoked remembers revoked keys by fingerprint ("SHA256:…"), whatever became of them in team.yaml since.
type Revoked map[string]*Key

// After is the memory once a team is in force. A key or a person that is gone changes nothing. What is known of a compromise
// changes only where taken says so of the key.
func (r Revoked) After(t *Team, taken func(fingerprint string) bool) Revoked {
	next := maps.Clone(r)
	for i := range t.People {
		for j := range t.People[i].Keys {
			k := &t.People[i].Keys[j]
			old := r[k.Fingerprint]
			switch {
			case k.Fingerprint == "" || old != nil && k.Revoked != nil && *old.Revoked == *k.Revoked:
			case old != nil && old.Revoked.CompromisedSince != "" && !taken(k.Fingerprint):
			case k.Revoked != nil:
				next[k.Fingerprint] = k
			default:
				delete(next, k.Fingerprint)
			}
		}
	}
	return next
}

// identify reads one authorized_keys line just far enough to name the key and, of RSA, its bits; whether it is strong enough
// is for whoever verifies a signature.
func (k *Key) identify() error {
	key, _, options, rest, err := ssh.ParseAuthorizedKey([]byte(k.Text))
	if err != nil {
		return err
	}
	if len(options) > 0 || len(rest) > 0 || strings.ContainsAny(k.Text, "\r\n") {
		return errors.New("not exactly one plain key")
	}
	if _, ok := key.(*ssh.Certificate); ok {
		return errors.New("a certificate, not a key")
	}
	k.Fingerprint = ssh.FingerprintSHA256(key)
	if plain, ok := key.(ssh.CryptoPublicKey); ok {
		if pub, ok := plain.CryptoPublicKey().(*rsa.PublicKey); ok {
			k.RSA = pub.N.BitLen()
		}
	}
	return nil
}
