// The facts of a file of Keras, of any version. In: its config as JSON, and its weights as HDF5. Out: classes of layers, and arrays. Guarantee:
// nothing is judged here: what is no layer or no array is left out, and the reader says why.
import { isPlain } from "../../../compiler/diagnostics/plain.ts";
import { sizeOf } from "../../../compiler/graph/graph.ts";
import { countsOf, type Facts, type Given, steppedOver, weightFacts } from "../define.ts";
import type { H5Group } from "../hdf5/index.ts";

const deepest = 64;

/** The classes of all layers, those of models within and of wrappers too. */
export const layerFacts = (config: unknown): Facts["parts"] => ({ kind: "layers", counts: countsOf(classesIn(config, 0)) });

function* classesIn(item: unknown, depth: number): Iterable<string> {
  if (depth > deepest || !isPlain(item)) return;
  const { config } = item;
  const list = Array.isArray(config) ? config : isPlain(config) ? (config.layers ?? config.layer) : item.layers;
  for (const inner of Array.isArray(list) ? list : [list]) {
    if (!isPlain(inner)) continue;
    const { class_name: name = inner.className } = inner;
    if (typeof name === "string") yield name;
    yield* classesIn(inner, depth + 1);
  }
}

/** Where training stands, and its noise. */
const silent = /^(optimizer|optimizer_weights|seed_generators?|_?random_generators?)$/;

/** The arrays below groups; of those that cannot be read, whoever asked is told. */
export function arrayFactsIn(groups: readonly H5Group[], { refuse }: Given): Facts["weights"] {
  const arrays: { readonly dtype: string; readonly bytes: number }[] = [];
  const walk = (group: H5Group, depth: number): void => {
    if (depth > deepest) return;
    for (const name of group.names()) {
      const item = silent.test(name) ? undefined : steppedOver(refuse, () => group.get(name), () => undefined); // biome-ignore format: one line
      if (item?.kind === "group") walk(item, depth + 1);
      else if (item !== undefined) arrays.push({ dtype: item.type, bytes: sizeOf(item.shape ?? [0]) * widthOf(item.type) });
    }
  };
  for (const group of groups) walk(group, 0);
  return weightFacts(arrays);
}

/** Bytes of a number: `float32` has four. */
const widthOf = (type: string): number => (type === "bool" ? 1 : Number(/^\D+(\d+)$/.exec(type)?.[1] ?? 0) / 8);

/** What a file says in words, without what it leaves open. */
export const said = (entries: readonly (readonly [what: string, value: unknown])[]): Facts["says"] =>
  entries.flatMap(([what, value]) => (typeof value === "string" && value !== "" ? [[what, value] as const] : []));
