package forgetest

import (
	"net/url"
	"regexp"
	"strings"
	"sync"
)

// route is one operation of the API. Its path is written as in GitHub's
// description, where it is looked up.
type route struct {
	method, path string
	// permissions are the ones of which one suffices.
	permissions []string
	handle      func(*call) answer
}

const repo = "/repos/{owner}/{repo}"

var (
	metadata       = []string{"metadata"}
	pullRequests   = []string{"pull-requests"}
	conversation   = []string{"issues", "pull-requests"}
	contents       = []string{"contents"}
	statuses       = []string{"statuses"}
	administration = []string{"administration"}
)

// routes is every operation there is. A new one is a new line here; longer
// paths stand before those that would swallow them.
var routes = []route{
	{"GET", repo, metadata, getRepository},
	{"PATCH", repo, administration, updateRepository},
	{"GET", repo + "/pulls", pullRequests, listPulls},
	{"POST", repo + "/pulls", pullRequests, createPull},
	{"GET", repo + "/pulls/{pull_number}", pullRequests, getPull},
	{"PATCH", repo + "/pulls/{pull_number}", pullRequests, updatePull},
	{"PUT", repo + "/pulls/{pull_number}/merge", contents, mergePull},
	{"GET", repo + "/pulls/{pull_number}/reviews", pullRequests, listReviews},
	{"POST", repo + "/pulls/{pull_number}/reviews", pullRequests, createReview},
	{"GET", repo + "/pulls/{pull_number}/reviews/{review_id}", pullRequests, getReview},
	{"GET", repo + "/pulls/{pull_number}/requested_reviewers", pullRequests, listRequestedReviewers},
	{"POST", repo + "/pulls/{pull_number}/requested_reviewers", pullRequests, requestReviewers},
	{"GET", repo + "/issues/{issue_number}/timeline", conversation, listTimeline},
	{"GET", repo + "/issues/{issue_number}/comments", conversation, listComments},
	{"POST", repo + "/issues/{issue_number}/comments", conversation, createComment},
	{"PATCH", repo + "/issues/comments/{comment_id}", conversation, updateComment},
	{"GET", repo + "/commits/{ref}/status", statuses, combinedStatus},
	{"GET", repo + "/commits/{ref}/statuses", statuses, listStatuses},
	{"GET", repo + "/commits/{commit_sha}/pulls", pullRequests, listPullsOfCommit},
	{"GET", repo + "/commits/{ref}", contents, getCommit},
	{"POST", repo + "/statuses/{sha}", statuses, createStatus},
	{"GET", repo + "/rulesets", metadata, withPlan(listRulesets)},
	{"POST", repo + "/rulesets", administration, withPlan(createRuleset)},
	{"GET", repo + "/rulesets/{ruleset_id}", metadata, withPlan(getRuleset)},
	{"PUT", repo + "/rulesets/{ruleset_id}", administration, withPlan(updateRuleset)},
	{"GET", repo + "/rules/branches/{branch}", metadata, withPlan(rulesOfBranch)},
	{"GET", repo + "/branches/{branch}/protection", administration, withPlan(getProtection)},
	{"GET", repo + "/actions/permissions/workflow", administration, getWorkflow},
	{"GET", repo + "/actions/permissions", administration, getActions},
	{"GET", repo + "/collaborators/{username}/permission", metadata, getPermission},
	{"GET", repo + "/codeowners/errors", contents, getCodeownerErrors},
	{"GET", "/user", []string{"user"}, getViewer},
	{"GET", "/users/{username}", nil, getUserByLogin},
	{"GET", "/user/{account_id}", nil, getUserByID},
	{"GET", "/meta", nil, getMeta},
	{"GET", "/rate_limit", nil, getRateLimit},
}

// patterns are the paths of routes as expressions. A branch or a ref may hold
// slashes, which some clients escape and some do not.
var patterns = sync.OnceValue(func() []*regexp.Regexp {
	parameter := regexp.MustCompile(`\\\{(\w+)\\\}`)
	var all []*regexp.Regexp
	for _, r := range routes {
		expression := parameter.ReplaceAllStringFunc(regexp.QuoteMeta(r.path), func(found string) string {
			name := parameter.FindStringSubmatch(found)[1]
			if name == "branch" || name == "ref" {
				return `(?P<` + name + `>.+)`
			}
			return `(?P<` + name + `>[^/]+)`
		})
		all = append(all, regexp.MustCompile("^"+expression+"$"))
	}
	return all
})

// find matches an escaped path; known tells whether any method has it.
func find(method, path string) (r *route, parameters map[string]string, known bool) {
	for i, pattern := range patterns() {
		found := pattern.FindStringSubmatch(path)
		if found == nil {
			continue
		}
		known = true
		if !strings.EqualFold(routes[i].method, method) {
			continue
		}
		parameters = map[string]string{}
		for n, name := range pattern.SubexpNames() {
			if name == "" {
				continue
			}
			value, err := url.PathUnescape(found[n])
			if err != nil {
				value = found[n]
			}
			parameters[name] = value
		}
		return &routes[i], parameters, true
	}
	return nil, nil, known
}
