package forgetest

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// upgrade is GitHub's answer about rules where the plan has none.
const upgrade = "Upgrade to GitHub Pro or make this repository public to enable this feature."

// AddRuleset stores a ruleset as it would be sent to the API and returns its
// number. Rules may be of any type.
func (g *GitHub) AddRuleset(ruleset map[string]any) int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.addRuleset(ruleset)["id"].(int64)
}

// Rulesets are the stored rulesets.
func (g *GitHub) Rulesets() []map[string]any {
	g.mu.Lock()
	defer g.mu.Unlock()
	var copies []map[string]any
	for _, r := range g.rulesets {
		copies = append(copies, maps.Clone(r))
	}
	return copies
}

// SetProtection sets the answer about a branch's old-style protection.
func (g *GitHub) SetProtection(branch string, protection map[string]any) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.protections[branch] = protection
}

func (g *GitHub) addRuleset(in object) object {
	r := maps.Clone(in)
	now := stamp(g.Clock())
	r["id"], r["created_at"], r["updated_at"] = g.nextID(), now, now
	r["source_type"], r["source"] = "Repository", g.Owner+"/"+g.Name
	r["node_id"] = fmt.Sprintf("RRS_%d", r["id"])
	defaults := object{
		"target": "branch", "enforcement": "active", "rules": []any{}, "bypass_actors": []any{},
		"conditions": object{"ref_name": object{"include": []any{}, "exclude": []any{}}},
	}
	for name, value := range defaults {
		if _, given := r[name]; !given {
			r[name] = value
		}
	}
	g.rulesets = append(g.rulesets, r)
	return r
}

// withPlan refuses what a private repository on the free plan does not have.
func withPlan(handle func(*call) answer) func(*call) answer {
	return func(c *call) answer {
		if c.g.Private && c.g.Plan == "free" {
			return refuse(403, upgrade)
		}
		return handle(c)
	}
}

func (c *call) rulesetBody(r object, whole bool) object {
	body := maps.Clone(r)
	body["_links"] = object{
		"self": object{"href": fmt.Sprintf("%s/rulesets/%d", c.repositoryURL(), r["id"])},
		"html": object{"href": fmt.Sprintf("%s/rules/%d", c.htmlURL(), r["id"])},
	}
	admin := c.viewer != nil && c.viewer.Permission == "admin" && !c.g.refused([]string{"administration"}, true)
	// Who may pass by is told to those only who may change the ruleset.
	if !admin || !whole {
		delete(body, "bypass_actors")
	}
	if whole && admin {
		body["current_user_can_bypass"] = "never"
	}
	if !whole {
		delete(body, "rules")
		delete(body, "conditions")
	}
	return body
}

func listRulesets(c *call) answer {
	return paged(c, c.g.rulesets, func(r object) any { return c.rulesetBody(r, false) })
}

func (c *call) rulesetOf() object {
	i := slices.IndexFunc(c.g.rulesets, func(r object) bool { return r["id"] == c.number("ruleset_id") })
	if i < 0 {
		return nil
	}
	return c.g.rulesets[i]
}

func getRuleset(c *call) answer {
	if r := c.rulesetOf(); r != nil {
		return ok(c.rulesetBody(r, true))
	}
	return notFound()
}

func createRuleset(c *call) answer {
	var in object
	if refusal, bad := c.read(&in); bad {
		return refusal
	}
	for _, r := range c.g.rulesets {
		if r["name"] == in["name"] {
			return invalid(object{"resource": "Ruleset", "code": "custom", "message": "Name must be unique"})
		}
	}
	return answer{status: 201, body: c.rulesetBody(c.g.addRuleset(in), true)}
}

func updateRuleset(c *call) answer {
	r := c.rulesetOf()
	if r == nil {
		return notFound()
	}
	var in object
	if refusal, bad := c.read(&in); bad {
		return refusal
	}
	maps.Copy(r, in)
	r["updated_at"] = stamp(c.g.Clock())
	return ok(c.rulesetBody(r, true))
}

func rulesOfBranch(c *call) answer {
	var found []object
	for _, r := range c.g.rulesets {
		if r["enforcement"] != "active" || r["target"] != "branch" || !c.g.covers(r, c.path["branch"]) {
			continue
		}
		for _, rule := range items(r["rules"]) {
			body, isObject := rule.(object)
			if !isObject {
				continue
			}
			body = maps.Clone(body)
			body["ruleset_source_type"], body["ruleset_source"] = r["source_type"], r["source"]
			body["ruleset_id"] = r["id"]
			found = append(found, body)
		}
	}
	return paged(c, found, func(r object) any { return r })
}

// items reads a list that came from JSON or was written in a test.
func items(list any) []any {
	switch list := list.(type) {
	case []any:
		return list
	case []object:
		var all []any
		for _, item := range list {
			all = append(all, item)
		}
		return all
	case []string:
		var all []any
		for _, item := range list {
			all = append(all, item)
		}
		return all
	}
	return nil
}

func (g *GitHub) covers(ruleset object, branch string) bool {
	conditions, _ := ruleset["conditions"].(object)
	names, _ := conditions["ref_name"].(object)
	matches := func(list any) bool {
		return slices.ContainsFunc(items(list), func(pattern any) bool {
			switch pattern {
			case "~ALL":
				return true
			case "~DEFAULT_BRANCH":
				return branch == g.defaultBranch()
			}
			glob, _ := pattern.(string)
			hit, err := path.Match(glob, "refs/heads/"+branch)
			prefix, deep := strings.CutSuffix(glob, "/**/*")
			return err == nil && hit || deep && strings.HasPrefix("refs/heads/"+branch, prefix+"/")
		})
	}
	return matches(names["include"]) && !matches(names["exclude"])
}

func getProtection(c *call) answer {
	branch := c.path["branch"]
	if c.g.resolve("heads/"+branch) == "" {
		return refuse(404, "Branch not found")
	}
	if protection := c.g.protections[branch]; protection != nil {
		return ok(protection)
	}
	return refuse(404, "Branch not protected")
}
