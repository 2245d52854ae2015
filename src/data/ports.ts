// What data fill in a model. In: a Model. Out: its inputs, and what its losses hold its outputs against. Guarantee: what a loss takes is read
// off the loss itself, so a new one needs no line here.
import { internal } from "../../compiler/diagnostics/error.ts";
import { lossesOf } from "../../compiler/front/losses.ts";
import { resolve } from "../../compiler/front/steps.ts";
import type { Model } from "../../compiler/model.ts";
import { withStandIns } from "../adapt.ts";
import type { InputPort, TargetPort } from "./assign.ts";

/** Layers that adapt to data need not have done so. Throws CompileError where the model does not resolve, or names no loss. */
export function portsOf(model: Model): { readonly inputs: readonly InputPort[]; readonly targets: readonly TargetPort[] } {
  const { inputs, outputs, targets } = resolve(withStandIns(model)).evaluate();
  const { training = internal("a model without a loss was resolved for one") } = model;
  const losses = lossesOf(training, outputs);
  return {
    inputs: inputs.map(({ name, shape, type }) => ({ name, shape, ...(type === undefined ? {} : { type }) })),
    targets: targets.map(({ name, shape, range }): TargetPort => {
      const loss = losses.find(({ port }) => port === name) ?? internal(`the output ${name} has no loss`);
      const output = outputs.find((one) => one.name === name) ?? internal(`there is no output ${name}`);
      const names = namesOf(model, name);
      return {
        name,
        shape,
        takes: range === undefined ? kindOf(loss.item.takes, output.shape) : "index",
        classes: output.shape.at(-1) ?? 1,
        ...(range?.ignore === undefined ? {} : { ignore: range.ignore }),
        ...(names === undefined ? {} : { names }),
      };
    }),
  };
}

/** What stands in a target, by what the loss takes the output for. */
const kinds: Readonly<Record<string, TargetPort["takes"]>> = {
  probabilities: "probabilities",
  distribution: "distribution",
  numbers: "numbers",
  any: "numbers",
};
/** Shares of either kind are one class of many where there are several. */
const kindOf = (takes: string, shape: readonly number[]): TargetPort["takes"] =>
  kinds[takes] ?? ((shape.at(-1) ?? 1) > 1 ? "distribution" : "probabilities");

/** Names of the classes of an output; where there is one output its names alone. */
function namesOf({ about }: Model, output: string): readonly string[] | undefined {
  const classes = about?.classes as readonly string[] | Readonly<Record<string, readonly string[]>> | undefined;
  if (classes === undefined || Array.isArray(classes)) return classes as readonly string[] | undefined;
  const byPort = classes as Readonly<Record<string, readonly string[]>>;
  return Object.hasOwn(byPort, output) ? byPort[output] : undefined;
}
