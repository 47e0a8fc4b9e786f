package forge

import (
	"net/url"
	"regexp"
	"strings"
)

// Location is where a clone's forge is, and what may be shown to it.
type Location struct {
	Server     string // the root of its pages: https://github.com
	API        string // the root of its REST API
	Repository string // owner/name
	Token      string // "" reads what everybody may read
}

// CloneURL is the repository for fetching and pushing.
func (l Location) CloneURL() string {
	return strings.TrimSuffix(l.Server, "/") + "/" + l.Repository + ".git"
}

// address matches what a remote can be called: https://HOST/OWNER/NAME(.git),
// git@HOST:OWNER/NAME(.git), ssh://git@HOST(:PORT)/OWNER/NAME(.git).
var address = regexp.MustCompile(`^(?:https?://(?:[^@/]+@)?|ssh://(?:[^@/]+@)?|[^@/:]+@)([^/:]+)(?::\d+)?[/:]([^/]+/[^/]+?)(?:\.git)?/?$`)

// Locate finds the forge: by what a workflow sets in the environment, else by the
// address of the clone's origin.
func Locate(getenv func(string) string, origin string) (Location, error) {
	l := Location{Server: getenv("GITHUB_SERVER_URL"), Repository: getenv("GITHUB_REPOSITORY"), API: getenv("GITHUB_API_URL")}
	told := l.Server != "" || l.API != ""
	if m := address.FindStringSubmatch(origin); m != nil {
		if !told {
			l.Server = "https://" + m[1]
		}
		if l.Repository == "" {
			l.Repository = m[2]
		}
	}
	if l.Server == "" {
		l.Server = "https://github.com"
	}
	if l.Repository == "" {
		return Location{}, &Error{Code: "forge.no-repository"}
	}
	if l.API == "" {
		l.API = APIFor(l.Server)
	}
	l.Token = token(getenv, l.Server, told)
	return l, nil
}

// token returns the token for a server. One meant for github.com goes nowhere
// else: the origin of a clone is written by whoever made it.
func token(getenv func(string) string, server string, told bool) string {
	names := []string{"GITHUB_TOKEN", "GH_TOKEN"}
	if u, err := url.Parse(server); err == nil && !told && u.Host != "github.com" && !strings.HasSuffix(u.Host, ".ghe.com") {
		names = nil
		if u.Host == getenv("GH_HOST") { // the host that the person named, not the clone
			names = []string{"GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"}
		}
	}
	for _, name := range names {
		if token := strings.TrimSpace(getenv(name)); token != "" {
			return token
		}
	}
	return ""
}
