// Scalers and labels of scikit-learn as JSON: in front of a chain, of a model with several inputs and of a Graph each gives scikit-learn's numbers;
// what does not fit, and a pickle, is refused.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { load, type Predictor } from "../../runtime/load.ts";
import {
  activation,
  compile,
  dense,
  embedding,
  input,
  type Model,
  model,
  open,
  sequential,
  withClasses,
  withScaler,
} from "../../src/index.ts";
import { pythonLines } from "../../src/scikit.ts";
import { layerc } from "../cli/bin.ts";
import { expectClose } from "../close.ts";
import { standard } from "../exemptions.ts";
import { diagnosticOf } from "../support/error.ts";

interface Expected {
  readonly x: readonly number[];
  readonly scalers: readonly {
    readonly what: string;
    readonly json: Readonly<Record<string, unknown>>;
    readonly y: readonly number[];
  }[];
  readonly others: readonly Readonly<Record<string, unknown>>[];
  readonly labels: readonly { readonly classes_: readonly unknown[] }[];
}
const folder = join(import.meta.dirname, "../fixtures/scikit");
const { x, scalers, others, labels } = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Expected;
const [plainScaler] = scalers;

const weights = { "d/kernel": Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), "d/bias": new Float32Array(3) };
const identity = dense({ name: "d", units: 3 });
/** Models that give back what they take, in every form that a model has. */
const same: Readonly<Record<string, Model>> = {
  "a chain": sequential([dense({ name: "d", units: 3, inputShape: [3] })], { weights }),
  "a chain with an input": sequential([input({ shape: [3] }), identity], { weights }),
  "a model in a model": sequential([sequential([dense({ units: 3, inputShape: [3] })], { name: "m" })], {
    weights: { "m/dense/kernel": weights["d/kernel"], "m/dense/bias": weights["d/bias"] },
  }),
  "a model with an input by name": model({ inputs: { scaler: [3] }, outputs: { same: "d" }, layers: [identity], weights }),
  "what gives the input itself": model({ inputs: { a: [3], b: [1] }, outputs: ["a", "e"], layers: [dense({ name: "e", units: 1, inputs: ["b"] })], weights: { "e/kernel": Float32Array.of(1), "e/bias": Float32Array.of(0) } }), // biome-ignore format: one line
  "a Graph": open(new TextEncoder().encode('graph g\n  %0 = input {name: "x", shape: [n, 3]}\nresults\n  y = %0\nend\n')),
};

function given(name: string, made: Model): readonly number[] {
  const [first] = compile(made, { selfTest: false }).manifest.inputs;
  const module = load<Predictor>(compile(made, { selfTest: false }));
  const rows = name.startsWith("what") ? { a: x, b: new Array(9).fill(0) } : x;
  const y = module.predict(rows as never) as unknown as Float32Array | { a: Float32Array };
  expect(first.shape).toEqual([3]);
  return [...("a" in y ? y.a : y)];
}

describe.each(Object.entries(same))("%s", (name, plain) => {
  it.each(name === "a chain" || name === "a Graph" ? scalers : [plainScaler, scalers[5]])("has the numbers of the scaler: $what", ({ json, y }) => {
    const found = given(name, withScaler(plain, json, name.startsWith("what") ? "a" : undefined));
    expectClose(found, y, standard.layers, name);
  }); // biome-ignore format: one thought
});

describe("a scaler", () => {
  const plain = same["a chain"];
  it("is known by its numbers where its class is not said, and brings names of features along", () => {
    const { class: _, ...bare } = plainScaler.json;
    const names = ["age", "height", "weight"];
    const made = withScaler(plain, { ...bare, feature_names_in_: names });
    expect(made.layers).toEqual(withScaler(plain, plainScaler.json).layers);
    expect(made.about).toEqual({ features: { x: names } });
    const own: Model = { ...plain, about: { features: { x: ["a", "b", "c"] } } };
    expect(withScaler(own, { ...bare, feature_names_in_: names }).about).toEqual(own.about);
  });

  const { mean_: mean, scale_: scale } = plainScaler.json as { mean_: number[]; scale_: number[] };
  const refused: readonly (readonly [what: string, json: unknown, path: string, message: RegExp, to?: Model])[] = [
    ["too few numbers", { mean_: mean.slice(1), scale_: scale }, "mean_", /mean_ has 2 numbers, and the input "x" has 3 features/],
    ["another number of each", { mean_: mean, scale_: [1] }, "scale_", /scale_ has 1 numbers/],
    ["NaN", { mean_: [0, Number.NaN, 0], scale_: scale }, "mean_[1]", /finite numbers, found NaN/],
    ["infinity", { mean_: [0, 0, 1e39], scale_: scale }, "mean_[2]", /finite numbers, found 1e\+39/],
    ["texts", { mean_: ["0", 0, 0], scale_: scale }, "mean_[0]", /found "0"/],
    ["a number for all", { mean_: 0, scale_: scale }, "mean_", /is a list of numbers, found 0/],
    ["a scale of 0", { mean_: mean, scale_: [1, 0, 1] }, "scale_[1]", /scale_ holds 0, and nothing is scaled by that/],
    ["a negative scale", { min_: mean, scale_: [1, 1, -1] }, "scale_[2]", /scale_ holds -1/],
    ["a scale that no float32 divides by", { mean_: mean, scale_: [1e-9, 1, 1] }, "scale_[0]", /beyond what float32/],
    ["a scaler that was not fitted", { class: "StandardScaler", with_mean: true }, "", /has neither mean_ nor scale_/],
    ["a list", [1, 2], "", /is an object with scikit-learn's attributes, found/],
    ["something else", { data: 1 }, "class", /does not read an object with data as a scaler: it knows StandardScaler, /],
    ["clip", others[0], "clip", /MinMaxScaler with clip=True is not read/],
    ["another class", others[1], "class", /does not read "QuantileTransformer" as a scaler/],
    ["a line of ids", plainScaler.json, "scaler", /takes whole numbers/, sequential([embedding({ inputDim: 5, outputDim: 2, inputShape: [3] })])],
    ["no name of an input", plainScaler.json, "input", /has 2 inputs \(a, b\)/, same["what gives the input itself"]],
  ]; // biome-ignore format: one table
  it.each(refused.map(([what, ...rest]) => ({ what, rest })))("is refused with $what", ({ rest }) => {
    const [json, path, message, to = plain] = rest;
    const found = diagnosticOf(() => withScaler(to, json as never));
    expect(found).toMatchObject({ path, message: expect.stringMatching(message) });
    expect(found.code).toMatch(/^format\/(scaler|unsupported)$/);
  });
});

describe("class names", () => {
  const two = sequential([dense({ units: 3, inputShape: [2] }), activation({ activation: "softmax" })]);
  const one = sequential([dense({ units: 1, activation: "sigmoid", inputShape: [2] })]);
  it("are those of an encoder, or a list", () => {
    expect(withClasses(one, labels[0]).about?.classes).toEqual({ y: ["no", "yes"] });
    expect(withClasses(two, labels[1]).about?.classes).toEqual({ y: ["1", "2", "3"] });
    expect(withClasses(one, labels[2]).about?.classes).toEqual({ y: ["false", "true"] });
    expect(compile(withClasses(two, ["a", "b", "c"])).manifest.about?.classes).toEqual({ y: ["a", "b", "c"] });
  });
  it("are refused where they do not fit", () => {
    expect(diagnosticOf(() => withClasses(two, labels[0]))).toMatchObject({ code: "model/about" });
    expect(diagnosticOf(() => withClasses(two, [])).code).toBe("format/scaler");
    expect(diagnosticOf(() => withClasses(two, [null, 1, 2])).path).toBe("classes_[0]");
    expect(diagnosticOf(() => withClasses(two, ["a", "b", "c"], "z"))).toMatchObject({ code: "format/scaler", path: "output" });
  });
});

describe("on the command line", () => {
  const home = mkdtempSync(join(tmpdir(), "scikit-"));
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  const write = (name: string, content: string | Uint8Array): void => writeFileSync(join(home, name), content);
  write(
    "m.json",
    JSON.stringify({
      layers: [{ layer: "dense", config: { units: 3, useBias: false, kernelInitializer: "identity", inputShape: [3] } }],
    }),
  );
  write("scaler.json", JSON.stringify(plainScaler.json));
  write("labels.json", JSON.stringify(labels[1]));

  it("is in front of the model", async () => {
    const rows = JSON.stringify(x);
    const ran = await layerc(home, ["run", "m.json", "--scaler", "scaler.json", "--input", rows, "--on", "graph", "--json"]);
    expectClose(JSON.parse(ran.stdout).outputs[0].values, plainScaler.y, standard.layers, "run");
    const args = ["compile", "m.json", "--scaler", "x=scaler.json", "--classes", "labels.json", "-o", "m.js", "--json"];
    const { stdout } = await layerc(home, args);
    expect(JSON.parse(stdout).manifest.about).toEqual({ classes: { y: ["1", "2", "3"] } });
    expect(await layerc(home, [...args, "--scaler", "scaler.json"])).toMatchObject({ status: 2 });
    // What the model is made from is not written over.
    expect(await layerc(home, ["compile", "m.json", "--scaler", "scaler.json", "-o", "scaler.json", "--force"])).toMatchObject({ status: 1 });
    write("nan.json", '{"mean_": [0, NaN, 0], "scale_": [1, 1, 1]}');
    expect((await layerc(home, ["summary", "m.json", "--scaler", "nan.json"])).stderr).toMatch(/^format\/scaler {2}nan\.json\.mean_\[1\]/);
  }); // biome-ignore format: one line each

  it.each([
    ["scaler.pkl", "{}"],
    ["scaler.bin", Uint8Array.of(0x80, 4, 0x95, 1)],
    ["packed.bin", Uint8Array.of(0x1f, 0x8b, 8, 0)],
    ["joblib.bin", Uint8Array.of(0x78, 0x9c, 1)],
  ])("is never a pickle: %s", async (name, content) => {
    write(name, content);
    for (const flag of ["--scaler", "--classes"]) {
      const { status, stderr } = await layerc(home, ["summary", "m.json", flag, name]);
      expect(status).toBe(1);
      expect(stderr).toMatch(/^format\/unsupported {2}\S+\n {2}a pickle is a program/);
      for (const line of pythonLines.split("\n")) expect(stderr).toContain(line);
    }
  });

  it("takes the lines that the docs show", () => {
    expect(readFileSync(join(import.meta.dirname, "../../docs/formats/scikit-learn.md"), "utf8")).toContain(pythonLines);
  });
});
