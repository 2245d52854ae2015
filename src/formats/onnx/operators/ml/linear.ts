// Linear models: a sum of columns for each class or target.
import { type Made, type Operator, operator, type Site } from "../../define.ts";
import { known, type Value } from "../../values.ts";
import { reshapeTo } from "../moves.ts";
import { matMul } from "../products.ts";
import { labelsOf, largestLabel, ofTwo, transformed } from "./scores.ts";

/** Rows of a table; one row may lie as a list. */
export function tableOf(site: Site, x: Value): Value {
  if (x.dtype === "string") site.refuse("of texts");
  const wide = x.shape.length === 1 ? reshapeTo(site, x, [1, ...x.shape]) : x;
  if (wide.shape.length !== 2) site.refuse(`of ${x.shape.length} axes, where it takes rows of columns`);
  return { ...wide, dtype: "float32" };
}

/** x · coefficientsᵀ + intercepts, with `count` rows of coefficients. */
function sums(site: Site, count: number): Value {
  const x = tableOf(site, site.input(0));
  const columns = x.shape[1];
  const coefficients = site.floats("coefficients") ?? [];
  if (count < 1 || coefficients.length !== count * columns)
    site.refuse(`with ${coefficients.length} coefficients for ${count} sums of ${columns} columns`);
  const turned = Float32Array.from(
    { length: count * columns },
    (_, i) => coefficients[(i % count) * columns + Math.floor(i / count)],
  );
  const products = matMul(site, x, { ...known("float32", [columns, count], turned), name: "coefficients" });
  const intercepts = site.floats("intercepts");
  if (intercepts === undefined || intercepts.length === 0) return products;
  if (intercepts.length !== count) site.refuse(`with ${intercepts.length} intercepts for ${count} sums`);
  return site.elementwise([products, known("float32", [count], Float32Array.from(intercepts))], (g, a, b) => g.add(a, b));
}

const regressor = (site: Site): Value => transformed(site, sums(site, site.int("targets", 1)));

const classifier = (site: Site): Made => {
  const labels = labelsOf(site, "classlabels_ints", "classlabels_strings");
  const count = site.floats("intercepts")?.length ?? labels.shape[0];
  const scores = sums(site, count);
  if (count === 1 && labels.shape[0] === 2) return ofTwo(site, scores, labels, { limit: 0, rest: "share" });
  if (count !== labels.shape[0]) site.refuse(`of ${labels.shape[0]} labels with ${count} sums`);
  return [largestLabel(site, scores, labels), transformed(site, scores)];
};

/** Rows of the group. */
export const linear: readonly Operator[] = [
  operator("LinearRegressor", 1, regressor),
  operator("LinearClassifier", 1, classifier),
];
