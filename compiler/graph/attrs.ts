// Attributes as text. In: the attributes of a node. Out: a key. Guarantee: equal attributes have equal keys, in whatever order they were
// written; NaN, −0 and ±∞ are told apart, which JSON would lose.
import { type Attrs, type AttrValue, type Graph, isGraph } from "./graph.ts";

/** Keys of attributes without a body: they are the same for whoever asks. A node keeps its attributes through every pass, so a table of
 * constants is written out once. */
const known = new WeakMap<Attrs, string>();

/** The key of some attributes; `numberOf` names the body of a `scan`. */
export function attrsKey(attrs: Attrs, numberOf: (body: Graph) => number): string {
  const found = known.get(attrs);
  if (found !== undefined) return found;
  let bodies = 0;
  const key = keyOf(attrs, (body) => {
    bodies++;
    return numberOf(body);
  });
  if (bodies === 0) known.set(attrs, key);
  return key;
}

function keyOf(value: AttrValue, numberOf: (body: Graph) => number): string {
  if (isGraph(value)) return `graph#${numberOf(value)}`;
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (Array.isArray(value)) return `[${value.map((item) => keyOf(item, numberOf)).join()}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${keyOf(item, numberOf)}`).join()}}`;
  }
  return JSON.stringify(value);
}
