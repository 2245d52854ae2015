// The Graph: typed SSA nodes without loops, over float32 tensors. It says what is computed, never how.
// In: nothing (types only). Guarantee: a node is immutable; equal nodes of one builder are one object (interned), so
// identity is equality, common subexpressions are shared by construction, and dead nodes cannot be reached.
import type { Origin } from "./origin.ts";

/** A size. `n`, the number of rows of the batch, stands only on axis 0 and is never merged, sliced, moved or concatenated. */
export type Size = number | "n";
/** Sizes, outermost axis first; `[]` is a single number. */
export type Shape = readonly Size[];

/** The type of a value: a float32 tensor of `shape`; or, where `items` is given, a bundle that only `pick` may take apart. */
export interface Type {
  readonly shape: Shape;
  readonly items?: readonly Type[];
}

/** Op attributes: JSON, or the body Graph of a `scan`. */
export type AttrValue = number | string | boolean | null | Graph | readonly AttrValue[] | { readonly [key: string]: AttrValue };
/** Attributes by name, as the op's schema lets them through. */
export type Attrs = { readonly [key: string]: AttrValue };

/** A value: what op made it of which values. Frozen; made by a Builder alone. */
export interface Node {
  readonly op: string;
  readonly inputs: readonly Node[];
  readonly attrs: Attrs;
  readonly type: Type;
}

/** What a Graph asks of an op: everything else about ops is none of its business. */
export interface OpRules {
  /** Number of inputs, or [least, most]. */
  readonly arity: number | readonly [least: number, most: number];
  /** Accepts an op's attributes, or says what is wrong with them. */
  readonly attrs: {
    safeParse(attrs: unknown):
      | { readonly success: true; readonly data: Attrs }
      | {
          readonly success: false;
          readonly error: { readonly issues: readonly { readonly message: string; readonly path: readonly PropertyKey[] }[] };
        };
  };
  /** The result's type; throws CompileError (shape/…) with both facts when the inputs do not fit. */
  type(inputs: readonly Type[], attrs: Attrs): Type;
}
/** The ops a Graph may have, by name. */
export type Ops = Readonly<Record<string, OpRules>>;

/**
 * One step of a machine: inputs, params and state in (nodes of those ops), results out, and updates that give a param or
 * state its next value. Updates read the old values.
 */
export interface Graph {
  readonly name: string;
  /** Every node reachable from results and updates, operands first, in a fixed order. */
  readonly nodes: readonly Node[];
  readonly results: readonly (readonly [name: string, value: Node])[];
  readonly updates: readonly (readonly [param: string, value: Node])[];
  /** Which layer a node came from, e.g. `layers[1] dense "hidden"`. Beside the node: two layers may share one node. */
  readonly origins: ReadonlyMap<Node, Origin>;
}

/** A Graph from its roots: collects reachable nodes, operands before users, in depth-first order. */
export function graph(
  name: string,
  results: Graph["results"],
  updates: Graph["updates"] = [],
  origins: ReadonlyMap<Node, Origin> = new Map(),
): Graph {
  const nodes: Node[] = [];
  const seen = new Set<Node>();
  // An explicit stack: a deep model must not overflow the call stack.
  for (const [, root] of [...results, ...updates]) {
    const stack: { node: Node; next: number }[] = [{ node: root, next: 0 }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (seen.has(top.node)) {
        stack.pop();
      } else if (top.next < top.node.inputs.length) {
        stack.push({ node: top.node.inputs[top.next++], next: 0 });
      } else {
        seen.add(top.node);
        nodes.push(top.node);
        stack.pop();
      }
    }
  }
  const kept = new Map([...origins].filter(([node]) => seen.has(node)));
  return { name, nodes, results, updates, origins: kept };
}

/** The number of elements; 1 for a single number. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
/** Whether axis 0 is the rows of the batch. */
export const isBatched = (type: Type): boolean => type.shape[0] === "n";
/** Whether two shapes agree in every size; n agrees with n alone. */
export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((size, axis) => size === b[axis]);
/** `[n, 4]`, for messages. */
export const showShape = (shape: Shape): string => `[${shape.join(", ")}]`;
/** The shape with `n` bound to a number of rows. */
export const bindShape = (shape: Shape, rows: number): number[] => shape.map((size) => (size === "n" ? rows : size));
/** Whether an attribute is a body: no other attribute has nodes and results. */
export const isGraph = (value: AttrValue | undefined): value is Graph =>
  typeof value === "object" && value !== null && "nodes" in value && "results" in value;
/** The nodes of one op, in graph order. */
export const nodesOf = (g: Graph, op: string): readonly Node[] => g.nodes.filter((node) => node.op === op);
