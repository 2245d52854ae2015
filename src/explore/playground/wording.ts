// The words in which a text is refused. In: a value, or a name. Out: what people call it, and what to write instead.
import { layers } from "../../../compiler/layers/index.ts";

/** What may stand in a text. */
export const dataHint = `a model here is data: lists, objects, numbers, constants, Math, and the factories of layerc (${layers.size} layers, sequential, model, reuse)`;
/** What a text is made of. */
export const statementHint = "a model here is const lines and `export default sequential([…])`";
/** Why a name of `Math` is left out. */
export const mathHint = (name: string): string | undefined =>
  name === "random" ? "the seed of a model decides what is random: { seed: 1 }" : undefined;

/** A value in a message. */
export const describe = (value: unknown): string =>
  value === null || value === undefined
    ? String(value)
    : typeof value === "function"
      ? "a function"
      : Array.isArray(value)
        ? "a list"
        : typeof value === "object"
          ? "an object"
          : `the ${typeof value} ${JSON.stringify(value)}`;
