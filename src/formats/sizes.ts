// Sizes that a file leaves open, from whoever opens it. In: a model whose inputs have sizes of null, and shapes of samples. Out: the model
// with these shapes, where they fit what the file says.
import { CompileError } from "../../compiler/diagnostics/error.ts";
import type { Model } from "../../compiler/model.ts";
import type { Given } from "./define.ts";

type Shape = readonly (number | null)[];

/** The model with the sizes that `inputShape` gives. Throws CompileError format/spec where a shape contradicts the file. */
export function withSizes(model: Model, { inputShape }: Given): Model {
  if (inputShape === undefined) return model;
  const { inputs, layers } = model;
  if (inputs !== undefined)
    return {
      ...model,
      inputs: inputs.map((input) => ({
        ...input,
        shape: sized(input.shape, of(inputShape, input.name, inputs.length), input.name),
      })),
    };
  const [first, ...rest] = layers;
  if (first === undefined) return model;
  const shape = of(inputShape, "x", 1);
  if (shape === undefined) return model;
  if (first.layer !== "input") return { ...model, layers: [{ layer: "input", config: { shape: [...shape] } }, ...layers] };
  return {
    ...model,
    layers: [{ ...first, config: { ...first.config, shape: sized(first.config.shape as Shape, shape, "x") } }, ...rest],
  };
}

/** The shape of an input: by its name, or the only one. */
function of(given: NonNullable<Given["inputShape"]>, name: string, inputs: number): readonly number[] | undefined {
  if (isList(given)) return inputs === 1 ? given : undefined;
  return Object.hasOwn(given, name) ? given[name] : inputs === 1 ? Object.values(given)[0] : undefined;
}
const isList = (given: NonNullable<Given["inputShape"]>): given is readonly number[] => Array.isArray(given);

function sized(stated: Shape, given: readonly number[] | undefined, name: string): number[] {
  // What nobody states the compiler will name.
  if (given === undefined) return stated as number[];
  const fits = stated.length === given.length && stated.every((size, axis) => size === null || size === given[axis]);
  if (fits) return [...given];
  const show = (shape: Shape): string => `[${shape.map((size) => size ?? "?").join(", ")}]`;
  throw new CompileError({
    code: "format/spec",
    path: `inputs.${name}`,
    message: `the input ${JSON.stringify(name)} has the shape ${show(stated)} in the file, found ${show(given)}`,
    hint: "give numbers where the file has none",
  });
}
