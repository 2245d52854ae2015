// Operators that make numbers or hand them on: constants, ranges, shapes, and those that do nothing once a network is trained.
import { sizeOf } from "../../../../compiler/graph/graph.ts";
import { checkSize } from "../../../../compiler/graph/limits.ts";
import { type Made, type Operator, operator, type Site } from "../define.ts";
import { dtypeOf } from "../numbers.ts";
import { known, type Value } from "../values.ts";

const constant = (site: Site): Value => {
  const tensor = site.tensor("value");
  if (tensor !== undefined) return tensor;
  const [float, floats] = [site.attribute("value_float"), site.attribute("value_floats")];
  if (float !== undefined) return known("float32", [], Float32Array.of(float.float));
  if (floats !== undefined) return known("float32", [floats.floats.length], Float32Array.from(floats.floats));
  const [int, ints] = [site.attribute("value_int"), site.attribute("value_ints")];
  if (int !== undefined) return known("int64", [], [int.int]);
  if (ints !== undefined) return known("int64", [ints.ints.length], ints.ints);
  return site.refuse("of strings or mostly zeros");
};

/** Numbers that one operator makes known. */
const mostKnown = 2 ** 22;
/** Refuses an operator that would list more numbers than are kept as known. */
export function checkCount(site: Site, count: number): void {
  if (!(count <= mostKnown)) site.refuse(`over ${count} numbers`);
}

/** One number everywhere: as many as it needs are known, of more the first is. */
const constantOfShape = (site: Site): Value => {
  const shape = [...(site.input(0).data ?? site.declaredShape(0) ?? site.numbers(0, "a shape") ?? [])];
  const value = site.tensor("value") ?? known("float32", [1], Float32Array.of(0));
  checkShape(site, shape);
  const number = value.data?.[0] ?? 0;
  if (sizeOf(shape) > mostKnown) return site.made(site.g.fill(number, shape), "none", value.dtype);
  return known(value.dtype, shape, new Float64Array(sizeOf(shape)).fill(number));
};

/** Sizes that may be allocated. */
export function checkShape(site: Site, shape: readonly number[]): void {
  if (shape.some((size) => !Number.isSafeInteger(size) || size < 0)) site.refuse(`to the shape [${shape.join(", ")}]`);
  checkSize("a value", shape, "");
}

const range = (site: Site): Value => {
  const [[start], [limit], [delta]] = [0, 1, 2].map((i) => site.numbers(i, "a bound") ?? [0]);
  const count = Math.max(Math.ceil((limit - start) / delta), 0);
  checkCount(site, count);
  const { dtype } = site.input(0);
  return known(
    dtype,
    [count],
    Float64Array.from({ length: count }, (_, i) => start + i * delta),
  );
};

/** Sizes of some axes, in the file's terms. */
const shape = (site: Site): Value => {
  const sizes = site.input(0).shape;
  const bound = (name: string, otherwise: number): number => {
    const at = site.int(name, otherwise);
    return Math.min(Math.max(at < 0 ? at + sizes.length : at, 0), sizes.length);
  };
  const found = sizes.slice(bound("start", 0), bound("end", sizes.length));
  return known("int64", [found.length], found);
};

/** What training drops is kept, and the mask is all ones. */
const dropout = (site: Site): Made => {
  const x = site.input(0);
  const ratio = site.inputCount > 1 && site.optional(1) !== undefined ? site.input(1).data?.[0] : site.float("ratio", 0.5);
  const isTraining = site.version >= 12 && (site.numbers(2, "training_mode")?.[0] ?? 0) !== 0 && ratio !== 0;
  if (isTraining) site.refuse("in training mode", "export the model for inference");
  return [x, site.outputCount > 1 ? site.elementwise([x], (g, node) => g.like(node, 1), "bool") : undefined];
};

const eyeLike = (site: Site): Value => {
  const { shape: sizes, dtype } = site.input(0);
  const k = site.int("k", 0);
  if (sizes.length !== 2) site.refuse(`of ${sizes.length} axes`);
  const [rows, columns] = sizes;
  checkCount(site, rows * columns);
  const data = Float64Array.from({ length: rows * columns }, (_, i) => (i % columns === Math.floor(i / columns) + k ? 1 : 0));
  return known(dtypeOf(site.int("dtype", 0)) ?? dtype, sizes, data);
};

/** Rows of the group. */
export const sources: readonly Operator[] = [
  operator("Constant", 1, constant),
  operator("ConstantOfShape", 9, constantOfShape, { foldsItself: true }),
  operator("Range", 11, range, { foldsItself: true }),
  operator("Shape", 1, shape, { foldsItself: true }),
  operator("Size", 1, (site) => known("int64", [], [sizeOf(site.input(0).shape)]), { foldsItself: true }),
  operator("EyeLike", 9, eyeLike, { foldsItself: true }),
  operator("Identity", 1, (site) => site.input(0), { foldsItself: true }),
  operator("Dropout", 1, dropout),
];
