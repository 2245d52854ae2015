// Operators that take parts of a value, or join several: slices, splits, stacks, rows by number. In: values; starts, sizes and axes that
// are known. Out: parts and joins. The rows are taken whole, always.
import type { Shape, Size } from "../../../../../compiler/graph/graph.ts";
import { allKnown, type Call, type Operators } from "../define.ts";
import { known, refuse, sizeOf, type Value } from "../values.ts";

/** A part along one axis: from `start`, `count` of them, each `step` on from the one before. */
interface Part {
  readonly start: number;
  readonly count: Size;
  readonly step: number;
}

const whole = (size: Size): Part => ({ start: 0, count: size, step: 1 });

/** The part of a value that has one entry for each axis. */
function partOf(call: Call, x: Value, parts: readonly Part[]): Value {
  const shape = parts.map(({ count }) => count);
  if (parts.every(({ start, count, step }, axis) => start === 0 && step === 1 && count === x.shape[axis])) return x;
  const [constant] = allKnown([x]) ?? [];
  if (constant !== undefined) {
    const places = parts.reduce(
      (from: readonly number[], { start, count, step }, axis) =>
        from.flatMap((place) =>
          Array.from({ length: count as number }, (_, i) => place * constant.shape[axis] + start + i * step),
        ),
      [0],
    );
    return known(constant.dtype, shape as number[], places.map((place) => constant.values[place])); // biome-ignore format: one line
  }
  const { g } = call;
  const lead = call.values.lead(x);
  const node = parts.reduce((y, { start, count, step }, i) => {
    const axis = i + lead;
    const size = y.type.shape[axis];
    if (size === "n" || count === "n") return size === count ? y : refuse("it takes some rows of the batch");
    if (start === 0 && step === 1 && count === size) return y;
    const [first, span] = step > 0 ? [start, (count - 1) * step + 1] : [start + (count - 1) * step, (count - 1) * -step + 1];
    const only = (value: number) => y.type.shape.map((_, k) => (k === axis ? value : 0));
    const cut = g.slice(y, {
      starts: only(count === 0 ? 0 : first),
      sizes: y.type.shape.map((old, k) => (k === axis ? Math.max(span, 0) : old)),
    });
    const turned = step < 0 && count > 1 ? g.reverse(cut, { axes: [axis] }) : cut;
    if (Math.abs(step) === 1 || count < 2) return turned;
    const picked = g.window(turned, { axes: [axis], sizes: [1], strides: [Math.abs(step)], dilations: [1] });
    return g.reshape(picked, { shape: picked.type.shape.slice(0, -1) });
  }, call.values.node(x));
  return call.live(node, x.dtype, [x]);
}

function slice(call: Call): Value {
  const x = call.input(0);
  const [begin, size] = [call.integers(1), call.sizes(2)];
  if (begin.length !== x.shape.length || size.length !== begin.length)
    refuse("it says starts and sizes of another number of axes");
  const parts = x.shape.map((length, axis): Part => {
    const [start, count] = [begin[axis], size[axis]];
    if (length === "n") return isAll(call, start, count) ? whole("n") : refuse("it takes some rows of the batch");
    if (count === "n") return refuse("it takes as many as there are rows");
    const taken = count === -1 ? length - start : count;
    return start >= 0 && taken >= 0 && start + taken <= length
      ? { start, count: taken, step: 1 }
      : refuse(`it takes ${taken} from ${start} on, of ${length}`);
  });
  return partOf(call, x, parts);
}

const isAll = ({ values }: Call, start: number, count: Size): boolean =>
  start === 0 && (count === -1 || count === "n" || count === values.batch);

/** What the masks of a StridedSlice say at one place of its lists. */
interface Entry {
  readonly kind: "part" | "new" | "shrink" | "rest";
  readonly part?: Part;
}

function stridedSlice(call: Call): Value {
  const x = call.input(0);
  const [begin, end, step] = [call.sizes(1), call.sizes(2), call.integers(3)];
  const has = (mask: string, i: number): boolean => ((call.attrs.number(mask, 0) >> i) & 1) === 1;
  const kindOf = (i: number): Entry["kind"] => {
    if (has("ellipsis_mask", i)) return "rest";
    if (has("new_axis_mask", i)) return "new";
    return has("shrink_axis_mask", i) ? "shrink" : "part";
  };
  const kinds = begin.map((_, i) => kindOf(i));
  if (end.length !== begin.length || step.length !== begin.length || kinds.filter((kind) => kind === "rest").length > 1)
    refuse("its lists do not fit together");
  const spoken = kinds.filter((kind) => kind === "part" || kind === "shrink").length;
  const silent = x.shape.length - spoken;
  if (silent < 0) refuse(`it speaks of ${spoken} axes of ${x.shape.length}`);
  const parts: Part[] = [];
  const shape: Size[] = [];
  const rest = (): void => {
    for (let k = 0; k < silent; k++) {
      shape.push(x.shape[parts.length]);
      parts.push(whole(x.shape[parts.length]));
    }
  };
  kinds.forEach((kind, i) => {
    if (kind === "rest") rest();
    else if (kind === "new") shape.push(1);
    else {
      const part = spokenPart(call, x.shape[parts.length], {
        begin: has("begin_mask", i) && kind === "part" ? undefined : begin[i],
        end: has("end_mask", i) && kind === "part" ? undefined : end[i],
        step: step[i],
        isOne: kind === "shrink",
      });
      parts.push(part);
      if (kind === "part") shape.push(part.count);
    }
  });
  if (!kinds.includes("rest")) rest();
  const cut = partOf(call, x, parts);
  return shapedAs(call, cut, shape);
}

interface Bounds {
  readonly begin: Size | undefined;
  readonly end: Size | undefined;
  readonly step: number;
  readonly isOne: boolean;
}

function spokenPart(call: Call, length: Size, { begin, end, step, isOne }: Bounds): Part {
  if (length === "n") {
    const isWhole =
      !isOne && step === 1 && isAll(call, typeof begin === "number" ? begin : 0, end ?? -1) && begin !== "n" && end !== -1;
    return isWhole ? whole("n") : refuse("it takes some rows of the batch");
  }
  if (begin === "n" || end === "n" || step === 0) return refuse("its bounds are no numbers");
  if (isOne) {
    const at = (begin as number) < 0 ? (begin as number) + length : (begin as number);
    return at >= 0 && at < length ? { start: at, count: 1, step: 1 } : refuse(`there is no place ${begin} of ${length}`);
  }
  // Python's rule.
  const [least, most] = step > 0 ? [0, length] : [-1, length - 1];
  const bound = (value: number | undefined, standard: number): number =>
    value === undefined ? standard : Math.min(Math.max(value < 0 ? value + length : value, least), most);
  const from = bound(begin, step > 0 ? 0 : length - 1);
  const to = bound(end, step > 0 ? length : -1);
  return { start: from, count: Math.max(Math.ceil((to - from) / step), 0), step };
}

/** The same numbers under TensorFlow's `shape`. */
function shapedAs(call: Call, x: Value, shape: Shape): Value {
  if (shape.length === x.shape.length) return x;
  if (x.kind === "known") return known(x.dtype, shape as number[], x.values);
  const full: Shape = call.values.lead(x) === 0 ? shape : ["n", ...shape];
  return call.live(call.g.reshape(call.values.node(x), { shape: [...full] }), x.dtype, [x]);
}

/** Values one behind the other along an axis. */
export function joined(call: Call, inputs: readonly Value[], axis: number): Value {
  const constants = allKnown(inputs);
  if (constants !== undefined) {
    const [first] = constants;
    const fits = constants.every(
      ({ shape }) => shape.length === first.shape.length && shape.every((size, k) => k === axis || size === first.shape[k]),
    );
    if (!fits) return refuse("its inputs have shapes that do not go together");
    const shape = first.shape.toSpliced(
      axis,
      1,
      constants.reduce((sum, value) => sum + value.shape[axis], 0),
    );
    const before = sizeOf(first.shape.slice(0, axis));
    const values = Array.from({ length: before }, (_, i) =>
      constants.flatMap((value) => {
        const part = sizeOf(value.shape.slice(axis));
        return Array.from(value.values).slice(i * part, (i + 1) * part);
      }),
    ).flat();
    return known(first.dtype, shape, values);
  }
  const hasRows = inputs.some((value) => value.kind === "live" && value.hasRows);
  const rows = inputs.find((value) => value.kind === "live" && value.hasRows)?.shape[0];
  if (axis === 0 && rows === "n") return refuse("it joins rows of the batch with others");
  const nodes = inputs.map((value) => {
    // What is the same for every row stands in each of them.
    const shape = rows === "n" && value.shape[0] === 1 ? [rows, ...value.shape.slice(1)] : value.shape;
    return call.values.spreadTo(value, shape, hasRows);
  });
  const lead = hasRows && call.values.rows === "by sample" ? 1 : 0;
  return call.live(call.g.concat(...nodes, { axis: axis + lead }), inputs[0].dtype, inputs);
}

/** Cuts along an axis, of these sizes. */
function split(call: Call, x: Value, axis: number, sizes: readonly number[]): readonly Value[] {
  let start = 0;
  return sizes.map((count) => {
    const part = partOf(call, x, x.shape.map((size, k) => (k === axis ? { start, count, step: 1 } : whole(size)))); // biome-ignore format: one line
    start += count;
    return part;
  });
}

function lengthOf(x: Value, axis: number): number {
  const size = x.shape[axis];
  return size === "n" ? refuse("it takes the batch apart") : size;
}

/** More parts are no network. */
const mostParts = 4096;

function evenly(call: Call): readonly Value[] {
  const x = call.input(1);
  const axis = call.axis(call.integer(0), x);
  const parts = call.attrs.number("num_split", 1);
  const size = lengthOf(x, axis) / parts;
  if (!Number.isInteger(size) || parts < 1 || parts > mostParts) refuse(`it splits ${lengthOf(x, axis)} into ${parts} parts`);
  return split(call, x, axis, new Array<number>(parts).fill(size));
}

function bySizes(call: Call): readonly Value[] {
  const x = call.input(0);
  const axis = call.axis(call.integer(2), x);
  const given = call.integers(1);
  const length = lengthOf(x, axis);
  const rest = length - given.filter((size) => size >= 0).reduce((a, b) => a + b, 0);
  const sizes = given.map((size) => (size === -1 ? rest : size));
  if (sizes.some((size) => size < 0) || sizes.reduce((a, b) => a + b, 0) !== length)
    refuse(`it splits ${length} into ${JSON.stringify(given)}`);
  return split(call, x, axis, sizes);
}

function unpacked(call: Call): readonly Value[] {
  const x = call.input(0);
  const axis = call.axis(call.attrs.number("axis", 0), x);
  const length = lengthOf(x, axis);
  if (length > mostParts) refuse(`it takes ${length} parts`);
  return split(call, x, axis, new Array<number>(length).fill(1)).map((part) =>
    shapedAs(call, part, part.shape.toSpliced(axis, 1)),
  );
}

function packed(call: Call): Value {
  const [first] = call.inputs;
  if (first === undefined) return refuse("it has no inputs");
  const axis = call.axis(call.attrs.number("axis", 0), first, first.shape.length + 1);
  const apart = call.inputs.map((x) => shapedAs(call, x, x.shape.toSpliced(axis, 0, 1)));
  return joined(call, apart, axis);
}

/** Rows of a table by number; or, of numbers that are known, parts along an axis. */
function gathered(call: Call, x: Value, ids: Value, given: number): Value {
  const axis = call.axis(given, x);
  const { g, values } = call;
  const [constant] = allKnown([ids]) ?? [];
  if (constant !== undefined) {
    const length = lengthOf(x, axis);
    const parts = Array.from(constant.values, (id) => {
      const start = typeof id === "number" && id < 0 ? id + length : id;
      if (typeof start !== "number" || !Number.isInteger(start) || start < 0 || start >= length)
        return refuse(`it takes the number ${id} of ${length}`);
      return partOf(call, x, x.shape.map((size, k) => (k === axis ? { start, count: 1, step: 1 } : whole(size)))); // biome-ignore format: one line
    });
    if (parts.length === 0) return refuse("it takes nothing");
    const all = parts.length === 1 ? parts[0] : joined(call, parts, axis);
    return shapedAs(call, all, x.shape.toSpliced(axis, 1, ...constant.shape));
  }
  if (axis !== 0 || (x.kind === "live" && x.hasRows)) return refuse("it takes parts by numbers that are computed at run time");
  return call.live(g.gather(values.node(x), values.node(ids)), x.dtype, [x, ids]);
}

function reversed(call: Call): Value {
  const x = call.input(0);
  const axes = call.integers(1).map((axis) => call.axis(axis, x));
  return partOf(call, x, x.shape.map((size, axis) => (axes.includes(axis) ? { start: lengthOf(x, axis) - 1, count: size, step: -1 } : whole(size)))); // biome-ignore format: one line
}

/** Operators of this file, by name. */
export const parts: Operators = {
  Slice: slice,
  StridedSlice: stridedSlice,
  ConcatV2: (call) => joined(call, call.inputs.slice(0, -1), call.axis(call.integer(-1), call.input(0))),
  Concat: (call) => joined(call, call.inputs.slice(1), call.axis(call.integer(0), call.input(1))),
  Split: evenly,
  SplitV: bySizes,
  Pack: packed,
  Unpack: unpacked,
  Gather: (call) => gathered(call, call.input(0), call.input(1), 0),
  GatherV2: (call) => {
    if (call.attrs.number("batch_dims", 0) !== 0) refuse("it takes other parts for each sample");
    return gathered(call, call.input(0), call.input(1), call.inputs.length > 2 ? call.integer(2) : 0);
  },
  ReverseV2: reversed,
};
