// A training repeats on every engine: with `exact` the same bits in this Node as in any other, and in QuickJS, which has neither WebAssembly nor
// V8's Math; stopped and resumed too. The runtime goes there as one script, beside the module that it trains.
import { build } from "esbuild";
import { newQuickJSWASMModuleFromVariant } from "quickjs-emscripten-core";
import { expect, it } from "vitest";
import { batchNormalization, compile, dense, dropout, sequential } from "../../src/index.ts";

const model = sequential(
  [
    dense({ units: 7, activation: "gelu", inputShape: [3] }),
    batchNormalization(),
    dropout({ rate: 0.25 }),
    dense({ units: 3, activation: "softmax" }),
  ],
  {
    name: "hosts",
    seed: 5,
    training: {
      loss: "sparse_categorical_crossentropy",
      optimizer: {
        name: "adamw",
        learningRate: { name: "cosine_decay", initialLearningRate: 0.02, decaySteps: 40 },
        clipnorm: 1,
      },
      metrics: ["accuracy", "sparse_top_k_categorical_accuracy"],
    },
  },
);
// The data are made of whole numbers: an engine's own Math would differ.
const script = `
import { earlyStopping, fit, load } from "./runtime/index.ts";
const rows = 40;
const x = Array.from({ length: rows }, (_, i) => [((i * 37) % 19) / 8 - 1, ((i * 53) % 23) / 8 - 1, ((i * 11) % 7) / 4 - 1]);
const y = x.map(([a, b, c]) => (a > b ? 0 : b > c ? 1 : 2));
const options = (epochs, resume) => ({ epochs, resume, batchSize: 7, validationSplit: 0.2, seed: 11, callbacks: [earlyStopping({ patience: 9, monitor: "val_accuracy" })] });
const digest = ({ weights, resume }, ...histories) => {
  let hash = 0x811c9dc5;
  const eat = (bytes) => { for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0; };
  for (const each of [...weights, ...Object.keys(resume.state).sort().map((key) => resume.state[key])])
    eat(new Uint8Array(Float64Array.from(each).buffer));
  for (const key of Object.keys(histories[0]).sort()) eat(new Uint8Array(Float64Array.from(histories.flatMap((one) => one[key])).buffer));
  return hash.toString(16);
};
globalThis.trainWith = (artifact) => {
  const whole = fit(load(artifact), { x, y }, options(6));
  const first = fit(load(artifact), { x, y }, options(2));
  const rest = fit(load(artifact), { x, y }, options(6, JSON.parse(JSON.stringify(first.resume), (_, value) =>
    value && typeof value === "object" && "0" in value && !Array.isArray(value) ? Object.values(value) : value)));
  return [digest(whole, whole.history), digest(rest, first.history, rest.history), whole.history.loss[5] < whole.history.loss[0]].join();
};`;

it("gives the same bits in another engine, at once and resumed, and in every Node that the suite is run with", async () => {
  const bundled = await build({
    stdin: { contents: script, resolveDir: ".", loader: "ts" },
    bundle: true,
    write: false,
    format: "iife",
    target: "es2020",
  });
  const [{ text }] = bundled.outputFiles;
  const { code } = compile(model, { train: true, batch: 7, exact: true, format: "iife", selfTest: false });
  const ask = `trainWith(${JSON.stringify({ code })})`;
  const context = (await newQuickJSWASMModuleFromVariant(import("@jitl/quickjs-wasmfile-release-sync"))).newContext();
  context.unwrapResult(context.evalCode(text)).dispose();
  const there = context.unwrapResult(context.evalCode(ask)).consume((handle) => context.dump(handle));
  context.dispose();
  const here: unknown = new Function(`${text}; return ${ask};`)();
  expect(here).toBe(there);
  const [whole, resumed, isLearning] = String(here).split(",");
  expect([resumed, isLearning]).toEqual([whole, "true"]);
  // Of Node 20, 22 and 24: a new number here is a change of what models learn.
  expect(whole).toMatchInlineSnapshot(`"3f926993"`);
});
