// Whether a mask is one that Keras hands on by itself. In: the layers of a functional config. Out: for a tensor that stands as `mask`, yes or
// no. Guarantee: yes only where all it is computed from are the conditions of an Embedding or a Masking layer on what that layer takes.
//
//   Embedding, mask_zero     NotEqual(ids, 0)                        OnesLike(x), ZerosLike(x)     of whatever: x counts for nothing
//   Masking                  Any(NotEqual(x, mask_value))            any other operation           of such masks alone
import { camelCase } from "../../../compiler/diagnostics/check.ts";
import { isOperation, type Listed, type Reference, tensorsIn } from "./references.ts";
import { knownLayer } from "./values.ts";

/** Operations that give a shape, and the same numbers whatever they take. */
const shapes: ReadonlySet<string> = new Set(["OnesLike", "ZerosLike"]);

const keyOf = (from: Reference): string => JSON.stringify(from);
const conditionOf = (from: Reference, mark: unknown): string => JSON.stringify([from, mark]);

/** Tells Keras' own masks among tensors of these layers. */
export function masksOf(layers: readonly Listed[]): (from: Reference) => boolean {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const conditions = new Set<string>();
  for (const one of layers) {
    const config = Object.fromEntries(Object.entries(one.config).map(([key, value]) => [camelCase(key), value]));
    const mark = knownLayer(one)?.marksNothing?.(config);
    if (typeof mark !== "number") continue;
    for (const { args, kwargs } of one.nodes)
      for (const taken of tensorsIn(args[0] ?? kwargs.inputs)) conditions.add(conditionOf(taken, mark));
  }
  const isCondition = (kind: string, args: readonly unknown[]): boolean => {
    const [taken, ...others] = tensorsIn(args);
    return kind === "NotEqual" && others.length === 0 && conditions.has(conditionOf(taken, args[1]));
  };
  return (mask) => {
    const seen = new Set<string>();
    const waiting = [mask];
    for (let from = waiting.pop(); from !== undefined; from = waiting.pop()) {
      const layer = byName.get(from[0]);
      const node = layer?.nodes[from[1]];
      if (seen.has(keyOf(from))) continue;
      seen.add(keyOf(from));
      if (layer === undefined || node === undefined || !isOperation(layer)) return false;
      if (shapes.has(layer.class_name) || isCondition(layer.class_name, node.args)) continue;
      const under = [...tensorsIn(node.args), ...tensorsIn(node.kwargs)];
      if (under.length === 0) return false;
      waiting.push(...under);
    }
    return true;
  };
}
