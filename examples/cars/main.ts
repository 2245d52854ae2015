// Trains the fuel-economy regressor with its own generated training step, ships it, and asks the shipped file about cars it
// never saw.
import { fileURLToPath } from "node:url";
import { adapt, compile, fit, withWeights } from "layerc";
import { flat, split } from "../support/data.ts";
import { askBareProcess, ship, showShipped } from "../support/ship.ts";
import model from "./cars.model.ts";
import { cars } from "./data.ts";

export function main(): void {
  const { train, held } = split(cars(), 0.2);
  const x = flat(train.map((car) => car.x));
  const y = flat(train.map((car) => car.y));
  const scaled = adapt(model, "scale", x);
  // exact: the same bits on every engine, so that everybody sees the same numbers.
  const trainer = compile(scaled, { train: true, exact: true });
  const { history, epochs, weights } = fit(trainer, { x, y }, { epochs: 200, batchSize: 32, validationSplit: 0.2, seed: 7 });
  const trained = withWeights(scaled, weights);

  const shipped = ship(trained, fileURLToPath(new URL("./out/", import.meta.url)));
  const unseen = flat(held.map((car) => car.x));
  const answer = askBareProcess(shipped.file, unseen);
  const error = meanAbsolute(held.map((car, i) => answer.y[i] - car.y[0]));
  const mean = y.reduce((a, b) => a + b, 0) / y.length;
  const guessing = meanAbsolute(held.map((car) => mean - car.y[0]));

  const shown = held.slice(0, 5);
  const width = Math.max(...shown.map((car) => car.name.length));
  console.log(
    `cars: ${train.length} rows to learn from, ${held.length} held out; ${epochs} epochs, last loss ${history.loss.at(-1)?.toFixed(2)}`,
  );
  for (const [i, car] of shown.entries())
    console.log(`  ${car.name.padEnd(width)}  ${answer.y[i].toFixed(1)} mpg predicted, ${car.y[0]} measured`);
  console.log(
    `  mean absolute error ${error.toFixed(2)} mpg on the rows held out, ${guessing.toFixed(2)} when predicting the mean: ${((100 * error) / guessing).toFixed(0)} %`,
  );
  console.log(`  ${showShipped(shipped, answer.microseconds)}`);
}

const meanAbsolute = (errors: readonly number[]): number => errors.reduce((sum, e) => sum + Math.abs(e), 0) / errors.length;
