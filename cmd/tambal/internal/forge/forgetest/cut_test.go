//go:build openapi

package forgetest

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

const cutFile = "testdata/openapi/api.github.com.json"

// TestCut proves that the committed description is GitHub's own, cut down to
// the operations in routes: OPENAPI names the full one, OPENAPI_UPDATE writes
// the cut anew.
func TestCut(t *testing.T) {
	full, err := os.ReadFile(os.Getenv("OPENAPI"))
	if err != nil {
		t.Fatalf("OPENAPI must name api.github.com.json of @octokit/openapi: %v", err)
	}
	var document object
	if err := json.Unmarshal(full, &document); err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	encoder := json.NewEncoder(&want)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(cut(t, document)); err != nil {
		t.Fatal(err)
	}
	if os.Getenv("OPENAPI_UPDATE") != "" {
		if err := os.WriteFile(cutFile, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(cutFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want.Bytes()) {
		t.Errorf("%s is not the cut of %s", cutFile, os.Getenv("OPENAPI"))
	}
}

func cut(t *testing.T, full object) object {
	paths, all := object{}, full["paths"].(object)
	for _, r := range routes {
		methods, _ := all[r.path].(object)
		described, _ := methods[strings.ToLower(r.method)].(object)
		if described == nil {
			t.Errorf("GitHub does not describe %s %s", r.method, r.path)
			continue
		}
		if paths[r.path] == nil {
			paths[r.path] = object{}
		}
		paths[r.path].(object)[strings.ToLower(r.method)] = trim(described, false)
	}
	components := object{}
	keep(full, object{"$ref": "#/components/schemas/basic-error"}, components)
	keep(full, paths, components)
	info := full["info"].(object)
	return object{
		"openapi": full["openapi"], "paths": paths, "components": components,
		"info":    object{"title": info["title"], "version": info["version"], "license": info["license"]},
		"servers": full["servers"],
	}
}

// trim drops what says nothing about shapes. Below properties the names are
// GitHub's own and all stay.
func trim(node any, names bool) any {
	switch node := node.(type) {
	case []any:
		list := make([]any, len(node))
		for i := range node {
			list[i] = trim(node[i], false)
		}
		return list
	case object:
		kept := object{}
		for name, value := range node {
			switch {
			case names:
				kept[name] = trim(value, false)
			case name == "enum" || name == "default" || name == "required" || name == "pattern":
				kept[name] = value
			case name == "content":
				if media := value.(object)["application/json"]; media != nil {
					kept[name] = object{"application/json": trim(media, false)}
				}
			case name == "description" && (node["content"] != nil || isResponse(node)):
				// A response must have one to be OpenAPI at all.
				kept[name] = ""
			case dropped[name] || strings.HasPrefix(name, "x-"):
			default:
				kept[name] = trim(value, name == "properties" || name == "responses" || name == "mapping")
			}
		}
		return kept
	}
	return node
}

var dropped = map[string]bool{
	"description": true, "summary": true, "tags": true, "externalDocs": true, "example": true, "examples": true,
	"headers": true, "links": true, "title": true, "deprecated": true, "readOnly": true,
}

// isResponse knows a response without content by having nothing a schema or an
// operation has.
func isResponse(node object) bool {
	for name := range node {
		if name != "description" && name != "headers" && !strings.HasPrefix(name, "x-") {
			return false
		}
	}
	return true
}

// keep copies what a part refers to, and what that refers to.
func keep(full object, node any, into object) {
	switch node := node.(type) {
	case []any:
		for _, item := range node {
			keep(full, item, into)
		}
	case object:
		if ref, isRef := node["$ref"].(string); isRef {
			parts := strings.Split(ref, "/")
			kind, name := parts[2], parts[3]
			if into[kind] == nil {
				into[kind] = object{}
			}
			if into[kind].(object)[name] == nil {
				found := trim(full["components"].(object)[kind].(object)[name], false)
				into[kind].(object)[name] = found
				keep(full, found, into)
			}
		}
		for _, value := range node {
			keep(full, value, into)
		}
	}
}
