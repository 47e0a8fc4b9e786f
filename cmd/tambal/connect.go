package main

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge"
	"github.com/tambal-id/tambal/cmd/tambal/internal/history"
)

// link is the forge behind a clone: its API, and its repository for fetching and
// pushing.
type link struct {
	*forge.Client
	remote history.Remote
}

// address matches what a remote can be called: https://HOST/OWNER/NAME(.git),
// git@HOST:OWNER/NAME(.git), ssh://git@HOST(:PORT)/OWNER/NAME(.git).
var address = regexp.MustCompile(`^(?:https?://(?:[^@/]+@)?|ssh://(?:[^@/]+@)?|[^@/:]+@)([^/:]+)(?::\d+)?[/:]([^/]+/[^/]+?)(?:\.git)?/?$`)

// connect finds the forge: by what a workflow sets, else by the clone's origin.
// limit is for everything the command asks; 0 takes the usual one.
func (a *app) connect(repo *history.Repo, limit time.Duration) (*link, error) {
	server, name, api := a.getenv("GITHUB_SERVER_URL"), a.getenv("GITHUB_REPOSITORY"), a.getenv("GITHUB_API_URL")
	told := server != "" || api != ""
	if m := address.FindStringSubmatch(repo.Origin()); m != nil {
		if server == "" && api == "" {
			server = "https://" + m[1]
		}
		if name == "" {
			name = m[2]
		}
	}
	if server == "" {
		server = "https://github.com"
	}
	if name == "" {
		return nil, usage("forge.no-repository")
	}
	if api == "" {
		api = forge.APIFor(server)
	}
	token := a.token(server, told)
	options := forge.Options{Repository: name, API: api, Token: token, Limit: limit, Sleep: a.sleep}
	if a.terminal {
		options.Waiting = func(d time.Duration) {
			fmt.Fprintln(a.err, a.lang.Say("forge.waiting", int(d.Round(time.Second).Seconds())))
		}
	}
	client, err := forge.New(a.context(), options)
	if err != nil {
		return nil, err
	}
	return &link{client, history.Remote{URL: strings.TrimSuffix(server, "/") + "/" + name + ".git", Token: token}}, nil
}

// token returns the token for a server. One meant for github.com goes nowhere
// else: the origin of a clone is written by whoever made it.
func (a *app) token(server string, told bool) string {
	names := []string{"GITHUB_TOKEN", "GH_TOKEN"}
	if u, err := url.Parse(server); err == nil && !told && u.Host != "github.com" && !strings.HasSuffix(u.Host, ".ghe.com") {
		names = nil
		if u.Host == a.getenv("GH_HOST") { // the host that the person named, not the clone
			names = []string{"GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"}
		}
	}
	for _, name := range names {
		if token := strings.TrimSpace(a.getenv(name)); token != "" {
			return token
		}
	}
	return ""
}

// context ends when the person interrupts.
func (a *app) context() context.Context {
	if a.ctx == nil {
		return context.Background()
	}
	return a.ctx
}
