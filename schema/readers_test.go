//go:build readers

package schema

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"
)

// reader is Node with the readers of .ci/readers.
type reader struct {
	*json.Decoder
	in *json.Encoder
}

func startReader(t *testing.T) *reader {
	t.Helper()
	node := exec.Command("node", os.Getenv("READERS"))
	node.Stderr = os.Stderr
	in, err := node.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := node.Wait(); err != nil {
			t.Error(err)
		}
	})
	r := &reader{json.NewDecoder(bufio.NewReader(out)), json.NewEncoder(in)}
	r.UseNumber()
	return r
}

// differences asks each reader for its value of a text.
func (r *reader) differences(t *testing.T, text string, value any) (list []string) {
	t.Helper()
	if err := r.in.Encode(text); err != nil {
		t.Fatal(err)
	}
	var answers [][3]any
	if err := r.Decode(&answers); err != nil || len(answers) != 2 {
		t.Fatalf("%d answers about %q: %v", len(answers), text, err)
	}
	for _, a := range answers {
		if a[2] != "" {
			list = append(list, fmt.Sprintf("%v refuses: %v", a[0], a[2]))
		} else if path, differ := difference(value, a[1], nil); differ {
			list = append(list, fmt.Sprintf("%v reads %q otherwise", a[0], fieldName(path)))
		}
	}
	return list
}

// TestReadersDiffer: the comparison sees what it looks for.
func TestReadersDiffer(t *testing.T) {
	r := startReader(t)
	for text, want := range map[string]int{"{ login: x, id: 9 }\n": 0, "{ login: x, ?id: 9 }\n": 2, "a: 'b\nc'\n": 2, "a: 'b'# c\n": 1, "a: no\n": 0} {
		d, ps := intake([]byte(text))
		if d == nil {
			t.Fatal(shown(ps))
		}
		if got := r.differences(t, text, d.Value); len(got) != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// TestReadersUnderstandAlike gives COUNT mutants that we accept to the readers.
func TestReadersUnderstandAlike(t *testing.T) {
	count, err := strconv.Atoi(os.Getenv("COUNT"))
	if err != nil || count < 1 {
		t.Fatalf("COUNT: %v", err)
	}
	r, m := startReader(t), newMutator(t, 1)
	made, whole, odd := 0, 0, 0
	seen := map[[32]byte]bool{}
	for _, s := range m.seeds {
		seen[sha256.Sum256([]byte(s))] = true
	}
	for n := 0; n < count; made++ {
		text := m.next()
		value, ok := accepted(text)
		id := sha256.Sum256([]byte(text))
		if !ok || seen[id] {
			continue
		}
		n++
		seen[id] = true
		if p, _ := Parse([]byte(text)); p != nil {
			whole++
		}
		if list := r.differences(t, text, value); len(list) > 0 {
			if odd++; odd <= 20 {
				t.Errorf("%q\n%s", list, text)
			}
		}
	}
	t.Logf("%d texts made, %d accepted and read by all, %d of them valid manifests, %d read otherwise or refused", made, count, whole, odd)
	if odd > 0 {
		t.Errorf("%d texts are not read alike", odd)
	}
}
