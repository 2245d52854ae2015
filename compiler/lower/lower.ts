// Lowering: Plan → trees of nests. In: regions over views. Out: one kernel a region (a scan is one kernel with a loop around its
// body's nests), nothing scheduled. Guarantee: the order of every sum is the order of the nest's reduce dims.
import { internal, invariant } from "../diagnostics/error.ts";
import { isBatched, type Node } from "../graph/graph.ts";
import { ops } from "../ops/index.ts";
import type { ComputeRegion, CopyRegion, Plan, Region, RowsRegion } from "../plan/plan.ts";
import { label, showOrigins } from "../plan/print.ts";
import type { Core } from "../program/nest/core.ts";
import { rewriteAddresses, splitBlocked } from "../program/nest/dims.ts";
import type { Nest, NestKernel, Store, Tree } from "../program/nest/nest.ts";
import { at, type Computed, indexOf, type Operand, readAt } from "../program/nest/view.ts";
import type { Extent, FloatFmt, Index, Value } from "../program/program.ts";
import * as v from "../program/value.ts";
import { collapse } from "../schedule/collapse.ts";
import { factsOf } from "../schedule/facts.ts";
import { partialSumsOf } from "../schedule/strategies/partial-sums.ts";

export interface LowerOptions {
  /** f64: sums and chains in doubles, rounded at stores; f32: rounded at every step. */
  readonly fmt: FloatFmt;
  /** Kernel names, unique in the Program. */
  readonly kernelName: (region: Region) => string;
}

/** The regions of a plan as trees of nests, in order. */
export const lower = (plan: Plan, { fmt, kernelName }: LowerOptions): readonly NestKernel[] =>
  plan.regions.map((region) => ({ name: kernelName(region), origin: describe(region), parts: partsOf(plan, region, fmt) }));

function partsOf(plan: Plan, region: Region, fmt: FloatFmt): readonly Tree[] {
  if (region.kind === "copy") return [splitBlocked(copyNest(region, fmt))];
  if (region.kind === "compute")
    return computeNests(plan, region, fmt).map((nest) => (isBatched(lastOf(region).type) ? inOrder(nest) : splitBlocked(nest)));
  if (region.kind === "rows") return rowsOf(plan, region, fmt);
  return [{ loop: region.loop, to: region.length, parts: region.body.flatMap((inner) => partsOf(plan, inner, fmt)) }];
}

/**
 * The nests of a group under the loops over its rows, which take the place of their leading dims; of the last of these a block stays
 * in the nests. A value inside has space for one block. A loop of one turn is none.
 */
function rowsOf(plan: Plan, { shape, block, inner, body }: RowsRegion, fmt: FloatFmt): readonly Tree[] {
  const axes = shape.length;
  const [last, extent] = [`i${axes - 1}`, shape[axes - 1]];
  const loops: [loop: string, to: Extent][] = shape.slice(0, -1).map((to, axis) => [`i${axis}`, to]);
  // The point of the last axis is block · turn + what is left of it in the nest.
  const turn = "block";
  loops.push([turn, extent === block ? 1 : typeof extent === "number" ? extent / block : extent]);
  const once = new Set(loops.flatMap(([loop, to]) => (to === 1 ? [loop] : [])));
  const own: Index["terms"] = block === 1 ? [] : [[last, 1]];
  const term = (buffer: string, [dim, stride]: Index["terms"][number]): Index["terms"] =>
    dim === last
      ? [
          ...(inner.has(buffer) || once.has(turn) ? [] : [[turn, stride * block] as const]),
          ...own.map(([name]) => [name, stride] as const),
        ]
      : once.has(dim)
        ? []
        : [[dim, stride]];
  const asValue = (dim: string, node: Value): Value => {
    if (dim !== last) return once.has(dim) ? v.lit(0, "i32") : node;
    const [from, rest] = [v.imul(v.dim(turn), v.lit(block, "i32")), v.dim(last)];
    return once.has(turn) ? (block === 1 ? v.lit(0, "i32") : rest) : block === 1 ? v.dim(turn) : v.iadd(from, rest);
  };
  const parts = body
    .flatMap((region) => computeNests(plan, region, fmt))
    .map((nest): Tree => {
      const map: Nest["map"] = [...(block === 1 ? [] : [[last, block] as const]), ...nest.map.slice(axes)];
      const place = (buffer: string, { base, terms }: Index): Index => ({
        base,
        terms: terms.flatMap((one) => term(buffer, one)),
      });
      return splitBlocked(rewriteAddresses({ ...nest, map }, place, asValue));
    });
  return loops.reduceRight<readonly Tree[]>((inside, [loop, to]) => (to === 1 ? inside : [{ loop, to, parts: inside }]), parts);
}

const lastOf = ({ nodes }: ComputeRegion): Node => nodes[nodes.length - 1];

/** What decides the bits of a sum: how many partial sums it has; of products, which that lanes contract, also how long its column is. */
function orderOf(nest: Nest): string {
  const facts = factsOf(nest);
  const column = nest.map.find(([dim]) => dim === facts.sum?.column)?.[1];
  return [partialSumsOf(facts), ...(nest.fold?.how === "madd" ? [column] : [])].join();
}

/**
 * A nest over a known number of rows sums as one over any number does. Where rows that lie side by side would make it sum in another
 * order, they are walked outside.
 */
function inOrder(nest: Nest): Tree {
  const [[dim, rows] = [], ...rest] = nest.map;
  if (dim === undefined || typeof rows !== "number" || nest.reduce.length === 0) return splitBlocked(nest);
  const anyRows = { ...nest, map: [[dim, { scalar: "n", per: 1 }] as const, ...rest] };
  const [here, anywhere] = [nest, anyRows].map((one) => orderOf(collapse(splitBlocked(one))));
  return here === anywhere ? splitBlocked(nest) : { loop: dim, to: rows, parts: [splitBlocked({ ...nest, map: rest })] };
}

const describe = (region: Region): string => [showOrigins(region), label(region)].filter((part) => part !== "").join(": ");

function copyNest(region: CopyRegion, fmt: FloatFmt): Nest {
  const coords = region.out.shape.map((_, axis) => at(`i${axis}`));
  return {
    name: region.name,
    origin: showOrigins(region),
    map: region.out.shape.map((extent, axis) => [`i${axis}`, extent]),
    reduce: [],
    finish: readAt(region.from, coords, fmt),
    out: { buffer: region.out.buffer, index: indexOf(region.out, coords) },
    into: "store",
  };
}

function computeNests(plan: Plan, region: ComputeRegion, fmt: FloatFmt): readonly Nest[] {
  const { anchor, out, nodes } = region;
  return coresOf(plan, region, fmt).map((core) => {
    const inside = new Set(nodes);
    const values = new Map<Node, Value>();
    let fold = core.fold;
    if (anchor !== undefined) {
      values.set(anchor, core.value);
      // The sum may start from a bias instead of 0: one addition less, and nothing is lost by it.
      const bias = fold === undefined ? undefined : biasOf(region, anchor);
      if (bias !== undefined && (fold?.how === "madd" || fold?.how === "add")) {
        fold = { ...fold, init: readAt(operandOf(plan, bias.operand), core.coords, fmt) };
        values.set(bias.sum, core.value);
      }
    }
    const evaluate = (node: Node): Value => {
      const known = values.get(node);
      if (known !== undefined) return known;
      const value = inside.has(node)
        ? point(node, node.inputs.map(evaluate), core, out.shape, fmt, region)
        : leaf(plan, node, core, fmt);
      values.set(node, value);
      return value;
    };
    const index: Index = indexOf(out, core.coords);
    const more = (region.more ?? []).map(
      (stored): Store => ({
        finish: evaluate(stored.node),
        out: { buffer: stored.out.buffer, index: indexOf(stored.out, core.coords) },
      }),
    );
    const row = core.row === undefined ? {} : { row: { index: core.row, limit: out.shape[0] as number, stride: out.strides[0] } };
    return {
      name: region.name,
      origin: showOrigins(region),
      map: core.map,
      reduce: core.reduce,
      ...(fold === undefined ? {} : { fold }),
      finish: evaluate(nodes[nodes.length - 1]),
      out: { buffer: out.buffer, index: { ...index, ...row } },
      ...(more.length === 0 ? {} : { more }),
      into: core.into,
    };
  });
}

function coresOf(plan: Plan, region: ComputeRegion, fmt: FloatFmt): readonly Core[] {
  const { anchor, anchorReads, nodes, out } = region;
  if (anchor === undefined) {
    const coords = out.shape.map((_, axis) => at(`i${axis}`));
    return [{ map: out.shape.map((extent, axis) => [`i${axis}`, extent]), reduce: [], value: v.acc(fmt), coords, into: "store" }];
  }
  const op = ops[anchor.op];
  invariant(op.kind === "primitive" && op.lower.kind === "nest", `${anchor.op} anchors a region`);
  return op.lower.cores({
    attrs: anchor.attrs,
    fmt,
    inputs:
      anchorReads ??
      anchor.inputs.map((input) => (nodes.includes(input) ? termOf(plan, input, region, fmt) : operandOf(plan, input))),
    shape: out.shape,
  });
}

/** What an anchor folds, computed where it is read. */
function termOf(plan: Plan, node: Node, region: ComputeRegion, fmt: FloatFmt): Computed {
  const shape = node.type.shape.map((size) => (size === "n" ? rowsOfPlan(plan) : size));
  return {
    kind: "computed",
    shape,
    at: (coords) => {
      const values = new Map<Node, Value>();
      const evaluate = (at: Node): Value => {
        const known = values.get(at);
        if (known !== undefined) return known;
        const value = region.nodes.includes(at)
          ? point(at, at.inputs.map(evaluate), { coords }, shape, fmt, region)
          : leaf(plan, at, { coords }, fmt);
        values.set(at, value);
        return value;
      };
      return evaluate(node);
    },
  };
}

const rowsOfPlan = ({ rows }: Plan): Extent => (typeof rows === "number" ? rows : { scalar: "n", per: 1 });

function point(
  node: Node,
  args: readonly Value[],
  { coords }: Pick<Core, "coords">,
  shape: readonly Extent[],
  fmt: FloatFmt,
  { again }: ComputeRegion,
): Value {
  const op = ops[node.op];
  if (op.kind !== "primitive" || op.lower.kind !== "pointwise") internal(`${node.op} is not pointwise`);
  const value = op.lower.value(args, { attrs: node.attrs, fmt, coords, shape });
  return again?.has(node) ? v.convert(v.convert(value, "f32"), fmt) : value;
}

/** A value from outside the region at the point; a scalar (the step of `random`) is the same at every point. */
const leaf = (plan: Plan, node: Node, core: Pick<Core, "coords">, fmt: FloatFmt): Value =>
  readAt(operandOf(plan, node), node.type.shape.length === 0 ? [] : core.coords, fmt);

/** `anchor + b`, where the anchor is used nowhere else and b comes from outside the region. */
function biasOf({ nodes }: ComputeRegion, anchor: Node): { sum: Node; operand: Node } | undefined {
  const users = nodes.filter((node) => node.inputs.includes(anchor));
  const [sum] = users;
  if (users.length !== 1 || sum.op !== "add") return undefined;
  const operand = sum.inputs[0] === anchor ? sum.inputs[1] : sum.inputs[0];
  return operand === anchor || nodes.includes(operand) ? undefined : { sum, operand };
}

const operandOf = (plan: Plan, node: Node): Operand =>
  plan.operands.get(node) ?? internal(`no place for the value of ${node.op}`);
