// NumPy's arrays as a table. In: the bytes of an .npy or .npz file. Out: of an archive a column for each array, of a matrix one for each of its
// columns, numbered from 1, of anything larger the column "x". Guarantee: all have as many rows.
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { isNpy, type NpyArray, openNpy, openNpz } from "../formats/npy.ts";
import { failAt, type NumberColumn, type Table } from "./table.ts";

/** Throws CompileError format/npy, data/…. */
export function arraysTable(bytes: Uint8Array, file: string): Table {
  const arrays = arraysIn(bytes, file);
  const [[, first] = ["", undefined]] = arrays;
  const rows = first?.shape[0] ?? 0;
  if (rows === 0) failAt({ file }, {}, "data/empty", "there is no row");
  const [alone] = arrays.length === 1 && arrays[0][0] === "" ? arrays : [];
  if (alone !== undefined) return { file, rows, columns: columnsOf(alone[1], rows) };
  const columns = arrays.map(([name, array]): NumberColumn => {
    if (array.shape[0] !== rows)
      failAt(
        { file },
        { column: name },
        "data/column",
        `has ${array.shape[0] ?? 0} rows, ${JSON.stringify(arrays[0][0])} has ${rows}`,
      );
    return { kind: "number", name, shape: array.shape.slice(1), values: array.numbers() };
  });
  return { file, rows, columns };
}

function arraysIn(bytes: Uint8Array, file: string): readonly (readonly [name: string, array: NpyArray])[] {
  try {
    return isNpy(bytes) ? [["", openNpy(bytes)]] : [...openNpz(bytes)];
  } catch (error) {
    throw error instanceof CompileError ? error.with({ under: file }) : error;
  }
}

function columnsOf(array: NpyArray, rows: number): readonly NumberColumn[] {
  const values = array.numbers();
  const [, width = 1, ...more] = array.shape;
  if (more.length > 0) return [{ kind: "number", name: "x", shape: array.shape.slice(1), values }];
  return Array.from({ length: width }, (_, i): NumberColumn => {
    return {
      kind: "number",
      name: String(i + 1),
      shape: [],
      values: Float64Array.from({ length: rows }, (_, row) => values[row * width + i]),
    };
  });
}
