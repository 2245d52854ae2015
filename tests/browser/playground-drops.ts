// What tests drop on the playground. In: fixtures. Out: files by name, as a visitor has them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { save } from "../../src/formats/index.ts";
import { dense, sequential } from "../../src/sequential.ts";

/** The bytes of a file in tests/fixtures. */
export const fixture = (path: string): Uint8Array => readFileSync(join(import.meta.dirname, "../fixtures", path));
const tfjs = JSON.parse(gunzipSync(fixture("tfjs/layers-conv1d.json.gz")).toString()) as {
  model: object;
  files: Record<string, string>;
};
const tfjsFiles: Readonly<Record<string, Uint8Array>> = {
  ...Object.fromEntries(Object.entries(tfjs.files).map(([name, text]) => [name, Buffer.from(text, "base64")])),
  "model.json": Buffer.from(JSON.stringify(tfjs.model)),
};
/** What is dropped: its files by name, and what the hand takes of them; a folder takes along what is in it. */
export interface Dropping {
  readonly what: string;
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly main: string;
  readonly taken?: readonly string[];
}
const own = sequential([dense({ units: 2, inputShape: [3] })], { name: "own" });
/** Every kind of file that the page opens. */
export const drops: readonly Dropping[] = [
  { what: "a .keras file", files: { "gru.keras": fixture("keras/layers/stateful-gru.keras") }, main: "gru.keras" },
  { what: "an .h5 file", files: { "nested.h5": gunzipSync(fixture("keras2/keras2-nested.h5.gz")) }, main: "nested.h5" },
  { what: "a .safetensors file", files: { "own.safetensors": save(own) }, main: "own.safetensors" },
  { what: "an .onnx file", files: { "convolution.onnx": fixture("onnx/convolution.onnx") }, main: "convolution.onnx" },
  { what: "the files of a TensorFlow.js model", files: tfjsFiles, main: "model.json" },
  {
    what: "a folder with a TensorFlow.js model and other things",
    files: {
      ...Object.fromEntries(Object.entries(tfjsFiles).map(([name, bytes]) => [`export/web/${name}`, bytes])),
      "export/README.md": Buffer.from("A model."),
      "export/older/notes.json": Buffer.from("{}"),
    },
    main: "export/web/model.json",
    taken: ["export"],
  },
];
