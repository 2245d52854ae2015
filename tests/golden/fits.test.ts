// Whole runs of Keras' fit with callbacks: history, rates, weights, what was saved and logged, against what Keras came to; fit and fitAsync
// of the same run end with the same bits.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Callback, type FitOptions, fit, fitAsync, open } from "../../src/index.ts";
import { expectClose } from "../close.ts";
import { standard } from "../exemptions.ts";
import { showChoice } from "../fixtures/choice.ts";
import { callbacksOf, type FitCase, fitCases, type Outcome, type Written } from "../fixtures/fits.ts";
import { fixtures } from "../fixtures/read.ts";

const choice = fitCases();

it("takes every run", () => {
  console.log(showChoice("fits", choice));
  expect(choice.left).toEqual([]);
});

/** The options of a run, with its callbacks and one that notes the rates. */
function prepared(golden: FitCase): { readonly options: FitOptions; readonly written: Written; readonly rates: number[] } {
  const written: Written = { saved: [], csv: "" };
  const rates: number[] = [];
  const note: Callback = { onEpochEnd: (_, __, run) => void rates.push(run.learningRate) };
  return { written, rates, options: { ...golden.options, callbacks: [...callbacksOf(golden, written), note] } };
}

function run(golden: FitCase): Outcome {
  const { options, written, rates } = prepared(golden);
  const { resume, model, data } = golden;
  if (resume === undefined) {
    const { history, epochs, weights } = fit(model, data, options);
    return { history, rates, epochs, final: weights, ...written };
  }
  // Keras' own file of the state after the first half, not ours.
  const first = fit(model, data, { ...options, epochs: resume.after });
  const half = { ...open(readFileSync(join(fixtures, resume.file))), training: model.training };
  const second = fit(half, data, { ...options, initialEpoch: resume.after });
  const keys = Object.keys(first.history);
  return {
    history: Object.fromEntries(keys.map((key) => [key, [...first.history[key], ...second.history[key]]])),
    rates,
    epochs: first.epochs + second.epochs,
    final: second.weights,
  };
}

/** A CSV as fields; numbers differ by rounding, everything else not at all. */
const fieldsOf = (csv: string): readonly string[] => csv.split(/(?<=[,;\n])|(?=[,;\n])/);
const isFloat = (field: string): boolean => /^-?\d+(\.\d+)?(e[+-]\d+)?$/.test(field) && /[.e]/.test(field);

function expectRun(found: Outcome, wanted: Outcome, has: { readonly csv: boolean; readonly saved: boolean }): void {
  expect(Object.keys(found.history).sort()).toEqual(Object.keys(wanted.history).sort());
  for (const [key, values] of Object.entries(wanted.history))
    expectClose(found.history[key].flat() as number[], values.flat() as number[], standard.kerasHistory, key);
  expect(found.epochs).toBe(wanted.epochs);
  expectClose(found.rates, wanted.rates, standard.float32, "rates");
  for (const [i, values] of wanted.final.entries()) expectClose(found.final[i], values, standard.kerasRuns, `final[${i}]`);
  if (has.saved) {
    expect(found.saved).toEqual(wanted.saved);
    for (const [i, values] of (wanted.best ?? []).entries())
      expectClose(found.best?.[i] ?? [], values, standard.kerasRuns, `best[${i}]`);
  }
  if (!has.csv) return;
  const [ours, theirs] = [found.csv ?? "", wanted.csv ?? ""].map(fieldsOf);
  expect(ours.filter((field) => !isFloat(field))).toEqual(theirs.filter((field) => !isFloat(field)));
  const floatsOf = (fields: readonly string[]): number[] => fields.filter(isFloat).map(Number);
  expectClose(floatsOf(ours), floatsOf(theirs), standard.kerasHistory, "csv");
}

describe.each(choice.taken)("$case", (golden) => {
  it("is Keras' run", () => {
    const { csv, saved } = golden.wanted;
    expectRun(run(golden), golden.wanted, { csv: csv !== undefined, saved: saved !== undefined });
  });
});

it("fitAsync ends with the bits of fit, with every callback", async () => {
  const chosen = choice.taken.filter(({ callbacks, resume }) => callbacks.length > 0 && resume === undefined);
  expect(chosen.length).toBeGreaterThan(8);
  for (const golden of chosen.slice(0, 8)) {
    const [now, later] = [prepared(golden), prepared(golden)];
    const atOnce = fit(golden.model, golden.data, now.options);
    const inTime = await fitAsync(golden.model, golden.data, later.options);
    expect(inTime.history, golden.case).toEqual(atOnce.history);
    expect(inTime.weights, golden.case).toEqual(atOnce.weights);
    expect([later.written, later.rates], golden.case).toEqual([now.written, now.rates]);
  }
});
