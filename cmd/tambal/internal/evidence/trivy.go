package evidence

import (
	"io"
	"slices"
)

const (
	maxTargets  = 20_000  // Results of one report
	maxFindings = 100_000 // findings of one report; an entry has some 2 KiB in practice
)

// readTrivy reads "trivy … --format json", report schema 2
// (https://trivy.dev/latest/docs/configuration/reporting/#json).
func readTrivy(r io.Reader) (*Scan, error) {
	s := newScanner(r)
	t := trivy{scanner: s, scan: &Scan{Tool: "trivy"}}
	first, err := s.peek()
	if err != nil {
		return nil, err
	}
	if first == '[' {
		return nil, fail("trivy.list")
	}
	if err := s.object([]string{"SchemaVersion", "ArtifactName", "CreatedAt", "Results", "ClusterName"}, t.report); err != nil {
		return nil, err
	}
	if err := s.end(); err != nil {
		return nil, err
	}
	switch {
	case t.version == "":
		return nil, fail("missing", "SchemaVersion")
	case t.version != "2":
		return nil, fail("version", t.version, "2")
	case t.scan.Target == "":
		return nil, fail("missing", "ArtifactName")
	case t.scan.Targets == 0:
		return nil, fail("empty")
	case !t.packages:
		return nil, fail("trivy.packages")
	}
	return t.scan, nil
}

type trivy struct {
	*scanner
	scan     *Scan
	version  string
	packages bool // some Result is about packages
}

func (t *trivy) report(field string) (err error) {
	switch field {
	case "SchemaVersion":
		t.version, err = t.number()
	case "ArtifactName":
		t.scan.Target, err = t.text()
	case "CreatedAt":
		t.scan.Created, err = t.time()
	case "ClusterName":
		err = fail("trivy.kubernetes")
	case "Results":
		err = t.array(t.result)
	}
	return err
}

// result reads one Result. Without Vulnerabilities it is clean; of the classes
// config, secret and license it never had any, so alone they prove nothing.
func (t *trivy) result() error {
	if t.scan.Targets++; t.scan.Targets > maxTargets {
		return fail("count", "Results", maxTargets)
	}
	class, packages, first := "", "", len(t.scan.Findings)
	err := t.object([]string{"Class", "Type", "Vulnerabilities", "ExperimentalModifiedFindings"}, func(field string) (err error) {
		switch field {
		case "Class":
			class, err = t.text()
		case "Type":
			packages, err = t.text()
		case "Vulnerabilities":
			err = t.array(func() error { return t.finding(false) })
		case "ExperimentalModifiedFindings": // written with --show-suppressed
			err = t.array(func() error {
				return t.object([]string{"Finding"}, func(string) error { return t.finding(true) })
			})
		}
		return err
	})
	// Early schema 2 had no classes.
	t.packages = t.packages || slices.Contains([]string{"", "os-pkgs", "lang-pkgs"}, class)
	kind := class
	if class == "lang-pkgs" { // packages of another language are another look
		kind += "/" + packages
	}
	if !slices.Contains(t.scan.Kinds, kind) {
		t.scan.Kinds = append(t.scan.Kinds, kind)
	}
	for i := first; i < len(t.scan.Findings); i++ {
		t.scan.Findings[i].Kind = kind
	}
	return err
}

func (t *trivy) finding(suppressed bool) error {
	f := Finding{Suppressed: suppressed}
	fields := []string{"VulnerabilityID", "PkgName", "InstalledVersion", "FixedVersion", "Severity"}
	into := []*string{&f.ID, &f.Package, &f.Installed, &f.Fixed, &f.Severity}
	err := t.object(fields, func(field string) (err error) {
		*into[slices.Index(fields, field)], err = t.text()
		return err
	})
	switch {
	case err != nil:
		return err
	case f.ID == "" && suppressed: // a misconfiguration or a secret
		return nil
	case f.ID == "":
		return fail("missing", "VulnerabilityID")
	case len(t.scan.Findings) == maxFindings:
		return fail("count", "Vulnerabilities", maxFindings)
	}
	t.scan.Findings = append(t.scan.Findings, f)
	return nil
}
