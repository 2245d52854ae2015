// What becomes of a model's sums: `post_transform`, and labels. In: scores [N, classes]. Out: what onnxruntime gives, with the second column
// of two classes where a model has numbers for one alone.
import type { Made, Site } from "../../define.ts";
import { known, type Value } from "../../values.ts";
import { lines } from "../along.ts";
import { rowsOf } from "../indexing.ts";
import { joined } from "../moves.ts";
import { reduced } from "../reductions.ts";

const each = (site: Site, x: Value, build: Parameters<Site["elementwise"]>[1]): Value => site.elementwise([x], build, "float32");

const transforms: Readonly<Record<string, (site: Site, x: Value) => Value>> = {
  NONE: (_, x) => ({ ...x, dtype: "float32" }),
  LOGISTIC: (site, x) => each(site, x, (g, a) => g.sigmoid(a)),
  SOFTMAX: (site, x) => lines(site, x, x.shape.length - 1, (g, node, axis) => g.softmax(node, { axis }), "float32"),
  SOFTMAX_ZERO: softmaxZero,
};

/** A softmax over what is not 0; a 0 only shrinks with the rest. */
function softmaxZero(site: Site, x: Value): Value {
  const most = reduced(site, x, [x.shape.length - 1], true, (g, node, axes) => g.reduceMax(node, { axes }));
  const small = 1e-7;
  const parts = site.elementwise([x, most], (g, a, b) => {
    const isFar = g.less(g.like(a, small), g.abs(a));
    return g.select(isFar, g.exp(g.sub(a, b)), g.like(a, 0));
  });
  const sum = reduced(site, parts, [x.shape.length - 1], true, (g, node, axes) => g.reduceSum(node, { axes }));
  const rest = site.elementwise([x, most], (g, a, b) => {
    const isFar = g.less(g.like(a, small), g.abs(a));
    return g.select(isFar, g.exp(g.sub(a, b)), g.mul(a, g.exp(g.neg(b))));
  });
  return site.elementwise([rest, sum], (g, a, b) => g.select(b, g.div(a, b), g.like(a, 0)), "float32");
}

/** The node's post_transform. */
export function transformed(site: Site, scores: Value, name = site.string("post_transform", "NONE")): Value {
  // onnxruntime leaves it out there, ONNX does not say so.
  if (name !== "NONE" && scores.shape.at(-1) === 1) site.refuse(`with the transform ${name} of a single number`);
  return (transforms[name] ?? site.refuse(`with the transform ${name}`))(site, scores);
}

/** The labels of a classifier in their order: whole numbers, or places of texts. */
export function labelsOf(site: Site, ints: string, strings: string): Value {
  const numbers = site.ints(ints);
  if (numbers !== undefined && numbers.length > 0) return known("int64", [numbers.length], numbers);
  const texts = site.strings(strings);
  if (texts === undefined || texts.length === 0) return site.refuse("without labels");
  return known("string", [texts.length], texts.map((text) => texts.indexOf(text))); // biome-ignore format: one line
}

/** The label of the largest of several scores [N, classes], as [N]. */
export function largestLabel(site: Site, scores: Value, labels: Value): Value {
  const place = reduced(site, scores, [scores.shape.length - 1], false, (g, node, [axis]) => g.argmax(node, { axis }), "int64");
  return rowsOf(site, labels, 0, place);
}

interface Decision {
  /** The second label is for what is above it. */
  readonly limit: number;
  /** What the first class has where the second has s: 1 − s, or −s. */
  readonly rest: "share" | "negative";
}

/** Labels and scores where one number of a row decides between two classes. */
export function ofTwo(site: Site, score: Value, labels: Value, { limit, rest }: Decision): Made {
  const isSecond = site.elementwise([score], (g, a) => g.less(g.like(a, limit), a), "int64");
  const place = reduced(site, isSecond, [1], false, (g, node, axes) => g.reduceSum(node, { axes }));
  const label = rowsOf(site, labels, 0, place);
  const isLogistic = site.string("post_transform", "NONE") === "LOGISTIC";
  const first = each(site, score, (g, a) =>
    isLogistic ? g.sigmoid(g.neg(a)) : rest === "share" ? g.sub(g.like(a, 1), a) : g.neg(a),
  );
  const second = isLogistic ? each(site, score, (g, a) => g.sigmoid(a)) : score;
  return [label, joined(site, [first, second], 1)];
}
