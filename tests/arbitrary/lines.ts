// Random lines of models, from the list of layers: a new layer is drawn the moment it is listed. Out: calls of layers with configs that
// their schemas accept; whether one is legal where it stands is for the caller to ask.
import fc from "fast-check";
import type { AnyLayer } from "../../compiler/layers/define.ts";
import { layers } from "../../compiler/layers/index.ts";
import { constraints } from "../../compiler/training/constraints/index.ts";
import { regularizers } from "../../compiler/training/regularizers/index.ts";
import { type Limits, valuesOf } from "./schema.ts";

type Config = Readonly<Record<string, unknown>>;
export interface Line {
  readonly layer: string;
  readonly config: Config;
  readonly frozen?: true;
  readonly activityRegularizer?: object;
}
/** What a line's config has besides the layer's own keys. */
export const commonOf = ({ frozen, activityRegularizer }: Line): Config => ({
  ...(frozen === undefined ? {} : { trainable: false }),
  ...(activityRegularizer === undefined ? {} : { activityRegularizer }),
});

/** Fields that must fit the input's shape, or each other, are drawn from forms that often do. */
const fitting: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  targetShape: fc.constantFrom([-1], [1, -1], [-1, 1], [-1, 2], [2, -1], [-1, 1, 1], [2, -1, 1], [1, -1, 2]),
  dims: fc.constantFrom([1], [1, 2], [2, 1], [3, 1, 2], [2, 3, 1], [3, 2, 1], [1, 3, 2]),
  axis: fc.constantFrom(-1, -1, 1, 2, 3, [-1], [1, 2]),
  axes: fc.constantFrom(1, 2, -1, [1, 2], [2, 1]),
  mean: fc.constantFrom(0.5, -1.25, [3]),
  variance: fc.constantFrom(0.25, 2, [1]),
  // Frames of sounds that are a few points long, and bands that have room.
  frameLength: fc.constantFrom(1, 2, 2, 3),
  frameStep: fc.constantFrom(1, 1, 2),
  fftLength: fc.constantFrom(2, 3, 4),
  sequenceLength: fc.constantFrom(undefined, 1, 2),
  window: fc.constantFrom("hann", "hamming", null),
  samplingRate: fc.constantFrom(100, 8000),
  minFreq: fc.constantFrom(1, 20),
  maxFreq: fc.constantFrom(undefined, 40),
  // Each point is looked up among the 256 bins of four tiles, which takes an interpreter long.
  tileGridSize: fc.constantFrom([1, 1], [1, 2], [2, 1]),
  // What the inputs are, their number says.
  takes: fc.constant(undefined),
  attentionAxes: fc.constantFrom(undefined, 1, 2, [1, 2]),
  biasAxes: fc.constant(undefined),
};

/** What a layer holds that holds others, by its own name. */
const holding: Readonly<Record<string, (limits: Limits) => Readonly<Record<string, fc.Arbitrary<unknown>>>>> = {
  rnn: (limits) => ({
    cell: fc.oneof(
      held(cells, limits),
      held(["stackedRNNCells"], limits),
      fc.array(held(cells, limits), { minLength: 1, maxLength: 3 }),
    ),
  }),
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
const below = (most: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: 100 * most - 1 }).map((k) => k / 100);
const einsums: readonly (readonly [equation: string, outputShape: unknown, biasAxes?: string])[] = [
  ["ab,bc->ac", 3, "c"],
  ["...x,xy->...y", 2, "y"],
  ["...xy,xyz->...z", [4], "z"],
  ["ab...,bc->ac...", [3]],
  ["abc,cd->abd", [null, 3], "d"],
  ["abc,bd->adc", [3, null], "dc"],
  ["abc,bcd->abd", [null, 2], "bd"],
  ["abc,cde->aebd", [2, null, 3], "ed"],
  ["abcd,bde->ace", [null, 2], "e"],
  ["abc,bd->ad", [3], "d"],
];
const place = fc.integer({ min: -1, max: 1 });
/** A constant of a binary function, before the input or behind it. */
const beside = fc
  .constantFrom<unknown>(2, -0.5, { shape: [1], values: [1.5] }, { shape: [1, 1], values: [-1.25] })
  .chain((known) => fc.constantFrom([null, known], [known, null], []));
/** What jumps, or overflows, is for Keras' numbers to judge: executors that round differently would part there. */
const operations: Readonly<Record<string, fc.Arbitrary<Config>>> = {
  elementwise: fc.oneof(
    fc.record({
      op: fc.constantFrom("tanh", "sigmoid", "square", "abs", "silu", "softplus", "negative", "erf", "relu"),
      constants: fc.constant([]),
    }),
    fc.record({
      op: fc.constantFrom("add", "subtract", "multiply", "maximum", "minimum", "squaredDifference"),
      constants: beside,
    }),
    fc.record({ op: fc.constant("where"), constants: fc.constantFrom([null, null, 0.5], [1, null, 2], [null, 1, null]) }),
  ),
  reduce: fc.record({ op: fc.constantFrom("sum", "mean", "max", "min", "prod", "var", "logsumexp", "norm1", "ptp", "nanmean") }),
  quantile: fc.record({ q: fc.constantFrom(0, 0.3, 0.5, 1), axis: fc.constantFrom(-1, 1, [1, 2]) }),
  topK: fc.record({ k: fc.constantFrom(1, 2) }),
  takeAlongAxis: fc.record({ axis: fc.constantFrom(-1, 1, 2) }),
  along: fc.record({
    op: fc.constantFrom("softmax", "logSoftmax", "glu", "cumsum", "cumprod", "sort", "argsort"),
    axis: fc.constantFrom(-1, 1, 2),
  }),
  slice: fc.record({
    at: fc.array(
      fc.oneof(
        place,
        fc.constant("newaxis"),
        fc.record({
          start: fc.constantFrom(null, 0, 1, -2),
          stop: fc.constantFrom(null, null, 2),
          step: fc.constantFrom(null, 2),
        }),
        fc.constant({ step: -1 }),
      ),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  take: fc.record({ indices: fc.oneof(place, fc.array(place, { minLength: 1, maxLength: 4 })), axis: fc.constantFrom(-1, 1, 2) }),
  split: fc.record({
    indicesOrSections: fc.constantFrom<unknown>(1, 2, 3, [1], [1, 2]),
    axis: fc.constantFrom(-1, 1, 2),
    keepdims: fc.constantFrom(true, true, false),
  }),
  normalize: fc.record({ axis: fc.constantFrom(-1, 1) }),
  oneHot: fc.record({ axis: fc.constantFrom(-1, 1) }),
  squeeze: fc.record({ axis: fc.constantFrom(null, null, -1) }),
  pad: fc.record({ padWidth: fc.array(fc.constantFrom([0, 1], [1, 0], [1, 1]), { minLength: 1, maxLength: 3 }) }),
  tile: fc.record({ repeats: fc.array(fc.constantFrom(1, 2), { minLength: 1, maxLength: 3 }) }),
  broadcastTo: fc.record({ shape: fc.constantFrom([3], [1, 3], [2, 1, 3], [4, 3], [2, 4, 3]) }),
  stack: fc.record({ axis: fc.constantFrom(-1, 1, 2) }),
  einsum: fc.constantFrom<Config>(
    { equation: "ba->ba", constants: [] },
    { equation: "bac->bca", constants: [] },
    { equation: "bac->bc", constants: [] },
    { equation: "ba,bc->bac", constants: [] },
    { equation: "bac,bdc->bad", constants: [] },
  ),
  matmul: fc.record({
    constants: fc.constantFrom<unknown>(
      [],
      [null, { shape: [3, 2], values: [1, -0.5, 0.25, 2, -1, 0.5] }],
      [null, { shape: [1, 2], values: [1, -0.5] }],
    ),
  }),
};
/** Fields that must fit each other, of some layers. */
const together: Readonly<Record<string, fc.Arbitrary<Config>>> = {
  einsumDense: fc
    .constantFrom(...einsums)
    .map(([equation, outputShape, biasAxes]) => ({ equation, outputShape, ...(biasAxes === undefined ? {} : { biasAxes }) })),
  // A rate of 1 cannot be trained.
  gaussianDropout: fc.record({ rate: below(1) }),
  alphaDropout: fc.record({ rate: below(1) }),
  // Ids are those of a port: in the way back there are none.
  reversibleEmbedding: fc.constant({ reverse: true }),
  ...operations,
  groupNormalization: fc.record({ groups: fc.constantFrom(-1, 1, 1, 2, 3) }),
  spectralNormalization: fc.constantFrom(
    { layer: { layer: "dense", config: { units: 3 } } },
    { layer: { layer: "conv2d", config: { filters: 2, kernelSize: 1 } } },
  ),
};

/** Specs of a table. A penalty of whole units makes every model diverge, and axes are those of a weight here. */
function specOf(table: ReadonlyMap<string, { readonly name: string; readonly config: Parameters<typeof valuesOf>[0] }>) {
  const small = fc.integer({ min: 0, max: 20 }).map((k) => k / 200);
  const fields = {
    l1: small,
    l2: small,
    factor: small,
    rate: fc.constantFrom(undefined, 0.25),
    axis: fc.constantFrom(undefined, 0, -1, null),
  };
  return fc.oneof(
    ...[...new Set(table.values())].map(({ name, config }) =>
      valuesOf(config, { integer: 2, fields })
        .filter((given) => config.safeParse(given).success)
        .map((given) => ({ ...(given as object), name })),
    ),
  ); // biome-ignore format: one line a field
}
const rarely = (arbitrary: fc.Arbitrary<object>) =>
  fc.oneof({ arbitrary: fc.constant(undefined), weight: 7 }, { arbitrary, weight: 1 });
const [regularizer, constraint] = [rarely(specOf(regularizers)), rarely(specOf(constraints))];
/** Pairs of rows of a batch are none's business. */
const activity = rarely(specOf(new Map([...regularizers].filter(([, { needs }]) => needs === undefined))));

/** How the keys of a layer's weights are drawn, by name. */
function penaltiesOf({ config }: AnyLayer): Readonly<Record<string, fc.Arbitrary<unknown>>> {
  const keys = Object.keys((config as { readonly shape?: object }).shape ?? {});
  const kind = { Regularizer: regularizer, Constraint: constraint };
  return Object.fromEntries(
    keys.flatMap((key) =>
      Object.entries(kind).flatMap(([end, arbitrary]) => (key.endsWith(end) ? [[key, arbitrary] as const] : [])),
    ),
  );
}

/** Every weight is given, and initial ones are another test's. */
const isInitializer = (key: string): boolean => key.endsWith("Initializer");

/** Configs the layer's schema accepts. */
export function configOf(layer: AnyLayer, limits: Limits = { integer: 5 }): fc.Arbitrary<Config> {
  const fields = { ...fitting, ...penaltiesOf(layer), ...holding[layer.name]?.(limits), ...limits.fields };
  return fc
    .tuple(valuesOf(layer.config, { ...limits, fields }), together[layer.name] ?? fc.constant({}))
    .map(([drawn, own]) => Object.entries({ ...(drawn as object), ...own }))
    .map((entries) => Object.fromEntries(entries.filter(([key]) => !isInitializer(key))))
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
/** One line in eight is frozen, of one in eight the output is regularized. */
export const lineOf = (layer: AnyLayer, limits: Limits): fc.Arbitrary<Line> =>
  fc.tuple(configOf(layer, limits), fc.integer({ min: 0, max: 7 }), activity).map(([config, k, activityRegularizer]) => ({
    layer: layer.name,
    config,
    ...(k === 7 ? { frozen: true } : {}),
    ...(activityRegularizer === undefined ? {} : { activityRegularizer }),
  }));

/** What a wrapper that takes any layer hands to it. */
const within: Readonly<Record<string, (shape: readonly number[]) => readonly number[]>> = {
  timeDistributed: (shape) => shape.slice(1),
  spectralNormalization: (shape) => shape,
};

export const isLegal = (
  { layer, config }: Line,
  shape: readonly number[],
  ...others: readonly (readonly number[])[]
): boolean => {
  const definition = named(layer);
  if (definition.legal?.(definition.config.parse(config), shape, [shape, ...others]) !== undefined) return false;
  // A layer within is asked on what it gets: a wrapper does not know it.
  const inner = within[layer]?.(shape);
  return inner === undefined || isLegal(config.layer as Line, inner);
};

/** What `legal` does not see: a mask that does not fit, and what a wrapped layer says. */
export const isUnseen = ({ message, path }: { readonly message: string; readonly path: string }): boolean =>
  message.startsWith("a mask of ") || /\]\.layer\b/.test(path);

/** Layers whose inputs are several, and stand in graphs. */
export const merges: readonly AnyLayer[] = all.filter(
  ({ name, takes = [1, 1], encodes }) =>
    encodes === undefined && (takes[0] > 1 || (takes[1] === Number.POSITIVE_INFINITY && !Object.hasOwn(holding, name))),
);

/** Layers that take one input or several, each in a role. */
export const roled: readonly AnyLayer[] = all.filter(({ roles }) => roles !== undefined);

/** Any layer that a chain can go on with. */
export const anyLine = (limits: Limits): fc.Arbitrary<Line> =>
  fc.oneof(
    ...all
      // Text is nothing that a layer gives.
      .filter((layer) => !["input", "embedding"].includes(layer.name) && !merges.includes(layer) && layer.encodes === undefined)
      .map((layer) => ({ arbitrary: lineOf(layer, limits), weight: layer.name === "dense" ? 6 : 1 })),
  );
