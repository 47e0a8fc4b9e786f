package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"sigs.k8s.io/yaml"
)

// SecondOpinion reads the same bytes with a YAML 1.1 library and reports where it sees another JSON value than d does. A
// file that two readers understand differently would be approved as one text and acted on as another.
func SecondOpinion(data []byte, d *Document) (out []Problem) {
	var ps problems
	other, err := secondReading(data)
	if err != nil {
		ps.add(RuleAmbiguous, "yaml.second-parse", Pos{Line: 1, Column: 1}, err.Error())
		return ps
	}
	if path, differ := difference(d.Value, other, nil); differ {
		ps.add(RuleAmbiguous, "yaml.second-opinion", d.At(path...), fieldName(path))
	}
	return ps
}

// secondReading answers to no panic of the library: the input is a stranger's.
func secondReading(data []byte) (value any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	text, err := yaml.YAMLToJSONStrict(data)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	return value, dec.Decode(&value)
}

// difference returns the path of the first place where two JSON values differ.
func difference(a, b any, path []string) ([]string, bool) {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return path, true
		}
		for _, name := range slices.Sorted(maps.Keys(a)) {
			if _, there := b[name]; !there {
				return path, true
			}
			if where, differ := difference(a[name], b[name], append(slices.Clip(path), name)); differ {
				return where, true
			}
		}
		return nil, false
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return path, true
		}
		for i := range a {
			if where, differ := difference(a[i], b[i], append(slices.Clip(path), strconv.Itoa(i))); differ {
				return where, true
			}
		}
		return nil, false
	}
	return path, !reflect.DeepEqual(a, b)
}
