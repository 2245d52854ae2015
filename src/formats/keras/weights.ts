// The weights of a Keras 3 model from its store. In: the model's lines with the folder of each, and the store. Out: every weight by name.
// Guarantee: every variable of every layer in the file is read, by a weight of its shape, or the file is refused.
import { append } from "../../../compiler/base/groups.ts";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import type { Weight } from "../../../compiler/front/params.ts";
import { sameShape, showShape } from "../../../compiler/graph/graph.ts";
import { customValues, partedBy, resolvedWeights } from "../custom/weights.ts";
import { type Given, steppedOver } from "../define.ts";
import type { H5Dataset } from "../hdf5/index.ts";
import type { Lines } from "./model.ts";
import type { Store } from "./store.ts";
import { quote, unsupported } from "./values.ts";

/** The model's weights, each from its place in the file. Throws CompileError format/tensor where one is missing, or another shape's. */
export function weightsOf(
  { model, folders, customs }: Lines,
  store: Store,
  { refuse }: Given = {},
): Readonly<Record<string, Float32Array>> {
  const parted = partedBy(resolvedWeights(model, customs), customs);
  const values: Record<string, Float32Array> = {};
  // defineProperty: a layer may be called __proto__.
  for (const [name, value] of customValues(parted, customs, (custom) => store.below(custom), "folders", refuse))
    Object.defineProperty(values, name, { value, enumerable: true });
  const perFolder = new Map<string, Weight[]>();
  for (const weight of parted.rest) append(perFolder, folderOf(weight, folders), weight);
  for (const [folder, weights] of perFolder)
    for (const [name, value] of steppedOver(refuse, () => inFolder(folder, weights, store), () => [])) // biome-ignore format: one line
      Object.defineProperty(values, name, { value, enumerable: true });
  for (const folder of store.unread()) {
    const problem = (): never =>
      unsupported(folder, `the file holds variables in ${quote(folder)} that no layer of layerc reads`);
    steppedOver(refuse, problem, () => undefined);
  }
  return values;
}

/** The weights of one folder. */
function inFolder(folder: string, weights: readonly Weight[], store: Store): readonly (readonly [name: string, Float32Array])[] {
  const found = store.variables(folder);
  const places = weights.map(({ spec }, i) => spec.at ?? i);
  const needed = Math.max(...places) + 1;
  if (found.length !== needed) {
    const message = `${weights.map(({ name }) => quote(name)).join(" and ")} need ${needed} variables, the file holds ${found.length} in ${folder}/vars`;
    throw new CompileError({ code: "format/tensor", path: `${folder}/vars`, message });
  }
  return weights.map((weight, i) => [weight.name, numbersOf(weight, found[places[i]], `${folder}/vars/${places[i]}`)]);
}

/** The folder of the line that a weight belongs to, then that of a layer within, then Keras' own within that. */
function folderOf({ name, spec }: Weight, folders: ReadonlyMap<string, string>): string {
  const parts = name.split("/");
  for (let length = parts.length - 1; length > 0; length--) {
    const folder = folders.get(parts.slice(0, length).join("/"));
    if (folder === undefined) continue;
    return [folder, ...parts.slice(length, -1), ...(spec.within === undefined ? [] : [spec.within])].join("/");
  }
  throw new CompileError({ code: "internal/bug", path: "", message: `the weight ${quote(name)} belongs to no line` });
}

function numbersOf({ name, shape }: Weight, data: H5Dataset, path: string): Float32Array {
  if (data.shape !== null && sameShape(data.shape, shape)) return data.numbers();
  const found = data.shape === null ? "none" : showShape(data.shape);
  throw new CompileError({
    code: "format/tensor",
    path,
    message: `${quote(name)} needs shape ${showShape(shape)}, the file gives ${found}`,
  });
}
