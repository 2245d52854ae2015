// The operator cases of the ONNX project, and ONNX models of public repositories, each against what it states. An operator's case passes, or is
// refused by the operator's name; none is wrong. Prints which, and why.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { open } from "../../src/formats/index.ts";
import { expectClose } from "../close.ts";
import { standard } from "../exemptions.ts";
import { part } from "./cases.ts";
import { casesIn, type Outcome, predictWith, runCase, table } from "./onnx.ts";

const targets = ["js", "simd"] as const;

it("passes or refuses every operator's case", () => {
  const outcomes: Outcome[] = ["node", "simple"].flatMap((set) => {
    const folder = part(`onnx-node/${set}`);
    return casesIn(folder).map((name) => runCase(folder, name, targets, standard.onnxOperators));
  });
  console.log(table(outcomes));
  expect(outcomes.filter(({ state }) => state === "wrong")).toEqual([]);
  expect(outcomes.length).toBe(657);
  // May only grow.
  expect(outcomes.filter(({ state }) => state === "passed").length).toBeGreaterThanOrEqual(558);
}, 600_000);

interface Stated {
  readonly inputs: readonly (readonly [name: string, shape: readonly number[], type: string])[];
  readonly outputs: readonly { readonly name: string; readonly data: readonly number[] }[];
}

/**
 * What the reference evaluator of ONNX states for a BatchNormalization of version 9 is that of training, whatever its outputs are; with one
 * output the operator uses the statistics in the file. These are onnxruntime's numbers.
 */
const corrected: Readonly<Record<string, readonly number[]>> = {
  "pytorch.onnx": [
    0.18218717, -5.2008142, 7.3674836, 13.149065, -13.527371, 4.953489, 2.996843, 3.117863, -0.27994516, -5.116192,
  ],
};

const models = readdirSync(part("models")).flatMap((folder) => {
  const at = join(part("models"), folder);
  if (!readdirSync(at).some((name) => name.endsWith(".onnx"))) return [];
  const stated: Readonly<Record<string, Stated>> = JSON.parse(readFileSync(join(at, "expected.json"), "utf8"));
  return Object.entries(stated).map(([file, values]) => ({
    file: join(at, file),
    ...values,
    outputs: values.outputs.map((output) => ({ ...output, data: corrected[file] ?? output.data })),
  }));
});

it.each(models)("$file gives what it states", ({ file, inputs, outputs }) => {
  expect(existsSync(file)).toBe(true);
  const given = inputs.map(([name, shape, type]) => {
    const length = shape.reduce((a, b) => a * b, 1);
    return [name, Array.from({ length }, (_, i) => (type === "FLOAT" ? ((i * 7919) % 1009) / 1009 : i % 7))] as const;
  });
  for (const target of targets) {
    const made = predictWith(open(readFileSync(file), file), Object.fromEntries(given), target);
    for (const { name, data } of outputs) {
      const found = made[name.replace(/[/:]/g, "_")];
      // Long outputs are stated in part.
      expectClose(found.subarray(0, data.length), data, standard.pretrained, `${name} on ${target}`);
    }
  }
});
