// How the work of a compilation grows: counted, never timed. In: models of two or three sizes, each twice the one before. Out: a promise that
// twice the size is at most 2.2 times the work, and that axes cost no more than their number.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { dialects } from "../../compiler/emit/module/forms/dialects/list.ts";
import { sealed } from "../../compiler/emit/module/seal.ts";
import type { Model } from "../../compiler/model.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import type { Nest } from "../../compiler/program/nest/nest.ts";
import { at, indexOf, rowMajor } from "../../compiler/program/nest/view.ts";
import * as v from "../../compiler/program/value.ts";
import { collapse } from "../../compiler/schedule/collapse.ts";
import { open, save } from "../../src/formats/index.ts";
import * as l from "../../src/sequential.ts";
import { verify } from "../../src/verify.ts";
import { workOf } from "../support/work.ts";

const { sequential } = l;
const training = { loss: "mse", optimizer: "adam" } as const;
const chain = (depth: number): Model =>
  sequential(
    Array.from({ length: depth }, (_, i) => l.dense({ units: 4, activation: "tanh", ...(i === 0 ? { inputShape: [4] } : {}) })),
    { training },
  );
// Widths differ, so that no two kernels are equal.
const varied = (depth: number): Model =>
  sequential(
    Array.from({ length: depth }, (_, i) => l.dense({ units: 4 + i, ...(i === 0 ? { inputShape: [4] } : {}) })),
    { training },
  );
const groups = (k: number): Model =>
  sequential([l.conv2d({ filters: k, kernelSize: 1, groups: k, inputShape: [8, 8, k] })], { training });

interface Case {
  readonly what: string;
  /** The smallest size: beyond it the compiler makes the same decisions for all. */
  readonly from: number;
  readonly model: (size: number) => Model;
  readonly options?: OptionsInput;
}
const quiet = { selfTest: false } as const;
const cases: readonly Case[] = [
  { what: "layers", from: 48, model: chain, options: quiet },
  { what: "layers of a training module", from: 4, model: chain, options: { ...quiet, train: true } },
  { what: "kernels that differ", from: 2, model: varied, options: { ...quiet, train: true, target: "js" } },
  { what: "weights", from: 128, model: (units) => sequential([l.dense({ units, inputShape: [64] })]) },
  { what: "steps of an LSTM", from: 4, model: (steps) => sequential([l.lstm({ units: 2, inputShape: [steps, 2] })], { training }), options: { train: true } },
  { what: "groups of a convolution", from: 16, model: groups, options: quiet },
  { what: "groups in training", from: 2, model: groups, options: { ...quiet, train: true } },
]; // biome-ignore format: a table

/** Work of sizes, each twice the one before, as ratios of neighbours: two, and three in the fuzz run. */
function ratios(from: number, run: (size: number) => void): readonly number[] {
  const sizes = Number(process.env.LAYERC_FUZZ ?? 1) > 1 ? [1, 2, 4] : [1, 2];
  const works = sizes.map((times) => workOf(() => run(from * times)).total);
  return works.slice(1).map((work, i) => work / works[i]);
}

describe("twice the size is at most 2.2 times the work", () => {
  compile(chain(2), { train: true }); // what is made once per process is made
  it.each(cases)("$what", { timeout: 600_000 }, ({ from, model, options }) => {
    const found = ratios(from, (size) => compile(model(size), options));
    for (const ratio of found) expect(ratio, found.join()).toBeLessThanOrEqual(2.2);
  });

  it("100 layers and 50, by default and with training", { timeout: 600_000 }, () => {
    for (const options of [{}, { train: true }]) {
      const [fifty, hundred] = [50, 100].map((depth) => workOf(() => compile(chain(depth), options)).total);
      expect(hundred / fifty).toBeLessThanOrEqual(2.2);
    }
  });

  it("tensors of a file", () => {
    const files = new Map(
      [32, 64, 128, 256].map((size) => {
        const model = chain(size);
        const shapes = Array.from({ length: size }, (_, i) => (i === 0 ? "dense" : `dense_${i}`));
        const weights = Object.fromEntries(
          shapes.flatMap((name) => [
            [`${name}/kernel`, new Float32Array(16)],
            [`${name}/bias`, new Float32Array(4)],
          ]),
        );
        return [size, save({ ...model, weights })];
      }),
    );
    const found = ratios(32, (size) => open(files.get(size) ?? new Uint8Array(), "m.safetensors"));
    for (const ratio of found) expect(ratio, found.join()).toBeLessThanOrEqual(2.2);
  });
});

describe("a file that is made to be slow", () => {
  const file = join(mkdtempSync(join(tmpdir(), "growth-")), "net.sql");
  afterAll(() => rmSync(dirname(file), { recursive: true, force: true }));
  // Built-in methods of strings are counted by the characters that they pass.
  const counted = (run: () => void): number => {
    const { indexOf } = String.prototype;
    let passed = 0;
    String.prototype.indexOf = function (what: string, from = 0) {
      const found = indexOf.call(this, what, from);
      passed += (found < 0 ? this.length : found) - from;
      return found;
    };
    try {
      return workOf(run).total + passed;
    } finally {
      String.prototype.indexOf = indexOf;
    }
  };
  /** The dialect, before what of its text, and what stands there. */
  type Hostile = readonly [name: string, dialect: keyof typeof dialects, before: string, text: (size: number) => string];
  const hostile: readonly Hostile[] = [
    ["quotes", "duckdb", "const predict", (size) => "'".repeat(size + 1)],
    ["quotes in pairs, and one", "duckdb", "const predict", (size) => `${"''".repeat(size / 2)}' `],
    ["marks that close nothing", "bigquery", "const predict", (size) => '""'.repeat(size / 2)],
    ["dollars", "snowflake", "const predict", (size) => "$ ".repeat(size / 2)],
    ["lines of a comment", "postgres", "CREATE", (size) => "-- \n".repeat(size / 4)],
    ["names of arguments", "snowflake", ")\nRETURNS", (size) => ', "a" b'.repeat(size / 8)],
    ["a comment without end", "clickhouse", " -->", (size) => " -".repeat(size / 2)],
  ];
  it.each(hostile)("%s: four times the length is at most 4.4 times the work", (_, dialect, before, text) => {
    const { code } = compile(sequential([l.dense({ units: 1, inputShape: [3] })]), { format: "sql", dialect });
    expect(code).toContain(before);
    const [small, large] = [1 << 14, 1 << 16].map((size) => {
      writeFileSync(file, sealed(code.replace(before, (all) => text(size) + all)));
      return counted(() => {
        try {
          verify(file);
        } catch (error) {
          expect(error).toMatchObject({ code: "verify/changed" });
        }
      });
    });
    expect(large / small).toBeLessThanOrEqual(4.4);
  });
});

describe("axes", () => {
  /** A copy of 256 numbers between two row-major tensors. */
  const copy = (shape: readonly number[]): Nest => {
    const view = (buffer: string) => ({ kind: "view", buffer, base: 0, shape, strides: rowMajor(shape), loops: [] }) as const;
    const coords = shape.map((_, axis) => at(`i${axis}`));
    return {
      name: "copy",
      origin: "",
      map: shape.map((size, axis) => [`i${axis}`, size]),
      reduce: [],
      finish: v.load("x", indexOf(view("x"), coords)),
      out: { buffer: "y", index: indexOf(view("y"), coords) },
      into: "store",
    };
  };
  const shapes = { 2: [16, 16], 8: Array<number>(8).fill(2), 16: Array<number>(16).fill(2), 64: Array<number>(64).fill(1) };

  it("collapse looks at each access once: rank 8 is at most 4 times rank 2", () => {
    const work = (shape: readonly number[]) => {
      const nest = copy(shape);
      return workOf(() => collapse(nest)).total;
    };
    expect(collapse(copy(shapes[8])).map).toEqual([["i7", 256]]);
    expect(work(shapes[8]) / work(shapes[2])).toBeLessThanOrEqual(4);
    expect(work(shapes[64]) / work(shapes[16])).toBeLessThanOrEqual(4.4);
  });

  it("a model of rank 8 is at most 4 times the work of rank 2", { timeout: 300_000 }, () => {
    const model = (shape: readonly number[]): Model =>
      sequential(
        [
          l.activation({ activation: "tanh", inputShape: shape }),
          l.permute({ dims: shape.map((_, axis) => shape.length - axis) }),
          l.layerNormalization({ axis: shape.map((_, axis) => axis + 1) }),
          l.prelu(),
        ],
        { training },
      );
    const work = (shape: readonly number[]) => workOf(() => compile(model(shape), { ...quiet, train: true })).total;
    expect(work(shapes[8]) / work(shapes[2])).toBeLessThanOrEqual(4);
  });
});
