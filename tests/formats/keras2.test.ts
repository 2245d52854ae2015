// Whole files of Keras 1 and 2, and of weights alone: each as a model that gives what Keras gives. The files are written by h5py in the
// form of those versions (the README beside them says how); what they give was computed by a Keras 3 with equal layers.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { resolve } from "../../compiler/front/steps.ts";
import type { Model } from "../../compiler/model.ts";
import { load, type Predictor } from "../../runtime/load.ts";
import { type Given, open } from "../../src/formats/index.ts";
import { expectClose } from "../close.ts";
import { standard } from "../exemptions.ts";
import { errorOf } from "../support/error.ts";

const folder = join(import.meta.dirname, "../fixtures/keras2");
const bytesOf = (name: string): Uint8Array => new Uint8Array(gunzipSync(readFileSync(join(folder, `${name}.gz`))));
const beside = (name: string): Uint8Array | undefined =>
  readdirSync(folder).includes(name) ? new Uint8Array(readFileSync(join(folder, name))) : undefined;

interface Tensor {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
interface Case {
  readonly file: string;
  readonly inputs: readonly Tensor[];
  readonly output: Tensor;
}
const cases = Object.values(JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Record<string, Case>);
const opened = (name: string, given: Given = {}): Model => open(bytesOf(name), name, { beside, ...given });

describe("files of older Keras", () => {
  it.each(cases)("$file", ({ file, inputs, output }) => {
    const model = opened(file, file.startsWith("alone") ? { inputShape: inputs[0].shape.slice(1) } : {});
    const ports = resolve(model).predict.inputs;
    const x = inputs.length === 1 ? inputs[0].values : Object.fromEntries(ports.map(({ name }, i) => [name, inputs[i].values]));
    for (const target of ["js", "simd"] as const) {
      const y = load<Predictor>(compile(model, { target })).predict(x as never) as Float32Array;
      expectClose(y, output.values, standard.layers, `${file}, ${target}`);
    }
  });
});
