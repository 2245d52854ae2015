// THE list of formats: what each is called and how its content is known, without what reads it. In: the first bytes of a file, or all of them, and its
// name. Out: the kind. Guarantee: none of the readers is loaded by asking; each has a line in list.ts, and one in lazy.ts.
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { isPlain } from "../../compiler/diagnostics/plain.ts";
import { decode, textStart } from "./define.ts";
import { superblockAt } from "./hdf5/superblock.ts";
import { specName } from "./json-text.ts";
import { parsePython } from "./keras2/json.ts";
import { majorOf } from "./keras2/major.ts";
import { isZip, openZip } from "./zip.ts";

/** A row of the list. */
export interface Kind {
  /** As people call it; the error about unknown bytes lists it. */
  readonly name: string;
  /** By content; the name settles what a file too short to be recognised was meant to be. `head`: the first bytes, or all. */
  readonly sniff: (head: Uint8Array, fileName: string) => boolean;
  /** Whether numbers of inputs may be given when it is opened, since they decide its shapes. */
  readonly takesValues?: boolean;
}

/** In the order in which they are asked: the first whose `sniff` says yes opens the file. */
export const kinds = {
  // Its name stands above its content. Byte 8 begins the JSON header, behind eight bytes of length whose upper ones are 0: no text has those.
  safetensors: {
    name: ".safetensors files that it saved",
    sniff: (head, fileName) =>
      fileName.endsWith(".safetensors") || (head[8] === 0x7b && head.subarray(4, 8).every((byte) => byte === 0)),
  },
  // Its topology stands above a spec,
  tfjs: {
    name: "model.json of TensorFlow.js",
    sniff: (head) => head[textStart(head)] === 0x7b && isTopology(head),
  },
  // and so does a class.
  kerasJson: { name: "an architecture of Keras as JSON", sniff: (head) => isArchitecture(head) },
  json: { name: specName, sniff: (head, fileName) => fileName.endsWith(".json") || head[textStart(head)] === 0x7b },
  // `graph name …`, behind white space and comments.
  graph: { name: "the text of a Graph", sniff: (head, fileName) => fileName.endsWith(".graph") || startsLikeGraph(head) },
  // Its version stands above the other archives.
  kerasArchive: { name: ".keras files of Keras 2", sniff: (head) => isZip(head) && isOld(head) },
  keras: { name: ".keras files of Keras 3", sniff: (head) => isZip(head) },
  kerasH5: { name: ".h5 files of Keras", sniff: (head) => superblockAt(head) !== undefined },
  onnx: { name: ".onnx files", sniff: (head, fileName) => fileName.endsWith(".onnx") || looksLikeModel(head), takesValues: true },
} as const satisfies Readonly<Record<string, Kind>>;

/** A format, by its key in the list. */
export type Key = keyof typeof kinds;

/** The first that knows the bytes; undefined where none does. */
export const kindOf = (head: Uint8Array, fileName: string): Key | undefined =>
  (Object.keys(kinds) as Key[]).find((key) => (kinds[key] as Kind).sniff(head, fileName));

const topology: readonly number[] = [...new TextEncoder().encode('"modelTopology"')];

/** Whether the key stands in the text; what else holds it there is no spec of ours, whose keys are known. */
function isTopology(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(topology[0]); at >= 0; at = bytes.indexOf(topology[0], at + 1))
    if (topology.every((code, i) => bytes[at + i] === code)) return isKey(bytes, at + topology.length);
  return false;
}

/** A colon makes a text a key. */
const isKey = (bytes: Uint8Array, from: number): boolean => bytes[textStart(bytes, from)] === 0x3a;

/** Whether text is an architecture: an object with a class and its config, or that text as a string. */
function isArchitecture(head: Uint8Array): boolean {
  const start = textStart(head);
  if (head[start] !== 0x7b && head[start] !== 0x22) return false;
  try {
    const value = parsePython(decode(head.subarray(start)), "the text");
    const inner = isPlain(value) && isPlain(value.model_config) ? value.model_config : value;
    return isPlain(inner) && typeof inner.class_name === "string" && "config" in inner;
  } catch (error) {
    if (error instanceof CompileError) return false;
    throw error;
  }
}

/** Whether the archive's metadata says Keras 2; what is no whole archive is for the others. */
function isOld(bytes: Uint8Array): boolean {
  try {
    const archive = openZip(bytes);
    const metadata = archive.has("metadata.json")
      ? parsePython(decode(archive.read("metadata.json")), "metadata.json")
      : undefined;
    return isPlain(metadata) && typeof metadata.keras_version === "string" && majorOf(metadata.keras_version) < 3;
  } catch (error) {
    if (error instanceof CompileError) return false;
    throw error;
  }
}

/** A version of the format first, then who wrote it or what it is: what every tool writes. */
function looksLikeModel(head: Uint8Array): boolean {
  if (head[0] !== 0x08 || head[1] === 0 || head[1] > 0x1f) return false;
  return [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42].includes(head[2]);
}

const word: readonly number[] = [...new TextEncoder().encode("graph")];

function startsLikeGraph(bytes: Uint8Array): boolean {
  let at = textStart(bytes);
  while (bytes[at] === 0x23) {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) return false;
    at = textStart(bytes, end);
  }
  // Behind it white space, a quote or a comment: a letter would make it another word.
  const next = bytes[at + word.length];
  return word.every((byte, i) => bytes[at + i] === byte) && (next === undefined || next <= 0x23);
}
