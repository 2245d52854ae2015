// The state of a training as a file. In: what a run needs to go on, and the model where there is one. Out: the bytes of a .safetensors file,
// which opens as that model, with the facts that are no numbers as text in its metadata; and back. Guarantee: to the bit.
import * as z from "zod";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import type { Model } from "../../compiler/model.ts";
import type { Plain, TrainingState } from "../../runtime/index.ts";
import { parseJson } from "../formats/json.ts";
import { type FileTensor, readTensors, save, writeTensors } from "../formats/safetensors.ts";

/** The entry of the metadata. */
const entry = "layerc.training";
const formatVersion = 1;

const factsSchema = z.object({
  format: z.literal(formatVersion),
  weights: z.array(z.string()),
  epoch: z.int().nonnegative(),
  fitted: z.int().nonnegative(),
  learningRate: z.number().optional(),
  callbacks: z.array(z.object({ name: z.string(), state: z.json() })),
});

/** The bytes of a checkpoint: a model, or where there is none the numbers alone; `names` are those of the weights. */
export function saveTrainingState(training: TrainingState, names: readonly string[], model?: Model): Uint8Array {
  const { weights, state, ...facts } = training;
  const { metadata, tensors } =
    model === undefined ? { metadata: new Map<string, string>(), tensors: [] } : readTensors(save(model));
  const known = new Set(tensors.map(({ name }) => name));
  const flat = (name: string, data: Float32Array): FileTensor => ({ name, shape: [data.length], data });
  const rest = [
    ...weights.map((data, i) => flat(names[i], data)),
    ...Object.entries(state).map(([name, data]) => flat(name, data)),
  ];
  const text = JSON.stringify({ format: formatVersion, weights: names, ...facts });
  return writeTensors(new Map([...metadata, [entry, text]]), [...tensors, ...rest.filter(({ name }) => !known.has(name))]);
}

/**
 * What a training needs to go on, from a file that `modelCheckpoint` or `backupAndRestore` wrote: the option `resume` of fit. Throws
 * CompileError `format/…` where it is none.
 */
export function openTrainingState(bytes: Uint8Array): TrainingState {
  const { metadata, tensors } = readTensors(bytes);
  const text = metadata.get(entry);
  if (text === undefined) throw broken("the file holds no state of a training: its metadata has no such entry");
  const facts = factsSchema.safeParse(parseJson(text, "format/metadata", `the metadata entry ${entry}`));
  if (!facts.success) throw broken("the facts of the training are not those that layerc writes");
  const { format: _, weights: names, learningRate, callbacks, ...rest } = facts.data;
  const found = new Map(tensors.map(({ name, data }) => [name, data]));
  const weights = names.map((name) => {
    const data = found.get(name);
    if (data === undefined) throw broken(`there is no weight ${JSON.stringify(name)}`);
    found.delete(name);
    return data;
  });
  return {
    ...rest,
    weights,
    state: Object.fromEntries(found),
    ...(learningRate === undefined ? {} : { learningRate }),
    callbacks: callbacks as readonly { name: string; state: Plain }[],
  };
}

const broken = (message: string): CompileError => new CompileError({ code: "format/metadata", path: entry, message });
