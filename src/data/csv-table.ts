// A CSV file as a table. In: its text. Out: columns under the names of its header, or numbered from 1 where it has none. Guarantee: every
// line has as many cells as the first; a blank end of a line, which some programs write, is no cell.
import { columnFrom } from "./cells.ts";
import { decimal, type Line, readCells, unknown } from "./csv.ts";
import type { Locate } from "./places.ts";
import { failAt, type Site, type Table } from "./table.ts";

/** `header`: whether the first line has names; default: whether it looks like that. Throws CompileError data/… and format/input. */
export function csvTable(text: string, file: string, header?: boolean, locate?: Locate): Table {
  const whole: Site = locate === undefined ? { file } : { file, locate };
  const lines = evened(readCells(text, file));
  const [first, second] = lines;
  if (first === undefined) return failAt(whole, {}, "data/empty", "the file is empty");
  const hasHeader = header ?? isHeader(first, second);
  const body = hasHeader ? lines.slice(1) : lines;
  if (body.length === 0) failAt(whole, {}, "data/empty", "there is a header and no row");
  const site = { ...whole, places: Int32Array.from(body, ({ line }) => line) };
  const width = first.cells.length;
  body.forEach(({ cells }, row) => {
    if (cells.length !== width) {
      const found = `the line has ${cells.length} cell${cells.length === 1 ? "" : "s"}, ${hasHeader ? "the header" : "the first line"} has ${width}`;
      failAt(site, { row }, "data/column", found, "a text with a comma stands in quotes");
    }
  });
  const names = first.cells.map((name, i) => (hasHeader && name.trim() !== "" ? name.trim() : String(i + 1)));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    failAt(whole, { column: twice }, "data/column", "the header has this name twice", "give each column a name of its own");
  const columns = names.map((name, i) => {
    const column = columnFrom(name, body.map(({ cells }) => cells[i]), site); // biome-ignore format: one line
    return hasHeader && first.cells[i].trim() === "" ? { ...column, isUnnamed: true } : column;
  });
  return { ...site, rows: body.length, columns };
}

/** Without the blank that stands behind a last delimiter of every line. */
function evened(lines: readonly Line[]): readonly Line[] {
  const most = Math.max(0, ...lines.slice(0, 100).map(({ cells }) => cells.length));
  const isBlank = ({ cells }: Line): boolean => cells.length === most && cells[most - 1].trim() === "";
  if (most < 2 || !lines.slice(1).some(isBlank) || !lines.every((line) => isBlank(line) || line.cells.length === most - 1))
    return lines;
  return lines.map((line) => (isBlank(line) ? { ...line, cells: line.cells.slice(0, -1) } : line));
}

/** A line without any number, or with a word above one. */
function isHeader({ cells }: Line, below: Line | undefined): boolean {
  const isNumber = (cell: string | undefined): boolean => cell !== undefined && decimal.test(cell.trim());
  const isWord = (cell: string): boolean => !isNumber(cell) && !unknown.test(cell.trim());
  if (!cells.some(isWord)) return false;
  return !cells.some(isNumber) || cells.some((cell, i) => isWord(cell) && isNumber(below?.cells[i]));
}
