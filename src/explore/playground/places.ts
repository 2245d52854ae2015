// Where the parts of evaluated values stand in the text. In: each list and object as it is made, with the stretch of each of its parts, and each call
// with what it was given. Out: the stretch of a path. Guarantee: a path that leads no further gives the last part on it, never a wrong one.
import { stepsOf } from "../../formats/json-text.ts";
import type { Range } from "./trouble.ts";

type Step = string | number;

/** Of every value that is an object: its stretch, and what it was made of. */
export class Places {
  readonly #wholes = new WeakMap<object, Range>();
  readonly #parts = new WeakMap<object, Map<Step, Range>>();
  readonly #calls = new WeakMap<object, { readonly range: Range; readonly given: readonly unknown[] }>();

  part(of: object, step: Step, range: Range): void {
    const parts = this.#parts.get(of) ?? new Map<Step, Range>();
    this.#parts.set(of, parts.set(step, range));
  }

  whole(value: object, range: Range): void {
    this.#wholes.set(value, range);
  }

  call(value: object, range: Range, given: readonly unknown[]): void {
    this.#calls.set(value, { range, given });
  }

  /** The stretch of a part. */
  of(value: unknown, step: Step): Range | undefined {
    return typeof value === "object" && value !== null ? this.#parts.get(value)?.get(step) : undefined;
  }

  /** Where a path into a model stands. */
  find(model: object, path: string): Range | undefined {
    return this.#follow(model, stepsOf(path), this.#calls.get(model)?.range);
  }

  /** Where a path into what a call was given stands: of options, or of a list called by its name. */
  findIn(given: readonly unknown[], path: string): Range | undefined {
    const steps = stepsOf(path);
    return steps.length === 0 ? undefined : this.#within(given, steps);
  }

  #follow(value: unknown, steps: readonly Step[], last: Range | undefined): Range | undefined {
    if (typeof value !== "object" || value === null || steps.length === 0) return last;
    const call = this.#calls.get(value);
    if (call !== undefined) return this.#within(call.given, steps) ?? last;
    const [step, ...rest] = steps;
    // A list of ports was written as an object: the first is its first key.
    const key = !Array.isArray(value) && typeof step === "number" ? Object.keys(value)[step] : step;
    const range = key === undefined ? undefined : this.of(value, key);
    if (range === undefined) return last;
    return this.#follow((value as Record<Step, unknown>)[key as Step], rest, range);
  }

  /** A call's arguments are objects with keys, and at first place perhaps the list of layers; a line's own keys stand beside its config. */
  #within(given: readonly unknown[], [step, ...rest]: readonly Step[]): Range | undefined {
    if (step === "config") return rest.length === 0 ? undefined : this.#within(given, rest);
    if (step === "layers" && Array.isArray(given[0])) return this.#follow(given[0], rest, this.#wholes.get(given[0]));
    for (const one of given) {
      const range = this.of(one, step);
      if (range !== undefined) return this.#follow((one as Record<Step, unknown>)[step], rest, range);
    }
    return undefined;
  }
}
