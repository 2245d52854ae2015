// Learns to tell three species apart, with early stopping, and tests the shipped file on rows it never saw.
import { fileURLToPath } from "node:url";
import { adapt, compile, fit, withWeights } from "layerc";
import { flat, shuffled, split, table } from "../support/data.ts";
import { askBareProcess, ship, showShipped } from "../support/ship.ts";
import model, { species } from "./penguins.model.ts";

export interface Row {
  readonly x: readonly number[];
  readonly label: number;
}

export function penguins(): readonly Row[] {
  const rows = table<Record<string, string | number | null>>("penguins.json");
  const columns = ["Beak Length (mm)", "Beak Depth (mm)", "Flipper Length (mm)", "Body Mass (g)"];
  const complete = rows.flatMap((row): Row[] => {
    const x = columns.map((column) => row[column]);
    return x.every((value): value is number => typeof value === "number")
      ? [{ x, label: species.indexOf(String(row.Species)) }]
      : [];
  });
  return shuffled(complete, 5);
}

export function main(): void {
  const { train, held } = split(penguins(), 0.25);
  const x = flat(train.map((row) => row.x));
  const y = Float32Array.from(train, (row) => row.label);
  const scaled = adapt(model, "scale", x);
  // exact: the same bits on every engine, so that everybody sees the same numbers.
  const trainer = compile(scaled, { train: true, exact: true });
  const earlyStopping = { patience: 20, minDelta: 0.001, restoreBestWeights: true };
  const { epochs, weights } = fit(
    trainer,
    { x, y },
    { epochs: 200, batchSize: 16, validationSplit: 0.2, seed: 1, earlyStopping },
  );
  const shipped = ship(withWeights(scaled, weights), fileURLToPath(new URL("./out/", import.meta.url)));
  const answer = askBareProcess(shipped.file, flat(held.map((row) => row.x)));
  const right = held.filter((row, i) => {
    const scores = answer.y.slice(i * species.length, (i + 1) * species.length);
    return scores.indexOf(Math.max(...scores)) === row.label;
  });
  console.log(`penguins: ${train.length} rows to learn from, ${held.length} held out; stopped after ${epochs} epochs`);
  console.log(`  ${right.length} of ${held.length} species right: ${((100 * right.length) / held.length).toFixed(1)} %`);
  console.log(`  ${showShipped(shipped, answer.microseconds)}`);
}
