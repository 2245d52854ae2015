// Random Sequential models, from the list of layers: a new layer is drawn the moment it is listed. A model is a list of drawn
// lines; a line that is not legal where it stands is passed over, so shrinking can drop any line and still has a model.
// Out: a Sample: a model with weights, options, a training, and the seeds of its data. What `legal` lets pass must build, but for masks.
import fc from "fast-check";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { resolve } from "../../compiler/front/steps.ts";
import type { AnyLayer } from "../../compiler/layers/define.ts";
import { layers } from "../../compiler/layers/index.ts";
import type { LayerSpec, Model } from "../../compiler/model.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import type { LossSpec, OptimizerSpec } from "../../compiler/training/define.ts";
import { losses } from "../../compiler/training/losses/index.ts";
import { optimizers } from "../../compiler/training/optimizers/index.ts";
import { weightNumbers } from "./numbers.ts";
import { type Limits, valuesOf } from "./schema.ts";

/** dense: short chains of anything small; probe: begins with a probe layer; big: wide enough for loops with remainders. */
export type Kind = "dense" | "probe" | "big";

export interface Sample {
  readonly kind: Kind;
  readonly model: Model;
  readonly options: OptionsInput;
  /** Shapes of one sample. */
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  /** Inputs are whole numbers below it. */
  readonly integers?: number;
  /** Of the data. */
  readonly seed: number;
  /** Rows of one call beside the single row. */
  readonly rows: number;
}

type Config = Readonly<Record<string, unknown>>;
interface Line {
  readonly layer: string;
  readonly config: Config;
  readonly frozen?: true;
}

export const probes = ["conv2d", "maxPooling2d", "lstm", "embedding", "masking"] as const;

/** Most numbers a value may hold per row. */
const room = { dense: 160, probe: 160, big: 400 } as const;

/** Fields that must fit the input's shape, or each other, are drawn from forms that often do. */
const fitting: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  targetShape: fc.constantFrom([-1], [1, -1], [-1, 1], [-1, 2], [2, -1], [-1, 1, 1], [2, -1, 1], [1, -1, 2]),
  dims: fc.constantFrom([1], [1, 2], [2, 1], [3, 1, 2], [2, 3, 1], [3, 2, 1], [1, 3, 2]),
  axis: fc.constantFrom(-1, -1, 1, 2, 3, [-1], [1, 2]),
  mean: fc.constantFrom(0.5, -1.25, [3]),
  variance: fc.constantFrom(0.25, 2, [1]),
};

/** Every weight is given, and initial ones are another test's. */
const isInitializer = (key: string): boolean => key.endsWith("Initializer");

/** Configs the layer's schema accepts. */
export function configOf(layer: AnyLayer, limits: Limits = { integer: 5 }): fc.Arbitrary<Config> {
  return valuesOf(layer.config, { ...limits, fields: { ...fitting, ...limits.fields } })
    .map((config) => Object.fromEntries(Object.entries(config as object).filter(([key]) => !isInitializer(key))))
    .filter((config) => layer.config.safeParse(config).success);
}

const all: readonly AnyLayer[] = [...layers.values()];
const named = (name: string): AnyLayer => {
  const layer = layers.get(name);
  if (layer === undefined) throw new Error(`no layer ${name}`);
  return layer;
};
/** One line in eight is frozen. */
const lineOf = (layer: AnyLayer, limits: Limits): fc.Arbitrary<Line> =>
  fc
    .tuple(configOf(layer, limits), fc.integer({ min: 0, max: 7 }))
    .map(([config, k]) => ({ layer: layer.name, config, ...(k === 7 ? { frozen: true } : {}) }));

const isLegal = ({ layer, config }: Line, shape: readonly number[]): boolean => {
  const definition = named(layer);
  return definition.legal?.(definition.config.parse(config), shape, [shape]) === undefined;
};

const anyLine = (limits: Limits): fc.Arbitrary<Line> =>
  fc.oneof(
    ...all
      .filter(({ name }) => name !== "input" && name !== "embedding")
      .map((layer) => ({ arbitrary: lineOf(layer, limits), weight: layer.name === "dense" ? 6 : 1 })),
  );

interface Draft {
  readonly inputShape: readonly number[];
  readonly lines: readonly Line[];
}

const size = (min: number, max: number) => fc.integer({ min, max });

const drafts: Readonly<Record<Kind, fc.Arbitrary<Draft>>> = {
  dense: fc.record({
    inputShape: fc.array(size(1, 5), { minLength: 1, maxLength: 3 }),
    lines: fc.array(anyLine({ integer: 6 }), { minLength: 1, maxLength: 9 }),
  }),
  probe: fc.constantFrom(...probes).chain((name) => {
    const shape = {
      conv2d: [size(4, 7), size(4, 7), size(1, 4)],
      maxPooling2d: [size(3, 7), size(3, 7), size(1, 3)],
      embedding: [size(1, 5)],
    }[name as string];
    return fc.tuple(...(shape ?? [size(1, 5), size(1, 4)])).chain((inputShape) =>
      fc.record({
        inputShape: fc.constant(inputShape),
        lines: fc
          .tuple(
            lineOf(named(name), { integer: 4 }).filter((line) => isLegal(line, inputShape)),
            fc.array(
              fc.oneof(
                anyLine({ integer: 4 }),
                ...["lstm", "conv2d", "dense"].map((next) => lineOf(named(next), { integer: 4 })),
              ),
              { maxLength: 5 },
            ),
          )
          .map(([first, rest]) => [first, ...rest]),
      }),
    );
  }),
  big: fc.record({
    inputShape: fc.tuple(size(56, 72)),
    lines: fc
      .tuple(
        lineOf(named("dense"), { integer: 5, fields: { units: size(75, 100) } }),
        fc.array(
          fc.oneof(
            { arbitrary: lineOf(named("dense"), { integer: 5, fields: { units: size(17, 60) } }), weight: 2 },
            { arbitrary: anyLine({ integer: 40 }), weight: 3 },
          ),
          { maxLength: 4 },
        ),
      )
      .map(([first, rest]) => [first, ...rest]),
  }),
};

/** Names as users give them, and names that try to break out of the emitted text. */
const nameOf = fc.oneof(
  { arbitrary: fc.constant(undefined), weight: 8 },
  {
    arbitrary: fc.constantFrom(
      "hidden",
      "out put",
      'quo"te',
      "it's",
      "*/ alert(1) /*",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a name that looks like one.
      "`${x}`",
      "new\nline",
      "__proto__",
      "constructor",
      "\u2028",
      "</script>",
    ),
    weight: 1,
  },
);

const training: fc.Arbitrary<{ readonly loss: LossSpec; readonly optimizer: OptimizerSpec }> = fc.record({
  loss: specOf([...new Set(losses.values())]),
  optimizer: specOf([...new Set(optimizers.values())]),
});

function specOf(
  items: readonly { readonly name: string; readonly config: Parameters<typeof valuesOf>[0] }[],
): fc.Arbitrary<{ readonly name: string }> {
  // Learning rates of whole units make every model diverge, and a diverged model compares nothing.
  const fields = { learningRate: size(1, 20).map((k) => k / 200), axis: fc.constant(-1), ignoreClass: fc.constant(undefined) };
  return fc.oneof(
    ...items.map(({ name, config }) => valuesOf(config, { integer: 4, fields }).map((given) => ({ ...(given as object), name }))),
  );
}

/** A model of `kind`; `train`: with a training step. */
export function sampleOf(kind: Kind, train: boolean): fc.Arbitrary<Sample> {
  return fc
    .record({
      draft: drafts[kind],
      names: fc.array(nameOf, { maxLength: 10 }),
      training,
      unroll: kind === "big" ? fc.constantFrom(undefined, 0, 300) : fc.constantFrom(undefined, 0, 200, 1000, 1000, 4000),
      // auto decides for one of the two.
      target: fc.constantFrom("js", "simd", "simd", "auto"),
      wasm: fc.constantFrom("embed", "embed", "import"),
      format: fc.constantFrom("esm", "iife", "cjs"),
      external: fc.constantFrom(false, false, true),
      exact: fc.oneof({ arbitrary: fc.constant(false), weight: 3 }, { arbitrary: fc.constant(true), weight: 1 }),
      batch: size(3, 9),
      seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      rows: kind === "big" ? size(25, 31) : size(2, 9),
      initial: fc.oneof({ arbitrary: fc.constant(false), weight: 4 }, { arbitrary: fc.constant(true), weight: 1 }),
    })
    .map(({ draft, names, training: given, external, seed, rows, initial, ...knobs }): Sample | undefined => {
      const built = assemble(draft, names, kind, seed);
      if (built === undefined) return undefined;
      const { weights, ...chain } = built.model;
      const options = { ...knobs, train, weights: external ? "external" : "inline" } as const;
      const model = { ...chain, ...(initial ? {} : { weights }), ...(train ? { training: given } : {}) };
      return {
        kind,
        ...built,
        model,
        options,
        seed,
        rows: train ? Math.min(rows, knobs.batch) : rows,
      };
    })
    .filter((sample) => sample !== undefined);
}

/** The legal lines of a draft as a model with weights; undefined when none is left. */
function assemble({ inputShape, lines }: Draft, names: readonly (string | undefined)[], kind: Kind, seed: number) {
  let shape = inputShape;
  const specs: LayerSpec[] = [];
  const weights: Record<string, Float32Array> = {};
  for (const line of lines) {
    if (!isLegal(line, shape)) continue;
    const layer = named(line.layer);
    const wanted = names[specs.length] ?? line.layer;
    const name = specs.some((spec) => spec.name === wanted) ? `${wanted}${specs.length}` : wanted;
    const config = {
      ...line.config,
      ...(specs.length === 0 ? { inputShape } : {}),
      ...(line.frozen === undefined ? {} : { trainable: false }),
    };
    const output = shapeAfter([...specs, { name, layer: line.layer, config }]);
    if (output === undefined || output.some((extent) => extent === 0) || output.reduce((a, b) => a * b, 1) > room[kind]) continue;
    for (const weight of layer.weights(layer.config.parse(line.config), shape, [shape])) {
      const full = `${name}/${weight.name}`;
      Object.defineProperty(weights, full, { value: weightNumbers(seed, full, weight.shape), enumerable: true });
    }
    specs.push({ name, layer: line.layer, config });
    shape = output;
  }
  if (specs.length === 0) return undefined;
  const model: Model = { name: "random", seed, layers: specs, weights };
  // A module refuses ids that are none, also where layers before have moved them.
  const integers = resolve(model).predict.inputs[0].range?.below;
  return { model, inputShape, outputShape: shape, ...(integers === undefined ? {} : { integers }) };
}

/** The shape of one sample after the last layer: the type of what the layers build. undefined where a mask, which `legal` does not see, does not fit. */
function shapeAfter(specs: readonly LayerSpec[]): readonly number[] | undefined {
  try {
    return resolve({ name: "prefix", seed: 0, layers: specs }).predict.outputs[0].shape;
  } catch (error) {
    if (error instanceof CompileError && error.diagnostic.message.startsWith("a mask of ")) return undefined;
    throw error;
  }
}
