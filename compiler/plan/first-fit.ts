// Free bytes over a stretch of time. In: blocks, each with its length and the positions between which it is alive. Out: an offset for
// each. Guarantee: what `place` gives is the lowest offset at which the block meets none placed before it, or, where that is not 0 and
// there is a roof, the highest below it; a block costs the logarithm of the number of positions for each gap that is looked at, however
// many are alive with it.
//
// A tree over positions: a node stands for 2^k of them. A block is *whole* in the few nodes that its lifetime is cut into, and
// *part* of all nodes above those. What is alive with a node's positions is its parts and wholes, and the wholes of the nodes above.

/** Disjoint stretches of offsets, ascending; neighbours that touch are one. */
class Stretches {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  /** The first stretch that ends behind `at`. */
  #after(at: number): number {
    let low = 0;
    let high = this.#ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ends[middle] > at) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The end of what `at..at + length` meets first; undefined where it is free. */
  meets(at: number, length: number): number | undefined {
    const i = this.#after(at);
    return i < this.#starts.length && this.#starts[i] < at + length ? this.#ends[i] : undefined;
  }

  /** The start of what `at..at + length` meets last. */
  meetsLast(at: number, length: number): number | undefined {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle] >= at + length) high = middle;
      else low = middle + 1;
    }
    return low > 0 && this.#ends[low - 1] > at ? this.#starts[low - 1] : undefined;
  }

  add(start: number, end: number): void {
    // Whatever the new stretch overlaps or touches becomes one with it.
    const first = this.#after(start - 1);
    let last = first;
    let [from, to] = [start, end];
    for (; last < this.#starts.length && this.#starts[last] <= end; last++) {
      from = Math.min(from, this.#starts[last]);
      to = Math.max(to, this.#ends[last]);
    }
    this.#starts.splice(first, last - first, from);
    this.#ends.splice(first, last - first, to);
  }
}

/** Places blocks one after the other. */
export class FirstFit {
  readonly #leaves: number;
  readonly #whole = new Map<number, Stretches>();
  readonly #part = new Map<number, Stretches>();

  /** Lifetimes lie in 0 … positions − 1. */
  constructor(positions: number) {
    let leaves = 1;
    while (leaves < positions) leaves *= 2;
    this.#leaves = leaves;
  }

  /** An offset that is free from position `from` to position `to`, both included; it is taken from now on. */
  place(length: number, from: number, to: number, roof?: number): number {
    const nodes = this.#cover(from, to);
    const alive = new Set<Stretches>();
    for (const node of nodes) {
      const part = this.#part.get(node);
      if (part !== undefined) alive.add(part);
    }
    const above = new Set(nodes.flatMap(pathOf));
    for (const node of above) {
      const whole = this.#whole.get(node);
      if (whole !== undefined) alive.add(whole);
    }
    const low = lowest([...alive], length);
    const at = low === 0 || roof === undefined ? low : (highest([...alive], length, roof) ?? low);
    for (const node of nodes) stretchesOf(this.#whole, node).add(at, at + length);
    for (const node of above) stretchesOf(this.#part, node).add(at, at + length);
    return at;
  }

  /** The nodes that together stand for exactly these positions. */
  #cover(from: number, to: number): readonly number[] {
    const nodes: number[] = [];
    let [left, right] = [from + this.#leaves, to + this.#leaves + 1];
    for (; left < right; left >>= 1, right >>= 1) {
      if (left & 1) nodes.push(left++);
      if (right & 1) nodes.push(--right);
    }
    return nodes;
  }
}

/** A node and those above it. */
function pathOf(node: number): readonly number[] {
  const path: number[] = [];
  for (let at = node; at >= 1; at >>= 1) path.push(at);
  return path;
}

function stretchesOf(of: Map<number, Stretches>, node: number): Stretches {
  const known = of.get(node) ?? new Stretches();
  of.set(node, known);
  return known;
}

function lowest(alive: readonly Stretches[], length: number): number {
  let at = 0;
  // Each turn passes over what is met; when all have been asked since the last step, the place is free.
  for (let free = 0, i = 0; free < alive.length; i = (i + 1) % alive.length) {
    const end = alive[i].meets(at, length);
    if (end === undefined) free++;
    else [at, free] = [end, 0];
  }
  return at;
}

/** The highest place below the roof; undefined where there is none. */
function highest(alive: readonly Stretches[], length: number, roof: number): number | undefined {
  let at = roof - length;
  for (let free = 0, i = 0; free < alive.length && at >= 0; i = (i + 1) % alive.length) {
    const start = alive[i].meetsLast(at, length);
    if (start === undefined) free++;
    else [at, free] = [start - length, 0];
  }
  return at < 0 ? undefined : at;
}
