package git

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
)

// Remote is a repository reached over smart HTTP: its address, and a token that
// goes to that address only, as the password.
type Remote struct{ URL, Token string }

func (r Remote) auth() transport.AuthMethod {
	if r.Token == "" {
		return nil
	}
	return &githttp.BasicAuth{Username: "x-access-token", Password: r.Token}
}

// fetched is where Fetch keeps what it brings, out of the way of branches.
const fetched = "refs/tambal/"

// Fetch brings the named references (full names, such as refs/pull/12/head) and
// returns the commits they lead to, in the same order.
func (r *Repo) Fetch(ctx context.Context, from Remote, refs ...string) ([]*Commit, error) {
	options := &gogit.FetchOptions{RemoteURL: from.URL, Auth: from.auth(), Tags: gogit.NoTags, Force: true}
	for _, ref := range refs {
		options.RefSpecs = append(options.RefSpecs, config.RefSpec("+"+ref+":"+fetched+strings.TrimPrefix(ref, "refs/")))
	}
	if err := r.fetch(ctx, options); err != nil {
		return nil, err
	}
	var list []*Commit
	for _, ref := range refs {
		at, err := r.reference(plumbing.ReferenceName(fetched + strings.TrimPrefix(ref, "refs/")))
		if err != nil {
			return nil, &Error{Code: "history.no-remote-ref", Args: []any{ref}, Err: ErrNoRef}
		}
		c, err := r.peel(ID(at.Hash().String()))
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

// FetchCommit brings one commit that no branch may lead to any more; nil when
// the other side does not have it, or does not give it.
func (r *Repo) FetchCommit(ctx context.Context, from Remote, id ID) (*Commit, error) {
	if !objectID.MatchString(string(id)) {
		return nil, nil
	}
	if c, err := r.Commit(id); err == nil {
		return c, nil
	}
	spec := config.RefSpec(string(id) + ":" + fetched + "commit/" + string(id))
	err := r.fetch(ctx, &gogit.FetchOptions{RemoteURL: from.URL, Auth: from.auth(), Tags: gogit.NoTags, RefSpecs: []config.RefSpec{spec}})
	if err != nil && ctx.Err() != nil {
		return nil, err
	}
	if c, err := r.Commit(id); err == nil {
		return c, nil
	}
	return nil, nil // it stays unknown, whatever the reason
}

func (r *Repo) fetch(ctx context.Context, o *gogit.FetchOptions) error {
	remote := gogit.NewRemote(r.store, &config.RemoteConfig{Name: "tambal", URLs: []string{o.RemoteURL}})
	err := remote.FetchContext(ctx, o)
	if errors.Is(err, gogit.NoErrAlreadyUpToDate) {
		return nil
	}
	return remoteError(o.RemoteURL, err)
}

// Push moves a branch of the other side from old to a commit that builds on it;
// it refuses with ErrMoved when the branch stands elsewhere by then.
func (r *Repo) Push(ctx context.Context, to Remote, branch string, old, commit ID) error {
	name := plumbing.NewBranchReferenceName(branch)
	remote := gogit.NewRemote(r.store, &config.RemoteConfig{Name: "tambal", URLs: []string{to.URL}})
	err := remote.PushContext(ctx, &gogit.PushOptions{
		RemoteName: "tambal", RemoteURL: to.URL, Auth: to.auth(),
		RefSpecs:          []config.RefSpec{config.RefSpec(string(commit) + ":" + name.String())},
		RequireRemoteRefs: []config.RefSpec{config.RefSpec(string(old) + ":" + name.String())},
	})
	switch {
	case err == nil || errors.Is(err, gogit.NoErrAlreadyUpToDate):
		return nil
	case errors.Is(err, gogit.ErrNonFastForwardUpdate), strings.Contains(err.Error(), "required to be"), strings.Contains(err.Error(), "failed to update ref"):
		return ErrMoved
	}
	return remoteError(to.URL, err)
}

// remoteError says what a remote would not do. Addresses here never carry a
// secret, and the library's messages name the address only.
func remoteError(address string, err error) error {
	_, locked := errors.AsType[*Error](err)
	_, file := errors.AsType[*fs.PathError](err)
	_, named := errors.AsType[*os.LinkError](err)
	switch {
	case err == nil, locked, file, named: // our own disk, not the remote
		return err
	case errors.Is(err, transport.ErrAuthenticationRequired), errors.Is(err, transport.ErrAuthorizationFailed):
		return &Error{Code: "history.remote-denied", Args: []any{address}, Err: err}
	case errors.Is(err, transport.ErrRepositoryNotFound):
		return &Error{Code: "history.remote-missing", Args: []any{address}, Err: err}
	case errors.Is(err, gogit.NoMatchingRefSpecError{}):
		return &Error{Code: "history.no-remote-ref", Args: []any{address}, Err: err}
	}
	return &Error{Code: "history.remote", Args: []any{address, err.Error()}, Err: err}
}

// Origin returns the address of the remote "origin", "" when there is none.
func (r *Repo) Origin() string {
	address, length := "", 0
	for _, s := range r.config.all("remote") {
		if s.sub == "origin" && s.key == "url" && address == "" {
			address = s.value
		}
	}
	// Only the repository's own rules count: a person's may carry a password.
	written := address
	for _, s := range r.config.all("url") {
		if s.key == "insteadof" && len(s.value) > length && strings.HasPrefix(written, s.value) {
			address, length = s.sub+written[len(s.value):], len(s.value)
		}
	}
	return address
}
