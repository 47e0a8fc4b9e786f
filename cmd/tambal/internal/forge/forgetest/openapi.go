package forgetest

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

//go:embed testdata/openapi/api.github.com.json
var published []byte

// amendments are the places where this server answers null and the description
// says otherwise: a deleted fork is null on GitHub; that a deleted account is
// null beyond reviews and comments, too, is an assumption, the harder one for a
// client.
var amendments = []struct{ schema, path string }{
	{"pull-request", "user"}, {"pull-request-simple", "user"}, // a deleted account
	{"pull-request", "head/repo"}, {"pull-request-simple", "head/repo"}, // a deleted fork
	{"pull-request", "head/user"}, {"pull-request-simple", "head/user"},
	{"state-change-issue-event", "actor"}, {"review-dismissed-issue-event", "actor"},
	{"timeline-comment-event", "user"}, {"timeline-comment-event", "actor"}, {"timeline-reviewed-event", "user"},
}

// operation is what the description says about one method of one path.
type operation struct {
	Parameters  []parameter
	RequestBody *struct {
		Required bool
		Content  map[string]media
	}
	Responses map[string]struct{ Content map[string]media }
}

type parameter struct {
	Name, In string
	Required bool
	Schema   any
}

type media struct{ Schema any }

// schemas compiles each schema when it is first needed, once in a process.
type schemas struct {
	operations map[string]*operation // by method and path
	mu         sync.Mutex
	root       object
	compiled   map[string]*jsonschema.Schema // by the schema's own text
}

var description = sync.OnceValues(func() (*schemas, error) {
	var root object
	if err := json.Unmarshal(published, &root); err != nil {
		return nil, fmt.Errorf("read the OpenAPI description: %w", err)
	}
	for _, a := range amendments {
		amend(root, a.schema, a.path)
	}
	expanded, err := json.Marshal(convert(inline(root, root)))
	if err != nil {
		return nil, err
	}
	var document struct {
		Paths map[string]map[string]*operation
	}
	if err := json.Unmarshal(expanded, &document); err != nil {
		return nil, fmt.Errorf("read the operations: %w", err)
	}
	s := &schemas{operations: map[string]*operation{}, compiled: map[string]*jsonschema.Schema{}}
	for path, methods := range document.Paths {
		for method, o := range methods {
			s.operations[strings.ToUpper(method)+" "+path] = o
		}
	}
	return s, json.Unmarshal(expanded, &s.root)
})

// inline puts parameters and responses in the place of references to them;
// schemas, which refer to one another, stay.
func inline(node any, root object) any {
	switch node := node.(type) {
	case object:
		if ref, _ := node["$ref"].(string); ref != "" && !strings.HasPrefix(ref, "#/components/schemas/") {
			if target := follow(root, strings.TrimPrefix(ref, "#/")); target != nil {
				return inline(target, root)
			}
		}
		for name, value := range node {
			node[name] = inline(value, root)
		}
	case []any:
		for i := range node {
			node[i] = inline(node[i], root)
		}
	}
	return node
}

func follow(root object, path string) object {
	for name := range strings.SplitSeq(path, "/") {
		root, _ = root[name].(object)
	}
	return root
}

func amend(root object, schema, path string) {
	at := follow(root, "components/schemas/"+schema)
	names := strings.Split(path, "/")
	for i, name := range names {
		properties, _ := at["properties"].(object)
		if properties == nil {
			return
		}
		if i == len(names)-1 {
			properties[name] = object{"anyOf": []any{object{"type": "null"}, properties[name]}}
			return
		}
		at, _ = properties[name].(object)
	}
}

// convert turns OpenAPI 3.0's dialect into JSON Schema: nullable becomes the
// type null, and a reference stands alone.
func convert(node any) any {
	switch node := node.(type) {
	case []any:
		for i := range node {
			node[i] = convert(node[i])
		}
	case object:
		for name, value := range node {
			node[name] = convert(value)
		}
		// A property may be called nullable, but then its value is not a boolean.
		null := node["nullable"] == true
		if _, isFlag := node["nullable"].(bool); isFlag {
			delete(node, "nullable")
		}
		if ref, isRef := node["$ref"].(string); isRef {
			node = object{"$ref": ref}
		}
		if !null {
			return node
		}
		kind, plain := node["type"].(string)
		if !plain || node["oneOf"] != nil || node["anyOf"] != nil || node["allOf"] != nil {
			return object{"anyOf": []any{object{"type": "null"}, node}}
		}
		node["type"] = []any{kind, "null"}
		if values, limited := node["enum"].([]any); limited {
			node["enum"] = append(values, nil)
		}
		return node
	}
	return node
}

const schemaURL = "https://forgetest.invalid/schema.json"

func (s *schemas) compile(schema any) (*jsonschema.Schema, error) {
	text, err := json.Marshal(schema)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if done := s.compiled[string(text)]; done != nil {
		return done, nil
	}
	// The schema and all it refers to; the library compiles no more than that,
	// but would read the whole description each time.
	needed := object{}
	s.gather(schema, needed)
	whole, err := json.Marshal(object{"components": object{"schemas": needed}, "use": schema})
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.Draft = jsonschema.Draft2020
	compiler.AssertFormat = true
	if err := compiler.AddResource(schemaURL, bytes.NewReader(whole)); err != nil {
		return nil, err
	}
	compiled, err := compiler.Compile(schemaURL + "#/use")
	if err != nil {
		return nil, fmt.Errorf("compile the description's schema: %w", err)
	}
	s.compiled[string(text)] = compiled
	return compiled, nil
}

func (s *schemas) gather(node any, into object) {
	switch node := node.(type) {
	case []any:
		for _, item := range node {
			s.gather(item, into)
		}
	case object:
		if ref, isRef := node["$ref"].(string); isRef {
			name := strings.TrimPrefix(ref, "#/components/schemas/")
			if _, have := into[name]; !have {
				into[name] = follow(s.root, "components/schemas")[name]
				s.gather(into[name], into)
			}
		}
		for _, value := range node {
			s.gather(value, into)
		}
	}
}
