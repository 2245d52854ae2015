// Whether a mask is one that Keras hands on by itself. In: the layers of a functional config. Out: for a tensor that stands as `mask`, yes or
// no. Guarantee: yes only where all it is computed from are the conditions of an Embedding or a Masking layer on what that layer takes.
//
//   Embedding, mask_zero     NotEqual(ids, 0)                        OnesLike(x), ZerosLike(x)     of whatever: x counts for nothing
//   Masking                  Any(NotEqual(x, mask_value))            any other operation           of such masks alone
import { isOperation, type Listed, type Reference, tensorsIn } from "./references.ts";

/** The number that a layer takes for "nothing here", where it makes a mask. */
const marks: Readonly<Record<string, (config: Listed["config"]) => unknown>> = {
  Embedding: ({ mask_zero }) => (mask_zero === true ? 0 : undefined),
  Masking: ({ mask_value }) => mask_value,
};

/** Operations that give a shape, and the same numbers whatever they take. */
const shapes: ReadonlySet<string> = new Set(["OnesLike", "ZerosLike"]);

const keyOf = (from: Reference): string => JSON.stringify(from);

/** Tells Keras' own masks among tensors of these layers. */
export function masksOf(layers: readonly Listed[]): (from: Reference) => boolean {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const conditions = new Set<string>();
  for (const { class_name: kind, config, nodes } of layers) {
    const mark = Object.hasOwn(marks, kind) ? marks[kind](config) : undefined;
    if (mark === undefined) continue;
    for (const { args } of nodes) for (const taken of tensorsIn(args[0])) conditions.add(`${keyOf(taken)} ${Number(mark)}`);
  }
  const isCondition = (kind: string, args: readonly unknown[]): boolean => {
    const [taken, ...others] = tensorsIn(args);
    return kind === "NotEqual" && others.length === 0 && conditions.has(`${keyOf(taken)} ${Number(args[1])}`);
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
