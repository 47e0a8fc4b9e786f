package signature

import (
	"encoding/base64"
	"strings"
)

const (
	armorBegin = "-----BEGIN SSH SIGNATURE-----"
	armorEnd   = "-----END SSH SIGNATURE-----"
	// maxArmor holds a signature by the largest RSA key OpenSSH makes (16384
	// bits) several times over.
	maxArmor = 32 << 10
	maxLine  = 76
)

// foreign names the armours that Git can carry and this package cannot judge.
func foreign(first string) string {
	switch first {
	case "-----BEGIN PGP SIGNATURE-----", "-----BEGIN PGP MESSAGE-----":
		return "OpenPGP"
	case "-----BEGIN SIGNED MESSAGE-----":
		return "X.509"
	}
	return ""
}

// unarmor returns the blob of exactly one armoured block: the first line, base64
// lines, the last line, and one final LF or none. encoding/pem would skip bytes
// around the block and stop at the first of two.
func unarmor(armored string) ([]byte, error) {
	if len(armored) > maxArmor {
		return nil, Fail(ErrArmor, ".size", maxArmor)
	}
	if strings.Contains(armored, "\r") {
		return nil, Fail(ErrArmor, ".crlf")
	}
	lines := strings.Split(strings.TrimSuffix(armored, "\n"), "\n")
	if name := foreign(lines[0]); name != "" {
		return nil, Fail(ErrUnsupported, ".armor", name)
	}
	if n := strings.Count(armored, armorBegin); n > 1 {
		return nil, Fail(ErrArmor, ".blocks", n)
	}
	last := len(lines) - 1
	if last < 2 || lines[0] != armorBegin || lines[last] != armorEnd {
		return nil, Fail(ErrArmor, ".lines")
	}
	for _, line := range lines[1:last] {
		if line == "" || len(line) > maxLine {
			return nil, Fail(ErrArmor, ".data")
		}
	}
	blob, err := base64.StdEncoding.Strict().DecodeString(strings.Join(lines[1:last], ""))
	if err != nil {
		return nil, Fail(ErrArmor, ".data")
	}
	return blob, nil
}
