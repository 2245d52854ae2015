// Parts of transformers that onnxruntime's optimizer writes as one operator: normalisation of a sum, embeddings, attention.
import { type Made, type Operator, operator, type Site } from "../../define.ts";
import { axesOf, known, type Value } from "../../values.ts";
import { attended } from "../attention.ts";
import { rowsOf } from "../indexing.ts";
import { cut, reshapeTo, transposeTo } from "../moves.ts";
import { layerNormed, rmsNormed } from "../normalization.ts";
import { matMul } from "../products.ts";
import { reduced } from "../reductions.ts";

const plus = (site: Site, a: Value, b: Value | undefined): Value =>
  b === undefined ? a : site.elementwise([a, b], (g, x, y) => g.add(x, y));

/** LayerNorm(x + skip + bias): also the sum itself, as the fourth output. */
const skipLayerNorm = (site: Site): Made => {
  const sum = plus(site, plus(site, site.input(0), site.input(1)), site.optional(4));
  const [y, average, deviation] = layerNormed(site, sum, sum.shape.length - 1, site.input(2), site.optional(3), 1e-12);
  return [y, average, deviation, sum];
};

const skipRmsNorm = (site: Site): Made => {
  const sum = plus(site, plus(site, site.input(0), site.input(1)), site.optional(3));
  const [y, deviation] = rmsNormed(site, sum, sum.shape.length - 1, site.input(2), 1e-12);
  return [y, undefined, deviation, sum];
};

/** Words, places and segments looked up, added, normalised. */
const embedLayerNorm = (site: Site): Made => {
  const [ids, segments] = [site.input(0), site.optional(1)];
  const [words, places, kinds] = [site.input(2), site.input(3), site.optional(4)];
  const steps = ids.shape[1];
  const word = rowsOf(site, words, 0, ids);
  const at = site.optional(8);
  const place = at === undefined ? cut(site, places, 0, 0, steps) : rowsOf(site, places, 0, at);
  const kind = segments === undefined || kinds === undefined ? undefined : rowsOf(site, kinds, 0, segments);
  const sum = plus(site, plus(site, word, place), kind);
  const [y] = layerNormed(site, sum, sum.shape.length - 1, site.input(5), site.input(6), 1e-12);
  const mask = site.optional(7);
  // How many steps a mask keeps, of each row.
  const count = mask === undefined ? undefined : reduced(site, mask, [1], false, (g, node, axes) => g.reduceSum(node, { axes }));
  return [y, count, sum];
};

/** [B, T, heads · size] as [B, heads, T, size]. */
function headsOf(site: Site, x: Value, heads: number): Value {
  const [batch, steps, width] = x.shape;
  if (width % heads !== 0) site.refuse(`of ${width} numbers in ${heads} heads`);
  return transposeTo(site, reshapeTo(site, x, [batch, steps, heads, width / heads]), [0, 2, 1, 3]);
}

/** What a mask adds to scores [B, heads, T, keys]: a large negative number where it is 0. A list says how many keys of each row count. */
function ofMask(site: Site, mask: Value | undefined, keys: number): Value | undefined {
  if (mask === undefined) return undefined;
  const [rows, ...rest] = mask.shape;
  if (rest.length > 2) site.refuse(`with a mask of ${mask.shape.length} axes`);
  const wide = reshapeTo(site, mask, [rows, 1, ...(rest.length < 2 ? [1] : []), ...(rest.length === 0 ? [1] : rest)]);
  const filter = site.float("mask_filter_value", -10000);
  if (rest.length > 0) return site.elementwise([wide], (g, a) => g.select(a, g.like(a, 0), g.like(a, filter)), "float32");
  const places = known("int32", [1, 1, 1, keys], axesOf(keys));
  return site.elementwise([wide, places], (g, a, i) => g.select(g.less(i, a), g.like(a, 0), g.like(a, filter)), "float32");
}

function joinedHeads(site: Site, q: Value, k: Value, v: Value, masks: readonly (Value | undefined)[]): Value {
  const size = q.shape[3];
  const scale = site.float("scale", 0) || 1 / Math.sqrt(size);
  const isCausal = site.int("unidirectional", 0) === 1;
  const y = attended(site, q, k, v, { scale, masks: masks.flatMap((mask) => (mask === undefined ? [] : [mask])), isCausal });
  const [batch, heads, steps, own] = y.shape;
  return reshapeTo(site, transposeTo(site, y, [0, 2, 1, 3]), [batch, steps, heads * own]);
}

/** Queries, keys and values by one product of x, then attention among the steps of x. */
const selfAttention = (site: Site): Made => {
  const [x, weights, bias] = [site.input(0), site.input(1), site.optional(2)];
  if (site.optional(4) !== undefined || site.optional(6) !== undefined || site.outputCount > 1) site.refuse("with a past");
  if (site.int("do_rotary", 0) !== 0) site.refuse("with rotary places");
  const all = plus(site, matMul(site, x, weights), bias);
  const width = all.shape[2];
  const sizes = site.ints("qkv_hidden_sizes") ?? [width / 3, width / 3, width / 3];
  const heads = site.int("num_heads", 1);
  const [q, k, v] = [0, 1, 2].map((i) => headsOf(site, cut(site, all, 2, i === 0 ? 0 : sizes[0] + (i === 2 ? sizes[1] : 0), sizes[i]), heads)); // biome-ignore format: one line
  return [joinedHeads(site, q, k, v, [ofMask(site, site.optional(3), x.shape[1]), site.optional(5)])];
};

/** Attention of queries to keys and values that come apart, [B, T, width] each. */
const multiHead = (site: Site): Made => {
  if ([6, 7, 8, 9].some((i) => site.optional(i) !== undefined) || site.outputCount > 1) site.refuse("with a past");
  const heads = site.int("num_heads", 1);
  const [query, key, value] = [site.input(0), site.input(1), site.input(2)];
  if ([query, key, value].some(({ shape }) => shape.length !== 3)) site.refuse("of packed queries, keys and values");
  const bias = site.optional(3);
  const starts = [0, query.shape[2], query.shape[2] + key.shape[2]];
  const [q, k, v] = [query, key, value].map((x, i) =>
    headsOf(site, plus(site, x, bias === undefined ? undefined : cut(site, bias, 0, starts[i], x.shape[2])), heads),
  );
  return [joinedHeads(site, q, k, v, [ofMask(site, site.optional(4), k.shape[2]), site.optional(5)])];
};

/** Rows of the group. */
export const transformers: readonly Operator[] = [
  operator("SkipLayerNormalization", 1, skipLayerNorm),
  operator("SkipSimplifiedLayerNormalization", 1, skipRmsNorm),
  operator("EmbedLayerNormalization", 1, embedLayerNorm),
  operator("Attention", 1, selfAttention),
  operator("MultiHeadAttention", 1, multiHead),
];
