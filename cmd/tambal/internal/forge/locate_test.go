package forge

import "testing"

func environment(vars map[string]string) func(string) string {
	return func(name string) string { return vars[name] }
}

// TestTokensGoToTheHostThatWasNamed: the origin of a clone is written by whoever
// made it.
func TestTokensGoToTheHostThatWasNamed(t *testing.T) {
	getenv := environment(map[string]string{"GITHUB_TOKEN": "umum", "GH_ENTERPRISE_TOKEN": "kantor", "GH_HOST": "git.kantor.example"})
	for server, want := range map[string]string{
		"https://github.com": "umum", "https://kantor.ghe.com": "umum", "https://git.kantor.example": "kantor",
		"https://jahat.example": "", "https://github.com.jahat.example": "", "https://jahatghe.com": "",
	} {
		at, err := Locate(getenv, server+"/kantor/tambalan.git")
		if err != nil || at.Token != want {
			t.Errorf("%s gets %q, want %q (%v)", server, at.Token, want, err)
		}
	}
}

// TestTheForgeIsFoundByEnvironmentAndOrigin: what a workflow sets comes first,
// then what the clone says, then github.com.
func TestTheForgeIsFoundByEnvironmentAndOrigin(t *testing.T) {
	for origin, want := range map[string]Location{
		"https://github.com/kantor/tambalan.git":            {Server: "https://github.com", API: "https://api.github.com", Repository: "kantor/tambalan"},
		"https://x:rahasia@github.com/kantor/tambalan":      {Server: "https://github.com", API: "https://api.github.com", Repository: "kantor/tambalan"},
		"git@kantor.ghe.com:kantor/tambalan.git":            {Server: "https://kantor.ghe.com", API: "https://api.kantor.ghe.com", Repository: "kantor/tambalan"},
		"ssh://git@git.kantor.example:2222/kantor/tambalan": {Server: "https://git.kantor.example", API: "https://git.kantor.example/api/v3", Repository: "kantor/tambalan"},
	} {
		got, err := Locate(environment(nil), origin)
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", origin, got, err, want)
		}
		told := environment(map[string]string{"GITHUB_SERVER_URL": "https://lain.example", "GITHUB_REPOSITORY": "lain/nama", "GITHUB_TOKEN": "t"})
		if got, err := Locate(told, origin); err != nil || got.CloneURL() != "https://lain.example/lain/nama.git" || got.Token != "t" {
			t.Errorf("%s in a workflow: %+v, %v", origin, got, err)
		}
	}
	for _, origin := range []string{"", "/srv/git/tambalan.git", "https://github.com/tambalan"} {
		if at, err := Locate(environment(nil), origin); err == nil {
			t.Errorf("%q is %+v", origin, at)
		}
	}
}
