package decision

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/tambal-id/tambal/cmd/tambal/internal/signature"
	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
	"github.com/tambal-id/tambal/policies"
	"github.com/tambal-id/tambal/schema"
)

// Statement is what the Kabid signs (SOP 4: persetujuan). It names everything
// the approval depends on, so that the signature fits one case, one content and
// one policy of one repository only.
type Statement struct {
	Root          string // id of the repository's anchor commit, 40 or 64 hex digits
	Case          string // SP-2026-0007
	Decision      string // approved or rejected
	By            string // the approver's id in the team
	At            string // RFC 3339
	SubjectBytes  int    // length of the approved manifest, in bytes
	SubjectSHA256 string // of those bytes; 64 lower-case hex digits, as the next two
	PolicySHA256  string // policy digest
	ItemSHA256    string // of the approval item without its signature, as canonical JSON
}

const (
	statementTitle = signature.ApprovalNamespace
	maxStatement   = 8 << 10
)

type pair struct{ key, value string }

func (s Statement) pairs() []pair {
	return []pair{
		{"root", s.Root},
		{"case", s.Case},
		{"decision", s.Decision},
		{"by", s.By},
		{"at", s.At},
		{"subject-bytes", strconv.Itoa(s.SubjectBytes)},
		{"subject-sha256", s.SubjectSHA256},
		{"policy-sha256", s.PolicySHA256},
		{"item-sha256", s.ItemSHA256},
	}
}

// Bytes returns the statement's only form: the line "tambal-approval@v1", then
// one "key: value" line per field in the order of the struct, UTF-8 with LF. A
// value that could be read in two ways is an error, never signed.
func (s Statement) Bytes() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(statementTitle + "\n")
	for _, p := range s.pairs() {
		if !valid(p) {
			return nil, signature.Fail(signature.ErrStatement, ".value", p.key, p.value)
		}
		b.WriteString(p.key + ": " + p.value + "\n")
	}
	if b.Len() > maxStatement {
		return nil, signature.Fail(signature.ErrStatement, ".size", maxStatement)
	}
	return b.Bytes(), nil
}

// valid reports whether the value has one reading and looks on screen like what
// it is: printable runes, no invisible or direction-changing ones, no space at
// the ends.
func valid(p pair) bool {
	if p.value == "" || p.value != strings.TrimSpace(p.value) || !utf8.ValidString(p.value) ||
		strings.ContainsFunc(p.value, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return false
	}
	switch p.key {
	case "root":
		return isHex(p.value, 40) || isHex(p.value, 64)
	case "decision":
		return p.value == "approved" || p.value == "rejected"
	case "at":
		_, err := time.Parse(time.RFC3339, p.value)
		return err == nil
	case "subject-bytes":
		n, err := strconv.Atoi(p.value)
		return err == nil && n > 0 && strconv.Itoa(n) == p.value
	case "subject-sha256", "policy-sha256", "item-sha256":
		return isHex(p.value, 64)
	}
	return true
}

func isHex(s string, n int) bool {
	_, err := hex.DecodeString(s)
	return err == nil && len(s) == n && s == strings.ToLower(s)
}

// SubjectOf returns the subject that binds an approval to a manifest's bytes.
func SubjectOf(data []byte) schema.Subject {
	sum := sha256.Sum256(data)
	return schema.Subject{Bytes: len(data), SHA256: hex.EncodeToString(sum[:])}
}

// StatementFor returns the bytes an approver signs: everything the decision
// depends on. root is the anchor commit's id, raw the approval item as JSON
// value (its signature, if any, is left out).
func StatementFor(root, id string, a *schema.Approval, raw map[string]any) ([]byte, error) {
	item, err := canonical(raw)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(item)
	return Statement{
		Root: root, Case: id, Decision: a.Decision, By: a.By, At: a.At,
		SubjectBytes: a.Subject.Bytes, SubjectSHA256: a.Subject.SHA256,
		PolicySHA256: strings.TrimPrefix(a.Policy, "sha256:"), ItemSHA256: hex.EncodeToString(sum[:]),
	}.Bytes()
}

// canonical is JSON with sorted keys, no spaces and no HTML escaping, without
// the signature.
func canonical(raw map[string]any) ([]byte, error) {
	unsigned := map[string]any{}
	for k, v := range raw {
		if k != "signature" {
			unsigned[k] = v
		}
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(unsigned)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

// Reason returns the sentence that a signature's error carries.
func Reason(err error) text.Phrase {
	var coded *signature.Error
	if errors.As(err, &coded) {
		return text.Phrase{Code: coded.Code, Args: coded.Args}
	}
	return text.Phrase{Code: err.Error()}
}

// Disposition is what the approver adds to yes or no, in his own words.
type Disposition struct {
	Reject                    bool
	Text                      string // "" takes the standard words
	Conditions                []string
	Agenda, Nature, ActingFor string
}

// Decision is the word of the item: approved or rejected.
func (d Disposition) Decision() string {
	if d.Reject {
		return schema.DecisionRejected
	}
	return schema.DecisionApproved
}

// Sign returns the fields of the approval item that a person signs, signature
// included. The statement names the matter's own subject, policy and anchor.
func (m Matter) Sign(by *policies.Person, d Disposition, signer *signature.Signer, lang text.Lang) (map[string]any, error) {
	item := schema.Approval{
		Decision: d.Decision(), By: by.ID, At: m.When.In(m.Policy.Calendar.Location()).Format(time.RFC3339),
		Disposition: d.Text, Conditions: d.Conditions, AgendaNo: d.Agenda, Nature: d.Nature, ActingFor: d.ActingFor,
		Subject: SubjectOf(m.Subject), Policy: m.Policy.Digest,
	}
	if item.Disposition == "" {
		item.Disposition = standardWords(item.Decision, lang)
	}
	fields, err := schema.Value(item)
	if err != nil {
		return nil, err
	}
	message, err := StatementFor(m.Root, m.Case, &item, fields)
	if err != nil {
		return nil, err
	}
	fields["signature"], err = signer.Sign(signature.ApprovalNamespace, message)
	return fields, err
}
