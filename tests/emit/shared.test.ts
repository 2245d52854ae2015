// Kernels that are called with other buffers: the module computes the bits of the Program, and the Program those of the same kernels
// written out once for each call; on every target, exact or not, rows and tiles, and through training.
import { describe, expect, it } from "vitest";
import { type Compilation, compile, lowerModel } from "../../compiler/compile.ts";
import { emitModule } from "../../compiler/emit/module/module.ts";
import { instances } from "../../compiler/program/calls.ts";
import type { Program } from "../../compiler/program/program.ts";
import * as v from "../../compiler/program/value.ts";
import { verifyProgram } from "../../compiler/program/verify.ts";
import { load } from "../../runtime/load.ts";
import { conv2d, dense, flatten, layerNormalization, lstm, type Model, type OptionsInput, sequential } from "../../src/index.ts";
import { backendsOf, withBackend } from "../engines.ts";
import { interpret, type Trainable } from "../executors.ts";
import { bitsOf } from "../support/drive.ts";
import { at, buffers, parts, run } from "./programs.ts";

const training = { loss: "mse", optimizer: "adam" } as const;
const models: Readonly<Record<string, Model>> = {
  chain: sequential(
    Array.from({ length: 12 }, (_, i) => dense({ units: 5, activation: "tanh", ...(i === 0 ? { inputShape: [5] } : {}) })),
    { training },
  ),
  wide: sequential(
    [dense({ units: 40, activation: "relu", inputShape: [40] }), dense({ units: 40, activation: "relu" }), dense({ units: 40, activation: "relu" })],
    { training },
  ),
  recurrent: sequential([lstm({ units: 4, inputShape: [3, 4], returnSequences: true }), lstm({ units: 4, returnSequences: true }), flatten()], { training }),
  mixed: sequential(
    [
      conv2d({ filters: 2, kernelSize: 3, padding: "same", inputShape: [5, 5, 2] }),
      layerNormalization(),
      conv2d({ filters: 2, kernelSize: 3, padding: "same" }),
      layerNormalization(),
      flatten(),
    ],
    { training },
  ),
}; // biome-ignore format: a table of models

/** A kernel for every call, as if none were shared. */
function apart(program: Program): Program {
  const entries = program.entries.map((entry) => ({
    ...entry,
    kernels: instances(program, entry.calls).map((kernel, i) => ({ ...kernel, name: `${entry.name} ${i}` })),
  }));
  const made = {
    ...program,
    kernels: entries.flatMap(({ kernels }) => kernels),
    entries: entries.map(({ kernels, ...entry }) => ({ ...entry, calls: kernels.map(({ name }) => ({ kernel: name })) })),
  };
  verifyProgram(made);
  return made;
}
const allApart = ({ program, simd, ...rest }: Compilation): Compilation => ({
  ...rest,
  program: apart(program),
  ...(simd === undefined
    ? {}
    : { simd: { program: apart(simd.program), ...(simd.relaxed === undefined ? {} : { relaxed: apart(simd.relaxed) }) } }),
});

const rows = 35;
const draw = (length: number, seed: number) => Float32Array.from({ length }, (_, i) => Math.sin(seed + 1.7 * i));

describe.each(Object.entries(models))("%s", (_, model) => {
  const { inputs, outputs } = compile(model).manifest;
  const size = (list: typeof inputs) => list[0].shape.reduce((product, extent) => product * extent, 1);
  const [x, y] = [draw(rows * size(inputs), 1), draw(rows * size(outputs), 2)];

  it.each([{ target: "js" }, { target: "js", exact: true }, { target: "simd" }, { target: "simd", exact: true }] as const)(
    "predicts the same bits with %o",
    (options) => {
      const lowered = lowerModel(model, { ...options, unroll: 0 });
      expect(lowered.program.kernels.some(({ formals }) => formals !== undefined)).toBe(true);
      verifyProgram(lowered.program);
      const artifact = compile(model, { ...options, unroll: 0 });
      for (const backend of backendsOf(artifact)) {
        const meant = interpret(lowered, 0, backend);
        const unshared = interpret(allApart(lowered), 0, backend);
        for (const entry of meant.hasTile ? (["predict", "predictTile"] as const) : (["predict"] as const))
          expect(bitsOf(meant.predict(x, rows, entry))).toEqual(bitsOf(unshared.predict(x, rows, entry)));
        if (backend === "relaxed") continue; // may contract
        const module = withBackend(artifact, backend, (one) => load<Trainable>(one));
        expect(bitsOf(module.predict(x.subarray(0, size(inputs))))).toEqual(
          bitsOf(meant.predict(x.subarray(0, size(inputs)), 1)),
        );
        const tiled = meant.hasTile ? meant.predict(x.subarray(0, 32 * size(inputs)), 32, "predictTile") : undefined;
        if (tiled !== undefined) expect(bitsOf(module.predict(x.subarray(0, 32 * size(inputs))))).toEqual(bitsOf(tiled));
      }
    },
  );

  it.each([{ target: "js" }, { target: "simd", exact: true }] as const satisfies readonly OptionsInput[])(
    "learns the same bits with %o",
    (target) => {
      const options = { ...target, train: true, batch: rows } as const;
      const lowered = lowerModel(model, options);
      const artifact = compile(model, options);
      for (const backend of backendsOf(artifact)) {
        const meant = interpret(lowered, 0.01, backend);
        const unshared = interpret(allApart(lowered), 0.01, backend);
        const module = withBackend(artifact, backend, (one) => load<Trainable>(one));
        for (let step = 0; step < 2; step++) {
          const loss = meant.trainStep(x, y, rows);
          expect(unshared.trainStep(x, y, rows)).toBe(loss);
          expect(Math.fround(module.trainStep(x, y, { learningRate: 0.01 }))).toBe(loss);
        }
        expect(module.evaluate(x, y).loss).toBe(meant.evaluate(x, y, rows));
        module.getWeights().forEach((weights, i) => {
          const { name } = artifact.manifest.weights[i];
          expect(bitsOf(weights), name).toEqual(bitsOf(meant.weight(name)));
          expect(bitsOf(weights), name).toEqual(bitsOf(unshared.weight(name)));
        });
      }
    },
  );
});

describe("a kernel with formals", () => {
  /** y = (2x + 1) · 2 + 1, by two calls of one kernel, whose formal `memory` is named like the module's array. */
  const program: Program = {
    name: "net",
    scalars: [],
    buffers: [
      ...buffers([
        ["x", 2, "input"],
        ["h", 2, "arena"],
        ["kept", 2, "state"],
        ["y", 2, "output"],
      ]),
    ].map((buffer) => (buffer.name === "kept" ? { ...buffer, initial: 0.5 } : buffer)),
    kernels: [
      {
        name: "double",
        origin: "",
        formals: [
          { name: "memory", length: 2 },
          { name: "out", length: 2 },
        ],
        body: [
          {
            do: "for",
            loop: "i",
            to: 2,
            body: [
              {
                do: "store",
                buffer: "out",
                index: at(0, ["i", 1]),
                value: v.madd(v.lit(2, "f32"), v.load("memory", at(0, ["i", 1])), v.lit(1, "f32")),
              },
            ],
          },
        ],
      },
    ],
    entries: [
      {
        name: "predict",
        rows: 1,
        calls: [
          { kernel: "double", buffers: ["x", "h"] },
          { kernel: "double", buffers: ["h", "kept"] },
          { kernel: "double", buffers: ["kept", "y"] },
        ],
        inputs: [["x", "x"]],
        outputs: [["y", "y"]],
      },
    ],
  };
  const made = parts(program, {}, { inputs: [{ name: "x", shape: [2] }], outputs: [{ name: "y", shape: [2] }] });

  it("is one function of places in memory", () => {
    verifyProgram(program);
    const { code } = emitModule(made);
    expect(code).toContain("function double(memory_1, out) {");
    expect(code.match(/double\(\d+, \d+\);/g)).toEqual(["double(0, 2);", "double(2, 4);", "double(4, 6);"]);
    expect(code).not.toMatch(/const (h|kept) =/);
    expect([...run(made).predict([1, 2])]).toEqual([15, 23]);
  });
  it("finds a state that has no name filled with its initial value", () => {
    expect(emitModule(made).code).toContain("memory.fill(0.5, 4, 6);");
  });
});
