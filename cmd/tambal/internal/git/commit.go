package git

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// identity is the strict form of an author or committer line. Git and Go read
// looser forms differently, so a looser line identifies nobody.
var identity = regexp.MustCompile(`^([^<>\x00-\x1f\x7f]*) <([^<>\s\x00-\x1f\x7f]*)> (0|[1-9]\d{0,10}) ([+-])(\d\d)(\d\d)$`)

var objectID = regexp.MustCompile(`^[0-9a-f]{40}$`)

// IsID says whether a text has the form of a whole object id.
func IsID(s string) bool { return objectID.MatchString(s) }

// parseCommit reads a commit object by the strict grammar: one tree, parents,
// one author, one committer, then other headers, UTF-8 throughout. Headers that
// other programs add (change-id, HG:extra, mergetag, ...) are skipped as Git skips
// them, unless one could be taken for a header that names somebody. An object outside it gets Malformed; Tree and Parents are still filled where
// they can be, so that the walk goes on and the finding names the commit.
func parseCommit(id ID, raw []byte) *Commit {
	c := &Commit{ID: id, Raw: raw}
	fault := func(code string) {
		if c.Malformed == "" {
			c.Malformed = code
		}
	}
	header, message, ended := strings.Cut(string(raw), "\n\n")
	c.Message = message
	if !ended { // git's own log reads past the end then
		fault("history.commit.header")
	}
	if !utf8.Valid(raw) || strings.ContainsRune(string(raw), 0) {
		fault("history.commit.encoding")
	}
	seen := map[string]bool{}
	stage := 0 // tree 0, parent 1, author 2, committer 3, others 4
	for _, line := range strings.Split(header, "\n") {
		if strings.HasPrefix(line, " ") {
			if stage < 4 {
				fault("history.commit.header")
			}
			continue // continuation of a signature, a merge tag or another header
		}
		key, value, _ := strings.Cut(line, " ")
		if once[key] && seen[key] {
			fault("history.commit.twice")
			continue
		}
		seen[key] = true
		stage = parseHeader(c, stage, key, value, fault)
	}
	if !seen["author"] || !seen["committer"] {
		fault("history.commit.header")
	}
	if c.Tree == "" {
		fault("history.commit.header")
	}
	return c
}

// once are the headers of which a second one would say something else.
var once = map[string]bool{"tree": true, "author": true, "committer": true, "encoding": true, "gpgsig": true}

// otherHeader is the form of a header nobody here needs to know. Control
// characters could make a terminal show another line.
var otherHeader = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9:._-]* [^\x00-\x08\x0a-\x1f\x7f]*$`)

// lookalike is a header that a careless reader takes for another one.
var lookalike = regexp.MustCompile(`(?i)^(tree|parent|author|committer|encoding|gpgsig)$`)

// latin are the encodings in which plain ASCII is the same text; i18n.commitEncoding
// writes the header whatever the text is.
var latin = regexp.MustCompile(`(?i)^(us-ascii|iso-?8859-\d+|latin-?\d+|(windows-|cp)125\d)$`)

// parseHeader reads one header line and returns the stage after it.
func parseHeader(c *Commit, stage int, key, value string, fault func(string)) int {
	order := map[string]int{"tree": 0, "parent": 1, "author": 2, "committer": 3}
	at, known := order[key]
	if !known {
		at = 4
	}
	if at < stage || (at == 4 && stage < 3) {
		fault("history.commit.header")
	}
	switch key {
	case "tree":
		if objectID.MatchString(value) {
			c.Tree = ID(value)
		}
	case "parent":
		if !objectID.MatchString(value) || stage > at { // a late parent is none to Git
			fault("history.commit.header")
			break
		}
		c.Parents = append(c.Parents, ID(value))
	case "author":
		c.Author = parseIdentity(value, fault)
	case "committer":
		c.Committer = parseIdentity(value, fault)
	case "encoding":
		plain := !strings.ContainsFunc(string(c.Raw), func(r rune) bool { return r > unicode.MaxASCII })
		if !strings.EqualFold(value, "utf-8") && !strings.EqualFold(value, "utf8") && !(plain && latin.MatchString(value)) {
			fault("history.commit.encoding")
		}
	case "gpgsig", "mergetag":
	default:
		if lookalike.MatchString(key) || !otherHeader.MatchString(key+" "+value) {
			fault("history.commit.header")
		}
	}
	return max(stage, at)
}

func parseIdentity(value string, fault func(string)) Identity {
	m := identity.FindStringSubmatch(value)
	if m == nil {
		fault("history.commit.identity")
		return Identity{}
	}
	seconds, _ := strconv.ParseInt(m[3], 10, 64)
	hours, _ := strconv.Atoi(m[5])
	minutes, _ := strconv.Atoi(m[6])
	if hours > 14 || minutes%15 != 0 || minutes > 45 || seconds == 0 {
		fault("history.commit.date")
		return Identity{}
	}
	offset := hours*3600 + minutes*60
	if m[4] == "-" {
		offset = -offset
	}
	return Identity{Name: strings.TrimRight(m[1], " "), Email: m[2], When: time.Unix(seconds, 0).In(time.FixedZone("", offset))}
}

// ForgeEmail is the committer of what GitHub makes in its own pages.
const ForgeEmail = "noreply@github.com"

// Trailer is one `Key: value` line of the last paragraph of a message.
type Trailer struct{ Key, Value string }

var trailerLine = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9-]*): +(\S.*)$`)

// Trailers returns the trailers of the message: its last paragraph, if that is
// not the first one and every line of it has the form `Key: value`. They are an
// index for people, never a proof.
func (c *Commit) Trailers() []Trailer { return parseTrailers(c.Message) }

func parseTrailers(message string) []Trailer {
	text := strings.TrimRight(message, "\n")
	cut := strings.LastIndex(text, "\n\n")
	if cut < 0 {
		return nil
	}
	var list []Trailer
	for _, line := range strings.Split(text[cut+2:], "\n") {
		m := trailerLine.FindStringSubmatch(line)
		if m == nil {
			return nil
		}
		list = append(list, Trailer{m[1], strings.TrimRight(m[2], " ")})
	}
	return list
}

// Trailer returns the values of one key, in order.
func (c *Commit) Trailer(key string) []string {
	var values []string
	for _, t := range c.Trailers() {
		if strings.EqualFold(t.Key, key) {
			values = append(values, t.Value)
		}
	}
	return values
}

// coAuthorLine takes an address wherever it is in the message: a name that
// is mentioned as co-author can only take away the right to approve.
var coAuthorLine = regexp.MustCompile(`(?im)^co-authored-by:.*<([^<>\s]+)>`)

// CoAuthors returns the e-mail addresses named as co-authors.
func (c *Commit) CoAuthors() []string {
	var list []string
	for _, m := range coAuthorLine.FindAllStringSubmatch(c.Message, -1) {
		list = append(list, m[1])
	}
	return list
}
