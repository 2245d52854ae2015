// Lesson 6, binary classification: was a day's weather that of Seattle or that of New York? One sigmoid unit gives a probability.
import { dense, fit, sequential } from "layerc";
import { bestOf, chart, countsOf, histogram, learningCurves, prepare } from "layerc/data";
import { type Sizes, vega } from "../lesson.ts";

const net = sequential(
  [
    dense({ units: 32, activation: "relu", inputShape: [4] }),
    dense({ units: 32, activation: "relu" }),
    dense({ units: 1, activation: "sigmoid" }),
  ],
  {
    name: "city",
    seed: 5,
    training: { loss: "binary_crossentropy", optimizer: { name: "adam", learningRate: 0.003 }, metrics: ["accuracy", "auc"] },
  },
);

export async function main({ epochs = 100 }: Sizes = {}) {
  const table = await vega("weather.csv");
  const features = ["precipitation", "temp_max", "temp_min", "wind"];
  // Columns become numbers, the two names classes in their order, and a scaler goes into the model.
  const { model, data, validationData } = prepare(net, table, {
    target: "location",
    features,
    stratify: "location",
    scale: "standard",
  });
  const { history, module } = fit(model, data, {
    epochs,
    validationData,
    earlyStopping: { patience: 15, restoreBestWeights: true },
    exact: true,
    verbose: 0,
  });

  const classes = model.about?.classes?.y ?? [];
  const labels = validationData.y as Float32Array;
  const chance = module.predict?.(validationData.x) as Float32Array;
  const right = labels.filter((label, i) => label === Number(chance[i] > 0.5)).length / labels.length;
  const guess = Math.max(...classes.map((_, k) => labels.filter((label) => label === k).length)) / labels.length;
  const best = bestOf(history.val_loss).epoch;
  console.log(`0 is ${classes[0]}, 1 is ${classes[1]}; weights of epoch ${best} of ${history.loss.length}`);
  console.log(
    `right ${(100 * right).toFixed(1)} % of ${labels.length} days held back; always ${classes[0]} would be ${(100 * guess).toFixed(1)} %`,
  );

  // How many of each city's days got a probability of this tenth.
  const ofCity = classes.map((_, city) => chance.filter((_, i) => labels[i] === city));
  const series = classes.map((name, city) => histogram(name, ofCity[city]));
  const plots = {
    curves: learningCurves(history, { best }),
    histogram: chart({ x: `probability of ${classes[1]}`, y: "days", series }),
  };
  return { plots, history, right, guess, chance, labels, counts: ofCity.map((own) => countsOf(own)) };
}
