package forgetest

import "fmt"

// defaultSettings are those of a new repository.
func defaultSettings() object {
	return object{
		"description": nil, "homepage": nil, "default_branch": "main", "archived": false,
		"has_issues": true, "has_projects": true, "has_wiki": true, "has_discussions": false,
		"allow_merge_commit": true, "allow_squash_merge": true, "allow_rebase_merge": true,
		"allow_auto_merge": false, "allow_update_branch": false, "delete_branch_on_merge": false,
		"allow_forking": true, "web_commit_signoff_required": false, "use_squash_pr_title_as_default": false,
		"squash_merge_commit_title": "COMMIT_OR_PR_TITLE", "squash_merge_commit_message": "COMMIT_MESSAGES",
		"merge_commit_title": "MERGE_MESSAGE", "merge_commit_message": "PR_TITLE", "is_template": false,
	}
}

func (g *GitHub) defaultBranch() string {
	name, _ := g.Settings["default_branch"].(string)
	return name
}

func (c *call) repositoryURL() string { return c.api + "/repos/" + c.g.Owner + "/" + c.g.Name }
func (c *call) htmlURL() string       { return "https://github.com/" + c.g.Owner + "/" + c.g.Name }

func (c *call) owner() object { return c.account(c.g.Owner, 100_000+c.g.RepositoryID, c.g.OwnerType) }

// repository is the body of the repository inside other bodies.
func (c *call) repository() object {
	body := c.minimal(c.g.Owner, c.g.Name, c.g.RepositoryID, c.owner(), false)
	body["private"], body["visibility"] = c.g.Private, "public"
	if c.g.Private {
		body["visibility"] = "private"
	}
	for name, value := range c.g.Settings {
		body[name] = value
	}
	body["clone_url"] = c.g.GitURL()
	return body
}

func (c *call) fork(f *Fork, owner object) object {
	body := c.minimal(f.Owner, f.Name, f.ID, owner, true)
	for name, value := range defaultSettings() {
		body[name] = value
	}
	return body
}

func (c *call) minimal(owner, name string, id int64, account object, fork bool) object {
	full := owner + "/" + name
	api, html := c.api+"/repos/"+full, "https://github.com/"+full
	body := object{
		"id": id, "node_id": fmt.Sprintf("R_%d", id), "name": name, "full_name": full, "owner": account,
		"private": false, "visibility": "public", "fork": fork, "html_url": html, "url": api,
		"git_url": "git://github.com/" + full + ".git", "ssh_url": "git@github.com:" + full + ".git",
		"clone_url": html + ".git", "svn_url": html, "mirror_url": nil, "language": nil, "license": nil,
		"forks": 0, "forks_count": 0, "stargazers_count": 0, "watchers": 0, "watchers_count": 0, "size": 0,
		"open_issues": 0, "open_issues_count": 0, "topics": []any{}, "disabled": false,
		"has_pages": false, "has_downloads": true,
		"pushed_at": "2024-01-01T00:00:00Z", "created_at": "2024-01-01T00:00:00Z", "updated_at": "2024-01-01T00:00:00Z",
	}
	for field, tail := range map[string]string{
		"archive": "/{archive_format}{/ref}", "assignees": "/assignees{/user}", "blobs": "/git/blobs{/sha}",
		"branches": "/branches{/branch}", "collaborators": "/collaborators{/collaborator}",
		"comments": "/comments{/number}", "commits": "/commits{/sha}", "compare": "/compare/{base}...{head}",
		"contents": "/contents/{+path}", "contributors": "/contributors", "deployments": "/deployments",
		"downloads": "/downloads", "events": "/events", "forks": "/forks", "git_commits": "/git/commits{/sha}",
		"git_refs": "/git/refs{/sha}", "git_tags": "/git/tags{/sha}", "hooks": "/hooks",
		"issue_comment": "/issues/comments{/number}", "issue_events": "/issues/events{/number}",
		"issues": "/issues{/number}", "keys": "/keys{/key_id}", "labels": "/labels{/name}",
		"languages": "/languages", "merges": "/merges", "milestones": "/milestones{/number}",
		"notifications": "/notifications{?since,all,participating}", "pulls": "/pulls{/number}",
		"releases": "/releases{/id}", "stargazers": "/stargazers", "statuses": "/statuses/{sha}",
		"subscribers": "/subscribers", "subscription": "/subscription", "tags": "/tags", "teams": "/teams",
		"trees": "/git/trees{/sha}",
	} {
		body[field+"_url"] = api + tail
	}
	return body
}

func (c *call) fullRepository() object {
	body := c.repository()
	body["network_count"], body["subscribers_count"] = 0, 0
	role := "read"
	if c.viewer != nil {
		role = c.viewer.Permission
	}
	body["permissions"] = permissions(role)
	if c.g.OwnerType == "Organization" {
		body["organization"] = c.owner()
	}
	// How merges are done is shown to those who may push.
	if permissions(role)["push"] == false {
		for name := range defaultSettings() {
			if len(name) > 6 && (name[:6] == "allow_" && name != "allow_forking" || name == "delete_branch_on_merge") {
				delete(body, name)
			}
		}
	}
	return body
}

func getRepository(c *call) answer { return ok(c.fullRepository()) }

func updateRepository(c *call) answer {
	var in object
	if refusal, bad := c.read(&in); bad {
		return refusal
	}
	if private, given := in["private"].(bool); given {
		c.g.Private = private
	}
	if visibility, given := in["visibility"].(string); given {
		c.g.Private = visibility != "public"
	}
	for name, value := range in {
		if _, known := c.g.Settings[name]; known {
			c.g.Settings[name] = value
		}
	}
	return ok(c.fullRepository())
}
