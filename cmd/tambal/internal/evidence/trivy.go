package evidence

import (
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
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
	t := trivy{scanner: newScanner(r), scan: &Scan{Tool: "trivy"}}
	if t.peek() == jsontext.KindBeginArray {
		t.refuse("trivy.list")
	}
	t.object([]string{"SchemaVersion", "ArtifactName", "CreatedAt", "Metadata", "Results", "ClusterName"}, t.report)
	t.end()
	switch {
	case t.version == "":
		t.refuse("missing", "SchemaVersion")
	case t.version != "2":
		t.refuse("version", t.version, "2")
	case t.scan.Target == "":
		t.refuse("missing", "ArtifactName")
	case t.scan.Targets == 0:
		t.refuse("empty")
	case !t.packages:
		t.refuse("trivy.packages")
	}
	if t.err != nil {
		return nil, t.err
	}
	return t.scan, nil
}

type trivy struct {
	*scanner
	scan     *Scan
	version  string
	packages bool // some Result is about packages
}

func (t *trivy) report(field string) {
	switch field {
	case "SchemaVersion":
		t.version = t.number()
	case "ArtifactName":
		t.scan.Target = t.text()
	case "CreatedAt":
		t.scan.Created = t.time()
	case "Metadata":
		t.metadata()
	case "ClusterName":
		t.refuse("trivy.kubernetes")
	case "Results":
		t.array(t.result)
	}
}

// metadata reads which image was scanned.
func (t *trivy) metadata() {
	if t.peek() == jsontext.KindNull {
		t.skip()
		return
	}
	t.object([]string{"ImageID"}, func(string) { t.scan.Image = t.text() })
}

// result reads one Result. Without Vulnerabilities it is clean; of the classes
// config, secret and license it never had any, so alone they prove nothing.
func (t *trivy) result() {
	if t.scan.Targets++; t.scan.Targets > maxTargets {
		t.refuse("count", "Results", maxTargets)
	}
	class, packages, target := "", "", ""
	found, listed := len(t.scan.Findings), len(t.scan.Packages)
	fields := []string{"Target", "Class", "Type", "Packages", "Vulnerabilities", "ExperimentalModifiedFindings"}
	into := []*string{&target, &class, &packages}
	t.object(fields, func(field string) {
		switch field {
		case "Packages": // written with --list-all-pkgs, which newer versions do unasked
			t.array(t.installed)
		case "Vulnerabilities":
			t.array(func() { t.finding(false) })
		case "ExperimentalModifiedFindings": // written with --show-suppressed
			t.array(func() { t.object([]string{"Finding"}, func(string) { t.finding(true) }) })
		default:
			*into[slices.Index(fields, field)] = t.text()
		}
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
}

// installed reads one entry of the list of packages. Version alone lacks the
// epoch and the release that findings write.
func (t *trivy) installed() {
	var p Package
	epoch, release := "", ""
	fields := []string{"ID", "Name", "Version", "Release", "Epoch"}
	into := []*string{&p.ID, &p.Name, &p.Version, &release}
	t.object(fields, func(field string) {
		if field == "Epoch" {
			epoch = t.number()
		} else {
			*into[slices.Index(fields, field)] = t.text()
		}
	})
	if len(t.scan.Packages) == maxPackages {
		t.refuse("count", "Packages", maxPackages)
	}
	if release != "" {
		p.Version += "-" + release
	}
	if epoch != "" && epoch != "0" {
		p.Version = epoch + ":" + p.Version
	}
	t.scan.Packages = append(t.scan.Packages, p)
}

func (t *trivy) finding(suppressed bool) {
	f := Finding{Suppressed: suppressed}
	fields := []string{"VulnerabilityID", "PkgName", "PkgID", "InstalledVersion", "FixedVersion", "Severity", "VendorIDs"}
	into := []*string{&f.ID, &f.Package, &f.PackageID, &f.Installed, &f.Fixed, &f.Severity}
	t.object(fields, func(field string) {
		if field == "VendorIDs" {
			t.aliases(&f)
		} else {
			*into[slices.Index(fields, field)] = t.text()
		}
	})
	switch {
	case f.ID == "" && suppressed: // a misconfiguration or a secret
	case f.ID == "":
		t.refuse("missing", "VulnerabilityID")
	case len(t.scan.Findings) == maxFindings:
		t.refuse("count", "Vulnerabilities", maxFindings)
	default:
		t.scan.Findings = append(t.scan.Findings, f)
	}
}

func (t *trivy) aliases(f *Finding) {
	t.array(func() {
		id := t.text()
		if len(f.Aliases) == maxAliases {
			t.refuse("count", "VendorIDs", maxAliases)
		}
		f.Aliases = append(f.Aliases, id)
	})
}
