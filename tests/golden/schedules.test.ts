// The schedules of the fixtures: the rate before every step, against what Keras computed: as numbers, as Graph, and of a module that trains.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { graph } from "../../compiler/graph/graph.ts";
import { runGraph } from "../../compiler/interpret/graph.ts";
import type { TrainingInput } from "../../compiler/model.ts";
import { begin } from "../../compiler/ops/index.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { rateAt, scheduled } from "../../compiler/training/schedules/index.ts";
import { load } from "../../runtime/load.ts";
import { specOf } from "../../src/formats/keras/training.ts";
import { dense, sequential } from "../../src/index.ts";
import { expectClose } from "../close.ts";
import type { Trainable } from "../executors.ts";
import { standard } from "../exemptions.ts";
import { fixtures } from "../fixtures/read.ts";

interface Trace {
  readonly name: string;
  readonly spec: { readonly name: string };
  readonly rates: readonly number[];
}
interface Written {
  readonly class?: string;
  readonly config: object;
  readonly rate: readonly number[];
}

/** The cases of a file: `<class>-<which>`. */
function casesOf(file: string): readonly Trace[] {
  const written: Readonly<Record<string, Written>> = JSON.parse(readFileSync(join(fixtures, file), "utf8"));
  return Object.entries(written).map(([name, { class: kind = name.replace(/-.*/, ""), config, rate }]) => {
    const spec = specOf({ class_name: kind, config });
    if (spec === undefined || typeof spec === "string") throw new Error(`${name} is no schedule`);
    return { name: `${file}: ${name}`, spec, rates: rate };
  });
}
const cases = ["schedules.json", "schedules2.json"].flatMap(casesOf);

/** Its exports with a schedule. */
interface Planned extends Trainable {
  getLearningRate(): number;
}
const options: readonly OptionsInput[] = [{ target: "js" }, { target: "js", exact: true }, { target: "simd" }];

it("has all of both files", () => {
  expect(cases.length).toBe(30);
  expect(new Set(cases.map(({ spec }) => spec.name)).size).toBe(6);
});

describe.each(cases)("$name", ({ spec, rates }) => {
  it("in doubles", () => {
    expectClose(rates.map((_, i) => rateAt(spec, i)), rates, standard.losses, "rate"); // biome-ignore format: one line
  });

  it("as Graph, of float32 and of doubles", () => {
    const g = begin();
    const whole = graph("rate", [["rate", scheduled(g, spec, g.input({ name: "i", shape: [] }))]]);
    const found = rates.map((_, i) => runGraph(whole, { rows: 1, values: { i: [i] }, precision: "double" }).results.rate.data[0]);
    expectClose(found, rates, standard.losses, "rate");
  });

  it("of a module before each step", () => {
    const training = { loss: "mse", optimizer: { name: "sgd", learningRate: spec } } as const;
    const given = options[cases.findIndex((item) => item.spec === spec) % options.length];
    const model = sequential([dense({ units: 1, useBias: false, inputShape: [1] })], {
      seed: 1,
      training: training as TrainingInput,
    });
    const module = load<Planned>(compile(model, { ...given, train: true, batch: 1, selfTest: false }));
    const found = rates.map(() => {
      const rate = module.getLearningRate();
      const [[before]] = module.getWeights();
      // w − lr · 2(w − 0) on x = 1: what a step takes is what the function says.
      module.trainStep([1], [0]);
      expectClose([module.getWeights()[0][0]], [before - rate * 2 * before], standard.float32, "weight");
      module.setWeights([[1]]);
      return rate;
    });
    expectClose(found, rates, standard.losses, "rate");
  });
});
