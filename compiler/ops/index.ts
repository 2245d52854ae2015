// The ops as a typed builder: `g.add(a, b)`, `g.reduceSum(x, {axes: [1]})`. Derived from the list; nothing to add here.

import { CompileError } from "../diagnostics/error.ts";
import { Builder } from "../ir/builder.ts";
import { type Attrs, type Node, type Shape, sameShape, showShape } from "../ir/graph.ts";
import type { AnyOp, Common, NoAttrs } from "./define.ts";
import * as list from "./list.ts";

type List = typeof list;
type AttrsOf<O> = O extends Common<infer A> ? A : never;
type Call<A> = A extends NoAttrs ? (...inputs: Node[]) => Node : (...inputs: [...Node[], A]) => Node;
type Calls = { readonly [K in keyof List]: Call<AttrsOf<List[K]>> };

/** Shorthand over the ops; no semantics of its own. */
interface Sugar {
  readonly builder: Builder;
  /** Any op by name. */
  node(name: string, inputs: readonly Node[], attrs?: Attrs): Node;
  /** One number everywhere in `shape`. */
  fill(value: number, shape: Shape): Node;
  /** One number, shaped as `node`. */
  like(node: Node, value: number): Node;
  /** NumPy's rule: axes are aligned at the end, size 1 stretches. Returns `x` itself when nothing is to do. */
  broadcastTo(x: Node, shape: Shape): Node;
}
export type G = Calls & Sugar;

/** Every op by name. */
export const ops: Readonly<Record<string, AnyOp>> = list;

/** A fresh graph under construction. */
export function build(builder: Builder = new Builder(ops)): G {
  const calls: Record<string, (...args: (Node | Attrs)[]) => Node> = {};
  for (const name of Object.keys(ops)) {
    calls[name] = (...args) => {
      const last = args.at(-1);
      const attrs = last !== undefined && !isNode(last) ? last : undefined;
      return builder.node(name, (attrs === undefined ? args : args.slice(0, -1)) as Node[], attrs);
    };
  }
  const fill = (value: number, shape: Shape): Node => builder.node("constant", [], { shape: [...shape], values: [value] });
  const sugar: Sugar = {
    builder,
    node: (name, inputs, attrs) => builder.node(name, inputs, attrs),
    fill,
    like: (node, value) => fill(value, node.type.shape),
    broadcastTo: (x, shape) => broadcastTo(builder, x, shape),
  };
  return Object.assign(calls, sugar) as unknown as G;
}

const isNode = (arg: Node | Attrs): arg is Node =>
  typeof arg.op === "string" && Array.isArray(arg.inputs) && typeof arg.type === "object";

function broadcastTo(builder: Builder, x: Node, shape: Shape): Node {
  const from = x.type.shape;
  if (sameShape(from, shape)) return x;
  const offset = shape.length - from.length;
  const kept = from.map((_, axis) => axis).filter((axis) => from[axis] === shape[axis + offset]);
  if (offset < 0 || from.some((size, axis) => size !== 1 && size !== shape[axis + offset])) {
    throw new CompileError({
      code: "shape/mismatch",
      path: "",
      message: `${showShape(from)} does not broadcast to ${showShape(shape)}`,
    });
  }
  const squeezed = kept.length === from.length ? x : builder.node("reshape", [x], { shape: kept.map((axis) => from[axis]) });
  return builder.node("broadcast", [squeezed], { shape: [...shape], axes: kept.map((axis) => axis + offset) });
}
