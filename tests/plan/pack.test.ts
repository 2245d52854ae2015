// Which weights get a param of their own: Graph text in, what main reads and what prepare computes out. And the laws of that: main gives
// the bits that it gave, and what is moved without running prepare is what prepare would have computed.
import { describe, expect, it } from "vitest";
import { compile, snapshots } from "../../compiler/compile.ts";
import { type Graph, sizeOf } from "../../compiler/graph/graph.ts";
import { parseGraph } from "../../compiler/graph/parse.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { runGraph } from "../../compiler/interpret/graph.ts";
import { ops } from "../../compiler/ops/index.ts";
import { inRows } from "../../compiler/plan/layout.ts";
import { fillColumns, pack } from "../../compiler/plan/pack.ts";
import { hoist } from "../../compiler/rewrite/hoist.ts";
import { load } from "../../runtime/load.ts";
import { lstm, sequential } from "../../src/index.ts";
import { hardNumbers } from "../arbitrary/numbers.ts";

const parse = (lines: string): Graph => parseGraph(`graph g\n  ${lines.trim().replaceAll(/\n\s*/g, "\n  ")}\nend\n`, ops);
const dense = (inner: number, units: number): string => `%0 = input {name: "x", shape: [n, ${inner}]} : [n, ${inner}]
  %1 = param {name: "w", shape: [${inner}, ${units}]} : [${inner}, ${units}]
  %2 = dot(%0, %1) {batch: [[], []], contract: [[1], [0]]} : [n, ${units}]
results
  y = %2`;
const transposed = dense(16, 10).replace("[16, 10]} : [16, 10]", "[10, 16]} : [10, 16]").replace("[[1], [0]]", "[[1], [1]]");
const scaled = `%0 = input {name: "x", shape: [n, 16]} : [n, 16]
  %1 = param {name: "w", shape: [16, 6]} : [16, 6]
  %2 = mul(%1, %1) : [16, 6]
  %3 = dot(%0, %2) {batch: [[], []], contract: [[1], [0]]} : [n, 6]
  %4 = add(%3, %3) : [n, 6]
results
  y = %4`;
const twice = `%0 = input {name: "x", shape: [n, 16]} : [n, 16]
  %1 = param {name: "w", shape: [16, 6]} : [16, 6]
  %2 = dot(%0, %1) {batch: [[], []], contract: [[1], [0]]} : [n, 6]
  %3 = neg(%0) : [n, 16]
  %4 = dot(%3, %1) {batch: [[], []], contract: [[1], [0]]} : [n, 6]
  %5 = add(%2, %4) : [n, 6]
results
  y = %5`;
const picture = `%0 = input {name: "x", shape: [n, 5, 2, 5]} : [n, 5, 2, 5]
  %1 = param {name: "w", shape: [5, 5, 7]} : [5, 5, 7]
  %2 = dot(%0, %1) {batch: [[], []], contract: [[1, 3], [0, 1]]} : [n, 2, 7]
results
  y = %2`;

/** The columns of a dot that come from a weight whose axes are turned, as in a transposed convolution. */
const turned = (units: number): string => `%0 = input {name: "x", shape: [n, 16]} : [n, 16]
  %1 = param {name: "w", shape: [${units}, 16]} : [${units}, 16]
  %2 = transpose(%1) {perm: [1, 0]} : [16, ${units}]
  %3 = reverse(%2) {axes: [0]} : [16, ${units}]
  %4 = dot(%0, %3) {batch: [[], []], contract: [[1], [0]]} : [n, ${units}]
results
  y = %4`;

const packedOf = (text: string) => pack(hoist(parse(text)), { vectors: true });
/** `packed0 [16, 8] = pad`, `packed0 [64, 16] = param in blocks`. */
function lines(text: string): readonly string[] {
  const { prepare, main, layouts } = packedOf(text);
  const read = new Map(main.nodes.filter(({ op }) => op === "param").map((node) => [String(node.attrs.name), node]));
  return [...read].map(([name, { type }]) => {
    const made = prepare?.results.find(([result]) => result === name)?.[1];
    const source = made === undefined ? "as it is" : `= ${made.op}${layouts.has(name) ? " in blocks" : ""}`;
    return `${name} [${type.shape.join(", ")}] ${source}`;
  });
}

describe("packed", () => {
  it.each<readonly [decision: string, text: string, ...weights: readonly string[]]>([
    ["columns are filled up to whole vectors", dense(16, 6), "packed0 [16, 8] = pad"],
    ["by three", dense(16, 5), "packed0 [16, 8] = pad"],
    ["beyond a vector", dense(16, 10), "packed0 [16, 12] = pad"],
    ["from 64 weights on", dense(11, 6), "packed0 [11, 8] = pad"],
    ["not below", dense(9, 7), "w [9, 7] as it is"],
    ["not whole vectors", dense(16, 12), "w [16, 12] as it is"],
    ["not less than one: its sums have an order of their own", dense(64, 3), "w [64, 3] as it is"],
    ["up to 4096 weights", dense(455, 9), "packed0 [455, 12] = pad"],
    ["not more, where a row reads each once", dense(456, 9), "w [456, 9] as it is"],
    [
      "more, where pixels share them",
      picture.replaceAll("5, 7]", "500, 7]").replaceAll("2, 5]", "2, 500]"),
      "packed0 [5, 500, 8] = pad",
    ],
    ["large ones of eights lie in blocks", dense(64, 16), "packed0 [64, 16] = param in blocks"],
    ["not columns that lie apart", transposed, "w [10, 16] as it is"],
    ["what depends on weights alone", scaled, "packed0 [16, 8] = pad"],
    ["once, however often it is read", twice, "packed0 [16, 8] = pad"],
    ["several axes that are summed over", picture, "packed0 [5, 5, 8] = pad"],
    ["turned ones as they are read", turned(4), "packed0 [16, 4] = reverse"],
    ["turned ones in blocks where they are large", turned(64), "packed0 [16, 64] = reverse in blocks"],
    ["turned ones filled up to whole vectors", turned(6), "packed0 [16, 8] = pad"],
  ])("%s", (_, text, ...weights) => expect(lines(text)).toEqual(weights));

  it("not where no target has lanes, but for blocks", () => {
    const { main, layouts } = pack(hoist(parse(dense(16, 6))), { vectors: false });
    expect(main.nodes.filter(({ op }) => op === "param").map(({ attrs }) => attrs.name)).toEqual(["w"]);
    expect(layouts.size).toBe(0);
    expect(pack(hoist(parse(dense(64, 16))), { vectors: false }).layouts.get("packed0")).toEqual({ blocked: 1 });
  });

  it.each([
    ["dense", dense(16, 6)],
    ["scaled", scaled],
    ["twice", twice],
    ["picture", picture],
    ["blocks", dense(64, 16)],
    ["turned", turned(4)],
    ["turned and filled up", turned(6)],
    ["turned, in blocks", turned(64)],
  ])("%s: the bits stay", (_, text) => {
    const source = parse(text);
    const { prepare, main } = packedOf(text);
    const valuesOf = ({ nodes }: Graph, rows: number) =>
      Object.fromEntries(
        nodes.flatMap(({ op, attrs, type: { shape } }, i) => {
          if (op !== "input" && op !== "param") return [];
          const length = sizeOf(shape.map((size) => (size === "n" ? rows : size)));
          return [[String(attrs.name), Float64Array.from(hardNumbers(31 * i + 5, length), Math.fround)]];
        }),
      );
    const values = valuesOf(source, 3);
    const made = runGraph(prepare as Graph, { rows: 1, values, precision: "f32" }).results;
    const all = { ...values, ...Object.fromEntries(Object.entries(made).map(([name, { data }]) => [name, data])) };
    const run = (graph: Graph) => runGraph(graph, { rows: 3, values: all, precision: "f32" }).results.y.data;
    expect(run(main)).toEqual(run(source));
  });

  it("rows that are moved are those that prepare pads", () => {
    const { prepare } = packedOf(dense(16, 6));
    const w = Float32Array.from({ length: 96 }, (_, i) => i + 1);
    const { data } = runGraph(prepare as Graph, { rows: 1, values: { w: Float64Array.from(w) }, precision: "f32" }).results
      .packed0;
    expect([...inRows(w, 6, 8)]).toEqual([...data]);
  });

  const filled = (text: string): readonly string[] => {
    const source = parse(text);
    const changed = fillColumns(source);
    const values = Object.fromEntries(
      source.nodes.flatMap(({ op, attrs, type: { shape } }, i) =>
        op === "input" || op === "param"
          ? [[String(attrs.name), Float64Array.from(hardNumbers(31 * i + 5, sizeOf(shape.map((n) => (n === "n" ? 2 : n)))))]]
          : [],
      ),
    );
    const run = (graph: Graph) => runGraph(graph, { rows: 2, values, precision: "f32" }).results.y.data;
    expect(run(changed)).toEqual(run(source));
    return changed.nodes.flatMap(({ op, type }) => (op === "pad" ? [`[${type.shape.join(", ")}]`] : []));
  };
  it.each([
    ["where weights change, they are filled up on the way", dense(16, 6), "[16, 8]"],
    ["turned ones too", turned(6), "[16, 8]"],
    ["several axes", picture, "[5, 5, 8]"],
    ["whole vectors stay", dense(16, 8)],
    ["what is computed of weights stays: it is dense already", scaled],
  ])("%s", (_, text, ...pads) => expect(filled(text)).toEqual(pads));

  it("weights that the steps of a scan read as one operand lie in blocks", () => {
    const model = sequential([lstm({ units: 32, inputShape: [5, 4] })], { seed: 1 });
    const texts = snapshots(model, { selfTest: false }).flatMap(({ pass, graph }) =>
      pass === "pack" && graph ? [printGraph(graph)] : [],
    );
    expect(texts.join("")).toMatch(/param \{name: "packed0", shape: \[32, 128\]\}/);
  });
});

/** How a weight [inner, units] may be had of another shape: its lines, and where number `i` of what the dot reads lies. */
const views: readonly (readonly [string, (inner: number, units: number) => readonly string[], (row: number, unit: number, inner: number, units: number) => number])[] = [
  ["turned", (inner, units) => [`param {name: "w", shape: [${units}, ${inner}]} : [${units}, ${inner}]`, `transpose(%1) {perm: [1, 0]} : [${inner}, ${units}]`], (row, unit, inner) => unit * inner + row],
  ["regrouped", (inner, units) => [`param {name: "w", shape: [${inner * units}]} : [${inner * units}]`, `reshape(%1) {shape: [${inner}, ${units}]} : [${inner}, ${units}]`], (row, unit, _, units) => row * units + unit],
  ["reversed", (inner, units) => [`param {name: "w", shape: [${inner}, ${units}]} : [${inner}, ${units}]`, `reverse(%1) {axes: [0]} : [${inner}, ${units}]`], (row, unit, inner, units) => (inner - 1 - row) * units + unit],
]; // biome-ignore format: a table

// A place in blocks is no place of a view: what is written there backwards through one would lie elsewhere.
describe.each(views)("weights in blocks that are %s", (_, linesOf, placeOf) => {
  it.each([
    [32, 32],
    [41, 40],
    [48, 40],
    [40, 48],
    [128, 64],
  ] as const)("[%i, %i] give the bits of plain ones", (inner, units) => {
    const [weight, view] = linesOf(inner, units);
    const source = `graph g
  %0 = input {name: "x", shape: [n, ${inner}]} : [n, ${inner}]
  %1 = ${weight}
  %2 = ${view}
  %3 = dot(%0, %2) {batch: [[], []], contract: [[1], [0]]} : [n, ${units}]
results
  y = %3
end
`;
    const w = Float32Array.from({ length: inner * units }, (_, i) => Math.sin(i));
    const lying = Float32Array.from(w, (_, i) => w[placeOf(Math.floor(i / units), i % units, inner, units)]);
    const x = Float32Array.from({ length: 2 * inner }, (_, i) => Math.cos(i));
    const plain = printGraph(parse(dense(inner, units)));
    for (const target of ["js", "simd"] as const) {
      const predict = (graph: string, weights: Float32Array): Float32Array =>
        load<{ predict: (x: Float32Array) => Float32Array }>(compile({ name: "g", seed: 0, layers: [], graph, weights: { w: weights } }, { target })).predict(x); // biome-ignore format: one call
      expect(predict(source, w)).toEqual(predict(plain, lying));
    }
  });
});
