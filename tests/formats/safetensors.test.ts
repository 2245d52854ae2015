import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import type { Model } from "../../compiler/model.ts";
import { open, openWeights, save } from "../../src/formats/index.ts";
import { readTensors, withWeightsFile, writeTensors } from "../../src/formats/safetensors.ts";
import { errorOf } from "../support/error.ts";

const seed: Model = {
  name: "seed",
  seed: 7,
  layers: [
    { layer: "dense", config: { units: 4, activation: "relu", inputShape: [2] } },
    { name: "logits", layer: "dense", config: { units: 3 } },
  ],
  weights: {
    "dense/kernel": Float32Array.of(1, -0, 0.1, Number.NaN, 3, 4e-45, -5, Number.POSITIVE_INFINITY),
    "dense/bias": Float32Array.of(1, 2, 3, 4),
    "logits/kernel": new Float32Array(12).fill(0.5),
    "logits/bias": new Float32Array(3),
  },
  training: { loss: "mse", optimizer: { name: "adam", learningRate: 0.01 } },
};

/** A file from its header text and data. */
function fileOf(header: string | Uint8Array, data: Uint8Array = new Uint8Array(0), length?: bigint): Uint8Array {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}
const bitsOf = (data: Float32Array) => [...new Uint32Array(data.buffer, data.byteOffset, data.length)];

/** What a call throws: a CompileError, or the test fails. */
describe("a saved model", () => {
  it("opens as the model it was, to the bit", () => {
    const again = open(save(seed));
    expect({ ...again, weights: undefined }).toEqual({ ...seed, weights: undefined });
    expect(Object.keys(again.weights ?? {})).toEqual(Object.keys(seed.weights ?? {}));
    for (const [name, data] of Object.entries(seed.weights ?? {}))
      expect(bitsOf(again.weights?.[name] ?? new Float32Array())).toEqual(bitsOf(data));
  });

  it("gives the same bytes again, a header of 8-byte multiples, and Keras' shapes", () => {
    const bytes = save(seed);
    expect(save(open(bytes))).toEqual(bytes);
    expect(new DataView(bytes.buffer).getBigUint64(0, true) % 8n).toBe(0n);
    expect(readTensors(bytes).tensors.map(({ name, shape }) => [name, shape])).toEqual([
      ["dense/kernel", [2, 4]],
      ["dense/bias", [4]],
      ["logits/kernel", [4, 3]],
      ["logits/bias", [3]],
    ]);
  });

  it("without weights opens without weights", () => {
    const { weights: _, ...untrained } = seed;
    expect(open(save(untrained))).toEqual(untrained);
  });

  it("opens from a view into a larger buffer", () => {
    const bytes = save(seed);
    const outer = new Uint8Array(bytes.length + 3);
    outer.set(bytes, 3);
    expect(save(open(outer.subarray(3)))).toEqual(bytes);
  });

  it("cut off anywhere is a CompileError, never another one", () => {
    const bytes = save(seed);
    for (let length = 0; length < bytes.length; length++) {
      expect(errorOf(() => open(bytes.subarray(0, length), "seed.safetensors")).code).toMatch(/^format\//);
      expect(errorOf(() => open(bytes.subarray(0, length))).code).toMatch(/^format\//);
    }
    expect(errorOf(() => open(bytes.subarray(0, bytes.length - 1))).code).toBe("format/truncated");
  });

  it("with any byte changed opens or is a CompileError", () => {
    const bytes = save(seed);
    const outcomes = { opened: 0, refused: 0 };
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const mutated = Uint8Array.from(bytes);
        mutated[at] ^= change;
        try {
          open(mutated);
          outcomes.opened++;
        } catch (error) {
          if (!(error instanceof CompileError) || error.code === "internal/bug") throw error;
          outcomes.refused++;
        }
      }),
      { numRuns: 500 },
    );
    expect(outcomes.opened).toBeGreaterThan(0);
    expect(outcomes.refused).toBeGreaterThan(0);
  });

  it("with a transposed kernel is refused", () => {
    const { metadata, tensors } = readTensors(save(seed));
    const turned = tensors.map((tensor) => (tensor.name === "dense/kernel" ? { ...tensor, shape: [4, 2] } : tensor));
    const error = errorOf(() => open(writeTensors(metadata, turned)));
    expect(error).toMatchObject({ code: "format/tensor", path: 'weights["dense/kernel"]' });
    expect(error.diagnostic.message).toBe("the model needs shape [2, 4], the file gives [4, 2]");
  });

  it("refuses to be saved when JSON would change it", () => {
    const layers = [{ layer: "reLU", config: { inputShape: [2], maxValue: Number.POSITIVE_INFINITY } }];
    expect(errorOf(() => save({ name: "m", seed: 0, layers })).code).toBe("format/spec");
  });
});

describe("what training goes on from", () => {
  const state = {
    "optimizer/beta1Power": Float32Array.of(0.81),
    "optimizer/m/dense/kernel": Float32Array.of(1, -0, Number.NaN, 4e-45, 5, 6, 7, 8),
    "optimizer/v/logits/bias": Float32Array.of(1, 2, 3),
  };
  const halted: Model = { ...seed, state };

  it("is saved beside the weights in their shapes, and opens to the bit", () => {
    const bytes = save(halted);
    const again = open(bytes);
    expect(Object.keys(again.state ?? {})).toEqual(Object.keys(state));
    for (const [name, data] of Object.entries(state)) expect(bitsOf(again.state?.[name] ?? new Float32Array())).toEqual(bitsOf(data)); // biome-ignore format: one line
    expect({ ...again, state: undefined, weights: undefined }).toEqual({ ...seed, state: undefined, weights: undefined });
    expect(Object.keys(again.weights ?? {})).toEqual(Object.keys(seed.weights ?? {}));
    expect(save(again)).toEqual(bytes);
    const shapes = new Map(readTensors(bytes).tensors.map(({ name, shape }) => [name, shape]));
    expect(shapes.get("optimizer/m/dense/kernel")).toEqual([2, 4]);
    expect(shapes.get("optimizer/beta1Power")).toEqual([]);
  });

  it("is saved without weights too", () => {
    const { weights: _, ...untrained } = halted;
    expect(open(save(untrained))).toEqual(untrained);
  });

  it("is no weight: of a file that holds it, openWeights gives the weights", () => {
    expect(Object.keys(openWeights(save(halted)))).toEqual(Object.keys(seed.weights ?? {}));
  });

  it("goes along with weights that a model names, where the model is trained", () => {
    const { weights: _, training, ...bare } = seed;
    const named = withWeightsFile({ ...bare, ...(training === undefined ? {} : { training }) }, save(halted));
    expect(named.state?.["optimizer/beta1Power"]).toEqual(Float32Array.of(0.81));
    expect(withWeightsFile(bare, save(halted)).state).toBeUndefined();
    expect(Object.keys(withWeightsFile(bare, save(halted)).weights ?? {})).toEqual(Object.keys(seed.weights ?? {}));
  });

  it("is not what a weight of that name is", () => {
    const model: Model = {
      ...{ name: "m", seed: 0 },
      layers: [{ name: "optimizer", layer: "dense", config: { units: 1, inputShape: [1] } }],
      weights: { "optimizer/kernel": Float32Array.of(2), "optimizer/bias": Float32Array.of(3) },
    };
    expect(open(save(model))).toEqual(model);
    expect(Object.keys(openWeights(save(model)))).toEqual(["optimizer/kernel", "optimizer/bias"]);
    const error = errorOf(() => save({ ...model, state: { "optimizer/kernel": Float32Array.of(1) } }));
    expect(error).toMatchObject({ code: "training/names", path: 'weights["optimizer/kernel"]' });
  });

  it.each(["optimizer/momentum/dense/kernel", "optimizer/m/dense/kernel"])(
    "of another optimizer or size is not saved: %s",
    (name) => {
      expect(errorOf(() => save({ ...seed, state: { [name]: new Float32Array(7) } })).code).toBe("training/state");
    },
  );

  it("in a file of somebody else's is a tensor like any other", () => {
    const bytes = writeTensors(new Map(), [{ name: "optimizer/m", shape: [1], data: Float32Array.of(1) }]);
    expect(Object.keys(openWeights(bytes))).toEqual(["optimizer/m"]);
  });
});

describe("tensor files", () => {
  const tensor = fc.record({
    name: fc
      .oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "toString", "1", "0", ""))
      .filter((name) => name !== "__metadata__"),
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
  });
  it("round trip: names, order, shapes and bits", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(tensor, { selector: ({ name }) => name, maxLength: 6 }),
        fc.infiniteStream(fc.float({ noNaN: true })),
        (specs, stream) => {
          const tensors = specs.map(({ name, shape }) => ({
            name,
            shape,
            data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => stream.next().value),
          }));
          const bytes = writeTensors(new Map([["a", "b"]]), tensors);
          const again = readTensors(bytes);
          const sorted = (list: typeof tensors) =>
            [...list]
              .sort((a, b) => (a.name < b.name ? -1 : 1))
              .map(({ name, shape, data }) => ({ name, shape, bits: bitsOf(data) }));
          expect(sorted([...again.tensors] as typeof tensors)).toEqual(sorted(tensors));
          expect(again.metadata.get("a")).toBe("b");
          expect(new Set(Object.keys(openWeights(bytes)))).toEqual(new Set(tensors.map(({ name }) => name)));
        },
      ),
      { numRuns: 200 },
    );
  });

  it("keep hostile names as names", () => {
    const bytes = writeTensors(new Map(), [{ name: "__proto__", shape: [1], data: Float32Array.of(5) }]);
    const weights = openWeights(bytes);
    expect(Object.getPrototypeOf(weights)).toBe(null);
    expect(Object.keys(weights)).toEqual(["__proto__"]);
    expect(Object.prototype).not.toHaveProperty("0");
  });
});

describe("a hostile header", () => {
  const entry = (more: object) => JSON.stringify({ w: { dtype: "F32", shape: [2], data_offsets: [0, 8], ...more } });
  const two = (a: [number, number], b: [number, number]) =>
    JSON.stringify({
      a: { dtype: "F32", shape: [(a[1] - a[0]) / 4], data_offsets: a },
      b: { dtype: "F32", shape: [(b[1] - b[0]) / 4], data_offsets: b },
    });
  const eight = new Uint8Array(8);
  const cases: readonly (readonly [what: string, bytes: Uint8Array, code: string, message: RegExp])[] = [
    ["no bytes", new Uint8Array(0), "format/truncated", /0 bytes/],
    ["a header of 2^63 bytes", fileOf("{}", eight, 1n << 63n), "format/header", /at most 100000000/],
    ["a header that passes the end", fileOf("{}", undefined, 3n), "format/truncated", /ends at byte 11, the file at byte 10/],
    ["an empty header", fileOf(""), "format/header", /not JSON/],
    ["no UTF-8", fileOf(Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d)), "format/header", /UTF-8/],
    ["no JSON", fileOf("{a}"), "format/header", /not JSON/],
    ["deep JSON", fileOf("[".repeat(1_000_000)), "format/header", /./],
    ["a list", fileOf("[]"), "format/header", /not a JSON object/],
    ["null", fileOf("null"), "format/header", /not a JSON object/],
    ["an entry that is none", fileOf('{"w": 3}'), "format/header", /dtype, shape, data_offsets/],
    ["an entry with more keys", fileOf(entry({ extra: 1 }), eight), "format/header", /extra/],
    ["a negative size", fileOf(entry({ shape: [-2] }), eight), "format/header", /./],
    ["a fractional size", fileOf(entry({ shape: [0.5] }), eight), "format/header", /./],
    ["metadata that is no text", fileOf('{"__metadata__": {"a": 1}}'), "format/header", /names to strings/],
    ["a type of two bytes", fileOf(entry({ dtype: "F16" }), eight), "format/dtype", /"F16"; layerc reads F32/],
    ["a type nobody knows", fileOf(entry({ dtype: "__proto__" }), eight), "format/dtype", /"__proto__"/],
    ["a shape that asks for more", fileOf(entry({ shape: [3] }), eight), "format/tensor", /takes 12 bytes.*give 8/],
    ["a shape beyond counting", fileOf(entry({ shape: [2 ** 40, 2 ** 40] }), eight), "format/tensor", /takes/],
    ["offsets in the wrong order", fileOf(entry({ data_offsets: [8, 0] }), eight), "format/tensor", /give -8/],
    [
      "offsets beyond the data",
      fileOf(entry({}), new Uint8Array(4)),
      "format/truncated",
      /ends at byte 8 of the data, the data at byte 4/,
    ],
    ["overlapping offsets", fileOf(two([0, 8], [4, 12]), new Uint8Array(12)), "format/tensor", /inside the one before/],
    ["equal offsets", fileOf(two([0, 8], [0, 8]), eight), "format/tensor", /inside the one before/],
    ["a gap", fileOf(two([0, 4], [8, 12]), new Uint8Array(12)), "format/tensor", /not at the end of the one before/],
    [
      "data at the end that nobody names",
      fileOf(entry({}), new Uint8Array(12)),
      "format/tensor",
      /end at byte 8 of the data, the data at byte 12/,
    ],
  ];
  it.each(cases)("%s", (_, bytes, code, message) => {
    const error = errorOf(() => openWeights(bytes));
    expect(error.code).toBe(code);
    expect(error.diagnostic.message).toMatch(message);
  });

  it.each([
    ["no metadata", new Map(), /no entry layerc/],
    ["metadata of somebody else", new Map([["format", "pt"]]), /no entry layerc/],
    ["a spec that is no JSON", new Map([["layerc", "{"]]), /not JSON/],
    ["a spec of another form", new Map([["layerc", "[]"]]), /\{format, model\}/],
    ["a later format", new Map([["layerc", '{"format": 2, "model": {}}']]), /format 2, this layerc reads format 1/],
  ])("%s is no model", (_, metadata, message) => {
    const error = errorOf(() => open(writeTensors(metadata, []), "m.safetensors"));
    expect(error.code).toBe("format/metadata");
    expect(error.diagnostic.message).toMatch(message);
  });

  it("a spec without layers names the place", () => {
    const file = writeTensors(new Map([["layerc", '{"format": 1, "model": {"layers": [{"config": {}}]}}']]), []);
    expect(errorOf(() => open(file))).toMatchObject({ code: "format/spec", path: "layers[0].layer" });
  });
});
