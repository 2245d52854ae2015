// How lines are made of operations of keras.ops: what the table of classes is written with. In: what a call is given. Out: a line of a layer that
// computes the same, or nothing where none does.
import { camelCase } from "../../../../compiler/diagnostics/check.ts";
import { snakeCase } from "../../../../compiler/front/lines.ts";
import { type Keys, ours } from "../values.ts";
import { alone, axisOf, type Given, isTensor, knownOf, type Make, operands, shapeOf, wholeNumbers } from "./define.ts";

const names = (list: string): readonly string[] => list.split(" ");
export const rows = (list: string, make: (name: string) => Make): Readonly<Record<string, Make>> =>
  Object.fromEntries(names(list).map((name) => [name, make(camelCase(snakeCase(name)))]));

/** A function of the call's first operands, number by number. */
export const elementwise =
  (op: string, arguments_: readonly string[], more: (given: Given) => readonly unknown[] = () => []): Make =>
  (given) => {
    const values = arguments_.map((name, i) => given.at(i, name));
    return operands("elementwise", { op }, [...values, ...more(given)], given.path);
  };
export const one = (op: string): Make => elementwise(op, ["x"]);
export const two = (op: string): Make => elementwise(op, ["x1", "x2"]);
/** A function with a number of the config behind its operand. */
export const by = (op: string, key: string, standard: number): Make =>
  elementwise(op, ["x"], ({ at }) => [at(undefined, key) ?? standard]);

export const axisIn = (given: Given, name = "axis", position?: number) => wholeNumbers(given.at(position, name));
const keeps = (given: Given): Keys => (given.at(undefined, "keepdims") === true ? { keepdims: true } : {});

export const reduced =
  (op: string): Make =>
  (given) => {
    const axis = axisIn(given);
    if (axis === undefined || (given.at(undefined, "initial") ?? null) !== null) return undefined;
    return alone(given, "reduce", { op, axis, ...keeps(given) });
  };

/** Norms of vectors: of matrices there are others. */
export const norm: Make = (given) => {
  const axis = axisIn(given);
  const order = given.at(undefined, "ord") ?? null;
  const op = new Map<unknown, string>([[null, "norm2"], ["fro", "norm2"], [2, "norm2"], [1, "norm1"], ["inf", "normInf"]]).get(order); // biome-ignore format: one line
  if (axis === undefined || op === undefined) return undefined;
  const isMatrix = Array.isArray(axis) && axis.length > 1;
  if (isMatrix && order !== null && order !== "fro") return undefined;
  return alone(given, "reduce", { op, axis, ...keeps(given) });
};

/** What works along an axis of the config. */
export const along =
  (op: string): Make =>
  (given) => {
    const axis = axisIn(given);
    return typeof axis === "number" ? alone(given, "along", { op, axis }) : undefined;
  };

const list = (given: Given, name: string): readonly unknown[] | undefined => {
  const values = given.at(0, name);
  return Array.isArray(values) && values.length > 0 && values.every(isTensor) ? values : undefined;
};
/** The largest of the last axis, and where they stand. */
export const largest: Make = (given) => {
  const k = axisIn(given, "k");
  return typeof k === "number" ? alone(given, "topK", { k }) : undefined;
};
/** Numbers at places that are a tensor. */
export const takenAlong: Make = (given) => {
  const [tensors, axis] = [[given.at(0, "x"), given.at(1, "indices")], axisIn(given)];
  return typeof axis === "number" && tensors.every(isTensor) ? { layer: "takeAlongAxis", config: { axis }, tensors } : undefined;
};
/** One quantile, of `q` times `per`: several would stand on an axis before the batch. Keras has the method of percentiles alone work in a model. */
export const quantileOf =
  ({
    per = 1,
    standard,
    hasMethod = false,
  }: {
    readonly per?: number;
    readonly standard?: number;
    readonly hasMethod?: boolean;
  }): Make =>
  (given) => {
    const [q, axis] = [ours(given.at(1, "q"), given.path) ?? standard, axisIn(given)];
    if (typeof q !== "number" || axis === undefined) return undefined;
    const method = (hasMethod ? given.at(undefined, "method") : undefined) ?? "linear";
    return alone(given, "quantile", { q: q * per, axis, ...(method === "linear" ? {} : { method }), ...keeps(given) });
  };
/** Its two operands beside one another. */
export const appended: Make = (given) => {
  const [tensors, axis] = [[given.at(0, "x1"), given.at(1, "x2")], axisIn(given)];
  return typeof axis === "number" && tensors.every(isTensor)
    ? { layer: "concatenate", config: { axis, endsMask: true }, tensors }
    : undefined;
};
/** Parts along a given axis, or the config's; `isUneven`: the first parts have one more where the size is no multiple. */
export const parts =
  (axisFor: (given: Given) => unknown, isUneven = false): Make =>
  (given) => {
    const [cuts, axis] = [axisIn(given, "indices_or_sections"), axisFor(given)];
    const size = typeof axis === "number" ? shapeOf(given.at(0, "x"))?.at(axis) : undefined;
    if (cuts === undefined || typeof axis !== "number") return undefined;
    if (!isUneven || typeof cuts !== "number") return alone(given, "split", { indicesOrSections: cuts, axis });
    if (typeof size !== "number" || cuts > size) return undefined;
    const ends = all(cuts).map((i) => (i + 1) * Math.floor(size / cuts) + Math.min(i + 1, size % cuts));
    return alone(given, "split", { indicesOrSections: cuts === 1 ? 1 : ends.slice(0, -1), axis });
  };
export const adaptive =
  (kind: string): Make =>
  (given) => {
    const rank = (shapeOf(given.at(0, "inputs"))?.length ?? 0) - 2;
    const [outputSize, format] = [axisIn(given, "output_size"), given.at(undefined, "data_format") ?? null];
    if (rank < 1 || rank > 3 || outputSize === undefined) return undefined;
    return alone(given, `adaptive${kind}Pooling${rank}d`, { outputSize, ...(format === null ? {} : { dataFormat: format }) });
  };
export const concatenated =
  (axisFor: (given: Given) => unknown): Make =>
  (given) => {
    const [tensors, axis] = [list(given, "xs"), axisFor(given)];
    return tensors === undefined || typeof axis !== "number"
      ? undefined
      : { layer: "concatenate", config: { axis, endsMask: true }, tensors };
  };

/** Axes in the order that `order` makes of them; the batch stays in front. */
export const permuted =
  (order: (given: Given, rank: number) => readonly number[] | undefined): Make =>
  (given) => {
    const listed = ours(given.at(undefined, "axes"), given.path);
    const rank = shapeOf(given.at(0, "x"))?.length ?? (Array.isArray(listed) ? listed.length : undefined);
    const axes = rank === undefined ? undefined : order(given, rank);
    return axes?.[0] === 0 ? alone(given, "permute", { dims: axes.slice(1) }) : undefined;
  };
const all = (rank: number): number[] => Array.from({ length: rank }, (_, i) => i);
export const moved = (given: Given, rank: number): readonly number[] | undefined => {
  const [from, to] = ["source", "destination"].map((name) =>
    [axisIn(given, name) ?? []].flat().map((axis) => axisOf(axis, rank)),
  );
  if (from.length === 0 || from.length !== to.length) return undefined;
  const rest = all(rank).filter((axis) => !from.includes(axis));
  return all(rank).map((axis) => (to.includes(axis) ? from[to.indexOf(axis)] : (rest.shift() as number)));
};
export const swapped = (given: Given, rank: number): readonly number[] | undefined => {
  const [a, b] = ["axis1", "axis2"].map((name) => axisIn(given, name));
  if (typeof a !== "number" || typeof b !== "number") return undefined;
  const [from, to] = [axisOf(a, rank), axisOf(b, rank)];
  return all(rank).with(from, to).with(to, from);
};
export const transposed = (given: Given, rank: number): readonly number[] | undefined => {
  const axes = axisIn(given, "axes");
  return Array.isArray(axes) ? axes.map((axis: number) => axisOf(axis, rank)) : undefined;
};

/** Whether a size is the batch's: open, or fixed in the file. */
const isBatch = (size: unknown, given: Given): boolean =>
  size === null || size === -1 || (size !== undefined && size === shapeOf(given.at(0, "x"))?.[0]);

/** The shape behind a batch that stays as it is: what is open there is whatever is left. */
export const reshaped: Make = (given) => {
  const shape = ours(given.at(undefined, "newshape"), given.path);
  if (!Array.isArray(shape) || !isBatch(shape[0], given)) return undefined;
  return alone(given, "reshape", { targetShape: shape.slice(1).map((size) => size ?? -1) });
};

/** Entries for each axis but the batch, where they say nothing. */
function behindBatch<T>(
  entries: readonly T[],
  rank: number,
  nothing: (entry: T) => boolean,
  filler: T,
): readonly T[] | undefined {
  const whole = [...Array.from({ length: rank - entries.length }, () => filler), ...entries];
  return whole.length === rank && nothing(whole[0]) ? whole.slice(1) : undefined;
}
export const padded: Make = (given) => {
  const width = ours(given.at(undefined, "pad_width"), given.path);
  if (!Array.isArray(width)) return undefined;
  const rank = shapeOf(given.at(0, "x"))?.length ?? width.length;
  const padWidth = behindBatch(width as (readonly number[])[], rank, (ends) => ends[0] === 0 && ends[1] === 0, [0, 0]);
  const [mode, value] = [
    given.at(undefined, "mode") ?? "constant",
    knownOf(given.at(undefined, "constant_values") ?? 0, given.path),
  ];
  if (padWidth === undefined || typeof value !== "number") return undefined;
  return alone(given, "pad", { padWidth, mode, ...(value === 0 ? {} : { constantValues: value }) });
};
export const tiled: Make = (given) => {
  const repeats = axisIn(given, "repeats");
  if (repeats === undefined) return undefined;
  const rank = shapeOf(given.at(0, "x"))?.length ?? [repeats].flat().length;
  const behind = behindBatch([repeats].flat(), rank, (count) => count === 1, 1);
  return behind === undefined ? undefined : alone(given, "tile", { repeats: behind });
};
export const broadcast: Make = (given) => {
  const shape = ours(given.at(undefined, "shape"), given.path);
  if (!Array.isArray(shape) || !isBatch(shape[0], given)) return undefined;
  return alone(given, "broadcastTo", { shape: shape.slice(1) });
};

/** A shift and an axis, or one of each for several axes: the last are lines of their own, which this is not. */
export const rolled: Make = (given) => {
  const [shift, axis] = [axisIn(given, "shift"), axisIn(given)].map((one) =>
    Array.isArray(one) && one.length === 1 ? one[0] : one,
  );
  return typeof shift === "number" && typeof axis === "number" ? alone(given, "roll", { shift, axis }) : undefined;
};
export const flipped: Make = (given) => {
  const axis = axisIn(given);
  return axis === undefined ? undefined : alone(given, "flip", { axis });
};
export const repeated: Make = (given) => {
  const [repeats, axis] = [axisIn(given, "repeats"), axisIn(given)];
  return typeof repeats === "number" && typeof axis === "number" ? alone(given, "repeat", { repeats, axis }) : undefined;
};

export const unstacked: Make = (given) => {
  const [axis, shape] = [axisIn(given), shapeOf(given.at(0, "x"))];
  const size = typeof axis === "number" && shape !== undefined ? shape.at(axis) : undefined;
  return typeof size === "number"
    ? alone(given, "split", { indicesOrSections: size, axis: axis as number, keepdims: false })
    : undefined;
};

export const taken: Make = (given) => {
  const [indices, axis] = [wholeNumbers(given.at(1, "indices")), axisIn(given)];
  return indices === undefined || typeof axis !== "number" ? undefined : alone(given, "take", { indices, axis });
};

/** Keras' dot: the last axis of the first with the last but one of the second, which is one matrix or vector for all. */
export const dotted: Make = (given) => {
  const [a, b] = [given.at(0, "x1"), knownOf(given.at(1, "x2"), given.path)];
  return isTensor(a) && typeof b === "object" && b.shape.length === 2
    ? operands("matmul", {}, [a, given.at(1, "x2")], given.path)
    : undefined;
};
export const einsum: Make = (given) => {
  const equation = given.at(undefined, "subscripts");
  const values = [given.at(0, "operands"), given.at(1, "operands")].filter((value) => value !== undefined);
  if (typeof equation !== "string" || given.at(2, "operands") !== undefined) return undefined;
  return operands("einsum", { equation }, values, given.path);
};

/** Numbers become whole ones, or true and false; the widths of numbers are not kept. */
export const cast: Make = (given) => {
  const dtype = given.at(undefined, "dtype");
  if (typeof dtype !== "string" || /complex|string/.test(dtype)) return undefined;
  return one(dtype === "bool" ? "isTrue" : /int/.test(dtype) ? "trunc" : "identity")(given);
};

/** Where the numbers of a triangle of the last two axes stand. */
export const triangle =
  (keeps: (row: number, column: number, k: number) => boolean): Make =>
  (given) => {
    const [rows, columns] = shapeOf(given.at(0, "x"))?.slice(-2) ?? [];
    const k = given.at(undefined, "k") ?? 0;
    if (typeof rows !== "number" || typeof columns !== "number" || typeof k !== "number") return undefined;
    const mask = all(rows).map((row) => all(columns).map((column) => (keeps(row, column, k) ? 1 : 0)));
    return operands("elementwise", { op: "where" }, [mask, given.at(0, "x"), 0], given.path);
  };

export const normalized: Make = (given) => {
  const [axis, epsilon] = [axisIn(given), given.at(undefined, "epsilon") ?? null];
  if (axis === undefined) return undefined;
  return alone(given, "normalize", { axis, order: given.at(undefined, "order") ?? 2, ...(epsilon === null ? {} : { epsilon }) });
};

/** Layers that do the same; pictures have no masks. */
export const pooled =
  (kind: string): Make =>
  (given) => {
    const rank = (shapeOf(given.at(0, "inputs"))?.length ?? 0) - 2;
    if (rank < 1 || rank > 3) return undefined;
    const [poolSize, strides] = ["pool_size", "strides"].map((name) => axisIn(given, name));
    const [padding, format] = ["padding", "data_format"].map((name) => given.at(undefined, name) ?? null);
    const config = {
      poolSize,
      ...(strides === undefined ? {} : { strides }),
      padding: padding ?? "valid",
      ...(format === null ? {} : { dataFormat: format }),
    };
    return poolSize === undefined ? undefined : alone(given, `${kind}Pooling${rank}d`, config);
  };
export const resized: Make = (given) => {
  const size = axisIn(given, "size");
  const x = given.at(0, "images");
  if (!Array.isArray(size) || size.length !== 2 || shapeOf(x)?.length !== 4) return undefined;
  const keys = names("interpolation antialias crop_to_aspect_ratio pad_to_aspect_ratio fill_mode fill_value data_format");
  const said = keys.flatMap((key) => (given.at(undefined, key) ?? null) === null ? [] : [[camelCase(key), given.at(undefined, key)]]); // biome-ignore format: one line
  return { layer: "resizing", config: { height: size[0], width: size[1], ...Object.fromEntries(said) }, tensors: [x] };
};

export const gelu: Make = (given) => one(given.at(undefined, "approximate") === false ? "gelu" : "geluTanh")(given);
export const rounded: Make = (given) => ((given.at(undefined, "decimals") ?? 0) === 0 ? one("round")(given) : undefined);
export const oneHot: Make = (given) => {
  const [numClasses, axis] = [axisIn(given, "num_classes"), axisIn(given)];
  return typeof numClasses === "number" && typeof axis === "number" ? alone(given, "oneHot", { numClasses, axis }) : undefined;
};
export const like = (value: number): Make => elementwise("fullLike", ["x"], () => [value]);
export const shaped =
  (layer: string): Make =>
  (given) => {
    const axis = axisIn(given);
    return axis === undefined && layer !== "squeeze" ? undefined : alone(given, layer, axis === undefined ? {} : { axis });
  };
export const stacked: Make = (given) => {
  const [tensors, axis] = [list(given, "x"), axisIn(given)];
  return tensors === undefined || typeof axis !== "number" ? undefined : { layer: "stack", config: { axis }, tensors };
};
