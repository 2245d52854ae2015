// Building Graphs: one method call makes one typed node. In: the list of ops. Out: nodes, interned: equal op, inputs and
// attributes are one object, so common subexpressions exist once.
import { CompileError, internal } from "../diagnostics/error.ts";
import { attrsKey } from "./attrs.ts";
import { type Attrs, type Node, type OpRules, type Ops, showShape, type Type } from "./graph.ts";
import { type Origin, withRole } from "./origin.ts";

/** Makes the nodes of one Graph. Nodes of two builders never mix: `copyInto` carries a Graph over. */
export class Builder {
  /** The ops its nodes may have, by name. */
  readonly ops: Ops;
  // Key of a node → the node: an op's name, the numbers of its inputs, and its attributes written out.
  readonly #interned = new Map<string, Node>();
  readonly #ids = new Map<object, number>();
  /** Every node so far, in the order in which they were made. */
  readonly made: Node[] = [];
  /** Which layer first asked for a node. */
  readonly origins = new Map<Node, Origin>();
  /** Recorded for every node made from now on. */
  origin: Origin | undefined;

  constructor(ops: Ops) {
    this.ops = ops;
  }

  /** The node `op(...inputs, attrs)`. Throws CompileError when attributes or shapes do not fit. */
  node(name: string, inputs: readonly Node[], attrs: Attrs = {}): Node {
    if (!Object.hasOwn(this.ops, name))
      throw new CompileError({ code: "op/unknown", path: "", message: `there is no op ${JSON.stringify(name)}` });
    const op: OpRules = this.ops[name];
    const [least, most] = typeof op.arity === "number" ? [op.arity, op.arity] : op.arity;
    if (inputs.length < least || inputs.length > most) internal(`${name} takes ${least}..${most} inputs, not ${inputs.length}`);
    const parsed = op.attrs.safeParse(attrs);
    if (!parsed.success) {
      throw new CompileError({
        code: "op/attrs",
        path: "",
        message: `${name}: ${parsed.error.issues[0].message} at ${parsed.error.issues[0].path.join(".")}`,
      });
    }
    const checked: Attrs = parsed.data;
    return this.#intern(name, inputs, checked, () =>
      op.type(
        inputs.map((input) => input.type),
        checked,
      ),
    );
  }

  /** What `make` builds, as a part of the layer that is recorded: `as("gates", () => …)`. */
  as<T>(role: string, make: () => T): T {
    const outer = this.origin;
    this.origin = outer && withRole(outer, role);
    const made = make();
    this.origin = outer;
    return made;
  }

  /** `node` with other inputs of the same types. Trusted: nothing is checked again. */
  copy(node: Node, inputs: readonly Node[]): Node {
    return this.#intern(node.op, inputs, node.attrs, () => node.type);
  }

  #intern(op: string, inputs: readonly Node[], attrs: Attrs, type: () => Type): Node {
    const key = `${op}(${inputs.map((input) => this.#id(input)).join()})${attrsKey(attrs, (body) => this.#id(body))}`;
    const known = this.#interned.get(key);
    if (known !== undefined) return known;
    const made: Node = Object.freeze({ op, inputs: Object.freeze([...inputs]), attrs, type: type() });
    this.#interned.set(key, made);
    this.made.push(made);
    if (this.origin !== undefined) this.origins.set(made, this.origin);
    return made;
  }

  #id(object: object): number {
    const id = this.#ids.get(object) ?? this.#ids.size;
    this.#ids.set(object, id);
    return id;
  }
}

/** `add([n, 3], [n, 4])`, for messages. */
export const showCall = (name: string, inputs: readonly Node[]): string =>
  `${name}(${inputs.map((input) => showShape(input.type.shape)).join(", ")})`;
