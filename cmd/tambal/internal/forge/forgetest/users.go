package forgetest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// User is an account.
type User struct {
	ID         int64
	Login      string
	Name       string   // the name on commits GitHub makes; "" means Login
	Emails     []string // addresses of commits that are this user's, first one preferred
	Type       string   // User or Bot
	Permission string   // on the repository: admin, maintain, write, triage, read or none
	deleted    bool
}

// AddUser adds an account that may write to the repository. A login ending in
// [bot] makes a Bot.
func (g *GitHub) AddUser(login string, id int64) *User {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.addUser(login, id)
}

func (g *GitHub) addUser(login string, id int64) *User {
	u := &User{
		ID: id, Login: login, Type: "User", Permission: "write",
		Emails: []string{fmt.Sprintf("%d+%s@users.noreply.github.com", id, login)},
	}
	if strings.HasSuffix(login, "[bot]") {
		u.Type = "Bot"
	}
	g.users[id] = u
	return u
}

// RenameUser gives an account another login; its number stays.
func (g *GitHub) RenameUser(id int64, login string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if u := g.users[id]; u != nil {
		u.Login = login
	}
}

// DeleteUser deletes an account: what it wrote stays, with a user of null.
func (g *GitHub) DeleteUser(id int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if u := g.users[id]; u != nil {
		u.deleted = true
	}
}

// TokenOf makes a token for a user, beside Token.
func (g *GitHub) TokenOf(id int64) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	token := fmt.Sprintf("%s-user-%d", g.Token, id)
	g.tokens[token] = id
	return token
}

func (g *GitHub) live(id int64) *User {
	if u := g.users[id]; u != nil && !u.deleted {
		return u
	}
	return nil
}

func (g *GitHub) byLogin(login string) *User {
	for _, u := range g.users {
		if !u.deleted && strings.EqualFold(u.Login, login) {
			return u
		}
	}
	return nil
}

func (g *GitHub) byEmail(email string) *User {
	for _, u := range g.users {
		if !u.deleted && slices.ContainsFunc(u.Emails, func(e string) bool { return strings.EqualFold(e, email) }) {
			return u
		}
	}
	return nil
}

// user is the body of an account as it is inside other bodies; null when it
// was deleted.
func (c *call) user(id int64) any {
	if u := c.g.live(id); u != nil {
		return c.account(u.Login, u.ID, u.Type)
	}
	return nil
}

// account keeps the brackets of a bot's login out of addresses, where RFC 3986
// has no place for them.
func (c *call) account(login string, id int64, kind string) object {
	name := strings.NewReplacer("[", "%5B", "]", "%5D").Replace(login)
	api := c.api + "/users/" + name
	html := "https://github.com/" + name
	if bot, isBot := strings.CutSuffix(login, "[bot]"); isBot {
		html = "https://github.com/apps/" + bot
	}
	return object{
		"login": login, "id": id, "node_id": fmt.Sprintf("U_%d", id), "type": kind, "site_admin": false,
		"user_view_type": "public", "gravatar_id": "", "url": api, "html_url": html,
		"avatar_url":    fmt.Sprintf("https://avatars.githubusercontent.com/u/%d?v=4", id),
		"followers_url": api + "/followers", "following_url": api + "/following{/other_user}",
		"gists_url": api + "/gists{/gist_id}", "starred_url": api + "/starred{/owner}{/repo}",
		"subscriptions_url": api + "/subscriptions", "organizations_url": api + "/orgs",
		"repos_url": api + "/repos", "events_url": api + "/events{/privacy}",
		"received_events_url": api + "/received_events",
	}
}

func (c *call) profile(u *User) answer {
	body := c.account(u.Login, u.ID, u.Type)
	public := object{
		"name": nil, "company": nil, "blog": "", "location": nil, "email": nil, "hireable": nil, "bio": nil,
		"public_repos": 0, "public_gists": 0, "followers": 0, "following": 0,
		"created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-01T00:00:00Z",
	}
	maps.Copy(body, public)
	if u.Name != "" {
		body["name"] = u.Name
	}
	return ok(body)
}

func getViewer(c *call) answer {
	if c.viewer == nil {
		return refuse(401, "Requires authentication")
	}
	return c.profile(c.viewer)
}

func getUserByLogin(c *call) answer {
	if u := c.g.byLogin(c.path["username"]); u != nil {
		return c.profile(u)
	}
	return notFound()
}

func getUserByID(c *call) answer {
	if u := c.g.live(c.number("account_id")); u != nil {
		return c.profile(u)
	}
	return notFound()
}

func getPermission(c *call) answer {
	u := c.g.byLogin(c.path["username"])
	if u == nil {
		return refuse(404, c.path["username"]+" is not a user")
	}
	// The old field knows four words only; role_name holds the true one.
	legacy := map[string]string{"maintain": "write", "triage": "read"}[u.Permission]
	if legacy == "" {
		legacy = u.Permission
	}
	user := c.account(u.Login, u.ID, u.Type)
	user["role_name"] = u.Permission
	user["permissions"] = permissions(u.Permission)
	return ok(object{"permission": legacy, "role_name": u.Permission, "user": user})
}

func permissions(role string) object {
	rank := slices.Index([]string{"none", "read", "triage", "write", "maintain", "admin"}, role)
	return object{"pull": rank >= 1, "triage": rank >= 2, "push": rank >= 3, "maintain": rank >= 4, "admin": rank >= 5}
}

// association is what the author of something is to the repository.
func (c *call) association(id int64) string {
	u := c.g.live(id)
	switch {
	case u == nil || u.Permission == "none":
		return "NONE"
	case u.Login == c.g.Owner:
		return "OWNER"
	case c.g.OwnerType == "Organization":
		return "MEMBER"
	}
	return "COLLABORATOR"
}
