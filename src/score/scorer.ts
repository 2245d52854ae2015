// A module as engines call it. In: an artifact's code, the ports. Out: a function from arrays of values to arrays of answers.
import type { Port } from "../../compiler/artifact.ts";
import type { About } from "../../compiler/model.ts";
import { load, type PortPredictor } from "../../runtime/load.ts";
import type { Scorer, Values } from "./define.ts";

/** What a process needs to compute by a model: plain data. */
export interface ModelParts {
  readonly code: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly about?: About;
}

/** The module, running. */
export function scorerOf({ code, inputs, outputs, about }: ModelParts): Scorer {
  const { predict } = load<PortPredictor>({ code });
  return {
    ...{ inputs, outputs, about },
    answer: (x) => {
      const y = predict(
        (inputs.length === 1 ? x[0] : Object.fromEntries(inputs.map(({ name }, i) => [name, x[i]]))) as Float32Array,
      );
      return outputs.length === 1 ? [y as Values] : outputs.map(({ name }) => (y as Readonly<Record<string, Values>>)[name]);
    },
  };
}
