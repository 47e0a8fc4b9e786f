package forgetest

import "slices"

// Ruleset is a ruleset for AddRuleset as tambal's gate needs it, with the changes
// that a test makes to it. Its rules are deletion, non_fast_forward, pull_request
// and required_status_checks, in this order.
func Ruleset(changes ...func(ruleset map[string]any)) map[string]any {
	r := map[string]any{
		"name": "tambal", "target": "branch", "enforcement": "active", "bypass_actors": []any{},
		"conditions": map[string]any{"ref_name": map[string]any{"include": []any{"~DEFAULT_BRANCH"}, "exclude": []any{}}},
		"rules": []any{
			map[string]any{"type": "deletion"}, map[string]any{"type": "non_fast_forward"},
			map[string]any{"type": "pull_request", "parameters": map[string]any{
				"required_approving_review_count": 1, "require_code_owner_review": true, "dismiss_stale_reviews_on_push": false,
				"require_last_push_approval": false, "required_review_thread_resolution": false, "allowed_merge_methods": []any{"merge"}}},
			map[string]any{"type": "required_status_checks", "parameters": map[string]any{
				"strict_required_status_checks_policy": false, "required_status_checks": []any{map[string]any{"context": "tambal/sop", "integration_id": 4242}}}},
		},
	}
	for _, change := range changes {
		change(r)
	}
	return r
}

// Without removes the rules of a type.
func Without(name string) func(ruleset map[string]any) {
	return func(r map[string]any) {
		r["rules"] = slices.DeleteFunc(r["rules"].([]any), func(rule any) bool { return rule.(map[string]any)["type"] == name })
	}
}

// With adds a rule.
func With(rule map[string]any) func(ruleset map[string]any) {
	return func(r map[string]any) { r["rules"] = append(r["rules"].([]any), any(rule)) }
}

// Parameter sets a parameter of the rule in that place; a nil value removes it.
func Parameter(rule int, name string, value any) func(ruleset map[string]any) {
	return func(r map[string]any) {
		parameters := r["rules"].([]any)[rule].(map[string]any)["parameters"].(map[string]any)
		if parameters[name] = value; value == nil {
			delete(parameters, name)
		}
	}
}

// Field sets a field of the ruleset itself.
func Field(name string, value any) func(ruleset map[string]any) {
	return func(r map[string]any) { r[name] = value }
}

// QueueRule is the rule of a merge queue.
func QueueRule() map[string]any {
	return map[string]any{"type": "merge_queue", "parameters": map[string]any{
		"check_response_timeout_minutes": 60, "grouping_strategy": "ALLGREEN", "max_entries_to_build": 5, "max_entries_to_merge": 5,
		"merge_method": "MERGE", "min_entries_to_merge": 1, "min_entries_to_merge_wait_minutes": 5}}
}
