// Package examples holds finished cases on real CVEs with real scanner output,
// scripted histories, attacks with the finding each must give, and for every
// rule a script that breaks it and then keeps it.
//
// The demo plays them and the tests run them, so they cannot rot. It must not
// know how they are played; README.md says what the scripts' words mean. All
// people in them are invented.
package examples

import "embed"

// FS holds the examples by path: team.yaml, patches/, history/, attacks/,
// rules/ and evidence/.
//
//go:embed team.yaml patches history attacks rules evidence
var FS embed.FS
