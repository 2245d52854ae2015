// Our `.safetensors`: named float32 tensors with the model's spec in the metadata. In: bytes nobody vouches for. Out: a
// Model, or a CompileError that says what is wrong with the file. Data is read, never run; equal models give equal bytes.
// The format: u64 little-endian header length, JSON header padded with spaces to 8 bytes, then the tensors, gapless.
// https://huggingface.co/docs/safetensors/index#format
import * as z from "zod";
import type { WeightInfo } from "../../compiler/artifact.ts";
import type { Code } from "../../compiler/diagnostics/codes.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { stateContents, trainingStates } from "../../compiler/front/states.ts";
import { type Resolved, resolve } from "../../compiler/front/steps.ts";
import { sameShape, showShape, sizeOf } from "../../compiler/graph/graph.ts";
import type { Model } from "../../compiler/model.ts";
import type { Format } from "./define.ts";
import { type Entry, parseHeader, place, shorten } from "./header.ts";
import { checkSpec, onlyJson, parseJson, specOf } from "./json.ts";
import { isNpz, openNpz } from "./npy.ts";
import { safetensorsFacts } from "./safetensors-facts.ts";
import { withSizes } from "./sizes.ts";

/** A tensor of a file: row-major, in file order. */
export interface FileTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}
/** A file, read: its metadata and its tensors, in file order. */
export interface TensorFile {
  readonly metadata: ReadonlyMap<string, string>;
  readonly tensors: readonly FileTensor[];
}

const formatVersion = 1;
/** The limit of the format's own reader. */
const maxHeader = 100_000_000;

/** Our files: weights with their model. */
export const safetensors: Format = {
  open: (bytes, given) => withSizes(openSafetensors(bytes), given),
  facts: safetensorsFacts,
  save,
};

/** The Model of a file that `save` wrote. Throws CompileError `format/…`; without our metadata, `format/metadata`. */
function openSafetensors(bytes: Uint8Array): Model {
  const { metadata, tensors } = readTensors(bytes);
  const text = metadata.get("layerc");
  if (text === undefined) {
    fail("format/metadata", "the file holds weights but no model: its metadata has no entry layerc", {
      hint: 'name the file in a model: sequential([…], { weights: "./weights.safetensors" })',
    });
  }
  const parsed = parseJson(text, "format/metadata", "the metadata entry layerc");
  const outer = z.object({ format: z.int(), model: z.unknown() }).safeParse(parsed);
  if (!outer.success) fail("format/metadata", "the metadata entry layerc is not {format, model}");
  if (outer.data.format !== formatVersion) {
    fail("format/metadata", `the file has format ${outer.data.format}, this layerc reads format ${formatVersion}`, {
      hint: "update layerc",
    });
  }
  const model = checkSpec(outer.data.model);
  const { weights, state } = parted(tensors, model);
  checkShapes(model, weights);
  return {
    ...model,
    ...(weights.length === 0 ? {} : { weights: recordOf(weights) }),
    ...(state.length === 0 ? {} : { state: recordOf(state) }),
  };
}

/** The tensors of the weights, and those of what training goes on from: what is called like that, and is no weight of the model. */
function parted(tensors: readonly FileTensor[], model: Model | undefined) {
  const known = new Set(model === undefined ? [] : weightsOf(model).map(({ name }) => name));
  const isState = ({ name }: FileTensor): boolean => (name === "step" || name.startsWith("optimizer/")) && !known.has(name);
  return { weights: tensors.filter((tensor) => !isState(tensor)), state: tensors.filter(isState) };
}

/** A file of weights, whose content says what it is: ours, or arrays of NumPy by the weights' names. */
function weightsFileOf(bytes: Uint8Array): TensorFile {
  if (!isNpz(bytes)) return readTensors(bytes);
  const tensors = [...openNpz(bytes)].map(([name, array]) => ({ name, shape: array.shape, data: array.singles() }));
  return { metadata: new Map(), tensors };
}

/** Weights only, of a .safetensors or an .npz file, by name; the object has no prototype, so that no name means anything special. */
export function openWeights(bytes: Uint8Array): Readonly<Record<string, Float32Array>> {
  const { metadata, tensors } = weightsFileOf(bytes);
  // In a file of somebody else's no name is a state's.
  const isOurs = [...metadata.keys()].some((key) => key.startsWith("layerc"));
  return recordOf(isOurs ? parted(tensors, modelIn(metadata)).weights : tensors);
}

/** The model in a file of ours, where it holds one that this layerc reads. */
function modelIn(metadata: TensorFile["metadata"]): Model | undefined {
  try {
    const { model } = JSON.parse(metadata.get("layerc") ?? "{}") as { readonly model?: unknown };
    return checkSpec(model);
  } catch {
    return undefined;
  }
}

/**
 * The bytes of a model's file: its spec, its weights in Keras' order and shapes, and what training goes on from. A model without weights
 * gives a file without them. Throws CompileError when the model does not build, or a weight or a state does not fit.
 */
export function save(model: Model): Uint8Array {
  const { weightsFile: _, ...spec } = specOf(model);
  const layerc = JSON.stringify({ format: formatVersion, model: spec }, onlyJson);
  const metadata = new Map([["layerc", layerc]]);
  if (model.weights === undefined && model.state === undefined) return writeTensors(metadata, []);
  const resolved = resolve(model);
  const { values } = resolved.modelWeights();
  const weights =
    model.weights === undefined ? [] : resolved.weights.map(({ name, shape }) => ({ name, shape, data: values[name] }));
  return writeTensors(metadata, [...weights, ...stateTensors(resolved)]);
}

/** The state of training as tensors, checked. */
function stateTensors(resolved: Resolved): readonly FileTensor[] {
  const { state = {}, training } = resolved.model;
  const entries = Object.entries(state);
  const taken = entries.find(([name]) => resolved.weights.some((weight) => weight.name === name))?.[0];
  if (taken !== undefined) fail("training/names", "a weight of the model is called like this state", { path: taken });
  const states = training === undefined || entries.length === 0 ? [] : trainingStates(resolved);
  if (states.length > 0) stateContents(resolved.model, states);
  const shapes = new Map(states.map(({ name, shape }) => [name, shape]));
  // Of what nobody trains no shapes are known.
  return entries.map(([name, data]) => ({ name, shape: shapes.get(name) ?? [data.length], data }));
}

/** The bytes of a tensor file. Throws CompileError format/tensor for what `readTensors` would refuse. */
export function writeTensors(metadata: ReadonlyMap<string, string>, tensors: readonly FileTensor[]): Uint8Array {
  let end = 0;
  const names = new Set(["__metadata__"]);
  const entries: [string, string][] = [
    ["__metadata__", objectOf(Array.from(metadata, ([key, text]) => [key, JSON.stringify(text)]))],
  ];
  for (const { name, shape, data } of tensors) {
    if (names.has(name)) fail("format/tensor", "a file has each name once, and __metadata__ for itself", { path: name });
    names.add(name);
    if (bytesOf(shape) !== 4 * data.length) {
      const message = `a tensor of shape ${showShape(shape)} has ${sizeOf(shape)} numbers, not ${data.length}`;
      fail("format/tensor", message, { path: name });
    }
    entries.push([name, JSON.stringify({ dtype: "F32", shape, data_offsets: [end, end + 4 * data.length] })]);
    end += 4 * data.length;
  }
  const json = objectOf(entries);
  const header = new TextEncoder().encode(json);
  const start = 8 + Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(start + end).fill(0x20, 8, start);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(start - 8), true);
  bytes.set(header, 8);
  let at = start;
  for (const { data } of tensors) {
    for (let i = 0; i < data.length; i++) view.setFloat32(at + 4 * i, data[i], true);
    at += 4 * data.length;
  }
  return bytes;
}

/** JSON spelt by hand: an object would move names such as "1" to the front and lose "__proto__". */
const objectOf = (members: readonly (readonly [key: string, json: string])[]): string =>
  `{${members.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join()}}`;

/** Every tensor of a file, checked: offsets inside the file, gapless, without overlap, as long as the shape says, F32. */
export function readTensors(bytes: Uint8Array): TensorFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8)
    fail(
      "format/truncated",
      `a .safetensors file starts with 8 bytes that say how long its header is; this one has ${bytes.length} bytes`,
    );
  const headerLength = view.getBigUint64(0, true);
  if (headerLength > maxHeader)
    fail("format/header", `the header is said to be ${headerLength} bytes long; at most ${maxHeader} are read`);
  const start = 8 + Number(headerLength);
  if (start > bytes.length) fail("format/truncated", `the header ends at byte ${start}, the file at byte ${bytes.length}`);
  const { metadata, entries } = readHeader(bytes.subarray(8, start));

  const length = bytes.length - start;
  checkRanges(entries, length);
  const tensors = Array.from(entries, ([name, { shape, offsets }]) => {
    const data = new Float32Array((offsets[1] - offsets[0]) / 4);
    for (let i = 0; i < data.length; i++) data[i] = view.getFloat32(start + offsets[0] + 4 * i, true);
    return { name, shape, data };
  });
  return { metadata, tensors };
}

/** In order of their offsets the tensors must follow one another from 0 to the end, without a gap that could hide bytes. */
function checkRanges(entries: ReadonlyMap<string, Entry>, length: number): void {
  let end = 0;
  for (const [name, { offsets }] of [...entries].sort(
    ([, a], [, b]) => a.offsets[0] - b.offsets[0] || a.offsets[1] - b.offsets[1],
  )) {
    const [from, to] = offsets;
    if (to > length)
      fail("format/truncated", `the tensor ends at byte ${to} of the data, the data at byte ${length}`, { path: name });
    if (from !== end) {
      const where = from < end ? "inside" : "not at the end of";
      const message = `the tensor starts at byte ${from} of the data, ${where} the one before, which ends at ${end}`;
      fail("format/tensor", message, { path: name });
    }
    end = to;
  }
  if (end !== length) fail("format/tensor", `the tensors end at byte ${end} of the data, the data at byte ${length}`);
}

/** The model with the weights of a file, whether or not the file holds a model of its own. Throws CompileError `format/…`. */
export function withWeightsFile(model: Model, bytes: Uint8Array): Model {
  const { weights, state } = parted(weightsFileOf(bytes).tensors, model);
  checkShapes(model, weights);
  const isTrained = model.training !== undefined && state.length > 0;
  return { ...model, weights: recordOf(weights), ...(isTrained ? { state: recordOf(state) } : {}) };
}

/**
 * A Model holds flat numbers, so this is the last place where a transposed kernel can be told from the right one. A model that
 * does not build is the compiler's to report.
 */
function checkShapes(model: Model, tensors: readonly FileTensor[]): void {
  const found = new Map(tensors.map(({ name, shape }) => [name, shape]));
  for (const { name, shape } of weightsOf(model)) {
    const given = found.get(name);
    if (given !== undefined && !sameShape(given, shape)) {
      fail("format/tensor", `the model needs shape ${showShape(shape)}, the file gives ${showShape(given)}`, { path: name });
    }
  }
}

function weightsOf(model: Model): readonly WeightInfo[] {
  try {
    return resolve(model).weights;
  } catch (error) {
    if (error instanceof CompileError) return [];
    throw error;
  }
}

function readHeader(bytes: Uint8Array): ReturnType<typeof parseHeader> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    fail("format/header", "the header is not UTF-8");
  }
  const header = parseHeader(text);
  for (const [name, entry] of header.entries) checkEntry(name, entry);
  return header;
}

/** Refuses what is not float32, and a shape that does not fill its bytes. */
function checkEntry(name: string, { dtype, shape, offsets: [from, to] }: Entry): void {
  if (dtype !== "F32") {
    fail("format/dtype", `the tensor is of type ${shorten(JSON.stringify(dtype))}; layerc reads F32`, {
      path: name,
      hint: "convert the weights to float32 before saving",
    });
  }
  const bytes = bytesOf(shape);
  if (to - from === bytes) return;
  const takes = bytes === undefined ? "more bytes than can be counted" : `${bytes} bytes`;
  const message = `a tensor of shape ${shorten(showShape(shape))} takes ${takes}, its data_offsets [${from}, ${to}] give ${to - from}`;
  fail("format/tensor", message, { path: name });
}

/** Bytes of a float32 tensor; undefined where a size is none, or a product on the way is no exact number, whatever a later 0 makes of it. */
function bytesOf(shape: readonly number[]): number | undefined {
  let bytes = 4;
  for (const size of shape) {
    bytes *= size;
    if (!Number.isSafeInteger(bytes) || !(size >= 0)) return undefined;
  }
  return bytes;
}

/** Tensors by name; without a prototype, so `__proto__` is a name like any other. */
function recordOf(tensors: readonly FileTensor[]): Readonly<Record<string, Float32Array>> {
  const record: Record<string, Float32Array> = Object.create(null);
  for (const { name, data } of tensors) record[name] = data;
  return record;
}

function fail(code: Code, message: string, more: { path?: string; hint?: string } = {}): never {
  const path = more.path === undefined ? "" : place(more.path);
  const hint = more.hint ?? (code === "format/truncated" ? "the file was cut off: copy or save it again" : undefined);
  throw new CompileError({ code, path, message, ...(hint === undefined ? {} : { hint }) });
}
