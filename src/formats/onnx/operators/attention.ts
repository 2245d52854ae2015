// Scaled dot-product attention as one operator: heads apart, softmax(Q · Kᵀ · scale + mask) · V, heads joined.
import { type Made, type Operator, operator, type Site } from "../define.ts";
import { known, type Value } from "../values.ts";
import { lines } from "./along.ts";
import { joined, reshapeTo, stretched, transposeTo } from "./moves.ts";
import { matMul } from "./products.ts";
import { checkCount } from "./sources.ts";

/** [B, T, heads · size] as [B, heads, T, size]; four axes stay as they are. */
function headsOf(site: Site, x: Value, attribute: string): Value {
  if (x.shape.length === 4) return x;
  const [batch, steps, width] = x.shape;
  const heads = site.int(attribute, 1);
  return transposeTo(site, reshapeTo(site, x, [batch, steps, heads, width / heads]), [0, 2, 1, 3]);
}

/** As many heads as the queries have: each serves as many queries in a row. */
function shared(site: Site, x: Value, heads: number): Value {
  const [batch, own, steps, size] = x.shape;
  if (own === heads) return x;
  const apart = reshapeTo(site, x, [batch, own, 1, steps, size]);
  return reshapeTo(site, stretched(site, apart, [batch, own, heads / own, steps, size]), [batch, heads, steps, size]);
}

/** 0 where a query may look, −∞ elsewhere. */
function causal(queries: number, keys: number, before: number): Value {
  const data = Float32Array.from({ length: queries * keys }, (_, i) => {
    const [query, key] = [Math.floor(i / keys), i % keys];
    return key <= query + before ? 0 : Number.NEGATIVE_INFINITY;
  });
  return known("float32", [queries, keys], data);
}

/** What a mask adds: of bools −∞ where they are false. */
const added = (site: Site, mask: Value): Value =>
  mask.dtype !== "bool"
    ? mask
    : site.elementwise([mask], (g, a) => g.select(a, g.like(a, 0), g.like(a, Number.NEGATIVE_INFINITY)), "float32");

interface How {
  readonly scale: number;
  /** What is added to the scores. */
  readonly masks: readonly Value[];
  /** No query looks at a later key; `before`: keys that all queries come after. */
  readonly isCausal: boolean;
  readonly before?: number;
  /** Scores stay below it; 0: no bound. */
  readonly cap?: number;
}

/** softmax(Q · Kᵀ · scale + masks) · V of [B, heads, T, size]. */
export function attended(site: Site, q: Value, k: Value, v: Value, { scale, masks, isCausal, before = 0, cap = 0 }: How): Value {
  const heads = q.shape[1];
  const scores = matMul(site, q, transposeTo(site, shared(site, k, heads), [0, 1, 3, 2]));
  const scaled = site.elementwise([scores], (g, a) => g.mul(g.like(a, scale), a));
  const capped = cap > 0 ? site.elementwise([scaled], (g, a) => g.mul(g.like(a, cap), g.tanh(g.div(a, g.like(a, cap))))) : scaled;
  if (isCausal) checkCount(site, q.shape[2] * k.shape[2]);
  const all = isCausal ? [...masks, causal(q.shape[2], k.shape[2], before)] : masks;
  const masked = all.reduce((sum, one) => site.elementwise([sum, one], (g, a, b) => g.add(a, b)), capped);
  const weights = lines(site, masked, 3, (g, node, axis) => g.softmax(node, { axis }));
  return matMul(site, weights, shared(site, v, heads));
}

const attend = (site: Site): Made => {
  if (site.outputCount > 3) site.refuse("with its scores as an output");
  if (site.optional(6) !== undefined) site.refuse("with nonpad_kv_seqlen");
  if (site.int("left_window_size", -1) >= 0 || site.int("right_window_size", -1) >= 0) site.refuse("with a window");
  const q = headsOf(site, site.input(0), "q_num_heads");
  const behind = (past: number, fresh: Value): Value => {
    const value = site.optional(past);
    return value === undefined ? fresh : joined(site, [value, fresh], 2);
  };
  const k = behind(4, headsOf(site, site.input(1), "kv_num_heads"));
  const v = behind(5, headsOf(site, site.input(2), "kv_num_heads"));
  const mask = site.optional(3);
  const y = attended(site, q, k, v, {
    scale: site.attribute("scale")?.float ?? 1 / Math.sqrt(q.shape[3]),
    masks: mask === undefined ? [] : [added(site, mask)],
    isCausal: site.int("is_causal", 0) === 1,
    before: site.optional(4)?.shape[2] ?? 0,
    cap: site.float("softcap", 0),
  });
  if (site.input(0).shape.length === 4) return [y, k, v];
  const [batch, , steps, size] = y.shape;
  return [reshapeTo(site, transposeTo(site, y, [0, 2, 1, 3]), [batch, steps, q.shape[1] * size]), k, v];
};

/** Rows of the group. */
export const attention: readonly Operator[] = [operator("Attention", 23, attend)];
