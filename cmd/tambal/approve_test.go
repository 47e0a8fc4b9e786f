package main

import (
	"strings"
	"testing"
)

// TestNothingIsSignedUnseen: the Kabid signs what lies on the screen, and only
// where nothing is left that nobody could verify.
func TestNothingIsSignedUnseen(t *testing.T) {
	t.Parallel()
	const approve = "tambal approve SP-2026-0001 --yes --key {{keys}}/budi-s"
	for name, c := range map[string]struct {
		script, refused string
		mended          string // what makes it ready
	}{
		"the manifest on the disk is another": {
			`replace @/patch.yaml "Paling lama 10 menit" "Paling lama 2 jam"` + "\n",
			"exit 2 " + approve + "\nshows \"there are uncommitted changes in patches/2026/SP-2026-0001/patch.yaml\"\nshows \"commit or stash them first\"\n",
			"git checkout -q -- patches\n",
		},
		"a signature that cannot be judged": {
			"", // below
			"exit 1 " + approve + "\nshows \"[step-identity]\"\nshows \"case SP-2026-0001 is not ready to be decided; nothing was signed\"\n",
			"git reset -q --hard terbaca\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := analysed(t)
			playScript(t, p, "git tag terbaca\nas budi-s\nat 2026-02-02T10:12:03+07:00\n"+c.script)
			if c.script == "" {
				raw := gitOutput(t, p, nil, "cat-file", "commit", p.ID)
				raw = strings.Replace(raw, "\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n iQEzBAABCAAdFiEE\n -----END PGP SIGNATURE-----\n\n", 1)
				id := gitOutput(t, p, []byte(raw), "hash-object", "-t", "commit", "-w", "--stdin")
				p.must(t, "git", "update-ref", "refs/heads/"+p.ID, strings.TrimSpace(id))
				p.must(t, "check", "undecided", "approval-pending", "step-identity")
			}
			before := p.commitID(t, p.ID)
			playScript(t, p, c.refused)
			if strings.Contains(p.Shown, "Paling lama") { // the plan, on the page that is to be decided on
				t.Errorf("the Kabid is shown what is not to be signed:\n%s", p.Shown)
			}
			if after := p.commitID(t, p.ID); after != before {
				t.Errorf("something was signed: %s became %s", before, after)
			}
			playScript(t, p, c.mended+approve+"\nshows \"Paling lama 10 menit\"\ncheck pass\n")
		})
	}
}
