// Package forgetest is a GitHub for tests: one repository with pull requests,
// reviews, statuses and rules, whose Git side is a real bare repository served
// by git's own http-backend, so that a merge asked for over the API makes a
// real commit.
//
// It owns the imitation: what GitHub answers, what it refuses and what it
// remembers. It must not know tambal: it imports no package of this module, so
// that a wrong idea about GitHub cannot be shared between the client and the
// imitation. Every exchange is compared with GitHub's own OpenAPI description,
// cut down in testdata/openapi; a difference fails the test that caused it.
//
// To add an operation: one line in the table in routes.go, one handler, and
// the description cut again:
//
//	OPENAPI=.../api.github.com.json OPENAPI_UPDATE=1 go test -tags openapi -run Cut ./...
//
// How the same tests are run through Prism is written in README.md.
package forgetest
