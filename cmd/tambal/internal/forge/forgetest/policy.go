package forgetest

import "time"

func getActions(c *call) answer  { return ok(c.g.ActionsPolicy) }
func getWorkflow(c *call) answer { return ok(c.g.WorkflowPolicy) }
func getMeta(c *call) answer     { return ok(c.g.Meta) }

// getCodeownerErrors knows nothing where no CODEOWNERS file is.
func getCodeownerErrors(c *call) answer {
	ref := c.query.Get("ref")
	if ref == "" {
		ref = c.g.defaultBranch()
	}
	sha := c.g.resolve(ref)
	for _, dir := range []string{".github/", "", "docs/"} {
		if _, err := c.g.fixed("cat-file", "-e", sha+":"+dir+"CODEOWNERS"); sha != "" && err == nil {
			return ok(object{"errors": append([]any{}, c.g.CodeownerErrors...)})
		}
	}
	return notFound()
}

func getRateLimit(*call) answer {
	limit := func(n int) object {
		return object{"limit": n, "used": 1, "remaining": n - 1, "reset": time.Now().Add(time.Hour).Unix()}
	}
	return ok(object{
		"rate":      limit(5000),
		"resources": object{"core": limit(5000), "search": limit(30), "graphql": limit(5000)},
	})
}
