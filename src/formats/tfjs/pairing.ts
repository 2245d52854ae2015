// Which tensor of a manifest is which weight of a model. In: the model's weights, the layers they belong to as the file has them, and the
// tensors. Out: a tensor for each weight. Guarantee: by name, or by shape and order where only one answer is possible; else the file is
// refused. No tensor of the model is left unread.
//
//   dense/kernel                                  layer / weight
//   outer/inner/dense/kernel                      names of models before it, which may be left out or may be others
//   bidirectional/forward_lstm/lstm_cell/kernel   the directions of a wrapper begin with forward_ and backward_; cells have names
//   rnn/RNNCell_0/kernel, rnn/RNNCell_1/kernel    of several cells, their numbers say the order
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import type { Weight } from "../../../compiler/front/params.ts";
import { sameShape, showShape } from "../../../compiler/graph/graph.ts";
import { quote } from "../keras/values.ts";
import type { Owner } from "../keras2/configs.ts";
import type { Stored } from "./manifest.ts";

/** A weight, and what a tensor's name has to hold. */
interface Wanted {
  readonly weight: Weight;
  /** The layer's name in the file, and those of the models around it. */
  readonly layer: string;
  readonly around: readonly string[];
  /** Beginnings of parts: of a direction. */
  readonly direction: string | undefined;
  /** Whole parts: the projections of an attention. */
  readonly parts: readonly string[];
  readonly last: readonly string[];
}

/** Of weights that have had other names. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  kernel: ["depthwise_kernel"],
  depthwise_kernel: ["kernel"],
};
/** What names say nothing of: places within a wrapper. */
const places: readonly string[] = ["layer", "cell", "cells"];
const directions: ReadonlyMap<string, string> = new Map([
  ["forward_layer", "forward_"],
  ["backward_layer", "backward_"],
]);
/** Tensors beside those of the layers: where training stands. */
const silent = /(^|\/)(training|optimizer\w*|seed_generator\w*|iterations?|iter|learning_rate|decay)(\/|$)/i;

/** The tensor of each weight, by the weight's name. Throws CompileError format/tensor. */
export function paired(
  weights: readonly Weight[],
  owners: ReadonlyMap<string, Owner>,
  tensors: ReadonlyMap<string, Stored>,
): ReadonlyMap<string, Stored> {
  const stored = [...tensors.values()];
  const wanted = weights.map((weight) => wantedOf(weight, owners));
  const found = new Map<string, Stored>();
  const waiting = wanted.filter((one) => {
    const candidates = named(one, stored);
    const chosen = candidates.length === 1 ? candidates[0] : inOrder(one, wanted, candidates);
    if (chosen !== undefined) found.set(one.weight.name, chosen);
    return chosen === undefined;
  });
  const free = stored.filter((tensor) => !silent.test(tensor.name) && ![...found.values()].includes(tensor));
  const strange = free.filter((tensor) => !wanted.some(({ layer }) => holds(bare(tensor), layer)));
  for (const one of waiting) found.set(one.weight.name, onlyOne(one, waiting, strange));
  checkOnce(found, free);
  return found;
}

function wantedOf(weight: Weight, owners: ReadonlyMap<string, Owner>): Wanted {
  const { name, spec } = weight;
  const ends = [...name].flatMap((letter, i) => (letter === "/" ? [i] : []));
  // The shortest is the line, of a wrapper too.
  const end = ends.find((at) => owners.has(name.slice(0, at))) ?? name.lastIndexOf("/");
  const line = name.slice(0, end);
  const { config, name: beside } = (owners.get(line)?.item ?? { config: {} }) as { config: { name?: unknown }; name?: unknown };
  const own = [beside, config.name].find((one): one is string => typeof one === "string" && one !== "");
  const layer = own ?? line.slice(line.lastIndexOf("/") + 1);
  const around = line.endsWith(layer) ? line.slice(0, -layer.length) : line.slice(0, line.lastIndexOf("/") + 1);
  const within = name.slice(end + 1, name.length - spec.name.length).split("/").filter((part) => part !== ""); // biome-ignore format: one line
  return {
    weight,
    layer,
    around: around.split("/").filter((part) => part !== ""),
    direction: within.map((part) => directions.get(part)).find((part) => part !== undefined),
    parts: within.filter((part) => !places.includes(part) && !directions.has(part) && !/_cell(_\d+)?$/.test(part)),
    last: [spec.name, ...(synonyms[spec.name] ?? [])],
  };
}

const bare = ({ name }: Stored): string => name.replace(/:\d+$/, "");
const partsOf = (tensor: Stored): readonly string[] => bare(tensor).split("/");
const holds = (name: string, part: string): boolean => `/${name}/`.includes(`/${part}/`);

/** Tensors whose names say that they are this weight. */
function named(one: Wanted, stored: readonly Stored[]): readonly Stored[] {
  const fitting = stored.filter((tensor) => {
    const parts = partsOf(tensor);
    const before = parts.slice(0, -1).join("/");
    const { direction } = one;
    return (
      one.last.includes(parts.at(-1) ?? "") &&
      holds(before, one.layer) &&
      one.parts.every((part) => holds(before, part)) &&
      (direction === undefined || parts.some((part) => part.startsWith(direction)))
    );
  });
  // Where several models have a layer of the name, the names around it tell which; what has nothing more is the layer itself.
  const narrower: readonly ((tensor: Stored) => boolean)[] = [
    (tensor) => partsOf(tensor).at(-1) === one.last[0],
    (tensor) => one.around.every((part) => holds(bare(tensor), part)),
    (tensor) => bare(tensor).startsWith([...one.around, one.layer, ""].join("/")),
    (tensor) => bare(tensor) === [...one.around, one.layer, one.last[0]].join("/"),
  ];
  return narrower.reduce((list, rule) => {
    const fewer = list.length > 1 ? list.filter(rule) : list;
    return fewer.length === 0 ? list : fewer;
  }, fitting);
}

/** Of cells side by side, the one whose number says so: the names differ in their numbers alone. */
function inOrder(one: Wanted, all: readonly Wanted[], candidates: readonly Stored[]): Stored | undefined {
  const { layer, around, direction } = one;
  const beside = all.filter(
    (other) =>
      other.layer === layer &&
      other.around.join("/") === around.join("/") &&
      other.direction === direction &&
      other.parts.join("/") === one.parts.join("/") &&
      other.last[0] === one.last[0],
  );
  if (candidates.length < 2 || candidates.length !== beside.length) return undefined;
  const stems = new Set(candidates.map((tensor) => bare(tensor).replaceAll(/(_?\d+)?(?=\/|$)/g, "")));
  const sorted = candidates.map((tensor) => ({ tensor, numbers: numbersIn(bare(tensor)) })).sort((a, b) => compared(a.numbers, b.numbers)); // biome-ignore format: one line
  const isSure = stems.size === 1 && sorted.every(({ numbers }, i) => i === 0 || compared(sorted[i - 1].numbers, numbers) < 0);
  return isSure ? sorted[beside.indexOf(one)].tensor : undefined;
}

/** The number at the end of each part; none is before 0. */
const numbersIn = (name: string): readonly number[] => name.split("/").map((part) => Number(/_?(\d+)$/.exec(part)?.[1] ?? -1));

function compared(a: readonly number[], b: readonly number[]): number {
  const i = a.findIndex((number, k) => number !== b[k]);
  return i < 0 ? 0 : a[i] - b[i];
}

/** The only tensor of no layer's name that has the weight's own name and shape, where no other weight waits for such. */
function onlyOne(one: Wanted, waiting: readonly Wanted[], free: readonly Stored[]): Stored {
  const { shape, name } = one.weight;
  const fits = (other: Wanted) => other.last[0] === one.last[0] && sameShape(other.weight.shape, shape);
  const left = free.filter((tensor) => one.last.includes(partsOf(tensor).at(-1) ?? "") && sameShape(tensor.shape, shape));
  if (left.length === 1 && waiting.filter(fits).length === 1) return left[0];
  const message =
    left.length === 0
      ? `the file has no tensor for ${quote(name)} of shape ${showShape(shape)}`
      : `which of ${left.slice(0, 4).map((tensor) => quote(tensor.name)).join(", ")} is ${quote(name)}, their names do not say`; // biome-ignore format: one line
  throw new CompileError({ code: "format/tensor", path: "weightsManifest", message });
}

/** Throws where a tensor is read twice, or not at all. */
function checkOnce(found: ReadonlyMap<string, Stored>, free: readonly Stored[]): void {
  const owner = new Map<Stored, string>();
  for (const [weight, tensor] of found) {
    const other = owner.get(tensor);
    if (other !== undefined)
      fail(`${quote(tensor.name)} would be read by ${quote(other)} and by ${quote(weight)}: names do not say whose it is`);
    owner.set(tensor, weight);
  }
  const unread = free.find((tensor) => !owner.has(tensor));
  if (unread !== undefined) fail(`the file holds the tensor ${quote(unread.name)}, which no layer of layerc reads`);
}

function fail(message: string): never {
  throw new CompileError({ code: "format/tensor", path: "weightsManifest", message });
}
