// Addresses as text: `at + 8 * k + 3`. In: affine indices and the loops that are open. Out: expressions, and consts for the
// parts that an inner loop does not change, so that engines need not prove it.
import type { Index, Stmt } from "../../program/program.ts";
import { accessesIn } from "../../program/walk.ts";
import { type Code, commas, comment, infix, js, literal, type Name, type Names } from "../code.ts";

type Terms = Index["terms"];
type Sum = Code | Name | undefined;

/** The addresses of one kernel; which consts are known depends on the loops that are open. */
export class Addresses {
  readonly #locals: Names;
  readonly #id: (loop: string) => Name;
  readonly #baseOf: (buffer: string) => Name | undefined;
  /** Open loops, outermost first. */
  readonly #loops: string[] = [];
  /** A base and terms of open loops → the const that holds their sum. */
  readonly #parts = new Map<string, Name>();

  /** `baseOf`: where a buffer starts, when that is not element 0 of its array. */
  constructor(locals: Names, id: (loop: string) => Name, baseOf: (buffer: string) => Name | undefined) {
    this.#locals = locals;
    this.#id = id;
    this.#baseOf = baseOf;
  }

  /** Opens a loop over `body`; `inside` prints it. Gives the consts that belong before it. */
  within(loop: string, body: readonly Stmt[], declare: (code: Code) => void, inside: () => void): void {
    const added = this.#hoist(body, declare);
    this.#loops.push(loop);
    inside();
    this.#loops.pop();
    for (const key of added) this.#parts.delete(key);
  }

  /** A const for every sum of a base and terms of open loops that an address below has; one loop with stride 1 is its own name. */
  #hoist(body: readonly Stmt[], declare: (code: Code) => void): string[] {
    const added: string[] = [];
    for (const { buffer, index } of accessesIn(body)) {
      const from = this.#baseOf(buffer);
      const outer = this.#sorted(index.terms).filter(([loop]) => this.#loops.includes(loop));
      const key = keyOf(outer, from);
      const trivial = outer.length === 0 || (outer.length === 1 && outer[0][1] === 1 && from === undefined);
      if (trivial || this.#parts.has(key)) continue;
      const id = this.#locals.unique("at");
      declare(js`const ${id} = ${this.of({ base: 0, terms: outer }, from)};`);
      this.#parts.set(key, id);
      added.push(key);
    }
    return added;
  }

  /** Terms of open loops outermost first, so that the longest hoisted part is found. */
  #sorted(terms: Terms): Terms {
    const depth = (loop: string) => (this.#loops.includes(loop) ? this.#loops.indexOf(loop) : this.#loops.length);
    return [...terms].sort((a, b) => depth(a[0]) - depth(b[0]));
  }

  /** The affine part of an index, after `from`. */
  of(index: Index, from?: Name): Code | Name {
    const { base } = index;
    const terms = this.#sorted(index.terms);
    let count = terms.length;
    while (count > 0 && !this.#parts.has(keyOf(terms.slice(0, count), from))) count--;
    const start: Sum = this.#parts.get(keyOf(terms.slice(0, count), from)) ?? from;
    const rest = terms.slice(count);
    if (start !== undefined || rest.every(([, stride]) => stride > 0)) return plus(this.#sum(start, rest), base);
    // What is positive comes first: 60 - 4 * t, j - 4 * t.
    const ordered = [...rest].sort((a, b) => Math.sign(b[1]) - Math.sign(a[1]));
    return base > 0 ? plus(this.#sum(literal(base), ordered), 0) : plus(this.#sum(undefined, ordered), base);
  }

  #sum(start: Sum, terms: Terms): Sum {
    return terms.reduce<Sum>((sum, [loop, stride]) => {
      const size = Math.abs(stride);
      const term = size === 1 ? this.#id(loop) : infix(literal(size), "*", this.#id(loop));
      if (sum === undefined && stride > 0) return term;
      // Not -(4 * i): that may be -0, which is no integer to an engine.
      return infix(sum ?? literal(0), stride < 0 ? "-" : "+", term);
    }, start);
  }
}

function plus(sum: Sum, base: number): Code | Name {
  if (sum === undefined) return literal(base);
  return base === 0 ? sum : infix(sum, base < 0 ? "-" : "+", literal(Math.abs(base)));
}

const keyOf = (terms: Terms, from: Name | undefined): string =>
  [from?.text ?? "", ...terms.map(([loop, stride]) => `${stride}*${loop}`)].join("+");

/**
 * V8 checks every sum of integers that may be large; of a start that is below 2^30, as all are, it need not. Seen on 2026-11-24
 * with Node 20, nanoseconds a row of js kernels: 64-64-64-64-64 of tanh 14677 without and 12383 with it (13365 where each layer has
 * its own kernel over its own arrays), 11-512-512-512-1 482482 and 414918 (445055).
 */
export const bounded = (starts: readonly Name[]): readonly Code[] =>
  starts.length === 0
    ? []
    : [comment("below 2^30: engines need not check sums"), js`${commas(starts.map((start) => js`${start} &= 0x3fffffff`))};`];
