package forgetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// call is one request on its way through a handler.
type call struct {
	g       *GitHub
	request *http.Request
	route   *route
	path    map[string]string
	query   url.Values
	body    []byte
	viewer  *User  // nil: nobody
	api     string // the API's address as this client wrote it
	self    string // the request's path as GitHub writes it into links
}

// answer is what a handler says.
type answer struct {
	status int
	body   any
	header http.Header
}

const documentation = "https://docs.github.com/rest"

func ok(body any) answer { return answer{status: http.StatusOK, body: body} }

func refuse(status int, message string) answer {
	return answer{status: status, body: object{
		"message": message, "documentation_url": documentation, "status": strconv.Itoa(status),
	}}
}

func notFound() answer { return refuse(http.StatusNotFound, "Not Found") }

// invalid refuses a body, saying which field.
func invalid(problem any) answer {
	reply := refuse(http.StatusUnprocessableEntity, "Validation Failed")
	reply.body.(object)["errors"] = []any{problem}
	return reply
}

// unprocessable refuses a body with a sentence.
func unprocessable(sentence string) answer {
	reply := refuse(http.StatusUnprocessableEntity, "Unprocessable Entity")
	reply.body.(object)["errors"] = []any{sentence}
	return reply
}

// broken is the answer when the imitation itself fails, which fails the test.
func (c *call) broken(err error) answer {
	c.g.t.Errorf("forgetest: %s %s: %v", c.request.Method, c.request.URL.Path, err)
	return refuse(http.StatusInternalServerError, err.Error())
}

// read takes the body apart; bad means that the refusal is the answer.
func (c *call) read(into any) (refusal answer, bad bool) {
	if len(c.body) == 0 {
		return answer{}, false
	}
	if err := json.Unmarshal(c.body, into); err != nil {
		return refuse(http.StatusBadRequest, "Problems parsing JSON"), true
	}
	return answer{}, false
}

func (c *call) number(name string) int64 {
	n, err := strconv.ParseInt(c.path[name], 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func (c *call) viewerID() int64 {
	if c.viewer == nil {
		return c.g.Viewer
	}
	return c.viewer.ID
}

// paged cuts a list into pages of 30, or as many as asked for up to 100, and
// links the others as GitHub does.
func paged[T any](c *call, all []T, body func(T) any) answer {
	size, page := 30, 1
	if n, err := strconv.Atoi(c.query.Get("per_page")); err == nil && n > 0 {
		size = min(n, 100)
	}
	if n, err := strconv.Atoi(c.query.Get("page")); err == nil && n > 0 {
		page = n
	}
	last := max(1, (len(all)+size-1)/size)
	list := []any{}
	for i := (page - 1) * size; i < min(page*size, len(all)); i++ {
		list = append(list, body(all[i]))
	}
	var links []string
	link := func(to int, rel string) {
		query := url.Values{}
		for name, values := range c.query {
			query[name] = values
		}
		query.Set("page", strconv.Itoa(to))
		links = append(links, fmt.Sprintf(`<%s?%s>; rel="%s"`, c.self, query.Encode(), rel))
	}
	if page > 1 {
		link(min(page-1, last), "prev")
	}
	if page < last {
		link(page+1, "next")
		link(last, "last")
	}
	if page > 1 {
		link(1, "first")
	}
	reply := ok(list)
	if len(links) > 0 {
		reply.header = http.Header{"Link": {strings.Join(links, ", ")}}
	}
	return reply
}
