// What an op's `lower` and a nest mean, point by point: a walk over Values, Cores and Nests by the letter of
// compiler/program/program.ts, with no planner, scheduler or interpreter between. In: an op, attributes, concrete operands; or
// nests and their memory. Out: the result's numbers, or undefined where a view cannot be expressed by strides. A point that nothing
// writes stays NaN.
import { bindShape, type Shape, sizeOf, type Type } from "../../compiler/graph/graph.ts";
import type { Primitive, Tensor } from "../../compiler/ops/define.ts";
import type { Core } from "../../compiler/program/nest/core.ts";
import { isLoop, type Nest, type NestKernel, type Tree } from "../../compiler/program/nest/nest.ts";
import { at, indexOf, type Operand, rowMajor, type View } from "../../compiler/program/nest/view.ts";
import type { Extent, Index, Program, Value } from "../../compiler/program/program.ts";
import { lit, load } from "../../compiler/program/value.ts";

type Dims = ReadonlyMap<string, number>;
/** Loads give what stands here: doubles for an op's operands, float32 for a nest's memory. */
type Buffers = ReadonlyMap<string, Float64Array | Float32Array>;

const extents = (shape: Shape): Extent[] => shape.map((size) => (size === "n" ? { scalar: "n", per: 1 } : size));
const viewOf = (buffer: string, shape: readonly Extent[]): View => {
  return { kind: "view", buffer, base: 0, shape, strides: rowMajor(shape), loops: [] };
};

export function runLowering(
  op: Primitive,
  types: readonly Type[],
  attrs: object,
  inputs: readonly Tensor[],
  result: Shape,
  rows: number,
) {
  const { lower } = op;
  const shape = extents(result);
  const coords = shape.map((_, axis) => at(`i${axis}`));
  const buffers = new Map(inputs.map(({ data }, i) => [`x${i}`, data]));
  const operands = types.map((type, i) => viewOf(`x${i}`, extents(type.shape)));
  const size = sizeOf(bindShape(result, rows));
  const out = new Float64Array(size).fill(Number.NaN);
  const store: Core = {
    map: shape.map((extent, i) => [`i${i}`, extent]),
    reduce: [],
    value: lit(0, "f64"),
    coords,
    into: "store",
  };
  const run = (core: Core) => runCore(core, viewOf("out", shape), out, buffers, rows);
  switch (lower.kind) {
    case "pointwise": {
      const args = operands.map((operand): Value => {
        const index = indexOf(operand, operand.shape.length === 0 ? [] : coords);
        return { op: "convert", a: load(operand.buffer, index), fmt: "f64" };
      });
      run({ ...store, value: lower.value(args, { attrs: attrs as never, fmt: "f64", coords, shape }) });
      return out;
    }
    case "view": {
      const view = lower.view(operands[0], attrs as never, shape);
      if (view === undefined) return undefined;
      run({ ...store, value: load(view.buffer, indexOf(view, coords)) });
      return out;
    }
    case "nest": {
      const site = { attrs: attrs as never, fmt: "f64" as const, inputs: operands as readonly Operand[], shape };
      for (const core of lower.cores(site)) run(core);
      return out;
    }
    default:
      throw new Error(`${op.name} has no loops of its own`);
  }
}

function runCore(core: Core, to: View, out: Float64Array, buffers: Buffers, rows: number): void {
  const row = core.row && { index: core.row, limit: to.shape[0] as number, stride: to.strides[0] };
  const index = { ...indexOf(to, core.coords), ...(row && { row }) };
  const { map, reduce, fold, value, into, beside = [] } = core;
  const nest: Nest = {
    name: "",
    origin: "",
    map,
    reduce,
    ...(fold && { fold }),
    finish: value,
    out: { buffer: "out", index },
    ...(beside.length > 0 && {
      more: beside.map((one) => ({ finish: one.value, out: { buffer: "out", index: indexOf(to, one.coords) } })),
    }),
    into,
  };
  runNest(nest, new Map([...buffers, ["out", out]]), new Map([["n", rows]]));
}

/** Runs the nests of every kernel an entry calls, in order, over its memory; `scalars` by name. */
export function runNests(program: Program<NestKernel>, entry: string, buffers: Buffers, scalars: Dims): void {
  const calls = program.entries.find(({ name }) => name === entry)?.calls ?? fail(`no entry ${entry}`);
  const runTree = (tree: Tree, dims: Dims): void => {
    if (!isLoop(tree)) runNest(tree, buffers, dims);
    else eachPoint([[tree.loop, tree.to]], dims, (inner) => tree.parts.forEach((part) => void runTree(part, inner)));
  };
  for (const { kernel } of calls)
    program.kernels.find(({ name }) => name === kernel)?.parts.forEach((part) => void runTree(part, scalars));
}

/** What changes nothing. */
const empty = { madd: -0, add: -0, max: -Infinity, most: -Infinity, min: Infinity, least: Infinity };

/** Which of two stays. */
const largest = {
  max: Math.max,
  min: Math.min,
  most: (a: number, b: number): number => (a < b || Number.isNaN(b) ? b : a),
  least: (a: number, b: number): number => (b < a || Number.isNaN(b) ? b : a),
};

function runNest(nest: Nest, buffers: Buffers, outer: Dims): void {
  const { map, reduce, fold, into } = nest;
  const stores = [nest, ...(nest.more ?? [])];
  eachPoint(map, outer, (point) => {
    let acc = Number.NaN;
    if (fold !== undefined) {
      const { how, init } = fold;
      const round = (x: number): number => (init.fmt === "f32" ? Math.fround(x) : x);
      acc = evaluate(init, point, buffers, acc);
      const join = (a: number, b: number): number => (how === "madd" || how === "add" ? round(a + b) : largest[how](a, b));
      const take = (sum: number, dims: Dims): number => {
        const [a, b] = fold.term.map((term) => evaluate(term, dims, buffers, sum));
        return how === "madd" ? round(round(a * b) + sum) : join(sum, a);
      };
      const [outer, inner] = fold.partial === undefined ? [reduce, []] : [reduce.slice(0, -1), reduce.slice(-1)];
      eachPoint(outer, point, (around) => {
        const terms: Dims[] = [];
        eachPoint(inner, around, (dims) => terms.push(dims));
        const { partial = 1 } = fold;
        const whole = partial === 1 ? 0 : terms.length - (terms.length % partial);
        let sums = Array.from({ length: whole === 0 ? 0 : partial }, () => empty[how]);
        for (const [k, dims] of terms.slice(0, whole).entries()) sums[k % partial] = take(sums[k % partial], dims);
        for (; sums.length > 1; sums = sums.slice(0, sums.length / 2))
          for (let i = 0; i < sums.length / 2; i++) sums[i] = join(sums[i], sums[i + sums.length / 2]);
        for (const sum of sums) acc = join(acc, sum);
        for (const dims of terms.slice(whole)) acc = take(acc, dims);
      });
    }
    const values = stores.map(({ finish }) => evaluate(finish, point, buffers, acc));
    for (const [i, { finish, out: to }] of stores.entries()) {
      const out = buffers.get(to.buffer) ?? fail(`no buffer ${to.buffer}`);
      const position = address(to.index, point, buffers);
      if (!(position >= 0 && position < out.length)) throw new Error(`store at ${position} of ${out.length}`);
      const sum = out[position] + values[i];
      out[position] = into === "store" ? values[i] : finish.fmt === "f32" ? Math.fround(sum) : sum;
    }
  });
}

/** Points in order, the last dim fastest; `outer` knows the dims around and the scalars. */
function eachPoint(dims: Core["map"], outer: Dims, visit: (dims: Dims) => void): void {
  const [first, ...rest] = dims;
  if (first === undefined) {
    visit(outer);
    return;
  }
  const count = countOf(first[1], outer);
  for (let i = 0; i < count; i++) eachPoint(rest, new Map([...outer, [first[0], i]]), visit);
}

function countOf(extent: Extent, scalars: Dims): number {
  if (typeof extent === "number") return extent;
  const blocks = (scalars.get(extent.scalar) ?? fail(`no scalar ${extent.scalar}`)) / extent.per;
  return extent.round === "down" ? Math.floor(blocks) : Math.ceil(blocks);
}

function address({ base, terms, row }: Index, dims: Dims, buffers: Buffers): number {
  const bound = (name: string) => dims.get(name) ?? fail(`no dim ${name}`);
  const position = terms.reduce((sum, [name, stride]) => sum + stride * bound(name), base);
  if (row === undefined) return position;
  const id = Math.floor(evaluate(row.index, dims, buffers, Number.NaN));
  return position + row.stride * (Number.isNaN(id) ? 0 : Math.max(0, Math.min(row.limit - 1, id)));
}

const fail = (what: string): never => {
  throw new Error(what);
};

/** Masks are 1 and 0; shared nodes are computed once; what f32 computes is rounded, what it loads stands as it is. */
function evaluate(root: Value, dims: Dims, buffers: Buffers, acc: number): number {
  const done = new Map<Value, number>();
  const bits = new DataView(new ArrayBuffer(4));
  const of = (value: Value): number => {
    const known = done.get(value);
    if (known !== undefined) return known;
    const result = value.fmt === "f32" && value.op !== "load" ? Math.fround(compute(value)) : compute(value);
    done.set(value, result);
    return result;
  };
  const compute = (value: Value): number => {
    switch (value.op) {
      case "const": return value.value;
      case "loop": case "scalar": return dims.get(value.name) ?? fail(`no dim ${value.name}`);
      case "acc": return acc;
      case "load": {
        const data = buffers.get(value.buffer) ?? fail(`no buffer ${value.buffer}`);
        const position = address(value.index, dims, buffers);
        return position >= 0 && position < data.length ? data[position] : fail(`load at ${position} of ${data.length}`);
      }
      case "madd": {
        const product = of(value.a) * of(value.b);
        return (value.fmt === "f32" ? Math.fround(product) : product) + of(value.c);
      }
      case "select": return of(value.mask) === 1 ? of(value.a) : of(value.b);
      case "neg": return -of(value.a);
      case "abs": return Math.abs(of(value.a));
      case "sqrt": return Math.sqrt(of(value.a));
      case "floor": return Math.floor(of(value.a));
      case "not": return 1 - of(value.a);
      case "convert": return of(value.a);
      case "pow2": return value.fmt === "f32" && of(value.a) === -127 ? 0 : 2 ** of(value.a);
      case "exponent":
        bits.setFloat32(0, of(value.a));
        return (bits.getInt32(0) >> 23) - 127;
      case "add": return of(value.a) + of(value.b);
      case "sub": return of(value.a) - of(value.b);
      case "mul": return of(value.a) * of(value.b);
      case "div": return of(value.a) / of(value.b);
      case "min": return Math.min(of(value.a), of(value.b));
      case "max": return Math.max(of(value.a), of(value.b));
      case "most": case "least": return largest[value.op](of(value.a), of(value.b));
      case "less": return of(value.a) < of(value.b) ? 1 : 0;
      case "equal": return of(value.a) === of(value.b) ? 1 : 0;
      case "and": return of(value.a) * of(value.b);
      case "iadd": return (of(value.a) + of(value.b)) | 0;
      case "imul": return Math.imul(of(value.a), of(value.b));
      case "ixor": return of(value.a) ^ of(value.b);
      case "ishl": return of(value.a) << of(value.b);
      case "ishr": return (of(value.a) >>> of(value.b)) | 0;
      default: return fail(`a nest has no ${value.op}`);
    }
  }; // biome-ignore format: one table
  return of(root);
}
