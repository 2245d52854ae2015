// The metrics as a table, and what `accuracy` means for an output. Derived from the list; nothing to add here.
import * as z from "zod";
import { showValue } from "../../diagnostics/check.ts";
import { CompileError } from "../../diagnostics/error.ts";
import { suggestionFor } from "../../diagnostics/suggest.ts";
import { sameShape } from "../../graph/graph.ts";
import type { Metric } from "../define.ts";
import { losses } from "../losses/index.ts";
import { named } from "../named.ts";
import * as list from "./list.ts";

const noConfig = z.strictObject({});

const metrics: ReadonlyMap<string, Pick<Metric, "name" | "values">> = new Map([
  ...Array.from(losses, ([name, loss]): [string, Pick<Metric, "name" | "values">] => [
    name,
    { name: loss.name, values: (g, site) => loss.lower(g, { ...site, config: loss.config.parse({}) }).values },
  ]),
  ...named(Object.values(list).map((metric) => ({ ...metric, config: noConfig }))),
]);

/**
 * What a name means for an output of `output` and a target of `target` (shapes of a sample). `accuracy` is binary for single numbers,
 * sparse where the target has no axis of classes, categorical else, as in Keras. Throws CompileError training/spec.
 */
export function metricOf(
  name: unknown,
  output: readonly number[],
  target: readonly number[],
  path: string,
): Pick<Metric, "name" | "values"> {
  const short = name === "accuracy" || name === "acc";
  const meant = !short
    ? name
    : output.at(-1) === 1
      ? "binary_accuracy"
      : sameShape(output, target)
        ? "categorical_accuracy"
        : "sparse_categorical_accuracy";
  const found = typeof meant === "string" ? metrics.get(meant) : undefined;
  if (found !== undefined) return found;
  const known = ["accuracy", ...metrics.keys()];
  const hint = typeof name === "string" ? suggestionFor(name, known) : 'give a name, such as "accuracy"';
  throw new CompileError({ code: "training/spec", path, message: `there is no metric ${showValue(name)}`, hint });
}
