package schema

// Approval is SOP 4: the disposition, and exactly one proof of it: a review at the forge or a signature (armored SSHSIG).
// Policy is the policy digest "sha256:…" that a signature names.
type Approval struct {
	Common
	Decision    string   `json:"decision"`
	By          string   `json:"by"`
	At          string   `json:"at"`
	Disposition string   `json:"disposition"`
	Conditions  []string `json:"conditions,omitempty"`
	AgendaNo    string   `json:"agendaNo,omitempty"`
	Nature      string   `json:"nature,omitempty"`
	ActingFor   string   `json:"actingFor,omitempty"`
	Subject     Subject  `json:"subject"`
	Review      *Review  `json:"review,omitempty"`
	Policy      string   `json:"policy,omitempty"`
	Signature   string   `json:"signature,omitempty"`
}

// Subject binds an approval to the approved text: the manifest's first Bytes bytes and their SHA-256 (lower-case hex).
type Subject struct {
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Review is the record of a pull-request review; every number is the forge's own.
type Review struct {
	Repository   string `json:"repository"`
	RepositoryID int64  `json:"repositoryId"`
	PullRequest  int    `json:"pullRequest"`
	ID           int64  `json:"id"`
	ReviewerID   int64  `json:"reviewerId"`
	Commit       string `json:"commit"`
	SubmittedAt  string `json:"submittedAt"`
	BodySHA256   string `json:"bodySha256"`
}

// Schedule is SOP 5: when the work is done. Replaces refers to the earlier schedule item that this one replaces.
type Schedule struct {
	Common
	Windows  []Window `json:"windows"`
	Basis    Basis    `json:"basis"`
	Notified []string `json:"notified"`
	Contact  string   `json:"contact,omitempty"`
	Replaces string   `json:"replaces,omitempty"`
	Reason   string   `json:"reason,omitempty"`
}

// Window is one maintenance window and the systems it is for.
type Window struct {
	Start   string   `json:"start"`
	End     string   `json:"end"`
	Systems []string `json:"systems"`
}

// Basis holds the log figures that justify a quiet window (the SOP's "data-data log").
type Basis struct {
	Logs []string `json:"logs"`
}

// Implementation is SOP 6: what was done, what came of it, and the watch afterwards. WithoutScan and WithoutSIEM are the
// written reasons why that evidence is missing; WithoutScan also why none of the scans can be read.
type Implementation struct {
	Common
	Log         []string     `json:"log"`
	Results     []Outcome    `json:"results"`
	Tests       []TestResult `json:"tests"`
	Observation Observation  `json:"observation"`
	Outcome     string       `json:"outcome"`
	Rollback    *Rollback    `json:"rollback,omitempty"`
	Incident    *Incident    `json:"incident,omitempty"`
	Obstacles   []string     `json:"obstacles,omitempty"`
	WithoutScan string       `json:"withoutScan,omitempty"`
	WithoutSIEM string       `json:"withoutSiem,omitempty"`
}

// Outcome is the result on one system: the version that runs there now and success, failed, skipped or rolled-back.
type Outcome struct {
	System  string `json:"system"`
	Version string `json:"version"`
	Outcome string `json:"outcome"`
}

// TestResult is one test of the plan: passed, failed or not-run.
type TestResult struct {
	Name   string `json:"name"`
	Result string `json:"result"`
}

// Observation is the watch after the change.
type Observation struct {
	Until   string `json:"until"`
	Summary string `json:"summary"`
}

// Rollback says when the change was undone and what that gave.
type Rollback struct {
	At     string `json:"at"`
	Result string `json:"result"`
}

// Incident links an anomaly to the incident report and the ticket of the incident team (TTIS).
type Incident struct {
	Reference string `json:"reference"`
	TTIS      string `json:"ttis,omitempty"`
}

// Report is the second row printed "6": the author's words in the implementation report.
type Report struct {
	Common
	Summary      string   `json:"summary"`
	Obstacles    string   `json:"obstacles"`
	Suggestions  []string `json:"suggestions"`
	ResidualRisk string   `json:"residualRisk,omitempty"`
	FollowUp     []string `json:"followUp,omitempty"`
}

// Closure is SOP 7. Owner, CompensatingControl and ExpiresOn (a day) go with the outcome accepted-risk; SignedDocument is
// the SHA-256 of the signed paper or PDF.
type Closure struct {
	Common
	Outcome             string `json:"outcome"`
	Note                string `json:"note"`
	Lessons             string `json:"lessons,omitempty"`
	Owner               string `json:"owner,omitempty"`
	CompensatingControl string `json:"compensatingControl,omitempty"`
	ExpiresOn           string `json:"expiresOn,omitempty"`
	SignedDocument      string `json:"signedDocument,omitempty"`
}

// Correction says what an earlier item got wrong and changes no state. Of is an item name, or name#n for the n-th.
type Correction struct {
	Common
	Of   string `json:"of"`
	Note string `json:"note"`
}

// Generic is a step that only the policy knows.
type Generic struct {
	Common
	Note string `json:"note"`
}
