// Pieces of config schemas and of lowering that several layers share.
import * as z from "zod";
import { seedFor } from "../base/random.ts";
import { internal } from "../diagnostics/error.ts";
import { isPlain } from "../diagnostics/plain.ts";
import { type Node, type Shape, showShape, sizeOf } from "../graph/graph.ts";
import { mostAxes } from "../graph/limits.ts";
import type { LayerSpec } from "../model.ts";
import type { G } from "../ops/index.ts";
import { constraintSchema } from "../training/constraints/index.ts";
import type { ConstraintSpec, InitializerSpec, RegularizerSpec } from "../training/define.ts";
import { initializerSchema } from "../training/initializers/index.ts";
import { regularizerSchema } from "../training/regularizers/index.ts";
import { sampleAxes } from "./axes.ts";
import type { Noise, Problem, WeightSpec } from "./define.ts";

const reshapeHint = "check inputShape, or put reshape or flatten before this layer";

/** A count of something: 1, 2, … */
export const count: z.ZodInt = z.int().min(1);
/** A layer within another's config: `dense({ units: 4 })`. Its own keys are checked where it is lowered. */
export const wrapped: z.ZodType<LayerSpec, LayerSpec> = z.custom<LayerSpec>(
  (value) => isPlain(value) && typeof value.layer === "string" && (value.config === undefined || isPlain(value.config)),
  "a layer, such as dense({ units: 4 })",
);
/** The keys of such a layer that say what it computes; a spec may leave its config out. */
export function keysOf(spec: LayerSpec): Readonly<Record<string, unknown>> {
  const { trainable: _, activityRegularizer: __, ...own }: Readonly<Record<string, unknown>> = spec.config ?? {};
  return own;
}
/** The lowering of what another layer lowers. */
export const internalLower = (name: string) => (): never => internal(`${name} is lowered by the layer that holds it`);
/** A fraction to drop. */
export const rate: z.ZodDefault<z.ZodNumber> = z.number().min(0).max(1).default(0);
/** An axis or several, counted as Keras does: the batch is axis 0, −1 is the last. */
export const axisOrAxes: z.ZodType<number | number[], number | number[]> = z.union([
  z.int(),
  z.array(z.int()).min(1).max(mostAxes),
]);
/** What the keys of a weight are called: `kernelInitializer`. */
type InitializerKey<K extends string> = { readonly [Key in `${K}Initializer`]: z.ZodDefault<typeof initializerSchema> };
type WeightKeys<K extends string> = InitializerKey<K> & {
  readonly [Key in `${K}Regularizer`]: typeof regularizerSchema;
} & { readonly [Key in `${K}Constraint`]: typeof constraintSchema };

/** Keras' key of a weight that is not trained: what it begins with. */
export const initializerKey = <K extends string>(key: K, standard: InitializerSpec): InitializerKey<K> =>
  ({ [`${key}Initializer`]: initializerSchema.default(standard) }) as InitializerKey<K>;

/** Keras' keys of a weight, `kernelInitializer` with its default, `kernelRegularizer` and `kernelConstraint`; every trained weight has them. */
export const weightKeys = <K extends string>(key: K, standard: InitializerSpec): WeightKeys<K> =>
  ({
    ...initializerKey(key, standard),
    [`${key}Regularizer`]: regularizerSchema,
    [`${key}Constraint`]: constraintSchema,
  }) as WeightKeys<K>;

/** A trained weight as those keys of a config say; `name` where it is called otherwise than its keys. */
export const weightOf = <K extends string>(
  config: { readonly [Key in `${K}Initializer`]: InitializerSpec },
  key: K,
  shape: readonly number[],
  more: Partial<WeightSpec> = {},
): WeightSpec => {
  // A weight that is not trained has no such keys.
  const penalties: Readonly<Record<string, unknown>> = config;
  return {
    name: key,
    key,
    shape,
    initializer: config[`${key}Initializer`],
    trainable: true,
    regularizer: (penalties[`${key}Regularizer`] ?? null) as RegularizerSpec | null,
    constraint: (penalties[`${key}Constraint`] ?? null) as ConstraintSpec | null,
    ...more,
  };
};

/**
 * The same axes in the order in which Keras lists their sizes in a weight's shape: it sorts `axis` as it was written, so −1 comes before 1.
 * The numbers of such a weight lie in ascending order of the axes all the same: Keras reshapes, it does not transpose.
 */
export function orderedAxes(axis: number | readonly number[], input: readonly number[]): readonly number[] {
  const written = [axis].flat().sort((a, b) => a - b);
  return written.map((a) => (a < 0 ? a + input.length : a - 1));
}

/** The problem of an `axis` that the input does not have, or that is the batch. */
export function badAxis(axis: number | readonly number[], input: readonly number[]): Problem | undefined {
  if (sampleAxes(axis, input) !== undefined) return undefined;
  return {
    path: "axis",
    code: "shape/rank",
    message: `axis needs different axes from 1 to ${input.length} (0 is the batch) or from the end, found ${JSON.stringify(axis)} on ${showShape(input)}`,
    hint: "-1 is the last axis",
  };
}

/** The problem of an input with another number of axes. */
export function needsRank(rank: number, means: string, input: readonly number[]): Problem | undefined {
  if (input.length === rank) return undefined;
  return {
    path: "",
    code: "shape/rank",
    message: `the input needs ${rank} axes (${means}), found ${showShape(input)}`,
    hint: reshapeHint,
  };
}

/** The problem of an input with too few axes. */
export function needsAxes(least: number, input: readonly number[]): Problem | undefined {
  if (input.length >= least) return undefined;
  const found = input.length === 0 ? "a single number" : showShape(input);
  return {
    path: "",
    code: "shape/rank",
    message: `the input needs at least ${least} axis${least === 1 ? "" : "es"} besides the batch, found ${found}`,
    hint: reshapeHint,
  };
}

/** A per-axis vector (or tensor over `axes` of the sample, ascending) spread over the shape of `x`. */
export function spread(g: G, vector: Node, axes: readonly number[], x: Node): Node {
  return g.broadcast(vector, { shape: x.type.shape, axes: axes.map((axis) => axis + 1) });
}

/** A sample's shape behind the batch axis. */
export const batched = (shape: readonly number[]): Shape => ["n", ...shape];
/** A value's shape without the batch axis. */
export const sampleShape = (x: Node): readonly number[] => x.type.shape.slice(1) as number[];
export { sampleAxes, sizeOf };

/** Contracts the last axis of x with the first of a matrix. */
export const matmul = (g: G, x: Node, matrix: Node): Node =>
  g.dot(x, matrix, { batch: [[], []], contract: [[x.type.shape.length - 1], [0]] });

/** Keras' keys of a layer that adds a bias. */
export const biasKeys = { useBias: z.boolean().default(true), ...weightKeys("bias", "zeros") };
/** The bias, where the config has one. */
export const biasOf = (
  config: Parameters<typeof weightOf<"bias">>[0] & { readonly useBias: boolean },
  shape: readonly number[],
  more: Partial<WeightSpec> = {},
): readonly WeightSpec[] => (config.useBias ? [weightOf(config, "bias", shape, more)] : []);

interface Drop {
  readonly rate: number;
  /** Size 1 shares a draw along that axis. */
  readonly shape: Shape;
  /** The layer's own seed; null: the model's, by the layer's name. */
  readonly seed: number | null;
  /** Tells the masks of a layer apart. */
  readonly use?: string;
}

/** Inverted-dropout noise: 0 with probability `rate`, else 1 / (1 − rate). */
export function dropMask(g: G, noise: Noise, { rate, shape, seed, use = "" }: Drop): Node {
  if (rate === 1) return g.fill(0, shape);
  const drawn = g.random(noise.step, { shape, seed: seedFor(seed ?? noise.seed, use) });
  return g.mul(g.sub(g.fill(1, shape), g.less(drawn, g.fill(rate, shape))), g.fill(1 / (1 - rate), shape));
}
