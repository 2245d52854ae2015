// Forms of regions. In: a region of a Plan. Out: a text that says all that its nests are made of, buffers and nodes by number, and what
// those numbers stand for. Guarantee: regions of one text are lowered to nests that differ in buffers, names and origins alone
// (tests/plan/forms.test.ts). So a chain of a hundred equal layers is lowered once.
import { attrsKey } from "../graph/attrs.ts";
import type { Node } from "../graph/graph.ts";
import type { ComputeRegion, Plan, Region } from "../plan/plan.ts";
import type { Operand, View } from "../program/nest/view.ts";
import type { Extent } from "../program/program.ts";

/** How a region is written, and what its numbers stand for. */
export interface Form {
  readonly text: string;
  readonly buffers: readonly string[];
  /** The regions that give nests their names. */
  readonly regions: readonly Region[];
}

/** What is known of buffers: their lengths by the names in the Plan, and what they are called in the Program. */
export interface Known {
  readonly lengths: ReadonlyMap<string, number>;
  readonly called: (buffer: string) => string;
}

/** The form of a region; what has a body of its own, as a scan, has none. */
export function formOf(plan: Plan, region: Region, known: Known): Form | undefined {
  if (region.kind === "scan") return undefined;
  const writer = new Writer(plan, known);
  writer.region(region);
  if (writer.hasBody) return undefined;
  return {
    text: writer.words.join(" "),
    buffers: writer.buffers(),
    regions: region.kind === "rows" ? region.body : [region],
  };
}

class Writer {
  readonly words: string[] = [];
  hasBody = false;
  readonly #plan: Plan;
  readonly #known: Known;
  readonly #buffers = new Map<string, number>();
  readonly #nodes = new Map<Node, number>();
  /** Nodes from outside of which it is said where they lie. */
  readonly #placed = new Set<Node>();
  /** Buffers of one block. */
  #inner: ReadonlySet<string> = new Set();

  constructor(plan: Plan, known: Known) {
    this.#plan = plan;
    this.#known = known;
  }

  buffers(): readonly string[] {
    return [...this.#buffers.keys()];
  }

  region(region: Exclude<Region, { readonly kind: "scan" }>): void {
    this.words.push(region.kind);
    if (region.kind === "copy") this.words.push(this.#operand(region.from), this.#view(region.out));
    else if (region.kind === "compute") this.#compute(region);
    else {
      this.#inner = region.inner;
      this.words.push(`${region.shape.map(extent)} by ${region.block}`);
      for (const inner of region.body) this.#compute(inner);
    }
  }

  #compute({ anchor, anchorReads, nodes, out, more = [], again }: ComputeRegion): void {
    const inside = new Set(nodes);
    for (const node of nodes) {
      const inputs = node.inputs.map((input) => (inside.has(input) ? this.#number(input) : this.#outside(input)));
      const { op, attrs } = node;
      const marks = `${node === anchor ? "!" : ""}${again?.has(node) === true ? "~" : ""}`;
      this.words.push(
        `${this.#number(node)}${marks} = ${op}(${inputs})${attrsKey(attrs, () => this.#body())}[${node.type.shape}]`,
      );
    }
    if (anchorReads !== undefined) this.words.push("reads", ...anchorReads.map((read) => this.#operand(read)));
    this.words.push("to", this.#view(out));
    for (const one of more) this.words.push(`${this.#number(one.node)} to ${this.#view(one.out)}`);
  }

  #body(): number {
    this.hasBody = true;
    return 0;
  }

  #number(node: Node): number {
    return numberIn(this.#nodes, node);
  }

  /** A node from outside: its shape, and where it lies, once. */
  #outside(node: Node): string {
    const number = this.#number(node);
    if (this.#placed.has(node)) return `#${number}`;
    this.#placed.add(node);
    const place = this.#plan.operands.get(node);
    return `#${number}[${node.type.shape}]${place === undefined ? "" : this.#operand(place)}`;
  }

  #operand(operand: Operand): string {
    if (operand.kind === "view") return this.#view(operand);
    const what = operand.kind === "scalar" ? operand.name : Object.is(operand.value, -0) ? "-0" : String(operand.value);
    return `${operand.kind} ${what}[${operand.shape.map(extent)}]`;
  }

  #view({ buffer, base, shape, strides, loops, blocked }: View): string {
    const name = this.#known.called(buffer);
    const place = `@${numberIn(this.#buffers, name)}[${this.#known.lengths.get(buffer)}]+${base}`;
    const own = this.#inner.has(buffer) ? "inner" : "";
    const blocks = blocked === undefined ? "" : `b${blocked.axis},${blocked.size},${blocked.outer}`;
    return `${place}[${shape.map(extent)}:${strides}]${loops.map(([loop, stride]) => `${loop}*${stride}`)}${blocks}${own}`;
  }
}

function numberIn<T>(numbers: Map<T, number>, what: T): number {
  const known = numbers.get(what);
  if (known !== undefined) return known;
  numbers.set(what, numbers.size);
  return numbers.size - 1;
}

const extent = (to: Extent): string => (typeof to === "number" ? String(to) : `${to.scalar}/${to.per}${to.round ?? ""}`);
