package page

import (
	"fmt"
	"io"
	"strings"

	"github.com/tambal-id/tambal/cmd/tambal/internal/decision"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/cmd/tambal/internal/timeline"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// WriteDecision writes on a terminal what a decision is about and who is to give
// it, short enough to read in a minute.
func WriteDecision(out io.Writer, c *timeline.CaseChange, signer *policies.Person, lang text.Lang) {
	line := func(label, value string) {
		if value != "" {
			fmt.Fprintf(out, "  %-22s %s\n", lang.Say("approve.label."+label), text.Clean(value))
		}
	}
	fmt.Fprintln(out, lang.Say("approve.title", c.ID, c.After.Metadata.Title))
	for _, s := range c.Case.Steps {
		switch body := s.Item.Body.(type) {
		case *schema.Monitoring:
			for _, v := range body.Vulnerabilities {
				line("vulnerability", strings.TrimSpace(v.ID+" "+v.CVSS))
			}
		case *schema.Plan:
			for _, t := range body.Targets {
				line("system", fmt.Sprintf("%s: %s → %s", t.System, t.From, t.To))
			}
			line("downtime", body.Downtime)
			line("backup", body.Backup)
			line("rollback", body.Rollback)
		case *schema.Analysis:
			line("due", body.Urgency.Due+" ("+body.Urgency.Method+")")
			line("risk-patched", body.RiskIfPatched)
			line("risk-not", body.RiskIfNot)
			line("impact", body.Impact)
			line("recommendation", lang.Say("recommendation."+body.Recommendation))
			line("conditions", strings.Join(body.Conditions, "; "))
		}
	}
	subject := decision.SubjectOf(c.AfterData)
	line("subject", fmt.Sprintf("%d byte, sha256 %s", subject.Bytes, subject.SHA256))
	line("signer", signer.Name+", "+signer.Title)
}
