// `layerc compare`: where two models first differ. Layers in pairs by name, by shape and order; outputs; modules; what nothing stands beside.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { resolve } from "../../compiler/front/steps.ts";
import type { Model } from "../../compiler/model.ts";
import { compare, type Given } from "../../src/compare.ts";
import { save } from "../../src/formats/index.ts";
import { dense, lstm, model, sequential } from "../../src/sequential.ts";
import { layerc } from "./bin.ts";

const folder = mkdtempSync(join(tmpdir(), "cli-compare-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);

const net = (names: readonly string[]): Model =>
  sequential([
    lstm({ name: names[0], units: 3, inputShape: [4, 2] }),
    dense({ name: names[1], units: 5, activation: "relu" }),
    dense({ name: names[2], units: 2 }),
  ]);
const base = net(["a", "b", "c"]);
const weights = resolve(base).modelWeights().values;
const named = (names: readonly string[], own: Readonly<Record<string, Float32Array>> = weights): Model => ({
  ...net(names),
  weights: Object.fromEntries(
    Object.entries(own).map(([name, values]) => [name.replace(/^[abc]/, (old) => names["abc".indexOf(old)]), values]),
  ),
});
const bent = { ...weights, "b/bias": weights["b/bias"].map((value) => value + 0.5) };
write("base.safetensors", save({ ...base, weights }));
write("bent.safetensors", save({ ...base, weights: bent }));
write("renamed.safetensors", save(named(["lstm_1", "hidden", "out"])));
write("base.js", compile({ ...base, weights }, { target: "js" }).code);
write("deeper.safetensors", save(sequential([lstm({ name: "a", units: 3, inputShape: [4, 2] }), dense({ name: "b", units: 5 }), dense({ name: "more", units: 7 }), dense({ name: "c", units: 2 })]))); // biome-ignore format: one line
write("other.safetensors", save(sequential([dense({ units: 2, inputShape: [3] })])));
write("evil.js", '// Model "m", compiled by layerc 0.1.0\nexport const predict = () => process.exit(3);\nexport { predict };\n');
write("rows.json", JSON.stringify([0, 1, 2].map((k) => Array.from({ length: 8 }, (_, i) => Math.sin(i + k)))));

const run = (a: string, b: string, ...more: readonly string[]) =>
  layerc(folder, ["compare", a, b, "--input", "rows.json", ...more]);

describe("layerc compare", () => {
  it("finds no difference between a model and itself, under other names too", async () => {
    for (const other of ["base.safetensors", "renamed.safetensors", "base.js"]) {
      const { status, stdout } = await run("base.safetensors", other);
      expect([other, status]).toEqual([other, 0]);
      expect(stdout).toContain("no difference beyond the tolerance");
    }
  });
  it("names the first layer that differs, and where", async () => {
    const { status, stdout, stderr } = await run("base.safetensors", "bent.safetensors");
    expect(status).toBe(1);
    expect(stderr).toMatch(/compare\/differs[\s\S]*they first differ at "b": row \d, place \d is /);
    expect(stdout.split("\n").find((line) => line.startsWith("a "))).not.toContain("differs");
    expect(stdout.split("\n").find((line) => line.startsWith("b "))).toContain("differs");
  });
  it("pairs by shape in order what has other names, and says so", async () => {
    const { stdout } = await run("base.safetensors", "renamed.safetensors", "--json");
    const { pairs, only } = JSON.parse(stdout);
    expect(pairs.map(({ a, b, by }: Record<string, string>) => [a, b, by])).toEqual([
      ["a", "lstm_1", "shape"],
      ["b", "hidden", "shape"],
      ["c", "out", "shape"],
      ["y", "y", "name"],
    ]);
    expect(only).toEqual({ a: [], b: [] });
  });
  it("says what it could not pair", async () => {
    const { status, stdout } = await run("base.safetensors", "deeper.safetensors");
    expect(status).toBe(1);
    expect(stdout).toContain("second only: more");
  });
  it("compares a module's outputs, and runs no file that takes something from outside", async () => {
    const { stdout } = await run("base.js", "bent.safetensors", "--json");
    expect(JSON.parse(stdout).pairs.map(({ a }: { a: string }) => a)).toEqual(["y"]);
    const { status, stderr } = await run("base.safetensors", "evil.js");
    expect(status).not.toBe(0);
    expect(status).not.toBe(3);
    expect(stderr).toContain("process");
  });
  it("refuses models that take other rows, and tolerances that are none", async () => {
    const { status, stderr } = await run("base.safetensors", "other.safetensors");
    expect([status, stderr]).toEqual([1, expect.stringContaining("the models take other rows: x [4, 2] and x [3]")]);
    expect((await run("base.safetensors", "base.js", "--tolerance", "-1")).status).toBe(2);
    expect((await run("base.safetensors", "nothing.keras")).stderr).toContain("file/missing");
  });
  it("a wide tolerance lets it pass", async () => {
    expect((await run("base.safetensors", "bent.safetensors", "--tolerance", "1e9")).status).toBe(0);
  });
});

describe("pairs", () => {
  const of = (name: string, values: readonly number[], shape = [values.length]): Given => ({ name, shape, values });
  const differences = (a: readonly Given[], b: readonly Given[]) =>
    compare({ layers: a, outputs: [] }, { layers: b, outputs: [] }, 1, { abs: 1e-6, rel: 1e-6 });
  it("NaN beside a number is a difference, NaN beside NaN is none, infinities are alike", () => {
    const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
    const found = differences([of("a", [nan, inf, 1])], [of("a", [nan, inf, 1])]).pairs[0];
    expect([found.largest, found.differs]).toEqual([0, false]);
    expect(differences([of("a", [nan])], [of("a", [1])]).pairs[0].differs).toBe(true);
    expect(differences([of("a", [inf])], [of("a", [-inf])]).pairs[0].differs).toBe(true);
  });
  it("a name with another shape is no pair", () => {
    const { pairs, only } = differences([of("a", [1, 2])], [of("a", [1])]);
    expect([pairs, only]).toEqual([[], { a: ["a"], b: ["a"] }]);
  });
  it("order holds: what stands before a pair is not paired behind it", () => {
    const { pairs } = differences([of("p", [1]), of("x", [1]), of("q", [1])], [of("r", [1]), of("x", [1]), of("s", [1])]);
    expect(pairs.map(({ a, b }) => a + b)).toEqual(["pr", "xx", "qs"]);
  });
});

it("outputs of several names go by name", async () => {
  const two = model({ inputs: { a: [2] }, outputs: { p: "l", q: "m" }, layers: [dense({ name: "l", units: 1, inputs: ["a"] }), dense({ name: "m", units: 1, inputs: ["a"] })] }); // biome-ignore format: one line
  write("two.safetensors", save(two));
  const { stdout } = await layerc(folder, ["compare", "two.safetensors", "two.safetensors", "--input", "[1, 2]", "--json"]);
  expect(JSON.parse(stdout).pairs.map(({ a, b }: Record<string, string>) => a + b)).toEqual(["ll", "mm", "pp", "qq"]);
});
