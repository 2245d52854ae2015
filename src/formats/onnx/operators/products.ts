// Products that sum over common axes: matrices, stacks of them, and Einstein's notation. Each becomes a dot, whose batch axes come first.
import type { Node } from "../../../../compiler/graph/graph.ts";
import type { G } from "../../../../compiler/ops/index.ts";
import { type Operator, operator, type Site } from "../define.ts";
import { type At, axesOf, broadcastShape, type Value } from "../values.ts";
import { reshapeTo, transposeTo } from "./moves.ts";

/** Axes of an operand by what they are. */
export interface Summed {
  /** Axes that go together, then those that are summed. */
  readonly batch: readonly number[];
  readonly contract: readonly number[];
}

/**
 * Σ over `contract`, [n, batch, free of a, free of b]. Both nodes may have rows, which go together then.
 */
export function products(g: G, a: Node, b: Node, left: Summed, right: Summed): Node {
  const [isLeft, isRight] = [a.type.shape[0] === "n", b.type.shape[0] === "n"];
  const contract = [left.contract, right.contract] as const;
  if (isLeft && isRight) return g.dot(a, b, { batch: [[0, ...left.batch], [0, ...right.batch]], contract }); // biome-ignore format: one line
  const made = (x: Node, y: Node, first: Summed, second: Summed): Node => {
    // n is the first free axis of x; the batch axes stand behind it.
    const at = x.type.shape[0] === "n" && first.batch.length > 0 ? { at: 1 } : {};
    return g.dot(x, y, { batch: [first.batch, second.batch], contract: [first.contract, second.contract], ...at });
  };
  if (!isRight) return made(a, b, left, right);
  const swapped = made(b, a, right, left);
  // [n, batch, free of b, free of a]
  const start = 1 + left.batch.length;
  const freeOfA = a.type.shape.length - left.batch.length - left.contract.length;
  const rank = swapped.type.shape.length;
  const perm = [...axesOf(start), ...axesOf(freeOfA, rank - freeOfA), ...axesOf(rank - freeOfA - start, start)];
  return g.transpose(swapped, { perm });
}

/** NumPy's matmul: the last two axes are matrices, those before are broadcast. */
export function matMul(site: Site, a: Value, b: Value): Value {
  if (a.shape.length === 0 || b.shape.length === 0) site.refuse("of a single number");
  if (a.shape.length === 1) return dropped(site, matMul(site, reshapeTo(site, a, [1, ...a.shape]), b), -2);
  if (b.shape.length === 1) return dropped(site, matMul(site, a, reshapeTo(site, b, [...b.shape, 1])), -1);
  const [k, l] = [a.shape[a.shape.length - 1], b.shape[b.shape.length - 2]];
  if (k !== l) site.refuse(`of [${a.shape.join(", ")}] and [${b.shape.join(", ")}]`);
  if (a.merged !== undefined || b.merged !== undefined) return byParts(site, a, b);
  const isFlat = (value: Value): boolean => value.at === "none" && value.shape.slice(0, -2).every((size) => size === 1);
  if (isFlat(b) && a.at !== a.shape.length - 1 && b.shape.length <= a.shape.length) return byWeights(site, a, b);
  return stacked(site, a, b);
}

/** The batch as a part of an axis: that axis apart in both. It is none of those that are summed. */
function byParts(site: Site, a: Value, b: Value): Value {
  const first = a.merged === undefined ? b : a;
  const { axis, count, inner } = first.merged ?? site.refuse("of such stacks");
  const end = first.shape.length - axis;
  const sizes = inner.shape.slice(axis, axis + count);
  const rank = Math.max(a.shape.length, b.shape.length);
  // Rows of the left matrix against weights on the right, or an axis of both stacks.
  if (end === 2 && first === a && b.at === "none" && b.shape.length === 2)
    return site.merged(matMul(site, inner, b), axis, count);
  if (end <= 2) site.each(first);
  const [left, right] = [a, b].map((value) => site.split(value, value.shape.length - end, sizes));
  return site.merged(matMul(site, left, right), rank - end, count);
}

/** A matrix of weights on the right: all other axes of a stay as they are. */
function byWeights(site: Site, a: Value, b: Value): Value {
  const { g } = site;
  const matrix = site.node(reshapeTo(site, b, b.shape.slice(-2)));
  const node = site.node(a);
  const made = g.dot(node, matrix, { batch: [[], []], contract: [[node.type.shape.length - 1], [0]] });
  return site.made(made, a.at, a.dtype);
}

function stacked(site: Site, a: Value, b: Value): Value {
  const rank = Math.max(a.shape.length, b.shape.length);
  // The batch may be among the axes before the matrices alone.
  const outer = (value: Value): Value => site.apart(value, axesOf(2, value.shape.length - 2));
  const [left, right] = [outer(a), outer(b)];
  const at = site.common([left, right], rank);
  const sizes = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2)) ?? site.refuse("of stacks of other sizes");
  const [x, y] = [left, right].map((value) => {
    const node = site.laid(value, at, rank);
    const own = [...sizes, ...value.shape.slice(-2)];
    const inner = typeof at === "number" ? own.toSpliced(at, 1) : own;
    return site.g.broadcastTo(node, node.type.shape[0] === "n" ? ["n", ...inner] : inner);
  });
  const count = sizes.length - (typeof at === "number" ? 1 : 0);
  const axes = (node: Node): readonly number[] => axesOf(count, node.type.shape[0] === "n" ? 1 : 0);
  const [first, second] = [x.type.shape.length, y.type.shape.length];
  const made = products(site.g, x, y, { batch: axes(x), contract: [first - 1] }, { batch: axes(y), contract: [second - 2] });
  return site.made(made, at, a.dtype);
}

/** Without an axis of size 1, counted from the end. */
const dropped = (site: Site, x: Value, axis: number): Value => reshapeTo(site, x, x.shape.toSpliced(x.shape.length + axis, 1));

/** α · A · B + β · C, either matrix turned over. */
export const gemm = (site: Site): Value => {
  const turned = (index: number, name: string): Value => {
    const x = site.input(index);
    if (x.shape.length !== 2) site.refuse(`of a tensor of ${x.shape.length} axes`);
    return site.int(name, 0) === 0 ? x : transposeTo(site, x, [1, 0]);
  };
  const [alpha, beta] = [site.float("alpha", 1), site.float("beta", 1)];
  const scaled = (x: Value, by: number): Value => (by === 1 ? x : site.elementwise([x], (g, a) => g.mul(g.like(a, by), a)));
  const product = scaled(matMul(site, turned(0, "transA"), turned(1, "transB")), alpha);
  const c = site.optional(2);
  return c === undefined || beta === 0 ? product : site.elementwise([product, scaled(c, beta)], (g, a, b) => g.add(a, b));
};

/** An operand of an Einstein sum: a letter for each axis, and `^` for the rows where each has all of it. */
interface Term {
  readonly node: Node;
  readonly letters: string;
}

/** Letters for axes: those that both operands have and the result keeps go together, those it does not keep are summed. */
const einsum = (site: Site): Value => {
  const equation = site.string("equation", "").replaceAll(" ", "");
  const [given, wanted] = equation.split("->");
  const values = site.inputs();
  const names = lettersOf(site, given.split(","), values);
  const counts = (letter: string): number => [...given].filter((other) => other === letter).length;
  const implied = [...new Set(given)].filter((letter) => /[A-Za-z]/.test(letter) && counts(letter) === 1).sort();
  const dots = names.dots;
  const result = wanted === undefined ? dots + implied.join("") : wanted.replace("...", dots);
  const batches = new Set(values.flatMap(({ at }, i) => (typeof at === "number" ? [names.terms[i][at]] : [])));
  const [batch] = batches;
  const isFree =
    batches.size === 1 &&
    result.includes(batch) &&
    values.every(({ at }, i) => typeof at === "number" || !names.terms[i].includes(batch));
  const at: At = isFree ? result.indexOf(batch) : values.some((value) => value.at !== "none") ? "each" : "none";
  const terms = values.map((value, i): Term => {
    const whole = isFree ? value : site.each(value);
    const inner = isFree ? names.terms[i].replace(batch, "") : names.terms[i];
    return diagonal(site, { node: site.node(whole), letters: whole.at === "none" ? inner : `^${inner}` });
  });
  const kept = at === "none" ? result : `^${isFree ? result.replace(batch, "") : result}`;
  return site.made(contracted(site.g, terms, kept), at, values[0].dtype);
};

/** Each operand's letters, with capital Greek ones for the axes that `...` stands for. */
function lettersOf(
  site: Site,
  given: readonly string[],
  values: readonly Value[],
): { readonly terms: readonly string[]; readonly dots: string } {
  const many = values.map(({ shape }, i) => (given[i]?.includes("...") ? shape.length - (given[i].length - 3) : 0));
  const all = "ΑΒΓΔΕΖΗΘ".slice(0, Math.max(...many));
  const terms = values.map(({ shape }, i) => {
    const letters = (given[i] ?? "").replace("...", all.slice(all.length - many[i]));
    if (letters.length !== shape.length) site.refuse(`of ${shape.length} axes by ${JSON.stringify(given[i] ?? "")}`);
    return letters;
  });
  return { terms, dots: all };
}

/** A letter twice means the diagonal. */
function diagonal(site: Site, { node, letters }: Term): Term {
  const { g } = site;
  const second = [...letters].findIndex((letter, i) => letters.indexOf(letter) < i);
  if (second < 0) return { node, letters };
  const first = letters.indexOf(letters[second]);
  const { shape } = node.type;
  const index = (axis: number) => g.iota({ shape, axis });
  const kept = g.select(g.equal(index(first), index(second)), node, g.like(node, 0));
  return diagonal(site, {
    node: g.reduceSum(kept, { axes: [second] }),
    letters: letters.slice(0, second) + letters.slice(second + 1),
  });
}

/** Two by two from the left. */
function contracted(g: G, [first, ...others]: readonly Term[], wanted: string): Node {
  const last = others.reduce((a, b, i) => {
    const later = wanted + others.slice(i + 1).map(({ letters }) => letters).join(""); // biome-ignore format: one line
    return pair(g, summed(g, a, later + b.letters), summed(g, b, later + a.letters), later);
  }, first);
  const { node, letters } = summed(g, last, wanted);
  return g.transpose(node, { perm: [...wanted].map((letter) => letters.indexOf(letter)) });
}

/** Without the letters that nobody else has. */
function summed(g: G, { node, letters }: Term, kept: string): Term {
  const axes = [...letters].flatMap((letter, axis) => (kept.includes(letter) ? [] : [axis]));
  return axes.length === 0 ? { node, letters } : { node: g.reduceSum(node, { axes }), letters: [...letters].filter((letter) => kept.includes(letter)).join("") }; // biome-ignore format: one line
}

function pair(g: G, a: Term, b: Term, later: string): Term {
  const both = [...a.letters].filter((letter) => letter !== "^" && b.letters.includes(letter));
  const [batch, contract] = [both.filter((letter) => later.includes(letter)), both.filter((letter) => !later.includes(letter))];
  const axes = ({ letters }: Term): Summed => ({
    batch: batch.map((letter) => letters.indexOf(letter)),
    contract: contract.map((letter) => letters.indexOf(letter)),
  });
  const free = ({ letters }: Term): string => [...letters].filter((letter) => letter !== "^" && !both.includes(letter)).join(""); // biome-ignore format: one line
  const rows = a.letters.includes("^") || b.letters.includes("^") ? "^" : "";
  return { node: products(g, a.node, b.node, axes(a), axes(b)), letters: rows + batch.join("") + free(a) + free(b) };
}

/** Products of whole numbers, less their zero points. */
const matMulInteger = (site: Site): Value => {
  const less = (index: number, zero: number): Value => {
    const x: Value = { ...site.input(index), dtype: "int32" };
    const point = site.optional(zero);
    if (point === undefined) return x;
    const isRow = index === 0 && point.shape.length === 1 && point.shape[0] > 1;
    const at = isRow ? reshapeTo(site, point, [...point.shape, 1]) : point;
    return site.elementwise([x, at], (g, a, b) => g.sub(a, b), "int32");
  };
  return matMul(site, less(0, 2), less(1, 3));
};

/** Rows of the group. */
export const productRows: readonly Operator[] = [
  operator("MatMul", 1, (site) => matMul(site, site.input(0), site.input(1))),
  operator("Gemm", 1, gemm),
  operator("Einsum", 12, einsum),
  operator("MatMulInteger", 10, matMulInteger),
];
