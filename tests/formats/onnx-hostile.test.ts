// What the wire format allows, read alike however it is written, and ONNX files that are damaged or lie: each ends in a CompileError that
// names the place, and in no more memory than the bytes account for.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Random, random } from "../../compiler/base/random.ts";
import type { Code } from "../../compiler/diagnostics/codes.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { open } from "../../src/formats/index.ts";
import { numbersOf } from "../../src/formats/onnx/numbers.ts";
import { operators } from "../../src/formats/onnx/operators/list.ts";
import { decodeTensor } from "../../src/formats/onnx/schema.ts";
import { errorOf } from "../support/error.ts";
import { bytesField, double, float, graphBytes, int, message, modelBytes, node, packed, tensor, tensorBytes, text, type Write } from "./onnx-bytes.ts"; // biome-ignore format: one line

const read = (...writes: readonly Write[]) => numbersOf(decodeTensor(message(...writes)), {}, "w");
const values = (...writes: readonly Write[]): readonly number[] => [...read(...writes).data];
const raw = (...bytes: readonly number[]): Write => bytesField(9, Uint8Array.from(bytes));

describe("numbers", () => {
  it("are packed or not, typed or raw", () => {
    const two = [int(1, 2), int(2, 1)];
    expect(values(...two, float(4, 1.5), float(4, -2))).toEqual([1.5, -2]);
    expect(
      values(
        ...two,
        packed(4, (writer) => writer.float(1.5).float(-2)),
      ),
    ).toEqual([1.5, -2]);
    expect(values(...two, raw(0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0))).toEqual([1.5, -2]);
    expect(
      values(
        packed(1, (writer) => writer.int64(2)),
        int(2, 1),
        float(4, 1),
        float(4, 2),
      ),
    ).toEqual([1, 2]);
  });

  it("are whole ones of ten bytes where they are negative, and rounded beyond 2^53", () => {
    expect(values(int(1, 3), int(2, 7), int(7, -1), packed(7, (writer) => writer.int64(-5)), int(7, 2n ** 63n - 1n))).toEqual([-1, -5, 2 ** 63]); // biome-ignore format: one line
    expect(values(int(1, 2), int(2, 6), int(5, -7), int(5, 9))).toEqual([-7, 9]);
    expect(values(int(1, 1), int(2, 7), raw(0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff))).toEqual([-2]);
  });

  it("are halves, brain floats, doubles, bools and nibbles", () => {
    expect(values(int(1, 3), int(2, 10), raw(0, 0x3c, 0, 0xc0, 1, 0))).toEqual([1, -2, 2 ** -24]);
    expect(values(int(1, 2), int(2, 10), int(5, 0x7c00), int(5, 0xbc00))).toEqual([Number.POSITIVE_INFINITY, -1]);
    expect(values(int(1, 1), int(2, 16), raw(0x80, 0x3f))).toEqual([1]);
    expect(values(int(1, 1), int(2, 11), double(10, 1 / 3))).toEqual([1 / 3]);
    expect(values(int(1, 2), int(2, 9), raw(0, 7))).toEqual([0, 1]);
    expect(values(int(1, 3), int(2, 22), raw(0x9f, 0x07))).toEqual([-1, -7, 7]);
    expect(values(int(1, 3), int(2, 21), raw(0x9f, 0x07))).toEqual([15, 9, 7]);
  });

  it("stand beside the model, within its folder", () => {
    const file = new Uint8Array(Float32Array.of(9, 1.5, -2).buffer);
    const external = (...entries: readonly (readonly [string, string])[]) =>
      decodeTensor(tensorBytes(tensor("w", [2], { floats: [], external: entries })));
    const given = { beside: (path: string) => (path === "data/w.bin" ? file : undefined) };
    expect([...numbersOf(external(["location", "data/w.bin"], ["offset", "4"], ["length", "8"]), given, "w").data]).toEqual([1.5, -2]); // biome-ignore format: one line
    const code = (...entries: readonly (readonly [string, string])[]): Code => errorOf(() => numbersOf(external(...entries), given, "w")).code; // biome-ignore format: one line
    expect(code(["location", "../w.bin"])).toBe("format/beside");
    expect(code(["location", "other.bin"])).toBe("format/beside");
    for (const offset of ["8", "-4", "1e9", "99999999999999"]) expect(code(["location", "data/w.bin"], ["offset", offset], ["length", "8"])).toBe("format/onnx"); // biome-ignore format: one line
  });

  it("are as many as their shape says, of a size that there can be", () => {
    const code = (...writes: readonly Write[]): Code => errorOf(() => read(...writes)).code;
    expect(code(int(1, 3), int(2, 1), float(4, 1))).toBe("format/onnx");
    expect(code(int(1, -1), int(2, 1))).toBe("format/onnx");
    expect(code(int(1, 2 ** 40), int(2, 1), raw())).toBe("shape/too-large");
    expect(code(int(1, 2n ** 62n), int(1, 2n ** 62n), int(2, 1), raw())).toBe("format/onnx");
    expect(code(int(1, 1), int(2, 2), int(5, 256))).toBe("format/onnx");
    expect(code(int(1, 1), int(2, 14), text(6, "a"))).toBe("format/dtype");
    expect(code(int(1, 2), int(2, 8), text(6, "a"))).toBe("format/onnx");
  });
});

describe("messages", () => {
  it("are joined where they come in parts, and of a number the last counts", () => {
    const graph = graphBytes({ nodes: [node("Relu", ["x"], ["y"])] });
    const half = message(bytesField(1, node("Relu", ["x"], ["h"])));
    expect(open(message(int(1, 8), bytesField(7, half), bytesField(8, message(int(2, 9), int(2, 13))), bytesField(7, graph)), "a.onnx").graph).toContain("relu"); // biome-ignore format: one call
  });

  it("are refused where they end early, nest too deep or hold other types", () => {
    const whole = modelBytes({ nodes: [node("Relu", ["x"], ["y"])] });
    for (let length = 0; length < whole.length; length++) {
      const error = errorOf(() => open(whole.slice(0, length), "a.onnx"));
      expect(["format/onnx", "onnx/unsupported", "shape/unknown-size", "model/port"], String(length)).toContain(error.code);
    }
    let deep: Uint8Array = graphBytes({});
    for (let i = 0; i < 200; i++) deep = message(bytesField(1, message(text(4, "If"), bytesField(5, message(text(1, "then_branch"), bytesField(6, deep)))))); // biome-ignore format: one line
    expect(() => open(message(int(1, 8), bytesField(7, deep)), "a.onnx")).toThrow(/nested more than/);
    expect(errorOf(() => open(message(int(1, 8), int(7, 3)), "a.onnx")).code).toBe("format/onnx");
    expect(errorOf(() => open(message(int(1, 8), bytesField(7, message(bytesField(2, Uint8Array.of(0xff))))), "a.onnx")).code).toBe("format/onnx"); // biome-ignore format: one line
  });

  it("name what is missing: a graph, a value, an output", () => {
    expect(() => open(message(int(1, 8), text(2, "a")), "a.onnx")).toThrow(/no graph/);
    expect(() => open(modelBytes({ nodes: [node("Relu", ["z"], ["y"])] }))).toThrow(/y: the node reads "z"/);
    expect(() => open(modelBytes({ nodes: [node("Relu", ["x"], ["z"])] }))).toThrow(/nothing makes the output "y"/);
  });

  it("have any names: __proto__, slashes, the same twice", () => {
    const nodes = [node("Relu", ["__proto__"], ["a/b:0"]), node("Mul", ["a/b:0", "constructor"], ["y"])];
    const input = message(text(1, "__proto__"), bytesField(2, message(bytesField(1, message(int(1, 1), bytesField(2, message(bytesField(1, message(text(2, "b"))), bytesField(1, message(int(1, 2)))))))))); // biome-ignore format: one line
    const output = [message(text(1, "a/b:0")), message(text(1, "y"))];
    const weights = [tensor("constructor", [2], { floats: [1, 2] })];
    const model = open(modelBytes({ nodes, inputs: [input], outputs: output, weights }));
    expect(model.graph).toMatch(/a_b_0 = %\d+\n {2}y = %\d+/);
    expect(Object.keys(model.weights ?? {})).toEqual(["constructor"]);
  });

  it("list too few or too many inputs, of every operator", () => {
    let refused = 0;
    for (const { name } of operators)
      for (let count = 0; count <= 6; count++) {
        const bytes = modelBytes({ nodes: [node(name, Array.from({ length: count }, () => "x"), ["y"])] }); // biome-ignore format: one line
        try {
          open(bytes, "a.onnx");
        } catch (error) {
          if (!(error instanceof CompileError)) throw new Error(`${name} of ${count} inputs: ${(error as Error).stack}`);
          expect(error.code, `${name} of ${count} inputs`).not.toBe("internal/bug");
          refused++;
        }
      }
    expect(refused).toBeGreaterThan(operators.length);
  });

  it("do not make loops or functions run for ever", () => {
    const body = graphBytes({ nodes: [node("Identity", ["c"], ["c1"]), node("Relu", ["s"], ["y"])], inputs: ["i", "c", "s"].map((name) => message(text(1, name))), outputs: ["c1", "y"].map((name) => message(text(1, name))) }); // biome-ignore format: one line
    const loop = node("Loop", ["n", "", "x"], ["y"], [message(text(1, "body"), bytesField(6, body), int(20, 5))]);
    const turns = (count: number) => modelBytes({ nodes: [loop], weights: [tensor("n", [1], { longs: [count] })] });
    expect(open(turns(3)).graph?.match(/relu/g)?.length).toBe(3);
    expect(() => open(turns(2 ** 40))).toThrow(/Loop of more than 4096 turns/);
    const itself = message(text(1, "F"), text(4, "x"), text(5, "y"), bytesField(7, node("F", ["x"], ["y"], [], "own")), text(10, "own")); // biome-ignore format: one line
    const bytes = message(int(1, 8), bytesField(8, message(int(2, 13))), bytesField(25, itself), bytesField(7, graphBytes({ nodes: [node("F", ["x"], ["y"], [], "own")] }))); // biome-ignore format: one line
    expect(() => open(bytes, "a.onnx")).toThrow(/functions are nested more than/);
  });
});

const isLong = Number(process.env.LAYERC_FUZZ ?? 1) > 1;
const mutations = isLong ? 100_000 : 600;
const seed = Number(process.env.LAYERC_SEED ?? (isLong ? Date.now() % 2 ** 31 : 20261126));
const folder = join(import.meta.dirname, "../fixtures/onnx");
const names =
  "activations along attention control convolution depth gru heads indexing logic lstm normalization pooling products quantization reductions resize shapes";
const files = names.split(" ").map((name) => new Uint8Array(readFileSync(join(folder, `${name}.onnx`))));

/** A row of damage: what is done to the bytes. */
const damages: readonly ((bytes: Uint8Array, draw: Random) => Uint8Array)[] = [
  (bytes, draw) => bytes.slice(0, draw.integer(0, bytes.length)),
  (bytes, { integer }) => {
    for (let left = integer(1, 4); left > 0; left--) bytes[integer(0, bytes.length - 1)] ^= 1 << integer(0, 7);
    return bytes;
  },
  (bytes, { integer }) => bytes.copyWithin(integer(0, bytes.length), integer(0, bytes.length), integer(0, bytes.length)),
  // Small numbers are sizes, counts, types and axes; large ones make varints longer.
  (bytes, { integer, pick }) => {
    for (let left = integer(1, 3); left > 0; left--)
      bytes[integer(0, bytes.length - 1)] = pick([0, 1, 2, 3, 7, 8, 16, 0x7f, 0x80, 0xff]);
    return bytes;
  },
];

it(`${mutations} damaged files (seed ${seed}) give a Model or a CompileError`, () => {
  const draw = random(seed);
  const errors = new Map<string, number>();
  let opened = 0;
  for (let i = 0; i < mutations; i++) {
    let bytes: Uint8Array = draw.pick(files).slice();
    for (let left = draw.integer(1, 2); left > 0 && bytes.length > 8; left--) bytes = draw.pick(damages)(bytes, draw);
    try {
      open(bytes, "a.onnx");
      opened++;
    } catch (error) {
      if (!(error instanceof CompileError)) throw new Error(`mutation ${i}: ${(error as Error).stack}`);
      if (error.code === "internal/bug") throw error;
      errors.set(error.code, (errors.get(error.code) ?? 0) + 1);
    }
  }
  console.log(`${mutations} damaged ONNX files: ${opened} opened;`, Object.fromEntries(errors));
  expect(opened).toBeGreaterThan(mutations / 20);
  for (const code of ["format/onnx", "onnx/unsupported"]) expect(errors.get(code), code).toBeGreaterThan(0);
});
