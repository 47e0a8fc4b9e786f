package schema

// Codes returns the code of every message this package can give, for the table of sentences and its test.
func Codes() []string {
	return []string{
		// the text and the YAML
		"yaml.alias", "yaml.anchor", "yaml.bom", "yaml.character", "yaml.cr", "yaml.cut", "yaml.depth", "yaml.document", "yaml.duplicate",
		"yaml.empty", "yaml.final-newline", "yaml.key", "yaml.merge", "yaml.nodes", "yaml.null", "yaml.quote", "yaml.scalar",
		"yaml.second-opinion", "yaml.second-parse", "yaml.size", "yaml.syntax", "yaml.tab", "yaml.tag", "yaml.utf8",
		// the manifest's frame
		"frame.item", "frame.line", "frame.no-items", "frame.root", "frame.steps",
		// the JSON Schema
		"schema.blank", "schema.decode", "schema.enum", "schema.max-items", "schema.max-length", "schema.maximum",
		"schema.min-items", "schema.min-length", "schema.minimum", "schema.one-key", "schema.other", "schema.pattern",
		"schema.required", "schema.type.array", "schema.type.boolean", "schema.type.integer", "schema.type.object",
		"schema.type.string", "schema.unique", "schema.unknown-key", "schema.unknown-key-case",
		// one field and another
		"item.duplicate-system", "item.proof-missing", "item.proof-twice", "item.reference", "item.systems-required",
		// the writer
		"append.changed", "append.empty", "append.name",
	}
}
