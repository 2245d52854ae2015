// A row that a reader types in. In: texts, one a port, and the calls of predict as a report's script makes them. Out: what every region gives, against the same in doubles; or
// what is wrong with a text. Guarantee: pure but for the arrays of the calls; a row runs whole or not at all.
import type { Typed, TypedRegion } from "../report.ts";
import { apart, type Measured, measured, numbersAt } from "../values.ts";
import type { Profile } from "./profile.ts";

/** What a port is given: texts, or numbers. */
export type Items = readonly string[] | Float32Array | Float64Array;
type Input = Typed["inputs"][number];

/** Predict, ready to be run call by call over a memory of its own. */
export interface Calls {
  readonly memory: Float32Array | Float64Array;
  /** Where each input starts; below 0 what nobody reads. */
  readonly inputs: readonly { readonly at: number }[];
  /** Makes their numbers of what the ports are given; absent where those are the numbers. Throws a RangeError for what an encoder refuses. */
  encode?(...ports: readonly Items[]): readonly Float32Array[];
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

const sizeOf = ({ shape }: Input): number => shape.reduce((product, size) => product * size, 1);

/** What an input is given, or in words why the text is nothing that it takes. */
export function readInput(text: string, input: Input): Items | string {
  return input.items === "texts" ? readTexts(text, input) : readNumbers(text, input);
}

function readNumbers(text: string, input: Input): Items | string {
  const { name, below, items } = input;
  const parts = text.split(/[\s,;[\]]+/).filter((part) => part !== "");
  const wanted = sizeOf(input);
  for (const [place, part] of parts.entries()) {
    const value = Number(part);
    const at = `${name}, place ${place}: `;
    // Long texts are not quoted whole.
    if (Number.isNaN(value)) return `${at}${JSON.stringify(part.slice(0, 20))} is no number`;
    if (!Number.isFinite(Math.fround(value))) return `${at}${part} is beyond float32`;
    if (items === "wholes" && !Number.isSafeInteger(Math.trunc(value))) return `${at}${part} is beyond the whole numbers`;
    if (below !== undefined && !(Number.isInteger(value) && value >= 0 && value < below))
      return `${at}wanted a whole number from 0 to ${below - 1}, got ${part}`;
  }
  if (parts.length !== wanted) return `${name}: wanted ${wanted} numbers, got ${parts.length}`;
  return items === "wholes" ? Float64Array.from(parts, Number) : Float32Array.from(parts, Number);
}

/** A JSON list of texts; a single text as it stands; several, each on a line of its own. */
function readTexts(text: string, input: Input): Items | string {
  const wanted = sizeOf(input);
  const given = listIn(text) ?? (wanted === 1 ? [text] : text.replace(/\n$/, "").split("\n"));
  return given.length === wanted ? given : `${input.name}: wanted ${wanted} texts, one a line, got ${given.length}`;
}

function listIn(text: string): readonly string[] | undefined {
  try {
    const found: unknown = JSON.parse(text);
    const all: readonly unknown[] = Array.isArray(found) ? found.flat(Number.POSITIVE_INFINITY) : [];
    return all.length > 0 && all.every((one) => typeof one === "string") ? all : undefined;
  } catch {
    return undefined;
  }
}

/** A text that is read as these. */
export function textOf(items: readonly (number | string)[], input: Input): string {
  if (input.items !== "texts") return items.join(", ");
  const text = items.join("\n");
  const read = readTexts(text, input);
  return typeof read !== "string" && read.every((item, i) => item === items[i]) ? text : JSON.stringify(items);
}

/** Runs a row, port by port; in words why an encoder refuses it. */
export function runRow(
  { regions, doubles = regions }: Typed,
  here: CallsHere,
  ports: readonly Items[],
): readonly Given[] | string {
  const floats = here.floats(Float32Array);
  let row = ports as readonly Float32Array[];
  try {
    row = floats.encode?.(...ports) ?? row;
  } catch (error) {
    return String((error as Error).message);
  }
  const exact = new Map(valuesOf(here.doubles(Float64Array), doubles, row).map(([{ name }, values]) => [name, values]));
  return valuesOf(floats, regions, row).map(([{ name, shape, thing }, values]): Given => {
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
