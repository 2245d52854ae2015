// Lowering: Plan → trees of nests. In: regions over views. Out: one kernel a region (a scan is one kernel with a loop around its
// body's nests), nothing scheduled; regions of one form are lowered once (forms.ts). Guarantee: the order of every sum is said by its nest (order.ts).
import { internal, invariant } from "../diagnostics/error.ts";
import { isBatched, type Node } from "../graph/graph.ts";
import type { PointSite } from "../ops/define.ts";
import { ops } from "../ops/index.ts";
import type { ComputeRegion, CopyRegion, Plan, Region } from "../plan/plan.ts";
import { label, showOrigins } from "../plan/print.ts";
import type { Core } from "../program/nest/core.ts";
import { splitBlocked } from "../program/nest/dims.ts";
import type { Nest, NestKernel, Store, Tree } from "../program/nest/nest.ts";
import { makeTwin, withBuffers } from "../program/nest/twins.ts";
import { at, type Computed, type Coord, indexOf, type Operand, readAt, type View } from "../program/nest/view.ts";
import type { Extent, FloatFmt, Value } from "../program/program.ts";
import * as v from "../program/value.ts";
import { type Form, formOf } from "./forms.ts";
import { withOrder, withRowsOutside } from "./order.ts";
import { walkRows } from "./rows.ts";

export interface LowerOptions {
  /** f64: sums and chains in doubles, rounded at stores; f32: rounded at every step. */
  readonly fmt: FloatFmt;
  /** Kernel names, unique in the Program. */
  readonly kernelName: (region: Region) => string;
  /** What some buffers of the Plan are called in the Program. */
  readonly renamed: ReadonlyMap<string, string>;
}

/** The regions of a plan as trees of nests, in order. Of regions that differ in their buffers alone the first is lowered, the others are
 * its twins. */
export function lower(plan: Plan, { fmt, kernelName, renamed }: LowerOptions): readonly NestKernel[] {
  const called = (buffer: string): string => renamed.get(buffer) ?? buffer;
  const known = { lengths: new Map(plan.buffers.map(({ name, length }) => [name, length])), called };
  const first = new Map<string, { readonly kernel: NestKernel; readonly form: Form }>();
  return plan.regions.map((region) => {
    const names = { name: kernelName(region), origin: describe(region) };
    const form = formOf(plan, region, known);
    const twin = form && first.get(form.text);
    if (form !== undefined && twin !== undefined) {
      const buffers = new Map(twin.form.buffers.map((buffer, i) => [buffer, form.buffers[i]]));
      const nests = new Map(twin.form.regions.map(({ name }, i) => [name, namesOf(form.regions[i])]));
      return makeTwin({ kernel: twin.kernel, buffers }, { ...names, nests });
    }
    const own = { ...names, parts: partsOf(plan, region, fmt) };
    const kernel = renamed.size === 0 ? own : withBuffers(own, called);
    if (form !== undefined) first.set(form.text, { kernel, form });
    return kernel;
  });
}

const namesOf = (region: Region): Pick<Nest, "name" | "origin"> => ({ name: region.name, origin: showOrigins(region) });

function partsOf(plan: Plan, region: Region, fmt: FloatFmt): readonly Tree[] {
  if (region.kind === "copy") return [splitBlocked(copyNest(region, fmt))];
  if (region.kind === "compute")
    return computeNests(plan, region, fmt).map((nest) => withRowsOutside(nest, isBatched(rootOf(region).type)));
  if (region.kind === "rows")
    return walkRows(
      region.body.flatMap((inner) => computeNests(plan, inner, fmt)),
      region,
    );
  return [{ loop: region.loop, to: region.length, parts: region.body.flatMap((inner) => partsOf(plan, inner, fmt)) }];
}

const rootOf = ({ nodes }: ComputeRegion): Node => nodes[nodes.length - 1];

const describe = (region: Region): string => [showOrigins(region), label(region)].filter((part) => part !== "").join(": ");

function copyNest(region: CopyRegion, fmt: FloatFmt): Nest {
  const coords = region.out.shape.map((_, axis) => at(`i${axis}`));
  return {
    ...namesOf(region),
    map: region.out.shape.map((extent, axis) => [`i${axis}`, extent]),
    reduce: [],
    finish: readAt(region.from, coords, fmt),
    out: { buffer: region.out.buffer, index: indexOf(region.out, coords) },
    into: "store",
  };
}

function computeNests(plan: Plan, region: ComputeRegion, fmt: FloatFmt): readonly Nest[] {
  const { anchor, out } = region;
  return coresOf(plan, region, fmt).map((core) => {
    const known = new Map<Node, Value>();
    let fold = core.fold;
    if (anchor !== undefined) {
      known.set(anchor, core.value);
      // The sum may start from a bias instead of 0: one addition less, and nothing is lost by it.
      const bias = fold === undefined ? undefined : biasOf(region, anchor);
      if (bias !== undefined && (fold?.how === "madd" || fold?.how === "add")) {
        fold = { ...fold, init: readAt(operandOf(plan, bias.operand), core.coords, fmt) };
        known.set(bias.sum, core.value);
      }
    }
    const row = core.row === undefined ? {} : { row: { index: core.row, limit: out.shape[0] as number, stride: out.strides[0] } };
    /** What the region stores at one point of the result. */
    const storesAt = (coords: readonly Coord[], values: Map<Node, Value>): readonly Store[] => {
      const evaluate = evaluator(plan, region, { fmt, coords, shape: out.shape }, values);
      const stored = (node: Node, to: View): Store => ({
        finish: evaluate(node),
        out: { buffer: to.buffer, index: { ...indexOf(to, coords), ...row } },
      });
      return [stored(rootOf(region), out), ...(region.more ?? []).map((one) => stored(one.node, one.out))];
    };
    const beside = (core.beside ?? []).flatMap(({ value, coords }) =>
      storesAt(coords, new Map(anchor === undefined ? [] : [[anchor, value]])),
    );
    const [first, ...others] = storesAt(core.coords, known);
    const more = [...others, ...beside];
    const nest: Nest = {
      ...namesOf(region),
      map: core.map,
      reduce: core.reduce,
      ...(fold === undefined ? {} : { fold }),
      ...first,
      ...(more.length === 0 ? {} : { more }),
      into: core.into,
    };
    return withOrder(nest, isBatched(rootOf(region).type));
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
  return { kind: "computed", shape, at: (coords) => evaluator(plan, region, { fmt, coords, shape })(node) };
}

const rowsOfPlan = ({ rows }: Plan): Extent => (typeof rows === "number" ? rows : { scalar: "n", per: 1 });

/** Where pointwise nodes are computed. */
type Where = Omit<PointSite<never>, "attrs">;

/** The value of a node at a point: computed where the region holds it, else read; each once. */
function evaluator(plan: Plan, region: ComputeRegion, where: Where, values: Map<Node, Value> = new Map()): (node: Node) => Value {
  const inside = new Set(region.nodes);
  const evaluate = (node: Node): Value => {
    const known = values.get(node);
    if (known !== undefined) return known;
    const value = inside.has(node) ? point(node, node.inputs.map(evaluate), where, region) : leaf(plan, node, where);
    values.set(node, value);
    return value;
  };
  return evaluate;
}

function point(node: Node, args: readonly Value[], where: Where, { again }: ComputeRegion): Value {
  const op = ops[node.op];
  if (op.kind !== "primitive" || op.lower.kind !== "pointwise") internal(`${node.op} is not pointwise`);
  const value = op.lower.value(args, { ...where, attrs: node.attrs });
  return again?.has(node) ? v.convert(v.convert(value, "f32"), where.fmt) : value;
}

/** A value from outside the region at the point; a scalar (the step of `random`) is the same at every point. */
const leaf = (plan: Plan, node: Node, { coords, fmt }: Where): Value =>
  readAt(operandOf(plan, node), node.type.shape.length === 0 ? [] : coords, fmt);

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
