// Work on weights that is better done when a module starts, because it makes more of them than has to be sent: a kernel that a normalisation was multiplied
// into is float32, the kernel itself int8. In: what the compiler has prepared, and how many bytes each weight takes. Out: what it ships, and what
// the module computes from that. Guarantee: the module has the bits that the compiler has: it is tried, and what comes out otherwise is shipped.
import { freshNames } from "../base/names.ts";
import { type Graph, graph, type Node, sizeOf } from "../graph/graph.ts";
import { copyInto } from "../graph/rebuild.ts";
import { begin } from "../ops/index.ts";
import type { Prepared, Split } from "./prepared.ts";

/** Times what it is made of that a result has to take, to be worth its kernels. */
const fewestTimes = 1.75;
/** Bytes of the kernels that compute it, about. */
const kernelBytes = 1024;

type Contents = ReadonlyMap<string, Float32Array>;
const own = ({ type }: Node): number => 4 * sizeOf(type.shape as number[]);
const nameOf = ({ attrs }: Node): string => String(attrs.name);

/** Of each node, whether the module computes it: where that takes fewer bytes than its numbers do. */
function computed({ nodes }: Graph, bytesOf: (weight: string) => number): ReadonlySet<Node> {
  const bytes = new Map<Node, number>();
  const found = new Set<Node>();
  const ofWeights = new Set<Node>();
  // Operands stand first.
  for (const node of nodes) {
    const inputs = [...new Set(node.inputs)].reduce((sum, input) => sum + (bytes.get(input) ?? 0), 0);
    if (node.op === "param" || node.inputs.some((input) => ofWeights.has(input))) ofWeights.add(node);
    const isWorth = node.inputs.length > 0 && own(node) >= fewestTimes * inputs + kernelBytes && ofWeights.has(node);
    if (isWorth) found.add(node);
    bytes.set(node, node.op === "param" ? bytesOf(nameOf(node)) : node.op === "constant" ? 0 : isWorth ? inputs : own(node));
  }
  return found;
}

/** Splits `prepare`; `isShipped`: results that stay with the compiler. Both halves have the layouts of the whole. */
function split(
  { prepare, layouts }: Prepared,
  bytesOf: (weight: string) => number,
  isShipped: (result: string) => boolean,
): Split {
  const none = { prepare: undefined, layouts };
  if (prepare === undefined) return { shipped: none, atStart: none };
  const inModule = computed(prepare, bytesOf);
  const late = prepare.results.filter(([name, node]) => inModule.has(node) && !isShipped(name));
  if (late.length === 0) return { shipped: { prepare, layouts }, atStart: none };
  // Where the way down from a result meets what is no longer worth it, that is shipped.
  const cuts = new Map<Node, string>();
  const taken = [...prepare.nodes.filter(({ op }) => op === "param").map(nameOf), ...prepare.results.map(([name]) => name)];
  const next = freshNames("part", new Set(taken));
  const seen = new Set<Node>();
  const walk = late.map(([, node]) => node);
  for (const node of walk) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (inModule.has(node)) walk.push(...node.inputs);
    else if (node.inputs.length > 0) {
      const result = prepare.results.find(([, other]) => other === node);
      // What lies in blocks, other kernels read.
      cuts.set(node, result !== undefined && layouts.get(result[0]) === undefined ? result[0] : next());
    }
  }
  const g = begin();
  const made = copyInto(g.builder, prepare, (node) => {
    const name = cuts.get(node);
    return name === undefined ? undefined : g.param({ name, shape: node.type.shape });
  });
  const kept = prepare.results.filter((result) => !late.includes(result));
  const names = new Set(kept.map(([name]) => name));
  const parts = [...cuts].flatMap(([node, name]): [string, Node][] => (names.has(name) ? [] : [[name, node]]));
  const shipped = [...kept, ...parts];
  const start = late.map(([name, node]): [string, Node] => [name, made.get(node) as Node]);
  return {
    shipped: { layouts, prepare: shipped.length === 0 ? undefined : graph(prepare.name, shipped, [], prepare.origins) },
    atStart: { layouts, prepare: graph(prepare.name, start, [], g.builder.origins) },
  };
}

/** What is folded when the module starts, and contents that it needs for that. */
export interface Folding {
  readonly restored: Prepared;
  readonly added: Contents;
}

/**
 * What of `prepared`, whose results are among the contents, the module makes itself. `run`: runs a Graph of weights as the compiler does, from these
 * contents.
 */
export function foldAtStart(
  prepared: Prepared,
  contents: Contents,
  bytesOf: (weight: string) => number,
  run: (prepared: Prepared, contents: Contents) => Contents,
): Folding {
  const given = (prepared.prepare?.results ?? []).map(([name]) => name);
  const shipped = new Set<string>();
  for (;;) {
    const { shipped: parts, atStart } = split(prepared, bytesOf, (name) => shipped.has(name));
    const results = (atStart.prepare?.results ?? []).map(([name]) => name);
    const fresh = (parts.prepare?.results ?? []).filter(([name]) => !given.includes(name));
    const before = new Map([...contents].filter(([name]) => !results.includes(name)));
    const added = fresh.length === 0 ? new Map() : run({ layouts: prepared.layouts, prepare: graph("prepare", fresh) }, before);
    if (results.length === 0) return { restored: atStart, added: new Map() };
    const made = run(atStart, new Map([...before, ...added]));
    const other = results.filter((name) => !sameBits(made.get(name), contents.get(name)));
    if (other.length === 0) return { restored: atStart, added };
    // Another cut would round elsewhere.
    for (const name of other) shipped.add(name);
  }
}

function sameBits(a: Float32Array | undefined, b: Float32Array | undefined): boolean {
  return a !== undefined && b !== undefined && a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}
