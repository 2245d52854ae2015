// Random lines of models, from the list of layers: a new layer is drawn the moment it is listed. Out: calls of layers with configs that
// their schemas accept; whether one is legal where it stands is for the caller to ask.
import fc from "fast-check";
import type { AnyLayer } from "../../compiler/layers/define.ts";
import { layers } from "../../compiler/layers/index.ts";
import { type Limits, valuesOf } from "./schema.ts";

type Config = Readonly<Record<string, unknown>>;
export interface Line {
  readonly layer: string;
  readonly config: Config;
  readonly frozen?: true;
}

/** Fields that must fit the input's shape, or each other, are drawn from forms that often do. */
const fitting: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  targetShape: fc.constantFrom([-1], [1, -1], [-1, 1], [-1, 2], [2, -1], [-1, 1, 1], [2, -1, 1], [1, -1, 2]),
  dims: fc.constantFrom([1], [1, 2], [2, 1], [3, 1, 2], [2, 3, 1], [3, 2, 1], [1, 3, 2]),
  axis: fc.constantFrom(-1, -1, 1, 2, 3, [-1], [1, 2]),
  axes: fc.constantFrom(1, 2, -1, [1, 2], [2, 1]),
  mean: fc.constantFrom(0.5, -1.25, [3]),
  variance: fc.constantFrom(0.25, 2, [1]),
};

/** What a layer holds that holds others, by its own name. */
const holding: Readonly<Record<string, (limits: Limits) => Readonly<Record<string, fc.Arbitrary<unknown>>>>> = {
  rnn: (limits) => ({ cell: fc.oneof(held(cells, limits), fc.array(held(cells, limits), { minLength: 1, maxLength: 3 })) }),
  stackedRNNCells: (limits) => ({ cells: fc.array(held(cells, limits), { minLength: 1, maxLength: 3 }) }),
  bidirectional: (limits) => ({
    layer: held(["simpleRNN", "lstm", "gru", "rnn", "convLSTM1d"], limits),
    backwardLayer: fc.constant(undefined),
  }),
  timeDistributed: (limits) => ({ layer: held(atSteps, limits) }),
};
const cells = ["simpleRNNCell", "lstmCell", "gruCell"];
const atSteps = [
  "dense",
  "batchNormalization",
  "dropout",
  "softmax",
  "conv1d",
  "gru",
  "bidirectional",
  "reshape",
  "timeDistributed",
  "layerNormalization",
];
const held = (names: readonly string[], limits: Limits): fc.Arbitrary<{ readonly layer: string; readonly config: Config }> =>
  fc.constantFrom(...names).chain((layer) => configOf(named(layer), limits).map((config) => ({ layer, config })));

/** Every weight is given, and initial ones are another test's. */
const isInitializer = (key: string): boolean => key.endsWith("Initializer");

/** Configs the layer's schema accepts. */
export function configOf(layer: AnyLayer, limits: Limits = { integer: 5 }): fc.Arbitrary<Config> {
  return valuesOf(layer.config, { ...limits, fields: { ...fitting, ...holding[layer.name]?.(limits), ...limits.fields } })
    .map((config) => Object.fromEntries(Object.entries(config as object).filter(([key]) => !isInitializer(key))))
    .filter((config) => layer.config.safeParse(config).success);
}

/** What stands within another layer alone is drawn with it. */
const all: readonly AnyLayer[] = [...layers.values()].filter(({ only }) => only === undefined);
/** A layer of the list. */
export const named = (name: string): AnyLayer => {
  const layer = layers.get(name);
  if (layer === undefined) throw new Error(`no layer ${name}`);
  return layer;
};
/** One line in eight is frozen. */
export const lineOf = (layer: AnyLayer, limits: Limits): fc.Arbitrary<Line> =>
  fc
    .tuple(configOf(layer, limits), fc.integer({ min: 0, max: 7 }))
    .map(([config, k]) => ({ layer: layer.name, config, ...(k === 7 ? { frozen: true } : {}) }));

export const isLegal = (
  { layer, config }: Line,
  shape: readonly number[],
  ...others: readonly (readonly number[])[]
): boolean => {
  const definition = named(layer);
  if (definition.legal?.(definition.config.parse(config), shape, [shape, ...others]) !== undefined) return false;
  // A layer at each step is asked on a step: the wrapper does not know it.
  return layer !== "timeDistributed" || isLegal(config.layer as Line, shape.slice(1));
};

/** Layers whose inputs are several, and stand in graphs. */
export const merges: readonly AnyLayer[] = all.filter(
  ({ name, takes = [1, 1] }) => takes[0] > 1 || (takes[1] === Number.POSITIVE_INFINITY && !Object.hasOwn(holding, name)),
);

/** Any layer that a chain can go on with. */
export const anyLine = (limits: Limits): fc.Arbitrary<Line> =>
  fc.oneof(
    ...all
      // Text is nothing that a layer gives.
      .filter((layer) => !["input", "embedding"].includes(layer.name) && !merges.includes(layer) && layer.encodes === undefined)
      .map((layer) => ({ arbitrary: lineOf(layer, limits), weight: layer.name === "dense" ? 6 : 1 })),
  );
