// Reads JSON strings, one per line, as YAML with each reader, and answers with
// one line for each: [[reader, value or null, why it was refused or ""], …].
import { createInterface } from "node:readline";
import { parseDocument } from "yaml";
import { load } from "js-yaml";

const readers = {
  yaml(text) {
    const doc = parseDocument(text);
    const [problem] = [...doc.errors, ...doc.warnings];
    if (problem) throw problem;
    return doc.toJS();
  },
  "js-yaml": (text) => load(text, { onWarning(problem) { throw problem; } }),
};

// What JSON would write as something else than it is differs from any text.
function plain(key, value) {
  if (typeof this[key] === "object" && this[key] !== null && ![Object.prototype, Array.prototype].includes(Object.getPrototypeOf(this[key])))
    throw new Error(`no JSON: ${this[key].constructor.name}`);
  if (["undefined", "bigint"].includes(typeof value) || (typeof value === "number" && !Number.isFinite(value))) throw new Error(`no JSON: ${value}`);
  return value;
}

for await (const line of createInterface({ input: process.stdin })) {
  const answers = Object.entries(readers).map(([name, read]) => {
    try {
      return `[${JSON.stringify(name)},${JSON.stringify(read(JSON.parse(line)), plain)},""]`;
    } catch (problem) {
      return JSON.stringify([name, null, `${problem.message.split("\n")[0]}`]);
    }
  });
  process.stdout.write(`[${answers}]\n`);
}
