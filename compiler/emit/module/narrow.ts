// Contents of memory in fewer bits. In: runs that hold whole steps of scales (int8), or halves (float16), exactly. Out: statements that widen them into
// memory when the module starts, and the same as bytes for `create`. Guarantee: what is widened is the content to the bit, on engines that
// store the high byte first too: steps and halves are read byte by byte.
import { halfOf } from "../../base/halves.ts";
import { joined } from "../../base/join.ts";
import { braces, type Code, commas, js, lines, type Name } from "../code.ts";
import type { Marks } from "../marks.ts";
import { type Aside, floats, packedBytes, packedFloats, type Told, toBytes } from "./packed.ts";

/** A content in fewer bits. Steps: number i is of scale ⌊i / stride⌋ mod count, and behind every `block` numbers come the next `count` scales. */
export type Narrow =
  | { readonly type: "float16" }
  | { readonly type: "int8"; readonly steps: Int8Array; readonly scales: Float32Array; readonly pattern: Pattern };
/** How scales go over numbers. */
export interface Pattern {
  readonly stride: number;
  readonly count: number;
  readonly block: number;
}

/** A run of memory in fewer bits. */
export interface NarrowRun {
  readonly at: number;
  readonly buffer: string;
  readonly content: Float32Array;
  readonly narrow: Narrow;
}

/** What all runs of a module come to: the numbers of its tables in order, and their bytes. */
interface Tables {
  readonly scales: Float32Array;
  readonly steps: Uint8Array;
  readonly stepRuns: readonly number[];
  /** All low bytes, then all high ones, which are more alike. */
  readonly halves: Uint8Array;
  readonly halfRuns: readonly number[];
  /** Whose the bytes of steps and of halves are. */
  readonly told: { readonly steps: Told["stretches"]; readonly halves: Told["stretches"] };
}

function tablesOf(runs: readonly NarrowRun[]): Tables {
  const int8 = runs.flatMap(({ at, content, narrow }) =>
    narrow.type === "int8" ? [{ at, length: content.length, ...narrow }] : [],
  );
  const float16 = runs.filter(({ narrow }) => narrow.type === "float16");
  const count = float16.reduce((sum, { content }) => sum + content.length, 0);
  const halves = new Uint8Array(2 * count);
  let from = 0;
  for (const { content } of float16)
    for (let i = 0; i < content.length; i++, from++) {
      const bits = halfOf(content[i]);
      halves[from] = bits;
      halves[count + from] = bits >> 8;
    }
  const stepBytes = int8.map(({ steps }) => new Uint8Array(steps.buffer, steps.byteOffset, steps.length));
  return {
    scales: joined(Float32Array, int8.map(({ scales }) => scales)), // biome-ignore format: one line
    steps: joined(Uint8Array, stepBytes),
    stepRuns: int8.flatMap(({ at, length, pattern: { stride, count, block } }) => [at, length, stride, count, block]),
    halves,
    halfRuns: float16.flatMap(({ at, content }) => [at, content.length]),
    told: {
      steps: runs.flatMap(({ buffer, content, narrow }) => (narrow.type === "int8" ? [{ buffer, bytes: content.length }] : [])),
      // The low bytes of all, then the high ones.
      halves: [...float16, ...float16].map(({ buffer, content }) => ({ buffer, bytes: content.length })),
    },
  };
}

/** Bytes that so many numbers take in a form. */
export const bytesOf = (length: number, narrow: Narrow): number =>
  narrow.type === "float16" ? 2 * length : length + 4 * narrow.scales.length;

/** Bytes of the runs as they are shipped. */
export const narrowSize = (runs: readonly NarrowRun[]): number =>
  runs.reduce((sum, { content, narrow }) => sum + bytesOf(content.length, narrow), 0);

/** The runs as `create` takes them: scales, steps, halves. */
export function narrowBytes(runs: readonly NarrowRun[]): Uint8Array {
  const { scales, steps, halves } = tablesOf(runs);
  return joined(Uint8Array, [toBytes([scales]), steps, halves]);
}

/** `widen(steps, scales, runs)`: steps are the bytes of signed numbers. */
export const widenFunction: Code = braces(
  js`function widen(steps, scales, runs)`,
  js`let from = 0, first = 0;
for (let r = 0; r < runs.length; r += 5) {
  const end = runs[r] + runs[r + 1], stride = runs[r + 2], count = runs[r + 3], block = runs[r + 4];
  for (let at = runs[r]; at < end; first += count) {
    for (let rest = block / stride / count; rest > 0; rest--) {
      for (let c = 0; c < count; c++) {
        const scale = scales[first + c];
        for (let i = 0; i < stride; i++) memory[at++] = (steps[from++] << 24 >> 24) * scale;
      }
    }
  }
}`,
);

/** `widenHalves(bytes, runs)`: float16, the low bytes of all numbers before the high ones. */
export const widenHalvesFunction: Code = braces(
  js`function widenHalves(bytes, runs)`,
  js`// Units of the last place, by exponent.
const units = new Float64Array(32);
units[0] = units[1] = ${2 ** -24};
for (let e = 1; e < 31; e++) units[e + 1] = 2 * units[e];
const high = bytes.length / 2;
let from = 0;
for (let r = 0; r < runs.length; r += 2) {
  for (let at = runs[r], end = at + runs[r + 1]; at < end; at++, from++) {
    const top = bytes[high + from], e = top >> 2 & 31;
    const value = ((top & 3) << 8 | bytes[from] | (e ? 1024 : 0)) * units[e];
    memory[at] = top >> 7 ? -value : value;
  }
}`,
);

/** What statements lean on. */
export interface NarrowSite {
  readonly unpack: () => Name;
  readonly widen: () => Name;
  readonly widenHalves: () => Name;
}

const listed = (values: readonly number[]): Code => js`[${commas(values)}]`;

/** Statements that fill memory from the module's own text. */
export function fillNarrow(
  runs: readonly NarrowRun[],
  { unpack, widen, widenHalves }: NarrowSite,
  aside: Aside,
  marks: Marks | undefined,
): Code {
  const { scales, steps, halves, stepRuns, halfRuns, told } = tablesOf(runs);
  const bytes = (of: Uint8Array, stretches: Told["stretches"]): Code =>
    js`${unpack()}(${aside("weights", packedBytes(of, marks && { marks, stretches }))}, new Uint8Array(${of.length}))`;
  const few = scales.length <= 64;
  const scaled = (): Code =>
    few
      ? floats(scales, unpack)
      : js`${unpack()}(${aside("scales", packedFloats([scales]))}, new Float32Array(${scales.length}))`;
  return lines(
    stepRuns.length > 0 ? js`${widen()}(${bytes(steps, told.steps)}, ${scaled()}, ${listed(stepRuns)});` : undefined,
    halfRuns.length > 0 ? js`${widenHalves()}(${bytes(halves, told.halves)}, ${listed(halfRuns)});` : undefined,
  );
}

/** The same from bytes that `create` was given, as the Uint8Array `source`, from byte `at` on. */
export function readNarrow(runs: readonly NarrowRun[], at: number, { widen, widenHalves }: NarrowSite): Code {
  const { scales, steps, halves, stepRuns, halfRuns } = tablesOf(runs);
  const source = (from: number, length: number): Code => js`source.subarray(${from}, ${from + length})`;
  const behind = at + 4 * scales.length;
  return lines(
    stepRuns.length > 0
      ? js`const scales = new Float32Array(${scales.length});
new Uint8Array(scales.buffer).set(${source(at, 4 * scales.length)});
${widen()}(${source(behind, steps.length)}, scales, ${listed(stepRuns)});`
      : undefined,
    halfRuns.length > 0 ? js`${widenHalves()}(${source(behind + steps.length, halves.length)}, ${listed(halfRuns)});` : undefined,
  );
}
