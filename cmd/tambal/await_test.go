package main

import (
	"context"
	"errors"
	"io"
	"testing"
)

// TestAnInterruptDoesNotWaitForAnAnswer interrupts a read that nobody has answered.
func TestAnInterruptDoesNotWaitForAnAnswer(t *testing.T) {
	t.Parallel()
	in, out := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	late := make(chan string, 1)
	answer, err := await(ctx, func() (string, error) {
		cancel()
		line := make([]byte, 4)
		_, err := io.ReadFull(in, line)
		late <- string(line)
		return string(line), err
	})
	if answer != "" || !errors.Is(err, context.Canceled) {
		t.Errorf("%q %v", answer, err)
	}
	if _, err := io.WriteString(out, "yes\n"); err != nil || <-late != "yes\n" {
		t.Error("the read did not wait for an answer", err)
	}
}
