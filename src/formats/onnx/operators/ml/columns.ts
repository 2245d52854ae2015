// Columns of a table: put side by side, picked, looked up, one-hot. A label that is a text is its place in the model's own list.
import { type Operator, operator, type Site } from "../../define.ts";
import type { DType, Numbers } from "../../numbers.ts";
import { axesOf, known, type Value } from "../../values.ts";
import { rowsOf } from "../indexing.ts";
import { joined, reshapeTo, take } from "../moves.ts";
import { reduced } from "../reductions.ts";

/** Keys of one lookup; each is compared with what is given. */
const mostKeys = 4096;

/** Inputs side by side, as float32. */
const featureVectorizer = (site: Site): Value => {
  const parts = site.inputs().map((x): Value => {
    if (x.dtype === "string") site.refuse("of texts");
    return { ...(x.shape.length === 1 ? reshapeTo(site, x, [x.shape[0], 1]) : x), dtype: "float32" };
  });
  return joined(site, parts, parts[0].shape.length - 1);
};

/** Columns by number. A list of labels by a number that is computed is a row of it. */
const arrayFeatureExtractor = (site: Site): Value => {
  const [x, ids] = [site.input(0), site.input(1)];
  const axis = x.shape.length - 1;
  if (axis < 0) site.refuse("of a single number");
  const lead = axis === 0 ? [1] : x.shape.slice(0, -1);
  const count = ids.shape.reduce((a, b) => a * b, 1);
  if (ids.data === undefined) {
    if (x.at !== "none" || axis > 0) site.refuse("by numbers that are computed, of columns that are");
    // A number for each row, in a row of its own.
    return reshapeTo(site, rowsOf(site, x, 0, reshapeTo(site, ids, [1, count])), [1, count]);
  }
  const bad = ids.data.find((id) => !(id >= 0 && id < x.shape[axis]));
  if (bad !== undefined) site.refuse(`of the column ${bad} of ${x.shape[axis]}`);
  return reshapeTo(site, take(site, x, axis, Array.from(ids.data)), [...lead, count]);
};

/** A column for each category; what is none of them has only zeros, or is no legal row. */
const oneHotEncoder = (site: Site): Value => {
  const x = site.input(0);
  const categories = site.ints("cats_int64s") ?? site.refuse("of texts", "encode texts before the model");
  if (site.int("zeros", 1) !== 1) site.refuse("with zeros = 0: a row may be illegal");
  if (x.dtype === "string" || categories.length === 0) site.refuse("of texts", "encode texts before the model");
  const wide = reshapeTo(site, x, [...x.shape, 1]);
  return site.elementwise([wide, known(x.dtype, [categories.length], categories)], (g, a, b) => g.equal(a, b), "float32");
};

interface Lookup {
  readonly list: Numbers | readonly number[];
  readonly dtype: DType;
}

/** Keys or values: floats, whole numbers, or a tensor; texts are places in their list. */
function lookupOf(site: Site, name: "keys" | "values"): Lookup {
  const [floats, ints, texts] = [site.floats(`${name}_floats`), site.ints(`${name}_int64s`), site.strings(`${name}_strings`)];
  const tensor = site.tensor(`${name}_tensor`);
  if (floats !== undefined && floats.length > 0) return { list: floats, dtype: "float32" };
  if (ints !== undefined && ints.length > 0) return { list: ints, dtype: "int64" };
  if (tensor?.data !== undefined) return { list: tensor.data, dtype: tensor.dtype };
  if (texts === undefined || texts.length === 0) return site.refuse(`without ${name}`);
  return { list: texts.map((text) => texts.indexOf(text)), dtype: "string" };
}

/** What stands for a key that is none of them: the attribute of the kind of values. */
function otherwiseOf(site: Site, values: Lookup): number {
  if (values.dtype === "float32") return site.tensor("default_tensor")?.data?.[0] ?? site.float("default_float", -0);
  if (values.dtype !== "string") return site.tensor("default_tensor")?.data?.[0] ?? site.int("default_int64", -1);
  // No place of the list.
  return -1;
}

/** The value of each key, and another for what is none of them; of equal keys the first counts. */
const labelEncoder = (site: Site): Value => {
  const x = site.input(0);
  const [keys, values] = [lookupOf(site, "keys"), lookupOf(site, "values")];
  if (keys.dtype === "string" || x.dtype === "string") site.refuse("of texts", "encode texts before the model");
  if (keys.list.length !== values.list.length) site.refuse(`of ${keys.list.length} keys and ${values.list.length} values`);
  if (keys.list.length > mostKeys) site.refuse(`of ${keys.list.length} keys`);
  const count = keys.list.length;
  const wide = reshapeTo(site, x, [...x.shape, 1]);
  const table = known(x.dtype, [count], keys.list);
  // The first key that it is; one behind the last where it is none. NaN is a key too, since version 4.
  const places = known("int64", [count], axesOf(count));
  const found = site.elementwise(
    [wide, table, places],
    (g, a, key, place) => {
      const both = g.min(g.sub(g.like(a, 1), g.equal(a, a)), g.sub(g.like(a, 1), g.equal(key, key)));
      return g.select(site.version < 4 ? g.equal(a, key) : g.max(g.equal(a, key), both), place, g.like(a, count));
    },
    "int64",
  );
  const first = least(site, found);
  const all = known(values.dtype, [count + 1], [...values.list, otherwiseOf(site, values)]);
  return rowsOf(site, all, 0, first);
};

/** The least along the last axis, which is gone then. */
function least(site: Site, x: Value): Value {
  const axis = x.shape.length - 1;
  return reduced(site, x, [axis], false, (g, node, axes) => g.neg(g.reduceMax(g.neg(node), { axes })));
}

/** A map from label to number in each row: the numbers in the order of the labels. */
const zipMap = (site: Site): Value => site.input(0);

/** Rows of the group. */
export const columns: readonly Operator[] = [
  operator("FeatureVectorizer", 1, featureVectorizer),
  operator("ArrayFeatureExtractor", 1, arrayFeatureExtractor, { foldsItself: true }),
  operator("OneHotEncoder", 1, oneHotEncoder),
  operator("LabelEncoder", 2, labelEncoder),
  operator("ZipMap", 1, zipMap, { foldsItself: true }),
];
