// THE list of formats. Adding one is one file beside this one and one line here.
import type { Format } from "./define.ts";
import { graph } from "./graph.ts";
import { json } from "./json.ts";
import { keras } from "./keras/index.ts";
import { safetensors } from "./safetensors.ts";
import { tfjs } from "./tfjs/index.ts";

/** In the order in which they are asked: the first whose `sniff` says yes opens the file. */
export const formats: readonly Format[] = [
  safetensors, // its name stands above its content
  tfjs, // JSON too
  json,
  graph,
  keras,
];
