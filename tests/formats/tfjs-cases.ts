// The cases of tests/fixtures/tfjs: models of TensorFlow.js with the numbers that it, or TensorFlow, gives. Out: the model's bytes and the
// files beside it, which a test may change before it opens them.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { compile } from "../../compiler/compile.ts";
import type { Model } from "../../compiler/model.ts";
import { load } from "../../runtime/load.ts";
import { open } from "../../src/formats/index.ts";

interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
/** A tensor of a manifest. */
export interface Spec {
  name: string;
  shape: number[];
  dtype: string;
  quantization?: { dtype: string; min?: number; scale?: number };
}
/** A model.json. */
export interface File {
  format?: string;
  modelTopology: Record<string, unknown>;
  weightsManifest: { paths: string[]; weights: Spec[] }[];
  signature?: unknown;
}
export interface Case {
  readonly model: File;
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

const folder = join(import.meta.dirname, "../fixtures/tfjs");
export const caseNames: readonly string[] = readdirSync(folder).flatMap((name) =>
  name.endsWith(".json.gz") ? [name.slice(0, -8)] : [],
);

/** A fresh copy of a case. */
export function caseOf(name: string): Case {
  const read = JSON.parse(gunzipSync(readFileSync(join(folder, `${name}.json.gz`))).toString()) as Omit<Case, "files"> & {
    readonly files: Readonly<Record<string, string>>;
  };
  const files = Object.fromEntries(
    Object.entries(read.files).map(([file, text]) => [file, new Uint8Array(Buffer.from(text, "base64"))]),
  );
  return { ...read, files };
}

export const bytesOf = (model: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(model));

/** The Model of a model.json with the files beside it. */
export const opened = (model: unknown, files: Readonly<Record<string, Uint8Array>> = {}): Model =>
  open(bytesOf(model), "model.json", { beside: (path) => (Object.hasOwn(files, path) ? files[path] : undefined) });

/** What a model gives for the inputs of a case, by output in the case's order. */
export function predicted(
  model: Model,
  { inputs, outputs }: Pick<Case, "inputs" | "outputs">,
  target: "js" | "simd",
): readonly ArrayLike<number>[] {
  const { predict } = load(compile(model, { target })) as unknown as {
    predict(x: unknown): Float32Array | Record<string, Float32Array>;
  };
  const given = inputs.map(({ data }) => Float32Array.from(data));
  const y = predict(inputs.length === 1 ? given[0] : Object.fromEntries(inputs.map(({ name }, i) => [name, given[i]])));
  if (y instanceof Float32Array) return [y];
  return outputs.map((_, i) => Object.values(y)[i]);
}
