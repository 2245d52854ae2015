// What fit takes as x, y and sample weights, and what it refuses before it trains: on a fake module that records what it is given.
import { describe, expect, it } from "vitest";
import { type Data, type FitOptions, fit, type Trainable } from "../../runtime/index.ts";
import { compile, dense, embedding, flatten, sequential } from "../../src/index.ts";
import { type Call, data, fake } from "./fake.ts";

/** What a module was given, with and without validation. */
function given(data: Data, options: FitOptions): readonly Call[] {
  const { module, steps, evaluations } = fake(() => 1, [1]);
  fit(module, data, options);
  return [...steps, ...evaluations];
}

describe("rows of any nesting", () => {
  const flat = { x: [1, 2, 3, 4, 5, 6], y: [1, 0, 0, 1, 1, 1], sampleWeight: [1, 2, 3] };
  const nested: Data = { x: [[1, 2], [3, 4], [5, 6]], y: [[1, 0], [0, 1], [1, 1]], sampleWeight: [[1], [2], [3]] }; // biome-ignore format: matrices
  const typed: Data = {
    x: [Float32Array.of(1, 2), [3, 4], Float64Array.of(5, 6)],
    y: [Uint8Array.of(1, 0), Uint8Array.of(0, 1), [1, 1]],
    sampleWeight: Int16Array.of(1, 2, 3),
  };
  const deep: Data = { ...nested, y: [[[1], [0]], [[0], [1]], [[1], [1]]] }; // biome-ignore format: matrices

  it.each([nested, typed, deep])("%# equals the flat form, split or not, and as validation data", (data) => {
    for (const options of [{ seed: 3, batchSize: 2 }, { validationSplit: 0.4 }])
      expect(given(data, options)).toEqual(given(flat, options));
    expect(given(flat, { validationData: data })).toEqual(given(flat, { validationData: flat }));
  });
});

describe("fit refuses before it trains", () => {
  const x = [[1, 2], [3, 4], [5, 6]]; // biome-ignore format: a matrix
  const y = [0, 1, 2];
  const ranges = { y: { below: 3 } };
  const withIgnore = { y: { below: 3, ignore: -1 } };
  const ids = { x: { below: 7 } };
  const with3 = (at: number, value: unknown) => y.with(at, value as number);
  it.each<[data: unknown, error: ErrorConstructor, message: string, ranges?: Trainable["ranges"]]>([
    [{ x: [[1, 2], [3, null], [5, 6]], y }, TypeError, "data.x: row 1, place 1: wanted a number that is not NaN, got null"], // biome-ignore format: a matrix
    [{ x: [[1, 2], [3, Number.NaN], [5, 6]], y }, RangeError, "data.x: row 1, place 1: wanted a number that is not NaN, got NaN"], // biome-ignore format: a matrix
    [{ x: [[1, 2], [3, 4, 5], [6]], y }, RangeError, "data.x: row 1: wanted 2 numbers, got 3"], // biome-ignore format: a matrix
    [{ x: Float32Array.of(1, 2, 3, 4, Number.NaN, 6), y }, RangeError, "data.x: row 2, place 0"],
    [{ x, y: with3(2, undefined) }, TypeError, "data.y: row 2, place 0: wanted a number that is not NaN, got undefined"],
    [{ x, y: with3(2, "2") }, TypeError, 'got "2"'],
    [{ x, y: Float32Array.of(0, Number.NaN, 1) }, RangeError, "data.y: row 1, place 0"],
    [{ x, y: [[0], [1]] }, RangeError, "data.y: wanted 3 rows, one per row of x, got 2"],
    [
      { x, y, sampleWeight: [1, Number.NaN, 1] },
      RangeError,
      "data.sampleWeight: row 1, place 0: wanted a number that is not NaN",
    ],
    [{ x, y, sampleWeight: [1, null, 1] }, TypeError, "data.sampleWeight: row 1, place 0"],
    [{ x, y, sampleWeight: "111" }, TypeError, 'data.sampleWeight: wanted a Float32Array or an array of numbers, got "111"'],
    // Labels and ids.
    [
      { x, y: [1, 2, 3] },
      RangeError,
      "data.y: row 2, place 0: wanted a whole number from 0 to 2, got 3; labels start at 0",
      ranges,
    ],
    [{ x, y: [[1], [2], [3]] }, RangeError, "data.y: row 2, place 0: wanted a whole number from 0 to 2, got 3", ranges],
    [{ x, y: [0, 7, 3] }, RangeError, "data.y: row 1, place 0: wanted a whole number from 0 to 2, got 7", ranges],
    [{ x, y: [0, 0.5, 1] }, RangeError, "data.y: row 1, place 0: wanted a whole number from 0 to 2, got 0.5", ranges],
    [{ x, y: [0, -1, 1] }, RangeError, "wanted a whole number from 0 to 2, got -1", ranges],
    [
      { x, y: [-1, -2, 1] },
      RangeError,
      "row 1, place 0: wanted a whole number from 0 to 2 (or -1, which is ignored), got -2",
      withIgnore,
    ],
    [
      { x: [0, 1, 2, 3, 7, 7], y },
      RangeError,
      "data.x: row 2, place 0: wanted a whole number from 0 to 6, got 7; ids start at 0",
      ids,
    ],
    [{ x: [0, 1, 2, 2.7, 0, 0], y }, RangeError, "data.x: row 1, place 1: wanted a whole number from 0 to 6, got 2.7", ids],
  ])("%#", (bad, error, message, ranges) => {
    const { module, steps } = fake(() => 1);
    const train = (data: unknown, options?: FitOptions) => () =>
      fit({ ...module, ...(ranges && { ranges }) }, data as Data, options);
    for (const options of [{}, { validationSplit: 0.5, shuffle: true }]) {
      expect(train(bad, options)).toThrow(error);
      expect(train(bad, options)).toThrow(message);
    }
    const validated = train({ x, y }, { validationData: bad as Data });
    expect(validated).toThrow(error);
    expect(validated).toThrow(message.replace(/^data/, "validationData"));
    expect(steps).toEqual([]);
  });

  it("but not what may stand there", () => {
    const { module, steps } = fake(() => 1);
    fit({ ...module, ranges: { y: { below: 3, ignore: 255 }, x: { below: 7 } } }, { x, y: [0, 255, 2] }, { shuffle: false });
    expect(steps.map(({ y }) => y)).toEqual([[0, 255, 2]]);
  });

  it("arrays that are detached, then or on the way", () => {
    const { module } = fake(() => 1);
    const given = data(2);
    const detach = () => void structuredClone(given.x, { transfer: [given.x.buffer] });
    expect(() => fit(module, given, { epochs: 2, onEpochEnd: detach })).toThrow("detached while they were trained with");
    expect(() => fit(module, given)).toThrow("data.x: wanted numbers, got a detached Float32Array");
  });

  it("more rows a step than the module takes, and says why", () => {
    const { module, steps } = fake(() => 1);
    const small = { ...module, batch: 4 };
    const message = "batchSize: wanted at most 4, the most rows of a step of this module, got ";
    expect(() => fit(small, data(5))).toThrow(`${message}32 (the default); give batchSize: 4, or compile with batch: 32`);
    expect(() => fit(small, data(9), { batchSize: 8 })).toThrow(`${message}8; give batchSize: 4, or compile with batch: 8`);
    expect(steps).toEqual([]);
    // As many as there are.
    fit(small, data(4));
    fit(small, data(9), { batchSize: 3 });
    expect(steps).toHaveLength(1 + 3);
  });
});

describe("fit of a real module", () => {
  // Ids below 4 in, three classes out.
  const model = sequential(
    [embedding({ inputDim: 4, outputDim: 2, inputShape: [2] }), flatten(), dense({ units: 3, activation: "softmax" })],
    { seed: 1, training: { loss: "sparse_categorical_crossentropy", optimizer: "sgd" } },
  );
  const artifact = compile(model, { train: true, batch: 4 });
  const x = [[0, 1], [2, 3], [3, 3]]; // biome-ignore format: a matrix

  it("takes the same rows nested and flat", () => {
    const flat = fit(artifact, { x: x.flat(), y: [0, 1, 2] }, { epochs: 3, batchSize: 2 });
    for (const y of [[[0], [1], [2]], Uint8Array.of(0, 1, 2)])
      expect(fit(artifact, { x: x.map((row) => Uint16Array.from(row)), y }, { epochs: 3, batchSize: 2 }).weights).toEqual(
        flat.weights,
      );
  });

  it.each<[data: Data, message: string]>([
    [{ x, y: [1, 2, 3] }, "data.y: row 2, place 0: wanted a whole number from 0 to 2, got 3; labels start at 0"],
    [{ x: [[0, 1], [2, 4], [3, 3]], y: [0, 1, 2] }, "data.x: row 1, place 1: wanted a whole number from 0 to 3, got 4; ids start at 0"], // biome-ignore format: a matrix
    [{ x, y: [[1, 0, 0], [0, 1, 0], [0, 0, 1]] }, "data.y: row 0: wanted 1 number, got 3"], // biome-ignore format: a matrix
    [
      { x: [...x, ...x], y: [0, 1, 2, 0, 1, 2] },
      "batchSize: wanted at most 4, the most rows of a step of this module, got 32 (the default)",
    ],
  ])("and refuses others: %#", (data, message) => {
    expect(() => fit(artifact, data)).toThrow(message);
  });
});
