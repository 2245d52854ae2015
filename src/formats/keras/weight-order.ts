// The order in which Keras counts the weights of a model. In: weights in the order of our lines, which is that of calls. Out: the same in the
// order of the file's layers, those of models within where the model stands.
import type { Lines } from "./model.ts";

/** Weights in the file's order. */
export function inFileOrder<W extends { readonly name: string }>(
  weights: readonly W[],
  { listed }: Pick<Lines, "listed">,
): readonly W[] {
  // A model before those within.
  const models = [...listed].sort(([a], [b]) => a.length - b.length);
  const ranks = new Map(weights.map(({ name }) => [name, rankOf(name, models)]));
  // A sort keeps what is equal: a layer's own weights are in order already.
  return [...weights].sort((a, b) => compared(ranks.get(a.name) ?? [], ranks.get(b.name) ?? []));
}

/** The place of its layer in the model, then of that within in its own. */
function rankOf(weight: string, models: readonly (readonly [prefix: string, names: readonly string[]])[]): readonly number[] {
  return models.flatMap(([prefix, names]) => {
    if (!weight.startsWith(prefix)) return [];
    const rest = weight.slice(prefix.length);
    // A name may begin like another, and hold a slash.
    const found = names.reduce((best, name, i) => {
      const isIts = rest.startsWith(`${name}/`);
      return isIts && (best < 0 || name.length > names[best].length) ? i : best;
    }, -1);
    return found < 0 ? [] : [found];
  });
}

function compared(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((place, i) => place !== b[i]);
  return at < 0 || b[at] === undefined ? 0 : a[at] - b[at];
}
