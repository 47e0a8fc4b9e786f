package forge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	attempts   = 5                // of one call, the first included
	callLimit  = 30 * time.Second // for one attempt
	bodyLimit  = 16 << 20         // bytes of one answer
	firstPause = time.Second      // doubled after each attempt
)

// strict stands between the client library and the wire. It gives the token to
// the API's own host only, tries again what may be tried again, and passes on
// complete answers only: the library takes an empty body or `null` for a success.
type strict struct {
	inner http.RoundTripper
	api   *url.URL
	token string
	now   func() time.Time
	sleep func(context.Context, time.Duration) error
	// waiting is called before each sleep; it may be nil.
	waiting func(time.Duration)
}

// RoundTrip implements http.RoundTripper.
func (s *strict) RoundTrip(req *http.Request) (*http.Response, error) {
	pause := firstPause
	for try := 1; ; try++ {
		resp, err := s.once(req)
		wait, again := s.again(req, resp, err, pause)
		if !again || try == attempts {
			return resp, err
		}
		if deadline, ok := req.Context().Deadline(); ok && wait > time.Until(deadline) {
			return resp, err // the answer says when; waiting for it would not help
		}
		if s.waiting != nil {
			s.waiting(wait)
		}
		if serr := s.sleep(req.Context(), wait); serr != nil {
			return resp, err
		}
		pause *= 2
	}
}

// once makes one attempt and reads its answer whole.
func (s *strict) once(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), callLimit)
	defer cancel()
	call := req.Clone(ctx)
	if req.GetBody != nil {
		body, err := req.GetBody()
		if err != nil {
			return nil, err
		}
		call.Body = body
	}
	call.Header.Del("Authorization")
	if s.token != "" && call.URL.Host == s.api.Host && call.URL.Scheme == s.api.Scheme {
		call.Header.Set("Authorization", "Bearer "+s.token)
	}
	resp, err := s.inner.RoundTrip(call)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, bodyLimit+1))
	if err != nil {
		return nil, &unsound{"forge.unsound.truncated"}
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if err := sound(resp, body); err != nil {
		return nil, err
	}
	return resp, nil
}

// unsound is an answer that cannot be what was asked for.
type unsound struct{ code string }

func (u *unsound) Error() string { return u.code }

// sound wants a success to carry one whole JSON value that says something, and only
// one thing: of a name that stands twice the decoder would take the last.
func sound(resp *http.Response, body []byte) error {
	switch trimmed := bytes.TrimSpace(body); {
	case len(body) > bodyLimit:
		return &unsound{"forge.unsound.large"}
	case resp.StatusCode/100 != 2, resp.StatusCode == http.StatusNoContent && resp.Request.Method != http.MethodGet:
		return nil
	case len(trimmed) == 0:
		return &unsound{"forge.unsound.empty"}
	case !strings.Contains(resp.Header.Get("Content-Type"), "json"):
		return &unsound{"forge.unsound.type"}
	case bytes.Equal(trimmed, []byte("null")):
		return &unsound{"forge.unsound.empty"}
	case !json.Valid(trimmed):
		return &unsound{"forge.unsound.truncated"}
	case !jsontext.Value(trimmed).IsValid():
		return &unsound{"forge.unsound.ambiguous"}
	}
	return nil
}

// again says whether a call may be made once more, and after how long. What
// writes is repeated only where the forge says that it did nothing.
func (s *strict) again(req *http.Request, resp *http.Response, err error, pause time.Duration) (time.Duration, bool) {
	jitter := time.Duration(rand.Int64N(int64(pause)/2 + 1))
	reads := req.Method == http.MethodGet || req.Method == http.MethodHead
	if err != nil {
		var ours *Error
		var name *net.DNSError
		final := errors.As(err, &ours) || errors.As(err, &name) && name.IsNotFound // no second try finds the host
		return pause + jitter, reads && req.Context().Err() == nil && !final
	}
	if wait, limited := rateLimit(resp, s.now()); limited {
		return max(wait, pause) + jitter, true
	}
	switch resp.StatusCode {
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return pause + jitter, reads
	}
	return 0, false
}

// rateLimit says whether an answer asks to wait, and for how long; 0 where it
// does not say. GitHub answers 429, or 403 with one of these marks.
func rateLimit(resp *http.Response, now time.Time) (time.Duration, bool) {
	if resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusForbidden {
		return 0, false
	}
	after := resp.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(after); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second, true
	}
	if at, err := http.ParseTime(after); err == nil {
		return max(0, at.Sub(now)), true
	}
	if resp.Header.Get("X-RateLimit-Remaining") == "0" {
		if unix, err := strconv.ParseInt(resp.Header.Get("X-RateLimit-Reset"), 10, 64); err == nil {
			return max(0, time.Unix(unix, 0).Sub(now)), true
		}
		return 0, true
	}
	if resp.StatusCode == http.StatusTooManyRequests {
		return 0, true
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return 0, err == nil && bytes.Contains(bytes.ToLower(body), []byte("secondary rate limit"))
}
