package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/tambal-id/tambal/cmd/tambal/internal/text"
)

// TestHelpSpeaksTheLanguageThatTheCallNames: help is written before the flags are
// parsed, and --lang may stand anywhere among flags that other commands have.
func TestHelpSpeaksTheLanguageThatTheCallNames(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"--lang en --help", "--help --lang en", "-h --lang=en", "approve --lang en --help", "approve X --reject --lang en --help",
		"new --set decision=required --lang=en -h", "next --again -h --lang en",
	} {
		var out bytes.Buffer
		a := &env{in: strings.NewReader(""), out: &out, err: &out, getenv: func(string) string { return "" }}
		if code := a.run(strings.Fields(line)); code != exitPass || !strings.Contains(out.String(), text.English.Say("help.usage")) {
			t.Errorf("%s: exit code %d\n%s", line, code, &out)
		}
	}
}
