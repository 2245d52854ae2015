// A second input: the number of people. The same unit has one weight more, and the plane lies hardly better than the line.
import { dense, fit, sequential, summary } from "layerc";
import { numbersIn, type Sizes, vega } from "../lesson.ts";

export async function answer({ epochs = 60 }: Sizes = {}) {
  const table = await vega("gapminder-health-income.csv");
  const income = numbersIn(table, "income").map((dollars) => Math.log10(dollars / 10_000));
  const people = numbersIn(table, "population").map((count) => Math.log10(count / 10_000_000));
  const x = income.map((value, i) => [value, people[i]]);

  const unit = sequential([dense({ name: "unit", units: 1, inputShape: [2] })], {
    seed: 1,
    training: { loss: "mse", optimizer: { name: "sgd", learningRate: 0.1 } },
  });
  const { weights, history } = fit(unit, { x, y: numbersIn(table, "health") }, { epochs, exact: true, verbose: 0 });
  const [kernel, bias] = weights;
  console.log(
    `${summary(unit).totals.params} parameters: kernel ${[...kernel].map((w) => w.toFixed(2))}, bias ${bias[0].toFixed(2)}`,
  );
  console.log(`mean squared error ${history.loss[epochs - 1].toFixed(1)}`);
  return { loss: history.loss, kernel };
}
