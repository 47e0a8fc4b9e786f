package schema

// Item names that the schema gives fields of their own, in the order of the SOP.
const (
	ItemMonitoring     = "monitoring"
	ItemPlan           = "plan"
	ItemAnalysis       = "analysis"
	ItemApproval       = "approval"
	ItemSchedule       = "schedule"
	ItemImplementation = "implementation"
	ItemReport         = "report"
	ItemClosure        = "closure"
	ItemCorrection     = "correction"
)

// Values that other packages decide on.
const (
	DecisionRequired    = "required"     // monitoring
	DecisionNotRequired = "not-required" // monitoring
	DecisionApproved    = "approved"     // approval
	DecisionRejected    = "rejected"     // approval
	Implement           = "implement"
	DoNotImplement      = "do-not-implement"
	NoAnomaly           = "no-anomaly"
	Anomaly             = "anomaly"
	ResultSuccess       = "success" // a system was patched

	OutcomeImplemented  = "implemented" // the closure's outcomes
	OutcomePartial      = "partial"
	OutcomeNotRequired  = "not-required"
	OutcomeRejected     = "rejected"
	OutcomeRolledBack   = "rolled-back"
	OutcomeWithdrawn    = "withdrawn"
	OutcomeAcceptedRisk = "accepted-risk"

	PhaseBefore = "before" // the phase of an evidence file
	PhaseAfter  = "after"
	PhaseSIEM   = "siem"
)

// bodies are the item names the schema knows, each with its type.
var bodies = map[string]func() any{
	ItemMonitoring:     body[Monitoring],
	ItemPlan:           body[Plan],
	ItemAnalysis:       body[Analysis],
	ItemApproval:       body[Approval],
	ItemSchedule:       body[Schedule],
	ItemImplementation: body[Implementation],
	ItemReport:         body[Report],
	ItemClosure:        body[Closure],
	ItemCorrection:     body[Correction],
}

func body[T any]() any { return new(T) }

// newBody returns the typed body for an item name; names the schema does not know get the generic one.
func newBody(item string) any {
	if typed, ok := bodies[item]; ok {
		return typed()
	}
	return new(Generic)
}

// Common is what every item may carry: its own claim of when the work began and ended (RFC 3339), and evidence files.
type Common struct {
	StartedAt  string     `json:"startedAt,omitempty"`
	FinishedAt string     `json:"finishedAt,omitempty"`
	Evidence   []Evidence `json:"evidence,omitempty"`
}

// Evidence is one file beside the manifest. Path is relative to the case directory and begins with "evidence/"; SHA256 is
// lower-case hex; Of names the system; Phase is before, after, siem or other; TargetChange is the written reason why the
// scanned target is named differently from the scan before, DateNote why the scan bears the same date as that one.
type Evidence struct {
	Path         string `json:"path"`
	Format       string `json:"format"`
	SHA256       string `json:"sha256"`
	Of           string `json:"of,omitempty"`
	Phase        string `json:"phase"`
	TargetChange string `json:"targetChange,omitempty"`
	DateNote     string `json:"dateNote,omitempty"`
}

// Monitoring is SOP 1: what was found where, and whether a patch is needed at all.
type Monitoring struct {
	Common
	Trigger         Trigger         `json:"trigger"`
	Sources         []string        `json:"sources"`
	Vulnerabilities []Vulnerability `json:"vulnerabilities"`
	Systems         []System        `json:"systems,omitempty"`
	Decision        string          `json:"decision"`
	Reason          string          `json:"reason"`
}

// Trigger is what started the case; Reference is its number, address or title.
type Trigger struct {
	Kind      string `json:"kind"`
	Reference string `json:"reference"`
}

// Vulnerability is one CVE or advisory, with what its publishers say of it. CVSS is the vector, EPSS a decimal from 0 to 1,
// Published a day.
type Vulnerability struct {
	ID        string `json:"id"`
	Published string `json:"published,omitempty"`
	CVSS      string `json:"cvss,omitempty"`
	EPSS      string `json:"epss,omitempty"`
	KEV       bool   `json:"kev,omitempty"`
	SSVC      *SSVC  `json:"ssvc,omitempty"`
}

// SSVC holds the three published decision inputs of CISA's ADP part of a CVE record.
type SSVC struct {
	Exploitation    string `json:"exploitation,omitempty"`
	Automatable     bool   `json:"automatable,omitempty"`
	TechnicalImpact string `json:"technicalImpact,omitempty"`
}

// System is one affected electronic system and the versions that decide whether it is affected.
type System struct {
	Name         string `json:"name"`
	Owner        string `json:"owner"`
	Exposure     string `json:"exposure"`
	Product      string `json:"product"`
	Installed    string `json:"installed"`
	Fixed        string `json:"fixed"`
	PersonalData bool   `json:"personalData,omitempty"`
}

// Plan is SOP 2: what is to be done, how it is undone, who does it.
type Plan struct {
	Common
	Objective    string         `json:"objective"`
	Targets      []Target       `json:"targets"`
	Source       *PatchSource   `json:"source,omitempty"`
	Actions      []string       `json:"actions"`
	Restarts     []string       `json:"restarts,omitempty"`
	Backup       string         `json:"backup"`
	Rollback     string         `json:"rollback"`
	Tests        []string       `json:"tests"`
	Executor     string         `json:"executor"`
	Downtime     string         `json:"downtime"`
	Coordination []Coordination `json:"coordination,omitempty"`
}

// Target is one system and the versions the plan moves it between.
type Target struct {
	System string `json:"system"`
	From   string `json:"from"`
	To     string `json:"to"`
}

// PatchSource says where the patch comes from and, where it is a file, its SHA-256.
type PatchSource struct {
	Reference string `json:"reference"`
	SHA256    string `json:"sha256,omitempty"`
}

// Coordination records who was told, when and how (qualification 7 of the SOP).
type Coordination struct {
	Who string `json:"who"`
	At  string `json:"at"`
	How string `json:"how"`
}

// Analysis is SOP 3: the technical team's analysis and recommendation.
type Analysis struct {
	Common
	Urgency        Urgency  `json:"urgency"`
	ChangeType     string   `json:"changeType,omitempty"`
	RiskIfPatched  string   `json:"riskIfPatched"`
	RiskIfNot      string   `json:"riskIfNot"`
	Impact         string   `json:"impact"`
	Trial          string   `json:"trial,omitempty"`
	Alternatives   string   `json:"alternatives,omitempty"`
	Result         string   `json:"result"`
	Recommendation string   `json:"recommendation"`
	Conditions     []string `json:"conditions,omitempty"`
}

// Urgency is the day by which the patch is due and the method that gave it.
type Urgency struct {
	Method string `json:"method"`
	Due    string `json:"due"`
}
