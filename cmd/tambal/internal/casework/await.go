package casework

import (
	"context"
	"time"
)

// grace is how long an answer waits for an interrupt that was typed before it:
// the signal reaches the program beside the terminal's lines, and may come later.
const grace = 10 * time.Millisecond

// Await reads an answer until ctx ends, and then returns why it ended. A read of a
// terminal cannot be called off, so it is left behind: what it still reads, or has
// read in the same moment, answers nothing.
func Await[T any](ctx context.Context, read func() (T, error)) (answer T, err error) {
	var got T
	var failed error
	done := make(chan struct{})
	if ctx.Err() == nil {
		go func() {
			got, failed = read()
			if ctx.Done() != nil { // somebody can interrupt
				time.Sleep(grace)
			}
			close(done)
		}()
	}
	select {
	case <-ctx.Done():
	case <-done:
	}
	if err := ctx.Err(); err != nil {
		return answer, err
	}
	return got, failed
}
