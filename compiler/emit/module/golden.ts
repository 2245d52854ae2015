// The text of `selfTest`: rows, given or drawn, and each number that is compared with its bound. In: golden rows, names of helpers.
// Out: a function declaration. Guarantee: drawn numbers are those of `base/draws.ts`; what is off is named with its row and its bound.
import type { Port } from "../../artifact.ts";
import { draws } from "../../base/draws.ts";
import { sizeOf } from "../../graph/graph.ts";
import { braces, type Code, commas, js, lines, literal, member, type Name, name, none, record } from "../code.ts";
import { numbers } from "./packed.ts";
import type { Rows, SelfTest } from "./parts.ts";

/** What the text leans on. */
export interface SelfTestSite {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** By output: the list of words that it gives instead of numbers. */
  readonly words: readonly (Name | undefined)[];
  /** Numbers of a row of all outputs. */
  readonly outputSize: number;
  /** Stands before `predict`: a fresh instance, where training may have changed this one. */
  readonly instance: Code;
  readonly math: (member: "abs" | "max" | "imul" | "floor") => Name;
  readonly unpack: () => Name;
}

/** `selfTest()`: the largest error, or it throws at the first number that is off by more than its bound. */
export function selfTestFunction(test: SelfTest, site: SelfTestSite): Code {
  const [before, x] = inputs(test, site);
  const { columns, sum, bounds, y } = test;
  const whole = sum === undefined && columns.length === site.outputSize;
  const bounded = columns.length > 1 ? js`, bounds = [${list(bounds.slice(0, columns.length))}]` : none;
  const body = lines(
    before,
    js`const y = [${list(y)}]${bounded};
const out = ${answer(test, x, site)};
let largest = 0;`,
    test.given === undefined
      ? undefined
      : js`const given = [${list(test.given.y)}];
moved = 0;`,
    whole ? wholeRows(test, site) : someColumns(test, site),
    js`return largest;`,
  );
  if (test.given !== undefined)
    return js`// How far the answers of selfTest are from those with float32 weights.
let moved = 0;
${braces(js`function selfTest()`, body)}
function rounding() {
  selfTest();
  return { type: ${test.given.type}, worst: moved };
}`;
  return braces(js`function selfTest()`, body);
}

/** Every number of every row, one after the other. */
function wholeRows(test: SelfTest, { outputSize, math }: SelfTestSite): Code {
  const width = literal(outputSize);
  const place = outputSize === 1 ? js`0 of row " + i` : js`" + i % ${width} + " of row " + ${math("floor")}(i / ${width})`;
  return js`for (let i = 0; i < y.length; i++) {
  const error = ${errorOf(test, js`out[i]`, js`y[i]`, math)}, bound = ${boundAt(test, js`i % ${width}`)};
  if (!(error <= bound)) throw new Error("selfTest: output ${place} + " is off by " + error + ", more than " + bound);
  largest = ${math("max")}(largest, error);${movedBy(test, js`out[i] - given[i]`, math)}
}`;
}

/** Some columns of each row, and its weighted sum. */
function someColumns(test: SelfTest, site: SelfTestSite): Code {
  const { columns, rows } = test;
  const parts = lines(columns.length > 0 ? columnsOfRow(test, site) : undefined, sumOfRow(test, site));
  return lines(
    columns.length > 0 ? js`const columns = [${list(columns)}];` : undefined,
    js`for (let row = 0; row < ${rows}; row++) {
  ${parts}
}`,
  );
}

function columnsOfRow(test: SelfTest, { outputSize, math }: SelfTestSite): Code {
  const { columns, bounds } = test;
  return js`for (let i = 0; i < ${columns.length}; i++) {
  const value = out[${outputSize} * row + columns[i]], wanted = y[${bounds.length} * row + i];
  const error = ${errorOf(test, js`value`, js`wanted`, math)}, bound = ${boundAt(test, js`i`)};
  if (!(error <= bound)) throw new Error("selfTest: output " + columns[i] + " of row " + row + " is off by " + error + ", more than " + bound);
  largest = ${math("max")}(largest, error);${movedBy(test, js`value - given[${columns.length} * row + i]`, math)}
}`;
}

/** A line that keeps the largest difference from the answers before rounding; what is NaN there is none. */
const movedBy = ({ given }: SelfTest, by: Code, math: SelfTestSite["math"]): Code =>
  given === undefined
    ? none
    : js`
  if (${math("abs")}(${by}) > moved) moved = ${math("abs")}(${by});`;

function sumOfRow(test: SelfTest, { outputSize, math }: SelfTestSite): Code {
  const { sum, columns, bounds } = test;
  if (sum === undefined) return none;
  const bound = bounds[columns.length];
  return js`let sum = 0;
for (let i = 0, h = ${sum}; i < ${outputSize}; i++) {
  h = ${nextText(math)};
  sum += ${sixteenthText} * out[${outputSize} * row + i];
}
const wanted = y[${bounds.length} * row + ${columns.length}], error = ${errorOf(test, js`sum`, js`wanted`, math)};
if (!(error <= ${bound})) throw new Error("selfTest: the weighted sum of row " + row + " is off by " + error + ", more than ${literal(bound)}");`;
}

const list = (values: readonly number[]): Code => commas(values.map(literal));
/** One column has one bound; `bounds` lists those of several. */
const boundAt = ({ bounds, columns }: SelfTest, column: Code): Code =>
  columns.length > 1 ? js`bounds[${column}]` : literal(bounds[0] ?? 0);

/** Where a golden number is infinite or NaN, the module must say the same. */
function errorOf({ y }: SelfTest, value: Code, wanted: Code, math: SelfTestSite["math"]): Code {
  const off = js`${math("abs")}(${value} - ${wanted})`;
  if (y.every(Number.isFinite)) return off;
  return js`${value} === ${wanted} || ${value} !== ${value} && ${wanted} !== ${wanted} ? 0 : ${off}`;
}

// The lines of `base/draws.ts`.
const nextText = (math: SelfTestSite["math"]): Code => js`${math("imul")}(h ^ h >>> 15, 0x2c1b3c6d) + 0x9e3779b9 | 0`;
const sixteenthText = js`(h >> 27 | 1) / 16`;

/** Numbers up to which literals are shorter: one takes about 9 characters, the lines that draw any number of them about 230. */
export const fewestDrawn = 24;

/** What stands before the call of `predict`, and its argument. */
function inputs({ x, rows }: SelfTest, site: SelfTestSite): readonly [before: Code, x: Code] {
  const single = site.inputs.length === 1;
  const each = site.inputs.map((port, i) => rowsOf(x[i], { size: sizeOf(port.shape), rows, id: single ? "x" : `x${i}` }, site));
  if (single) return each[0];
  return [lines(...each.map(([before]) => before)), record(site.inputs.map((port, i) => [port.name, each[i][1]]))];
}

/** The golden rows of one input; `id` names what is drawn. */
function rowsOf(
  given: Rows,
  { size, rows, id }: { readonly size: number; readonly rows: number; readonly id: string },
  { math, unpack }: SelfTestSite,
): readonly [before: Code, x: Code] {
  if (given instanceof Float32Array) return [none, numbers(given, unpack)];
  if ("items" in given) return [none, js`[${commas(given.items.map((item) => js`${item}`))}]`];
  const { starts, integers } = given;
  const count = rows * size;
  if (count <= fewestDrawn) return [none, js`[${list(starts.flatMap((start) => [...draws(start, size, integers)]))}]`];
  const drawn = integers === undefined ? sixteenthText : js`${math("floor")}((h >>> 8) * ${integers} / 16777216)`;
  const [values, first] = [name(id), name(id === "x" ? "starts" : `starts${id.slice(1)}`)];
  return [
    js`const ${values} = new Float32Array(${count}), ${first} = [${list(starts)}];
for (let i = 0, h = 0; i < ${count}; i++) {
  if (i % ${size} === 0) h = ${first}[i / ${size}];
  h = ${nextText(math)};
  ${values}[i] = ${drawn};
}`,
    js`${values}`,
  ];
}

/** What predict gives, the outputs of a row one behind the other; words as the numbers that they are first for. */
function answer({ rows }: SelfTest, x: Code, { instance, outputs, words }: SelfTestSite): Code {
  const numbersOf = (found: Code, i: number): Code => {
    const list = words[i];
    return list === undefined ? found : js`${found}.map((word) => ${list}.indexOf(word))`;
  };
  if (outputs.length === 1) return numbersOf(js`${instance}predict(${x})`, 0);
  const parts = outputs.map(({ name: port, shape }, i) => js`[${numbersOf(js`found${member(port)}`, i)}, ${sizeOf(shape)}]`);
  return js`((found) => {
  const all = [];
  for (let row = 0; row < ${rows}; row++) [${commas(parts)}].forEach((part) => {
    for (let i = 0; i < part[1]; i++) all.push(part[0][row * part[1] + i]);
  });
  return all;
})(${instance}predict(${x}))`;
}
