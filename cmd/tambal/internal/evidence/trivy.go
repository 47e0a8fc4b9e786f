package evidence

import (
	"io"
	"slices"
)

const (
	maxTargets  = 20_000  // Results of one report
	maxFindings = 100_000 // findings of one report; an entry has some 2 KiB in practice
	maxPackages = 200_000 // packages of one report; more values than that the scanner does not read
	maxAliases  = 1_000   // identifiers of one finding
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
	if err := s.object([]string{"SchemaVersion", "ArtifactName", "CreatedAt", "Metadata", "Results", "ClusterName"}, t.report); err != nil {
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
	case "Metadata":
		err = t.metadata()
	case "ClusterName":
		err = fail("trivy.kubernetes")
	case "Results":
		err = t.array(t.result)
	}
	return err
}

// metadata reads which image was scanned.
func (t *trivy) metadata() error {
	if b, err := t.peek(); err == nil && b == 'n' { // null
		return t.skip()
	}
	return t.object([]string{"ImageID"}, func(string) (err error) {
		t.scan.Image, err = t.text()
		return err
	})
}

// result reads one Result. Without Vulnerabilities it is clean; of the classes
// config, secret and license it never had any, so alone they prove nothing.
func (t *trivy) result() error {
	if t.scan.Targets++; t.scan.Targets > maxTargets {
		return fail("count", "Results", maxTargets)
	}
	class, packages, target := "", "", ""
	found, listed := len(t.scan.Findings), len(t.scan.Packages)
	fields := []string{"Target", "Class", "Type", "Packages", "Vulnerabilities", "ExperimentalModifiedFindings"}
	err := t.object(fields, func(field string) (err error) {
		switch field {
		case "Target":
			target, err = t.text()
		case "Class":
			class, err = t.text()
		case "Type":
			packages, err = t.text()
		case "Packages": // written with --list-all-pkgs, which newer versions do unasked
			err = t.array(t.installed)
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
	for i := found; i < len(t.scan.Findings); i++ {
		t.scan.Findings[i].Kind, t.scan.Findings[i].Target = kind, target
	}
	for i := listed; i < len(t.scan.Packages); i++ {
		t.scan.Packages[i].Kind = kind
	}
	return err
}

// installed reads one entry of the list of packages. Version alone lacks the
// epoch and the release that findings write.
func (t *trivy) installed() error {
	var p Package
	epoch, release := "", ""
	err := t.object([]string{"ID", "Name", "Version", "Release", "Epoch"}, func(field string) (err error) {
		switch field {
		case "ID":
			p.ID, err = t.text()
		case "Name":
			p.Name, err = t.text()
		case "Version":
			p.Version, err = t.text()
		case "Release":
			release, err = t.text()
		case "Epoch":
			epoch, err = t.number()
		}
		return err
	})
	if err == nil && len(t.scan.Packages) == maxPackages {
		err = fail("count", "Packages", maxPackages)
	}
	if release != "" {
		p.Version += "-" + release
	}
	if epoch != "" && epoch != "0" {
		p.Version = epoch + ":" + p.Version
	}
	t.scan.Packages = append(t.scan.Packages, p)
	return err
}

func (t *trivy) finding(suppressed bool) error {
	f := Finding{Suppressed: suppressed}
	fields := []string{"VulnerabilityID", "PkgName", "PkgID", "InstalledVersion", "FixedVersion", "Severity", "VendorIDs"}
	into := []*string{&f.ID, &f.Package, &f.PackageID, &f.Installed, &f.Fixed, &f.Severity}
	err := t.object(fields, func(field string) (err error) {
		if field == "VendorIDs" {
			return t.aliases(&f)
		}
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

func (t *trivy) aliases(f *Finding) error {
	return t.array(func() error {
		id, err := t.text()
		if err == nil && len(f.Aliases) == maxAliases {
			err = fail("count", "VendorIDs", maxAliases)
		}
		f.Aliases = append(f.Aliases, id)
		return err
	})
}
