// Random Graphs from the ops' own samples, with names that try to break out of whatever holds them. In: a seed. Out: a Graph
// that the verifier accepts; the same seed gives the same Graph.

import { type Random, random } from "../../compiler/base/random.ts";
import { type Graph, graph, type Node, type Type } from "../../compiler/graph/graph.ts";
import type { Origin } from "../../compiler/graph/origin.ts";
import { begin, type G, ops } from "../../compiler/ops/index.ts";

/** Names that users and attackers give. */
export const hostileNames: readonly string[] = [
  "", " ", "n", "end", "results", "graph", "NaN", "true", "%0", "0", "-1", "__proto__", "constructor", "toString", "a b", "a\nb", "a\r\nb", "\t", "\u0000", "'", '"', '\\"', "\\",
  "`$\u007bx}`", "*/", "/* */", "//", "# x", "</script>", "<!--", "\u2028", "\u2029", "\ufeff", "\u00a0x\u00a0", "é", "层", "🙂", "\ud800", "a = %0", "} end", ", ", "x".repeat(300),
]; // biome-ignore format: one table

/** Made by the walk itself, or (pick) fitting only behind a scan. */
const special = ["input", "param", "state", "pick"];

export function randomGraph(seed: number, steps = 12): Graph {
  const r = random(seed);
  const g = begin();
  const made: Node[] = [];
  const writable: (readonly [string, Node])[] = [];
  let count = 0;
  const name = () => `${r.integer(0, 2) === 0 ? r.pick(hostileNames) : "v"}${count++}`;
  const origin = () => {
    const where = r.integer(0, 3);
    const layer = { path: `layers[${r.integer(0, 3)}]`, layer: "dense", name: r.pick(["a", "b"]) };
    g.builder.origin =
      where === 0
        ? undefined
        : where === 1
          ? { path: "", layer: "", name: `o${r.pick(hostileNames)}` }
          : r.pick<Origin>([layer, { ...layer, gradient: true }, { ...layer, role: r.pick(hostileNames) }]);
  };
  const source = (type: Type): Node => {
    const how = type.shape[0] === "n" ? 0 : r.integer(0, 3);
    const given = name();
    const node =
      how <= 1
        ? g.input({ name: given, shape: type.shape })
        : how === 2
          ? g.param({ name: given, shape: type.shape })
          : g.state({ name: given, shape: type.shape, initial: r.pick([0, -0, 0.1, Number.NaN, 1e-45]) });
    if (how > 1) writable.push([given, node]);
    made.push(node);
    return node;
  };
  const names = Object.keys(ops).filter((op) => !special.includes(op));
  for (let i = 0; i < steps; i++) {
    origin();
    const op = r.pick(names);
    const { inputs, attrs } = ops[op].sample(r);
    const operands = inputs.map((type) => {
      const fitting = made.filter((node) => fits(node, type));
      return fitting.length > 0 && r.integer(0, 2) > 0 ? r.pick(fitting) : source(type);
    });
    const node = g.node(op, operands, attrs);
    made.push(...(node.type.items?.map((_, index) => g.pick(node, { index })) ?? [node]));
  }
  const results = Array.from({ length: r.integer(1, 4) }, () => [name(), r.pick(made)] as const);
  const updates = writable
    .filter(() => r.integer(0, 1) === 0)
    .map(([target, node]) => [target, nextOf(g, r, node, made)] as const);
  return graph(name(), results, updates, g.builder.origins);
}

const fits = (node: Node, type: Type): boolean =>
  type.items === undefined && JSON.stringify(node.type.shape) === JSON.stringify(type.shape);

/** A new value that reads the old one, so that the old one is in the graph. */
function nextOf(g: G, r: Random, old: Node, made: readonly Node[]): Node {
  const fitting = made.filter((node) => fits(node, old.type));
  return g.add(old, r.pick(fitting));
}
