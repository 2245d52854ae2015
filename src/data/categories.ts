// Texts as numbers: which there are, the place of each among them, one-hot. In: columns. Out: sorted names, and numbers. Guarantee: the order is
// that of the texts by their UTF-16 units, numbers by size, whatever order the rows have.
import { suggestionFor } from "../../compiler/diagnostics/suggest.ts";
import { type Column, failAt, type Table } from "./table.ts";

/** What each row has, as text; undefined where it is missing. A column of lists has none. */
export function textsOf(column: Column): readonly (string | undefined)[] {
  if (column.kind === "text") return column.values;
  return Array.from(column.values, (value) => (Number.isNaN(value) ? undefined : String(value)));
}

/** The different texts or numbers of columns that mean the same, sorted. */
export function categoriesOf(columns: readonly Column[]): readonly string[] {
  const all = new Set(columns.flatMap((column) => [...new Set(textsOf(column))]).filter((text) => text !== undefined));
  const areNumbers = columns.every(({ kind }) => kind === "number");
  return [...all].sort((a, b) => (areNumbers ? Number(a) - Number(b) : a < b ? -1 : 1));
}

/** The place of each row's text among `categories`. Throws CompileError data/labels for one that is none of them. */
export function indexOf(table: Table, column: Column, categories: readonly string[]): Float32Array {
  const places = new Map(categories.map((name, i) => [name, i]));
  return Float32Array.from(textsOf(column), (text, row) => {
    const place = text === undefined ? undefined : places.get(text);
    if (place !== undefined) return place;
    const found = text === undefined ? "the cell is empty" : `${JSON.stringify(text)} is no class`;
    return failAt(table, { row, column: column.name }, text === undefined ? "data/missing" : "data/labels", found, suggestionFor(text ?? "", categories)); // biome-ignore format: one line
  });
}

/** A 1 at each row's place among `width`. */
export function oneHot(places: Float32Array, width: number): Float32Array {
  const out = new Float32Array(places.length * width);
  places.forEach((place, row) => {
    out[row * width + place] = 1;
  });
  return out;
}
