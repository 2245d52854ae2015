// What a layer is: Keras' name, a schema, its weights, and how it is lowered to Graph. There is no shape function: the
// output shape is the type of what `lower` builds. The schema gives the factory's type, the validation, the documentation
// and the test generator. A layer is its own factory: `dense({ units: 4 })` makes a line of a model.
import type * as z from "zod";
import type { Random } from "../base/random.ts";
import type { FixedKeys } from "../diagnostics/check.ts";
import { isPlain } from "../diagnostics/plain.ts";
import type { Encoded, Words } from "../encode/define.ts";
import type { Node } from "../graph/graph.ts";
import type { LayerSpec } from "../model.ts";
import type { G } from "../ops/index.ts";
import { constraintNeeds } from "../training/constraints/index.ts";
import type { ConstraintSpec, Fans, InitializerSpec, RegularizerSpec } from "../training/define.ts";
import { regularizerNeeds } from "../training/regularizers/index.ts";
import type { RegularizerInput } from "../training/specs/regularizers.ts";
import type { Cell } from "./cell.ts";
import type { InTime } from "./stream.ts";

/** A weight of a layer. `shape` has no batch axis; `initializer` as in Keras: a name or {name, ...config}. */
export interface WeightSpec {
  /** Keras' name: kernel, bias, gamma, … */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: InitializerSpec;
  /** The numbers `from` ≤ i < `to`, row-major, start otherwise: a forget gate's bias at 1. */
  readonly except?: { readonly from: number; readonly to: number; readonly initializer: InitializerSpec };
  /** What scales its initial numbers, where the axes of `shape` do not say which are inputs: an einsum's kernel. */
  readonly fans?: Fans;
  readonly trainable: boolean;
  /** What its keys in the config begin with: recurrent. */
  readonly key?: string;
  /** What it adds to the loss while it is trained. */
  readonly regularizer?: RegularizerSpec | null;
  /** Where it is moved to after each update. */
  readonly constraint?: ConstraintSpec | null;
  /** Keras' folder for it in the files, below the layer's own: `cell`, `query_dense`. Default: the layer's own. */
  readonly within?: string;
  /** Its number among the variables there, where those before it are another layer's too. Default: the next. */
  readonly at?: number;
}

/** What a Keras file holds of a layer beside its config. */
export interface Saved {
  /** The numbers of `vars/0, 1, …` in a folder below the layer's own ("" for that), in their order; none where there are none. */
  readonly variables: (within?: string) => readonly Float32Array[];
  /** A text among the assets below the layer's folder, such as a vocabulary, or undefined. */
  readonly asset: (name: string) => string | undefined;
}

/** A problem with a config: where in it, what, and what to do. */
export interface Problem {
  readonly path: string;
  readonly message: string;
  readonly hint: string;
  /** Defaults to `layer/config`. */
  readonly code?: "layer/config" | "shape/mismatch" | "shape/rank";
}

/** Seed of a layer's noise, and the step counter as a Graph value. */
export interface Noise {
  readonly seed: number;
  readonly step: Node;
}

/** What a layer is lowered with: its inputs and weights as nodes of the Graph under construction. */
export interface Context<C> {
  /** The layer's first input, [n, ...]. */
  readonly x: Node;
  /** Keras' mask of the first input, [n, steps], 1 = keep. */
  readonly mask?: Node;
  /** All inputs, `x` the first of them. */
  readonly xs: readonly Node[];
  /** The mask of each input. */
  readonly masks: readonly (Node | undefined)[];
  /** By the names of `weights`; moving statistics included. */
  readonly weights: Readonly<Record<string, Node>>;
  readonly config: C;
  /** Keras' common key: a frozen layer's weights are not trained. */
  readonly trainable: boolean;
  /** Present in training mode only: the layer drops, adds noise, and uses the statistics of the batch. */
  readonly noise?: Noise;
  /** Lowers a wrapped layer over one input or several; `role` names it in weights and paths, e.g. "layer" or "forward_layer". */
  readonly child: (role: string, spec: LayerSpec, x: Node | readonly Node[], mask?: Node, more?: ChildOptions) => LayerResult;
  /** The same at each step of axis 1 of x, and of its mask: a layer or a model that knows nothing of steps. */
  readonly childAtEachStep: (role: string, spec: LayerSpec, x: Node, mask?: Node) => LayerResult;
  /** Lowers a wrapped cell over a sequence, which `run` says how. */
  readonly childCell: (
    cell: WrappedCell,
    run: (row: AnyLayer & { readonly cell: AnyCell }, own: AnyContext) => LayerResult,
  ) => LayerResult;
  /** What a state begins with: zeros; in a stream what the last call left. `shape` is without the batch axis. */
  readonly begin: (state: string, shape: readonly number[]) => Node;
  /** x [n, steps, …] behind so many steps before it: zeros; in a stream those that came last. */
  readonly past: (x: Node, count: number) => Node;
  /** A weight beside those of `weights`, whose shape only lowering tells. */
  readonly weight: (spec: WeightSpec) => Node;
}

/** What else is to be said of a wrapped layer. */
export interface ChildOptions {
  /** Its key in the config, for paths, where that is not its role. */
  readonly key?: string;
  readonly assign?: Assign;
}

/** A cell within a layer's config: `role` and `key` as in `child`. */
export interface WrappedCell {
  readonly role: string;
  readonly key: string;
  readonly spec: LayerSpec;
  readonly x: Node;
}

/**
 * New values of a wrapped layer's weights, made of their old ones before the layer reads them, by name: the optimizer updates what was
 * assigned, by the gradient for it. Asked as the weight is made, in all modes; what is not undefined counts in training.
 */
export type Assign = Readonly<Record<string, (old: Node) => Node | undefined>>;

/** What a layer gives: its output, and what else follows from it. */
export interface LayerResult {
  readonly y: Node;
  /** Further results, such as the state behind `"lstm:1"`; they carry no mask but where `moreMasks` has one at the same place. */
  readonly more?: readonly Node[];
  readonly moreMasks?: readonly (Node | undefined)[];
  /** undefined: the mask of the first input passes through; null: it ends here. */
  readonly mask?: Node | null;
  /** `y` are numbers of words: what leaves the layer is text, which only the model's outputs take. */
  readonly words?: Words;
  /** What each state that began by `begin` is after the last step, by its name. */
  readonly states?: Readonly<Record<string, Node>>;
  /** Scalars that join the loss. */
  readonly losses?: readonly Node[];
  /** What the common key `activityRegularizer` is about. Default: all results. */
  readonly activities?: readonly Node[];
  /** New values of non-trainable weights, by name. */
  readonly updates?: Readonly<Record<string, Node>>;
}

/** What a layer takes straight from a caller: an input of the model, of one sample. */
export interface Port {
  readonly shape: readonly number[];
  readonly isText: boolean;
}

/** A layer as a row of the table. Shapes in `legal` and `weights` are those of one sample, without the batch axis. */
export interface Layer<C extends object = object> {
  /** Keras' class name in camelCase. */
  readonly name: string;
  /** Keras' class name, e.g. MaxPooling2D. */
  readonly keras: string;
  /** Keras' own class, where it is exported under another name: default names and folders in files come from it. */
  readonly class?: string;
  /** One line for the documentation. */
  readonly says: string;
  readonly config: z.ZodType<C>;
  /** Keras' keys that are accepted at some values and change nothing. */
  readonly fixed?: FixedKeys;
  /** The shape of one sample, where the config states it (`input`); null for a size the user left open; `isText`: of texts. */
  readonly declares?: (config: C) => { readonly shape: readonly (number | null)[]; readonly isText: boolean };
  /** Where the input holds whole numbers: they are from 0 and below this. */
  readonly integers?: (config: C) => number | undefined;
  /** How many inputs a call has, at least and at most; without it one. */
  readonly takes?: readonly [least: number, most: number];
  /** Why no training step can have it. */
  readonly untrained?: string;
  /** What its inputs may be, in the order of Keras' arguments, where the key `takes` of its config tells them apart. */
  readonly roles?: readonly string[];
  /** Keys that in Keras are arguments of a call, with what they are when left out; `reuse` may give others. */
  readonly perCall?: Readonly<Record<string, unknown>>;
  /** Takes items of a caller, texts or whole numbers, which become numbers before the Graph: how, or why not; undefined: not with this config. */
  readonly encodes?: (config: C, inputs: readonly Port[]) => Encoded | Problem | undefined;
  /** Whether it is texts that it takes, for a layer which comes first and only says their shape. */
  readonly takesText?: (config: C) => boolean;
  /** Constraints across fields or on the inputs (shapes without the batch axis); undefined when all is well. */
  readonly legal?: (config: C, input: readonly number[], inputs: readonly (readonly number[])[]) => Problem | undefined;
  /** One legal input number, where not every number is one (ids of an embedding). */
  readonly sampleInput?: (config: C, noise: Random) => number;
  /** In Keras' order, which `getWeights` and files rely on. */
  readonly weights: (config: C, input: readonly number[], inputs: readonly (readonly number[])[]) => readonly WeightSpec[];
  readonly lower: (g: G, context: Context<C>) => LayerResult;
  /** How it takes a sequence that comes in chunks of steps, the first axis of each input; not at all where it says nothing. */
  readonly stream?: InTime<C>;
  /** Whether the config asks for a stream of its own accord: Keras' `stateful`. */
  readonly isStateful?: (config: C) => boolean;
  /** Makes it a recurrent cell, which `rnn` lowers instead. */
  readonly cell?: Cell<C>;
  /** The number by which its input says "nothing here", where it makes a mask of that. In: the camelCase keys of a Keras file. */
  readonly marksNothing?: (config: Readonly<Record<string, unknown>>) => unknown;
  /** It is no line: it stands within a layer of that name alone, under that key. */
  readonly only?: { readonly layer: string; readonly key: string };
  /** The config in our terms, where a Keras file says it otherwise: what it saves as variables or assets, or under other keys. In: camelCase keys. */
  readonly fromKeras?: (config: Readonly<Record<string, unknown>>, saved: Saved) => Readonly<Record<string, unknown>>;
}

/** A layer whose config is known only at run time; every list of layers is of this type. */
// biome-ignore lint/suspicious/noExplicitAny: configs are contravariant in the rules; `AnyLayer` is only used after its schema has checked them.
export type AnyLayer = Layer<any>;

// biome-ignore lint/suspicious/noExplicitAny: likewise, of a cell's columns and of what a layer is lowered with.
type AnyCell = Cell<any>;
// biome-ignore lint/suspicious/noExplicitAny: likewise.
type AnyContext = Context<any>;

/** What every layer takes besides its own keys. */
export interface CommonConfig {
  /** Unique in the model; without it, Keras' rule: dense, dense_1 and so on. */
  readonly name?: string;
  /** false: the weights stay as they are in training. Default true. */
  readonly trainable?: boolean;
  /** What the output adds to the loss, divided by the rows of the batch; masked steps count as all others. Default null: nothing. */
  readonly activityRegularizer?: RegularizerInput | null;
  /** On the first layer: the shape of one sample. */
  readonly inputShape?: readonly (number | null)[];
  /** Whose results it takes: names of inputs and lines, `"lstm:1"` for a second result. Default: the line before. */
  readonly inputs?: readonly string[];
}

/** A schema without keys infers as Record<string, never>, which would exclude the common keys too. */
type Own<I> = string extends keyof I ? unknown : I;
/** Makes a line of a model from a config; checked when the model is built, where the line's place is known. */
export type Factory<I> =
  Partial<Own<I>> extends Own<I> ? (config?: Own<I> & CommonConfig) => LayerSpec : (config: Own<I> & CommonConfig) => LayerSpec;

/** The key of a config under which a factory keeps several arguments, for the error about them: no layer has a key of this name. */
export const positional = "arguments";
/** `configs.map(dense)` gives each config with its place in the list. */
const isMapped = (given: unknown, [place, list]: readonly unknown[]): boolean =>
  Array.isArray(list) && typeof place === "number" && list[place] === given;

/** The layer, callable as its own factory. */
export function layer<S extends z.ZodType<object>>(
  definition: Omit<Layer<z.output<S>>, "config"> & { readonly config: S },
): Layer<z.output<S>> & Factory<z.input<S>> {
  const factory = (given: Record<string, unknown> & CommonConfig = {}, ...more: readonly unknown[]): LayerSpec => {
    // Whatever has no keys to take apart is for the check of the model, which knows the line's place.
    if (more.length > 0 && !isMapped(given, more)) return { layer: definition.name, config: { [positional]: [given, ...more] } };
    if (!isPlain(given)) return { layer: definition.name, config: given };
    const { name, inputs, ...config } = given;
    return {
      ...(name === undefined ? {} : { name }),
      layer: definition.name,
      config,
      ...(inputs === undefined ? {} : { inputs }),
    };
  };
  const { weights, legal } = definition;
  const complete = {
    ...definition,
    legal: (config: z.output<S>, input: readonly number[], inputs: readonly (readonly number[])[]): Problem | undefined =>
      legal?.(config, input, inputs) ?? badPenalty(weights(config, input, inputs)),
  };
  Object.defineProperties(factory, Object.getOwnPropertyDescriptors(complete));
  return Object.freeze(factory) as unknown as Layer<z.output<S>> & Factory<z.input<S>>;
}

/** The problem of a weight with a regularizer or constraint that is for weights of another shape. */
function badPenalty(weights: readonly WeightSpec[]): Problem | undefined {
  for (const { name, key = name, shape, regularizer, constraint } of weights) {
    const wrong = (kind: string, spec: RegularizerSpec, needs: string | undefined): Problem | undefined =>
      needs === undefined
        ? undefined
        : {
            path: `${key}${kind}`,
            message: `${typeof spec === "string" ? spec : spec.name} on the weight ${name} needs ${needs}`,
            hint: "give null, or another one",
          };
    const problem =
      (regularizer ? wrong("Regularizer", regularizer, regularizerNeeds(regularizer, shape)) : undefined) ??
      (constraint ? wrong("Constraint", constraint, constraintNeeds(constraint, shape)) : undefined);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
