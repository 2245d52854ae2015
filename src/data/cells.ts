// Which kind of column some cells make. In: what a file has under one name, row after row, as texts or values. Out: a column of numbers, of
// lists of numbers, or of texts. Guarantee: one cell that is no number makes the column text, so none is guessed or dropped.
import { showValue } from "../../compiler/diagnostics/check.ts";
import { decimal, unknown, withComma } from "./csv.ts";
import { type Column, failAt, type NumberColumn, type Site } from "./table.ts";

/** What pandas writes, and what people write, where a text is missing: `None` may be a word of its own. */
const noText = /^(#?n\/?a|nan|null|<na>|[?.]|)$/i;
const noNumber = (cell: string): boolean => unknown.test(cell) || noText.test(cell);
const infinite = /^([+-]?)inf(inity)?$/i;

/** The column of `cells`. Throws CompileError data/values for what is neither number, text, nor a list of numbers as long as the others. */
export function columnFrom(name: string, cells: readonly unknown[], table: Site): Column {
  const first = cells.find((cell) => !isNothing(cell));
  if (isList(first)) return listsFrom(name, cells, table);
  const numbers = numbersFrom(name, cells, table);
  if (numbers !== undefined) return numbers;
  const values = cells.map((cell, row): string | undefined => {
    if (isNothing(cell)) return undefined;
    if (cell instanceof Date) return cell.toISOString();
    if (typeof cell === "object")
      return failAt(
        table,
        { row, column: name },
        "data/values",
        `holds ${showValue(cell)}`,
        "a cell is a number, a text, or a list of numbers",
      );
    const text = String(cell);
    return noText.test(text.trim()) ? undefined : text;
  });
  return { kind: "text", name, shape: [], values };
}

const isNothing = (cell: unknown): boolean => cell === undefined || cell === null;
const isList = (cell: unknown): cell is ArrayLike<unknown> =>
  Array.isArray(cell) || (ArrayBuffer.isView(cell) && "length" in cell);

/** NaN for a missing number, undefined for what is no number. */
function numberIn(cell: unknown): number | undefined {
  if (isNothing(cell)) return Number.NaN;
  if (typeof cell === "number") return cell;
  if (typeof cell === "boolean") return Number(cell);
  if (typeof cell === "bigint") return Number(cell);
  if (typeof cell !== "string") return undefined;
  const text = cell.trim();
  if (decimal.test(text)) return Number(text);
  if (noNumber(text)) return Number.NaN;
  const [, sign] = infinite.exec(text) ?? [];
  return sign === undefined ? undefined : sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** Undefined where a cell is no number. */
function numbersFrom(name: string, cells: readonly unknown[], table: Site): NumberColumn | undefined {
  const values = new Float64Array(cells.length);
  let comma = -1;
  for (const [row, cell] of cells.entries()) {
    const number = numberIn(cell);
    if (number !== undefined) values[row] = number;
    else if (typeof cell === "string" && withComma.test(cell.trim())) comma = row;
    else return undefined;
  }
  if (comma >= 0)
    failAt(
      table,
      { row: comma, column: name },
      "data/values",
      `holds ${JSON.stringify(cells[comma])}, a number with a decimal comma`,
      "write a point",
    );
  return { kind: "number", name, shape: [], values };
}

function listsFrom(name: string, cells: readonly unknown[], table: Site): NumberColumn {
  const shape = shapeOf(cells.find(isList));
  const width = shape.reduce((product, size) => product * size, 1);
  const values = new Float64Array(cells.length * width).fill(Number.NaN);
  for (const [row, cell] of cells.entries()) {
    if (isNothing(cell)) continue;
    let at = row * width;
    const put = (item: unknown, depth: number): void => {
      const size = isList(item) ? item.length : undefined;
      if (size !== shape[depth]) {
        const found = size === undefined ? showValue(item) : `a list of ${size}`;
        failAt(
          table,
          { row, column: name },
          "data/values",
          `holds ${found}, where other rows have lists of shape [${shape.join(", ")}]`,
        );
      }
      if (isList(item)) for (let i = 0; i < item.length; i++) put(item[i], depth + 1);
      else {
        const number = numberIn(item);
        if (number === undefined)
          failAt(table, { row, column: name }, "data/values", `holds ${showValue(item)} in a list of numbers`);
        values[at++] = number;
      }
    };
    put(cell, 0);
  }
  return { kind: "number", name, shape, values };
}

const deepest = 32;
function shapeOf(cell: unknown): readonly number[] {
  const shape: number[] = [];
  for (let item = cell; isList(item) && shape.length < deepest; item = item[0]) shape.push(item.length);
  return shape;
}
