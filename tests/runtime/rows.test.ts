// Rows in every form equal their flat form, and what is no row is refused by name: readRows, which fit, adapt and withWeights share.
import { createContext, runInContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readRows, type Wanted } from "../../runtime/rows.ts";

const read = (given: unknown, wanted: Partial<Wanted<Float32Array>> = {}) =>
  readRows("x", given, { shape: [2], into: Float32Array, ...wanted });
const realm = createContext();
const foreign = (code: string): unknown => runInContext(code, realm);

describe("rows in every form", () => {
  const typed = [Float64Array, Float32Array, Int32Array, Int16Array, Int8Array, Uint8Array, Uint8ClampedArray] as const;
  // Arrays of one realm or another, plain or typed, or objects that are like one.
  const forms: readonly ((list: readonly unknown[]) => unknown)[] = [
    (list) => list,
    (list) => Object.assign(Object.create(null), list, { length: list.length }),
    (list) => Object.assign(foreign("[]") as unknown[], list),
    (list) => new Proxy([...list], {}),
    ...typed.map((make) => (list: readonly unknown[]) => (list.every((v) => typeof v === "number") ? make.from(list) : list)),
    (list) => (list.every((v) => typeof v === "number") ? foreign(`Float32Array.of(${list})`) : list),
  ];
  const small = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 });
  const samples = fc.record({
    shape: small,
    rows: fc.integer({ min: 1, max: 5 }),
    seed: fc.infiniteStream(fc.nat(forms.length - 1)),
  });

  it("equal the flat form", () => {
    fc.assert(
      fc.property(samples, fc.boolean(), ({ shape, rows, seed }, isKnown) => {
        const size = shape.reduce((a, b) => a * b, 1);
        const flat = Array.from({ length: rows * size }, (_, i) => (5 * i) % 127);
        const form = (list: readonly unknown[]) => forms[seed.next().value as number](list);
        const nest = (numbers: readonly number[], [first, ...rest]: readonly number[]): unknown => {
          if (first === undefined) return numbers[0];
          const part = numbers.length / first;
          return form(Array.from({ length: first }, (_, i) => nest(numbers.slice(i * part, (i + 1) * part), rest)));
        };
        const wanted = { values: Float32Array.from(flat), rows };
        const known = isKnown ? { shape } : { shape: undefined, rows };
        for (const given of [nest(flat, [rows, ...shape]), form(flat), nest(flat, [rows, size])])
          expect(read(given, known)).toMatchObject(wanted);
        expect(read(nest(flat, [rows, ...shape]), known).shape).toEqual(shape);
      }),
      { seed: 1 },
    );
  });

  it("are taken as they are where they are of the wanted type, else copied", () => {
    const x = Float32Array.of(1, 2);
    expect(read(x).values).toBe(x);
    expect(read([x]).values).not.toBe(x);
    expect(read(Float64Array.of(0.1, 2)).values).toEqual(Float32Array.of(0.1, 2));
  });

  it("say their own shape where none is asked for", () => {
    const found = (given: unknown) => read(given, { shape: undefined });
    expect(found([1, 2, 3])).toMatchObject({ rows: 3, shape: [] });
    expect(found([[[1, 2], [3, 4]]])).toMatchObject({ rows: 1, shape: [2, 2] }); // biome-ignore format: a matrix
    expect(found([Float32Array.of(1, 2)])).toMatchObject({ rows: 1, shape: [2] });
  });

  it("are read once, element by element", () => {
    const counts: string[] = [];
    const counted = (list: object): object =>
      new Proxy(list, {
        get: (target, key) => {
          counts.push(String(key));
          return Reflect.get(target, key);
        },
      });
    read(counted([counted([1, 2]), counted([3, 4])]));
    expect(counts).toEqual(["length", "0", "length", "0", "1", "1", "length", "0", "1"]);
    counts.length = 0;
    read(counted([counted([1, 2]), counted([3, 4])]), { shape: undefined });
    expect(counts).toEqual(["length", "0", "length", "0", "1", "1", "length", "0", "1"]);
  });

  it("grow as numbers come, to the number", () => {
    const flat = Array.from({ length: 1000 }, (_, i) => i);
    const { values } = read(flat);
    expect([values.length, values.buffer.byteLength]).toEqual([1000, 4000]);
    expect(read([[1, 2]], { shape: undefined }).values.buffer.byteLength).toBe(8);
  });
});

describe("what is no rows", () => {
  const detached = (): Float32Array => {
    const x = Float32Array.of(1, 2);
    structuredClone(x, { transfer: [x.buffer] });
    return x;
  };
  const endless: unknown[] = [];
  endless.push(endless);
  const hole = [1, 2, 3, 4];
  delete hole[2];
  const image = { shape: [2, 3] };
  it.each<[given: unknown, error: ErrorConstructor, message: string, wanted?: Partial<Wanted<Float32Array>>]>([
    // No list.
    [undefined, TypeError, "x: wanted a Float32Array or an array of numbers, got undefined"],
    [null, TypeError, "got null"],
    ["1,2", TypeError, 'got "1,2"'],
    [new Set([1, 2]), TypeError, "got Set"],
    [(_a: number, _b: number) => 0, TypeError, "got Function"],
    [{ length: "2", 0: 1, 1: 2 }, TypeError, "got Object"],
    [{ length: -1 }, TypeError, "got Object"],
    [Promise.resolve([1, 2]), TypeError, "got Promise"],
    [BigInt64Array.of(1n, 2n), TypeError, "got BigInt64Array"],
    [new DataView(new ArrayBuffer(8)), TypeError, "got DataView"],
    [detached(), TypeError, "x: wanted numbers, got a detached Float32Array"],
    // No numbers in it.
    [[1, null], TypeError, "x: row 0, place 1: wanted a number, got null"],
    [hole, TypeError, "x: row 1, place 0: wanted a number, got undefined"],
    [[1, 2, "3", 4], TypeError, 'row 1, place 0: wanted a number, got "3"'],
    [[1n, 2n], TypeError, "row 0, place 0: wanted a number, got 1n"],
    [[true, false], TypeError, "got true"],
    [[1, [2, 3]], TypeError, "row 0, place 1: wanted a number, got Array"],
    [
      [
        [1, 2],
        [3, undefined],
      ],
      TypeError,
      "row 1, place 1: wanted a number, got undefined",
    ],
    [[[1, 2], [3]], RangeError, "x: row 1: wanted 2 numbers, got 1"],
    [[[1, 2], 3], TypeError, "x: row 1: wanted a list of 2 numbers, got 3"],
    [[[1, 2], "34"], TypeError, 'row 1: wanted a list of 2 numbers, got "34"'],
    [Object.assign(Array(3), { 0: [1, 2], 2: [3, 4] }), TypeError, "row 1: wanted a list of 2 numbers, got undefined"],
    [[new Set([1, 2])], TypeError, "row 0: wanted a list of 2 numbers, got Set"],
    [[[[1], [2]]], TypeError, "row 0, place 0: wanted a number, got Array"],
    [[[1, 2], BigInt64Array.of(1n, 2n)], TypeError, "row 1, place 0: wanted a number, got 1n"],
    // Numbers, but not these.
    [[1, Number.NaN], RangeError, "row 0, place 1: wanted a number that is not NaN, got NaN", { numbers: "noNaN" }],
    [Float32Array.of(1, 2, 3, Number.NaN), RangeError, "row 1, place 1: wanted a number that is not NaN", { numbers: "noNaN" }],
    [
      [
        [1, 2],
        [3, -Infinity],
      ],
      RangeError,
      "row 1, place 1: wanted a finite number, got -Infinity",
      { numbers: "finite" },
    ],
    // Too few or too many.
    [[], RangeError, "x: wanted k * 2 numbers (k rows, at least one), got 0"],
    [[1, 2, 3], RangeError, "x: wanted k * 2 numbers (k rows, at least one), got 3"],
    [Float32Array.of(1), RangeError, "x: wanted k * 2 numbers (k rows, at least one), got 1"],
    [[[1, 2], []], RangeError, "x: row 1: wanted 2 numbers, got 0"],
    [
      [
        [1, 2],
        [3, 4, 5],
      ],
      RangeError,
      "x: row 1: wanted 2 numbers, got 3",
    ],
    [[[1, 2], detached()], RangeError, "x: row 1: wanted 2 numbers, got 0"],
    [
      [
        [
          [1, 2, 3],
          [1, 2],
        ],
      ],
      RangeError,
      "x: row 0, place 3: wanted a list of 3 numbers, got 2",
      image,
    ],
    [[[[1, 2, 3], 4]], TypeError, "x: row 0, place 3: wanted a list of 3 numbers, got 4", image],
    [[[[1, 2, 3]]], RangeError, "x: row 0: wanted 2 lists, got 1", image],
    [[[1, 2, 3]], RangeError, "x: row 0: wanted 6 numbers, got 3", image],
    // Rows counted by x.
    [[1, 2, 3], RangeError, "x: wanted as many numbers for each of the 2 rows of x, got 3", { shape: undefined, rows: 2 }],
    [[[1], [2], [3]], RangeError, "x: wanted 2 rows, one per row of x, got 3", { shape: undefined, rows: 2 }],
    [[[1], [2, 3]], RangeError, "x: row 1: wanted 1 number, got 2", { shape: undefined, rows: 2 }],
    [[[[1, 2], [3]]], RangeError, "x: row 0, place 2: wanted a list of 2 numbers, got 1", { shape: undefined, rows: 1 }],
    [[[]], RangeError, "got 0", { shape: undefined }],
    [[1], RangeError, "x: wanted 2 numbers, one per row of x, got 1", { shape: [], rows: 2 }],
    // What claims to be large, or is endless.
    [{ length: 2 ** 40, 0: 1 }, RangeError, `wanted 1 to ${2 ** 30} numbers, got ${2 ** 40}`],
    [{ length: 2 ** 29, 0: 1 }, TypeError, "row 0, place 1: wanted a number, got undefined"],
    [Array(2 ** 28), TypeError, "row 0, place 0: wanted a number, got undefined"],
    [endless, TypeError, "got Array", { shape: undefined }],
    [endless, RangeError, "x: row 0: wanted 2 numbers, got 1"],
  ])("%#", (given, error, message, wanted = {}) => {
    expect(() => read(given, wanted)).toThrow(error);
    expect(() => read(given, wanted)).toThrow(message);
  });

  it("is worded by whoever asks", () => {
    const error = (fault: string, message: string) => new Error(`${fault}! ${message}`);
    expect(() => read([1, null], { error })).toThrow("type! x: row 0, place 1: wanted a number, got null");
    expect(() => read([[1]], { error })).toThrow("size! x: row 0: wanted 2 numbers, got 1");
    expect(() => read([1, Number.NaN], { error, numbers: "noNaN" })).toThrow("value! x: row 0, place 1");
  });
});
