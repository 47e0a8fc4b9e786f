package forge

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
)

// Options say which repository on which GitHub is meant. Only Repository is
// required.
type Options struct {
	Repository string // owner/name
	// API is the root of the REST API; "" means https://api.github.com. For an
	// Enterprise Server "/api/v3" may be left out.
	API   string
	Token string // "" reads what everybody may read
	// Sleep waits between attempts; nil means that it really does.
	Sleep func(context.Context, time.Duration) error
	// Waiting is called before each such wait; it may be nil.
	Waiting func(time.Duration)

	now func() time.Time
}

// Limit is how long everything may take that one command asks of the forge about one
// pull request, or for one question of an audit. The caller gives its context that
// deadline.
const Limit = 2 * time.Minute

// Client asks one GitHub about one repository. Each call ends with its context.
type Client struct {
	gh          *github.Client
	owner, name string
	now         func() time.Time
	pause       func(context.Context, time.Duration) error
}

var fullName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_-]*/[A-Za-z0-9_.-]+$`)

// New returns a client. An address without encryption is taken only for this
// machine itself: a token is not for everybody on the wire.
func New(o Options) (*Client, error) {
	if !fullName.MatchString(o.Repository) {
		return nil, &Error{Code: "forge.repository", Args: []any{o.Repository}}
	}
	base, err := apiRoot(o.API)
	if err != nil {
		return nil, err
	}
	if o.now == nil {
		o.now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	hc := &http.Client{CheckRedirect: onlyReading}
	hc.Transport = &strict{inner: http.DefaultTransport, api: base, token: o.Token, now: o.now, sleep: o.Sleep, waiting: o.Waiting}
	c := &Client{gh: github.NewClient(hc), now: o.now, pause: o.Sleep}
	c.gh.BaseURL, c.gh.UserAgent = base, "tambal"
	c.owner, c.name, _ = strings.Cut(o.Repository, "/")
	return c, nil
}

// apiRoot turns an address into the root of its REST API, with a final slash.
func apiRoot(address string) (*url.URL, error) {
	if address == "" {
		address = "https://api.github.com"
	}
	u, err := url.Parse(strings.TrimSuffix(address, "/"))
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, &Error{Code: "forge.address", Args: []any{address}}
	}
	switch {
	case u.Scheme == "http" && loopback(u.Hostname()):
	case u.Scheme != "https":
		return nil, &Error{Code: "forge.plain-http", Args: []any{address}}
	case !strings.HasPrefix(u.Hostname(), "api.") && !strings.HasSuffix(u.Path, "/api/v3"):
		u.Path += "/api/v3"
	}
	u.Path += "/"
	return u, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// APIFor returns the REST root of the GitHub whose pages are at server
// ("https://github.com", "https://SUB.ghe.com", "https://HOST").
func APIFor(server string) string {
	u, err := url.Parse(server)
	switch {
	case err != nil || u.Host == "":
		return server
	case u.Host == "github.com":
		return "https://api.github.com"
	case strings.HasSuffix(u.Host, ".ghe.com"):
		return "https://api." + u.Host
	}
	return strings.TrimSuffix(server, "/") + "/api/v3"
}

// onlyReading follows a redirect of a reading call to the same host: a
// repository that was renamed. Anything else could carry a write, or a secret,
// to the wrong server.
func onlyReading(req *http.Request, via []*http.Request) error {
	first := via[0]
	switch {
	case first.Method != http.MethodGet && first.Method != http.MethodHead:
		return http.ErrUseLastResponse
	case len(via) >= 5 || req.URL.Host != first.URL.Host || req.URL.Scheme != first.URL.Scheme:
		return &Error{Code: "forge.redirect", Args: []any{req.URL.Host}}
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Pause waits for the forge to catch up, or until the context ends.
func (c *Client) Pause(ctx context.Context, d time.Duration) { _ = c.pause(ctx, d) }

// Viewer returns the account the token belongs to; the zero Account for a token
// that belongs to no user, as a workflow's.
func (c *Client) Viewer(ctx context.Context) (Account, error) {
	u, resp, err := c.gh.Users.Get(ctx, "")
	err = c.fail(call{"user", "-"}, resp, err)
	var own *Error
	if errors.As(err, &own) && own.Status == http.StatusForbidden {
		return Account{}, nil
	}
	return account(u), err
}
