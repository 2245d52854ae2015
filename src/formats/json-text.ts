// Where things stand in the text of JSON. In: text nobody vouches for. Out: where a path leads, or where the text stops being JSON and what was
// wanted there: the same words on every engine. Guarantee: what is NaN or an infinity to Python is a value; nothing here throws.
import type { Place } from "../../compiler/diagnostics/error.ts";

/** What a spec as text is called among formats (kinds.ts). */
export const specName = "a spec as JSON";

/** Where a text is no JSON, counted from 0, and why. */
export interface Fault {
  readonly offset: number;
  readonly message: string;
}
type Steps = readonly (string | number)[];

/** The first fault of a text; undefined where it is JSON, or nested too deep to tell. */
export function faultIn(text: string): Fault | undefined {
  return new Scanner(text, undefined).run().fault;
}

/** Where the value at a path starts, or the key that leads to it; where the path leads no further, the last thing on it. */
export function offsetOf(text: string, steps: Steps): number | undefined {
  return new Scanner(text, steps).run().found;
}

/** A place of a text as people count it: from 1. */
export function placeAt(text: string, file: string, offset: number): Place {
  const lines = text.slice(text.startsWith("\ufeff") ? 1 : 0, offset).split(/\r\n?|\n/);
  return { file, line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}

/** The same of a path. */
export function jsonPlace(text: string, file: string, steps: Steps): Place {
  const offset = offsetOf(text, steps);
  return offset === undefined ? { file } : placeAt(text, file, offset);
}

/** `layers[2].config["a b"]` as keys: "layers", 2, "config", "a b". */
export const stepsOf = (path: string): (string | number)[] =>
  [...path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g)].map(([, index, quoted, name]) =>
    index !== undefined ? Number(index) : (quoted ?? name),
  );

const literal = /(?:true|false|null|NaN|-?Infinity|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w.])/y;
const word = /"[^"\\]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\]*)*"/y;
/** Deeper texts are not looked at: each level is a call. */
const deepest = 500;

class Stop extends Error {}

/** One pass over a text; `wanted` are the steps that are still to go, undefined off the way. */
class Scanner {
  readonly #text: string;
  readonly #wanted: Steps | undefined;
  #at: number;
  fault: Fault | undefined;
  found: number | undefined;

  constructor(text: string, wanted: Steps | undefined) {
    [this.#text, this.#wanted] = [text, wanted];
    this.#at = text.startsWith("\ufeff") ? 1 : 0;
  }

  run(): this {
    try {
      this.#space();
      if (this.#wanted !== undefined) this.found = this.#at;
      this.#value(this.#wanted, 0);
      this.#space();
      if (this.#at < this.#text.length) this.#fail("there is more behind the end");
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
    }
    return this;
  }

  #fail(wanted: string): never {
    const next = this.#text.slice(this.#at, this.#at + 1);
    const found = next === "" ? "the text ends" : next === "\n" || next === "\r" ? "the line ends" : `found ${next}`;
    this.fault = { offset: this.#at, message: `${wanted}, ${found}` };
    throw new Stop();
  }

  #space(): void {
    while (" \t\r\n".includes(this.#text[this.#at] ?? "x")) this.#at++;
  }

  #take(character: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #match(form: RegExp): string | undefined {
    form.lastIndex = this.#at;
    const [text] = form.exec(this.#text) ?? [];
    this.#at += text?.length ?? 0;
    return text;
  }

  /** A text in quotes, on one line. */
  #word(): string | undefined {
    const start = this.#at;
    const text = this.#match(word);
    const bad = text === undefined ? -1 : [...text].findIndex((character) => character < " ");
    if (bad < 0) return text;
    this.#at = start + bad;
    return this.#fail("wanted the end of the text in quotes");
  }

  #value(way: Steps | undefined, depth: number): void {
    if (depth > deepest) throw new Stop();
    this.#space();
    if (this.#take("{")) this.#list("}", () => this.#member(way, depth));
    else if (this.#take("[")) {
      let index = 0;
      this.#list("]", () => {
        const isOnWay = way !== undefined && way[0] === index++;
        this.#space();
        if (isOnWay) this.found = this.#at;
        this.#value(isOnWay ? way.slice(1) : undefined, depth + 1);
      });
    } else if (this.#match(literal) === undefined && this.#word() === undefined) this.#fail("wanted a value");
  }

  #member(way: Steps | undefined, depth: number): void {
    this.#space();
    const start = this.#at;
    const name = this.#word() ?? this.#fail("wanted a name in double quotes");
    const isOnWay = way !== undefined && way.length > 0 && JSON.parse(name) === way[0];
    if (isOnWay) this.found = start;
    if (!this.#take(":")) this.#fail("wanted a colon");
    this.#value(isOnWay ? way.slice(1) : undefined, depth + 1);
  }

  #list(end: string, item: () => void): void {
    if (this.#take(end)) return;
    do item();
    while (this.#take(","));
    if (!this.#take(end)) this.#fail(`wanted a comma or ${end}`);
  }
}
