//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package git

import (
	"errors"
	"os"
)

// hold cannot be had here: locks are Git's plain ones, and a person takes away
// what a stop leaves.
func hold(*os.File) error { return errors.ErrUnsupported }
