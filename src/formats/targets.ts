// THE list of formats that are written. In: a Model. Out: its files by name, the one that is opened first. Adding one is a file that writes it
// and one line here.
import type { Model } from "../../compiler/model.ts";
import { json } from "./json.ts";
import { saveOnnx } from "./onnx/write/index.ts";
import { save } from "./safetensors.ts";
import { saveTfjs } from "./tfjs/write/index.ts";

/** A format that a model can be written in. */
export interface Target {
  readonly name: string;
  /** What the name of such a file is like. */
  readonly file: RegExp;
  /** What it is, for people. */
  readonly says: string;
  /** What of a model is in it: all that training goes on from, or weights without it, or the lines alone. */
  readonly holds: "training" | "weights" | "lines";
  /** What it is called in a folder that stands for it; absent where it is one file. */
  readonly inFolder?: string;
  /** The files by name; a name of null is that of the file itself. */
  readonly write: (model: Model) => readonly (readonly [name: string | null, bytes: Uint8Array])[];
  /** Whether a file says of itself that layerc wrote it. */
  readonly isOurs: (bytes: Uint8Array) => boolean;
}

/** Whether a text stands among the first bytes of a file: of an ONNX file the field of its producer, in which others may be called alike. */
const begins =
  (text: string, within = 1 << 12) =>
  (bytes: Uint8Array): boolean =>
    new TextDecoder("latin1").decode(bytes.subarray(0, within)).includes(text);

/** In the order in which names are looked at. */
export const targets: readonly Target[] = [
  {
    name: "safetensors",
    file: /\.safetensors$/i,
    says: "layerc's own: the spec and the weights in one file",
    holds: "training",
    write: (model) => [[null, save(model)]],
    isOurs: begins('"layerc":'),
  },
  {
    name: "onnx",
    file: /\.onnx$/i,
    says: "ONNX",
    holds: "weights",
    write: (model) => [[null, saveOnnx(model)]],
    isOurs: begins("\x12\x06layerc", 16),
  },
  {
    name: "tfjs",
    file: /(^|[/\\])model\.json$/i,
    says: "a layers-model of TensorFlow.js: model.json, with its weights beside it",
    holds: "weights",
    inFolder: "model.json",
    write: (model) =>
      Object.entries(saveTfjs(model)).map(([name, bytes]) => [name === "model.json" ? null : name, bytes] as const),
    isOurs: begins('"generatedBy":"layerc '),
  },
  {
    name: "json",
    file: /\.json$/i,
    says: "the spec alone, without weights",
    holds: "lines",
    write: (model) => [[null, json.save?.(model) ?? new Uint8Array()]],
    isOurs: () => false,
  },
];
