// brain.js: `run`, and `toFunction`, which prints the net as one expression. It applies one activation to every layer, the last
// included, so it computes each net with a relu end, and layerc is measured on the same. It trains row by row.
import { isDense, withEnd } from "../nets.ts";
import { netOf, type Weights } from "../workloads.ts";
import { asDense, denseOnly, type Engine, type Prediction, type Predictor, peer } from "./define.ts";

type Row = ArrayLike<number>;
interface NeuralNetwork {
  sizes: readonly number[];
  weights: number[][][];
  biases: number[][];
  initialize(): void;
  run(input: Row): Row;
  toFunction(): (input: Row) => Row;
  trainOpts: { learningRate: number; momentum: number };
  trainPattern(pattern: { input: Row; output: Row }, logErrorRate: boolean): number;
}
interface Brain {
  readonly default: { NeuralNetwork: new (options: { activation: "relu" }) => NeuralNetwork };
}

async function network(sizes: readonly number[], weights: Weights): Promise<NeuralNetwork> {
  const { NeuralNetwork } = (await peer<Brain>("brain.js")).default;
  const net = new NeuralNetwork({ activation: "relu" });
  net.sizes = sizes;
  net.initialize();
  for (let layer = 1; layer < sizes.length; layer++) {
    const [kernel, bias, units] = [weights[2 * layer - 2], weights[2 * layer - 1], sizes[layer]];
    for (let j = 0; j < units; j++) {
      net.biases[layer][j] = bias[j];
      for (let k = 0; k < sizes[layer - 1]; k++) net.weights[layer][j][k] = kernel[k * units + j];
    }
  }
  return net;
}

const rowsOf = (x: Float32Array, size: number): Float32Array[] =>
  Array.from({ length: x.length / size }, (_, i) => x.subarray(i * size, (i + 1) * size));

/** A call predicts every row of a batch, one after the other: there is no batch. */
function predictor(ask: (row: Row) => Row, { net, inputs }: Prediction): Predictor {
  const rows = inputs.map((x) => rowsOf(x, asDense(net).sizes[0]));
  const mask = rows.length - 1;
  return {
    run(calls) {
      for (let i = 0; i < calls; i++) for (const row of rows[i & mask]) ask(row);
    },
    output: () => rows[0].flatMap((row) => [...Array.from(ask(row))]),
  };
}

const reluEnd: Engine["instead"] = (net) => (isDense(net) ? withEnd(net, "relu") : net);

export const brainRun: Engine = {
  name: "brain.js run",
  says: "net.run row by row, relu end; trains row by row",
  packages: ["brain.js"],
  instead: reluEnd,
  rules: { online: true },
  refuses: (work) =>
    denseOnly(netOf(work)) ??
    (work.kind === "train" && work.training.optimizer === "adam" ? "its Adam corrects biases by another rule" : undefined),
  async predictor(prediction) {
    const net = await network(asDense(prediction.net).sizes, prediction.weights);
    return predictor((row) => net.run(row), prediction);
  },
  async trainer({ training, weights, x, y }) {
    const { learningRate } = training;
    const asked = asDense(training.net);
    const net = await network(asked.sizes, weights);
    net.trainOpts = { ...net.trainOpts, learningRate, momentum: 0 }; // its setter wants momentum
    const targets = rowsOf(y, asked.sizes.at(-1) as number);
    const patterns = rowsOf(x, asked.sizes[0]).map((input, i) => ({ input, output: targets[i] }));
    let loss = 0;
    return {
      run(steps) {
        for (let i = 0; i < steps; i++) for (const pattern of patterns) loss += net.trainPattern(pattern, true);
        if (Number.isNaN(loss)) throw new Error("the loss is NaN");
      },
      weights: () =>
        net.weights.slice(1).flatMap((rows, layer) => {
          const inputs = asked.sizes[layer];
          const kernel = Float32Array.from(
            { length: rows.length * inputs },
            (_, at) => rows[at % rows.length][Math.floor(at / rows.length)],
          );
          return [kernel, Float32Array.from(net.biases[layer + 1])];
        }),
    };
  },
  ships: { files: ["brain.js/browser.min.js"] },
};

/** The expression repeats every neuron for each of its readers: its terms are the product of all sizes. */
const mostTerms = 1e6;

export const brainFunction: Engine = {
  name: "brain.js toFunction",
  says: "the printed function row by row, relu end",
  packages: ["brain.js"],
  instead: reluEnd,
  refuses(work) {
    const net = netOf(work);
    if (!isDense(net)) return denseOnly(net);
    const terms = net.sizes.reduce((product, size) => product * size, 1);
    return terms > mostTerms ? "its one expression repeats every neuron for each reader: over a million terms" : undefined;
  },
  async predictor(prediction) {
    const net = await network(asDense(prediction.net).sizes, prediction.weights);
    return predictor(net.toFunction(), prediction);
  },
};
