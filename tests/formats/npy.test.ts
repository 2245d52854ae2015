// Arrays of NumPy: what NumPy wrote reads back, everything else is refused by name, and no damage leads anywhere but to a CompileError.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { random } from "../../compiler/base/random.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { openWeights } from "../../src/formats/index.ts";
import { isNpy, openNpy, openNpz } from "../../src/formats/npy.ts";
import { errorOf } from "../support/error.ts";

const folder = join(import.meta.dirname, "../fixtures/npy");
const read = (name: string): Uint8Array => new Uint8Array(readFileSync(join(folder, name)));
const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Readonly<
  Record<string, { readonly shape: readonly number[]; readonly numbers: readonly string[] }>
>;
const refused = ["objects", "texts", "records", "complex", "long", "dates"].map((name) => `${name}.npy`);

/** An array of NumPy with this header. */
function withHeader(header: string, data = new Uint8Array(8), major = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length = major === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  return Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, major, 0, ...length, ...text, ...data);
}

describe("a .npy file", () => {
  it("every fixture is read here", () => {
    const arrays = readdirSync(folder).filter((name) => name.endsWith(".npy"));
    expect(arrays.sort()).toEqual([...Object.keys(expected), ...refused].sort());
  });

  it.each(Object.entries(expected))("%s", (name, { shape, numbers }) => {
    const array = openNpy(read(name));
    expect(array.shape).toEqual(shape);
    expect([...array.numbers()]).toEqual(numbers.map(Number));
    expect([...array.singles()]).toEqual(numbers.map((number) => Math.fround(Number(number))));
  });

  it.each([
    ["objects.npy", "Python objects"],
    ["texts.npy", "texts"],
    ["records.npy", "records"],
    ["complex.npy", "complex numbers"],
    ["long.npy", "another width"],
    ["dates.npy", "dates"],
  ])("refuses %s by name", (name, what) => {
    const error = errorOf(() => openNpy(read(name)));
    expect(error.code).toBe("format/unsupported");
    expect(error.message).toContain(what);
  });

  it("rounds whole numbers that no double holds once", () => {
    const data = new DataView(new ArrayBuffer(8));
    data.setBigInt64(0, (1n << 60n) + (1n << 36n) + 1n, true);
    const array = openNpy(withHeader("{'descr': '<i8', 'fortran_order': False, 'shape': (1,)}", new Uint8Array(data.buffer)));
    expect(array.singles()[0]).toBe(2 ** 60 + 2 ** 37);
  });

  it.each<[what: string, bytes: Uint8Array]>([
    ["one byte too many", Uint8Array.of(...read("f4-little.npy"), 0)],
    ["one byte too few", read("f4-little.npy").subarray(0, -1)],
    ["no header", Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1)],
    ["version 9", withHeader("{'descr': '<f8', 'fortran_order': False, 'shape': ()}", undefined, 9)],
    ["a header that is longer than the file", read("f4-little.npy").subarray(0, 40)],
    ["code in its header", withHeader("{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,)}")],
    ["a key twice", withHeader("{'descr': '<f8', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}")],
    ["no shape", withHeader("{'descr': '<f8', 'fortran_order': False}")],
    ["another key", withHeader("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), '__proto__': ()}")],
    [
      "a shape beyond all memory",
      withHeader("{'descr': '<f8', 'fortran_order': False, 'shape': (9007199254740991, 9007199254740991)}"),
    ],
    ["a size that is no number", withHeader("{'descr': '<f8', 'fortran_order': False, 'shape': (1 1,)}")],
    ["a type that is none", withHeader("{'descr': '!!', 'fortran_order': False, 'shape': (1,)}")],
  ])("refuses %s", (_, bytes) => {
    expect(errorOf(() => openNpy(bytes)).code).toBe("format/npy");
  });
});

describe("a .npz file", () => {
  it("has its arrays by name, stored or packed", () => {
    const arrays = openNpz(read("plain.npz"));
    expect([...arrays.keys()].sort()).toEqual(["dense/bias", "dense/kernel", "x"]);
    expect(openNpz(read("packed.npz")).get("x")?.numbers()).toEqual(arrays.get("x")?.numbers());
  });

  it("is a file of weights, by their names", () => {
    const weights = openWeights(read("plain.npz"));
    expect({ ...weights }).toMatchObject({
      "dense/kernel": Float32Array.of(0, 1, 2, 3, 4, 5),
      "dense/bias": Float32Array.of(1, 2, 3),
    });
  });
});

const isLong = Number(process.env.LAYERC_FUZZ ?? 1) > 1;

it("damaged arrays end in numbers or in a CompileError", () => {
  const draw = random(Number(process.env.LAYERC_SEED ?? (isLong ? Date.now() % 2 ** 31 : 7)));
  const files = readdirSync(folder).filter((name) => /\.np[yz]$/.test(name));
  const outcomes = new Set<string>();
  for (let i = 0; i < (isLong ? 100_000 : 1000); i++) {
    const bytes = read(draw.pick(files));
    for (let left = draw.integer(1, 4); left > 0; left--) bytes[draw.integer(0, bytes.length - 1)] = draw.integer(0, 255);
    const cut = draw.integer(0, 4) === 0 ? bytes.subarray(0, draw.integer(0, bytes.length)) : bytes;
    try {
      const arrays = isNpy(cut) ? [openNpy(cut)] : [...openNpz(cut).values()];
      for (const array of arrays) expect(array.numbers().length).toBeLessThanOrEqual(cut.length * 100);
      outcomes.add("read");
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      outcomes.add(error.code);
    }
  }
  expect([...outcomes]).toEqual(expect.arrayContaining(["read", "format/npy", "format/unsupported"]));
});
