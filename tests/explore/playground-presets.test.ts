// What the playground offers runs at once: each preset compiles, fits its rows and learns them, as the page's worker does it.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load.ts";
import type { Trainable } from "../../runtime/trainable.ts";
import { measuredFiles } from "../../scripts/playground/data.ts";
import { datasets } from "../../src/explore/playground/datasets.ts";
import { evaluate } from "../../src/explore/playground/evaluate.ts";
import { presets } from "../../src/explore/playground/presets.ts";
import { misfit, trainer } from "../../src/explore/playground/trainer.ts";

const files = measuredFiles();
const rowsOf = (id: string) => datasets.find((one) => one.id === id)?.load(async (name) => files[name]);
const moduleOf = (text: string): Trainable =>
  load<Trainable>(compile(evaluate(text).model, { train: true, batch: 32, selfTest: false }));

it("the first preset is the seed net of the examples, with a training", () => {
  const text = readFileSync("examples/seed-2-4-3-1/seed.model.ts", "utf8");
  expect(evaluate(presets[0].text).model).toMatchObject(evaluate(text).model);
});

it("every set has a preset", () => {
  expect([...new Set(presets.map(({ data }) => data))].sort()).toEqual(datasets.map(({ id }) => id).sort());
});

describe("each preset", () => {
  it.each(presets)("$title learns", async ({ text, data }) => {
    const rows = await rowsOf(data);
    if (rows === undefined) throw new Error(`no rows ${data}`);
    expect([rows.x.length / rows.count, rows.y.length]).toEqual([rows.inputShape.reduce((a, b) => a * b), rows.count]);
    const module = moduleOf(text);
    expect(misfit(module, rows)).toBeUndefined();
    const run = trainer(module, rows, 32);
    const points = [];
    while (run.epoch < 25) {
      const point = run.step();
      if (point !== undefined) points.push(point);
    }
    expect(run.steps).toBe(25 * Math.ceil((0.8 * rows.count) / 32));
    const [first, last] = [points[0].held.loss as number, points[24].held.loss as number];
    expect(last).toBeLessThan(first);
    const { picture } = datasets.find(({ id }) => id === data) ?? { picture: "surface" };
    expect(run.picture(picture, 8)).toMatchObject({ kind: picture });
  });

  it("the same run twice is the same, and a picture on the way changes nothing", async () => {
    const rows = await rowsOf("spirals");
    if (rows === undefined) throw new Error("no rows");
    const losses = [false, true].map((looks) => {
      const run = trainer(moduleOf(presets[1].text), rows, 32);
      return Array.from({ length: 20 }, () => {
        run.step();
        if (looks) run.picture("surface", 4);
        return run.loss;
      });
    });
    expect(losses[0]).toEqual(losses[1]);
  });
});

it("rows that do not fit are told, with both shapes", async () => {
  const rows = await rowsOf("iris");
  if (rows === undefined) throw new Error("no rows");
  expect(misfit(moduleOf(presets[0].text), rows)).toBe("a row of these data is [4], and the model takes [2]");
  const [input, target] = [[2], [1]];
  const module = moduleOf(presets[0].text.replace("units: 1 ", "units: 3 "));
  expect(misfit(module, { ...rows, inputShape: input, targetShape: target })).toBe(
    "a target of these data is [1], and the loss takes [3]",
  );
});
