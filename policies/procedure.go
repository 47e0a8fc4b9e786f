package policies

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/tambal-id/tambal/schema"
)

// Procedure is sop.yaml: the words of the SOP, its roles, and its rows as the flow of a case. Dates are days (YYYY-MM-DD);
// CreatedOn and RevisedOn are "" where the source prints "-".
type Procedure struct {
	APIVersion     string          `json:"apiVersion"`
	Kind           string          `json:"kind"`
	Number         string          `json:"number"`
	TitleAsPrinted string          `json:"titleAsPrinted"`
	Title          string          `json:"title"`
	TitleEnglish   string          `json:"titleEnglish,omitempty"`
	Office         Office          `json:"office"`
	CreatedOn      string          `json:"createdOn,omitempty"`
	RevisedOn      string          `json:"revisedOn,omitempty"`
	ApprovedOn     string          `json:"approvedOn"`
	ApprovedBy     Signatory       `json:"approvedBy"`
	CasePrefix     string          `json:"casePrefix,omitempty"` // as written; see NewCases
	LegalBasis     []string        `json:"legalBasis,omitempty"`
	Qualifications []Qualification `json:"qualifications,omitempty"`
	RelatedSOPs    []string        `json:"relatedSops,omitempty"`
	Equipment      []string        `json:"equipment,omitempty"`
	Warnings       []string        `json:"warnings,omitempty"`
	Records        []string        `json:"records,omitempty"`
	Roles          []Role          `json:"roles"`
	Steps          []Step          `json:"steps"`
	Separation     Separation      `json:"separation"`
	Time           TimeLimits      `json:"time"`
	Approval       ApprovalProof   `json:"approval"`
	Since          string          `json:"since,omitempty"` // commit id: where an adopted history begins to be judged
	Exceptions     []Exception     `json:"exceptions,omitempty"`
}

// Office is the head of every document. Address is "" where the office prints none.
type Office struct {
	Government string `json:"government"`
	Agency     string `json:"agency"`
	Address    string `json:"address,omitempty"`
}

// Signatory is who put the SOP in force: a position, never an actor of a step.
type Signatory struct {
	Position string `json:"position"`
}

// Qualification is one line of "kualifikasi pelaksana", Q1 to Q7 in the SOP.
type Qualification struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// RolePolicyOwner is the role that may change policies/; every procedure has it.
const RolePolicyOwner = "policy-owner"

// Identity values of a role: claimed (a listed e-mail address is enough) or signed (commits need the person's key).
const (
	IdentityClaimed = "claimed"
	IdentitySigned  = "signed"
)

// Role is a lane of the flowchart or the policy owner.
type Role struct {
	ID           string `json:"id"`
	Title        string `json:"title"`
	TitleEnglish string `json:"titleEnglish,omitempty"`
	Identity     string `json:"identity"`
}

// Step is one row of the SOP. Roles are any-of. PrintedNo and PrintedTime are the source's own words ("6" stands twice).
type Step struct {
	Name         string       `json:"name"`
	PrintedNo    string       `json:"printedNo,omitempty"`
	DisplayNo    string       `json:"displayNo,omitempty"`
	Title        string       `json:"title"`
	TitleEnglish string       `json:"titleEnglish,omitempty"`
	Roles        []string     `json:"roles"`
	PrintedTime  string       `json:"printedTime,omitempty"`
	StandardTime string       `json:"standardTime,omitempty"`
	Equipment    []string     `json:"equipment,omitempty"`
	Output       string       `json:"output,omitempty"`
	Remark       string       `json:"remark,omitempty"`
	Repeatable   bool         `json:"repeatable,omitempty"`
	Transitions  []Transition `json:"next,omitempty"`

	Standard Standard   `json:"-"` // StandardTime, read; zero when the row has none
	Pos      schema.Pos `json:"-"` // where the row stands in sop.yaml
}

// Separation is the separation of duties. AnalystNotPlanner is off or a severity.
type Separation struct {
	ApproverNotAuthor bool   `json:"approverNotAuthor"`
	AnalystNotPlanner string `json:"analystNotPlanner"`
}

// TimeLimits is the severity of an exceeded standard time: notice, warning or error.
type TimeLimits struct {
	OnExceed string `json:"onExceed"`
}

// ApprovalProof is the weakest proof of an approval the office accepts: recorded, confirmed or signed.
type ApprovalProof struct {
	Minimum string `json:"minimum"`
}

// Exception lowers one past finding, named by commit and rule, to a printed warning.
type Exception struct {
	Commit string `json:"commit"`
	Rule   string `json:"rule"`
	Reason string `json:"reason"`
}

// Standard is a standard time: minutes of office hours, or working days; one of the two is zero.
type Standard struct{ Minutes, Days int }

// ParseStandard reads "10m", "1 working day" or "2 working days"; at most 9999 of either.
func ParseStandard(s string) (Standard, error) {
	text, days := strings.CutSuffix(strings.TrimSuffix(s, "s"), " working day")
	if !days {
		text = strings.TrimSuffix(s, "m")
	}
	n, err := strconv.Atoi(text)
	if err != nil || text == s || n < 1 || n > 9999 || strconv.Itoa(n) != text {
		return Standard{}, errors.New("not a standard time: " + s)
	}
	if days {
		return Standard{Days: n}, nil
	}
	return Standard{Minutes: n}, nil
}

// Role returns the role with that id, or nil.
func (p *Procedure) Role(id string) *Role {
	if i := slices.IndexFunc(p.Roles, func(r Role) bool { return r.ID == id }); i >= 0 {
		return &p.Roles[i]
	}
	return nil
}

// Step returns the row with that name, or nil.
func (p *Procedure) Step(name string) *Step { return p.row(p.index(name)) }

// First returns the row that opens a case, or nil without rows.
func (p *Procedure) First() *Step { return p.row(0) }

// index returns the row number of a step, counted from 0, or -1.
func (p *Procedure) index(name string) int {
	return slices.IndexFunc(p.Steps, func(s Step) bool { return s.Name == name })
}

func (p *Procedure) row(i int) *Step {
	if i < 0 || i >= len(p.Steps) {
		return nil
	}
	return &p.Steps[i]
}

// NewCases returns the letters with which the ID of a new case begins, such as "SP".
func (p *Procedure) NewCases() string { return cmp.Or(p.CasePrefix, "SP") }
