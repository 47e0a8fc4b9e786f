package forgetest

import (
	"os"
	"strings"
)

// CleanEnvironment takes what the caller has set for Git, a forge or the language
// out of this process, and so out of every program it starts: tests run in a
// hook, in a workflow or on a machine that has no identity. Call it in TestMain.
func CleanEnvironment() {
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		for _, prefix := range []string{"GIT_", "GITHUB_", "GH_", "TAMBAL_LANG", "SSH_ASKPASS"} {
			if strings.HasPrefix(name, prefix) {
				os.Unsetenv(name)
			}
		}
	}
	os.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	os.Setenv("GIT_CONFIG_NOSYSTEM", "1")
}
