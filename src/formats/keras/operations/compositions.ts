// Operations of keras.ops that several lines compute together: products by other axes, statistics, normalisations, attention, windows. In:
// what a call of one is given. Out: a line `model` that holds the lines; nothing where the batch is mixed, or a size is open.
import { ours } from "../values.ts";
import { batch, composed, type Lines, type Operand, type Term } from "./composed.ts";
import { axisOf, type Given, knownOf, type Made, type Make, wholeNumbers } from "./define.ts";
import { axisIn } from "./makers.ts";

const letters = "abcdefghijklmnopqrstuvwxyz";
const flag = (given: Given, name: string): boolean => given.at(undefined, name) === true;
const first = (given: Given): unknown => given.at(0, "x") ?? given.at(0, "inputs") ?? given.at(0, "images") ?? given.at(0, "a");
/** Axes counted from the batch; none where the batch is among them. */
const axesIn = (axis: number | readonly number[] | undefined, rank: number): readonly number[] | undefined => {
  if (axis === undefined) return undefined;
  const axes = [axis].flat().map((one) => axisOf(one, rank));
  return axes.includes(0) ? undefined : axes;
};

/** A product of two operands, whose axes have the labels given; one that both have and the result has not is summed over. */
const labelled = (lines: Lines, [a, b]: readonly Operand[], texts: readonly [string, string, string]): string =>
  lines.of("einsum", { equation: `${texts[0]},${texts[1]}->${texts[2]}` }, a.term, b.term);
const isBatched = ({ shape }: Operand): boolean => shape[0] === batch;

/** The first operand has the batch, and the second is known numbers: the batch of two is one, which no sum of products leaves alone. */
const onKnown =
  (texts: (a: Operand, b: Operand, given: Given) => readonly [string, string, string] | undefined): Make =>
  (given) =>
    composed(given, [given.at(0, "x1"), given.at(1, "x2")], (lines, [a, b]) => {
      const found = isBatched(a) && !isBatched(b) && b.shape.length > 0 ? texts(a, b, given) : undefined;
      return found === undefined ? undefined : labelled(lines, [a, b], found);
    });

/** NumPy's tensordot: the axes of each that are summed over, by number or as lists. */
const tensordot = onKnown((a, b, given) => {
  const axes = ours(given.at(undefined, "axes"), given.path) ?? 2;
  const [ranks, many] = [[a.shape.length, b.shape.length], typeof axes === "number" ? axes : undefined];
  const lists = many === undefined ? (axes as unknown[]) : [
    Array.from({ length: many }, (_, i) => ranks[0] - many + i),
    Array.from({ length: many }, (_, i) => i),
  ]; // biome-ignore format: two lists
  const [left, right] = lists.map((one, i) => [wholeNumbers(one) ?? []].flat().map((axis) => axisOf(axis, ranks[i])));
  if (left === undefined || left.length !== right?.length || left.includes(0)) return undefined;
  const own = letters.slice(0, ranks[0]);
  const other = [...letters.slice(ranks[0], ranks[0] + ranks[1])];
  for (const [i, axis] of right.entries()) other[axis] = own[left[i]];
  const kept = [...own].filter((_, i) => !left.includes(i));
  return [own, other.join(""), [...kept, ...other.filter((_, i) => !right.includes(i))].join("")];
});
/** Sums over the last axis of both. */
const inner = onKnown(({ shape: a }, { shape: b }) => {
  const own = letters.slice(0, a.length);
  const other = `${letters.slice(a.length, a.length + b.length - 1)}${own.at(-1)}`;
  return a.length < 2 ? undefined : [own, other, own.slice(0, -1) + other.slice(0, -1)];
});

/** `x[from:to]` along an axis. */
const part = (lines: Lines, x: string, axis: number, start: number, stop: number | null, step = 1): string =>
  lines.line("slice", { at: [...Array.from({ length: axis - 1 }, () => ({})), { start, stop, ...(step === 1 ? {} : { step }) }] }, x); // biome-ignore format: one line

/** One operand that is a tensor. */
const ofTensor =
  (make: (lines: Lines, x: string, shape: readonly number[], given: Given) => string | readonly string[] | undefined): Make =>
  (given) =>
    composed(given, [first(given)], (lines, [{ term, shape }]) => (typeof term === "string" ? make(lines, term, shape, given) : undefined)); // biome-ignore format: one line

const diff = ofTensor((lines, x, shape, given) => {
  const [n, axis] = [given.at(undefined, "n") ?? 1, axesIn(axisIn(given) ?? -1, shape.length)];
  if (typeof n !== "number" || n < 1 || axis?.length !== 1 || shape[axis[0]] <= n) return undefined;
  let y = x;
  for (let i = 0; i < n; i++) y = lines.map("subtract", part(lines, y, axis[0], 1, null), part(lines, y, axis[0], 0, -1));
  return y;
});

const moments = ofTensor((lines, x, shape, given) => {
  const axes = axesIn(axisIn(given, "axes"), shape.length);
  if (axes === undefined) return undefined;
  return ["mean", "var"].map((op) => lines.reduce(op, axes, x, flag(given, "keepdims")));
});

/** Sums weighed by known numbers, or by a tensor of the same shape. */
const average: Make = (given) => {
  const weights = given.at(1, "weights") ?? null;
  return composed(given, weights === null ? [first(given)] : [first(given), weights], (lines, [x, w]) => {
    const axes = axesIn(axisIn(given), x.shape.length);
    if (axes === undefined || typeof x.term !== "string") return undefined;
    if (w === undefined) return lines.reduce("mean", axes, x.term);
    const one = w.shape.length === 1 && axes.length === 1 && typeof w.term !== "string";
    if (!one && w.shape.length !== x.shape.length) return undefined;
    const wide = one
      ? known(
          w,
          x.shape.map((_, i) => (i === axes[0] ? w.shape[0] : 1)),
        )
      : w.term;
    const weighed = lines.reduce("sum", axes, lines.map("multiply", x.term, wide));
    const whole = lines.map("multiply", lines.map("fullLike", x.term, 1), wide);
    return lines.map("divide", weighed, lines.reduce("sum", axes, whole));
  });
};
/** Known numbers in another shape. */
const known = ({ term }: Operand, shape: readonly number[]): Term =>
  typeof term === "string" || typeof term.known !== "object" ? term : { known: { ...term.known, shape: shape.filter((_, i) => i > 0) } }; // biome-ignore format: one line

/** Scores, their mask and bias, weights, and what they weigh; heads stand behind the steps. */
const attention: Make = (given) => {
  const at = (position: number, name: string) => given.at(position, name) ?? null;
  const [bias, mask] = [at(3, "bias"), at(4, "mask")];
  const more = [bias, mask].filter((one) => one !== null);
  return composed(given, [at(0, "query"), at(1, "key"), at(2, "value"), ...more], (lines, [q, k, v, ...rest]) => {
    const terms = [q, k, v].map(({ term }) => term);
    if (!terms.every((term) => typeof term === "string") || q.shape.length !== 4 || q.shape[2] !== k.shape[2]) return undefined;
    const [of, to] = [bias, mask].map((one) => (one === null ? undefined : rest.shift()));
    if ([of, to].some((one) => one !== undefined && one.shape.length !== 4)) return undefined;
    const scale = at(5, "scale") ?? 1 / Math.sqrt(q.shape[3]);
    const cap = given.at(undefined, "attn_logits_soft_cap") ?? null;
    if (typeof scale !== "number" || cap !== null) return undefined;
    let scores: string = lines.map("multiply", labelled(lines, [q, k], ["btnh", "bsnh", "bnts"]), scale);
    if (of !== undefined) scores = lines.map("add", scores, of.term);
    if (flag(given, "is_causal")) {
      const [rows, columns] = [q.shape[1], k.shape[1]];
      const values = Array.from({ length: rows * columns }, (_, i) => (i % columns <= Math.floor(i / columns) ? 1 : 0));
      scores = lines.map("where", { known: { shape: [rows, columns], values } }, scores, masked);
    }
    if (to !== undefined) scores = lines.map("where", to.term, scores, masked);
    const weights = lines.line("along", { op: "softmax", axis: -1 }, scores);
    return labelled(lines, [{ ...q, term: weights }, v], ["bnts", "bsnh", "btnh"]);
  });
};
/** What a score counts as where it is masked: Keras' 0.7 of the largest float32, so that a row of those alone is even. */
const masked = -0.7 * 3.4028234663852886e38;

/** x with mean 0 and variance 1 along axes, times gamma and with beta, which are known. */
const layerNorm: Make = (given) => {
  const epsilon = given.at(undefined, "epsilon") ?? 1e-7;
  const [gamma, beta] = [given.at(1, "gamma") ?? null, given.at(2, "beta") ?? null];
  return composed(given, [first(given), ...[gamma, beta].filter((one) => one !== null)], (lines, [x, ...rest]) => {
    const axes = axesIn(axisIn(given) ?? -1, x.shape.length);
    if (axes === undefined || typeof x.term !== "string" || typeof epsilon !== "number" || flag(given, "rms_scaling"))
      return undefined;
    if (axes.length !== 1 || axes[0] !== x.shape.length - 1) return undefined;
    const centred = lines.map("subtract", x.term, lines.reduce("mean", axes, x.term, true));
    const spread = lines.map("rsqrt", lines.map("add", lines.reduce("var", axes, x.term, true), epsilon));
    let y = lines.map("multiply", centred, spread);
    if (gamma !== null) y = lines.map("multiply", y, (rest.shift() as Operand).term);
    return beta === null ? y : lines.map("add", y, (rest.shift() as Operand).term);
  });
};
const rmsNorm: Make = (given) => {
  const [scale, epsilon] = [given.at(1, "scale") ?? null, given.at(undefined, "epsilon") ?? 1e-7];
  return composed(given, [first(given), ...(scale === null ? [] : [scale])], (lines, [x, by]) => {
    const axes = axesIn(axisIn(given) ?? -1, x.shape.length);
    if (axes?.length !== 1 || axes[0] !== x.shape.length - 1 || typeof x.term !== "string" || typeof epsilon !== "number") return undefined; // biome-ignore format: one line
    const square = lines.reduce("mean", axes, lines.map("square", x.term), true);
    const y = lines.map("multiply", x.term, lines.map("rsqrt", lines.map("add", square, epsilon)));
    return by === undefined ? y : lines.map("multiply", y, by.term);
  });
};

/** Which of the classes are among a sample's numbers. */
const multiHot = ofTensor((lines, x, shape, given) => {
  const [numClasses, axis] = [axisIn(given, "num_classes"), axisIn(given) ?? -1];
  if (typeof numClasses !== "number" || typeof axis !== "number" || shape.length < 2) return undefined;
  return lines.reduce("max", 1, lines.line("oneHot", { numClasses, axis }, x));
});

/** Which bin a number lies in: how many edges are not above it (`right`), or are below. */
const binned = (values: unknown, edges: unknown, right: boolean, given: Given): Made | undefined => {
  const sequence = knownOf(edges, given.path);
  if (typeof sequence !== "object" || sequence.shape.length !== 1) return undefined;
  return composed(given, [values], (lines, [{ term, shape }]) => {
    if (typeof term !== "string") return undefined;
    const wide = lines.line("expandDims", { axis: shape.length }, term);
    return lines.reduce("sum", shape.length, lines.map(right ? "greaterEqual" : "greater", wide, { known: sequence }));
  });
};

/** The main diagonal of two axes, or one beside it, as the last axis; `isSum`: added up. */
const diagonal = (isSum: boolean): Make =>
  ofTensor((lines, x, shape, given) => {
    const rank = shape.length;
    const [offset, a, b] = [given.at(undefined, "offset") ?? 0, axisIn(given, "axis1") ?? 0, axisIn(given, "axis2") ?? 1];
    const axes = axesIn([a, b].flat(), rank);
    if (axes === undefined || axes.length !== 2 || typeof offset !== "number") return undefined;
    const rest = shape.map((_, i) => i).filter((i) => i > 0 && !axes.includes(i));
    const [rows, columns] = axes.map((axis) => shape[axis]);
    const many = Math.min(rows + Math.min(offset, 0), columns - Math.max(offset, 0));
    if (many < 1) return undefined;
    const turned = lines.line("permute", { dims: [...rest, ...axes] }, x);
    const flat = lines.line("reshape", { targetShape: [...rest.map((i) => shape[i]), rows * columns] }, turned);
    const indices = Array.from({ length: many }, (_, i) => (i - Math.min(offset, 0)) * columns + i + Math.max(offset, 0));
    const y = lines.line("take", { indices, axis: -1 }, flat);
    return isSum ? lines.reduce("sum", -1, y) : y;
  });

/** Quarter turns of two axes. */
const turned = ofTensor((lines, x, shape, given) => {
  const [k, axes] = [given.at(undefined, "k") ?? 1, axesIn(axisIn(given, "axes") ?? [0, 1], shape.length)];
  if (typeof k !== "number" || axes?.length !== 2) return undefined;
  const [a, b] = axes;
  const dims = shape.map((_, i) => (i === a ? b : i === b ? a : i)).slice(1);
  const quarter = ((k % 4) + 4) % 4;
  const flip = (from: string, axis: number) => lines.line("flip", { axis }, from);
  if (quarter === 0) return lines.line("identity", {}, x);
  if (quarter === 2) return flip(flip(x, a), b);
  return quarter === 1 ? lines.line("permute", { dims }, flip(x, b)) : flip(lines.line("permute", { dims }, x), b);
});

/** Numbers in the place of what is none, and of both infinities. */
const nanToNum = ofTensor((lines, x, _shape, given) => {
  const most = 3.4028234663852886e38;
  const [none, above, below] = [["nan", 0], ["posinf", most], ["neginf", -most]].map(([key, standard]) => given.at(undefined, `${key}`) ?? standard); // biome-ignore format: one line
  if (![none, above, below].every((one) => typeof one === "number" && Number.isFinite(one))) return undefined;
  const put = (where: string, value: unknown, y: string) => lines.map("where", lines.map(where, x), value as number, y);
  return put("isnan", none, put("isposinf", above, put("isneginf", below, x)));
});

/** Blocks of points as channels, or channels as blocks of points: the points of a block stand before its channels. */
const blocks = (toDepth: boolean): Make =>
  ofTensor((lines, x, [, ...shape], given) => {
    const size = given.at(undefined, "block_size");
    const format = given.at(undefined, "data_format") ?? "channels_last";
    if (typeof size !== "number" || shape.length !== 3 || format !== "channels_last") return undefined;
    const [h, w, c] = shape;
    const split = toDepth ? [h / size, size, w / size, size, c] : [h, w, size, size, c / size ** 2];
    const whole = toDepth ? [h / size, w / size, c * size ** 2] : [h * size, w * size, c / size ** 2];
    if (!whole.every((one) => Number.isInteger(one))) return undefined;
    const apart = lines.line("reshape", { targetShape: split }, x);
    return lines.line("reshape", { targetShape: whole }, lines.line("permute", { dims: [1, 3, 2, 4, 5] }, apart));
  });

/** By Keras' class. */
export const compositions: Readonly<Record<string, Make>> = {
  Tensordot: tensordot,
  Inner: inner,
  Diff: diff,
  Moments: moments,
  Average: average,
  DotProductAttention: attention,
  LayerNorm: layerNorm,
  RMSNorm: rmsNorm,
  MultiHot: multiHot,
  Digitize: (given) => binned(given.at(0, "x"), given.at(1, "bins"), true, given),
  SearchSorted: (given) =>
    binned(given.at(1, "values"), given.at(0, "sorted_sequence"), given.at(undefined, "side") === "right", given),
  Diagonal: diagonal(false),
  Trace: diagonal(true),
  Rot90: turned,
  NanToNum: nanToNum,
  SpaceToDepth: blocks(true),
  DepthToSpace: blocks(false),
  Isclose: (given) => {
    const [a, b, r, t] = [given.at(0, "x1"), given.at(1, "x2"), given.at(2, "rtol") ?? 1e-5, given.at(3, "atol") ?? 1e-8];
    if (typeof r !== "number" || typeof t !== "number" || flag(given, "equal_nan")) return undefined;
    return composed(given, [a, b], (lines, [{ term: x }, { term: y }]) => {
      const apart = lines.map("abs", lines.map("subtract", x, y));
      const own = lines.map("abs", lines.map("multiply", lines.map("fullLike", apart, 1), y));
      const near = lines.map("lessEqual", apart, lines.map("add", lines.map("multiply", own, r), t));
      // Beside an infinity everything is as near.
      const isNear = lines.map("logicalAnd", near, lines.map("isfinite", own));
      return lines.map("logicalOr", lines.map("equal", x, y), isNear);
    });
  },
  RGBToGrayscale: ofTensor((lines, x, shape, given) => {
    const format = given.at(undefined, "data_format") ?? "channels_last";
    if (shape.length !== 4) return undefined;
    const weights = { known: { shape: format === "channels_last" ? [3] : [3, 1, 1], values: [0.2989, 0.587, 0.114] } };
    return lines.reduce("sum", format === "channels_last" ? -1 : 1, lines.map("multiply", x, weights), true);
  }),
};
