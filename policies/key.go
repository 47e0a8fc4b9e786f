package policies

import (
	"crypto/rsa"
	"errors"
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

// ValidAt says whether something that landed at that moment may rest on the key: within from and until, and before the
// revocation or, if earlier, the moment since which the key was compromised.
func (k *Key) ValidAt(at time.Time) KeyState {
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

// SignerAt returns whose key that is, nil when nobody's, and whether it counted at that moment: by this team, and by what
// today's (which may be nil) says of its revocation. A key that turns out to have been stolen proves nothing since, also in
// what has landed.
func (t *Team) SignerAt(fingerprint string, at time.Time, today *Team) (*Person, KeyState) {
	person, key := t.ByKey(fingerprint)
	if person == nil {
		return nil, KeyValid
	}
	state := key.ValidAt(at)
	if state != KeyValid || today == nil {
		return person, state
	}
	if _, later := today.ByKey(fingerprint); later != nil && later.Revoked != nil {
		if now := later.ValidAt(at); now == KeyRevoked || now == KeyCompromised {
			return person, now
		}
	}
	return person, KeyValid
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
