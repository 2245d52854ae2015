// The variations on the executors, with random weights and inputs, against the loops.
import { describe, expect, it } from "vitest";
import { random } from "../../compiler/base/random.ts";
import { resolve } from "../../compiler/front/steps.ts";
import type { Model } from "../../compiler/model.ts";
import { expectClose } from "../close.ts";
import { executors, inTurn } from "../executors.ts";
import { skipOf, standard } from "../exemptions.ts";
import { maskCases } from "./mask-variations.ts";
import { normCases } from "./norm-variations.ts";
import { recurrentCases } from "./recurrent-variations.ts";
import { tensor } from "./reference.ts";
import { spaceCases } from "./space-variations.ts";
import { cases as layerCases } from "./variations.ts";

const cases = [...layerCases, ...maskCases, ...normCases, ...spaceCases, ...recurrentCases];

const rows = 3;
/** The meaning, and the kernels that differ most, do run. */
const costly = ["program", "simd, JavaScript", "simd --exact"];
const chosen = executors.filter(({ name }) => !skipOf("loops-on-fewer-executors", costly.includes(name)));

it("runs on the executors it names", () => {
  expect(chosen.length).toBe(executors.length - costly.length);
});

describe.each(cases)("$name", ({ name, layers, reference, input = (noise) => 4 * noise.uniform() - 2 }) => {
  it("equals the loops", () => {
    const noise = random(cases.findIndex((item) => item.name === name));
    const bare: Model = { name, seed: 1, layers };
    const {
      weights: infos,
      inputs: [port],
    } = resolve(bare).predict;
    const draw = (size: number, value: () => number) => Float32Array.from({ length: size }, value);
    const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
    const values = infos.map((info): [string, Float32Array] => {
      const low = info.name.endsWith("/moving_variance") ? 0.1 : -1;
      return [info.name, draw(sizeOf(info.shape), () => low + noise.uniform() * (1 - low))];
    });
    const x = draw(rows * sizeOf(port.shape), () => input(noise));
    const w = Object.fromEntries(infos.map((info, i) => [info.name, tensor(info.shape, values[i][1])]));
    const y = reference(tensor([rows, ...port.shape], x), w).data;
    const model = { ...bare, weights: Object.fromEntries(values) };
    for (const { name: executor, predict } of inTurn(
      chosen,
      cases.findIndex((one) => one.name === name),
      ["graph"],
    ))
      expectClose(predict(model, x, rows), y, standard.layers, `${name} on ${executor}`);
  });
});
