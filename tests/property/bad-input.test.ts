// What layerc says to bad input: each case with its code, its path and a hint that helps; and what no input may do to a module.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { freeNames } from "../../compiler/emit/judge.ts";
import type { LayerSpec, Model } from "../../compiler/model.ts";
import { load } from "../../runtime/load.ts";
import { open, save } from "../../src/formats/index.ts";
import { errorOf } from "../support/error.ts";

const modelOf = (layers: readonly LayerSpec[], more: Partial<Model> = {}): Model => ({ name: "m", seed: 1, layers, ...more });
const dense = (config: object, name?: string): LayerSpec => ({
  layer: "dense",
  config: { ...config },
  ...(name === undefined ? {} : { name }),
});
const small = modelOf([dense({ units: 2, inputShape: [3] }, "small")]);
const kernel = Float32Array.of(1, 2, 3, 4, 5, 6);

interface Case {
  readonly what: string;
  readonly run: () => unknown;
  readonly code: string;
  readonly path: string | RegExp;
  readonly message: RegExp;
  readonly hint: RegExp;
}

const bytes = save({ ...small, weights: { "small/kernel": kernel, "small/bias": Float32Array.of(0, 0) } });
const cases: readonly Case[] = [
  { what: "an unknown layer", run: () => compile(modelOf([{ layer: "dnese", config: { units: 1, inputShape: [2] } }])), code: "layer/unknown", path: "layers[0].layer", message: /dnese/, hint: /dense/ },
  { what: "an unknown key", run: () => compile(modelOf([dense({ unit: 1, inputShape: [2] })])), code: "layer/config", path: /^layers\[0\]/, message: /unit/, hint: /units/ },
  { what: "negative units", run: () => compile(modelOf([dense({ units: -1, inputShape: [2] })])), code: "layer/config", path: "layers[0].units", message: /-1/, hint: /./ },
  { what: "a missing input shape", run: () => compile(modelOf([dense({ units: 1 })])), code: "shape/unknown-size", path: "layers[0]", message: /./, hint: /inputShape/ },
  { what: "a wrong rank", run: () => compile(modelOf([{ layer: "conv2d", config: { filters: 1, kernelSize: 3, inputShape: [8, 8] } }])), code: "shape/rank", path: /^layers\[0\]/, message: /\[8, 8\]/, hint: /./ },
  { what: "weights of a wrong length", run: () => compile({ ...small, weights: { "small/kernel": kernel.subarray(1), "small/bias": Float32Array.of(0, 0) } }), code: "weights/length", path: /small\/kernel/, message: /6.*5|5.*6/, hint: /./ },
  { what: "a missing weight", run: () => compile({ ...small, weights: { "small/kernel": kernel } }), code: "weights/missing", path: /small\/bias/, message: /small\/bias/, hint: /./ },
  { what: "an empty list", run: () => compile(modelOf([])), code: "model/empty", path: "layers", message: /./, hint: /./ },
  { what: "a value that is no model", run: () => compile({} as Model), code: "model/schema", path: /./, message: /./, hint: /./ },
  { what: "a file that is no model", run: () => open(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 0), "cat.png"), code: "format/unknown", path: "", message: /./, hint: /./ },
  { what: "a truncated .safetensors", run: () => open(bytes.subarray(0, bytes.length - 5), "m.safetensors"), code: "format/truncated", path: /small/, message: /./, hint: /./ },
]; // biome-ignore format: one table

describe("says what is wrong, where, and what to do", () => {
  it.each(cases)("$what", ({ run, code, path, message, hint }) => {
    const error = errorOf(run);
    expect(error.code).toBe(code);
    expect(error.path).toMatch(typeof path === "string" ? new RegExp(`^${path.replace(/[[\].]/g, "\\$&")}$`) : path);
    expect(error.message).toMatch(message);
    expect(error.hint ?? "").toMatch(hint);
  });

  it("a .safetensors cut anywhere", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), (length) => {
        const { code, hint } = errorOf(() => open(bytes.subarray(0, length), "m.safetensors"));
        expect(code).toMatch(/^format\//);
        if (code === "format/truncated") expect(hint).toBeTruthy();
      }),
      { seed: 1 },
    );
  });

  it("warns of weights that are not finite, by layer", () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const { warnings } = compile({
        ...small,
        weights: { "small/kernel": Float32Array.of(1, 2, bad, 4, 5, 6), "small/bias": Float32Array.of(0, 0) },
      });
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toMatchObject({ code: "weights/not-finite", message: expect.stringContaining("small") });
      expect(warnings[0].path).toMatch(/small\/kernel|layers\[0\]/);
      expect(warnings[0].hint).toBeTruthy();
    }
  });
});

describe("predict", () => {
  const { predict } = load(compile({ ...small, weights: { "small/kernel": kernel, "small/bias": Float32Array.of(0, 0) } }));

  it.each([[[1, 2]], [[1, 2, 3, 4]], [new Float32Array(7)]])("names the length it wants and the one it got: %j", (x) => {
    expect(() => predict(x)).toThrow(RangeError);
    expect(() => predict(x)).toThrow(new RegExp(`3.*${x.length}`));
  });

  it("names the length of `out`", () => {
    expect(() => predict([1, 2, 3], new Float32Array(3))).toThrow(/2.*3/);
  });

  it.each([[undefined], [null], [7], ["1,2,3"], [{}]])("names the type it wants and what it got: %j", (x) => {
    expect(() => predict(x as never)).toThrow(TypeError);
  });

  it("lets no NaN vanish", () => {
    for (const activation of [
      "linear",
      "relu",
      "relu6",
      "sigmoid",
      "tanh",
      "hard_sigmoid",
      "hard_tanh",
      "softmax",
      "sparsemax",
      "soft_shrink",
      "hard_shrink",
      "elu",
      "gelu",
      "sparse_plus",
    ]) {
      const model = modelOf([dense({ units: 3, activation, inputShape: [2] }), dense({ units: 2, activation, useBias: false })]);
      for (const unroll of [0, 1000]) {
        const y = load(compile(model, { unroll, selfTest: false })).predict([0, 0, Number.NaN, 1]);
        expect([activation, Array.from(y, Number.isNaN)]).toEqual([activation, [false, false, true, true]]);
      }
    }
  });

  it("takes no rows for no rows", () => {
    expect(predict([])).toEqual(new Float32Array(0));
  });
});

describe("names", () => {
  const hostile = [
    'say "hi"',
    "it's",
    "line\nbreak",
    "\r",
    "*/ throw 1; /*",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a name that looks like one.
    "${process.exit(1)}",
    "`",
    "\\",
    "\u2028\u2029",
    "__proto__",
    "constructor",
    "toString",
    "</script><script>",
    "<!--",
    "-->",
    "",
    "eval",
    "Function",
    "0",
    " ",
    "🦊",
    "\ud800",
    "a/b",
  ];
  const safe = (name: string, options: Parameters<typeof compile>[1]): void => {
    const model = { ...modelOf([dense({ units: 2, inputShape: [3] }, name), dense({ units: 1 }, `${name}2`)]), name };
    const artifact = compile(model, options);
    const known = new Set([
      "Float32Array",
      "Float64Array",
      "Int32Array",
      "Uint8Array",
      "Error",
      "TypeError",
      "RangeError",
      "Infinity",
      "NaN",
      "undefined",
      // Modules with kernels in WebAssembly.
      "WebAssembly",
    ]);
    expect(freeNames(artifact.code).filter((free) => !free.startsWith("Math.") && !known.has(free))).toEqual([]);
    expect(artifact.code).not.toMatch(/\b(eval|Function|import)\b/);
    const plain = load(
      compile(
        { ...modelOf([dense({ units: 2, inputShape: [3] }, "plain"), dense({ units: 1 }, "plain2")]), name: "plain" },
        options,
      ),
    );
    const module = load(artifact);
    expect(module.predict([1, 2, 3]).length).toBe(plain.predict([1, 2, 3]).length);
  };

  it.each(hostile.filter((name) => name !== "" && name !== "a/b"))("%j stays text", (name) => {
    safe(name, {});
    safe(name, { unroll: 0, train: false });
  });

  it("any string stays text, or is refused with a reason", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary", maxLength: 12 }), fc.constantFrom(...hostile)), (name) => {
        try {
          safe(name, {});
        } catch (error) {
          if (!(error instanceof CompileError) || error.code !== "layer/name") throw error;
        }
      }),
      { seed: 1, numRuns: 60 },
    );
  });
});
