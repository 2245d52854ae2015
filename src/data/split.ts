// Rows parted in two: to train with, and held back. In: a table and how large the other part is to be. Out: two tables, their rows in the
// file's order. Guarantee: a function of the seed and the table alone; with groups no group stands in both parts.
import { random } from "../../compiler/base/random.ts";
import { categoriesOf, textsOf } from "./categories.ts";
import { columnOf, failAt, isMissing, type Table, take } from "./table.ts";

/** How a table is parted. */
export interface SplitOptions {
  /** Of the rows, the part that is held back: above 0 and below 1. */
  readonly share: number;
  /** A whole number. Default 0. */
  readonly seed?: number;
  /** A column: rows that have the same there stay together. */
  readonly group?: string;
  /** A column: each of its values has the same share in both parts. */
  readonly stratify?: string;
  /** The last rows are held back, as a series wants it. */
  readonly isOrdered?: boolean;
}

/** Two tables. */
export interface Parts {
  readonly train: Table;
  readonly held: Table;
}

/** Throws CompileError data/empty, data/column, data/missing, options/invalid. */
export function split(table: Table, options: SplitOptions): Parts {
  const { share, seed = 0, group, stratify, isOrdered = false } = options;
  if (!(share > 0 && share < 1)) failAt(table, {}, "data/empty", `a share is above 0 and below 1, found ${share}`);
  if ([group !== undefined, stratify !== undefined, isOrdered].filter(Boolean).length > 1)
    failAt(table, {}, "data/column", "rows are parted by groups, by the shares of a column, or in order, found several of these");
  const wanted = Math.min(Math.max(Math.round(table.rows * share), 1), table.rows - 1);
  if (wanted < 1) failAt(table, {}, "data/empty", `there is ${table.rows} row, which cannot be parted in two`);
  const held = new Set(
    isOrdered
      ? Array.from({ length: wanted }, (_, i) => table.rows - wanted + i)
      : group !== undefined
        ? byGroup(table, group, wanted, seed)
        : stratify !== undefined
          ? byClass(table, stratify, wanted, seed)
          : shuffled(Array.from({ length: table.rows }, (_, row) => row), seed).slice(0, wanted), // biome-ignore format: one line
  );
  const rows = Array.from({ length: table.rows }, (_, row) => row);
  return { train: take(table, rows.filter((row) => !held.has(row))), held: take(table, rows.filter((row) => held.has(row))) }; // biome-ignore format: one line
}

/** A new order, the same for the same seed (Fisher and Yates). */
function shuffled<T>(list: readonly T[], seed: number): readonly T[] {
  const { integer } = random(seed);
  const out = [...list];
  for (let i = out.length - 1; i > 0; i--) {
    const k = integer(0, i);
    [out[i], out[k]] = [out[k], out[i]];
  }
  return out;
}

/** The rows of each value of a column, in the order of the values. */
function rowsBy(table: Table, name: string): readonly (readonly number[])[] {
  const column = columnOf(table, name);
  for (let row = 0; row < table.rows; row++)
    if (isMissing(column, row))
      failAt(table, { row, column: name }, "data/missing", "the cell is empty, and rows are parted by it");
  const texts = textsOf(column) as readonly string[];
  const rows = new Map<string, number[]>(categoriesOf([column]).map((value) => [value, []]));
  for (const [row, text] of texts.entries()) rows.get(text)?.push(row);
  return [...rows.values()];
}

/** Whole groups while they fit; the smallest where none does. */
function byGroup(table: Table, name: string, wanted: number, seed: number): readonly number[] {
  const groups = rowsBy(table, name);
  if (groups.length < 2) failAt(table, { column: name }, "data/empty", "there is one group, which cannot be in two parts");
  const held: number[] = [];
  for (const group of shuffled(groups, seed)) if (held.length + group.length <= wanted) held.push(...group);
  return held.length > 0 ? held : groups.reduce((least, group) => (group.length < least.length ? group : least));
}

/** Of each class its share, rounded down; the rows still wanted come from where most was cut off. */
function byClass(table: Table, name: string, wanted: number, seed: number): readonly number[] {
  const classes = rowsBy(table, name).map((rows, i) => {
    const exact = (rows.length * wanted) / table.rows;
    return { rows: shuffled(rows, seed + i), count: Math.floor(exact), rest: exact - Math.floor(exact) };
  });
  const missing = wanted - classes.reduce((sum, { count }) => sum + count, 0);
  const more = new Set([...classes].sort((a, b) => b.rest - a.rest).slice(0, missing));
  return classes.flatMap((one) => one.rows.slice(0, one.count + (more.has(one) ? 1 : 0)));
}
