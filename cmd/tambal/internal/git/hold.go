//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package git

import (
	"os"
	"syscall"
)

// hold keeps an open file for this process until it is closed, however the
// process ends. It fails where another one has it.
func hold(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }
