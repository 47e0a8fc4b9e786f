package report

import (
	"io"

	"github.com/tambal-id/tambal/cmd/tambal/internal/finding"
)

// writeJSON writes the model as it is; the manifest's own text is not changed.
func writeJSON(w io.Writer, r *Report) error { return finding.WriteObject(w, r) }
