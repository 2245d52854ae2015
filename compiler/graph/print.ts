// A Graph as text: one line per node, operands first. In: a Graph, even a broken one. Out: text that parse.ts reads back.
// Guarantee: every number, name and origin comes back exactly; the text of a parsed text is that text; no name of a user's
// breaks out of its quotes or its line, nor out of a block comment that the text is put into.
import { type Line, line } from "../base/lines.ts";
import { type AttrValue, type Graph, isGraph, type Node, showShape, type Type } from "./graph.ts";
import { showOrigin } from "./origin.ts";

/** The Graph as text that `parseGraph` reads back, a node a line. */
export function printGraph(graph: Graph): string {
  return `${printLines(graph).lines.join("\n")}\n`;
}

/** The lines, each of its node: `%3`, and in the body of a scan `%7/%2`. */
export function graphLines(graph: Graph, before = ""): readonly Line[] {
  const { lines, lineOf } = printLines(graph);
  const made = lines.map((text) => line(text));
  for (const [number, node] of graph.nodes.entries()) {
    const [id, at] = [`${before}%${number}`, lineOf.get(node) ?? 0];
    made[at] = line(lines[at], "node", [id]);
    // A body begins on its scan's line, and each of its lines is one of the scan's.
    if (isGraph(node.attrs.body))
      for (const [i, { of }] of graphLines(node.attrs.body, `${id}/`).entries())
        made[at + i] = { text: lines[at + i], of: [...of, { kind: "node", name: id }] };
  }
  return made;
}

/** The lines, and on which of them (from 0) a node begins. */
export function printLines(graph: Graph): { readonly lines: readonly string[]; readonly lineOf: ReadonlyMap<Node, number> } {
  const lineOf = new Map<Node, number>();
  const lines: string[] = [];
  const numbers = new Map(graph.nodes.map((node, number) => [node, `%${number}`]));
  const ref = (node: Node) => numbers.get(node) ?? "%?";
  const roots = (list: Graph["results"]) => list.map(([name, node]) => `  ${showName(name)} = ${ref(node)}`);
  lines.push(`graph ${showName(graph.name)}`);
  for (const node of graph.nodes) {
    lineOf.set(node, lines.length);
    const inputs = node.inputs.length === 0 ? "" : `(${node.inputs.map(ref).join(", ")})`;
    const attrs = Object.keys(node.attrs).length === 0 ? "" : ` ${showValue(node.attrs)}`;
    const origin = graph.origins.get(node);
    const comment = origin === undefined ? "" : `  # ${showComment(showOrigin(origin))}`;
    const text = `${ref(node)} = ${showName(node.op)}${inputs}${attrs} : ${showType(node.type)}${comment}`;
    lines.push(...text.split("\n").map((line) => `  ${line}`));
  }
  lines.push("results", ...roots(graph.results));
  if (graph.updates.length > 0) lines.push("updates", ...roots(graph.updates));
  lines.push("end");
  return { lines, lineOf };
}

/** Words with a meaning of their own; as a name they are quoted. */
export const keywords: ReadonlySet<string> = new Set([
  "graph",
  "results",
  "updates",
  "end",
  "n",
  "true",
  "false",
  "null",
  "NaN",
  "Infinity",
]);

/** A word, or a quoted string. A word that begins with "end" is quoted: cut off there, the text would look whole. */
export const showName = (name: string): string =>
  /^(?!end)[A-Za-z_$][\w$]*$/.test(name) && !keywords.has(name) ? name : quote(name);

/** JSON that is safe inside any line and any comment. */
export const quote = (text: string): string =>
  JSON.stringify(text)
    .replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replace(/([*<])\//g, "$1\\/");

/** `[n, 4]`; a bundle is `([n, 4], [4])`. */
export const showType = ({ shape, items }: Type): string =>
  items === undefined ? showShape(shape) : `(${items.map(showType).join(", ")})`;

/** Raw where that is harmless and cannot be taken for a quoted string. */
const showComment = (text: string): string =>
  quote(text) === `"${text.replaceAll('"', '\\"')}"` && /^[^"\s](.*\S)?$/.test(text) ? text : quote(text);

function showValue(value: AttrValue): string {
  if (typeof value === "number") return showNumber(value);
  if (typeof value === "string") return quote(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (isGraph(value)) return printLines(value).lines.join("\n  ");
  if (Array.isArray(value)) return `[${value.map((item) => (item === "n" ? item : showValue(item))).join(", ")}]`;
  return `{${Object.entries(value)
    .map(([key, item]) => `${showName(key)}: ${showValue(item)}`)
    .join(", ")}}`;
}

/** The shortest decimal of the double, or with the suffix f, where that is shorter, of the float32 it is. */
function showNumber(value: number): string {
  if (Object.is(value, -0)) return "-0";
  const double = String(value);
  if (!Number.isFinite(value) || Math.fround(value) !== value) return double;
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short).length + 1 < double.length ? `${short}f` : double;
  }
  return double;
}
