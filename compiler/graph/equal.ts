// When two Graphs are the same: equal as terms, whatever objects their nodes are. In: two Graphs, from any builders.
// Out: a yes or no. Guarantee: NaN equals NaN, −0 differs from 0; the order of attribute keys and how often an equal node was
// made do not matter; names, the order of results and updates, and types do.
import { attrsKey } from "./attrs.ts";
import type { Graph, Node, Type } from "./graph.ts";
import { showOrigin } from "./origin.ts";

/** What counts. */
export interface EqualOptions {
  /** Compare origins too (the default). */
  readonly origins?: boolean;
}

/** Whether a and b compute the same by the same ops under the same names, scan bodies included. */
export function equalGraphs(a: Graph, b: Graph, { origins = true }: EqualOptions = {}): boolean {
  const numbers = new Numbers(origins);
  return numbers.graph(a) === numbers.graph(b);
}

/** Numbers for terms: equal op, inputs, attributes and type have one number. */
class Numbers {
  readonly #origins: boolean;
  readonly #terms = new Map<string, number>();
  readonly #nodes = new Map<Node, number>();
  readonly #graphs = new Map<Graph, number>();

  constructor(origins: boolean) {
    this.#origins = origins;
  }

  graph(graph: Graph): number {
    const known = this.#graphs.get(graph);
    if (known !== undefined) return known;
    for (const node of graph.nodes) this.#node(node);
    const roots = (list: Graph["results"]) => list.map(([name, node]) => [name, this.#node(node)]);
    // An origin is a fact about a term, whatever order the nodes are in; equal nodes that were made twice count once.
    const origins = this.#origins
      ? [...graph.origins].map(([node, origin]) => JSON.stringify([this.#node(node), showOrigin(origin)])).sort()
      : [];
    const number = this.#number(
      `graph ${JSON.stringify([graph.name, roots(graph.results), roots(graph.updates), [...new Set(origins)]])}`,
    );
    this.#graphs.set(graph, number);
    return number;
  }

  /** Operands stand before users in every graph, so recursion is shallow. */
  #node(node: Node): number {
    const known = this.#nodes.get(node);
    if (known !== undefined) return known;
    const inputs = node.inputs.map((input) => this.#node(input));
    const number = this.#number(
      `${JSON.stringify(node.op)}(${inputs.join()})${attrsKey(node.attrs, (body) => this.graph(body))}:${typeKey(node.type)}`,
    );
    this.#nodes.set(node, number);
    return number;
  }

  #number(term: string): number {
    const known = this.#terms.get(term);
    if (known !== undefined) return known;
    this.#terms.set(term, this.#terms.size);
    return this.#terms.size - 1;
  }
}

const typeKey = ({ shape, items }: Type): string =>
  `[${shape.join()}]${items === undefined ? "" : `(${items.map(typeKey).join()})`}`;
