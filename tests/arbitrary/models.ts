// Random models, from the list of layers: a new layer is drawn the moment it is listed. A chain is a list of drawn lines, a graph of drawn
// steps (graph-models.ts); what is not legal where it stands is passed over, so shrinking can drop any line and still has a model.
// Out: a Sample: a model with weights, options, a training, and the seeds of its data. What `legal` lets pass must build, but for masks.
import fc from "fast-check";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { layers } from "../../compiler/layers/index.ts";
import type { LayerSpec, Model, Training } from "../../compiler/model.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import type { LossSpec, OptimizerSpec } from "../../compiler/training/define.ts";
import { losses } from "../../compiler/training/losses/index.ts";
import { optimizers } from "../../compiler/training/optimizers/index.ts";
import { graphDrafts, graphModel } from "./graph-models.ts";
import { anyLine, commonOf, isLegal, isUnseen, type Line, lineOf, named } from "./lines.ts";
import { weightNumbers } from "./numbers.ts";
import { valuesOf } from "./schema.ts";

/** dense: short chains of anything small; probe: begins with a probe layer; big: wide enough for loops with remainders; space: layers over as many spatial axes; time: layers over sequences; graph: named ports. */
export type Kind = "dense" | "probe" | "big" | "space" | "time" | "graph";
type Chain = Exclude<Kind, "graph">;

export interface SamplePort {
  readonly name: string;
  /** Of one sample. */
  readonly shape: readonly number[];
  /** Whole numbers below it. */
  readonly integers?: number;
}
export interface Sample {
  readonly kind: Kind;
  readonly model: Model;
  readonly options: OptionsInput;
  readonly inputs: readonly SamplePort[];
  readonly outputs: readonly SamplePort[];
  /** Of the data. */
  readonly seed: number;
  /** Rows of one call beside the single row. */
  readonly rows: number;
}

export const probes = ["conv2d", "depthwiseConv2d", "separableConv2d", "maxPooling2d", "lstm", "embedding", "masking"] as const;

/** Most numbers a value may hold per row. */
const room = { dense: 160, probe: 160, big: 400, space: 240, time: 160 } as const;

interface Draft {
  readonly inputShape: readonly number[];
  readonly lines: readonly Line[];
}

const size = (min: number, max: number) => fc.integer({ min, max });

/** Layers over so many spatial axes, as their names say. */
const spatial = (rank: number): readonly string[] =>
  [...layers.keys()].filter((name) =>
    rank === 2 && ["resizing", "centerCrop"].includes(name) ? true : new RegExp(`(?<!LSTM)${rank}d(Transpose)?$`).test(name),
  );

/** Layers over sequences of so many spatial axes. */
const sequential = (rank: number): readonly string[] =>
  rank === 0
    ? ["simpleRNN", "gru", "lstm", "rnn", "rnn", "bidirectional", "bidirectional", "timeDistributed", "masking"]
    : [`convLSTM${rank}d`, `convLSTM${rank}d`, "timeDistributed"];
const mostly = fc.constantFrom(true, true, false);

const drafts: Readonly<Record<Chain, fc.Arbitrary<Draft>>> = {
  dense: fc.record({
    inputShape: fc.array(size(1, 5), { minLength: 1, maxLength: 3 }),
    lines: fc.array(anyLine({ integer: 6 }), { minLength: 1, maxLength: 9 }),
  }),
  probe: fc.constantFrom(...probes).chain((name) => {
    const shape = {
      conv2d: [size(4, 7), size(4, 7), size(1, 4)],
      depthwiseConv2d: [size(4, 7), size(4, 7), size(1, 5)],
      separableConv2d: [size(4, 7), size(4, 7), size(1, 3)],
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
  space: fc.constantFrom(1, 2, 3, 3).chain((rank) => {
    const length = size(rank === 3 ? 2 : 3, [0, 12, 7, 4][rank]);
    const line = fc.oneof(
      ...spatial(rank).map((name) => ({ arbitrary: lineOf(named(name), { integer: 3 }), weight: /conv/i.test(name) ? 3 : 1 })),
    );
    return fc.record({
      inputShape: fc.tuple(...Array.from({ length: rank }, () => length), size(1, 3)),
      lines: fc.array(line, { minLength: 3, maxLength: 6 }),
    });
  }),
  time: fc.constantFrom(0, 0, 1, 2, 3).chain((rank) =>
    fc.record({
      inputShape: fc.tuple(size(1, 4), ...Array.from({ length: rank }, () => size(2, 3)), size(1, 3)),
      lines: fc.array(
        fc.oneof(...sequential(rank).map((name) => lineOf(named(name), { integer: 3, fields: { returnSequences: mostly } }))),
        {
          minLength: 2,
          maxLength: 5,
        },
      ),
    }),
  ),
  big: fc.record({
    inputShape: fc.tuple(size(56, 72)),
    lines: fc
      .tuple(
        lineOf(named("dense"), { integer: 5, fields: { units: size(75, 100) } }),
        fc.array(
          fc.oneof(
            { arbitrary: lineOf(named("dense"), { integer: 5, fields: { units: size(17, 60) } }), weight: 3 },
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

const lossSpec = specOf([...new Set(losses.values())]);
const training: fc.Arbitrary<{ readonly loss: LossSpec; readonly optimizer: OptimizerSpec }> = fc.record({
  loss: lossSpec,
  optimizer: specOf([...new Set(optimizers.values())]),
});

function specOf(
  items: readonly { readonly name: string; readonly config: Parameters<typeof valuesOf>[0] }[],
): fc.Arbitrary<{ readonly name: string }> {
  // Learning rates of whole units make every model diverge, and a diverged model compares nothing.
  const fields = {
    learningRate: size(1, 20).map((k) => k / 200),
    axis: fc.constant(-1),
    ignoreClass: fc.constant(undefined),
    // One for each class would have to know them; what is not reduced is only added to as many values.
    alpha: fc.constantFrom(0.25, 0.5),
    gamma: fc.constantFrom(1, 1.5, 2),
    // One of three ways to clip.
    clipnorm: fc.constant(null),
    globalClipnorm: fc.constant(null),
    reduction: fc.constantFrom("sum_over_batch_size", "mean", "mean_with_sample_weight"),
  };
  return fc.oneof(
    ...items.map(({ name, config }) =>
      valuesOf(config, { integer: 4, fields })
        // Rules across keys: one way to clip.
        .filter((given) => config.safeParse(given).success)
        .map((given) => ({ ...(given as object), name })),
    ),
  );
}

/** A loss for all outputs; or one for some of them, with weights. */
function trainingFor(
  outputs: readonly SamplePort[],
  given: { readonly loss: LossSpec; readonly optimizer: OptimizerSpec },
  others: readonly (readonly [LossSpec, number | undefined])[],
): Training {
  const some = outputs.slice(0, others.length);
  if (outputs.length === 1 || some.length === 0) return given;
  const lossWeights = Object.fromEntries(
    some.flatMap(({ name }, i) => (others[i][1] === undefined ? [] : [[name, others[i][1]]])),
  );
  return { ...given, loss: Object.fromEntries(some.map(({ name }, i) => [name, others[i][0]])), lossWeights };
}

/** A model of `kind`; `train`: with a training step. */
export const sampleOf = (kind: Kind, train: boolean): fc.Arbitrary<Sample> =>
  sampleFrom(kind, kind === "graph" ? graphDrafts : drafts[kind], train);

/** A model in which the layer of that name stands, among few others: for layers that chance leaves out. */
export function sampleWith(name: string): fc.Arbitrary<Sample> {
  const draft = fc.record({
    inputShape: fc.array(size(2, 6), { minLength: 1, maxLength: 4 }),
    lines: fc
      .tuple(fc.array(lineOf(named(name), { integer: 3 }), { minLength: 5, maxLength: 5 }), anyLine({ integer: 4 }))
      .map(([tried, last]) => [...tried, last]),
  });
  return sampleFrom("dense", draft, false).filter(({ model }) => model.layers.some(({ layer }) => layer === name));
}

function sampleFrom(kind: Kind, draft: fc.Arbitrary<Draft> | typeof graphDrafts, train: boolean): fc.Arbitrary<Sample> {
  return fc
    .record({
      draft,
      names: fc.array(nameOf, { maxLength: 10 }),
      training,
      others: fc.array(fc.tuple(lossSpec, fc.constantFrom(undefined, 0.5, 2)), { maxLength: 4 }),
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
    .map(({ draft, names, training: given, others, external, seed, rows, initial, ...knobs }): Sample | undefined => {
      const built = "steps" in draft ? graphModel(draft, names, seed) : assemble(draft, names, kind as Chain, seed);
      if (built === undefined) return undefined;
      const { weights = {}, ...net } = built;
      if (train && !isTrained(net)) return undefined;
      const options = { ...knobs, train, weights: external ? "external" : "inline" } as const;
      const ports = portsOf(net);
      const model = {
        ...net,
        ...(initial ? {} : { weights }),
        ...(train ? { training: trainingFor(ports.outputs, given, others) } : {}),
      };
      return {
        kind,
        ...ports,
        model,
        options,
        seed,
        rows: train ? Math.min(rows, knobs.batch) : rows,
      };
    })
    .filter((sample) => sample !== undefined);
}

/** Whether a model can be trained at all: some layers only predict, or give another shape in training. */
function isTrained(net: Model): boolean {
  try {
    resolve(net).trainStep({ loss: "mse", optimizer: "sgd" });
    return true;
  } catch (error) {
    if (error instanceof CompileError && error.code === "layer/untrained") return false;
    throw error;
  }
}

/** The legal lines of a draft as a model with weights; undefined when none is left. */
function assemble(
  { inputShape, lines }: Draft,
  names: readonly (string | undefined)[],
  kind: Chain,
  seed: number,
): Model | undefined {
  let shape = inputShape;
  const specs: LayerSpec[] = [];
  for (const line of lines) {
    if (!isLegal(line, shape)) continue;
    const wanted = names[specs.length] ?? line.layer;
    const name = specs.some((spec) => spec.name === wanted) ? `${wanted}${specs.length}` : wanted;
    const config = {
      ...line.config,
      ...(specs.length === 0 ? { inputShape } : {}),
      ...commonOf(line),
    };
    const output = shapeAfter([...specs, { name, layer: line.layer, config }]);
    // What ends as a single number has no last axis, which most losses ask for.
    const isNothing = output === undefined || output.length === 0 || output.some((extent) => extent === 0);
    if (isNothing || output.reduce((a, b) => a * b, 1) > room[kind]) continue;
    specs.push({ name, layer: line.layer, config });
    shape = output;
  }
  if (specs.length === 0) return undefined;
  const weights: Record<string, Float32Array> = {};
  for (const { name, shape: sizes } of resolve({ name: "random", seed, layers: specs }).weights)
    Object.defineProperty(weights, name, { value: weightNumbers(seed, name, sizes), enumerable: true });
  return { name: "random", seed, layers: specs, weights };
}

/** What stands in the ports. A module refuses ids that are none, also where layers before have moved them. */
function portsOf(model: Model): Pick<Sample, "inputs" | "outputs"> {
  const { inputs, outputs } = resolve(model).predict;
  return {
    inputs: inputs.map(({ name, shape, range }) => ({ name, shape, ...(range === undefined ? {} : { integers: range.below }) })),
    outputs,
  };
}

/** The shape of one sample after the last layer: the type of what the layers build. undefined where a mask, which `legal` does not see, does not fit. */
function shapeAfter(specs: readonly LayerSpec[]): readonly number[] | undefined {
  try {
    return resolve({ name: "prefix", seed: 0, layers: specs }).predict.outputs[0].shape;
  } catch (error) {
    if (error instanceof CompileError && isUnseen(error.diagnostic)) return undefined;
    throw error;
  }
}
