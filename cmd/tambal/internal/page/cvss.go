package page

import (
	"strconv"
	"strings"

	gocvss20 "github.com/pandatix/go-cvss/20"
	gocvss30 "github.com/pandatix/go-cvss/30"
	gocvss31 "github.com/pandatix/go-cvss/31"
	gocvss40 "github.com/pandatix/go-cvss/40"
)

// cvss is how severe a published vector says a vulnerability is.
type cvss struct {
	score string // such as "8.1"
	band  string // none, low, medium, high or critical
	// assumed: the vector does not say its version and is read as 3.1.
	assumed bool
}

// readCVSS reads a vector of CVSS 2.0, 3.0, 3.1 or 4.0 (the specifications at
// first.org/cvss). Of versions 2 and 3 the base score counts, as it is published; a
// vector of version 4 has one score. ok is false for anything else.
func readCVSS(vector string) (read cvss, ok bool) {
	version, _, _ := strings.Cut(vector, "/")
	switch {
	case version == "CVSS:4.0":
		v, err := gocvss40.ParseVector(vector)
		return rated(err, func() float64 { return v.Score() })
	case version == "CVSS:3.0":
		v, err := gocvss30.ParseVector(vector)
		return rated(err, func() float64 { return v.BaseScore() })
	case version == "CVSS:3.1":
		v, err := gocvss31.ParseVector(vector)
		return rated(err, func() float64 { return v.BaseScore() })
	case strings.Contains(vector, "/PR:") && strings.Contains(vector, "/S:"):
		read, ok = readCVSS("CVSS:3.1/" + vector)
		read.assumed = true
		return read, ok
	}
	v, err := gocvss20.ParseVector(vector)
	read, ok = rated(err, func() float64 { return v.BaseScore() })
	if read.band == "none" || read.band == "critical" { // version 2 ends at high, and begins at low
		read.band = map[string]string{"none": "low", "critical": "high"}[read.band]
	}
	return read, ok
}

// bands are the qualitative ratings of CVSS 3.1, section 5, and 4.0, section 6.
var bands = map[string]string{"NONE": "none", "LOW": "low", "MEDIUM": "medium", "HIGH": "high", "CRITICAL": "critical"}

// rated rounds nothing: scores have one decimal.
func rated(err error, score func() float64) (cvss, bool) {
	if err != nil {
		return cvss{}, false
	}
	s := score()
	rating, err := gocvss31.Rating(s)
	return cvss{score: strconv.FormatFloat(s, 'f', 1, 64), band: bands[rating]}, err == nil
}
