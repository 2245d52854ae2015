// What is computed of weights alone, once for each set of them: for one entry, and for several that want the same. In: Graphs as `hoist` and
// `pack` leave them. Out: one Graph for the entry prepare, in which what two entries want is there once; what would only be moved is moved
// at compile time.
// Guarantee: two values are one where the same ops make them of the same weights, in the same layout.
import { freshNames } from "../base/names.ts";
import { type Graph, graph, type Node, sizeOf } from "../graph/graph.ts";
import { copyInto, regraph } from "../graph/rebuild.ts";
import type { Part } from "../lower/assemble.ts";
import { begin } from "../ops/index.ts";
import { inBlocks, inRows, type Layout } from "../plan/layout.ts";
import type { PlaceOptions } from "../plan/places.ts";
import { plan } from "../plan/planner.ts";

/** What is prepared, and how it lies. */
export interface Prepared {
  readonly prepare?: Graph | undefined;
  readonly layouts: ReadonlyMap<string, Layout>;
}
interface Reader extends Prepared {
  readonly graph: Graph;
}

/** The reader with `prefix` before the names of what it alone wants. */
export function borrow(own: Reader, known: Prepared, prefix: string): Reader {
  if (own.prepare === undefined) return own;
  const g = begin();
  const keyOf = ({ layouts }: Prepared, name: string) => layouts.get(name)?.blocked;
  const found = new Map<Node, string[]>();
  const theirs = known.prepare === undefined ? new Map<Node, Node>() : copyInto(g.builder, known.prepare);
  for (const [name, node] of known.prepare?.results ?? []) {
    const made = theirs.get(node) as Node;
    found.set(made, [...(found.get(made) ?? []), name]);
  }
  const ours = copyInto(g.builder, own.prepare);
  const names = new Map(
    own.prepare.results.map(([name, node]) => {
      const same = found.get(ours.get(node) as Node)?.find((other) => keyOf(known, other) === keyOf(own, name));
      return [name, same ?? prefix + name];
    }),
  );
  const isOwn = (name: string): boolean => names.get(name) === prefix + name;
  const rest = own.prepare.results.flatMap(([name, node]): [string, Node][] => (isOwn(name) ? [[prefix + name, node]] : []));
  const b = begin();
  const renamed = copyInto(b.builder, own.graph, (node) => {
    const name = node.op === "param" ? names.get(String(node.attrs.name)) : undefined;
    return name === undefined ? undefined : b.param({ name, shape: node.type.shape });
  });
  return {
    graph: regraph(b.builder, own.graph, renamed),
    prepare: rest.length === 0 ? undefined : graph("prepare", rest, [], own.prepare.origins),
    layouts: new Map([...own.layouts].map(([name, layout]) => [names.get(name) ?? name, layout])),
  };
}

/** What both want, as one Graph. */
export function together(a: Prepared, b: Prepared): Prepared {
  const layouts = new Map([...a.layouts, ...b.layouts]);
  if (a.prepare === undefined || b.prepare === undefined) return { prepare: a.prepare ?? b.prepare, layouts };
  const g = begin();
  const results = [a.prepare, b.prepare].flatMap((source) => {
    const made = copyInto(g.builder, source);
    return source.results.map(([name, node]): [string, Node] => [name, made.get(node) as Node]);
  });
  return { prepare: graph("prepare", results, [], g.builder.origins), layouts };
}

/** The entry prepare, or one that runs before it, where something depends on weights alone. */
export const preparingOf = (
  { prepare, layouts }: Prepared,
  names: Required<Pick<PlaceOptions, "shared" | "reserved">>,
  entry: "prepare" | "restore" = "prepare",
): readonly Part[] =>
  prepare === undefined ? [] : [{ entry, plan: plan(prepare, { rows: 1, prefix: `${entry}/`, layouts, ...names }) }];

/** Of what is prepared for inference: what the compiler computes and ships, and what a module computes when it starts. */
export interface Split {
  readonly shipped: Prepared;
  /** Its params are results of the other, or weights. */
  readonly atStart: Prepared;
}

/** All of it in the module: where weights change. */
export const inModule = (atStart: Prepared): Split => ({ shipped: { ...atStart, prepare: undefined }, atStart });

const numbersOf = ({ type }: Node): number => sizeOf(type.shape as number[]);
/** What a value was before it began to grow. */
const baseOf = (node: Node): Node =>
  node.inputs.length === 1 && numbersOf(node.inputs[0]) < numbersOf(node) ? baseOf(node.inputs[0]) : node;
/** Times its base that a value has to be, to be computed sooner than it is sent: what fills columns up with zeros is not. */
const fewestTimes = 1.75;

/** What grows on its way (a kernel transformed for tiles: four times its weights) is computed at the start: sooner than it is sent. */
export function splitGrowing({ prepare, layouts }: Prepared): Split {
  const none = { prepare: undefined, layouts };
  if (prepare === undefined) return { shipped: none, atStart: none };
  const bases = new Map<Node, string>();
  const next = freshNames(
    "plain",
    new Set([...prepare.nodes.map(({ attrs }) => attrs.name), ...prepare.results.map(([name]) => name)]),
  );
  const growing = prepare.results.filter(([, node]) => {
    const base = baseOf(node);
    const isGrown = numbersOf(node) >= fewestTimes * numbersOf(base);
    if (isGrown && !bases.has(base)) bases.set(base, base.op === "param" ? String(base.attrs.name) : next());
    return isGrown;
  });
  if (growing.length === 0) return { shipped: { prepare, layouts }, atStart: none };
  const g = begin();
  const made = copyInto(g.builder, prepare, (node) => {
    const name = bases.get(node);
    return name === undefined ? undefined : g.param({ name, shape: node.type.shape });
  });
  const start = growing.map(([name, node]): [string, Node] => [name, made.get(node) as Node]);
  const rest = [
    ...prepare.results.filter((result) => !growing.includes(result)),
    ...[...bases].flatMap(([base, name]): [string, Node][] => (base.op === "param" ? [] : [[name, base]])),
  ];
  return {
    shipped: { layouts, prepare: rest.length === 0 ? undefined : graph(prepare.name, rest, [], prepare.origins) },
    atStart: { layouts, prepare: graph(prepare.name, start, [], g.builder.origins) },
  };
}

/** What prepare would only move is moved here: a large weight is not held three times. */
export function packWeights(prepared: Prepared, contents: Map<string, Float32Array>): Prepared {
  const { prepare, layouts } = prepared;
  if (prepare === undefined) return prepared;
  const rest = prepare.results.filter(([name, { op, attrs, type, inputs }]) => {
    const param = op === "pad" ? inputs[0] : { op, attrs, type };
    const values = param.op === "param" ? contents.get(String(param.attrs.name)) : undefined;
    const [from, to] = [param.type, type].map(({ shape }) => shape.at(-1) as number);
    const isBlocked = layouts.get(name)?.blocked === type.shape.length - 1;
    if (values === undefined || !(isBlocked || op === "pad")) return true;
    contents.set(name, isBlocked ? inBlocks(values, type.shape as number[]) : inRows(values, from, to));
    return false;
  });
  return { layouts, prepare: rest.length === 0 ? undefined : graph(prepare.name, rest, [], prepare.origins) };
}
