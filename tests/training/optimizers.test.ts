// Every optimizer of the list against a plain loop in doubles, with random configs and what may stand around any of them; state that is put
// away and gone on with; counters at their ends; gradients that are 0.
import { describe, expect, it } from "vitest";
import { type Random, random } from "../../compiler/base/random.ts";
import { compile } from "../../compiler/compile.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { resolve } from "../../compiler/front/steps.ts";
import type { Model, Training, TrainingInput } from "../../compiler/model.ts";
import { type AnyOptimizer, optimizers } from "../../compiler/training/optimizers/index.ts";
import * as list from "../../compiler/training/optimizers/list.ts";
import { load } from "../../runtime/load.ts";
import { batchNormalization, dense, dropout, embedding, flatten, sequential } from "../../src/index.ts";
import { expectClose, near } from "../close.ts";
import type { Trainable } from "../executors.ts";
import { standard } from "../exemptions.ts";
import { references } from "./reference-optimizers.ts";

interface Trained extends Trainable {
  getLearningRate(): number;
  setOptimizerState(state: Readonly<Record<string, ArrayLike<number>>>): void;
}
type Optimizer = Training["optimizer"];
const rows = [...new Set(optimizers.values())];
const started = (model: Model, options: object = {}): Trained =>
  load<Trained>(compile(model, { train: true, batch: 4, selfTest: false, ...options }));

/** y = x·W + b, of which the slopes of the mean square are known. */
const line = (optimizer: Optimizer, more: Partial<Training> = {}): Model =>
  sequential([dense({ name: "d", units: 2, inputShape: [3] })], {
    seed: 3,
    training: { loss: "mse", optimizer, ...more } as TrainingInput,
  });
function slopes(w: readonly number[], b: readonly number[], x: ArrayLike<number>, y: ArrayLike<number>) {
  const [count, dw, db] = [x.length / 3, w.map(() => 0), b.map(() => 0)];
  for (let n = 0; n < count; n++)
    for (let j = 0; j < 2; j++) {
      const made = b[j] + [0, 1, 2].reduce((sum, i) => sum + x[3 * n + i] * w[2 * i + j], 0);
      const slope = (2 * (made - y[2 * n + j])) / (2 * count);
      db[j] += slope;
      for (let i = 0; i < 3; i++) dw[2 * i + j] += slope * x[3 * n + i];
    }
  return [dw, db];
}

/** Own keys of each optimizer, drawn. */
const drawn: Readonly<Record<string, (r: Random) => Readonly<Record<string, number | boolean>>>> = (() => {
  const part = (r: Random, low: number, high: number) => Math.fround(low + r.uniform() * (high - low));
  const means = (r: Random) => ({ beta1: part(r, 0.5, 0.95), beta2: part(r, 0.6, 0.999), epsilon: part(r, 1e-7, 1e-3) });
  const flip = (r: Random) => r.integer(0, 1) === 1;
  return {
    sgd: (r) => ({ momentum: part(r, 0, 0.95), nesterov: flip(r) }),
    rmsprop: (r) => ({ rho: part(r, 0.5, 0.95), momentum: part(r, 0, 0.9), epsilon: part(r, 1e-5, 1e-3), centered: flip(r) }),
    adam: (r) => ({ ...means(r), amsgrad: flip(r) }),
    adamw: (r) => ({ ...means(r), amsgrad: flip(r), weightDecay: 0 }),
    adadelta: (r) => ({ rho: part(r, 0.5, 0.95), epsilon: part(r, 1e-6, 1e-3) }),
    adagrad: (r) => ({ initialAccumulatorValue: part(r, 0, 0.3), epsilon: part(r, 1e-7, 1e-4) }),
    adamax: means,
    nadam: means,
    ftrl: (r) => ({
      learningRatePower: -part(r, 0.3, 0.8),
      initialAccumulatorValue: part(r, 0.05, 0.3),
      l1RegularizationStrength: part(r, 0, 0.02),
      l2RegularizationStrength: part(r, 0, 0.05),
      l2ShrinkageRegularizationStrength: part(r, 0, 0.02),
      beta: part(r, 0, 0.2),
    }),
    lion: (r) => ({ beta1: part(r, 0.5, 1), beta2: part(r, 0.5, 1) }),
    lamb: means,
    adafactor: (r) => ({ beta2Decay: -part(r, 0.5, 0.9), epsilon2: part(r, 1e-3, 0.1), clipThreshold: part(r, 0.4, 1.5) }),
    muon: (r) => ({
      momentum: part(r, 0.5, 0.95),
      nesterov: flip(r),
      nsSteps: r.integer(1, 5),
      rmsRate: part(r, 0.1, 0.4),
      adamBeta1: part(r, 0.5, 0.9),
      adamLrRatio: part(r, 0.5, 2),
      weightDecay: 0,
      adamWeightDecay: 0,
    }),
    schedulefreeadamw: (r) => ({ beta1: part(r, 0.5, 0.95), beta2: part(r, 0.9, 0.999), warmupSteps: r.integer(0, 3) }),
  };
})();

/** What stands around an update: the keys of all, and the same in doubles. */
interface Around {
  readonly weightDecay?: number;
  readonly clipnorm?: number;
  readonly globalClipnorm?: number;
  readonly clipvalue?: number;
  readonly gradientAccumulationSteps?: number;
  readonly useEma?: boolean;
  readonly emaMomentum?: number;
  readonly emaOverwriteFrequency?: number;
  readonly lossScaleFactor?: number;
}
const norm = (all: readonly number[]): number => Math.sqrt(all.reduce((sum, one) => sum + one * one, 0));
function clip(gradients: readonly number[][], { clipnorm, globalClipnorm, clipvalue }: Around): number[][] {
  if (clipvalue !== undefined) return gradients.map((g) => g.map((one) => Math.max(-clipvalue, Math.min(clipvalue, one))));
  const of = (g: readonly number[]): number =>
    clipnorm !== undefined
      ? clipnorm / Math.max(norm(g), clipnorm)
      : Math.min(1, (globalClipnorm ?? Infinity) / norm(gradients.flat()));
  return gradients.map((g) => g.map((one) => (clipnorm === undefined && globalClipnorm === undefined ? one : one * of(g))));
}

/** The weights after each of some batches. */
function byHand(
  name: string,
  own: Readonly<Record<string, number | boolean>>,
  around: Around,
  rate: number,
  start: readonly number[][],
  batches: readonly [Float32Array, Float32Array][],
) {
  // biome-ignore format: one line
  const shapes = [[3, 2], [2]];
  const steps = shapes.map(() => references[name](own));
  const { gradientAccumulationSteps: every = 1, emaMomentum = 0.99, emaOverwriteFrequency: overwrite = 0 } = around;
  let weights = start.map((w) => [...w]);
  let sums = weights.map((w) => w.map(() => 0));
  let averages = weights;
  return batches.map(([x, y], i) => {
    sums = slopes(weights[0], weights[1], x, y).map((g, k) => g.map((one, j) => one + sums[k][j]));
    const done = Math.floor(i / every);
    if ((i + 1) % every === 0) {
      const gradients = clip(sums.map((g) => g.map((one) => one / every)), around); // biome-ignore format: one line
      weights = weights.map((w, k) => {
        const left = w.map((one) => one - one * (around.weightDecay ?? 0) * rate);
        return steps[k]({ w: left, before: w, g: gradients[k], rate, t: done + 1, shape: shapes[k] });
      });
      sums = sums.map((g) => g.map(() => 0));
    }
    if (around.useEma) {
      const rest = done === 0 ? 0 : emaMomentum;
      averages = averages.map((a, k) => a.map((one, j) => rest * one + (1 - rest) * weights[k][j]));
      if (overwrite > 0 && (done + 1) % overwrite === 0) weights = averages.map((a) => [...a]);
    }
    return { weights, averages };
  });
}

const arounds: readonly Around[] = [
  {},
  { weightDecay: 0.125, clipnorm: 0.25 },
  { globalClipnorm: 0.25, useEma: true, emaMomentum: 0.75 },
  { clipvalue: 0.125, gradientAccumulationSteps: 2, lossScaleFactor: 1024 },
  { gradientAccumulationSteps: 3, weightDecay: 0.0625, useEma: true, emaMomentum: 0.5, emaOverwriteFrequency: 2 },
];
const targets = [{ target: "js" }, { target: "js", exact: true }, { target: "simd" }] as const;

it("has a loop for every optimizer of the list", () => {
  expect(Object.keys(references).sort()).toEqual(Object.values(list).map(({ name }) => name).sort()); // biome-ignore format: one line
  expect(Object.keys(drawn).sort()).toEqual(Object.keys(references).sort());
});

describe.each(rows.map(({ name }, i) => [name, i] as const))("%s", (name, turn) => {
  const noise = random(turn + 1);
  const numbers = (n: number) => Float32Array.from({ length: n }, () => 2 * noise.uniform() - 1);
  // Each of them twice in every four optimizers; Muon decays by keys of its own.
  const fitting = arounds.filter(
    ({ weightDecay }, i) => (i === 0 || i % 2 === turn % 2) && (weightDecay === undefined || name !== "muon"),
  );
  it.each(fitting.map((around, i) => [JSON.stringify(around), around, i] as const))(
    "as a plain loop, with %s",
    (_, around, i) => {
      const own = drawn[name](noise);
      const optimizer = { ...own, ...around, name, learningRate: 0.0625 };
      const module = started(line(optimizer), targets[(turn + i) % targets.length]);
      const batches = Array.from({ length: 7 }, (): [Float32Array, Float32Array] => [numbers(12), numbers(8)]);
      const start = module.getWeights().map((w) => [...w].map((one, k) => Math.fround(one + (k + 1) / 16)));
      module.setWeights(start);
      for (const [step, told] of byHand(name, own, around, 0.0625, start, batches).entries()) {
        module.trainStep(...batches[step]);
        const state = module.getOptimizerState();
        for (const [k, weight] of ["d/kernel", "d/bias"].entries()) {
          expectClose(module.getWeights()[k], told.weights[k], standard.loopSteps, `${weight} after step ${step}`);
          if (around.useEma) expectClose(state[`optimizer/average/${weight}`], told.averages[k], standard.loopSteps, "average");
        }
      }
    },
  );

  it("goes on from its state as if it had not stopped, to the bit", () => {
    const around = { gradientAccumulationSteps: 2, useEma: true, emaOverwriteFrequency: 2 };
    const learningRate = { name: "cosine_decay", initialLearningRate: 0.05, decaySteps: 9 };
    const net = sequential(
      [
        dense({ name: "a", units: 3, activation: "tanh", inputShape: [3] }),
        dropout({ rate: 0.25 }),
        dense({ name: "b", units: 2 }),
      ],
      { seed: 4, training: { loss: "mse", optimizer: { name, ...around, learningRate } } as TrainingInput },
    );
    const artifact = compile(net, { train: true, batch: 4, selfTest: false, ...targets[turn % targets.length] });
    const [whole, first, second] = [0, 1, 2].map(() => load<Trained>(artifact));
    const batches = Array.from({ length: 8 }, () => [numbers(12), numbers(8)] as const);
    for (const batch of batches) whole.trainStep(...batch);
    for (const batch of batches.slice(0, 5)) first.trainStep(...batch);
    second.setWeights(first.getWeights());
    second.setOptimizerState(first.getOptimizerState());
    for (const batch of batches.slice(5)) second.trainStep(...batch);
    expect(second.getWeights()).toEqual(whole.getWeights());
    expect(second.getOptimizerState()).toEqual(whole.getOptimizerState());
    expect(second.getLearningRate()).toBe(whole.getLearningRate());
  });

  it("stays finite where a gradient is 0, and where it is clipped", () => {
    const clips = [{ clipnorm: 0 }, { clipnorm: 1 }, { globalClipnorm: 1 }, { clipvalue: 1 }];
    for (const clipped of [clips[turn % 4], clips[(turn + 1) % 4]]) {
      const module = started(line({ name, ...clipped }));
      module.setWeights([new Float32Array(6), new Float32Array(2)]);
      for (let i = 0; i < 3; i++) module.trainStep(new Float32Array(12), new Float32Array(8));
      expect(module.getWeights().flatMap((w) => [...w]).every(Number.isFinite), JSON.stringify(clipped)).toBe(true); // biome-ignore format: one line
    }
  });

  it("says what its scalars are after so many updates", () => {
    const { globals } = optimizers.get(name) as AnyOptimizer;
    const config = (optimizers.get(name) as AnyOptimizer).config.parse({});
    if (globals(config).length === 0) return;
    const module = started(line(name));
    for (let i = 0; i < 20; i++) module.trainStep(numbers(12), numbers(8));
    const state = module.getOptimizerState();
    for (const one of globals(config)) near(state[`optimizer/${one.name}`][0], one.at(20), standard.losses);
  });
});

describe("the counter", () => {
  it("is there only where something counts", () => {
    const has = (optimizer: Optimizer) =>
      Object.keys(started(line(optimizer)).getOptimizerState()).includes("optimizer/iteration");
    expect(["sgd", "adam", { name: "nadam", weightDecay: 0.1, clipnorm: 1 }].map(has)).toEqual([false, false, false]);
    expect(["adafactor", { name: "sgd", useEma: true }, { name: "sgd", gradientAccumulationSteps: 2 }].map(has)).toEqual([
      true,
      true,
      true,
    ]);
  });

  it("goes back by a period at the end of float32's whole numbers, so that every second batch still updates", () => {
    const module = started(line({ name: "sgd", gradientAccumulationSteps: 2 }));
    module.setOptimizerState({ ...module.getOptimizerState(), "optimizer/iteration": [2 ** 24 - 4] });
    const moved = Array.from({ length: 8 }, () => {
      const [before] = module.getWeights();
      module.trainStep([1, 2, 3], [0, 0]);
      return module.getWeights()[0].some((one, i) => one !== before[i]);
    });
    expect(moved).toEqual([false, true, false, true, false, true, false, true]);
  });

  it("counts batches, and random layers draw anew in each", () => {
    const net = sequential([dense({ units: 2, inputShape: [3] }), dropout({ rate: 0.5 })], {
      training: { loss: "mse", optimizer: { name: "sgd", gradientAccumulationSteps: 3 } },
    });
    const module = started(net);
    for (let i = 0; i < 4; i++) module.trainStep([1, 2, 3], [0, 0]);
    const { step, "optimizer/iteration": iteration } = module.getOptimizerState();
    expect([step[0], iteration[0]]).toEqual([4, 4]);
  });
});

describe("rows of an embedding", () => {
  const net = (optimizer: Optimizer): Model =>
    sequential(
      [
        embedding({ name: "e", inputDim: 4, outputDim: 1, inputShape: [3] }),
        flatten(),
        dense({ name: "d", units: 1, useBias: false }),
      ],
      {
        seed: 1,
        training: { loss: "mse", optimizer } as TrainingInput,
      },
    );
  it("count each occurrence by itself in squares and norms, as Keras on TensorFlow has it", () => {
    // Row 2 stands there twice: slopes 2·(y − t)·d of 2·1·[1, 2, 3] each.
    const run = (optimizer: Optimizer) => {
      const module = started(net(optimizer));
      module.setWeights([
        [1, 1, 1, 1],
        [1, 2, 3],
      ]);
      module.trainStep([2, 1, 2], [5]);
      return { moved: module.getWeights()[0].map((one) => 1 - one), state: module.getOptimizerState() };
    };
    expectClose(run({ name: "sgd", learningRate: 0.5 }).moved, [0, 2, 4, 0], standard.float32, "the sum");
    expectClose(run({ name: "adagrad", initialAccumulatorValue: 0 }).state["optimizer/accumulator/e/embeddings"], [0, 16, 4 + 36, 0], standard.float32, "squares"); // biome-ignore format: one line
    expectClose(run({ name: "adamax" }).state["optimizer/u/e/embeddings"], [0, 4, 2 + 6, 0], standard.float32, "magnitudes");
    const { moved } = run({ name: "sgd", learningRate: 1, clipnorm: 1 });
    expectClose(moved, [0, 4, 8, 0].map((one) => one / Math.sqrt(4 + 16 + 36)), standard.float32, "the norm of the rows"); // biome-ignore format: one line
    expectClose(run({ name: "sgd", learningRate: 1, clipvalue: 3 }).moved, [0, 3, 2 + 3, 0], standard.float32, "each row");
    // A sum of gradients over batches is a whole.
    const held = run({ name: "adagrad", initialAccumulatorValue: 0, globalClipnorm: 1e6 });
    expectClose(held.state["optimizer/accumulator/e/embeddings"], [0, 16, 64, 0], standard.float32, "a whole");
  });
});

describe("weight decay, by names", () => {
  it("leaves out what the words are found in", () => {
    const module = started(line({ name: "sgd", learningRate: 0.5, weightDecay: 0.5, excludeFromWeightDecay: ["bias"] }));
    module.setWeights([
      [1, 1, 1, 1, 1, 1],
      [1, 1],
    ]);
    module.trainStep([0, 0, 0], [1, 1]);
    expect(module.getWeights().map((w) => w[0])).toEqual([0.75, 1]);
  });
});

describe("a learning rate", () => {
  it("of a schedule is told, taken, and may be another for one step", () => {
    const learningRate = { name: "piecewise_constant_decay", boundaries: [0, 2], values: [0.5, 0.25, 0.125] };
    const module = started(line({ name: "sgd", learningRate }));
    const rates = [undefined, 1, undefined, undefined].map((given) => {
      const told = module.getLearningRate();
      module.setWeights([
        [0, 0, 0, 0, 0, 0],
        [1, 1],
      ]);
      module.trainStep([0, 0, 0], [0, 0], given === undefined ? {} : { learningRate: given });
      return [told, 1 - module.getWeights()[1][0]];
    });
    expect(rates).toEqual([
      [0.5, 0.5],
      [0.25, 1],
      [0.25, 0.25],
      [0.125, 0.125],
    ]);
    expect(started(line("sgd")).getLearningRate()).toBe(0.01);
  });
});

describe("frozen weights, and learning rates by pattern", () => {
  const deep = (more: Partial<Training>): Model =>
    sequential(
      [
        dense({ name: "conv_a", units: 2, inputShape: [3], kernelRegularizer: "l2" }),
        batchNormalization({ name: "bn" }),
        dense({ name: "head", units: 2 }),
      ],
      { seed: 2, training: { loss: "mse", optimizer: "sgd", ...more } as TrainingInput },
    );
  const trainedOf = (more: Partial<Training>) => resolve(deep(more)).trainStep().trainable;
  it("stay as they are: a weight, all of a layer, whatever a star fits", () => {
    expect(trainedOf({})).toEqual(["conv_a/kernel", "conv_a/bias", "bn/gamma", "bn/beta", "head/kernel", "head/bias"]);
    expect(trainedOf({ frozen: ["conv*/kernel"] })).toEqual(["conv_a/bias", "bn/gamma", "bn/beta", "head/kernel", "head/bias"]);
    expect(trainedOf({ frozen: ["conv_a", "b*"] })).toEqual(["head/kernel", "head/bias"]);
    expect(trainedOf({ frozen: ["*/bias", "*/b*a"] })).toEqual(["conv_a/kernel", "bn/gamma", "head/kernel"]);
    const module = started(deep({ frozen: ["conv_a/kernel"] }));
    const [kernel, bias] = module.getWeights();
    for (let i = 0; i < 3; i++) module.trainStep([1, 2, 3, 4, 5, 7], [1, 2, 3, 4]);
    const after = module.getWeights();
    expect(after[0]).toEqual(kernel);
    expect(after[1]).not.toEqual(bias);
    expect(Object.keys(started(deep({ optimizer: "adam", frozen: ["conv_a/kernel"] })).getOptimizerState())).not.toContain("optimizer/m/conv_a/kernel"); // biome-ignore format: one line
  });
  it("a layer frozen whole keeps its statistics, and a frozen weight adds nothing to the loss, as `trainable: false` has it", () => {
    const states = (more: Partial<Training>) =>
      resolve(deep(more))
        .trainStep()
        .graph.updates.map(([name]) => name);
    expect(states({})).toEqual(["bn/moving_mean", "bn/moving_variance"]);
    expect(states({ frozen: ["bn"] })).toEqual([]);
    expect(states({ frozen: ["bn/gamma"] })).toEqual(["bn/moving_mean", "bn/moving_variance"]);
    const loss = (more: Partial<Training>) => started(deep(more)).evaluate([1, 2, 3], [0, 0]).loss;
    expect(loss({ frozen: ["conv_a/kernel"] })).toBeLessThan(loss({}));
  });
  it("multiply the step, the last pattern first", () => {
    const step = (learningRates: Record<string, number>) => {
      const module = started(line({ name: "sgd", learningRate: 0.5 }, { learningRates }));
      module.setWeights([
        [0, 0, 0, 0, 0, 0],
        [1, 1],
      ]);
      module.trainStep([1, 0, 0], [0, 0]);
      return [-module.getWeights()[0][0], 1 - module.getWeights()[1][0]];
    };
    expect(step({})).toEqual([0.5, 0.5]);
    expect(step({ d: 0.5 })).toEqual([0.25, 0.25]);
    expect(step({ "*": 2, "d/bias": 0.5 })).toEqual([1, 0.25]);
  });
});

describe("what is refused", () => {
  const problem = (training: object): string => {
    try {
      resolve(line("sgd", training as Partial<Training>));
    } catch (error) {
      if (error instanceof CompileError) return [error.code, error.path, error.diagnostic.message, error.hint].join(" | ");
      throw error;
    }
    return "nothing";
  };
  const optimizer = (more: object, name = "adam") => problem({ optimizer: { name, ...more } });
  it.each([
    [{ clipnorm: 1, globalClipnorm: 1 }, /training.optimizer.clipnorm \| .*the only one of/],
    [{ gradientAccumulationSteps: 1 }, /gradientAccumulationSteps \| .*at least 2/],
    [{ emaMomentum: 2 }, /emaMomentum \| .*at most 1/],
    [{ useEma: true, gradientAccumulationSteps: 4096, emaOverwriteFrequency: 4096 }, /emaOverwriteFrequency \| .*8388608/],
    [{ clip_norm: 1 }, /did you mean "clipnorm"/],
    [{ excludeFromWeightDecay: ["(a+)+"] }, /excludeFromWeightDecay\[0\] \| .*words/],
    [{ learningRate: "cosine_decay" }, /learningRate \| .*"cosine_decay"/],
    [
      { learningRate: { name: "cosine_dekay" } },
      /training.optimizer.learningRate \| there is no schedule "cosine_dekay" \| did you mean "cosine_decay"/,
    ],
    [
      { learningRate: { name: "cosine_decay", initialLearningRate: 1, decaySteps: 0 } },
      /training.optimizer.learningRate.decaySteps \| .*more than 0/,
    ],
    [{ learningRate: { name: "piecewise_constant_decay", boundaries: [1], values: [1, 2, 3] } }, /values \| .*one value more/],
  ])("%j", (more, message) => {
    expect(optimizer(more)).toMatch(message);
  });
  it("what no weight is called", () => {
    expect(problem({ frozen: ["dd"] })).toMatch(
      /training\/spec \| training.frozen\[0\] \| no weight is called "dd" \| did you mean "d"/,
    );
    expect(problem({ learningRates: { "d/kernl": 2 } })).toMatch(
      /training.learningRates\["d\/kernl"\] \| .* \| did you mean "d\/kernel"/,
    );
    expect(problem({ learningRates: { d: 0 } })).toMatch(/learningRates.d \| .*more than 0/);
    expect(optimizer({}, "lossscaleoptimizer")).toMatch(/there is no optimizer/);
  });
});
