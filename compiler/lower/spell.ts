// Kernels of nests letter by letter, buffers and loops by number: two kernels spell the same where they differ in those names alone.
// In: a kernel. Out: a text with a line for each node of a value, dim and nest, and the buffers in the order of their first use.
// Guarantee: equal texts are equal structures, down to which values are shared.
import { isLoop, type Nest, type NestKernel, storesOf, type Tree } from "../program/nest/nest.ts";
import type { Extent, Index, Value } from "../program/program.ts";
import { operandsOf } from "../program/walk.ts";

/** How a kernel is spelled, and what its numbers stand for. */
export interface Spelled {
  readonly text: string;
  /** What is folded, then what it starts from, what is made of it, and where that goes. */
  readonly buffers: readonly string[];
}

/** The letters of a kernel; its name and what it comes from are none of them. */
export function spell(kernel: NestKernel): Spelled {
  const speller = new Speller();
  for (const part of kernel.parts) speller.tree(part);
  return speller.spelled();
}

class Speller {
  readonly #lines: string[] = [];
  readonly #buffers = new Map<string, number>();
  readonly #loops = new Map<string, number>();
  readonly #values = new Map<Value, number>();

  spelled(): Spelled {
    return { text: this.#lines.join("\n"), buffers: [...this.#buffers.keys()] };
  }

  tree(tree: Tree): void {
    if (!isLoop(tree)) {
      this.#nest(tree);
      return;
    }
    this.#loops.set(tree.loop, this.#loops.size);
    this.#lines.push(`for ${extent(tree.to)}`);
    for (const part of tree.parts) this.tree(part);
    this.#lines.push("end");
  }

  #nest(nest: Nest): void {
    const { map, reduce, fold, into } = nest;
    for (const [dim, to] of map) this.#lines.push(`map ${dim} ${extent(to)}`);
    for (const [dim, to] of reduce) this.#lines.push(`reduce ${dim} ${extent(to)}`);
    if (fold !== undefined) {
      const terms = fold.term.map((term) => this.#value(term));
      this.#lines.push(`fold ${fold.how} ${terms} ${this.#value(fold.init)} ${fold.partial}`);
    }
    for (const { finish, out } of storesOf(nest)) {
      const value = this.#value(finish);
      const index = this.#index(out.index);
      this.#lines.push(`${into} ${numberOf(this.#buffers, out.buffer)} ${index} ${value}`);
    }
  }

  /** The value's number; it is spelled when it is met first. */
  #value(value: Value): number {
    const known = this.#values.get(value);
    if (known !== undefined) return known;
    const letters = this.#letters(value);
    const made = this.#values.size;
    this.#values.set(value, made);
    this.#lines.push(`${value.fmt} ${value.op} ${letters}`);
    return made;
  }

  #letters(value: Value): string {
    switch (value.op) {
      case "const":
        return Object.is(value.value, -0) ? "-0" : String(value.value);
      case "scalar":
      case "use":
      case "reg":
        return value.name;
      case "loop":
        return this.#loop(value.name);
      case "load": {
        const index = this.#index(value.index);
        return `${numberOf(this.#buffers, value.buffer)} ${index}`;
      }
      case "across":
        return `${value.how} ${this.#value(value.a)}`;
      case "extract":
        return `${value.lane} ${this.#value(value.a)}`;
      default:
        return operandsOf(value)
          .map((operand) => this.#value(operand))
          .join();
    }
  }

  #index({ base, terms, row }: Index): string {
    const chosen = row === undefined ? "" : `row ${this.#value(row.index)} ${row.limit} ${row.stride}`;
    return `${base} ${terms.map(([name, stride]) => `${stride}*${this.#loop(name)}`)} ${chosen}`;
  }

  /** Loops around nests are numbered; dims have the same names in all nests of a kind. */
  #loop(name: string): string {
    const known = this.#loops.get(name);
    return known === undefined ? name : `#${known}`;
  }
}

function numberOf(numbers: Map<string, number>, name: string): number {
  const known = numbers.get(name);
  if (known === undefined) numbers.set(name, numbers.size);
  return known ?? numbers.size - 1;
}

const extent = (to: Extent): string => (typeof to === "number" ? String(to) : `${to.scalar} ${to.per} ${to.round}`);
