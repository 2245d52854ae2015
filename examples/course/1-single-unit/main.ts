// Lesson 1, a single unit: how long people live, from what they earn. One weight and one bias make a straight line.
import { compile, dense, fit, load, sequential } from "layerc";
import { chart } from "layerc/data";
import { numbersIn, type Sizes, vega } from "../lesson.ts";

export async function main({ epochs = 60 }: Sizes = {}) {
  const table = await vega("gapminder-health-income.csv");
  // One step to the right is ten times the income, and 0 stands for 10,000 dollars a year.
  const x = numbersIn(table, "income").map((income) => Math.log10(income / 10_000));
  const y = numbersIn(table, "health");

  const unit = sequential([dense({ name: "unit", units: 1, inputShape: [1] })], {
    name: "lifespan",
    seed: 1,
    training: { loss: "mse", optimizer: { name: "sgd", learningRate: 0.1 } },
  });
  // exact: the same numbers on every engine.
  const { model, history, weights } = fit(unit, { x, y }, { epochs, exact: true, verbose: 0 });
  const [[weight], [bias]] = weights;
  console.log(`${x.length} countries, mean squared error ${history.loss[0].toFixed(0)} → ${history.loss[epochs - 1].toFixed(1)}`);
  console.log(`years = ${weight.toFixed(2)} · log10(income / 10000) + ${bias.toFixed(2)}`);

  const { predict } = load(compile(model, { exact: true }));
  const ends = [Math.min(...x), Math.max(...x)];
  const years = predict(ends);
  for (const income of [1_000, 10_000, 100_000])
    console.log(`${income} dollars: ${predict([Math.log10(income / 10_000)])[0].toFixed(1)} years`);

  const unitPlot = chart({
    x: "log10(income / 10000 dollars)",
    y: "life expectancy, years",
    series: [
      { name: "countries", points: x.map((at, i) => [at, y[i]]), as: "points" },
      { name: "the unit", points: ends.map((at, i) => [at, years[i]]) },
    ],
  });
  return { plots: { unit: unitPlot }, x, y, weight, bias, loss: history.loss };
}
