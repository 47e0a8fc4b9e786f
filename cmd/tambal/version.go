// tambal version: the program's and Go's version.

package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// versionCommand prints what the build knows about itself.
func versionCommand(a *env) *cobra.Command {
	return a.command("version", between(0, 0), func([]string) error {
		version, revision := "(devel)", ""
		if info, ok := debug.ReadBuildInfo(); ok {
			if info.Main.Version != "" {
				version = info.Main.Version
			}
			for _, s := range info.Settings {
				if s.Key == "vcs.revision" {
					revision = " " + s.Value
				}
			}
		}
		fmt.Fprintf(a.out, "tambal %s%s %s %s/%s\n", version, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)
		return nil
	})
}
