// A Parquet file as a table, by hyparquet, which is loaded when it is first needed. In: bytes. Out: columns. Guarantee: what is packed by a
// method that is not read, and a damaged file, are errors with the file's name.
import { gunzipSync } from "fflate";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { columnFrom } from "./cells.ts";
import { failAt, type Table } from "./table.ts";

const magic = [0x50, 0x41, 0x52, 0x31];
/** Whether bytes begin as a Parquet file does. */
export const isParquet = (bytes: Uint8Array): boolean => magic.every((code, i) => bytes[i] === code);

/** Throws CompileError format/input, data/…. */
export async function parquetTable(bytes: Uint8Array, file: string): Promise<Table> {
  const { parquetMetadataAsync, parquetReadObjects } = await import("hyparquet");
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const given = { byteLength: buffer.byteLength, slice: (start: number, end?: number) => buffer.slice(start, end) };
  try {
    const metadata = await parquetMetadataAsync(given);
    const rows = await parquetReadObjects({
      file: given,
      metadata,
      compressors: { GZIP: (input: Uint8Array) => gunzipSync(input) },
    });
    if (rows.length === 0) failAt({ file }, {}, "data/empty", "there is no row");
    const columns = Object.keys(rows[0]).map((name) => columnFrom(name, rows.map((row) => row[name]), { file })); // biome-ignore format: one line
    return { file, rows: rows.length, columns };
  } catch (error) {
    if (error instanceof CompileError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    return failAt(
      { file },
      {},
      "format/input",
      `the Parquet file could not be read: ${message}`,
      "write it again, packed by snappy or gzip",
    );
  }
}
