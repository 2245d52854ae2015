// Sizes that a file leaves open, from whoever opens it. In: a model whose inputs have sizes of null, or whose first line states no shape, and
// shapes of samples. Out: the model with these shapes.
// Guarantee: a shape that contradicts what the model says is an error, and so is one that nothing asks for.
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { isPlain } from "../../compiler/diagnostics/plain.ts";
import { suggestionFor } from "../../compiler/diagnostics/suggest.ts";
import { nested } from "../../compiler/front/lines.ts";
import { layers as known } from "../../compiler/layers/index.ts";
import type { LayerSpec, Model } from "../../compiler/model.ts";
import type { Given } from "./define.ts";
import { withTextLength } from "./text-length.ts";

type Shape = readonly (number | null)[];
/** Shapes of samples. */
export type Shapes = NonNullable<Given["inputShape"]>;

/** The model with the sizes that `inputShape` and `textLength` give. Throws CompileError format/size where they do not fit. */
export function withSizes(whole: Model, { inputShape: given, ...more }: Given): Model {
  const model = withTextLength(whole, more);
  if (given === undefined) return model;
  const { graph, inputs, layers } = model;
  if (graph !== undefined) throw wrong("graph", "a Graph states the shapes of its inputs");
  if (inputs !== undefined) {
    const names = inputs.map(({ name }) => name);
    const of = shapesOf(given, names);
    return {
      ...model,
      inputs: inputs.map((input) => ({ ...input, shape: sized(input.shape, of(input.name), `inputs.${input.name}`) })),
    };
  }
  const shape = shapesOf(given, ["x"])("x");
  return shape === undefined || layers.length === 0 ? model : { ...model, layers: withFirst(layers, shape, "layers") };
}

/** A shape for each name; undefined where none is given. Throws CompileError format/size for a name that no input has. */
export function shapesOf(given: Shapes, names: readonly string[]): (name: string) => readonly number[] | undefined {
  if (isList(given)) {
    if (names.length === 1) return () => given;
    throw wrong(
      "inputs",
      `the model has ${names.length} inputs`,
      `say whose it is: --input-shape ${names[0]}=${given.join(",")}`,
    );
  }
  const strange = Object.keys(given).find((name) => !names.includes(name));
  if (strange !== undefined) throw wrong("inputs", `there is no input ${JSON.stringify(strange)}`, suggestionFor(strange, names));
  return (name) => (Object.hasOwn(given, name) ? given[name] : undefined);
}
const isList = (given: Shapes): given is readonly number[] => Array.isArray(given);

/** The lines of a chain with the shape on the first; where that is a model, on its first line or its input. */
function withFirst([first, ...rest]: readonly LayerSpec[], shape: readonly number[], path: string): readonly LayerSpec[] {
  // What is no line at all, the compiler names.
  if (!isPlain(first) || !isPlain(first.config)) return [first, ...rest];
  return [{ ...first, config: stated(first, first.config, shape, `${path}[0]`) }, ...rest];
}

function stated(
  { layer }: LayerSpec,
  config: Readonly<Record<string, unknown>>,
  shape: readonly number[],
  path: string,
): Readonly<Record<string, unknown>> {
  const { layers, inputs, inputShape } = config;
  if (known.get(layer)?.declares !== undefined) return { ...config, shape: sized(config.shape as Shape, shape, `${path}.shape`) };
  if (Array.isArray(inputs) && inputs.length === 1 && isPlain(inputs[0]))
    return { ...config, inputs: [{ ...inputs[0], shape: sized(inputs[0].shape as Shape, shape, `${path}.inputs`) }] };
  if (Object.hasOwn(nested, layer) && Array.isArray(layers) && layers.length > 0 && inputs === undefined)
    return { ...config, layers: withFirst(layers as readonly LayerSpec[], shape, `${path}.layers`) };
  return { ...config, inputShape: inputShape === undefined ? shape : sized(inputShape as Shape, shape, path) };
}

/** What is stated, with numbers where it has none. */
function sized(told: Shape, given: readonly number[] | undefined, path: string): readonly number[] {
  // What nobody gives the compiler will name.
  if (given === undefined) return told as number[];
  const fits =
    Array.isArray(told) && told.length === given.length && told.every((size, axis) => size === null || size === given[axis]);
  if (fits) return given;
  const show = (shape: Shape): string => `[${shape.map((size) => size ?? "?").join(", ")}]`;
  throw wrong(
    path,
    `the model states its input shape itself: ${Array.isArray(told) ? show(told) : "another"}, found ${show(given)}`,
  );
}

function wrong(path: string, message: string, hint = "--input-shape is for sizes that the model leaves open"): CompileError {
  return new CompileError({ code: "format/size", path, message, hint });
}
