// `summary(model)`: Keras' table as data and as text; the command prints the same.
import { expect, it } from "vitest";
import { batchNormalization, CompileError, concatenate, dense, input, model, sequential, summary } from "../src/index.ts";

it("counts what Keras counts", () => {
  const net = sequential([dense({ units: 4, inputShape: [3] }), batchNormalization({}), dense({ units: 2 })], { name: "net" });
  const { name, layers, totals, inputs, outputs, warnings, text } = summary(net);
  expect(name).toBe("net");
  expect(layers.map(({ name, type, output, params }) => [name, type, output, params])).toEqual([
    ["dense", "Dense", [4], 16],
    ["batch_normalization", "BatchNormalization", [4], 16],
    ["dense_1", "Dense", [2], 10],
  ]);
  // Moving mean and variance are not trained.
  expect(totals).toMatchObject({ params: 42, trainable: 34, nonTrainable: 8, bytes: 168 });
  expect([inputs.map((port) => port.shape), outputs.map((port) => port.shape)]).toEqual([[[3]], [[2]]]);
  expect(warnings).toEqual([]);
  expect(text).toMatch(/^Model: "net"\n\nLayer \(type\)/);
  expect(text).toContain("Total params:           42 (168 B)");
  expect(text).toMatch(/dense_1 \(Dense\) +\[n, 2\] +10/);
});

it("shows what each layer takes where that is not the one before", () => {
  const net = model({
    inputs: { a: [2], b: [3] },
    layers: [concatenate({ inputs: ["a", "b"] }), dense({ units: 1 })],
  });
  expect(summary(net).layers[0].inputs).toEqual(["a", "b"]);
  expect(summary(net).text).toContain("Connected to");
});

it("gives plain data, and refuses what is no model", () => {
  const { text: _, ...data } = summary(sequential([input({ shape: [2] }), dense({ units: 1 })]));
  expect(JSON.parse(JSON.stringify(data))).toEqual(data);
  expect(() => summary(sequential([dense({ units: 1 })]))).toThrow(CompileError);
});
