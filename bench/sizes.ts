// What a page must carry. In: nets and engines. Out: gzip bytes of each emitted module, weights inside, beside the same net's
// ONNX file, and of each peer's runtime: its browser build bundled and minified by esbuild, and the files it fetches.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { saveOnnx } from "../src/index.ts";
import type { Shipment } from "./engines/define.ts";
import { isDense, type Net } from "./nets.ts";
import { onnxModel } from "./onnx.ts";
import { modelOf, weightsOf } from "./workloads.ts";

export interface ModuleSize {
  readonly net: string;
  /** Bytes of the whole module, weights included, and of the ONNX file, both after gzip. */
  readonly module: number;
  readonly onnx: number;
}
export interface RuntimeSize {
  readonly engine: string;
  /** After gzip. */
  readonly bytes: number;
}

const here = fileURLToPath(new URL(".", import.meta.url));
const gzip = (bytes: Uint8Array): number => gzipSync(bytes, { level: 9 }).length;

export function moduleSize(net: Net, file: string): ModuleSize {
  return {
    net: net.name,
    module: gzip(readFileSync(file)),
    onnx: gzip(isDense(net) ? onnxModel(net, weightsOf(net), 1) : saveOnnx(modelOf(net))),
  };
}

async function bundle(entry: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: here, loader: "js" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
    logLevel: "silent",
  });
  return outputFiles[0].contents;
}

/** Throws what the bundler throws. */
export async function runtimeSize(name: string, ships: Shipment): Promise<RuntimeSize> {
  let bytes = ships.entry === undefined ? 0 : gzip(await bundle(ships.entry));
  for (const file of ships.files ?? []) {
    const path = join(here, "node_modules", file);
    if (existsSync(path)) bytes += gzip(readFileSync(path));
  }
  return { engine: name, bytes };
}
