// Lesson 2, a deep net: the height of a volcano from where one stands on it. Hidden layers make bends, a single unit cannot.
import { activation, compile, dense, fit, load, type Model, sequential } from "layerc";
import { chart } from "layerc/data";
import type { Sizes } from "../lesson.ts";
import { landscape } from "./landscape.ts";

const training = { loss: "mse", optimizer: { name: "adam", learningRate: 0.02 } } as const;
export const nets: Readonly<Record<string, Model>> = {
  "one unit": sequential([dense({ units: 1, inputShape: [2] })], { seed: 4, training }),
  "2-4-3-1": sequential(
    [
      dense({ name: "hidden1", units: 4, activation: "relu", inputShape: [2] }),
      dense({ name: "hidden2", units: 3, activation: "relu" }),
      dense({ name: "output", units: 1 }),
    ],
    { seed: 4, training },
  ),
  "2-32-32-1": sequential(
    [dense({ units: 32, activation: "relu", inputShape: [2] }), dense({ units: 32, activation: "relu" }), dense({ units: 1 })],
    { seed: 4, training },
  ),
};

export async function main({ epochs = 20, rows = Number.POSITIVE_INFINITY }: Sizes = {}) {
  const { x, y, section } = landscape(rows);
  const loss: Record<string, number> = {};
  const lines = [];
  for (const [name, net] of Object.entries(nets)) {
    const { model, history } = fit(net, { x, y }, { epochs, exact: true, verbose: 0 });
    loss[name] = history.loss[epochs - 1];
    console.log(`${name.padEnd(9)}  mean squared error ${loss[name].toFixed(3)}`);
    const heights = load(compile(model, { exact: true })).predict(section.x);
    lines.push({ name, points: section.x.map(([at], i): [number, number] => [at, heights[i]]) });
  }
  const hill = {
    name: "measured",
    points: section.x.map(([at], i): [number, number] => [at, section.y[i]]),
    as: "points",
  } as const;

  // What an activation does with a number: a model of one layer says it.
  const numbers = Array.from({ length: 81 }, (_, i) => (i - 40) / 10);
  const functions = (["relu", "elu", "selu", "silu"] as const).map((name) => {
    const { predict } = load(compile(sequential([activation({ activation: name, inputShape: [1] })]), { exact: true }));
    return { name, points: Array.from(predict(numbers), (value, i): [number, number] => [numbers[i], value]) };
  });
  return {
    plots: {
      section: chart({ x: "west to east", y: "height: 1 is 25 m", series: [...lines, hill] }),
      activations: chart({ x: "goes in", y: "comes out", series: functions }),
    },
    loss,
    functions,
  };
}
