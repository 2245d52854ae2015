// Building Graphs: one method call makes one typed node. In: the list of ops. Out: nodes, interned: equal op, inputs and
// attributes are one object, so common subexpressions exist once.
import { CompileError, internal } from "../diagnostics/error.ts";
import type { AnyOp } from "../ops/define.ts";
import { type Attrs, type Node, isGraph, showShape } from "./graph.ts";

export class Builder {
  readonly #ops: Readonly<Record<string, AnyOp>>;
  readonly #interned = new Map<string, Node>();
  readonly #ids = new Map<object, number>();
  /** Which layer first asked for a node. */
  readonly origins = new Map<Node, string>();
  /** Recorded for every node made from now on. */
  origin = "";

  constructor(ops: Readonly<Record<string, AnyOp>>) {
    this.#ops = ops;
  }

  /** The node `op(...inputs, attrs)`. Throws CompileError when attributes or shapes do not fit. */
  node(name: string, inputs: readonly Node[], attrs: Attrs = {}): Node {
    if (!Object.hasOwn(this.#ops, name)) throw new CompileError({ code: "op/unknown", path: "", message: `there is no op ${JSON.stringify(name)}` });
    const op = this.#ops[name];
    const [least, most] = typeof op.arity === "number" ? [op.arity, op.arity] : op.arity;
    if (inputs.length < least || inputs.length > most) internal(`${name} takes ${least}..${most} inputs, not ${inputs.length}`);
    const parsed = op.attrs.safeParse(attrs);
    if (!parsed.success) {
      throw new CompileError({ code: "op/attrs", path: "", message: `${name}: ${parsed.error.issues[0].message} at ${parsed.error.issues[0].path.join(".")}` });
    }
    const checked: Attrs = parsed.data;
    const key = `${name}(${inputs.map((input) => this.#id(input)).join()})${this.#key(checked)}`;
    const known = this.#interned.get(key);
    if (known !== undefined) return known;
    const made: Node = Object.freeze({ op: name, inputs: Object.freeze([...inputs]), attrs: checked, type: op.type(inputs.map((input) => input.type), checked) });
    this.#interned.set(key, made);
    if (this.origin !== "") this.origins.set(made, this.origin);
    return made;
  }

  #id(object: object): number {
    let id = this.#ids.get(object);
    if (id === undefined) this.#ids.set(object, (id = this.#ids.size));
    return id;
  }

  // JSON would lose NaN, −0 and ±∞; keys are sorted so that order of writing does not matter.
  #key(value: Attrs[string]): string {
    if (isGraph(value)) return `graph#${this.#id(value)}`;
    if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
    if (Array.isArray(value)) return `[${value.map((item) => this.#key(item)).join()}]`;
    if (typeof value === "object" && value !== null) {
      const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
      return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${this.#key(item)}`).join()}}`;
    }
    return JSON.stringify(value);
  }
}

/** `add([n, 3], [n, 4])`, for messages. */
export const showCall = (name: string, inputs: readonly Node[]): string => `${name}(${inputs.map((input) => showShape(input.type.shape)).join(", ")})`;
