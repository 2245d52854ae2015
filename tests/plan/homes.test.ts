// Which regions write straight into the result, param or state that is asked for, and which values go there by a copy, saved
// first where another copy would overwrite them: Graph text in, regions out. A param is written where nobody reads it any more.
import { expect, test } from "vitest";
import { expectNumbers, flush, planOf, type Row, regionsOf } from "./texts.ts";

const a = '%0 = param {name: "a", shape: [3]}';
const both = `${a} %1 = param {name: "b", shape: [3]}`;
const square = '%0 = param {name: "w", shape: [2, 2]} %1 = param {name: "g", shape: [2, 2]}';
const product = "{batch: [[], []], contract: [[1], [0]]}";

const check = (_decision: string, graph: string, planned: string): void => {
  const made = planOf(graph);
  expect(regionsOf(made)).toBe(flush(planned));
  expectNumbers(made);
};

test.each<Row>([
  [
    "of its old value at the same point: in place",
    `${both} %2 = sub(%0, %1) results updates a = %2`,
    "sub(a[3:1], b[3:1]) -> a[3:1]",
  ],
  [
    "of its old value at other points too: by a copy",
    `${a} %1 = reverse(%0) {axes: [0]} %2 = sub(%0, %1) results updates a = %2`,
    `sub(a[3:1], a@2[3:-1]) -> sub[3:1]
     copy(sub[3:1]) -> a[3:1]`,
  ],
  [
    "of a product with what it is added to: in place",
    `${square} %2 = dot(%1, %1) ${product} %3 = sub(%0, %2) results updates w = %3`,
    "matmul ⊕ sub(g[2:2, 2:1], w[2:2, 2:1]) -> w[2:2, 2:1]",
  ],
  [
    "of a product with itself: by a copy",
    `${square} %2 = dot(%0, %1) ${product} %3 = sub(%1, %2) results updates w = %3`,
    `matmul ⊕ sub(w[2:2, 2:1], g[2:2, 2:1]) -> dot[2:2, 2:1]
     copy(dot[2:2, 2:1]) -> w[2:2, 2:1]`,
  ],
  [
    "read by a region before: in place",
    `${both} %2 = reduceSum(%0) {axes: [0]} %3 = broadcast(%2) {shape: [3], axes: []} %4 = add(%0, %3) results updates a = %4`,
    `reduceSum(a[3:1]) -> reduceSum[]
     add(a[3:1], reduceSum[3:0]) -> a[3:1]`,
  ],
  [
    "read by a region after: by a copy",
    `${both} %2 = add(%0, %1) %3 = reverse(%0) {axes: [0]} %4 = mul(%1, %3) results updates a = %2 b = %4`,
    `add ⊕ mul(a[3:1], b[3:1], a@2[3:-1]) -> b[3:1], add[3:1]
     copy(add[3:1]) -> a[3:1]`,
  ],
  [
    "read by nobody after, though the other is: in place",
    `${both} %2 = add(%0, %1) %3 = neg(%1) results updates a = %2 b = %3`,
    `add ⊕ neg(a[3:1], b[3:1]) -> b[3:1], a[3:1]`,
  ],
  [
    "of a view of itself: saved, then copied",
    `${a} %1 = reverse(%0) {axes: [0]} results updates a = %1`,
    `copy(a@2[3:-1]) -> reverse[3:1]
     copy(reverse[3:1]) -> a[3:1]`,
  ],
  [
    "of a view of another: copied from there",
    `${both} %2 = reverse(%1) {axes: [0]} %3 = neg(%0) results z = %3 updates a = %2`,
    `neg(a[3:1]) -> z[3:1]
     copy(b@2[3:-1]) -> a[3:1]`,
  ],
  [
    "of a number: copied",
    `${a} %1 = constant {shape: [3], values: [2]} %2 = neg(%0) results z = %2 updates a = %1`,
    `neg(a[3:1]) -> z[3:1]
     copy(2) -> a[3:1]`,
  ],
])("an update %s", check);

test.each<Row>([
  [
    "swapped: both saved before either is written",
    `${both} results updates a = %1 b = %0`,
    `copy(b[3:1]) -> param[3:1]
     copy(a[3:1]) -> param.2[3:1]
     copy(param[3:1]) -> a[3:1]
     copy(param.2[3:1]) -> b[3:1]`,
  ],
  [
    "swapped, and each changed: the first is read by the second",
    `${both} %2 = neg(%1) %3 = neg(%0) results updates a = %2 b = %3`,
    `neg(b[3:1]) -> neg[3:1]
     neg(a[3:1]) -> b[3:1]
     copy(neg[3:1]) -> a[3:1]`,
  ],
  [
    "one moved on, one changed: what moves is saved",
    `${both} %2 = neg(%1) %3 = neg(%0) results z = %3 updates a = %1 b = %2`,
    `neg(a[3:1]) -> z[3:1]
     neg(b[3:1]) -> neg.2[3:1]
     copy(b[3:1]) -> param[3:1]
     copy(param[3:1]) -> a[3:1]
     copy(neg.2[3:1]) -> b[3:1]`,
  ],
  [
    "given one value: one written, one copied",
    `${both} %2 = add(%0, %1) results updates a = %2 b = %2`,
    `add(a[3:1], b[3:1]) -> a[3:1]
     copy(a[3:1]) -> b[3:1]`,
  ],
  [
    "given values of their own: both written",
    `${both} %2 = neg(%0) %3 = neg(%1) results updates a = %2 b = %3`,
    `neg(a[3:1]) -> a[3:1]
     neg(b[3:1]) -> b[3:1]`,
  ],
])("two params %s", check);

test.each<Row>([
  ["computed: written", `${a} %1 = neg(%0) results y = %1`, "neg(a[3:1]) -> y[3:1]"],
  ["a param as it is: copied", `${a} results y = %0`, "copy(a[3:1]) -> y[3:1]"],
  [
    "a view of what a region stores: stored, then copied",
    `${a} %1 = neg(%0) %2 = reverse(%1) {axes: [0]} results y = %2`,
    `neg(a[3:1]) -> neg[3:1]
     copy(neg@2[3:-1]) -> y[3:1]`,
  ],
  [
    "a reshape of what a region stores: written",
    `${a} %1 = neg(%0) %2 = reshape(%1) {shape: [3, 1]} %3 = reshape(%2) {shape: [1, 1, 3]} results y = %3`,
    "neg(a[3:1]) -> y[3:1]",
  ],
  [
    "a reshape, and the value itself: written once, then copied",
    `${a} %1 = neg(%0) %2 = reshape(%1) {shape: [3, 1]} results y = %2 z = %1`,
    `neg(a[3:1]) -> y[3:1]
     copy(y[3:1]) -> z[3:1]`,
  ],
  [
    "one of two of the same value: written once, then copied",
    `${a} %1 = neg(%0) results y = %1 z = %1`,
    `neg(a[3:1]) -> y[3:1]
     copy(y[3:1]) -> z[3:1]`,
  ],
  [
    "also an update: written as a result, copied to the param",
    `${a} %1 = neg(%0) results y = %1 updates a = %1`,
    `neg(a[3:1]) -> y[3:1]
     copy(y[3:1]) -> a[3:1]`,
  ],
  [
    "read by another: read where it was written",
    `${a} %1 = neg(%0) %2 = reverse(%1) {axes: [0]} %3 = add(%1, %2) results y = %1 z = %3`,
    `neg(a[3:1]) -> y[3:1]
     add(y[3:1], y@2[3:-1]) -> z[3:1]`,
  ],
  [
    "a view of a param's old value: the update waits",
    `${a} %1 = reverse(%0) {axes: [0]} %2 = neg(%0) results y = %1 updates a = %2`,
    `neg(a[3:1]) -> neg[3:1]
     copy(a@2[3:-1]) -> reverse[3:1]
     copy(reverse[3:1]) -> y[3:1]
     copy(neg[3:1]) -> a[3:1]`,
  ],
])("a result %s", check);

test.each<Row>([
  [
    "of its old value at the same point: in place",
    `${a} %1 = state {name: "s", shape: [3], initial: 0} %2 = add(%1, %0) results updates s = %2`,
    "add(s[3:1], a[3:1]) -> s[3:1]",
  ],
  [
    "that a result gives as it was: by a copy, after the result",
    `${a} %1 = state {name: "s", shape: [3], initial: 0} %2 = add(%1, %0) results y = %1 updates s = %2`,
    `add(s[3:1], a[3:1]) -> add[3:1]
     copy(s[3:1]) -> state[3:1]
     copy(state[3:1]) -> y[3:1]
     copy(add[3:1]) -> s[3:1]`,
  ],
  [
    "that counts draws: in place, after them",
    `%0 = state {name: "s", shape: [], initial: 0} %1 = random(%0) {shape: [3], seed: 7} %2 = constant {shape: [], values: [1]}
     %3 = add(%0, %2) results y = %1 updates s = %3`,
    `random(s[]) -> y[3:1]
     add(s[], 1) -> s[]`,
  ],
])("a state %s", check);

/** A scan with one or two carries and steps of x; `keep` as it is written. */
const scan = (carries: number, keep: string, body: string): string => {
  const names = Array.from({ length: carries }, (_, i) => `%${i} = input {name: "carry${i}", shape: [2]}`);
  const step = `graph step ${names.join(" ")} %${carries} = input {name: "x0", shape: [2]} ${body} end`;
  const start =
    '%0 = input {name: "x", shape: [3, 2]} %1 = constant {shape: [2], values: [1]} %2 = constant {shape: [2], values: [2]}';
  const inputs = ["%1", "%2"].slice(0, carries).join(", ");
  const attrs = `carries: ${carries}, xs: 1, length: 3, reverse: false, keep: ${keep}`;
  return `${start} %3 = scan(${inputs}, %0) {body: ${step}, ${attrs}} %4 = pick(%3) {index: 0} results y = %4`;
};
test.each<Row>([
  [
    "of which the last is kept, at the same point: in place",
    scan(1, '["last"]', "%2 = add(%0, %1) results carry0 = %2"),
    `copy(1) -> scan.carry0[2:1]
     scan of 3 steps(1, x[3:2, 2:1])
     each step: add(scan.carry0[2:1], x@0+2*t0[2:1]) -> scan.carry0[2:1]
     copy(scan.carry0[2:1]) -> y[2:1]`,
  ],
  [
    "at other points: by a copy, each step",
    scan(1, '["last"]', "%2 = reverse(%0) {axes: [0]} %3 = add(%2, %1) results carry0 = %3"),
    `copy(1) -> scan.carry0[2:1]
     scan of 3 steps(1, x[3:2, 2:1])
     each step: add(scan.carry0@1[2:-1], x@0+2*t0[2:1]) -> add[2:1]
     each step: copy(add[2:1]) -> scan.carry0[2:1]
     copy(scan.carry0[2:1]) -> y[2:1]`,
  ],
  [
    "at other points, all steps kept: into the next slot",
    scan(1, '["all"]', "%2 = reverse(%0) {axes: [0]} %3 = add(%2, %1) results carry0 = %3"),
    `copy(1) -> scan.carry0[2:1]
     scan of 3 steps(1, x[3:2, 2:1])
     each step: add(scan.carry0@1+2*t0[2:-1], x@0+2*t0[2:1]) -> scan.carry0@2+2*t0[2:1]
     copy(scan.carry0@2[3:2, 2:1]) -> y[3:2, 2:1]`,
  ],
  [
    "handed to another: both saved, each step",
    scan(2, '["last", "last"]', "results carry0 = %1 carry1 = %0"),
    `copy(1) -> scan.carry0[2:1]
     copy(2) -> scan.carry1[2:1]
     scan of 3 steps(1, 2, x[3:2, 2:1])
     each step: copy(scan.carry1[2:1]) -> input[2:1]
     each step: copy(scan.carry0[2:1]) -> input.2[2:1]
     each step: copy(input[2:1]) -> scan.carry0[2:1]
     each step: copy(input.2[2:1]) -> scan.carry1[2:1]
     copy(scan.carry0[2:1]) -> y[2:1]`,
  ],
])("a carry %s", check);

const phases = '%0 = input {name: "x", shape: [n, 2, 3]} %1 = neg(%0)';
const woven = "%2 = transpose(%1) {perm: [0, 2, 1]} %3 = reshape(%2) {shape: [n, 6]}";
test.each<Row>([
  [
    "of a view that strides cannot give of it: written as the view lies",
    `${phases} ${woven} %4 = exp(%3) %5 = reverse(%3) {axes: [1]} %6 = add(%4, %5) results y = %6`,
    `neg(x[1:6, 2:3, 3:1]) -> neg[1:6, 2:1, 3:2]
     exp ⊕ add(neg[1:6, 6:1], neg@5[1:6, 6:-1]) -> y[1:6, 6:1]`,
  ],
  [
    "that others read too: copied for the view",
    `${phases} ${woven} %4 = exp(%3) %5 = exp(%1) results y = %4 z = %5`,
    `neg(x[1:6, 2:3, 3:1]) -> neg[1:6, 2:3, 3:1]
     copy(neg[1:6, 3:1, 2:3]) -> transpose[1:6, 3:2, 2:1]
     exp(transpose[1:6, 6:1]) -> y[1:6, 6:1]
     exp(neg[1:6, 2:3, 3:1]) -> z[1:6, 2:3, 3:1]`,
  ],
  [
    "of a result that is such a view: in place, and no view is made",
    `${phases} ${woven} results y = %3`,
    "neg(x[1:6, 2:3, 3:1]) -> y[1:6, 2:1, 3:2]",
  ],
])("a value %s", check);
