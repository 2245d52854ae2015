// The ops as a typed builder: `g.add(a, b)`, `g.reduceSum(x, {axes: [1]})`. Derived from the list; nothing to add here.

import { CompileError } from "../diagnostics/error.ts";
import { Builder } from "../graph/builder.ts";
import { type Attrs, type Node, type Shape, sameShape, showShape } from "../graph/graph.ts";
import type { AnyOp, G, Sugar } from "./define.ts";
import * as list from "./list.ts";

type List = typeof list;
declare module "./define.ts" {
  interface Registry extends List {}
}

export type { G } from "./define.ts";

/** Every op by name. */
export const ops: Readonly<Record<string, AnyOp>> = list;

/** A fresh graph under construction. */
export function begin(over: Readonly<Record<string, AnyOp>> = ops): G {
  const builder = new Builder(over);
  const calls: Record<string, (...args: (Node | Attrs)[]) => Node> = {};
  for (const name of Object.keys(over)) {
    calls[name] = (...args) => {
      const last = args.at(-1);
      const attrs = last !== undefined && !isNode(last) ? last : undefined;
      return builder.node(name, (attrs === undefined ? args : args.slice(0, -1)) as Node[], attrs);
    };
  }
  const fill = (value: number, shape: Shape): Node => builder.node("constant", [], { shape: [...shape], values: [value] });
  const sugar: Sugar = {
    builder,
    ops: over,
    fresh: () => begin(over),
    node: (name, inputs, attrs) => builder.node(name, inputs, attrs),
    fill,
    like: (node, value) => fill(value, node.type.shape),
    as: (role, make) => builder.as(role, make),
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
  // Sizes of 1 are dropped, then the axes that are left are broadcast to where they stand from the end.
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
