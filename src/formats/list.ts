// THE list of formats. Adding one is one file beside this one and one line here.
import type { Format } from "./define.ts";
import { graph } from "./graph.ts";
import { json } from "./json.ts";
import { keras } from "./keras/index.ts";
import { kerasArchive } from "./keras2/archive.ts";
import { kerasH5, kerasJson } from "./keras2/index.ts";
import { onnx } from "./onnx/index.ts";
import { safetensors } from "./safetensors.ts";
import { tfjs } from "./tfjs/index.ts";

/** In the order in which they are asked: the first whose `sniff` says yes opens the file. */
export const formats: readonly Format[] = [
  safetensors, // its name stands above its content
  tfjs, // its topology stands above a spec
  kerasJson, // and so does a class
  json,
  graph,
  kerasArchive, // its version stands above the other archives
  keras,
  kerasH5,
  onnx,
];
