// Ports are called as users call them: any name works as an input and as an output, in a module that predicts and in one that learns.
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load.ts";
import { dense, model } from "../../src/sequential.ts";
import type { Ported, Trainable } from "../executors.ts";

const names = [
  ...["constructor", "prototype", "toString", "valueOf", "hasOwnProperty", "length", "name", "then", "arguments", "eval"],
  ...["class", "default", "import", "this", "undefined", "Infinity", "Math", "x", "y", "out", "rows", "loss", "learningRate"],
  ...["sampleWeight", "step", "weights", "a b", "é", "1", "-", '"', "'", "\\", "`", "\u2028", "</script>".replace("/", "")],
];

describe.each(names)("%j", (port) => {
  it.each(["inputs", "outputs"] as const)("among %s", (side) => {
    const [given, made] = side === "inputs" ? [port, "made"] : ["given", port];
    const net = model({
      inputs: [
        { name: given, shape: [2] },
        { name: "second", shape: [1] },
      ],
      outputs: [
        { name: made, from: "d" },
        { name: "other", from: "e" },
      ],
      layers: [dense({ units: 1, name: "d", inputs: [given] }), dense({ units: 2, name: "e", inputs: ["second"] })],
      training: { loss: "mse", optimizer: "sgd" },
    });
    const values = (list: readonly (readonly [string, number[]])[]) => Object.fromEntries(list);
    const x = values([
      [given, [1, 2]],
      ["second", [3]],
    ]);
    const y = values([
      [made, [1]],
      ["other", [1, 2]],
    ]);
    for (const train of [false, true]) {
      const module = load<Ported & Trainable>(compile(net, { train }));
      expect(Object.keys(module.predict(x))).toEqual(expect.arrayContaining([made, "other"]));
      module.selfTest?.();
      if (train) expect([module.trainStep(x, y), module.evaluate(x, y).loss].every(Number.isFinite)).toBe(true);
    }
  });
});
