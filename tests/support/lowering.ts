// What an op's `lower` means, point by point in doubles: a walk over Values and Cores by the letter of compiler/program/program.ts,
// with no planner, scheduler or interpreter between. In: an op, attributes, concrete operands. Out: the result's numbers, or
// undefined where a view cannot be expressed by strides. A point that nothing writes stays NaN.
import { bindShape, type Shape, sizeOf, type Type } from "../../compiler/graph/graph.ts";
import type { Primitive, Tensor } from "../../compiler/ops/define.ts";
import type { Core } from "../../compiler/program/nest/core.ts";
import { at, indexOf, type Operand, rowMajor, type View } from "../../compiler/program/nest/view.ts";
import type { Extent, Index, Value } from "../../compiler/program/program.ts";
import { lit, load } from "../../compiler/program/value.ts";

type Dims = ReadonlyMap<string, number>;
type Buffers = ReadonlyMap<string, Float64Array>;

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
  eachPoint(core.map, rows, new Map(), (point) => {
    let acc = Number.NaN;
    const { fold } = core;
    if (fold !== undefined) {
      acc = evaluate(fold.init, point, buffers, acc);
      eachPoint(core.reduce, rows, point, (dims) => {
        const [a, b] = fold.term.map((term) => evaluate(term, dims, buffers, acc));
        if (fold.how === "madd") acc = a * b + acc;
        else acc = fold.how === "add" ? acc + a : fold.how === "max" ? Math.max(acc, a) : Math.min(acc, a);
      });
    }
    const value = evaluate(core.value, point, buffers, acc);
    const row = core.row && { index: core.row, limit: to.shape[0] as number, stride: to.strides[0] };
    const position = address({ ...indexOf(to, core.coords), ...(row && { row }) }, point, buffers);
    if (!(position >= 0 && position < out.length)) throw new Error(`store at ${position} of ${out.length}`);
    out[position] = core.into === "add" ? out[position] + value : value;
  });
}

function eachPoint(dims: Core["map"], rows: number, outer: Dims, visit: (dims: Dims) => void): void {
  const [first, ...rest] = dims;
  if (first === undefined) {
    visit(outer);
    return;
  }
  const count = typeof first[1] === "number" ? first[1] : Math.ceil(rows / first[1].per);
  for (let i = 0; i < count; i++) eachPoint(rest, rows, new Map([...outer, [first[0], i]]), visit);
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

/** Masks are 1 and 0; shared nodes are computed once. */
function evaluate(root: Value, dims: Dims, buffers: Buffers, acc: number): number {
  const done = new Map<Value, number>();
  const bits = new DataView(new ArrayBuffer(4));
  const of = (value: Value): number => {
    const known = done.get(value);
    if (known !== undefined) return known;
    const result = compute(value);
    done.set(value, result);
    return result;
  };
  const compute = (value: Value): number => {
    switch (value.op) {
      case "const": return value.value;
      case "loop": return dims.get(value.name) ?? fail(`no dim ${value.name}`);
      case "acc": return acc;
      case "load": {
        const data = buffers.get(value.buffer) ?? fail(`no buffer ${value.buffer}`);
        const position = address(value.index, dims, buffers);
        return position >= 0 && position < data.length ? data[position] : fail(`load at ${position} of ${data.length}`);
      }
      case "madd": return of(value.a) * of(value.b) + of(value.c);
      case "select": return of(value.mask) === 1 ? of(value.a) : of(value.b);
      case "neg": return -of(value.a);
      case "abs": return Math.abs(of(value.a));
      case "sqrt": return Math.sqrt(of(value.a));
      case "floor": return Math.floor(of(value.a));
      case "not": return 1 - of(value.a);
      case "convert": return value.fmt === "f32" ? Math.fround(of(value.a)) : of(value.a);
      case "pow2": return 2 ** of(value.a);
      case "exponent":
        bits.setFloat32(0, of(value.a));
        return (bits.getInt32(0) >> 23) - 127;
      case "add": return of(value.a) + of(value.b);
      case "sub": return of(value.a) - of(value.b);
      case "mul": return of(value.a) * of(value.b);
      case "div": return of(value.a) / of(value.b);
      case "min": return Math.min(of(value.a), of(value.b));
      case "max": return Math.max(of(value.a), of(value.b));
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
