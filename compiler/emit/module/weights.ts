// Where buffers lie in the module's one Float32Array, and the contents it starts with. In: the buffers that the emitted code
// uses, and the contents of some. Out: offsets without the gaps of unused buffers, and runs of content in address order.
// Contents travel as short literals (few), base64 (default), or bytes (little-endian float32 in run order); in fewer bits (narrow.ts) behind
// those that do not.

import { reads } from "../../base/lines.ts";
import { invariant } from "../../diagnostics/error.ts";
import type { Buffer } from "../../program/program.ts";
import { type Code, commas, js, lines, type Name, name, none } from "../code.ts";
import type { Marks } from "../marks.ts";
import { fillNarrow, type Narrow, type NarrowRun, type NarrowSite, narrowBytes, narrowSize, readNarrow } from "./narrow.ts";
import { type Aside, isFew, packedFloats, shortList, type Told, toBytes } from "./packed.ts";

/** Neighbouring buffers that start with content. */
export interface Run {
  readonly at: number;
  readonly length: number;
  /** In order; they are not copied together, for they may be most of the memory there is. */
  readonly contents: readonly Float32Array[];
  /** Of which buffers they are. */
  readonly names: readonly string[];
  /** In how many bits they travel; absent: as float32. */
  readonly narrow?: Narrow;
}
/** The layout: where each buffer starts, and what stands there first; lengths and offsets in float32 elements. */
export interface Memory {
  readonly length: number;
  readonly at: ReadonlyMap<string, number>;
  readonly runs: readonly Run[];
  /** The buffers that have content. */
  readonly filled: ReadonlySet<string>;
}

/** `alignOf`: of how many elements the start of a buffer is a multiple, where it overlaps none that starts before it; `narrow`: contents in fewer bits. */
export function layMemory(
  buffers: readonly Buffer[],
  contents: ReadonlyMap<string, Float32Array>,
  alignOf: (buffer: string) => number = () => 1,
  narrow: ReadonlyMap<string, Narrow> = new Map(),
): Memory {
  const sorted = [...buffers].sort((a, b) => a.at - b.at);
  const at = new Map<string, number>();
  const parts: Run[] = [];
  const filled = new Set<string>();
  let end = 0;
  let length = 0;
  let shift = 0;
  for (const buffer of sorted) {
    // Gaps are closed; what overlaps keeps its distance.
    const align = alignOf(buffer.name);
    if (buffer.at >= end) shift = buffer.at - Math.ceil(length / align) * align;
    end = Math.max(end, buffer.at + buffer.length);
    length = Math.max(length, buffer.at + buffer.length - shift);
    at.set(buffer.name, buffer.at - shift);
    const content = contents.get(buffer.name);
    if (content === undefined || content.length === 0) continue;
    invariant(
      content.length === buffer.length,
      `buffer ${JSON.stringify(buffer.name)} holds ${buffer.length} numbers, its content has ${content.length}`,
    );
    filled.add(buffer.name);
    const form = narrow.get(buffer.name);
    const part = { at: buffer.at - shift, length: content.length, contents: [content], names: [buffer.name] };
    parts.push(form === undefined ? part : { ...part, narrow: form });
  }
  return { length, at, runs: join(parts), filled };
}

/** Runs that touch as one: each costs a call when the module starts. */
function join(parts: readonly Run[]): Run[] {
  const groups: Run[][] = [];
  let end = -1;
  for (const part of parts) {
    const isWide = part.narrow === undefined;
    if (part.at === end && isWide) groups[groups.length - 1].push(part);
    else groups.push([part]);
    end = isWide ? part.at + part.length : -1;
  }
  return groups.map((group) => ({
    ...group[0],
    length: group.reduce((sum, { length }) => sum + length, 0),
    contents: group.flatMap(({ contents }) => contents),
    names: group.flatMap(({ names }) => names),
  }));
}

const wideOf = (runs: readonly Run[]): readonly Run[] => runs.filter(({ narrow }) => narrow === undefined);
const narrowOf = (runs: readonly Run[]): readonly NarrowRun[] =>
  runs.flatMap(({ at, contents: [content], names: [buffer], narrow }) =>
    narrow === undefined ? [] : [{ at, buffer, content, narrow }],
  );
const isZero = (content: Float32Array): boolean => content.every((value) => Object.is(value, 0));

/** Statements that fill `memory` at the start. */
function fillMemory(
  memory: Name,
  { runs }: Memory,
  { unpack, ...site }: NarrowSite,
  aside: Aside,
  marks: Marks | undefined,
): Code {
  const whose = (code: Code, buffer: string): Code => (marks === undefined ? code : marks.part(code, buffer));
  const wide = wideOf(runs);
  const few = isFew(lengthOf(wide));
  // Memory starts as zeros.
  const fills = wide.filter(({ contents }) => !contents.every(isZero));
  return lines(
    ...fills.map(({ at, length, contents, names }) =>
      few
        ? js`${memory}.set([${commas(contents.map((content, i) => whose(shortList(content), names[i])))}], ${at});`
        : js`${unpack()}(${aside("weights", packedFloats(contents, marks && { marks, stretches: stretchesOf(contents, names) }))}, ${memory}.subarray(${at}, ${at + length}));`,
    ),
    fillNarrow(
      narrowOf(runs).filter(({ content }) => !isZero(content)),
      { unpack, ...site },
      aside,
      marks,
    ),
  );
}

const stretchesOf = (contents: readonly Float32Array[], names: readonly string[]): Told["stretches"] =>
  contents.map(({ byteLength }, i) => ({ buffer: names[i], bytes: byteLength }));

/** Numbers of all runs. */
export const lengthOf = (runs: readonly Run[]): number => runs.reduce((sum, { length }) => sum + length, 0);
/** Bytes of all runs as they are shipped. */
export const sizeOfRuns = (runs: readonly Run[]): number => 4 * lengthOf(wideOf(runs)) + narrowSize(narrowOf(runs));
/** Those bytes. */
export function bytesOfRuns(runs: readonly Run[]): Uint8Array {
  const wide = toBytes(wideOf(runs).flatMap(({ contents }) => contents));
  const narrow = narrowBytes(narrowOf(runs));
  if (narrow.length === 0) return wide;
  const all = new Uint8Array(wide.length + narrow.length);
  all.set(wide);
  all.set(narrow, wide.length);
  return all;
}

/** The same from the argument of `create`: any view of bytes, or an ArrayBuffer. */
function readMemory(memory: Name, { runs }: Memory, { kind, ...site }: Declared["helpers"], marks: Marks | undefined): Code {
  const size = sizeOfRuns(runs);
  let from = 0;
  const copies = wideOf(runs).map(({ at, length, names }) => {
    const start = from;
    from += 4 * length;
    const copy = js`new Uint8Array(${memory}.buffer, ${4 * at}).set(source.subarray(${start}, ${from}));`;
    return marks === undefined ? copy : marks.around(copy, reads(names));
  });
  return lines(
    js`if (!bytes || typeof bytes !== "object" || !(bytes.byteLength >= 0)) throw new TypeError("bytes: wanted a Uint8Array of " + ${size} + " bytes, got " + ${kind()}(bytes));
if (bytes.byteLength !== ${size}) throw new RangeError("bytes: wanted " + ${size} + " bytes of weights, got " + bytes.byteLength);`,
    runs.length > 0 ? js`const source = new Uint8Array(bytes.buffer || bytes, bytes.byteOffset || 0, ${size});` : undefined,
    ...copies,
    readNarrow(narrowOf(runs), from, site),
  );
}

/** What is to be declared: buffers, and the names of those that have one. */
export interface Declared {
  readonly buffers: readonly Buffer[];
  isNamed(buffer: string): boolean;
  bufferId(buffer: string): Name;
  readonly helpers: NarrowSite & { readonly kind: () => Name };
  readonly marks?: Marks | undefined;
}

/** The array, its first contents, and a view for each buffer with a name. `bytes`: contents come from the argument of `create`;
 * `array`: an expression for a zeroed array of at least the memory's length. */
export function startMemory(
  memory: Memory,
  { buffers, isNamed, bufferId, helpers, marks }: Declared,
  bytes: boolean,
  array: Code,
  aside: Aside,
): Code {
  const whole = name("memory");
  const views = buffers.map((buffer) => {
    const at = memory.at.get(buffer.name) ?? 0;
    // What has contents of its own does not begin as always.
    const starts = buffer.initial !== undefined && !Object.is(buffer.initial, 0) && !memory.filled.has(buffer.name);
    if (!isNamed(buffer.name)) return starts ? js`${whole}.fill(${buffer.initial}, ${at}, ${at + buffer.length});` : none;
    const view = js`const ${bufferId(buffer.name)} = ${whole}.subarray(${at}, ${at + buffer.length});`;
    const text = starts ? lines(view, js`${bufferId(buffer.name)}.fill(${buffer.initial});`) : view;
    return marks === undefined ? text : marks.around(text, [{ kind: "buffer", name: buffer.name }]);
  });
  return lines(
    memory.length > 0 || bytes ? js`const ${whole} = ${array};` : undefined,
    bytes ? readMemory(whole, memory, helpers, marks) : fillMemory(whole, memory, helpers, aside, marks),
    ...views,
  );
}
