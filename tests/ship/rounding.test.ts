// Rounded weights, as they are shipped: every form and edition of a module says what they are rounded to and what that does to its answers, and has the
// bits of all others; what goes with modules (verify, bundles, budgets, the command line) goes with these.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Rounding } from "../../compiler/artifact.ts";
import { compile, profileOf, roundingOf } from "../../compiler/compile.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { load, type Predictor } from "../../runtime/load.ts";
import { packedSize } from "../../src/budget.ts";
import { bisect } from "../../src/explore/bisect/bisect.ts";
import { collect } from "../../src/explore/collect/index.ts";
import { compiled } from "../../src/plugin/compiled.ts";
import * as l from "../../src/sequential.ts";
import { verify, verifyAgainst } from "../../src/verify.ts";
import { layerc } from "../cli/bin.ts";
import { standard } from "../exemptions.ts";
import { inOldEngine } from "../support/old-engine.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "rounding-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const text =
  'l.sequential([l.dense({ units: 64, activation: "tanh", inputShape: [32] }), l.batchNormalization(), l.dense({ units: 16, activation: "relu" }), l.dense({ units: 4, activation: "softmax" })])';
const file = join(folder, "net.model.ts");
writeFileSync(file, `import * as l from "layerc";\nexport default ${text};\n`);
const net = l.sequential([
  l.dense({ units: 64, activation: "tanh", inputShape: [32] }),
  l.batchNormalization(),
  l.dense({ units: 16, activation: "relu" }),
  l.dense({ units: 4, activation: "softmax" }),
]);
const x = Float32Array.from({ length: 3 * 32 }, (_, i) => Math.sin(i));
type Rounded = Predictor & { rounding(): { type: string; worst: number } };
const types = ["float16", "int8"] as const;

describe.each(types)("%s", (weightsType) => {
  const made = compile(net, { weightsType, target: "js" });
  const wanted = [...load<Predictor>(made).predict(x)];
  const rounding = made.manifest.rounding as Rounding;
  const worst = Math.max(...rounding.outputs.map((output) => output.worst));

  it("is smaller, and the header and the manifest say by how much answers move", () => {
    const plain = compile(net, { target: "js" });
    expect(packedSize(made)).toBeLessThan((weightsType === "int8" ? 0.65 : 0.75) * packedSize(plain));
    expect(made.manifest.bytes.weights).toBeLessThan((weightsType === "int8" ? 0.4 : 0.6) * plain.manifest.bytes.weights);
    expect(rounding).toMatchObject({ type: weightsType, outputs: [{ name: "y", moved: expect.any(Number) }] });
    expect(worst).toBeGreaterThan(0);
    expect(made.code).toContain(`// weights rounded to ${weightsType}: answers off by up to ${Number(worst.toPrecision(2))} from those of float32 weights at ${rounding.rows} rows`); // biome-ignore format: one line
    expect(plain.manifest.rounding).toBeUndefined();
    expect(load<Rounded>(plain).rounding).toBeUndefined();
    expect(compile(net, { weightsType, selfTest: false }).code).toContain(`weights rounded to ${weightsType}; what that does to answers was not measured`); // biome-ignore format: one line
  });
  it("is measured by selfTest too, on the engine that it runs in", () => {
    const module = load<Rounded>(made);
    const found = module.rounding();
    // Golden rows are half of those that the compiler looks at.
    expect(found.type).toBe(weightsType);
    expect(found.worst).toBeGreaterThan(worst / 100);
    expect(found.worst).toBeLessThanOrEqual(worst + standard.selfTest.abs);
    expect(made.declarations).toContain(`rounding(): { readonly type: "${weightsType}"; readonly worst: number };`);
  });
  it("is what rows of somebody's own are compared for", () => {
    const float32 = load<Predictor>(compile(net, { target: "js" })).predict(x);
    const far = wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - float32[i])), 0);
    const [{ worst: told }] = roundingOf(net, weightsType, { rows: 3, values: { x } }).outputs;
    expect(Math.abs(told - far)).toBeLessThan(standard.selfTest.abs);
  });
  it.each<[string, OptionsInput, (code: string, artifact: ReturnType<typeof compile>) => Predictor]>([
    ["a script of es5", { syntax: "es5" }, (code) => inOldEngine<Predictor>(code)],
    ["an engine with the high byte first", { syntax: "es5" }, (code) => inOldEngine<Predictor>(code, { bigEndian: true })],
    ["common.js", { format: "cjs" }, (_, artifact) => load<Predictor>(artifact)],
    ["a file of weights", { weights: "external" }, (_, artifact) => load<Predictor>(artifact)],
    ["a file of weights, es5", { weights: "external", syntax: "es5" }, (code, { weights }) =>
      inOldEngine<{ create(bytes: Uint8Array | undefined): Predictor }>(code).create(weights)],
  ])("has its bits as %s", (_, options, start) => {
    const artifact = compile(net, { weightsType, target: "js", ...options });
    expect(Array.from(start(artifact.code, artifact).predict(x))).toEqual(wanted);
  }); // biome-ignore format: a table
  it("has its bits as a filter, in a process of its own", () => {
    const path = join(folder, `${weightsType}.cjs`);
    writeFileSync(path, compile(net, { weightsType, target: "js", format: "filter" }).code);
    const { status, stdout } = spawnSync(process.execPath, [path], { input: new Uint8Array(x.buffer) });
    expect([status, ...new Float32Array(Uint8Array.from(stdout).buffer)]).toEqual([0, ...wanted]);
    expect(spawnSync(process.execPath, [path, "--self-test"])).toMatchObject({ status: 0 });
  });
  it("refuses weights of another length", () => {
    const { code, weights = new Uint8Array() } = compile(net, { weightsType, weights: "external" });
    expect(weights.length).toBe(made.manifest.bytes.weights);
    expect(() => load({ code, weights: weights.subarray(1) })).toThrow(`bytes: wanted ${weights.length} bytes of weights, got ${weights.length - 1}`); // biome-ignore format: one line
  });
  it("is verified, from its header and against the model", () => {
    const path = join(folder, `${weightsType}.js`);
    writeFileSync(path, made.code);
    expect(verify(path).options.weightsType).toBe(weightsType);
    verifyAgainst(path, net);
    expect(() => verifyAgainst(path, { ...net, seed: 1 })).toThrow("the module has hash");
  });
  it("is taken by what explains a model", () => {
    expect(bisect(net, { rows: 3, values: [x], feeds: { x } }, { weightsType }).fault).toBeUndefined();
    expect(JSON.stringify(collect(net, { weightsType }))).toContain(weightsType);
    expect(profileOf(net, { weightsType })).toContain("dense");
  });
});

describe("the command line", () => {
  const out = join(folder, "net.js");
  it("says what rounding does at golden rows, and in JSON", async () => {
    const { stderr } = await layerc(folder, ["compile", file, "--weights-type", "int8", "-o", out]);
    expect(stderr).toMatch(/weights rounded to int8: y is off by up to [\d.e-]+ from float32 weights at \d+ golden rows, and another number is its largest in \d+/); // biome-ignore format: one line
    const { stdout } = await layerc(folder, ["compile", file, "--weights-type", "int8", "-o", out, "--json", "--input", JSON.stringify([[...x.subarray(0, 32)]])]); // biome-ignore format: one line
    expect(JSON.parse(stdout).manifest.rounding).toMatchObject({ type: "int8", rows: 1 });
  });
  it("refuses rows without a type to round to, and writes nothing", async () => {
    const other = join(folder, "other.js");
    const { status, stderr } = await layerc(folder, ["compile", file, "-o", other, "--input", "[[1]]"]);
    expect([status, stderr]).toEqual([1, expect.stringContaining("give --weights-type, or leave --input away")]);
    const bad = await layerc(folder, ["compile", file, "-o", other, "--weights-type", "int8", "--input", "[[1]]"]);
    expect(bad.status).toBe(1);
    expect(existsSync(other)).toBe(false);
  });
  it("runs a filter of rounded weights", async () => {
    const path = join(folder, "filter.mjs");
    await layerc(folder, ["compile", file, "--format", "filter", "--rows", "ndjson", "--weights-type", "int8", "-o", path]);
    expect(readFileSync(path, "utf8")).toContain("// weights rounded to int8");
  });
});

it("a bundle takes the option, in a query too", async () => {
  const { code } = await compiled(file, "?model&weightsType=int8", {}, () => {});
  expect(code).toContain('return { type: "int8", worst: moved };');
});

it("a model that gets no smaller, or has no weights, is a warning", () => {
  const none = l.sequential([l.activation({ activation: "tanh", inputShape: [4] })]);
  const small = l.sequential([l.dense({ units: 4, inputShape: [4] })]);
  for (const model of [small, none]) {
    const { warnings, manifest } = compile(model, { weightsType: "int8" });
    expect(warnings.map(({ code }) => code)).toContain("weights/gain");
    expect(manifest.bytes.weights).toBe(compile(model).manifest.bytes.weights);
  }
  expect(compile(net, { weightsType: "int8" }).warnings.map(({ code }) => code)).not.toContain("weights/gain");
});
