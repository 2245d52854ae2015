// Which kind of code a model gets: counts of operations, and the decisions that follow from them.
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { parseGraph } from "../../compiler/graph/parse.ts";
import { ops } from "../../compiler/ops/index.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { countOps, lanesPay, multiplyAdds, operations } from "../../compiler/pipeline/cost.ts";
import { parseProgram } from "../../compiler/program/text/parse.ts";
import { conv2d, dense, flatten, globalAveragePooling2d, lstm, type Model, sequential } from "../../src/index.ts";

const counted = (...body: readonly string[]): number =>
  operations(
    parseProgram(
      `program p\nscalar n 1..8\nbuffer x input @0 [32]\nbuffer y output @32 [32]\nkernel k\n${body.map((line) => `  ${line}`).join("\n")}\nend\n`,
    ).kernels,
  );

describe("operations", () => {
  it("are arithmetic, as often as it runs; a multiply-add is one", () => {
    expect(counted("store y[0] = x[0]")).toBe(0);
    expect(counted("store y[0] = madd(x[0], x[1], x[2])")).toBe(1);
    expect(counted("for i < 4", "  for j < 8", "    store y[8*i + j] = neg(x[8*i + j]) + 1:f32")).toBe(64);
  });
  it("count a shared term once, and a wider format not at all", () => {
    expect(counted("where %1 = x[0] * x[1]", "store y[0] = %1 / (%1 - 1:f32)")).toBe(3);
    expect(counted("store y[0] = f64(x[0]) * f64(x[1])")).toBe(1);
    expect(counted("store y[0] = f32(i32(floor(x[0])))")).toBe(3);
  });
  it("are without end where the rows are not known", () => {
    expect(counted("for r < n", "  store y[r] = neg(x[r])")).toBe(Number.POSITIVE_INFINITY);
    expect(counted("for r < n", "  store y[r] = x[r]")).toBe(0);
  });
});

describe("multiply-adds", () => {
  const of = (lines: string, rows?: number): number => multiplyAdds(parseGraph(`graph g ${lines} end`, ops), rows);
  const x = '%0 = input {name: "x", shape: [n, 3]} %1 = param {name: "w", shape: [3, 5]}';
  const product = "{batch: [[], []], contract: [[1], [0]]}";
  it("are the points of a product times what it sums over, for each row", () => {
    const line = `${x} %2 = dot(%0, %1) ${product} results y = %2`;
    expect([of(line), of(line, 4)]).toEqual([15, 60]);
    expect(of(`${x} %2 = neg(%1) results y = %0 z = %2`)).toBe(0);
  });
  it("sum over every axis that is contracted, and count a batch of products as many times", () => {
    const two = '%0 = input {name: "x", shape: [n, 4, 3]} %1 = param {name: "w", shape: [4, 3, 5]}';
    expect(of(`${two} %2 = dot(%0, %1) {batch: [[], []], contract: [[1, 2], [0, 1]]} results y = %2`)).toBe(60);
    const many = '%0 = input {name: "x", shape: [n, 4, 3]} %1 = input {name: "z", shape: [n, 3, 2]}';
    expect(of(`${many} %2 = dot(%0, %1) {batch: [[0], [0]], contract: [[2], [1]]} results y = %2`, 2)).toBe(48);
  });
  it("of a scan are those of a step, as often as it steps; what stands beside it counts once", () => {
    const body = `graph step %0 = input {name: "carry0", shape: [n, 2]} %1 = input {name: "closed0", shape: [2, 2]}
      %2 = dot(%0, %1) ${product} results carry0 = %2 end`;
    const scan = `%0 = input {name: "x", shape: [n, 2]} %1 = param {name: "w", shape: [2, 2]}
      %2 = scan(%0, %1) {body: ${body}, carries: 1, xs: 0, length: 7, reverse: false, keep: ["last"]} %3 = pick(%2) {index: 0}`;
    expect([of(`${scan} results y = %3`), of(`${scan} results y = %3`, 3)]).toEqual([28, 84]);
    expect(of(`${scan} %4 = dot(%3, %1) ${product} results y = %4`)).toBe(32);
  });
  it("are not nodes: those are counted but for sources", () => {
    expect(countOps(parseGraph(`graph g ${x} %2 = dot(%0, %1) ${product} %3 = neg(%2) results y = %3 end`, ops))).toBe(2);
    expect(countOps(parseGraph(`graph g ${x} results y = %0 z = %1 end`, ops))).toBe(0);
  });
});

it("lanes pay from some number of operations a call on", () => {
  const call = { rows: 1, train: false, exact: false };
  expect([lanesPay(125, call), lanesPay(126, call)]).toEqual([false, true]);
  expect([lanesPay(62, { ...call, exact: true }), lanesPay(63, { ...call, exact: true })]).toEqual([false, true]);
  expect([lanesPay(10, { ...call, train: true, rows: 4 }), lanesPay(10, { ...call, train: true, rows: 5 })]).toEqual([
    false,
    true,
  ]);
});

describe("the default build", () => {
  const net = (end: "linear" | "softmax", first: number, ...units: readonly number[]): Model =>
    sequential(
      units.map((width, i) =>
        dense({
          units: width,
          activation: i === units.length - 1 ? end : "relu",
          ...(i === 0 ? { inputShape: [first] } : {}),
        }),
      ),
      { training: { loss: "mse", optimizer: "sgd" } },
    );
  /** line: no loop over weights and no WebAssembly; loops: the same with them; lanes: WebAssembly. */
  const kindOf = (model: Model, options: OptionsInput = {}): string => {
    const { code } = compile(model, { ...options, selfTest: false });
    if (code.includes("WebAssembly.Module")) return "lanes";
    return /\bfor \(let i\d/.test(code) ? "loops" : "line";
  };
  it.each([
    ["line", net("linear", 2, 4, 3, 1), {}],
    ["line", net("linear", 4, 10, 3), {}],
    ["lanes", net("softmax", 4, 10, 3), {}],
    ["lanes", net("linear", 8, 12, 4), {}],
    ["lanes", net("linear", 4, 10, 3), { exact: true }],
    ["line", net("linear", 2, 4, 3, 1), { exact: true }],
    ["lanes", net("linear", 2, 4, 3, 1), { train: true }],
    ["loops", net("linear", 2, 4, 3, 1), { train: true, batch: 1 }],
    ["line", net("linear", 8, 12, 4), { target: "js" }],
    ["loops", net("linear", 16, 24, 8), { target: "js" }],
    ["lanes", net("linear", 2, 4, 3, 1), { target: "simd" }],
    ["line", net("linear", 16, 24, 8), { unroll: 576 }],
    ["loops", net("linear", 2, 4, 3, 1), { unroll: 0 }],
    ["lanes", net("linear", 16, 24, 8), { unroll: 10 }],
  ] as const)("%s", (kind, model, options) => {
    expect(kindOf(model, options)).toBe(kind);
  });
});

describe("a tile of rows", () => {
  const hasTile = (...layers: Parameters<typeof sequential>[0]): boolean =>
    /function computeTile\b/.test(compile(sequential(layers), { target: "js", selfTest: false }).code);
  it("pays where a row uses its weights once", () => {
    expect(hasTile(dense({ units: 64, inputShape: [32] }))).toBe(true);
    expect(hasTile(lstm({ units: 16, inputShape: [20, 8] }))).toBe(true);
  });
  it("does not where its points share them, or where dense layers are a small part", () => {
    const convolution = conv2d({ filters: 16, kernelSize: 3, inputShape: [20, 20, 8] });
    expect(hasTile(convolution)).toBe(false);
    expect(hasTile(convolution, globalAveragePooling2d(), dense({ units: 100 }))).toBe(false);
    expect(hasTile(convolution, flatten(), dense({ units: 100 }))).toBe(true);
    expect(hasTile(dense({ units: 64, inputShape: [30, 32] }))).toBe(false);
  });
});
