package page

import (
	"math"
	"strconv"
	"strings"
)

// cvssWeights are the weights of the base metrics of CVSS 3.1 (specification,
// section 7.4). PR has other weights when the scope changes.
var cvssWeights = map[string]map[string]float64{
	"AV": {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2},
	"AC": {"L": 0.77, "H": 0.44},
	"PR": {"N": 0.85, "L": 0.62, "H": 0.27},
	"UI": {"N": 0.85, "R": 0.62},
	"S":  {"U": 0, "C": 1},
	"C":  {"H": 0.56, "L": 0.22, "N": 0},
	"I":  {"H": 0.56, "L": 0.22, "N": 0},
	"A":  {"H": 0.56, "L": 0.22, "N": 0},
}

// cvssBase returns the base score of a CVSS 3 vector, such as "8.1", and the
// name of its band. Other versions cannot be derived from the vector so shortly;
// ok is false for them and for anything that is no complete vector.
func cvssBase(vector string) (score, band string, ok bool) {
	metrics := strings.Split(vector, "/")
	if metrics[0] != "CVSS:3.1" && metrics[0] != "CVSS:3.0" {
		return "", "", false
	}
	value := map[string]float64{}
	changed := false
	for _, metric := range metrics[1:] {
		name, letter, _ := strings.Cut(metric, ":")
		if weights, base := cvssWeights[name]; base {
			weight, known := weights[letter]
			if _, twice := value[name]; !known || twice {
				return "", "", false
			}
			value[name] = weight
			changed = changed || name == "S" && letter == "C"
		}
	}
	if len(value) != len(cvssWeights) {
		return "", "", false
	}
	base := cvssScore(value, changed)
	return strconv.FormatFloat(base, 'f', 1, 64), cvssBand(base), true
}

func cvssScore(v map[string]float64, changed bool) float64 {
	iss := 1 - (1-v["C"])*(1-v["I"])*(1-v["A"])
	impact, privileges, factor := 6.42*iss, v["PR"], 1.0
	if changed {
		impact, factor = 7.52*(iss-0.029)-3.25*math.Pow(iss-0.02, 15), 1.08
		switch privileges {
		case 0.62:
			privileges = 0.68
		case 0.27:
			privileges = 0.5
		}
	}
	if impact <= 0 {
		return 0
	}
	return roundUp(min(factor*(impact+8.22*v["AV"]*v["AC"]*privileges*v["UI"]), 10))
}

// roundUp is the specification's own, in whole numbers, so that no machine
// rounds differently (appendix A).
func roundUp(x float64) float64 {
	n := int(math.Round(x * 100000))
	if n%10000 == 0 {
		return float64(n) / 100000
	}
	return float64(n/10000+1) / 10
}

func cvssBand(score float64) string {
	switch {
	case score == 0:
		return "none"
	case score < 4:
		return "low"
	case score < 7:
		return "medium"
	case score < 9:
		return "high"
	}
	return "critical"
}
