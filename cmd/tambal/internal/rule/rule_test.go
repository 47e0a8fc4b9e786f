package rule

import (
	"regexp"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/examples"
)

// TestEveryRuleIsExplainedAndShown wants of each rule a title and an
// explanation in both languages, and a script that first breaks it and then
// keeps it. That the scripts really do so is tested where they are played.
func TestEveryRuleIsExplainedAndShown(t *testing.T) {
	bad := regexp.MustCompile(`(?m)^(check|audit|github gate) (fail|pending|undecided)\b.*$|^exit [13] tambal .*$|^check pass .*~|^audit pass .*~`)
	good := regexp.MustCompile(`(?m)^(check|audit|github gate) pass\b|^exit 0 tambal|^tambal `)
	for _, r := range All {
		t.Run(r.ID, func(t *testing.T) {
			for _, lang := range []text.Lang{text.Indonesian, text.English} {
				for _, code := range []string{r.ID + ".title", r.ID + ".doc"} {
					if lang.Maybe(code) == "" {
						t.Errorf("%s has no sentence %s", lang, code)
					}
				}
			}
			data, err := examples.FS.ReadFile("rules/" + r.ID + ".txtar")
			if err != nil {
				t.Fatal("no example:", err)
			}
			script, _, _ := strings.Cut(string(data), "\n-- ")
			breaks, keeps := bad.FindStringIndex(script), good.FindAllStringIndex(script, -1)
			if breaks == nil || len(keeps) == 0 || keeps[len(keeps)-1][0] < breaks[0] {
				t.Error("the example does not first break and then keep the rule")
			}
			if !strings.Contains(script, r.ID) {
				t.Error("the example does not name the rule")
			}
			if !strings.HasPrefix(script, "# ") {
				t.Error("the example does not begin with a sentence")
			}
		})
	}
}

func TestRuleIDsAreUniqueWords(t *testing.T) {
	form := regexp.MustCompile(`^[a-z]+(-[a-z]+)+$`)
	seen := map[string]bool{}
	for _, r := range All {
		if seen[r.ID] || !form.MatchString(r.ID) {
			t.Errorf("%s is not one word group, used once", r.ID)
		}
		seen[r.ID] = true
	}
}
