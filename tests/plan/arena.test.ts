// Where values lie in the arena: Graph text in, the arena's map out. What shares bytes, what takes over a place, and what looks
// as if it could but must not. Maps are kept apart by sums and reversed views, which nothing joins.
import { expect, test } from "vitest";
import { arenaOf, expectNumbers, flush, planOf, type Row, type ToldRow } from "./texts.ts";

const x = '%0 = input {name: "x", shape: [n, 4]}';
/** The sum of a row, in all its places. */
const sum = (of: number, from: number): string =>
  `%${of} = reduceSum(%${from}) {axes: [1]} %${of + 1} = broadcast(%${of}) {shape: [n, 4], axes: [0]}`;
const body = (...lines: readonly string[]): string =>
  `body: graph step
     %0 = input {name: "carry0", shape: [n, 2]} %1 = input {name: "x0", shape: [n, 2]} ${lines.join(" ")}
     end, carries: 1, xs: 1, length: 3, reverse: false`;
/** x negated, three steps of two, and a scan over it from zero. */
const scanned = (keep: "last" | "all", ...lines: readonly string[]): string =>
  `%0 = input {name: "x", shape: [n, 3, 2]}
   %1 = neg(%0)
   %2 = constant {shape: [n, 2], values: [0]}
   %3 = scan(%2, %1) {${body(...lines)}, keep: ["${keep}"]}
   %4 = pick(%3) {index: 0}`;

test.each<Row>([
  ["a map on an input, into a result, needs no arena", `${x} %1 = neg(%0) results y = %1`, "0 floats"],
  [
    "maps of maps take over one place",
    `${x} %1 = neg(%0) ${sum(2, 1)} %4 = add(%1, %3) ${sum(5, 4)} %7 = mul(%4, %6) ${sum(8, 7)} %10 = sub(%7, %9) results y = %10`,
    `5 floats
     neg [1, 4] at 0..4 alive 0..2
     reduceSum [1] at 4..5 alive 1..2
     add [1, 4] at 0..4 alive 2..4 in place of neg
     reduceSum.2 [1] at 4..5 alive 3..4
     mul [1, 4] at 0..4 alive 4..6 in place of add
     reduceSum.3 [1] at 4..5 alive 5..6`,
  ],
  [
    "not a place that is read again later",
    `${x} %1 = neg(%0) ${sum(2, 1)} %4 = add(%1, %3) ${sum(5, 4)} %7 = mul(%4, %6) %8 = sub(%7, %1) results y = %8`,
    `9 floats
     neg [1, 4] at 0..4 alive 0..4
     reduceSum [1] at 8..9 alive 1..2
     add [1, 4] at 4..8 alive 2..4
     reduceSum.2 [1] at 8..9 alive 3..4`,
  ],
  [
    "not a place that is read in another order",
    `${x} %1 = neg(%0) %2 = reverse(%1) {axes: [1]} %3 = neg(%2) ${sum(4, 3)} %6 = add(%3, %5) results y = %6`,
    `8 floats
     neg [1, 4] at 0..4 alive 0..1
     neg.2 [1, 4] at 4..8 alive 1..3
     reduceSum [1] at 0..1 alive 2..3`,
  ],
  [
    "not a place that is read in its order and in another",
    `${x} %1 = neg(%0) %2 = reverse(%1) {axes: [1]} %3 = add(%1, %2) ${sum(4, 3)} %6 = add(%3, %5) results y = %6`,
    `8 floats
     neg [1, 4] at 0..4 alive 0..1
     add [1, 4] at 4..8 alive 1..3
     reduceSum [1] at 0..1 alive 2..3`,
  ],
  [
    "not a longer place",
    `%0 = input {name: "x", shape: [4]} %1 = neg(%0) %2 = slice(%1) {starts: [0], sizes: [2]} %3 = div(%2, %2)
     %4 = reduceSum(%3) {axes: [0]} results y = %4`,
    `6 floats
     neg [4] at 0..4 alive 0..1
     div [2] at 4..6 alive 1..2`,
  ],
  [
    "of two places that could be taken over, the first that is read",
    `${x} %1 = neg(%0) ${sum(2, 1)} %4 = reverse(%0) {axes: [1]} %5 = add(%0, %4) ${sum(6, 5)}
     %8 = add(%1, %7) %9 = add(%5, %3) %10 = mul(%8, %9) ${sum(11, 10)} %13 = mul(%10, %12) results y = %13`,
    `10 floats
     add [1, 4] at 0..4 alive 0..3
     neg [1, 4] at 4..8 alive 0..3
     reduceSum [1] at 8..9 alive 1..3
     reduceSum.2 [1] at 9..10 alive 2..3
     mul [1, 4] at 4..8 alive 3..5 in place of neg
     reduceSum.3 [1] at 0..1 alive 4..5`,
  ],
  [
    "the other one, where the first is read again",
    `${x} %1 = neg(%0) ${sum(2, 1)} %4 = reverse(%0) {axes: [1]} %5 = add(%0, %4) ${sum(6, 5)}
     %8 = add(%1, %7) %9 = add(%5, %3) %10 = mul(%8, %9) ${sum(11, 10)} %13 = mul(%10, %12) %14 = mul(%13, %1) results y = %14`,
    `10 floats
     add [1, 4] at 0..4 alive 0..3
     neg [1, 4] at 4..8 alive 0..5
     reduceSum [1] at 8..9 alive 1..3
     reduceSum.2 [1] at 9..10 alive 2..3
     mul [1, 4] at 0..4 alive 3..5 in place of add
     reduceSum.3 [1] at 8..9 alive 4..5`,
  ],
  [
    "what is added to a product is taken over",
    `${x} %1 = param {name: "w", shape: [4, 4]} %2 = neg(%0) ${sum(3, 2)} %5 = mul(%0, %4)
     %6 = dot(%5, %1) {batch: [[], []], contract: [[1], [0]]} %7 = add(%6, %2) ${sum(8, 7)} %10 = mul(%7, %9) results y = %10`,
    `9 floats
     neg [1, 4] at 0..4 alive 0..3
     reduceSum [1] at 8..9 alive 1..2
     mul [1, 4] at 4..8 alive 2..3
     dot [1, 4] at 0..4 alive 3..5 in place of neg
     reduceSum.2 [1] at 4..5 alive 4..5`,
  ],
  [
    "not where the product reads it too",
    `${x} %1 = param {name: "w", shape: [4, 4]} %2 = neg(%0)
     %6 = dot(%2, %1) {batch: [[], []], contract: [[1], [0]]} %7 = add(%6, %2) ${sum(8, 7)} %10 = mul(%7, %9) results y = %10`,
    `8 floats
     neg [1, 4] at 0..4 alive 0..1
     dot [1, 4] at 4..8 alive 1..3
     reduceSum [1] at 0..1 alive 2..3`,
  ],
])("takes over: %s", (_decision, graph, planned) => {
  const made = planOf(graph);
  expect(arenaOf(made)).toBe(flush(planned));
  expectNumbers(made);
});

test.each<ToldRow>([
  [
    "both arms of a diamond live beside what they come from, what follows does not",
    `${x} %1 = neg(%0)
     %2 = reverse(%1) {axes: [1]} %3 = neg(%2)
     ${sum(4, 3)} %6 = reverse(%1) {axes: [1]} %7 = add(%6, %5)
     %8 = reverse(%3) {axes: [1]} %9 = reverse(%7) {axes: [1]} %10 = mul(%8, %9)
     %11 = reverse(%10) {axes: [1]} %12 = neg(%11) results y = %12`,
    `13 floats
     neg [1, 4] at 0..4 alive 0..3
     neg.2 [1, 4] at 4..8 alive 1..4
     reduceSum [1] at 12..13 alive 2..3
     add [1, 4] at 8..12 alive 3..4
     mul [1, 4] at 0..4 alive 4..5`,
    {},
  ],
  [
    "the largest lies first, whenever it lives",
    `%0 = input {name: "x", shape: [n, 2]} %1 = neg(%0)
     %2 = pad(%1) {low: [0, 1], high: [0, 1], value: 0}
     %3 = pad(%2) {low: [0, 1], high: [0, 1], value: 0}
     %4 = reverse(%3) {axes: [1]} %5 = neg(%4) results y = %5`,
    `10 floats
     neg [1, 2] at 0..2 alive 0..1
     pad [1, 4] at 6..10 alive 1..2
     pad.2 [1, 6] at 0..6 alive 2..3`,
    {},
  ],
  [
    "a hole is filled where it is long enough",
    `%0 = input {name: "x", shape: [n, 8]}
     %1 = slice(%0) {starts: [0, 0], sizes: [n, 6]} %2 = neg(%1)
     %3 = div(%0, %0) %4 = reduceSum(%3) {axes: [1]} %5 = reshape(%4) {shape: [n, 1]}
     %6 = slice(%0) {starts: [0, 0], sizes: [n, 4]} %7 = neg(%6)
     %8 = slice(%0) {starts: [0, 0], sizes: [n, 3]} %9 = neg(%8)
     %10 = slice(%0) {starts: [0, 0], sizes: [n, 2]} %11 = neg(%10)
     %12 = concat(%2, %5, %7, %9, %11) {axis: 1} results y = %12`,
    `16 floats
     neg [1, 6] at 0..6 alive 0..6
     div [1, 8] at 7..15 alive 1..2
     reduceSum [1] at 15..16 alive 2..6
     neg.2 [1, 4] at 11..15 alive 3..6
     neg.3 [1, 3] at 8..11 alive 4..6
     neg.4 [1, 2] at 6..8 alive 5..6`,
    {},
  ],
  [
    "a batch has room for all its rows",
    `${x} %1 = neg(%0) ${sum(2, 1)} %4 = add(%1, %3) ${sum(5, 4)} %7 = mul(%4, %6) results y = %7`,
    `15 floats
     neg [n, 4] at 0..12 alive 0..2
     reduceSum [n] at 12..15 alive 1..2
     add [n, 4] at 0..12 alive 2..4 in place of neg
     reduceSum.2 [n] at 12..15 alive 3..4`,
    { rows: { max: 3 } },
  ],
])("shares: %s", (_decision, graph, planned, options) => {
  const made = planOf(graph, options);
  expect(arenaOf(made)).toBe(flush(planned));
  expectNumbers(made);
});

test.each<Row>([
  [
    "what it reads and what it carries live as long as the loop, and the carry until its last reader",
    `${scanned("last", "%2 = add(%0, %1) results carry0 = %2")} %5 = reverse(%4) {axes: [1]} %6 = neg(%5) results y = %6`,
    `8 floats
     neg [1, 3, 2] at 0..6 alive 0..5
     scan.carry0 [1, 2] at 6..8 alive 1..6`,
  ],
  [
    "a carry of which all steps are kept has a slot more than steps",
    `${scanned("all", "%2 = add(%0, %1) results carry0 = %2")} %5 = neg(%4) results y = %5`,
    `14 floats
     neg [1, 3, 2] at 8..14 alive 0..5
     scan.carry0 [1, 4, 2] at 0..8 alive 1..6`,
  ],
  [
    "values of one step share with each other, not with what the next step reads",
    `${scanned(
      "last",
      "%2 = reverse(%1) {axes: [1]} %3 = neg(%2) %4 = reverse(%3) {axes: [1]} %5 = neg(%4) %6 = reverse(%5) {axes: [1]}",
      "%7 = mul(%6, %1) %8 = reverse(%7) {axes: [1]} %9 = add(%0, %8) results carry0 = %9",
    )} %5 = neg(%4) results y = %5`,
    `12 floats
     neg [1, 3, 2] at 0..6 alive 0..8
     scan.carry0 [1, 2] at 6..8 alive 1..9
     neg.2 [1, 2] at 8..10 alive 4..5
     neg.3 [1, 2] at 10..12 alive 5..6
     mul [1, 2] at 8..10 alive 6..7`,
  ],
  [
    "what ends before the loop gives its place to the loop",
    `%0 = input {name: "x", shape: [n, 3, 2]}
     %1 = neg(%0) %7 = reverse(%1) {axes: [2]} %8 = neg(%7)
     %2 = constant {shape: [n, 2], values: [0]}
     %3 = scan(%2, %8) {${body("%2 = reverse(%1) {axes: [1]} %3 = neg(%2) %4 = reverse(%3) {axes: [1]} %5 = add(%0, %4) results carry0 = %5")}, keep: ["last"]}
     %4 = pick(%3) {index: 0} %5 = neg(%4) results y = %5`,
    `12 floats
     neg [1, 3, 2] at 0..6 alive 0..1
     neg.2 [1, 3, 2] at 6..12 alive 1..7
     scan.carry0 [1, 2] at 0..2 alive 2..8
     neg.3 [1, 2] at 2..4 alive 5..6`,
  ],
  [
    "within a step a place is taken over",
    `${scanned(
      "last",
      "%2 = neg(%1) %3 = reduceSum(%2) {axes: [1]} %4 = broadcast(%3) {shape: [n, 2], axes: [0]} %5 = add(%2, %4)",
      "%6 = reverse(%5) {axes: [1]} %7 = add(%0, %6) results carry0 = %7",
    )} %5 = neg(%4) results y = %5`,
    `11 floats
     neg [1, 3, 2] at 0..6 alive 0..8
     scan.carry0 [1, 2] at 6..8 alive 1..9
     neg.2 [1, 2] at 8..10 alive 4..6
     reduceSum [1] at 10..11 alive 5..6
     add [1, 2] at 8..10 alive 6..7 in place of neg.2`,
  ],
  [
    "not the place of what every step reads",
    `%0 = input {name: "x", shape: [n, 3, 2]} %1 = input {name: "h", shape: [n, 2]}
     %2 = constant {shape: [n, 2], values: [0]} %3 = neg(%1)
     %4 = scan(%2, %0, %3) {${body(
       '%2 = input {name: "closed0", shape: [n, 2]} %3 = mul(%1, %2)',
       "%4 = reverse(%3) {axes: [1]} %5 = add(%0, %4) results carry0 = %5",
     )}, keep: ["last"]}
     %5 = pick(%4) {index: 0} %6 = neg(%5) results y = %6`,
    `6 floats
     neg [1, 2] at 0..2 alive 0..6
     scan.carry0 [1, 2] at 2..4 alive 1..7
     mul [1, 2] at 4..6 alive 4..5`,
  ],
])("a scan: %s", (_decision, graph, planned) => {
  const made = planOf(graph);
  expect(arenaOf(made)).toBe(flush(planned));
  expectNumbers(made);
});
