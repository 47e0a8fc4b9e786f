package forgetest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// everywhere are the statuses GitHub may give to any request, though its
// description names them for some operations only.
var everywhere = []int{400, 401, 403, 404, 422, 500}

// check compares one exchange with the description.
func check(c *call, status int, reply []byte) []string {
	all, err := description()
	if err != nil {
		return []string{err.Error()}
	}
	o := all.operations[c.route.method+" "+c.route.path]
	if o == nil {
		return []string{"the description does not have it: cut it again"}
	}
	var problems []string
	// What GitHub refuses as invalid is not held against the description: a test
	// may well ask for the refusal.
	if status != 422 && status != 400 {
		problems = append(problems, all.checkParameters(c, o)...)
		problems = append(problems, all.checkBody(c, o)...)
	}
	return append(problems, all.checkReply(o, status, reply)...)
}

func (s *schemas) checkParameters(c *call, o *operation) []string {
	var problems []string
	for name, values := range c.query {
		i := slices.IndexFunc(o.Parameters, func(p parameter) bool { return p.In == "query" && p.Name == name })
		if i < 0 {
			problems = append(problems, fmt.Sprintf("query parameter %s is not described", name))
			continue
		}
		problems = append(problems, s.verify("query parameter "+name, o.Parameters[i].Schema, typed(o.Parameters[i].Schema, values[0]))...)
	}
	for _, p := range o.Parameters {
		if p.Required && p.In == "query" && !c.query.Has(p.Name) {
			problems = append(problems, "query parameter "+p.Name+" is missing")
		}
		if value := c.path[p.Name]; p.In == "path" {
			problems = append(problems, s.verify("path parameter "+p.Name, p.Schema, typed(p.Schema, value))...)
		}
	}
	return problems
}

// typed reads a parameter's text as what its schema wants.
func typed(schema any, text string) any {
	described, _ := schema.(object)
	switch described["type"] {
	case "integer", "number":
		if _, err := strconv.ParseFloat(text, 64); err == nil {
			return json.Number(text)
		}
	case "boolean":
		if value, err := strconv.ParseBool(text); err == nil {
			return value
		}
	case "array":
		var list []any
		for item := range strings.SplitSeq(text, ",") {
			list = append(list, item)
		}
		return list
	}
	return text
}

func (s *schemas) checkBody(c *call, o *operation) []string {
	if o.RequestBody == nil {
		if len(c.body) > 0 {
			return []string{"the request has a body and none is described"}
		}
		return nil
	}
	if len(c.body) == 0 {
		if o.RequestBody.Required {
			return []string{"the request has no body"}
		}
		return nil
	}
	return s.verifyJSON("request body", o.RequestBody.Content["application/json"].Schema, c.body)
}

func (s *schemas) checkReply(o *operation, status int, reply []byte) []string {
	described, known := o.Responses[strconv.Itoa(status)]
	if !known {
		if !slices.Contains(everywhere, status) {
			return []string{"the description does not know this status"}
		}
		return s.verifyJSON("answer", object{"$ref": "#/components/schemas/basic-error"}, reply)
	}
	if len(described.Content) == 0 {
		return nil
	}
	return s.verifyJSON("answer", described.Content["application/json"].Schema, reply)
}

func (s *schemas) verifyJSON(what string, schema any, text []byte) []string {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return []string{fmt.Sprintf("%s is not JSON: %v", what, err)}
	}
	return s.verify(what, schema, value)
}

func (s *schemas) verify(what string, schema, value any) []string {
	if schema == nil {
		return []string{what + ": no schema is described"}
	}
	compiled, err := s.compile(schema)
	if err != nil {
		return []string{what + ": " + err.Error()}
	}
	err = compiled.Validate(value)
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return []string{what + ": " + err.Error()}
	}
	var problems []string
	for _, leaf := range leaves(invalid) {
		problems = append(problems, fmt.Sprintf("%s at %q: %s", what, leaf.InstanceLocation, leaf.Message))
	}
	return problems
}

// leaves are the errors that have no cause of their own.
func leaves(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return []*jsonschema.ValidationError{e}
	}
	var all []*jsonschema.ValidationError
	for _, cause := range e.Causes {
		all = append(all, leaves(cause)...)
	}
	return all
}
