// What joins a region: Graph text in, the labels of the regions out, each an anchor and what is computed on its result.
// A node joins the first region that asks for it where that one takes it point by point at its own shape, and the others ask later.
import { expect, test } from "vitest";
import { apartSays } from "../../compiler/plan/fuse.ts";
import { bodyOf, type Region } from "../../compiler/plan/plan.ts";
import { label } from "../../compiler/plan/print.ts";
import { expectNumbers, flush, planOf, type Row } from "./texts.ts";

const x = '%0 = input {name: "x", shape: [n, 2]}';
const w = '%1 = param {name: "w", shape: [2, 2]}';
const product = "{batch: [[], []], contract: [[1], [0]]}";

const check = (_decision: string, graph: string, planned: string): void => {
  const made = planOf(graph);
  expect(made.regions.map(label).join("\n")).toBe(flush(planned));
  expectNumbers(made);
};

test.each<Row>([
  ["maps: one", `${x} %1 = neg(%0) %2 = max(%0, %1) %3 = mul(%2, %1) results y = %3`, "neg ⊕ max ⊕ mul"],
  [
    "maps on a product: one",
    `${x} ${w} %2 = dot(%0, %1) ${product} %3 = neg(%2) %4 = max(%2, %3) results y = %4`,
    "matmul ⊕ neg ⊕ max",
  ],
  [
    "maps before a product: their own",
    `${x} ${w} %2 = neg(%0) %3 = dot(%2, %1) ${product} results y = %3`,
    `neg
     matmul`,
  ],
  [
    "two products added: the first stays alone, a region has one anchor",
    `${x} ${w} %2 = dot(%0, %1) ${product} %3 = dot(%0, %1) {batch: [[], []], contract: [[1], [1]]} %4 = add(%2, %3) results y = %4`,
    `matmul
     matmul ⊕ add`,
  ],
  [
    "a product with a batch axis of its own is a dot",
    `%0 = input {name: "x", shape: [n, 3, 2]} ${w} %2 = dot(%0, %1) {batch: [[], []], contract: [[2], [0]]} results y = %2`,
    "dot",
  ],
])("of %s", check);

test.each<Row>([
  ["a result of its own: two stores", `${x} %1 = neg(%0) %2 = mul(%1, %0) results y = %2 z = %1`, "neg ⊕ mul"],
  [
    "two maps read it: one loop of three stores",
    `${x} %1 = neg(%0) %2 = mul(%1, %0) %3 = add(%1, %0) results y = %2 z = %3`,
    "neg ⊕ mul ⊕ add",
  ],
  ["maps that read the same: one loop", `${x} %1 = neg(%0) %2 = floor(%0) results y = %1 z = %2`, "neg ⊕ floor"],
  [
    "maps that read the same, the first asked for in between: apart",
    `${x} %1 = neg(%0) %2 = reduceSum(%1) {axes: [1]} %3 = broadcast(%2) {shape: [n, 2], axes: [0]} %4 = mul(%3, %0) results y = %4 z = %1`,
    `neg
     reduceSum
     mul`,
  ],
  [
    "a sum asks for it before the map does: apart, or the map would wait for itself",
    `${x} %1 = exp(%0) %2 = reduceSum(%1) {axes: [1]} %3 = broadcast(%2) {shape: [n, 2], axes: [0]} %4 = div(%1, %3) results y = %4`,
    `exp
     reduceSum
     div`,
  ],
  [
    "a light map that is folded alone: the fold computes it",
    `${x} %1 = mul(%0, %0) %2 = reduceSum(%1) {axes: [1]} results y = %2`,
    "mul ⊕ reduceSum",
  ],
  [
    "a heavy one is stored: what no lane takes would be computed one by one",
    `${x} %1 = exp(%0) %2 = neg(%1) %3 = reduceSum(%2) {axes: [1]} results y = %3`,
    `exp
     neg ⊕ reduceSum`,
  ],
  [
    "a product that two maps read stays a product",
    `${x} ${w} %2 = dot(%0, %1) ${product} %3 = neg(%2) %4 = mul(%2, %0) results y = %3 z = %4`,
    `matmul
     neg ⊕ mul`,
  ],
  ["both who read it are in one: joins", `${x} %1 = neg(%0) %2 = mul(%1, %0) %3 = add(%1, %2) results y = %3`, "neg ⊕ mul ⊕ add"],
  [
    "it is read through a view",
    `${x} %1 = neg(%0) %2 = reverse(%1) {axes: [1]} %3 = mul(%2, %0) results y = %3`,
    `neg
  mul`,
  ],
  [
    "it is read point by point and through a view",
    `${x} %1 = neg(%0) %2 = reverse(%1) {axes: [1]} %3 = mul(%2, %1) results y = %3`,
    `neg
     mul`,
  ],
  [
    "an update reads what a result is made of",
    `${x} %1 = param {name: "s", shape: [2]} %2 = neg(%1) %3 = broadcast(%2) {shape: [n, 2], axes: [1]} %4 = mul(%0, %3)
     results y = %4 updates s = %2`,
    `neg
     mul`,
  ],
])("stored or joined: %s", check);

test.each<Row>([
  ["a sum takes what follows it", `${x} %1 = reduceSum(%0) {axes: [1]} %2 = neg(%1) results y = %2`, "reduceSum ⊕ neg"],
  ["a maximum does", `${x} %1 = reduceMax(%0) {axes: [1]} %2 = neg(%1) results y = %2`, "reduceMax ⊕ neg"],
  [
    "a lookup does",
    `%0 = param {name: "table", shape: [5, 2]} %1 = input {name: "x", shape: [n, 3]} %2 = gather(%0, %1) %3 = neg(%2) results y = %3`,
    "gather ⊕ neg",
  ],
  [
    "a concatenation does not: it has two loops",
    `${x} %1 = concat(%0, %0) {axis: 1} %2 = neg(%1) results y = %2`,
    `concat
  neg`,
  ],
  [
    "a border does not",
    `${x} %1 = pad(%0) {low: [0, 1], high: [0, 0], value: 0} %2 = neg(%1) results y = %2`,
    `pad
  neg`,
  ],
  [
    "a number that random points are drawn from does not join them: another shape",
    `%0 = input {name: "step", shape: []} %1 = neg(%0) %2 = random(%1) {shape: [3], seed: 7} %3 = neg(%2) results y = %3`,
    `neg
     random ⊕ neg`,
  ],
  [
    "of one shape it does",
    `%0 = input {name: "step", shape: []} %1 = neg(%0) %2 = random(%1) {shape: [], seed: 7} %3 = neg(%2) results y = %3`,
    "neg ⊕ random ⊕ neg",
  ],
  [
    "a sum that is spread again does not: another shape",
    `${x} %1 = reduceSum(%0) {axes: [1]} %2 = broadcast(%1) {shape: [n, 2], axes: [0]} %3 = sub(%0, %2) results y = %3`,
    `reduceSum
     sub`,
  ],
])("%s", check);

// Why a value is stored: the reason of each region, by the op that stands last in it.
test.each<Row>([
  [
    "a product reads it",
    `${x} ${w} %2 = neg(%0) %3 = dot(%2, %1) ${product} results y = %3`,
    "neg: dot does not read it point by point\ndot: it is a result",
  ],
  [
    "two products added",
    `${x} ${w} %2 = dot(%0, %1) ${product} %3 = dot(%0, %1) {batch: [[], []], contract: [[1], [1]]} %4 = add(%2, %3) results y = %4`,
    "dot: the loop of add has a sum already\nadd: it is a result",
  ],
  [
    "a product that is a result too",
    `${x} ${w} %2 = dot(%0, %1) ${product} %3 = neg(%2) results y = %3 z = %2`,
    "dot: it is a result\nneg: it is a result",
  ],
  [
    "a sum is repeated over its row, but for a view of it",
    `${x} %1 = reduceSum(%0) {axes: [1]} %2 = broadcast(%1) {shape: [n, 2], axes: [0]} %3 = mul(%0, %2) results y = %3`,
    "reduceSum: broadcast reads it by other addresses, or for all its steps\nmul: it is a result",
  ],
])("because %s", (_decision, graph, reasons) => {
  const told = planOf(graph)
    .regions.flatMap(bodyOrItself)
    .map((region) => {
      if (region.kind !== "compute" || region.apart === undefined) return label(region);
      const node = region.nodes[region.nodes.length - 1];
      return `${node.op}: ${apartSays[region.apart.reason]({ node, user: region.apart.user ?? node })}`;
    });
  expect(told.join("\n")).toBe(reasons);
});
const bodyOrItself = (region: Region): readonly Region[] => (bodyOf(region).length === 0 ? [region] : bodyOf(region));
