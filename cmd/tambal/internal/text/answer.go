package text

import "strings"

// Yes reads a consent in either language.
func Yes(answer string) bool {
	switch strings.ToLower(answer) {
	case "ya", "y", "yes":
		return true
	}
	return false
}
