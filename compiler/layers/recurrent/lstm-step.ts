// One step of an LSTM as the body of a scan. In: carry0 = h, carry1 = c, x0 = x · kernel + bias for the gates i, f, c, o side by side,
// x1 = the step's mask (if any), closed0 = the recurrent kernel, closed1 = noise on h (if any). Out: h and c.
//
//   z = x0 + h · U      [n, 4u] = [ i | f | c | o ]      each u wide, in Keras' order
//   i, f, o = ρ(z…)     ρ the recurrent activation, a the activation
//   c′ = f · c + i · a(z_c)          h′ = o · a(c′)          a masked row keeps h and c
import { type Graph, graph, type Node } from "../../graph/graph.ts";
import type { Origin } from "../../graph/origin.ts";
import { begin } from "../../ops/index.ts";
import { type ActivationName, activate } from "../activations.ts";
import { matmul } from "../shared.ts";

interface Config {
  readonly units: number;
  readonly activation: ActivationName | null;
  readonly recurrentActivation: ActivationName | null;
}

/**
 * The body: results carry0 = h′ and carry1 = c′, both [n, units]. `isMasked` and `drops` say whether it reads x1 and closed1;
 * `origin` is the layer's, for its nodes.
 */
export function lstmStep(
  { units, activation, recurrentActivation }: Config,
  { isMasked, drops, origin }: { readonly isMasked: boolean; readonly drops: boolean; readonly origin: Origin | undefined },
): Graph {
  const g = begin();
  g.builder.origin = origin;
  const [h, c] = ["carry0", "carry1"].map((name) => g.input({ name, shape: ["n", units] }));
  const recurrent = g.input({ name: "closed0", shape: [units, 4 * units] });
  // Recurrent dropout touches the h that the gates see; the h that a masked step keeps stays whole.
  const seen = drops ? g.mul(h, g.input({ name: "closed1", shape: ["n", units] })) : h;
  const sums = g.as("gates", () => g.add(g.input({ name: "x0", shape: ["n", 4 * units] }), matmul(g, seen, recurrent)));
  const gate = (k: number): Node => g.slice(sums, { starts: [0, k * units], sizes: ["n", units] });
  const [i, f, o] = [0, 1, 3].map((k) => activate(g, recurrentActivation, gate(k)));
  const nextC = g.as("c", () => g.add(g.mul(f, c), g.mul(i, activate(g, activation, gate(2)))));
  const nextH = g.as("h", () => g.mul(o, activate(g, activation, nextC)));
  const mask = isMasked ? g.broadcast(g.input({ name: "x1", shape: ["n"] }), { shape: ["n", units], axes: [0] }) : undefined;
  const keep = (role: string, next: Node, old: Node): Node =>
    mask === undefined ? next : g.as(role, () => g.select(mask, next, old));
  const [keptH, keptC] = [keep("h", nextH, h), keep("c", nextC, c)];
  return graph(
    "lstm",
    [
      ["carry0", keptH],
      ["carry1", keptC],
    ],
    [],
    g.builder.origins,
  );
}
