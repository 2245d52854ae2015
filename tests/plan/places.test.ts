// What buffers are called and how values lie in them: Graph text and options in, buffers and regions of the Plan out. Names are
// unique and say the layer, plans of one Program share some of them, packed weights lie in blocks, long rows a gap apart.
import { expect, test } from "vitest";
import { buffersOf, expectNumbers, flush, planOf, regionsOf, type ToldRow } from "./texts.ts";

const x = '%0 = input {name: "x", shape: [n, 4]}';
const turned = (of: number, from: number): string => `%${of} = reverse(%${from}) {axes: [1]}`;

test.each<ToldRow>([
  [
    "of ops, numbered where an op stands twice",
    `${x} %1 = neg(%0) ${turned(2, 1)} %3 = neg(%2) ${turned(4, 3)} %5 = exp(%4) ${turned(6, 5)} %7 = add(%6, %0) results y = %7`,
    `input x [1, 4]
     output y [1, 4]
     neg [1, 4]
     neg.2 [1, 4]
     exp [1, 4]`,
    {},
  ],
  [
    "of layers, where the origin quotes one",
    `${x} %1 = neg(%0) # layers[0] activation "hidden"
     ${turned(2, 1)} %3 = neg(%2) # ∂ layers[0] activation "hidden"
     ${turned(4, 3)} %5 = neg(%4) # an origin without a name
     ${turned(6, 5)} %7 = add(%6, %0) results y = %7`,
    `input x [1, 4]
     output y [1, 4]
     hidden [1, 4]
     d_hidden [1, 4]
     neg [1, 4]`,
    {},
  ],
  [
    "not of a source or a result: those come first",
    `${x} %1 = param {name: "h", shape: [4]} %2 = broadcast(%1) {shape: [n, 4], axes: [1]} %3 = add(%0, %2) # layers[0] dense "h"
     ${turned(4, 3)} %5 = neg(%4) # layers[1] dense "y"
     ${turned(6, 5)} %7 = neg(%6) results y = %7`,
    `input x [1, 4]
     param h [4]
     output y [1, 4]
     h.2 [1, 4]
     y.2 [1, 4]`,
    {},
  ],
  [
    "with the prefix, but for what plans share: params and states",
    `${x} %1 = param {name: "w", shape: [4]} %2 = state {name: "s", shape: [4], initial: 0} %3 = constant {shape: [4], values: [1, 2, 3, 4]}
     %4 = add(%1, %3) %5 = add(%2, %4) %6 = broadcast(%5) {shape: [n, 4], axes: [1]} %7 = add(%0, %6) results y = %7`,
    `input tile/x [1, 4]
     state s [4]
     param w [4]
     const tile/table [4]
     output tile/y [1, 4]
     tile/add [4]`,
    { prefix: "tile/" },
  ],
  [
    "without it also where a result is shared",
    `%0 = param {name: "w", shape: [4]} %1 = neg(%0) %2 = exp(%0) results folded0 = %1 other = %2`,
    `param w [4]
     output folded0 [4]
     output prepare/other [4]`,
    { prefix: "prepare/", shared: new Set(["folded0"]) },
  ],
  [
    "none for one number everywhere",
    `${x} %1 = constant {shape: [n, 4], values: [2]} %2 = mul(%0, %1) results y = %2`,
    `input x [1, 4]
     output y [1, 4]`,
    {},
  ],
])("names %s", (_decision, graph, planned, options) => {
  const names = buffersOf(planOf(graph, options), /./).map((line) => line.replace(/ at .*/, ""));
  expect(names.join("\n")).toBe(flush(planned));
});

const dot = "dot(%0, %1) {batch: [[], []], contract: [[1], [0]]}";
const dense = (inputs: number, units: number): string =>
  `%0 = input {name: "x", shape: [n, ${inputs}]} %1 = param {name: "w", shape: [${inputs}, ${units}]} %2 = ${dot} results y = %2`;

test.each<ToldRow>([
  [
    "a packed param",
    dense(3, 16),
    "matmul(x[1:3, 3:1], w in blocks of 8[3:8, 16:1]) -> y[1:16, 16:1]",
    { layouts: new Map([["w", { blocked: 1 }]]) },
  ],
  [
    "another param: row after row",
    dense(3, 16),
    "matmul(x[1:3, 3:1], w[3:16, 16:1]) -> y[1:16, 16:1]",
    { layouts: new Map([["v", { blocked: 1 }]]) },
  ],
  [
    "a packed result",
    `%0 = param {name: "w", shape: [3, 16]} %1 = neg(%0) results packed0 = %1`,
    "neg(w[3:16, 16:1]) -> packed0 in blocks of 8[3:8, 16:1]",
    { layouts: new Map([["packed0", { blocked: 1 }]]), shared: new Set(["packed0"]) },
  ],
  [
    "not a result that only ends in its name",
    `%0 = param {name: "w", shape: [3, 16]} %1 = neg(%0) results packed0 = %1`,
    "neg(w[3:16, 16:1]) -> prepare/packed0[3:16, 16:1]",
    { layouts: new Map([["packed0", { blocked: 1 }]]), prefix: "prepare/" },
  ],
])("in blocks: %s", (_decision, graph, planned, options) => {
  expect(regionsOf(planOf(graph, options))).toBe(flush(planned));
});

test.each<ToldRow>([
  [
    "of a page",
    dense(64, 16),
    `copy(w[64:16, 16:1]) -> param.packed in blocks of 8[64:8, 16:1]
     matmul(x[1:64, 64:1], param.packed in blocks of 8[64:8, 16:1]) -> y[1:16, 16:1]`,
    { copies: true },
  ],
  ["not of less than a page", dense(63, 16), "matmul(x[1:63, 63:1], w[63:16, 16:1]) -> y[1:16, 16:1]", { copies: true }],
  ["not whose outputs are no eights", dense(64, 17), "matmul(x[1:64, 64:1], w[64:17, 17:1]) -> y[1:17, 17:1]", { copies: true }],
  ["not where weights stay the same", dense(64, 16), "matmul(x[1:64, 64:1], w[64:16, 16:1]) -> y[1:16, 16:1]", {}],
  [
    "not twice for two products",
    `%0 = input {name: "x", shape: [n, 64]} %1 = param {name: "w", shape: [64, 16]} %2 = ${dot} %3 = neg(%0)
     %4 = dot(%3, %1) {batch: [[], []], contract: [[1], [0]]} results y = %2 z = %4`,
    `copy(w[64:16, 16:1]) -> param.packed in blocks of 8[64:8, 16:1]
     matmul(x[1:64, 64:1], param.packed in blocks of 8[64:8, 16:1]) -> y[1:16, 16:1]
     neg(x[1:64, 64:1]) -> neg[1:64, 64:1]
     matmul(neg[1:64, 64:1], param.packed in blocks of 8[64:8, 16:1]) -> z[1:16, 16:1]`,
    { copies: true },
  ],
  [
    "twice, where one product reads columns and one rows",
    `%0 = input {name: "x", shape: [n, 32]} %1 = param {name: "w", shape: [32, 32]} %2 = ${dot}
     %3 = dot(%2, %1) {batch: [[], []], contract: [[1], [1]]} results y = %3`,
    `copy(w[32:32, 32:1]) -> param.packed in blocks of 8[32:8, 32:1]
     matmul(x[1:32, 32:1], param.packed in blocks of 8[32:8, 32:1]) -> dot[1:32, 32:1]
     copy(w[32:32, 32:1]) -> param.packed.2 in blocks of 8[32:1, 32:8]
     matmul(dot[1:32, 32:1], param.packed.2 in blocks of 8[32:1, 32:8]) -> y[1:32, 32:1]`,
    { copies: true },
  ],
  [
    "not of a product that has no batch",
    `%0 = param {name: "v", shape: [2, 64]} %1 = param {name: "w", shape: [64, 16]} %2 = ${dot} results y = %2`,
    "matmul(v[2:64, 64:1], w[64:16, 16:1]) -> y[2:16, 16:1]",
    { copies: true },
  ],
])("a copy in blocks: %s", (_decision, graph, planned, options) => {
  const made = planOf(graph, options);
  expect(regionsOf(made)).toBe(flush(planned));
  expectNumbers(made);
});

/** What is stored is read again turned round. */
const rows = (...shape: readonly number[]): string =>
  `%0 = input {name: "x", shape: [n, ${shape.join(", ")}]} %1 = neg(%0) %2 = reverse(%1) {axes: [1]} %3 = neg(%2) results y = %3`;

test.each<ToldRow>([
  [
    "of 256 floats",
    rows(256),
    `neg [2, 272] at 0..544 alive 0..1
     neg(x[2:256, 256:1]) -> neg[2:272, 256:1]
     neg(neg@255[2:272, 256:-1]) -> y[2:256, 256:1]`,
    { rows: 2 },
  ],
  [
    "of 512",
    rows(512),
    `neg [n, 528] at 0..1056 alive 0..1
     neg(x[n:512, 512:1]) -> neg[n:528, 512:1]
     neg(neg@511[n:528, 512:-1]) -> y[n:512, 512:1]`,
    { rows: { max: 2 } },
  ],
  [
    "of 8 times 32",
    rows(8, 32),
    `neg [2, 272] at 0..544 alive 0..1
     neg(x[2:256, 8:32, 32:1]) -> neg[2:272, 8:32, 32:1]
     neg(neg@224[2:272, 8:-32, 32:1]) -> y[2:256, 8:32, 32:1]`,
    { rows: 2 },
  ],
  [
    "not of 255",
    rows(255),
    `neg [2, 255] at 0..510 alive 0..1
     neg(x[2:255, 255:1]) -> neg[2:255, 255:1]
     neg(neg@254[2:255, 255:-1]) -> y[2:255, 255:1]`,
    { rows: 2 },
  ],
  [
    "not of 128",
    rows(128),
    `neg [2, 128] at 0..256 alive 0..1
     neg(x[2:128, 128:1]) -> neg[2:128, 128:1]
     neg(neg@127[2:128, 128:-1]) -> y[2:128, 128:1]`,
    { rows: 2 },
  ],
  [
    "not where there is one",
    rows(256),
    `neg [1, 256] at 0..256 alive 0..1
     neg(x[1:256, 256:1]) -> neg[1:256, 256:1]
     neg(neg@255[1:256, 256:-1]) -> y[1:256, 256:1]`,
    { rows: 1 },
  ],
  [
    "not of what has no rows of a batch",
    `%0 = param {name: "w", shape: [2, 256]} %1 = neg(%0) %2 = reverse(%1) {axes: [1]} %3 = neg(%2) results y = %3`,
    `neg [2, 256] at 0..512 alive 0..1
     neg(w[2:256, 256:1]) -> neg[2:256, 256:1]
     neg(neg@255[2:256, 256:-1]) -> y[2:256, 256:1]`,
    { rows: 2 },
  ],
])("rows a gap apart: %s", (_decision, graph, planned, options) => {
  const made = planOf(graph, options);
  expect([...buffersOf(made, /arena/), regionsOf(made)].join("\n")).toBe(flush(planned));
  expectNumbers(made);
});
