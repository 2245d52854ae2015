// Large weights: text in pieces that every engine reads in linear time, decoded as the engine stores floats, and no copies that are
// not needed. In: weights of some pieces. Out: the numbers that went in.
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { packedBytes, toBytes, unpackFunction } from "../../compiler/emit/module/packed.ts";
import { load } from "../../runtime/load.ts";
import { dense, embedding, sequential } from "../../src/sequential.ts";

/** Lengths of the string literals of a text. */
const literals = (code: string): readonly number[] => [...code.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text.length);
const unpacker = (globals: Readonly<Record<string, unknown>> = {}) =>
  new Function(...Object.keys(globals), `${unpackFunction.text}\nreturn unpack;`)(...Object.values(globals)) as (
    texts: readonly string[],
    array: ArrayBufferView,
  ) => ArrayBufferView;
const textsOf = (bytes: Uint8Array) => JSON.parse(packedBytes(bytes).text.replaceAll("\\x", "\\u00")) as readonly string[];

describe("text in pieces", () => {
  const model = sequential([dense({ units: 300, inputShape: [200] }), dense({ units: 2 })]);

  it("no literal is as long as 16 KB, weights, kernels and goldens alike", () => {
    for (const options of [{}, { target: "js" }, { train: false, exact: true }] as const) {
      const { code } = compile(model, options);
      expect(code.length).toBeGreaterThan(300_000);
      expect(Math.max(...literals(code))).toBeLessThan(16_384);
    }
  });

  it("the numbers come back, from every length around a piece", () => {
    const unpack = unpacker();
    for (const floats of [65, 3068, 3069, 3070, 6138, 6139]) {
      const values = Float32Array.from({ length: floats }, (_, i) => Math.sin(i));
      const back = unpack(textsOf(toBytes([values])), new Float32Array(floats));
      expect(back).toEqual(values);
    }
  });

  it("an engine that stores the high byte first gets its order, and the bytes of kernels are left alone", () => {
    const values = Float32Array.from({ length: 3100 }, (_, i) => Math.cos(i));
    // Such an engine, as far as `unpack` can see it: a float 1 begins with 0x3f.
    class Bytes extends Uint8Array {
      constructor(buffer: ArrayBuffer, at?: number, length?: number) {
        super(buffer, at, length);
        if (this.length === 4) this.reverse();
      }
    }
    const unpack = unpacker({ Uint8Array: Bytes });
    const back = unpack(textsOf(toBytes([values])), new Float32Array(values.length));
    const view = new DataView(back.buffer);
    expect(Array.from(values, (_, i) => view.getFloat32(4 * i, false))).toEqual([...values]);
    const kernel = Uint8Array.from({ length: 100 }, (_, i) => i);
    expect(new Uint8Array(unpack(textsOf(kernel), new Uint8Array(100)).buffer)).toEqual(kernel);
  });

  it("predictions are those of the external form", () => {
    const inline = load<{ predict(x: ArrayLike<number>): Float32Array }>(compile(model));
    const { code, weights } = compile(model, { weights: "external" });
    const external = load<{ create(bytes: Uint8Array): typeof inline }>({ code }).create(weights ?? new Uint8Array());
    const x = Float32Array.from({ length: 400 }, (_, i) => Math.sin(i));
    expect(external.predict(x)).toEqual(inline.predict(x));
  });
});

it("beyond 64 MiB the text is refused with the way out, and the external form works", () => {
  const large = sequential([embedding({ inputDim: 2 ** 21, outputDim: 8 + 1, inputShape: [1] })], {
    weights: { "embedding/embeddings": new Float32Array(2 ** 21 * 9).fill(0.5) },
  });
  expect(() => compile(large)).toThrow(
    expect.objectContaining({ code: "weights/inline", hint: expect.stringContaining("--weights external") }),
  );
  const { weights } = compile(large, { weights: "external", selfTest: false });
  expect(weights?.length).toBe(4 * 2 ** 21 * 9);
});
