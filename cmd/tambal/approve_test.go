package main

import (
	"bytes"
	"regexp"
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
			p := testOffice(t, func(files map[string][]byte) { // who analyses signs
				files["policies/sop.yaml"] = bytes.Replace(files["policies/sop.yaml"], []byte("Technical Team, identity: claimed"), []byte("Technical Team, identity: signed"), 1)
			})
			playScript(t, p, "include history/normal.txtar until opened\nat 2026-02-02T09:50:00+07:00\nas agus-p\nstep plan\nas rina-w\ngitstep analysis\n"+
				"git -c gpg.format=ssh -c user.signingkey="+p.KeyFile("rina-w")+" commit -q --amend --no-edit -S\ncheck pending approval-pending\n")
			playScript(t, p, "git tag terbaca\nas budi-s\nat 2026-02-02T10:12:03+07:00\n"+c.script)
			if c.script == "" {
				raw := gitOutput(t, p, nil, "cat-file", "commit", p.ID)
				raw = regexp.MustCompile(`(?s)gpgsig .*?-----END SSH SIGNATURE-----`).ReplaceAllString(raw, "gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQEzBAABCAAdFiEE\n -----END PGP SIGNATURE-----")
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
