package text

import "testing"

func TestYesReadsBothLanguages(t *testing.T) {
	for answer, want := range map[string]bool{"ya": true, "Y": true, "YES": true, "": false, "tidak": false, "no": false, "true": false, "yakin": false} {
		if Yes(answer) != want {
			t.Errorf("%q is read as %v", answer, !want)
		}
	}
}
