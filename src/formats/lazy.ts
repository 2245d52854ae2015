// What reads each format, loaded when a file is of it: all readers together are half as much code as the compiler, and a command needs one of them.
import type { Format } from "./define.ts";
import type { Key } from "./kinds.ts";

/** By its kind. */
export const readers: Readonly<Record<Key, () => Promise<Format>>> = {
  safetensors: async () => (await import("./safetensors.ts")).safetensors,
  tfjs: async () => (await import("./tfjs/index.ts")).tfjs,
  kerasJson: async () => (await import("./keras2/index.ts")).kerasJson,
  json: async () => (await import("./json.ts")).json,
  graph: async () => (await import("./graph.ts")).graph,
  kerasArchive: async () => (await import("./keras2/archive.ts")).kerasArchive,
  keras: async () => (await import("./keras/index.ts")).keras,
  kerasH5: async () => (await import("./keras2/index.ts")).kerasH5,
  onnx: async () => (await import("./onnx/index.ts")).onnx,
};
