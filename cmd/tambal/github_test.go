package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tambal-id/tambal/cmd/tambal/internal/forge/forgetest"
	"github.com/tambal-id/tambal/cmd/tambal/internal/gate"
	"github.com/tambal-id/tambal/cmd/tambal/internal/git"
)

// hub is the example office on a GitHub of its own: the branch that a script
// works on is pushed there and waits in a pull request.
type hub struct {
	*forgetest.GitHub
	t      testing.TB
	p      *player
	number int
	given  map[string]int64 // each person's latest review
}

// onGitHub gives a player its GitHub, with an account for everybody in the team.
func onGitHub(t testing.TB, p *player, gh *forgetest.GitHub) *hub {
	t.Helper()
	h := &hub{GitHub: gh, t: t, p: p, given: map[string]int64{}}
	gh.Lock()
	gh.Clock = func() time.Time { return p.Now }
	gh.Unlock()
	for i := range p.Team.People {
		if account := p.Team.People[i].GitHub; account != nil {
			gh.AddUser(account.Login, account.ID).Emails = p.Team.People[i].Emails
		}
	}
	p.Env = map[string]string{
		"GITHUB_API_URL": gh.URL(), "GITHUB_SERVER_URL": strings.TrimSuffix(gh.GitURL(), "/"+gh.Owner+"/"+gh.Name+".git"),
		"GITHUB_REPOSITORY": gh.Owner + "/" + gh.Name, "GITHUB_TOKEN": gh.Token, "GITHUB_ACTIONS": "true",
	}
	p.GitHub = h.act
	recordHub(t, h)
	return h
}

// account is the number of a person's account.
func (h *hub) account(id string) int64 {
	person := h.p.Team.ByID(id)
	if person == nil || person.GitHub == nil {
		h.t.Fatalf("%s has no account", id)
	}
	return person.GitHub.ID
}

// push brings all branches of the office's clone to GitHub, as a person with git
// would, by force.
func (h *hub) push() {
	if err := runGit(h.t, h.p, "push", "-q", "--force", h.Dir(), "refs/heads/*:refs/heads/*"); err != nil {
		h.t.Fatal(err)
	}
}

// fetch brings all branches back.
func (h *hub) fetch() error {
	return errors.Join(runGit(h.t, h.p, "fetch", "-q", "--no-auto-maintenance", "--update-head-ok", h.Dir(), "+refs/heads/*:refs/heads/*"), runGit(h.t, h.p, "reset", "-q", "--hard"))
}

// act does the words after "github" in a script.
func (h *hub) act(words []string) error {
	verb, args := words[0], append(words[1:], "", "")
	switch verb {
	case "push":
		h.push()
	case "pull":
		return h.fetch()
	case "open":
		h.push()
		base := "main"
		if args[0] != "" {
			base = args[0]
		}
		h.number = h.Open(h.account(h.p.Who.ID), h.p.ID, base, h.p.CaseTitle()).Number
	case "record": // records the decision and brings it back into the clone
		if err := h.p.Command("0", []string{"tambal", "record", h.p.ID, "--push"}); err != nil {
			return err
		}
		return h.fetch()
	case "review":
		h.given[h.p.Who.ID] = h.Review(h.number, h.account(h.p.Who.ID), args[0], args[1])
	case "dismiss":
		h.Dismiss(h.given[args[0]])
	case "draft":
		h.Draft(h.number)
	case "ready":
		h.Ready(h.number)
	case "close":
		h.Close(h.number)
	case "reopen":
		h.Reopen(h.number)
	case "retarget":
		h.Retarget(h.number, args[0])
	case "rename":
		h.RenameUser(h.account(args[0]), args[1])
	case "delete":
		h.DeleteUser(h.account(args[0]))
	case "deny":
		h.Deny(args[0])
	case "allow":
		h.Allow(args[0])
	case "gate":
		return h.gate(words[1:])
	default:
		return fmt.Errorf("unknown word github %s", verb)
	}
	return nil
}

// gate judges the pull request over the API and compares with what is wanted.
func (h *hub) gate(want []string) error {
	a := h.p.app()
	repo, err := git.Open(h.p.Dir)
	if err != nil {
		return err
	}
	defer repo.Close()
	var p *gate.PullRequest
	err = a.onForge(repo, func(ctx context.Context, at *gate.Origin) (err error) {
		p, err = at.Judge(ctx, repo, h.number, "", gate.Options{Now: h.p.Now})
		return err
	})
	if err != nil {
		return h.p.Expect(nil, err, want)
	}
	return h.p.Expect(p.Judgement, nil, want)
}

// waiting is an office whose case waits for the Kabid.
var waiting = prepared(reviewLane, "include history/normal.txtar until analysed\n")

// reviewLane leaves the policy at what an office starts with: a review that
// GitHub confirms is enough.
func reviewLane(files map[string][]byte) {
	sop := string(files["policies/sop.yaml"])
	files["policies/sop.yaml"] = []byte(strings.Replace(sop, "minimum: signed", "minimum: confirmed", 1))
}

// waitingOffice is an office of its own whose plan and analysis of SP-2026-0001
// are complete, on a GitHub, in no pull request yet. It is ten past ten.
func waitingOffice(t testing.TB, gh *forgetest.GitHub) *hub {
	t.Helper()
	p := waiting(t)
	p.must(t, "case", "SP-2026-0001")
	h := onGitHub(t, p, gh)
	h.must("at", "2026-02-02T10:10:00+07:00")
	h.must("as", "agus-p")
	return h
}

func (h *hub) must(words ...string) {
	h.t.Helper()
	if err := h.p.Act(words); err != nil {
		h.t.Fatal(err)
	}
}

// play runs lines of a script.
func (h *hub) play(script string) {
	h.t.Helper()
	if err := h.p.PlayData("script", []byte(script)); err != nil {
		h.t.Fatal(err)
	}
}

// meanwhile runs lines of a script while a command of another one waits for an
// answer.
func (h *hub) meanwhile(script string) {
	other := h.p.Clone()
	if err := other.PlayData("meanwhile", []byte(script)); err != nil {
		h.t.Error(err)
	}
}

// read and write a file of the office's working tree.
func (h *hub) read(name string) string {
	h.t.Helper()
	data, err := os.ReadFile(filepath.Join(h.p.Dir, name))
	if err != nil {
		h.t.Fatal(err)
	}
	return string(data)
}

func (h *hub) write(name, data string) {
	h.t.Helper()
	if err := writeFile(h.p.Dir, name, []byte(data)); err != nil {
		h.t.Fatal(err)
	}
}

// get is the present answer of the API to a path of the repository.
func (h *hub) get(path string) string {
	h.t.Helper()
	req, err := http.NewRequest(http.MethodGet, fmt.Sprintf("%s/repos/%s/%s%s", h.URL(), h.Owner, h.Name, path), nil)
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+h.Token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return string(body)
}

// mergeButton merges over the API as GitHub's page does.
func (h *hub) mergeButton(number int, method string) error {
	body := strings.NewReader(`{"merge_method":"` + method + `"}`)
	req, err := http.NewRequest(http.MethodPut, fmt.Sprintf("%s/repos/%s/%s/pulls/%d/merge", h.URL(), h.Owner, h.Name, number), body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+h.Token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("merge: %s", resp.Status)
	}
	return nil
}
