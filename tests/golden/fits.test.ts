// Whole runs of Keras' fit with callbacks: history, rates, weights, what was saved and logged, against what Keras came to; fit and fitAsync
// of the same run end with the same bits.
import { describe, expect, it } from "vitest";
import { fit, fitAsync } from "../../src/index.ts";
import { showChoice } from "../fixtures/choice.ts";
import { fitCases } from "../fixtures/fits.ts";
import { expectRun, prepared } from "./runs.ts";

const choice = fitCases();

it("takes every run", () => {
  console.log(showChoice("fits", choice));
  expect(choice.left).toEqual([]);
});

describe.each(choice.taken)("$case", (golden) => {
  it("is Keras' run", () => expectRun(golden, fit));
});

it("fitAsync ends with the bits of fit, with every callback", async () => {
  const chosen = choice.taken.filter(({ callbacks, resume }) => callbacks.length > 0 && resume === undefined);
  // One case of each callback.
  const firsts = chosen.filter(
    (item, i) => chosen.findIndex((other) => other.callbacks[0].class === item.callbacks[0].class) === i,
  );
  expect(firsts.length).toBeGreaterThan(5);
  for (const golden of firsts) {
    const [now, later] = [prepared(golden), prepared(golden)];
    const atOnce = fit(golden.model, golden.data, now.options);
    const inTime = await fitAsync(golden.model, golden.data, later.options);
    expect(inTime.history, golden.case).toEqual(atOnce.history);
    expect(inTime.weights, golden.case).toEqual(atOnce.weights);
    expect([later.written, later.rates], golden.case).toEqual([now.written, now.rates]);
  }
});
