// What a module's selfTest compares: rows, what the double-precision interpreter says of them, and how far a right module may be off.
// In: a checked model. Out: the numbers that the module carries. Guarantee: a bound follows the model at these rows, by the spread of
// runs whose every op is moved by what float32 may add to it; no target, order of sums or contraction leaves it.
import type { Port, Rounding } from "../artifact.ts";
import { draws } from "../base/draws.ts";
import { hash32 } from "../base/random.ts";
import { internal } from "../diagnostics/error.ts";
import { fewestDrawn } from "../emit/module/golden.ts";
import type { Rows, SelfTest } from "../emit/module/parts.ts";
import { type Encoder, type Item, wordsOf } from "../encode/define.ts";
import { encode, samplesOf, takes } from "../encode/encode.ts";
import type { Steps } from "../front/steps.ts";
import { type Node, sizeOf } from "../graph/graph.ts";
import { disturbedRuns } from "../interpret/disturbed.ts";
import { type GraphRun, runGraph } from "../interpret/graph.ts";
import { isRounded, type Options } from "../options.ts";
import { expandComposites } from "../rewrite/expand.ts";
import { isTiled, tiledError } from "../rewrite/rules/winograd.ts";
import { elements, multiplyAdds } from "./cost.ts";
import { pickRows } from "./golden-rows.ts";
import { apart, unrounded } from "./rounding.ts";

/** Roundings in the runs are this much larger than float32's: the spread of four is then more than any module's error. */
const magnified = 4;
/** Most numbers and rows that are compared, and most work on the rows: multiply-adds, and elements that cost the interpreter more. */
const [mostNumbers, mostRows, mostWork, workOfElement] = [64, 8, 2 ** 20, 16];
/** Rows that are so short that they stand as literals are fewer: each makes a small module longer. */
const [mostLiterals, fewestRows] = [12, 4];
/** Columns of a row that are compared one by one; the others are in a sum. */
const mostColumns = 7;
/**
 * The rows share a bound for each column, and a few rows one for all: runs may agree by chance in a number or two. Where even these
 * are few, there are more runs.
 */
const [enoughRows, enoughNumbers] = [4, 4];
const [runsOfMany, runsOfFew] = [4, 8];

/** Golden rows, and what rounding the weights does to the rows that they are of. */
export interface Goldens {
  readonly selfTest: SelfTest;
  readonly rounding?: Rounding;
}

/** The golden rows of a model; the options that say how its convolutions and weights round. */
export function goldens(steps: Steps, options: Pick<Options, "exact" | "winograd" | "weightsType">): Goldens {
  const { model, predict } = steps;
  const { inputs, outputs, words } = predict;
  const inputSizes = inputs.map(({ shape }) => sizeOf(shape));
  const inputSize = inputSizes.reduce((a, b) => a + b, 0);
  const outputSize = outputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const graph = expandComposites(predict.graph);
  const affordable = Math.max(1, Math.floor(mostWork / (1 + multiplyAdds(graph) + workOfElement * elements(graph))));
  const columns = spreadOut(outputSize);
  const width = columns.length < outputSize ? columns.length + 1 : columns.length;
  const few = Math.max(fewestRows, Math.floor(mostLiterals / (inputSize + width)));
  const most = inputSize * few <= fewestDrawn ? few : mostRows;
  const rows = Math.max(1, Math.min(most, Math.floor(mostNumbers / Math.max(1, width)), affordable));

  // Twice as many rows as are kept, where that is cheap.
  const candidates = Math.max(rows, Math.min(2 * rows, affordable));
  const starts = Array.from({ length: candidates + 1 }, (_, row) => hash32(model.seed ^ 0x7e57, row) | 0);
  const sum = starts[candidates];
  const factors = width > columns.length ? draws(sum, outputSize) : undefined;
  const drawn = inputs.map((_, port) => drawnRows(steps, port, starts.slice(0, candidates)));
  const rowsGiven = { rows: candidates, values: fed(steps, drawn) };
  const given = { rows: candidates, values: { ...steps.modelWeights().values, ...rowsGiven.values } };
  const compared = ({ results }: GraphRun): Float64Array[] =>
    Array.from({ length: candidates }, (_, row) => {
      const parts = outputs.map(({ name, shape }, i) => {
        const size = sizeOf(shape);
        const values = results[name].data.subarray(row * size, (row + 1) * size).map(Math.fround);
        const own = words[i];
        // A word is known by the first number that stands for it.
        return own === undefined ? values : Float64Array.from(wordsOf(own, values), (word) => own.words.indexOf(word));
      });
      const y = parts.length === 1 ? parts[0] : Float64Array.from(parts.flatMap((part) => [...part]));
      return Float64Array.of(...columns.map((column) => y[column]), ...(factors === undefined ? [] : [weighted(y, factors)]));
    });

  const meant = runGraph(predict.graph, { ...given, precision: "double" });
  const wanted = compared(meant);
  const byTiles = (node: Node): boolean => !options.exact && options.winograd && isTiled(node);
  const disturbed = disturbedRuns(graph, given, (node) => (byTiles(node) ? magnified * tiledError : magnified));
  const runs = Array.from({ length: rows * width < enoughNumbers ? runsOfFew : runsOfMany }, (_, index) => disturbed(index));
  const found = runs.map(compared);
  const spreads = wanted.map((y, row) => y.map((value, i) => spreadOf(value, found.map((run) => run[row][i])))); // biome-ignore format: one line
  const ids = drawn.flatMap(({ limit, values }) => (limit === undefined ? [] : [values]));
  const chosen = pickRows(rows, { wanted, spreads, graph, run: runs[0], ids });
  const columnBounds = Array.from({ length: width }, (_, i) => boundOf(chosen.map((row) => [wanted[row][i], spreads[row][i]])));
  const bounds = rows < enoughRows ? pooled(columnBounds) : columnBounds;
  const kept = Array.from({ length: width }, (_, i) => i).filter((i) => Number.isFinite(bounds[i]));
  const answersOf = (all: readonly Float64Array[]): readonly number[] =>
    chosen.flatMap((row) => kept.filter((i) => i < columns.length).map((i) => shortened(all[row][i], bounds[i])));
  const type = options.weightsType;
  const before = isRounded(options) ? unrounded(steps, rowsGiven) : undefined;
  const selfTest: SelfTest = {
    rows,
    x: drawn.map(({ own, limit, items }, port): Rows => {
      if (items !== undefined)
        return { items: chosen.flatMap((row) => items.slice(row * inputSizes[port], (row + 1) * inputSizes[port])) };
      return { starts: chosen.map((row) => own[row]), ...(limit === undefined ? {} : { integers: limit }) };
    }),
    columns: kept.filter((i) => i < columns.length).map((i) => columns[i]),
    ...(kept.some((i) => i === columns.length) ? { sum } : {}),
    y: chosen.flatMap((row) => kept.map((i) => shortened(wanted[row][i], bounds[i]))),
    bounds: kept.map((i) => bounds[i]),
    ...(before === undefined ? {} : { given: { type, y: answersOf(compared(before)) } }),
  };
  if (before === undefined) return { selfTest };
  return { selfTest, rounding: { type, rows: candidates, outputs: apart(steps, meant, before, candidates) } };
}

/** The rows of one input: drawn numbers, ids, or items that encoders take. */
interface Drawn {
  /** The state that each row is drawn from. */
  readonly own: readonly number[];
  readonly limit?: number;
  readonly values: Float64Array;
  readonly items?: readonly Item[];
}

function drawnRows(steps: Steps, port: number, starts: readonly number[]): Drawn {
  const { inputs, feeds } = steps.predict;
  const size = sizeOf(inputs[port].shape);
  // The ports of a row are drawn from states of their own; the first from the row's.
  const own = port === 0 ? starts : starts.map((start) => hash32(start, port) | 0);
  const encoders = feeds.flatMap(({ ports, encoder }) => (ports.includes(port) ? (encoder ?? []) : []));
  const known = encoders.length === 0 ? undefined : itemsOf(encoders, inputs[port]);
  const limit = known === undefined ? steps.limitOf(port) : known.length;
  const values = new Float64Array(own.length * size);
  own.forEach((start, row) => {
    values.set(draws(start, size, limit), row * size);
  });
  const items = known === undefined ? {} : { items: Array.from(values, (value) => known[value]) };
  return { own, ...(limit === undefined ? {} : { limit }), values, ...items };
}

/** Some rows that a model takes, drawn like golden ones: what each port is given, and the numbers of each input of the Graph, row by row. */
export function sampleRows(
  steps: Steps,
  rows: number,
): { readonly items: readonly (readonly Item[])[]; readonly values: Readonly<Record<string, ArrayLike<number>>> } {
  const starts = Array.from({ length: rows }, (_, row) => hash32(steps.model.seed ^ 0x7e57, row) | 0);
  const drawn = steps.predict.inputs.map((_, port) => drawnRows(steps, port, starts));
  return { items: drawn.map(({ items, values }) => items ?? [...values]), values: fed(steps, drawn) };
}

/** What every encoder of a port takes. */
function itemsOf(encoders: readonly Encoder[], { type, range }: Port): readonly Item[] {
  const isText = type === "string";
  const inRange = (item: Item): boolean => typeof item === "string" || range === undefined || (item >= 0 && item < range.below);
  const items = encoders
    .flatMap((encoder) => samplesOf(encoder, isText))
    .filter((item) => inRange(item) && encoders.every((encoder) => takes(encoder, item)));
  return items.length > 0 ? [...new Set(items)].slice(0, 2 ** 16) : [isText ? "" : 0];
}

/** The numbers that the Graph's inputs get. */
function fed({ predict: { feeds } }: Steps, drawn: readonly Drawn[]): Record<string, ArrayLike<number>> {
  const values: Record<string, ArrayLike<number>> = {};
  for (const { name, ports, encoder } of feeds) {
    const columns = ports.map((port) => drawn[port].items ?? drawn[port].values);
    const value =
      encoder === undefined
        ? Float64Array.from(columns[0] as readonly number[])
        : encode(encoder, columns, (_input, place) => internal(`golden item ${place} of ${name} is refused`));
    Object.defineProperty(values, name, { value, enumerable: true });
  }
  return values;
}

/** All positions of a row, or a few, the first and the last among them. */
function spreadOut(size: number): number[] {
  if (size <= mostColumns + 1) return Array.from({ length: size }, (_, i) => i);
  return Array.from({ length: mostColumns }, (_, i) => Math.round((i * (size - 1)) / (mostColumns - 1)));
}

const weighted = (y: Float64Array, factors: Float64Array): number => y.reduce((sum, value, i) => sum + factors[i] * value, 0);

/** How far runs lie apart: 0 where all agree that there is no number, infinite where only some do. */
function spreadOf(wanted: number, found: readonly number[]): number {
  const finite = found.filter(Number.isFinite);
  if (finite.length === found.length && Number.isFinite(wanted)) return Math.max(...found) - Math.min(...found);
  return found.every((value) => Object.is(value, wanted)) ? 0 : Number.POSITIVE_INFINITY;
}

/** One bound for the column of all rows, with the last rounding and that of the text, as two digits. */
function boundOf(column: readonly (readonly [wanted: number, spread: number])[]): number {
  const largest = Math.max(
    ...column.map(([value, spread]) => spread + (Number.isFinite(value) ? Math.abs(value) * 2 ** -23 : 0)),
  );
  return Number(Math.max(1.25 * largest, 2 ** -140).toPrecision(2));
}

/** No bound far below the others. */
function pooled(bounds: readonly number[]): readonly number[] {
  const largest = Math.max(...bounds.filter(Number.isFinite));
  return bounds.map((bound) => Math.max(bound, Number((largest / 4).toPrecision(2))));
}

/** As few digits as change the value by less than an eighth of its bound. */
function shortened(value: number, bound: number): number {
  if (!Number.isFinite(value)) return value;
  for (let digits = 1; digits < 17; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.abs(short - value) <= bound / 8) return short;
  }
  return value;
}
