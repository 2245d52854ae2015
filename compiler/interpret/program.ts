// Runs a Program by the letter of compiler/program/program.ts: these are the bits that every emitted kernel must equal.
// In: a Program and the contents of its constants. Out: a machine with one address space, in which overlapping buffers
// really overlap. An entry starts with an arena of NaN; reading an element nobody wrote, leaving a buffer, making an integer
// of a number that is none, and the powers and exponents excluded there are errors that name kernel, buffer and index.
import { internal } from "../diagnostics/error.ts";
import type { Call, Program } from "../program/program.ts";
import { kernelStep, type Space, type Step } from "./kernel.ts";

/** What a machine starts with, and how closely it watches. */
export interface MachineOptions {
  /** Contents of const and param buffers, of exactly their length; one that is absent starts unwritten. */
  readonly constants?: ReadonlyMap<string, ArrayLike<number>>;
  /** Poison the arena before each entry and check that every element is written before it is read (default true). */
  readonly track?: boolean;
}

/** A Program that can be run: one Float32Array for all buffers. */
export interface Machine {
  /** Live views of the address space, by buffer name; inputs are written and outputs read here. */
  readonly buffers: ReadonlyMap<string, Float32Array>;
  /** Runs an entry, a kernel, or a list of kernels (those without formals). Every scalar of the program that a loop reads must be given. */
  run(what: string | readonly string[], scalars?: Readonly<Record<string, number>>): void;
}

/** A machine in its first state: constants filled in, states at their initial values, everything else NaN and unwritten. */
export function createMachine(program: Program, { constants = new Map(), track = true }: MachineOptions = {}): Machine {
  const size = program.buffers.reduce((end, { at, length }) => Math.max(end, at + length), 0);
  // Stores round because this is a Float32Array; buffers are views of it, so those that overlap do.
  const memory = new Float32Array(size).fill(Number.NaN);
  // One flag per element: 1 once somebody wrote it.
  const written = new Uint8Array(size);
  const buffers = new Map(program.buffers.map(({ name, at, length }) => [name, memory.subarray(at, at + length)] as const));
  for (const { name, role, at, length, initial = 0 } of program.buffers) {
    const content = constants.get(name);
    if (content !== undefined) {
      if (content.length !== length) internal(`buffer ${JSON.stringify(name)} needs ${length} numbers, found ${content.length}`);
      memory.set(content, at);
    } else if (role === "state") {
      memory.fill(initial, at, at + length);
    }
    // The caller fills inputs through the view, which no bitmap can see.
    if (content !== undefined || role === "state" || role === "input") written.fill(1, at, at + length);
  }

  // What an entry left in the arena must not help the next one.
  const poison = (): void => {
    for (const { at, length } of program.buffers.filter(({ role }) => role === "arena")) {
      memory.fill(Number.NaN, at, at + length);
      written.fill(0, at, at + length);
    }
  };

  const scalars = new Map<string, number>();
  const places = new Map(program.buffers.map((buffer) => [buffer.name, buffer]));
  const space: Space = { memory, written: track ? written : undefined, scalars, buffers: places };
  const kernels = new Map(program.kernels.map((kernel) => [kernel.name, kernel]));
  const compiled = new Map<string, Step>();
  const stepOf = ({ kernel: name, buffers: given = [] }: Call): Step => {
    const key = JSON.stringify([name, ...given]);
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const kernel = kernels.get(name) ?? internal(`there is no kernel ${JSON.stringify(name)}`);
    // Inside the kernel a formal is the buffer that the call gives.
    const seen = new Map(places);
    for (const [i, formal] of (kernel.formals ?? []).entries()) {
      const buffer = places.get(given[i]) ?? internal(`kernel ${JSON.stringify(name)} needs a buffer for ${formal.name}`);
      seen.set(formal.name, buffer);
    }
    const step = kernelStep(kernel, { ...space, buffers: seen });
    compiled.set(key, step);
    return step;
  };
  return {
    buffers,
    run(what, given = {}) {
      scalars.clear();
      for (const { name, min, max } of program.scalars) {
        if (!Object.hasOwn(given, name)) continue;
        const value = given[name];
        if (!(Number.isInteger(value) && value >= min && value <= max))
          internal(`scalar ${name} is an integer in ${min}..${max}, found ${value}`);
        scalars.set(name, value);
      }
      const entry = typeof what === "string" ? program.entries.find(({ name }) => name === what) : undefined;
      if (entry !== undefined && track) poison();
      const alone = (kernel: string): Call => ({ kernel });
      const calls = entry?.calls ?? (typeof what === "string" ? [what] : what).map(alone);
      for (const call of calls) stepOf(call)();
    },
  };
}
