// What a `.wasm` file says of itself, in JSON. In: ports with where their arrays lie, and the facts of a module. Out: plain data. Guarantee: what is
// read again is what was written, also numbers that JSON has no words for.
import type { Port } from "../../../artifact.ts";
import type { Words } from "../../../encode/define.ts";
import type { Options } from "../../../options.ts";
import type { Range } from "../../../training/define.ts";
import type { Rows, SelfTest } from "../parts.ts";

/** An array in the memory. */
export interface Place {
  readonly name: string;
  /** Of a row, or of a chunk of a stream. */
  readonly shape: readonly number[];
  /** Numbers of that. */
  readonly size: number;
  /** Bytes from the start of the memory. */
  readonly offset: number;
}
/** The array of an input or output: float32, rows back to back. */
export interface PlacedPort extends Place {
  /** Where its numbers are ids: whole numbers from 0 on. */
  readonly range?: Range;
  /** Where its numbers stand for words: number k for the k-th, all others for `unknown`. */
  readonly words?: Words;
}

/** The content of the custom section "layerc". */
export interface WasmManifest {
  /** The version that wrote the file. */
  readonly layerc: string;
  readonly model: string;
  /** Of spec, weights and options. */
  readonly hash: string;
  readonly options: Options;
  /** Most rows of one call of `predict`. */
  readonly rows: number;
  readonly inputs: readonly PlacedPort[];
  readonly outputs: readonly PlacedPort[];
  /** Of a stream. */
  readonly step?: {
    readonly chunk: number;
    readonly inputs: readonly PlacedPort[];
    readonly outputs: readonly PlacedPort[];
    readonly states: readonly Place[];
  };
  readonly features?: Readonly<Record<string, readonly string[]>>;
  readonly classes?: Readonly<Record<string, readonly string[]>>;
  readonly multiplyAdds: number;
  readonly selfTest?: SelfTest;
}

/** A port where its array lies. */
export const placed = (port: Port, size: number, offset: number, words?: Words): PlacedPort => ({
  name: port.name,
  shape: port.shape,
  size,
  offset,
  ...(port.range === undefined ? {} : { range: port.range }),
  ...(words === undefined ? {} : { words }),
});

// −0 and what is not finite would become 0 and null.
const isPlain = (value: number): boolean => Number.isFinite(value) && !Object.is(value, -0);

/** As JSON. Numbers that it lacks are texts. */
export const manifestJson = (manifest: WasmManifest): string =>
  JSON.stringify(manifest, (_, value: unknown) => {
    if (value instanceof Float32Array) return Array.from(value);
    return typeof value === "number" && !isPlain(value) ? (Object.is(value, -0) ? "-0" : String(value)) : value;
  });

/** The golden rows of a manifest that was read, as numbers. */
export function selfTestIn({ selfTest }: WasmManifest): SelfTest | undefined {
  if (selfTest === undefined) return undefined;
  const numbers = (list: Iterable<unknown>): number[] => Array.from(list, Number);
  const rowsOf = (rows: Rows): Rows => (Array.isArray(rows) ? Float32Array.from(numbers(rows)) : rows);
  return { ...selfTest, x: selfTest.x.map(rowsOf), y: numbers(selfTest.y), bounds: numbers(selfTest.bounds) };
}
