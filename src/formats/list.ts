// What reads each format, all of it at hand: for whoever opens a file without waiting. Adding one is a row in kinds.ts, one file beside this one, and a line here
// and in lazy.ts.
import type { Format } from "./define.ts";
import { graph } from "./graph.ts";
import { json } from "./json.ts";
import { keras } from "./keras/index.ts";
import { kerasArchive } from "./keras2/archive.ts";
import { kerasH5, kerasJson } from "./keras2/index.ts";
import type { Key } from "./kinds.ts";
import { onnx } from "./onnx/index.ts";
import { safetensors } from "./safetensors.ts";
import { tfjs } from "./tfjs/index.ts";

/** By its kind. */
export const formats: Readonly<Record<Key, Format>> = {
  safetensors,
  tfjs,
  kerasJson,
  json,
  graph,
  kerasArchive,
  keras,
  kerasH5,
  onnx,
};
