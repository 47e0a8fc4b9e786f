package schema

// The folders and files of a patch repository. Everybody who means one of them
// names it by these constants.
const (
	CasesDir     = "patches"    // all cases, a folder per year, a folder per case
	ManifestFile = "patch.yaml" // the manifest, in the case's folder
	EvidenceDir  = "evidence"   // the case's files, in the case's folder
	PoliciesDir  = "policies"   // the office's own policy
	SOPFile      = "sop.yaml"   // the procedure, in the policy's folder
	SchemaDir    = "schema"     // the JSON Schemas, for the editor
	ForgeDir     = ".github"    // what runs the check itself, and whose word it needs

	SOPPath = PoliciesDir + "/" + SOPFile
)
