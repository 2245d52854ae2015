// A row that a reader types in. In: texts, one an input, and the calls of predict as a report's script makes them. Out: what every region gives, against the same in doubles; or
// what is wrong with a text. Guarantee: pure but for the arrays of the calls; a row runs whole or not at all.
import type { Typed, TypedRegion } from "../report.ts";
import { apart, type Measured, measured, numbersAt } from "../values.ts";
import type { Profile } from "./profile.ts";

/** Predict, ready to be run call by call over a memory of its own. */
export interface Calls {
  readonly memory: Float32Array | Float64Array;
  /** Where each input starts; below 0 what nobody reads. */
  readonly inputs: readonly { readonly at: number }[];
  readonly calls: readonly { readonly at: number; readonly kernel: string; run(): void }[];
}
/** Makes it, in arrays of this kind. */
export type MakeCalls = (kind: Float32ArrayConstructor | Float64ArrayConstructor) => Calls;
/** What floats are computed by, and what doubles. */
export interface CallsHere {
  readonly floats: MakeCalls;
  readonly doubles: MakeCalls;
}

/** What a region gives; without an error where the doubles have no such region. */
export interface Given extends Measured {
  readonly name: string;
  readonly shape: string;
  readonly thing?: number;
  readonly error?: number;
}

/** The kernels of the calls, each once, for a report whose module has no others. */
export function profileOf(make: MakeCalls): Profile {
  const { calls } = make(Float32Array);
  const kernels = new Map(calls.map(({ kernel, run }) => [kernel, { name: kernel, target: "js", run }]));
  return { kernels: [...kernels.values()] };
}

/** The numbers of an input, or in words why the text is none. */
export function readInput(text: string, { name, shape, below }: Typed["inputs"][number]): Float32Array | string {
  const parts = text.split(/[\s,;[\]]+/).filter((part) => part !== "");
  const wanted = shape.reduce((product, size) => product * size, 1);
  for (const [place, part] of parts.entries()) {
    const value = Number(part);
    const at = `${name}, place ${place}: `;
    // Long texts are not quoted whole.
    if (Number.isNaN(value)) return `${at}${JSON.stringify(part.slice(0, 20))} is no number`;
    if (!Number.isFinite(Math.fround(value))) return `${at}${part} is beyond float32`;
    if (below !== undefined && !(Number.isInteger(value) && value >= 0 && value < below))
      return `${at}wanted a whole number from 0 to ${below - 1}, got ${part}`;
  }
  if (parts.length !== wanted) return `${name}: wanted ${wanted} numbers, got ${parts.length}`;
  return Float32Array.from(parts, Number);
}

/** Runs a row, which has the numbers of each input. */
export function runRow({ regions, doubles = regions }: Typed, here: CallsHere, row: readonly Float32Array[]): readonly Given[] {
  const exact = new Map(valuesOf(here.doubles(Float64Array), doubles, row).map(([{ name }, values]) => [name, values]));
  return valuesOf(here.floats(Float32Array), regions, row).map(([{ name, shape, thing }, values]): Given => {
    const other = exact.get(name);
    const same = other?.length === values.length ? other : undefined;
    return { name, shape, ...(thing === undefined ? {} : { thing }), ...measured(values), ...(same === undefined ? {} : { error: apart(values, same) }) };
  }); // biome-ignore format: one line a field
}

/** What each region gives: it is read before another lies over it. */
function valuesOf({ memory, inputs, calls }: Calls, regions: readonly (TypedRegion | null)[], row: readonly Float32Array[]) {
  for (const [i, { at }] of inputs.entries()) if (at >= 0) memory.set(row[i], at);
  return calls.flatMap(({ at, run }, i): (readonly [TypedRegion, Float64Array])[] => {
    run();
    const region = regions[i];
    return region === null || at < 0 ? [] : [[region, numbersAt({ ...region.where, base: region.where.base + at }, memory)]];
  });
}
