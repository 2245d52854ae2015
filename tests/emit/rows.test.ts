// What the functions of a module take: rows in every form, and nothing that is no number. Every module is made from a model, on
// straight lines, loops, lanes and in training; the flat Float32Array is the standard that all other forms equal.

import vm from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { newerSyntax } from "../../compiler/emit/judge.ts";
import type { TrainingInput } from "../../compiler/model.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { load } from "../../runtime/load.ts";
import { conv2d, dense, embedding, flatten, reshape, sequential } from "../../src/index.ts";
import type { Emitted } from "./programs.ts";

const modelOf = (inputShape: readonly number[]) =>
  sequential([flatten({ inputShape: [...inputShape] }), dense({ units: 3, activation: "tanh" })], {
    training: { loss: "mse", optimizer: "sgd" },
  });
const made = (model: ReturnType<typeof modelOf>, options: OptionsInput = {}): Emitted => load<Emitted>(compile(model, options));
const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Numbers as lists of `shape`; the innermost ones, or all of a row, as typed arrays. */
function nested(
  values: readonly number[],
  [first, ...rest]: readonly number[],
  leaf: (list: readonly number[]) => unknown,
): unknown {
  if (rest.length === 0) return leaf(values.slice(0, first));
  const size = sizeOf(rest);
  return Array.from({ length: first }, (_, i) => nested(values.slice(i * size, (i + 1) * size), rest, leaf));
}
const leaves: readonly ((list: readonly number[]) => unknown)[] = [
  (list) => [...list],
  (list) => Float32Array.from(list),
  (list) => Float64Array.from(list),
  (list) => ({ ...list, length: list.length }),
];

describe.each([
  ["straight lines", { unroll: 10_000 }],
  ["loops", { target: "js", unroll: 0 }],
  ["lanes", { target: "simd" }],
  ["training", { train: true }],
] as const)("predict, %s", (_, options) => {
  it("takes rows nested to the input's shape, flat, and of typed arrays: equal to the flat form", () => {
    const shape = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(shape, fc.integer({ min: 0, max: 3 }), fc.nat(), (inputShape, rows, seed) => {
        const module = made(modelOf(inputShape), options);
        const values = Array.from({ length: rows * sizeOf(inputShape) }, (_, i) => ((seed + 7 * i) % 31) / 8 - 2);
        const wanted = module.predict(Float32Array.from(values));
        expect(wanted.length).toBe(3 * rows);
        for (const leaf of leaves) {
          expect(module.predict(leaf(values))).toEqual(wanted);
          if (rows === 0) continue;
          expect(module.predict(nested(values, [rows, ...inputShape], leaf))).toEqual(wanted);
          expect(module.predict(nested(values, [rows, sizeOf(inputShape)], leaf))).toEqual(wanted);
        }
      }),
      { numRuns: 12 },
    );
  });
  it("names row, place and value of whatever is no number", () => {
    const module = made(modelOf([2, 2]), options);
    const row = [1, 2, 3, 4];
    const bad: readonly (readonly [unknown, string])[] = [
      [null, "Null"],
      [undefined, "Undefined"],
      ["5", '"5"'],
      ["", '""'],
      [true, "Boolean"],
      [5n, "BigInt"],
      [new Date(0), "Date"],
      [Symbol("five"), "Symbol"],
      [() => 5, "Function"],
      [{ valueOf: () => 5 }, "Object"],
      [[5], "Array"],
      [new Number(5), "Number"],
    ];
    for (const [value, shown] of bad) {
      const flat: unknown[] = [...row, 1, value, 3, 4];
      const place = `x: row 1, place 1: wanted 1 numbers, got ${shown}`;
      for (const x of [
        flat,
        [row, flat.slice(4)],
        [
          [
            [1, 2],
            [3, 4],
          ],
          [flat.slice(4, 6), [3, 4]],
        ],
      ]) {
        // A list that begins with an object is one of rows.
        if (shown === "Array" && x === flat) continue;
        expect(() => module.predict(x), shown).toThrow(new TypeError(place));
      }
    }
    const hole = [1, 2, 3, 4];
    delete hole[2];
    expect(() => module.predict(hole)).toThrow(new TypeError("x: row 0, place 2: wanted 1 numbers, got Undefined"));
    expect(() => module.predict(BigInt64Array.of(1n, 2n, 3n, 4n))).toThrow(
      new TypeError("x: row 0, place 0: wanted 1 numbers, got BigInt"),
    );
  });
  it("names the row whose width is another", () => {
    const module = made(modelOf([2, 2]), options);
    const fails = (x: unknown, type: ErrorConstructor, message: string) => {
      expect(() => module.predict(x)).toThrow(type);
      expect(() => module.predict(x)).toThrow(new type(message));
    };
    fails(
      [
        [1, 2, 3, 4],
        [1, 2, 3],
      ],
      RangeError,
      "x: row 1, place 0: wanted 4 numbers, got 3",
    );
    fails(
      [
        [
          [1, 2],
          [3, 4],
        ],
        [[1, 2], [3]],
      ],
      RangeError,
      "x: row 1, place 2: wanted 2 numbers, got 1",
    );
    fails([[[1, 2, 3], [4]]], RangeError, "x: row 0, place 0: wanted 2 numbers, got 3");
    fails(
      [
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
      ],
      RangeError,
      "x: row 0, place 0: wanted 4 numbers, got 6",
    );
    fails(
      [
        [1, 2],
        [3, 4],
      ],
      RangeError,
      "x: row 0, place 0: wanted 4 numbers, got 2",
    );
    fails([1, 2, 3, 4, 5], RangeError, "x: row 0, place 0: wanted k * 4 numbers, got 5");
    fails(
      [
        [
          [[1], [2]],
          [3, 4],
        ],
      ],
      TypeError,
      "x: row 0, place 0: wanted 1 numbers, got Array",
    );
    fails([1, [2, 3, 4]], TypeError, "x: row 0, place 1: wanted 1 numbers, got Array");
    fails([[1, 2, 3, 4], 5], TypeError, "x: row 1, place 0: wanted 4 numbers, got Number");
    for (const x of [new Set([1]), new Map(), {}, 5, "1234", { length: -1 }, { length: Number.NaN }, () => 1])
      expect(() => module.predict(x)).toThrow(TypeError);
  });
  it("takes NaN and infinities for numbers, in lists and arrays alike", () => {
    const module = made(modelOf([2]), options);
    const x = [Number.NaN, 1, Number.POSITIVE_INFINITY, 1];
    const y = module.predict(x);
    expect(y).toEqual(module.predict(Float32Array.from(x)));
    expect(y.subarray(0, 3)).toEqual(new Float32Array(3).fill(Number.NaN));
  });
  it("takes x and out of another realm", () => {
    const module = made(modelOf([2]), options);
    const [x, out] = vm.runInNewContext("[Float32Array.of(1, 2, 3, 4), new Float32Array(6)]") as Float32Array[];
    expect(x).not.toBeInstanceOf(Float32Array);
    const wanted = module.predict([1, 2, 3, 4]);
    expect(module.predict(x)).toEqual(wanted);
    expect(module.predict(Float32Array.of(1, 2, 3, 4), out)).toBe(out);
    expect([...out]).toEqual([...wanted]);
    for (const odd of [new Float64Array(6), new Array(6).fill(0), { [Symbol.toStringTag]: "Float64Array", length: 6 }])
      expect(() => module.predict(x, odd)).toThrow(TypeError);
  });
  it("computes on a copy: a getter that calls predict again changes nothing", () => {
    const module = made(modelOf([2]), options);
    const wanted = module.predict([1, 2, 3, 4]);
    let calls = 0;
    const x = { 0: 1, 2: 3, 3: 4, length: 4 };
    Object.defineProperty(x, 1, {
      get: () => {
        calls++;
        module.predict([9, 9, 9, 9]);
        return 2;
      },
    });
    expect(module.predict(x)).toEqual(wanted);
    expect(calls).toBe(1);
  });
  it("does not take a detached array for no rows", () => {
    const module = made(modelOf([2]), options);
    const x = Float32Array.of(1, 2);
    structuredClone(x.buffer, { transfer: [x.buffer] });
    expect(x.length).toBe(0);
    expect(() => module.predict(x)).toThrow(TypeError);
    expect(module.predict(new Float32Array()).length).toBe(0);
    expect(module.predict([]).length).toBe(0);
  });
});

describe("ids", () => {
  const model = sequential([embedding({ inputDim: 10, outputDim: 2, inputShape: [3] }), flatten(), dense({ units: 1 })], {
    training: { loss: "mse", optimizer: "sgd" },
  });
  it.each([
    ["straight lines", { unroll: 10_000 }],
    ["loops", { target: "js", unroll: 0 }],
    ["lanes", { target: "simd" }],
    ["training", { train: true }],
  ] as const)("that the input holds are whole and in range, on %s", (_, options) => {
    const module = made(model, options);
    expect(module.predict([0, 9, 4]).length).toBe(1);
    for (const id of [10, -1, 2.7, Number.NaN, Number.POSITIVE_INFINITY, 1e30]) {
      const message = `x: row 1, place 2: wanted a whole number from 0 to 9, got ${Math.fround(id)}`;
      for (const x of [
        [1, 2, 3, 4, 5, id],
        [
          [1, 2, 3],
          [4, 5, id],
        ],
        Float32Array.of(1, 2, 3, 4, 5, id),
      ]) {
        expect(() => module.predict(x)).toThrow(RangeError);
        expect(() => module.predict(x)).toThrow(message);
        if ("trainStep" in module) {
          const before = module.getWeights();
          expect(() => module.trainStep(x, [0, 1])).toThrow(message);
          expect(() => module.evaluate(x, [0, 1])).toThrow(message);
          expect(module.getWeights()).toEqual(before);
        }
      }
    }
    expect(module.ranges).toEqual({ x: { below: 10 } });
  });
  it("are checked through layers that only move them, and clamped where the net computes them", () => {
    const moved = sequential([
      reshape({ targetShape: [2, 2], inputShape: [4] }),
      embedding({ inputDim: 5, outputDim: 1 }),
      flatten(),
      dense({ units: 1 }),
    ]);
    expect(() => made(moved).predict([0, 1, 2, 5])).toThrow("x: row 0, place 3: wanted a whole number from 0 to 4, got 5");
    const computed = sequential([
      dense({ units: 2, inputShape: [2] }),
      embedding({ inputDim: 5, outputDim: 1 }),
      flatten(),
      dense({ units: 1 }),
    ]);
    const module = made(computed);
    expect(module.ranges).toBeUndefined();
    expect(module.predict([1e6, Number.NaN]).length).toBe(1);
  });
});

describe("labels", () => {
  const model = (loss: unknown) =>
    sequential([dense({ units: 3, activation: "softmax", inputShape: [2] })], {
      training: { loss, optimizer: "sgd" } as TrainingInput,
    });
  const x = [0, 1, 1, 0];
  it("are whole numbers from 0; where the largest is the number of classes, the error says so", () => {
    const module = made(model("sparseCategoricalCrossentropy"), { train: true });
    const before = module.getWeights();
    for (const run of [module.trainStep, module.evaluate]) {
      expect(() => run(x, [1, 3])).toThrow(
        new RangeError("y: row 1, place 0: wanted a whole number from 0 to 2, got 3; labels start at 0"),
      );
      for (const label of [-1, 0.5, 4, Number.NaN])
        expect(() => run(x, [1, label])).toThrow(
          new RangeError(`y: row 1, place 0: wanted a whole number from 0 to 2, got ${label}`),
        );
    }
    expect(module.getWeights()).toEqual(before);
    expect(module.trainStep(x, [0, 2])).toBeGreaterThan(0);
    expect(module.trainStep(x, [[0], [2]])).toBeGreaterThan(0);
    expect(module.ranges).toEqual({ y: { below: 3 } });
  });
  it("may be ignoreClass", () => {
    const module = made(model({ name: "sparseCategoricalCrossentropy", ignoreClass: -1 }), { train: true });
    expect(module.trainStep(x, [-1, 2])).toBeGreaterThan(0);
    expect(() => module.trainStep(x, [-2, 2])).toThrow(RangeError);
    expect(module.ranges).toEqual({ y: { below: 3, ignore: -1 } });
  });
});

describe("training", () => {
  const model = sequential([conv2d({ filters: 1, kernelSize: 2, inputShape: [2, 2, 1] }), flatten(), dense({ units: 2 })], {
    training: { loss: "mse", optimizer: { name: "sgd", learningRate: 0.1 } },
  });
  const x = [1, 2, 3, 4, -1, 0, 1, 0.5];
  const y = [1, 2, 3, 4];
  const nestedX = nested(x, [2, 2, 2, 1], (list) => list);
  it("takes nested rows, equal to the flat form", () => {
    const [flat, deep] = [made(model, { train: true }), made(model, { train: true })];
    const weight = [1, 0.5];
    expect(
      deep.trainStep(
        nestedX,
        [
          [1, 2],
          [3, 4],
        ],
        { sampleWeight: [[1], [0.5]] },
      ),
    ).toBe(flat.trainStep(Float32Array.from(x), Float32Array.from(y), { sampleWeight: Float32Array.from(weight) }));
    expect(deep.getWeights()).toEqual(flat.getWeights());
    expect(deep.evaluate(nestedX, [Float32Array.of(1, 2), [3, 4]])).toEqual(flat.evaluate(x, y));
  });
  it("refuses what is no number, and NaN where nothing would be learnt from it", () => {
    const module = made(model, { train: true });
    const before = module.getWeights();
    expect(() => module.trainStep(x, [1, 2, null, 4])).toThrow(new TypeError("y: row 1, place 0: wanted 1 numbers, got Null"));
    expect(() => module.trainStep(x, y, { sampleWeight: [1, "2"] })).toThrow(
      new TypeError('sampleWeight: row 1, place 0: wanted 1 numbers, got "2"'),
    );
    for (const bad of [Number.NaN]) {
      const told = (what: string, at: string) => new RangeError(`${what}: ${at}: wanted a number, got NaN`);
      expect(() => module.evaluate([...x.slice(0, 7), bad], y)).toThrow(told("x", "row 1, place 3"));
      expect(() => module.evaluate(Float32Array.of(...x.slice(0, 7), bad), y)).toThrow(told("x", "row 1, place 3"));
      expect(() => module.evaluate(x, [1, bad, 3, 4])).toThrow(told("y", "row 0, place 1"));
      expect(() => module.evaluate(x, y, { sampleWeight: [1, bad] })).toThrow(told("sampleWeight", "row 1, place 0"));
    }
    expect(module.getWeights()).toEqual(before);
  });
  it("refuses options it does not have, and says what was meant", () => {
    const module = made(model, { train: true });
    const told = (options: unknown, message: string) => {
      expect(() => module.trainStep(x, y, options)).toThrow(new TypeError(message));
    };
    told({ sample_weight: [1, 1] }, 'options: there is no "sample_weight"; did you mean sampleWeight?');
    told({ learning_rate: 1 }, 'options: there is no "learning_rate"; did you mean learningRate?');
    told({ LearningRate: 1 }, 'options: there is no "LearningRate"; did you mean learningRate?');
    told({ epochs: 1 }, 'options: there is no "epochs"; known: sampleWeight, learningRate');
    for (const [options, shown] of [
      [null, "Null"],
      [[1, 1], "Array"],
      [0.1, "Number"],
      [new Map(), "Map"],
      ["x", '"x"'],
    ] as const)
      told(options, `options: wanted an object with sampleWeight, learningRate, got ${shown}`);
    expect(() => module.evaluate(x, y, { learningRate: 1 })).toThrow(TypeError);
    for (const rate of [Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => module.trainStep(x, y, { learningRate: rate })).toThrow(RangeError);
    expect(() => module.trainStep(x, y, { learningRate: "1" })).toThrow(new TypeError('learningRate: wanted a number, got "1"'));
    expect(module.trainStep(x, y, { learningRate: undefined, sampleWeight: undefined })).toBeGreaterThan(0);
  });
  it("setWeights takes nested lists, and is all or nothing", () => {
    const module = made(model, { train: true });
    const before = module.getWeights();
    const [kernel, bias, ...rest] = before;
    module.setWeights([nested([...kernel], [2, 2, 1, 1], (list) => list), [...bias], ...rest]);
    expect(module.getWeights()).toEqual(before);
    const changed = kernel.map((value) => value + 1);
    for (const bad of [1, null, undefined, "x", [null], ["0"], [1, 2], [[[]]], new Float32Array(2)]) {
      expect(() => module.setWeights([changed, bad, ...rest]), String(bad)).toThrow(/^weights\[1\] \(conv2d\/bias\): /);
      expect(module.getWeights()).toEqual(before);
    }
    expect(() => module.setWeights([1, null, undefined, "x"])).toThrow(TypeError);
    expect(() => module.setWeights([changed, bias])).toThrow(new RangeError("weights: wanted 4 arrays, got 2"));
    expect(module.weightNames).toEqual(["conv2d/kernel", "conv2d/bias", "dense/kernel", "dense/bias"]);
    expect(module.batch).toBe(32);
  });
});

it("emitted text has no syntax that small engines lack", () => {
  for (const options of [{}, { train: true, format: "iife" }, { format: "cjs", target: "simd" }, { wasm: "import" }] as const) {
    const { code } = compile(modelOf([2]), { target: "simd", ...options });
    expect(newerSyntax(code, "format" in options ? "script" : "module")).toEqual([]);
  }
  const newer = "const { a, b: [c] } = f(`x`, ...d); try {} catch {} const g = ({ h = 1 }) => h.slice(); class I {}";
  expect(newerSyntax(newer).length).toBe(8);
});
