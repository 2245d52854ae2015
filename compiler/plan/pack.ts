// Packing: which weights get a layout of their own. In: prepare and main as `hoist` gives them. Out: the same with the right
// operands of large dots replaced by params `packed0`, …, which prepare computes and whose last axis lies in blocks of eight
// outputs, [N/8][...][8]: a kernel for eight outputs then walks its weights in one line through memory.

import { type Graph, graph, type Node } from "../graph/graph.ts";
import { copyInto, regraph } from "../graph/rebuild.ts";
import { begin } from "../ops/index.ts";
import { blockSize } from "../program/nest/block.ts";
import type { Hoisted } from "../rewrite/hoist.ts";

/** Weights from which packing pays: 4 KiB, a page. */
const packFrom = 1024;

export interface Packed extends Hoisted {
  /** Names of the params that lie in blocks. */
  readonly packed: ReadonlySet<string>;
}

export function pack({ prepare, main }: Hoisted): Packed {
  const weights = new Map<Node, string>();
  for (const node of main.nodes)
    if (isPackable(node) && !weights.has(node.inputs[1])) weights.set(node.inputs[1], `packed${weights.size}`);
  if (weights.size === 0) return { prepare, main, packed: new Set() };
  const g = begin();
  const made = copyInto(g.builder, main, (node, inputs) => {
    const name = isPackable(node) ? weights.get(node.inputs[1]) : undefined;
    return name === undefined
      ? undefined
      : g.builder.copy(node, [inputs[0], g.param({ name, shape: node.inputs[1].type.shape })]);
  });
  const rest = regraph(g.builder, main, made);
  return { prepare: prepareWith(prepare, rest, weights, main.origins), main: rest, packed: new Set(weights.values()) };
}

/** What prepare computed and main still reads, and the packed weights. */
function prepareWith(
  prepare: Graph | undefined,
  main: Graph,
  weights: ReadonlyMap<Node, string>,
  origins: Graph["origins"],
): Graph {
  const g = begin();
  const made: ReadonlyMap<Node, Node> = prepare === undefined ? new Map() : copyInto(g.builder, prepare);
  const computed = new Map((prepare?.results ?? []).map(([name, node]) => [name, made.get(node) as Node]));
  const read = new Set(main.nodes.filter(({ op }) => op === "param").map(({ attrs }) => attrs.name));
  const packed = [...weights].map(([param, name]) => {
    g.builder.origin = origins.get(param);
    const weight = String(param.attrs.name);
    return [name, computed.get(weight) ?? g.param({ name: weight, shape: param.type.shape })] as const;
  });
  return graph("prepare", [...[...computed].filter(([name]) => read.has(name)), ...packed], [], g.builder.origins);
}

const isPackable = (node: Node): boolean =>
  node.op === "dot" && node.inputs[1].op === "param" && packableAxis(node) === node.inputs[1].type.shape.length - 1;

/** The axis of a dot's right operand that may lie in blocks: its only free one, where the operand is large and no batch. */
export function packableAxis({ op, attrs, inputs }: Node): number | undefined {
  if (op !== "dot") return undefined;
  const { batch, contract } = attrs as { batch: readonly (readonly number[])[]; contract: readonly (readonly number[])[] };
  const { shape } = inputs[1].type;
  const [axis, ...more] = shape.map((_, k) => k).filter((k) => !contract[1].includes(k));
  const size = shape.reduce<number>((product, extent) => product * (extent === "n" ? 0 : extent), 1);
  const fits = batch[1].length === 0 && axis !== undefined && more.length === 0 && (shape[axis] as number) % blockSize === 0;
  return fits && shape.length >= 2 && size >= packFrom ? axis : undefined;
}
