// The forms a Program may take compute the same bits: a straight line those of the loops it comes from, lanes in exact mode
// those of the scalars; judged by the Program interpreter on random models and on numbers where formats end.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { sizeOf } from "../../compiler/graph/graph.ts";
import { createMachine } from "../../compiler/interpret/program.ts";
import type { Model } from "../../compiler/model.ts";
import { optionsSchema } from "../../compiler/options.ts";
import { type Compilation, lowerModel } from "../../compiler/pipeline/lower-model.ts";
import type { Program } from "../../compiler/program/program.ts";
import { printProgram } from "../../compiler/program/text/print.ts";
import { load } from "../../runtime/load.ts";
import { activation, dense, sequential } from "../../src/sequential.ts";
import { inputsOf } from "../arbitrary/data.ts";
import { type Sample, sampleOf } from "../arbitrary/models.ts";
import { hardNumbers } from "../arbitrary/numbers.ts";

const lowered = (model: Model, options: object): Compilation => lowerModel(model, optionsSchema.parse(options));

/** One row through the entry predict. */
function predicted(program: Program, { contents }: Compilation, x: Float32Array): Float32Array {
  const machine = createMachine(program, { constants: contents });
  const entry = program.entries.find(({ name }) => name === "predict") ?? program.entries[0];
  // A model may not ask for its input: all bins of none are one.
  for (const [, buffer] of entry.inputs) machine.buffers.get(buffer)?.set(x);
  machine.run("predict", {});
  return machine.buffers.get(entry.outputs[0][1])?.slice() ?? new Float32Array();
}

const isStraight = (program: Program): boolean => program.kernels.every(({ body }) => body.every((one) => one.do !== "for"));

describe("a straight line", () => {
  it.each([false, true])("has the bits of the loops, exact: %s", (exact) => {
    let straight = 0;
    const law = (sample: Sample): void => {
      const line = lowered(sample.model, { target: "js", exact, unroll: 4000 });
      if (!isStraight(line.program)) return;
      straight++;
      const loops = lowered(sample.model, { target: "js", exact, unroll: 0 });
      for (const hard of [false, true]) {
        const x = inputsOf(sample, 1, hard);
        expect(predicted(line.program, line, x)).toEqual(predicted(loops.program, loops, x));
      }
    };
    fc.assert(fc.property(sampleOf("dense", false), law), { numRuns: 60, seed: 11 });
    expect(straight).toBeGreaterThan(30);
  });
});

describe("lanes", () => {
  // Ends of a heavy map: alone, left over, padded; of a light one: left over.
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])("have the bits of scalars where %i points are not fours", (units) => {
    for (const name of ["softmax", "exponential", "tanh", "gelu", "relu", "sigmoid"] as const) {
      const model = sequential([
        dense({ units: 3, activation: name, inputShape: [2] }),
        dense({ units }),
        activation({ activation: name }),
      ]);
      const both = lowered(model, { target: "simd", exact: true });
      for (const seed of [1, 2, 3]) {
        const x = hardNumbers(seed, sizeOf([2]));
        expect(predicted(both.simd?.program as Program, both, x), name).toEqual(predicted(both.program, both, x));
        const module = load(compile(model, { target: "simd", exact: true }));
        expect(module.predict(x), name).toEqual(predicted(both.program, both, x));
      }
    }
  });
  it("compute two or three points left over as a vector, where a point is much work", () => {
    const text = (units: number, name: "exponential" | "relu"): string => {
      const model = sequential([activation({ activation: name, inputShape: [units] })]);
      return printProgram(lowered(model, { target: "simd" }).simd?.program as Program);
    };
    expect(text(3, "exponential")).toContain("extract.2(");
    expect(text(6, "exponential")).toContain("extract.1(");
    expect(text(5, "exponential")).not.toContain("extract");
    expect(text(7, "relu")).not.toContain("extract");
  });
});
