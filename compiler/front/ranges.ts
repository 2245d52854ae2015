// Which whole numbers an input may hold. In: layers that take ids, and what they are given. Out: by input, the numbers that all of them
// know. Guarantee: ids that a caller gives are checked when the module is called; ids that the net computes, or cuts out of the input, are
// clamped instead.
import type { Range } from "../artifact.ts";
import { type Node, sizeOf } from "../graph/graph.ts";
import { ops } from "../ops/index.ts";
import { isText, sampleShape, type Value } from "./values.ts";

/** The ranges of a model's inputs, as its calls narrow them. */
export class Ranges {
  readonly byInput = new Map<number, Range>();
  readonly #ports: readonly Value[];
  /** What stands for a step of a sequence within a layer that works on each: the sequence. */
  readonly #steps = new Map<Node, Node>();

  constructor(ports: readonly Value[]) {
    this.#ports = ports;
  }

  /** `step` stands for each step of a sequence. */
  stands(step: Node, sequence: Node): void {
    this.#steps.set(step, sequence);
  }

  /** Ids below `below`, where they are those of an input. */
  narrow(value: Node, below: number): void {
    for (const [input, port] of this.#ports.entries())
      if (!isText(port) && this.#isPlainly(value, port.y))
        this.set(input, Math.min(below, this.byInput.get(input)?.below ?? below));
  }

  /** Whole numbers below `below`. */
  set(input: number, below: number): void {
    this.byInput.set(input, { below });
  }

  /** Whether a value holds all numbers of the input, in whatever order, and nothing else. */
  #isPlainly(value: Node, input: Node): boolean {
    if (value === input) return true;
    const sequence = this.#steps.get(value);
    if (sequence !== undefined) return this.#isPlainly(sequence, input);
    const op = ops[value.op];
    if (op.kind !== "primitive" || op.lower.kind !== "view") return false;
    const [from] = value.inputs;
    return sizeOf(sampleShape(value)) >= sizeOf(sampleShape(from)) && this.#isPlainly(from, input);
  }
}
