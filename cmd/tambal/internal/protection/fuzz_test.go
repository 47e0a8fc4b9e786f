package protection

import "testing"

// FuzzParseOwners: no CODEOWNERS panics, and what a pattern matches is found as
// owned by that line or a later one.
func FuzzParseOwners(f *testing.F) {
	for _, seed := range []string{"/policies/ @siti\n", "* @a @b # c\n", "docs/*.md\n", "/a/**/b @x\n", "\\#x @y\n", "[a-z] @z\n", "!no @x\n", "/.github/ @dinas/tim\n", "/ @a\n/#x\n", "/*\t@a\n"} {
		f.Add(seed, "policies/team.yaml")
	}
	f.Fuzz(func(t *testing.T, content, path string) {
		o := ownerFile{rules: parseOwners(content)}
		found := o.last(path)
		for _, r := range o.rules {
			if match, _ := r.Match(path); match && found != nil && found.LineNumber < r.LineNumber {
				t.Errorf("%q: line %d matches %q after line %d", content, r.LineNumber, path, found.LineNumber)
			}
		}
	})
}

// FuzzParseWorkflow: no workflow file panics the reader.
func FuzzParseWorkflow(f *testing.F) {
	f.Add("on: push\njobs:\n  a:\n    if: false\n    steps:\n      - uses: actions/checkout@v4\n")
	f.Add("name: tambal\non:\n  pull_request_target:\n    types: [opened]\n")
	f.Fuzz(func(t *testing.T, content string) {
		if w := parseWorkflow(".github/workflows/x.yml", content); w != nil {
			_ = w.trusted()
		}
	})
}
