package git

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// TestWhatIsNoFileIsNotReplaced: a report may go to a device, and a link that somebody
// has made leads to the same file as before.
func TestWhatIsNoFileIsNotReplaced(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	real, link := filepath.Join(dir, "laporan.md"), filepath.Join(dir, "terbaru.md")
	if err := os.WriteFile(real, []byte("lama"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("laporan.md", link); err == nil { // else this system has none
		if err := WriteFile(link, []byte("baru"), 0o644); err != nil {
			t.Error(err)
		}
		data, err := os.ReadFile(real)
		if to, _ := os.Readlink(link); to != "laporan.md" || string(data) != "baru" {
			t.Errorf("the link leads to %q, the file holds %q, %v", to, data, err)
		}
	}
	if runtime.GOOS == "windows" {
		return // its devices are no files
	}
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if err := WriteFile(fmt.Sprintf("/dev/fd/%d", in.Fd()), []byte("isi"), 0o644); err != nil {
		t.Error(err)
	}
	in.Close()
	if data, err := io.ReadAll(out); err != nil || string(data) != "isi" {
		t.Errorf("the pipe brought %q, %v", data, err)
	}
}
