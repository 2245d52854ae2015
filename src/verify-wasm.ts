// Whether a `.wasm` file is as the compiler wrote it. In: its bytes. Out: what it says of itself, and what was shown. Guarantee: a changed byte is an
// error; nothing is compiled before the digest holds, and what is run imports nothing.
import { draws } from "../compiler/base/draws.ts";
import { CompileError } from "../compiler/diagnostics/error.ts";
import { type PlacedPort, selfTestIn, type WasmManifest } from "../compiler/emit/module/forms/manifest.ts";
import type { SelfTest } from "../compiler/emit/module/parts.ts";
import { digestsIn, faultInWasm, manifestText } from "../compiler/emit/wasm/file.ts";
import { optionsSchema } from "../compiler/options.ts";
import { reasonOf } from "./files.ts";
import { fail, type Verified, within } from "./verified.ts";

/** What a file says of itself, its digest held against its bytes. Throws CompileError verify/*. */
export function openedWasm(path: string, bytes: Uint8Array): Verified & { readonly manifest: WasmManifest } {
  const text = manifestText(bytes);
  const digests = digestsIn(bytes);
  if (text === undefined && digests === undefined)
    fail(
      "verify/header",
      path,
      'the file has no section "layerc": it is cut off, or holds the kernels of a module, or layerc did not write it',
      "verify the module that names it",
    );
  if (text === undefined || digests === undefined || digests.said !== digests.found)
    fail(
      "verify/changed",
      path,
      `the file says digest ${digests?.said ?? "none"}, and its bytes have ${digests?.found ?? "none"}`,
    );
  const manifest = parsed(text) ?? fail("verify/header", path, 'the section "layerc" is not JSON');
  const { model, hash, layerc: version, options } = manifest;
  const known = optionsSchema.safeParse(options);
  if (!known.success) fail("verify/model", path, `this layerc does not know the options of the file: ${JSON.stringify(options)}`);
  return { model, hash, version, options: known.data, beside: [], manifest };
}

function parsed(text: string): WasmManifest | undefined {
  try {
    return (JSON.parse(text) as WasmManifest | null) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Reads a file, holds it against its digest, and runs its golden rows. Throws CompileError verify/*. */
export function verifyWasm(path: string, bytes: Uint8Array, seconds: number): Verified {
  const { manifest, ...found } = openedWasm(path, bytes);
  const fault = faultInWasm(bytes);
  if (fault !== undefined) fail("verify/changed", path, `the file ${fault}, which no file of layerc does`);
  try {
    const golden = selfTestIn(manifest);
    if (golden === undefined || typeof WebAssembly !== "object") return found;
    return { ...found, selfTest: within(seconds, path, () => tested(bytes, manifest, golden)) };
  } catch (error) {
    if (error instanceof CompileError) throw error;
    return fail("verify/self-test", path, reasonOf(error));
  }
}

/** The largest error of the golden rows; throws at the first number that is off by more than its bound. */
function tested(bytes: Uint8Array, { inputs, outputs, rows: most }: WasmManifest, golden: SelfTest): number {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>));
  const { buffer } = exports.memory as WebAssembly.Memory;
  const array = ({ offset, size }: PlacedPort, rows: number): Float32Array => new Float32Array(buffer, offset, rows * size);
  // What does not lie in the memory is found before numbers for it are drawn.
  for (const port of [...inputs, ...outputs]) array(port, Math.min(most, golden.rows));
  const given = inputs.map(({ size }, i): ArrayLike<number> => {
    const rows = golden.x[i];
    if (rows instanceof Float32Array) return rows;
    if ("items" in rows) throw new Error("an input of texts");
    return rows.starts.flatMap((start) => [...draws(start, size, rows.integers)]);
  });
  const { columns, sum, y, bounds } = golden;
  let largest = 0;
  const compare = (row: number, value: number, at: number): void => {
    const wanted = y[row * bounds.length + at];
    const error = Object.is(value, wanted) || value === wanted ? 0 : Math.abs(value - wanted);
    if (!(error <= bounds[at]))
      throw new Error(`output ${columns[at] ?? "sum"} of row ${row} is off by ${error}, more than ${bounds[at]}`);
    largest = Math.max(largest, error);
  };
  for (let from = 0; from < golden.rows; from += most) {
    const count = Math.min(most, golden.rows - from);
    inputs.forEach((port, i) => {
      array(port, count).set(Array.from(given[i]).slice(from * port.size, (from + count) * port.size));
    });
    (exports.predict as (rows: number) => void)(count);
    for (let row = 0; row < count; row++) {
      const all = outputs.flatMap((port) => {
        const values = [...array(port, count).subarray(row * port.size, (row + 1) * port.size)];
        return values.map((value) => spelled(value, port));
      });
      for (const [at, column] of columns.entries()) compare(from + row, all[column], at);
      if (sum === undefined) continue;
      const factors = draws(sum, all.length);
      compare(from + row, all.reduce((total, value, i) => total + factors[i] * value, 0), columns.length); // biome-ignore format: one line
    }
  }
  return largest;
}

/** A number of an output; of words the first number for the same word, since golden rows compare words. */
function spelled(value: number, { words }: PlacedPort): number {
  return words === undefined ? value : words.words.indexOf(words.words[value] ?? words.unknown);
}
