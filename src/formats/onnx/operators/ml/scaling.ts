// Rows of a table before a model sees them: scaled, normalised, filled in, cut at a threshold. In: [N, columns] of any numbers. Out: float32.
import type { Node } from "../../../../../compiler/graph/graph.ts";
import type { G } from "../../../../../compiler/ops/index.ts";
import { type Operator, operator, type Site } from "../../define.ts";
import { known, type Value } from "../../values.ts";
import { reduced } from "../reductions.ts";

/** An attribute of one number, or of one for each column. */
function perColumn(site: Site, name: string, x: Value): Value | undefined {
  const list = site.floats(name);
  if (list === undefined || list.length === 0) return undefined;
  const columns = x.shape.at(-1) ?? 1;
  if (list.length !== 1 && list.length !== columns) site.refuse(`of ${columns} columns with ${list.length} numbers as ${name}`);
  return known("float32", [list.length], Float32Array.from(list));
}

/** (x − offset) · scale. */
const scaler = (site: Site): Value => {
  const x = site.input(0);
  const [offset, scale] = [perColumn(site, "offset", x), perColumn(site, "scale", x)];
  const moved = offset === undefined ? x : site.elementwise([x, offset], (g, a, b) => g.sub(a, b), "float32");
  if (scale !== undefined) return site.elementwise([moved, scale], (g, a, b) => g.mul(a, b), "float32");
  return { ...moved, dtype: "float32" };
};

type Norm = (g: G, x: Node, axes: readonly number[]) => Node;
const norms: Readonly<Record<string, Norm>> = {
  MAX: (g, x, axes) => g.reduceMax(x, { axes }),
  L1: (g, x, axes) => g.reduceSum(g.abs(x), { axes }),
  L2: (g, x, axes) => g.sqrt(g.reduceSum(g.square(x), { axes })),
};

/** Each row over its norm; a row whose norm is 0 stays. */
const normalizer = (site: Site): Value => {
  const x: Value = { ...site.input(0), dtype: "float32" };
  const name = site.string("norm", "MAX");
  const norm = norms[name] ?? site.refuse(`with the norm ${name}`);
  const size = reduced(site, x, [x.shape.length - 1], true, norm);
  return site.elementwise([x, size], (g, a, b) => g.select(b, g.div(a, b), a));
};

/** What is missing, NaN or a number that stands for it, as another number. */
const imputer = (site: Site): Value => {
  const x = site.input(0);
  const isFloat = site.floats("imputed_value_floats") !== undefined;
  const ints = site.ints("imputed_value_int64s");
  const filled = isFloat
    ? perColumn(site, "imputed_value_floats", x)
    : ints !== undefined && (ints.length === 1 || ints.length === x.shape.at(-1))
      ? known(x.dtype, [ints.length], ints)
      : undefined;
  if (filled === undefined) return site.refuse("without a number for each column");
  const missing = isFloat ? site.float("replaced_value_float", Number.NaN) : site.int("replaced_value_int64", 0);
  return site.elementwise([x, filled], (g, a, b) =>
    Number.isNaN(missing) ? g.select(g.equal(a, a), a, b) : g.select(g.equal(a, g.like(a, missing)), b, a),
  );
};

const binarizer = (site: Site): Value =>
  site.elementwise([site.input(0)], (g, x) => g.less(g.like(x, site.float("threshold", 0)), x));

/** Rows of the group. */
export const scaling: readonly Operator[] = [
  operator("Scaler", 1, scaler),
  operator("Normalizer", 1, normalizer),
  operator("Imputer", 1, imputer),
  operator("Binarizer", 1, binarizer),
];
