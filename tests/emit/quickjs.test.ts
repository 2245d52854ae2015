// Another engine: QuickJS, an interpreter without WebAssembly. Modules of random models give there the bits they give in V8, with
// float64 sums and with exact float32 ones, predicting and training; exact ones also those of V8's WebAssembly.
import fc from "fast-check";
import { newQuickJSWASMModuleFromVariant } from "quickjs-emscripten-core";
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { type Loadable, load } from "../../runtime/load.ts";
import { inputsOf, targetsOf } from "../arbitrary/data.ts";
import { type Kind, type Sample, sampleOf } from "../arbitrary/models.ts";
import { withBackend } from "../engines.ts";
import { bitsOf, type Data, drive, driveHere } from "../support/drive.ts";

const quickjs = await newQuickJSWASMModuleFromVariant(import("@jitl/quickjs-wasmfile-release-sync"));

function inQuickJs({ code, weights, wasm }: Loadable, format: string, data: Data): unknown {
  const context = quickjs.newContext();
  try {
    context.runtime.setModuleLoader(() => code);
    const evaluate = (text: string, type: "global" | "module" = "global"): unknown => {
      const made = context.unwrapResult(context.evalCode(text, "test.js", { type }));
      return made.consume((handle) => context.dump(handle));
    };
    if (format === "esm") evaluate('import * as model from "model"; globalThis.model = model;', "module");
    else evaluate(code);
    const given = weights === undefined ? [] : [`Uint8Array.from(${JSON.stringify([...weights])})`];
    const create = weights !== undefined || wasm !== undefined;
    return evaluate(
      `((module, data) => {${drive}})(${create ? `model.create(${given.join()})` : "model"}, ${JSON.stringify(data)})`,
    );
  } finally {
    context.dispose();
  }
}

function inV8(artifact: Loadable, backend: "js" | "simd", data: Data): unknown {
  return withBackend(artifact, backend, (form) => driveHere(load(form), data));
}

function compare(sample: Sample): void {
  const train = sample.options.train === true;
  const rows = Math.min(sample.rows, 9);
  const [tame, hard] = [false, true].map((isHard) => inputsOf(sample, rows, isHard));
  const data: Data = {
    train,
    size: tame.length / rows,
    inputs: [bitsOf(tame), bitsOf(hard)],
    targets: train ? bitsOf(targetsOf(sample, rows)) : [],
  };
  for (const exact of [false, true]) {
    const format = exact ? "iife" : "esm";
    const artifact = compile(sample.model, { ...sample.options, exact, format, target: exact ? "simd" : "js" });
    const found = inQuickJs(artifact, format, data);
    expect(found).toEqual(inV8(artifact, "js", data));
    if (exact) expect(found).toEqual(inV8(artifact, "simd", data));
  }
}

describe("random models", () => {
  it.each<[Kind, boolean, number]>([
    ["dense", false, 20],
    ["dense", true, 6],
    ["probe", false, 10],
    ["probe", true, 4],
    ["big", false, 4],
    ["big", true, 2],
  ])("%s, training %s: %i", (kind, train, numRuns) => {
    fc.assert(fc.property(sampleOf(kind, train), compare), { seed: 20261124, numRuns });
  });
});

it("the engines are two: one has no WebAssembly, and their Math.exp or Math.tanh differ in bits", () => {
  const context = quickjs.newContext();
  const text = `[typeof WebAssembly].concat(Array.from({ length: 4000 }, (_, i) => Math.exp(i / 100 - 20) + " " + Math.tanh(i / 100 - 20)))`;
  const [there, here] = [
    context.unwrapResult(context.evalCode(text)).consume((handle) => context.dump(handle)),
    new Function(`return ${text}`)(),
  ];
  context.dispose();
  expect([there[0], here[0]]).toEqual(["undefined", "object"]);
  expect(there.slice(1)).not.toEqual(here.slice(1));
});
