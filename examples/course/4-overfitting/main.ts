// Lesson 4, over- and underfitting: how warm a day of the year is. One day of fourteen is learned from, by nets too small, too large, and stopped in time.
import { compile, dense, fit, load, type Model, sequential } from "layerc";
import { bestOf, chart, curvesOf } from "layerc/data";
import { numbersIn, type Sizes, vega } from "../lesson.ts";

/** Of a year in Seattle every fourteenth day to learn from, the others to validate; the year goes from -2 to 2. */
export async function days() {
  const warmest = numbersIn(await vega("seattle-weather.csv"), "temp_max").slice(0, 364);
  const all = warmest.map((degrees, day) => ({ day, x: (4 * day) / 363 - 2, y: degrees / 10 }));
  const parts = (some: typeof all) => ({ x: some.map(({ x }) => x), y: some.map(({ y }) => y) });
  return { train: parts(all.filter(({ day }) => day % 14 === 3)), held: parts(all.filter(({ day }) => day % 14 !== 3)) };
}

const training = { loss: "mse", optimizer: { name: "adam", learningRate: 0.01 } } as const;
/** As many hidden units in each of two layers. */
export const netOf = (units: number): Model =>
  sequential([dense({ units, activation: "relu", inputShape: [1] }), dense({ units, activation: "relu" }), dense({ units: 1 })], {
    seed: 2,
    training,
  });
const line = sequential([dense({ units: 1, inputShape: [1] })], { seed: 2, training });

export async function main({ epochs = 800 }: Sizes = {}) {
  const { train, held } = await days();
  const options = { epochs, batchSize: 13, validationData: held, exact: true, verbose: 0 } as const;
  const large = netOf(96);
  const runs = {
    "a line": fit(line, train, options),
    "96 and 96 units": fit(large, train, options),
    // The same net from the same weights: it ends when 60 epochs brought nothing better, and the best weights come back.
    "the same, stopped early": fit(large, train, { ...options, earlyStopping: { patience: 60, restoreBestWeights: true } }),
  };
  const found = Object.entries(runs).map(([name, { model, history, module, epochs: ran }]) => {
    const best = bestOf(history.val_loss);
    const kept = Number(module.evaluate(held.x, held.y).loss);
    console.log(
      `${name}: ${ran} epochs, loss ${history.loss[ran - 1].toFixed(3)}; to validate at the end ${history.val_loss[ran - 1].toFixed(3)}, best ${best.value.toFixed(3)} after epoch ${best.epoch}, kept ${kept.toFixed(3)}`,
    );
    return { name, model, history, best, kept, ran };
  });
  const [, over] = found;
  const year = Array.from({ length: 364 }, (_, day) => (4 * day) / 363 - 2);
  const curveOf = ({ name, model }: { readonly name: string; readonly model: Model }) => {
    const degrees = load(compile(model, { exact: true })).predict(year);
    return { name, points: year.map((_, day): [number, number] => [day + 1, 10 * degrees[day]]) };
  };
  const learned = train.x.map((at, i): [number, number] => [Math.round(((at + 2) * 363) / 4) + 1, 10 * train.y[i]]);
  const both = { train: over.history, validation: { loss: over.history.val_loss } };
  return {
    plots: {
      year: chart({
        x: "day",
        y: "°C",
        series: [...found.map(curveOf), { name: "learned from", points: learned, as: "points" }],
      }),
      curves: chart(curvesOf(both, "loss", { title: over.name, y: "loss", mark: over.best.epoch, isLog: true })),
    },
    found,
  };
}
