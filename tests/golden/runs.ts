// A whole run of Keras' fit: a case and a way to train go in; history, rates, weights, what was saved and logged are compared.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Model } from "../../compiler/model.ts";
import type { Callback, Data, FitOptions, Fitted } from "../../runtime/index.ts";
import { open } from "../../src/index.ts";
import { expectClose } from "../close.ts";
import { standard } from "../exemptions.ts";
import { callbacksOf, type FitCase, type Outcome, type Written } from "../fixtures/fits.ts";
import { fixtures } from "../fixtures/read.ts";

/** Trains a model. */
export type Fit = (model: Model, data: Data, options: FitOptions) => Fitted;

/** The options of a run, with its callbacks and one that notes the rates. */
export function prepared(golden: FitCase): { readonly options: FitOptions; readonly written: Written; readonly rates: number[] } {
  const written: Written = { saved: [], csv: "" };
  const rates: number[] = [];
  const note: Callback = { onEpochEnd: (_, __, run) => void rates.push(run.learningRate) };
  return { written, rates, options: { ...golden.options, callbacks: [...callbacksOf(golden, written), note] } };
}

function outcome(golden: FitCase, fit: Fit): Outcome {
  const { options, written, rates } = prepared(golden);
  const { resume, model, data } = golden;
  if (resume === undefined) {
    const { history, epochs, weights } = fit(model, data, options);
    return { history, rates, epochs, final: weights, ...written };
  }
  // Keras' own file of the state after the first half, not ours.
  const first = fit(model, data, { ...options, epochs: resume.after });
  const half = { ...open(readFileSync(join(fixtures, resume.file))), training: model.training };
  const second = fit(half as Model, data, { ...options, initialEpoch: resume.after });
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

/** Throws at the first number that is not Keras'. */
export function expectRun(golden: FitCase, fit: Fit): void {
  const { wanted } = golden;
  const found = outcome(golden, fit);
  expect(Object.keys(found.history).sort()).toEqual(Object.keys(wanted.history).sort());
  for (const [key, values] of Object.entries(wanted.history))
    expectClose(found.history[key].flat() as number[], values.flat() as number[], standard.kerasHistory, key);
  expect(found.epochs).toBe(wanted.epochs);
  expectClose(found.rates, wanted.rates, standard.float32, "rates");
  for (const [i, values] of wanted.final.entries()) expectClose(found.final[i], values, standard.kerasRuns, `final[${i}]`);
  if (wanted.saved !== undefined) expect(found.saved).toEqual(wanted.saved);
  for (const [i, values] of (wanted.best ?? []).entries())
    expectClose(found.best?.[i] ?? [], values, standard.kerasRuns, `best[${i}]`);
  if (wanted.csv === undefined) return;
  const [ours, theirs] = [found.csv ?? "", wanted.csv].map(fieldsOf);
  expect(ours.filter((field) => !isFloat(field))).toEqual(theirs.filter((field) => !isFloat(field)));
  const floatsOf = (fields: readonly string[]): number[] => fields.filter(isFloat).map(Number);
  expectClose(floatsOf(ours), floatsOf(theirs), standard.kerasHistory, "csv");
}
