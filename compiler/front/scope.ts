// The names that the lines of one net can use. In: a net's inputs and its lines, one after another as they are called. Out: where what a
// line takes comes from, or an error with the path of the line that names what is not there. Guarantee: a line takes what stands above it.
import { showValue } from "../diagnostics/check.ts";
import { CompileError } from "../diagnostics/error.ts";
import { suggestionFor } from "../diagnostics/suggest.ts";
import { inputsHint } from "./lines.ts";

/** Where a value comes from: an input of the model, or a result of an earlier call. */
export type Source = { readonly input: number } | { readonly call: number; readonly result: number };

/** A line that was called: its results, and how it is called again, from another place with the same weights. */
export interface Called {
  readonly results: (k: number) => Source | undefined;
  readonly again: (name: string, path: string, sources: readonly Source[], said: Said) => Called;
}
/** What `reuse` says beside the line: keys that Keras gives at each call. */
export type Said = Readonly<Record<string, unknown>>;

/** The names that lines of one net can use. */
export class Scope {
  readonly #given: ReadonlyMap<string, Source>;
  readonly #first: readonly Source[];
  readonly #lines: readonly string[];
  readonly #path: string;
  readonly #called: Called[] = [];
  readonly #used = new Set<number>();
  readonly #index: ReadonlyMap<string, number>;

  constructor(ports: readonly string[], given: readonly Source[], lines: readonly string[], path: string) {
    this.#given = new Map(ports.map((name, i) => [name, given[i]]));
    this.#first = given;
    this.#lines = lines;
    this.#path = path;
    this.#index = new Map(lines.map((name, i) => [name, i]));
    const both = lines.findIndex((name) => this.#given.has(name));
    if (both < 0) return;
    const message = `an input and a layer are both called ${JSON.stringify(lines[both])}`;
    throw new CompileError({ code: "layer/name", path: `${path}[${both}]`, message, hint: "give one another name" });
  }

  /** The next line was called. */
  add(called: Called): void {
    this.#called.push(called);
  }

  /** What a line takes that does not say: the line before, or the only input. */
  before(i: number): readonly Source[] {
    if (i > 0) return [this.find(this.#lines[i - 1], `${this.#path}[${i}].inputs`)];
    if (this.#first.length === 1) return this.#first;
    const message = `the model has ${this.#first.length} inputs (${[...this.#given.keys()].join(", ")}), and the first line does not say which it takes`;
    throw new CompileError({ code: "model/inputs", path: `${this.#path}[0].inputs`, message, hint: inputsHint });
  }

  /** What a line says that it takes. */
  named(given: unknown, path: string): readonly Source[] {
    if (Array.isArray(given) && given.length > 0 && given.every((name) => typeof name === "string"))
      return given.map((name: string, i) => this.find(name, `${path}.inputs[${i}]`));
    const message = `inputs needs a list of names, found ${showValue(given)}`;
    throw new CompileError({ code: "model/inputs", path: `${path}.inputs`, message, hint: inputsHint });
  }

  /** A line that was called before. */
  line(name: string, path: string): Called {
    const index = this.#index.get(name);
    const found = index === undefined ? undefined : this.#called[index];
    return found ?? this.#missing(name, path);
  }

  /** A port's source; or a line's first result, or as `lstm:1` its second. */
  find(reference: string, path: string): Source {
    const given = this.#given.get(reference);
    if (given !== undefined) return given;
    const numbered = this.#index.has(reference) ? null : /^(.*):(\d+)$/s.exec(reference);
    const [name, k] = numbered === null ? [reference, 0] : [numbered[1], Number(numbered[2])];
    const source = this.line(name, path).results(k);
    if (source !== undefined) {
      this.#used.add(this.#index.get(name) ?? 0);
      return source;
    }
    const message = `${JSON.stringify(name)} does not give so many results as ${JSON.stringify(reference)} says; they are counted from 0`;
    throw new CompileError({ code: "model/inputs", path, message });
  }

  #missing(name: string, path: string): never {
    const later = this.#index.has(name);
    const message = later
      ? `${JSON.stringify(name)} stands further down`
      : `there is no input and no line ${JSON.stringify(name)}`;
    const known = [...this.#given.keys(), ...this.#lines.slice(0, this.#called.length)];
    const hint = later ? "a line stands below all it takes: move it down" : suggestionFor(name, known);
    throw new CompileError({ code: "model/inputs", path, message, hint });
  }

  /** Throws where nothing takes what a line gives: it was meant for something. */
  checkUse(): void {
    const unused = this.#lines.findIndex((_, i) => !this.#used.has(i));
    if (unused < 0) return;
    const message = `nothing takes what ${JSON.stringify(this.#lines[unused])} gives`;
    const hint = "name it in outputs or in a line's inputs, or leave it out";
    throw new CompileError({ code: "model/unused", path: `${this.#path}[${unused}]`, message, hint });
  }
}
