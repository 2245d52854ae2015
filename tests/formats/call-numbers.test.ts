// Which call of a model within a model a reference means: Keras 3 counts from 1 in what the model gives alone, Keras 2 and TensorFlow.js
// everywhere. The configs are cut down from what Keras 3.15 and TensorFlow.js 4.22 write.
import { describe, expect, it } from "vitest";
import { fromConfig } from "../../src/formats/keras/index.ts";
import { opened } from "./tfjs-cases.ts";

const tensor = (layer: string, call: number) => ({
  class_name: "__keras_tensor__",
  config: { shape: [null, 2], dtype: "float32", keras_history: [layer, call, 0] },
});
const layer = (class_name: string, name: string, config: object, ...calls: unknown[]) => ({
  module: class_name === "Functional" || class_name === "Sequential" ? "keras.models" : "keras.layers",
  class_name,
  name,
  config: { name, ...config },
  inbound_nodes: calls.map((arg) => ({ args: [arg], kwargs: {} })),
});
const entry = layer("InputLayer", "in", { batch_shape: [null, 2] });
const dense = (name: string, ...calls: unknown[]) => layer("Dense", name, { units: 2 }, ...calls);
const inner = { layers: [entry, dense("d", tensor("in", 0))], input_layers: [["in", 0, 0]], output_layers: [["d", 0, 0]] };
const chain = { layers: [entry, dense("d")] };
const model = (output: readonly unknown[], ...layers: unknown[]) =>
  fromConfig({ module: "keras.models", class_name: "Functional", config: { name: "m", layers: [entry, ...layers], input_layers: [["in", 0, 0]], output_layers: [output] } }); // biome-ignore format: one line

/** What each line takes, and what the model gives. */
const wiring = ({ layers, outputs }: ReturnType<typeof fromConfig>) => [...layers.map(({ name, inputs }) => [name, ...(inputs ?? [])].join(" < ")), ...(outputs ?? []).map((one) => (typeof one === "string" ? one : one.from))]; // biome-ignore format: one line

describe("Keras 3", () => {
  it.each([
    [
      "a model that is called once",
      ["inner", 1, 0],
      layer("Functional", "inner", inner, tensor("in", 0)),
      ["inner < in", "inner"],
    ],
    [
      "one that is called twice",
      ["inner", 2, 0],
      layer("Functional", "inner", inner, tensor("in", 0), tensor("inner", 0)),
      ["inner < in", "inner_1 < inner", "inner_1"],
    ],
    [
      "a Sequential, which has no call of its own",
      ["inner", 0, 0],
      layer("Sequential", "inner", chain, tensor("in", 0)),
      ["inner < in", "inner"],
    ],
  ] as const)("%s", (_, output, within, wanted) => {
    expect(wiring(model(output, within))).toEqual(wanted);
  });

  it("where only one way of counting uses every call, it is that", () => {
    // The first call is given, the second is taken by a layer whose result is added.
    const twice = layer("Functional", "inner", inner, tensor("in", 0), tensor("a", 0));
    const add = layer("Add", "sum", {}, [tensor("inner", 0), tensor("inner", 1)]);
    expect(wiring(model(["sum", 0, 0], dense("a", tensor("in", 0)), twice, add)).at(-2)).toBe("sum < inner < inner_1");
  });
});

describe("Keras 2 and TensorFlow.js", () => {
  const old = (class_name: string, name: string, config: object, ...calls: unknown[]) => ({
    class_name,
    name,
    config: { name, ...config },
    inbound_nodes: calls,
  });
  const put = old("InputLayer", "in", { batch_input_shape: [null, 2] });
  const d = (name: string, ...calls: unknown[]) => old("Dense", name, { units: 2 }, ...calls);
  const within = { layers: [put, d("d", [["in", 0, 0, {}]])], input_layers: [["in", 0, 0]], output_layers: [["d", 0, 0]] };
  const whole = (output: readonly unknown[], ...layers: unknown[]) =>
    opened({ modelTopology: { class_name: "Model", config: { name: "m", layers: [put, ...layers], input_layers: [["in", 0, 0]], output_layers: [output] } } }); // biome-ignore format: one line

  it.each(["Model", "Sequential"])("count the calls of a %s from 1", (class_name) => {
    const config = class_name === "Model" ? within : { layers: [d("d")] };
    const twice = old(class_name, "inner", config, [["in", 0, 0, {}]], [["a", 0, 0, {}]]);
    const add = old("Add", "sum", {}, [["inner", 1, 0, {}], ["inner", 2, 0, {}]]); // biome-ignore format: one line
    expect(wiring(whole(["sum", 0, 0], d("a", [["in", 0, 0, {}]]), twice, add)).at(-2)).toBe("sum < inner < inner_1");
    expect(wiring(whole(["inner", 1, 0], old(class_name, "inner", config, [["in", 0, 0, {}]]))).at(-1)).toBe("inner");
  });
});
