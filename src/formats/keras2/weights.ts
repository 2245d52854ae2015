// The arrays of .h5 files of Keras, as the weights of a model. In: the file's groups, and the model. Out: every weight, or a CompileError.
//
//   @layer_names    the layers, in the model's order (layer_names0, layer_names1, … where they are many)
//   /dense          @weight_names: paths of its arrays below the group, in the layer's order; the paths repeat names, and may differ
//   /nested         a model within: the arrays of all its layers, what is trained before what is not
//
// Keras goes by order, not by names. So do we; but where names say that a gamma would be read as a beta, the file is refused.
// Guarantee: every array of every layer is read, by a weight of its shape.
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import type { Weight } from "../../../compiler/front/params.ts";
import { sameShape, showShape } from "../../../compiler/graph/graph.ts";
import type { Model } from "../../../compiler/model.ts";
import type { Custom } from "../custom/define.ts";
import { customValues, partedBy, resolvedWeights } from "../custom/weights.ts";
import { type Given, steppedOver } from "../define.ts";
import { quote } from "../keras/values.ts";
import type { Arrays, Named } from "./arrays.ts";
import type { Owner } from "./configs.ts";
import { classToday, type Stored } from "./item.ts";
import { transposed } from "./kernels.ts";

/** The weights of one layer, which may lie in a model within the model. */
interface Leaf {
  readonly owner: string;
  readonly weights: readonly Weight[];
}
/** What the file has a group for. */
interface Unit {
  readonly name: string;
  readonly leaves: readonly Leaf[];
}

const fail = (path: string, message: string, hint?: string): never => {
  throw new CompileError({ code: "format/tensor", path, message, ...(hint === undefined ? {} : { hint }) });
};

/** Every weight of the model. `owners`: the model's layers in the file's order, with how their arrays are stored. */
export function weightsIn(
  model: Model,
  arrays: Arrays,
  owners: ReadonlyMap<string, Owner>,
  customs: readonly Custom[],
  { refuse }: Given,
): Readonly<Record<string, Float32Array>> {
  const values: Record<string, Float32Array> = {};
  const parted = partedBy(resolvedWeights(model, customs), customs);
  // What is theirs is taken out before the others are counted.
  const defined = customValues(parted, customs, arrays.below, "list", refuse);
  const own = paired(unitsOf(model, parted.rest, owners), arrays.layers).flatMap(([unit, found]) =>
    steppedOver(
      refuse,
      () => valuesOf(unit, found, owners),
      () => [],
    ),
  );
  // defineProperty: a layer may be called __proto__.
  for (const [name, value] of [...defined, ...own]) Object.defineProperty(values, name, { value, enumerable: true });
  return values;
}

/** Lines with weights, each with its layers in the file's order. */
function unitsOf(model: Model, weights: readonly Weight[], owners: ReadonlyMap<string, Owner>): readonly Unit[] {
  const place = new Map([...owners.keys()].map((owner, i) => [owner, i]));
  const lines = new Set(model.layers.flatMap(({ name }) => name ?? []));
  const lineOf = (name: string): string => {
    for (let end = name.lastIndexOf("/"); end > 0; end = name.lastIndexOf("/", end - 1)) {
      const line = name.slice(0, end);
      if (lines.has(line)) return line;
    }
    return name.slice(0, name.lastIndexOf("/"));
  };
  const units = new Map<string, Map<string, Weight[]>>();
  for (const weight of weights) {
    const line = lineOf(weight.name);
    const leaves = units.get(line) ?? new Map<string, Weight[]>();
    units.set(line, leaves);
    const owner = weight.name.slice(0, weight.name.lastIndexOf("/"));
    const leaf = leaves.get(owner);
    if (leaf === undefined) leaves.set(owner, [weight]);
    else leaf.push(weight);
  }
  // An owner that no config states stands within one that does: a projection of an attention.
  const placeOf = (owner: string): number => {
    for (let name = owner; name !== ""; name = name.slice(0, Math.max(0, name.lastIndexOf("/")))) {
      const found = place.get(name);
      if (found !== undefined) return found;
    }
    return -1;
  };
  return [...units].map(([name, leaves]) => ({
    name,
    leaves: [...leaves].map(([owner, weights]) => ({ owner, weights })).sort((a, b) => placeOf(a.owner) - placeOf(b.owner)),
  }));
}

/** Each unit with its group: by names where all are there, else by order, as Keras does. */
function paired(
  units: readonly Unit[],
  stored: readonly (readonly [name: string, arrays: readonly Named[]])[],
): readonly (readonly [Unit, readonly Named[]])[] {
  const byName = new Map(stored);
  for (const list of [units, units.flatMap(apart)]) {
    if (list.length !== stored.length) continue;
    if (list.every(({ name }) => byName.has(name))) return list.map((unit) => [unit, byName.get(unit.name) ?? []]);
    return list.map((unit, i) => [unit, stored[i][1]]);
  }
  const show = (names: readonly string[]): string => (names.length === 0 ? "none" : names.slice(0, 6).map(quote).join(", "));
  return fail(
    "",
    `the model has ${units.length} layers with weights (${show(units.map(({ name }) => name))}), the file holds arrays of ${stored.length} (${show(stored.map(([name]) => name))})`,
    "the architecture must be that of the model whose weights were saved",
  );
}

/** The layers of a model within as units of their own: Keras 1 saved those of a Sequential that came first so. */
function apart({ name, leaves }: Unit): readonly Unit[] {
  const parts = new Map<string, Leaf[]>();
  for (const leaf of leaves) {
    const [own = ""] = leaf.owner.slice(name.length + 1).split("/");
    parts.set(own, [...(parts.get(own) ?? []), leaf]);
  }
  return [...parts].map(([own, list]) => ({ name: own === "" ? name : own, leaves: list }));
}

/** Which arrays are trained, for the order in which they lie: as the config says, as the layers are, or without any order of that kind. */
const orders: readonly ((weight: Weight) => boolean)[] = [({ trainable }) => trainable, ({ spec }) => spec.trainable, () => true];

function valuesOf(
  unit: Unit,
  found: readonly Named[],
  owners: ReadonlyMap<string, Owner>,
): readonly (readonly [string, Float32Array])[] {
  const problems: CompileError[] = [];
  for (const isTrained of orders) {
    try {
      return assigned(unit, found, owners, isTrained);
    } catch (error) {
      if (!(error instanceof CompileError) || error.code !== "format/tensor") throw error;
      problems.push(error);
    }
  }
  throw problems[0];
}

function assigned(
  unit: Unit,
  found: readonly Named[],
  owners: ReadonlyMap<string, Owner>,
  isTrained: (weight: Weight) => boolean,
) {
  const slots = unit.leaves.flatMap((leaf) => {
    const count = owners.get(leaf.owner)?.quirks.find((quirk) => quirk.count !== undefined)?.count;
    if (count === undefined) return leaf.weights.map((weight) => ({ leaf, first: isTrained(weight) }));
    return Array.from({ length: count }, () => ({ leaf, first: isTrained(leaf.weights[0]) }));
  });
  if (slots.length !== found.length)
    fail(unit.name, `the layer ${quote(unit.name)} has ${slots.length} arrays, the file holds ${found.length}`);
  const sorted = [...slots.filter(({ first }) => first), ...slots.filter(({ first }) => !first)];
  const perLeaf = new Map<Leaf, Named[]>(unit.leaves.map((leaf) => [leaf, []]));
  for (const [i, { leaf }] of sorted.entries()) perLeaf.get(leaf)?.push(found[i]);
  // Within a layer the order of its weights counts, whichever of them are trained.
  return [...perLeaf].flatMap(([leaf, arrays]) => leafValues(leaf, inOrder(leaf, arrays, isTrained), owners.get(leaf.owner)));
}

/** Arrays of a layer by its weights: those that are trained came first. */
function inOrder({ weights }: Leaf, arrays: readonly Named[], isTrained: (weight: Weight) => boolean): readonly Named[] {
  if (arrays.length !== weights.length) return arrays;
  const sorted = [...weights.filter(isTrained), ...weights.filter((weight) => !isTrained(weight))];
  return weights.map((weight) => arrays[sorted.indexOf(weight)]);
}

function leafValues(
  { owner, weights }: Leaf,
  arrays: readonly Named[],
  how: Owner | undefined,
): readonly (readonly [string, Float32Array])[] {
  const wanted = weights.map(({ shape }) => shape);
  const read = arrays.map(
    ({ data }): Stored => ({ shape: data.shape ?? fail(data.path, "the array has no value"), values: data.numbers() }),
  );
  const quirks = how?.quirks ?? [];
  const stored = quirks.reduce<readonly Stored[]>(
    (now, quirk) => quirk.mends(now, how?.item ?? { class_name: "", config: {} }, wanted),
    read,
  );
  if (quirks.every(({ count }) => count === undefined)) checkNames(weights, arrays);
  return weights.map((weight, i) => {
    const array = fitted(stored[i], weight.shape, how);
    if (sameShape(array.shape, weight.shape)) return [weight.name, array.values] as const;
    return fail(owner, `${quote(weight.name)} needs shape ${showShape(weight.shape)}, the file gives ${showShape(array.shape)}`);
  });
}

/** Kernels of pictures that some backends left with their axes the other way round: Keras turns them where nothing else fits. */
function fitted(array: Stored, shape: readonly number[], how: Owner | undefined): Stored {
  const isPicture = how !== undefined && ["Conv2D", "Conv2DTranspose", "ConvLSTM2D"].includes(classToday(how.item.class_name));
  if (!isPicture || array.shape.length !== 4 || sameShape(array.shape, shape)) return array;
  const turned = transposed(array, [3, 2, 0, 1]);
  return sameShape(turned.shape, shape) ? turned : array;
}

/** What weights were called elsewhere. */
const synonyms: Readonly<Record<string, string>> = {
  W: "kernel",
  U: "recurrent_kernel",
  b: "bias",
  running_mean: "moving_mean",
  running_std: "moving_variance",
  alphas: "alpha",
};

/** Throws where an array's name says that it is another weight of the same layer. */
function checkNames(weights: readonly Weight[], arrays: readonly Named[]): void {
  const names = weights.map(({ spec }) => spec.name);
  for (const [i, { name, data }] of arrays.entries()) {
    const last = name.slice(name.lastIndexOf("/") + 1).replace(/:\d+$/, "");
    const words = [...names, ...Object.keys(synonyms)].filter((known) => last === known || last.endsWith(`_${known}`));
    const [longest] = words.sort((a, b) => b.length - a.length);
    const word = longest !== undefined && Object.hasOwn(synonyms, longest) ? synonyms[longest] : longest;
    if (word === undefined || word === names[i] || !names.includes(word)) continue;
    fail(data.path, `${quote(weights[i].name)} would be read from ${quote(name)}: the file's arrays are in another order`);
  }
}
