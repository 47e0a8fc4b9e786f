package schema

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// Manifest is one case: the bytes of its patch.yaml and the items in them, in the order of the file.
type Manifest struct {
	Metadata Metadata
	Items    []Item
	Data     []byte
}

var caseID = regexp.MustCompile(`^[A-Z]{2,10}-([0-9]{4})-[0-9]{4,6}$`)

// CaseDir returns the folder of a case in a patch repository, such as
// "patches/2026/SP-2026-0007"; ok is false when id is not a case ID.
func CaseDir(id string) (dir string, ok bool) {
	m := caseID.FindStringSubmatch(id)
	if m == nil {
		return "", false
	}
	return CasesDir + "/" + m[1] + "/" + id, true
}

// Metadata is the head of a manifest. ID is also the directory's name; RetryOf names an earlier, closed case.
type Metadata struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	RetryOf string `json:"retryOf,omitempty"`
}

// Item is one step of a case. Pos is the place of its name; Start is the byte offset in Data of its line "  - name:" and
// End that of the next item or of the file's end. Raw is the item's value as JSON, Body the same value typed:
// *Monitoring, *Plan, *Analysis, *Approval, *Schedule, *Implementation, *Report, *Closure, *Correction or *Generic.
type Item struct {
	Name       string
	Index      int
	Pos        Pos
	Start, End int
	Raw        map[string]any
	Body       any

	data []byte
	doc  *Document
}

// Parse reads a manifest: strict YAML, the frame, the schema, and the requirements between fields. Nil when there is any
// problem: half a manifest must never be judged.
func Parse(data []byte) (*Manifest, []Problem) {
	d, ps := intake(data)
	if d == nil {
		return nil, ps.sorted()
	}
	ps = append(ps, frameProblems(data, d)...)
	if ps = append(ps, d.validate(Patch, ps)...); len(ps) > 0 {
		return nil, ps.sorted()
	}
	m, err := build(data, d)
	if err != nil {
		ps.add(RuleSchema, "schema.decode", d.At(), err.Error())
		return nil, ps
	}
	if ps = m.requirements(); len(ps) > 0 {
		return nil, ps.sorted()
	}
	return m, nil
}

// build makes the manifest of a document that frame and schema have accepted: there is one segment for every step.
func build(data []byte, d *Document) (*Manifest, error) {
	var file struct {
		APIVersion string                      `json:"apiVersion"`
		Kind       string                      `json:"kind"`
		Metadata   Metadata                    `json:"metadata"`
		Steps      []map[string]map[string]any `json:"steps"`
	}
	if err := d.Decode(&file); err != nil {
		return nil, err
	}
	m := &Manifest{Metadata: file.Metadata, Data: data}
	for i, seg := range Segments(data)[1:] {
		it := Item{Name: seg.Name, Index: i, Start: seg.Start, End: seg.Start + len(seg.Data), data: data, doc: d}
		it.Pos = d.keyPos("steps", strconv.Itoa(i), seg.Name)
		it.Raw, it.Body = file.Steps[i][seg.Name], newBody(seg.Name)
		if err := decode(it.Raw, it.Body); err != nil {
			return nil, err
		}
		m.Items = append(m.Items, it)
	}
	return m, nil
}

// Cut returns the older version of this manifest whose bytes are data, without parsing: ok only when data is all of the
// manifest, or a byte prefix that holds at least one item and ends exactly where a later item starts. Items are appended
// only, so their values and positions are the same in both.
func (m *Manifest) Cut(data []byte) (older *Manifest, ok bool) {
	if !bytes.HasPrefix(m.Data, data) {
		return nil, false
	}
	if len(data) == len(m.Data) {
		return m, true
	}
	for i, it := range m.Items {
		if i > 0 && it.Start == len(data) {
			return &Manifest{Metadata: m.Metadata, Items: m.Items[:i:i], Data: m.Data[:len(data):len(data)]}, true
		}
	}
	return nil, false
}

// Find returns the item that a reference such as "schedule" (the first of that name) or "schedule#2" points at, or nil.
func (m *Manifest) Find(ref string) *Item {
	name, n := splitRef(ref)
	for i := range m.Items {
		if m.Items[i].Name == name {
			if n--; n == 0 {
				return &m.Items[i]
			}
		}
	}
	return nil
}

// At returns the place of the value at path inside the item, or of its nearest known ancestor.
func (it *Item) At(path ...string) Pos {
	if it.doc == nil || len(path) == 0 {
		return it.Pos
	}
	full := append([]string{"steps", strconv.Itoa(it.Index), it.Name}, path...)
	if pos, depth := it.doc.find(full); depth > 3 {
		return pos
	}
	return it.Pos
}

// Text returns the item's string field of that name, or "" when it is absent or no string.
func (it *Item) Text(field string) string {
	s, _ := it.Raw[field].(string)
	return s
}

// Evidence returns the evidence files the item lists.
func (it *Item) Evidence() []Evidence {
	if c, ok := it.Body.(interface{ files() []Evidence }); ok {
		return c.files()
	}
	return nil
}

func (c *Common) files() []Evidence { return c.Evidence }

// Started returns the item's own claim of when its work began; zero when it makes none.
func (it *Item) Started() time.Time { return Time(it.Text("startedAt")) }

// Finished returns the item's own claim of when its work ended; zero when it makes none.
func (it *Item) Finished() time.Time { return Time(it.Text("finishedAt")) }

// decode turns a JSON value into a typed one and refuses fields the type does not have.
func decode(value, into any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	dec.UseNumber()
	return dec.Decode(into)
}

// requirements checks what one field demands of another: JSON Schema could say it only with if/then, which editors and
// people read badly. What needs the policy, Git or the clock is a rule's business, not the schema's.
func (m *Manifest) requirements() (ps problems) {
	for i := range m.Items {
		it := &m.Items[i]
		switch body := it.Body.(type) {
		case *Monitoring:
			body.require(it, &ps)
		case *Approval:
			body.require(it, &ps)
		case *Schedule:
			if body.Replaces != "" {
				it.need(&ps, "reason", body.Reason)
				m.pointsBack(it, "replaces", body.Replaces, &ps)
			}
		case *Closure:
			if body.Outcome == OutcomeAcceptedRisk {
				it.need(&ps, "owner", body.Owner)
				it.need(&ps, "compensatingControl", body.CompensatingControl)
				it.need(&ps, "expiresOn", body.ExpiresOn)
			}
		case *Correction:
			m.pointsBack(it, "of", body.Of, &ps)
		}
	}
	return ps
}

// need reports an optional field that another value has made necessary.
func (it *Item) need(ps *problems, field, value string) {
	if value == "" {
		ps.add(RuleSchema, "schema.required", it.Pos, it.Name+"."+field)
	}
}

func (b *Monitoring) require(it *Item, ps *problems) {
	if b.Decision == DecisionRequired && len(b.Systems) == 0 {
		ps.add(RuleSchema, "item.systems-required", it.At("decision"))
	}
	var names []string
	for i, s := range b.Systems {
		if slices.Contains(names, s.Name) {
			ps.add(RuleSchema, "item.duplicate-system", it.At("systems", strconv.Itoa(i), "name"), s.Name)
		}
		names = append(names, s.Name)
	}
}

func (b *Approval) require(it *Item, ps *problems) {
	switch {
	case b.Review == nil && b.Signature == "":
		ps.add(RuleSchema, "item.proof-missing", it.Pos)
	case b.Review != nil && b.Signature != "":
		ps.add(RuleSchema, "item.proof-twice", it.At("signature"))
	case b.Signature != "":
		it.need(ps, "policy", b.Policy)
	}
}

// pointsBack demands that a reference names an item that stands before this one.
func (m *Manifest) pointsBack(it *Item, field, ref string, ps *problems) {
	target := m.Find(ref)
	if target == nil || target.Index >= it.Index || it.Name == ItemSchedule && target.Name != ItemSchedule {
		ps.add(RuleSchema, "item.reference", it.At(field), it.Name+"."+field, ref)
	}
}
