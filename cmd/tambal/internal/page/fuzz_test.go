package page

import (
	"slices"
	"testing"
)

// FuzzReadCVSS: whatever a manifest calls a vector has a score of the scale and a
// band, or none.
func FuzzReadCVSS(f *testing.F) {
	for _, vector := range []string{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H/E:P/RL:O/RC:C/MAV:L", "AV:N/AC:L/Au:N/C:P/I:P/A:P/E:ND", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/E:A/CR:H/U:Red", "CVSS:3.0/AV:L"} {
		f.Add(vector)
	}
	f.Fuzz(func(t *testing.T, vector string) {
		c, ok := readCVSS(vector)
		if ok && (len(c.score) < 3 || len(c.score) > 4 || !slices.Contains([]string{"none", "low", "medium", "high", "critical"}, c.band)) {
			t.Errorf("%q: %+v", vector, c)
		}
	})
}
