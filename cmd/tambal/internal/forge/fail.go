package forge

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// call names what was asked, and the permission a token needs for it.
type call struct{ what, permission string }

// fail turns what went wrong into an *Error that says where, why, and what
// would help; nil stays nil.
func (c *Client) fail(op call, resp *github.Response, err error) error {
	if err == nil {
		return nil
	}
	var own *Error
	if errors.As(err, &own) {
		return own
	}
	what := text.Phrase{Code: "forge.what." + op.what}
	e := &Error{Code: "forge.unsound", Args: []any{what, text.Phrase{Code: "forge.unsound.shape"}}, Err: err}
	var odd *unsound
	var limited *github.RateLimitError // known before asking
	var wire *url.Error
	switch {
	case errors.As(err, &odd):
		e.Args[1] = text.Phrase{Code: odd.code}
	case resp != nil && resp.Response != nil && resp.StatusCode/100 != 2:
		return c.refused(op, resp, err)
	case errors.As(err, &limited):
		e.Code, e.Status, e.Args[1] = "forge.rate", http.StatusForbidden, limited.Rate.Reset.UTC().Format(time.RFC3339)
	case errors.Is(err, context.Canceled):
		e.Code, e.Args = "forge.stopped", []any{what}
	case errors.Is(err, context.DeadlineExceeded):
		e.Code, e.Args = "forge.slow", []any{what}
	case errors.As(err, &wire):
		e.Code, e.Args = "forge.unreachable", []any{what, c.gh.BaseURL.Host, wire.Err.Error()}
	}
	return e
}

// refused reads an answer that is not a success.
func (c *Client) refused(op call, resp *github.Response, err error) error {
	what := text.Phrase{Code: "forge.what." + op.what}
	e := &Error{Status: resp.StatusCode, Args: []any{what, op.permission}, Err: err}
	wait, limited := rateLimit(resp.Response, c.now())
	switch {
	case limited && wait > 0:
		e.Code, e.Args = "forge.rate", []any{what, c.now().Add(wait).UTC().Format(time.RFC3339)}
	case limited:
		e.Code, e.Args = "forge.rate-unknown", []any{what}
	case resp.StatusCode == http.StatusUnauthorized:
		e.Code = "forge.token"
	case resp.StatusCode == http.StatusForbidden:
		e.Code, e.Args = "forge.denied", append(e.Args, reason(err))
	case resp.StatusCode == http.StatusNotFound, resp.StatusCode == http.StatusGone:
		e.Code = "forge.missing"
	case resp.StatusCode == http.StatusMethodNotAllowed, resp.StatusCode == http.StatusConflict, resp.StatusCode == http.StatusUnprocessableEntity:
		e.Code, e.Args, e.Refused = "forge.refused", []any{what, resp.StatusCode, reason(err)}, true
	default:
		e.Code, e.Args = "forge.status", []any{what, resp.StatusCode}
	}
	return e
}

// reason is the forge's own sentence.
func reason(err error) string {
	var answer *github.ErrorResponse
	if errors.As(err, &answer) {
		return answer.Message
	}
	return ""
}
