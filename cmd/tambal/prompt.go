package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/tambal-id/tambal/cmd/tambal/internal/casework"
)

// readLine reads one answer of the person.
func (a *env) readLine() (string, error) {
	if a.lines == nil {
		a.lines = bufio.NewReader(a.in)
	}
	line, err := casework.Await(a.context(), func() (string, error) { return a.lines.ReadString('\n') })
	if err != nil {
		return "", usage("questions.stopped")
	}
	return strings.TrimSpace(line), nil
}

// passphrase asks at the terminal, without echo.
func (a *env) passphrase() ([]byte, error) {
	file, ok := a.in.(*os.File)
	if !ok || !a.terminal {
		return nil, nil
	}
	fd := int(file.Fd())
	echoing, err := term.GetState(fd)
	if err != nil {
		return nil, err
	}
	fmt.Fprint(a.err, a.lang.Say("approve.passphrase")+" ")
	defer fmt.Fprintln(a.err)
	defer term.Restore(fd, echoing) // a read that is left behind does not
	return casework.Await(a.context(), func() ([]byte, error) { return term.ReadPassword(fd) })
}
