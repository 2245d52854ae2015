// The header of a `.safetensors` file: what is read, what is refused and where, and how the work grows with the tensors.
import { describe, expect, it } from "vitest";
import { weightsOf } from "../../compiler/front/weights.ts";
import { parseHeader } from "../../src/formats/header.ts";
import { openWeights } from "../../src/formats/index.ts";
import { readTensors, writeTensors } from "../../src/formats/safetensors.ts";
import { errorOf } from "../support/error.ts";

const entry = (from: number, to: number, shape: unknown = [(to - from) / 4]) =>
  `{"dtype":"F32","shape":${JSON.stringify(shape)},"data_offsets":[${from},${to}]}`;
/** A file from its header text and zeros. */
function fileOf(header: string, data = 0): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}
const w = 'weights["w"]';
const refused: readonly (readonly [what: string, file: Uint8Array, code: string, path: string, message: RegExp])[] = [
  ["a name twice", fileOf(`{"w":${entry(0, 4)},"w":${entry(0, 4)}}`, 4), "format/header", w, /"w" twice/],
  ["a name twice, apart", fileOf(`{"w":${entry(0, 4)},"v":${entry(4, 8)},"w":${entry(8, 12)}}`, 12), "format/header", w, /twice/],
  ["a name in two spellings", fileOf(`{"w":${entry(0, 4)},"\\u0077":${entry(4, 8)}}`, 8), "format/header", w, /twice/],
  [
    "__proto__ twice",
    fileOf(`{"__proto__":${entry(0, 4)},"__proto__":${entry(0, 4)}}`, 4),
    "format/header",
    'weights["__proto__"]',
    /twice/,
  ],
  ["metadata twice", fileOf('{"__metadata__":{},"__metadata__":{}}'), "format/header", "__metadata__", /twice/],
  ["a key of metadata twice", fileOf('{"__metadata__":{"a":"1","\\u0061":"2"}}'), "format/header", "__metadata__", /"a" twice/],
  ["metadata that is a list", fileOf('{"__metadata__":[]}'), "format/header", "__metadata__", /names to strings/],
  ["metadata of a nested value", fileOf('{"__metadata__":{"a":{"b":"c"}}}'), "format/header", "__metadata__", /found \{/],
  ["a dtype twice", fileOf(`{"w":{"dtype":"F16",${entry(0, 4).slice(1)}}`, 4), "format/header", w, /each once.*"dtype"/],
  ["a shape twice", fileOf(`{"w":{"shape":[1],${entry(0, 4).slice(1)}}`, 4), "format/header", w, /each once.*"shape"/],
  ["a key that is missing", fileOf('{"w":{"dtype":"F32","shape":[]}}', 4), "format/header", w, /data_offsets is missing/],
  [
    "three offsets",
    fileOf(`{"w":{"dtype":"F32","shape":[],"data_offsets":[0,4,8]}}`, 4),
    "format/header",
    w,
    /two numbers, found 3/,
  ],
  [
    "an offset of 2^60",
    fileOf(`{"w":${entry(0, 4).replace("4]", `${2n ** 60n}]`)}}`, 4),
    "format/header",
    w,
    /found 1152921504606846976/,
  ],
  ["an offset below 0", fileOf(`{"w":${entry(0, 4).replace("[0,", "[-4,")}}`, 4), "format/header", w, /found -4/],
  ["an offset with a fraction", fileOf(`{"w":${entry(0, 4).replace("4]", "4.0]")}}`, 4), "format/header", w, /found 4\.0/],
  ["an offset with an exponent", fileOf(`{"w":${entry(0, 4).replace("4]", "4e0]")}}`, 4), "format/header", w, /found 4e0/],
  ["an offset with a leading zero", fileOf(`{"w":${entry(0, 4).replace("4]", "04]")}}`, 4), "format/header", w, /found 04/],
  ["an offset that is text", fileOf(`{"w":${entry(0, 4).replace("4]", '"4"]')}}`, 4), "format/header", w, /found "4"/],
  ["a shape that is text", fileOf(`{"w":${entry(0, 4, "1")}}`, 4), "format/header", w, /shape is a list, found "1"/],
  ["a shape of lists", fileOf(`{"w":${entry(0, 4, [[1]])}}`, 4), "format/header", w, /found \[/],
  ["nested lists for a shape", fileOf(`{"w":{"shape":${"[".repeat(1_000_000)}`), "format/header", w, /found \[/],
  ["nested objects for a tensor", fileOf('{"w":'.repeat(1_000_000)), "format/header", w, /found another key "w"/],
  ["a tensor behind the end", fileOf(`{"w":${entry(0, 4)}} {}`, 4), "format/header", w, /unexpected "\{" at character \d+/],
  ["a comma at the end", fileOf(`{"w":${entry(0, 4)},}`, 4), "format/header", w, /unexpected "\}"/],
  ["a name with a line break", fileOf('{"a\nb":{}}'), "format/header", "", /unexpected "\\n"/],
  ["an escape that is none", fileOf('{"\\x":{}}'), "format/header", "", /unexpected "\\""/],
  ["a name without an end", fileOf('{"a'), "format/header", "", /unexpected the end/],
  [
    "sizes whose product overflows on its way to 0",
    fileOf(`{"w":${entry(0, 0, [2 ** 40, 2 ** 40, 0])}}`),
    "format/tensor",
    w,
    /counted/,
  ],
  ["sizes of 2^53 − 1", fileOf(`{"w":${entry(0, 4, [2 ** 53 - 1])}}`, 4), "format/tensor", w, /more bytes than can be counted/],
  [
    "a tensor of no numbers inside another",
    fileOf(`{"w":${entry(4, 4, [0])},"v":${entry(0, 8)}}`, 8),
    "format/tensor",
    w,
    /inside/,
  ],
];

describe("refused", () => {
  it.each(refused)("%s", (_, file, code, path, message) => {
    const error = errorOf(() => openWeights(file));
    expect(error).toMatchObject({ code, path });
    expect(error.message).toMatch(message);
    expect(error.message.length).toBeLessThan(300);
  });

  it("what could not be read is not written either", () => {
    const tensor = (name: string, shape: number[]) => ({ name, shape, data: new Float32Array(1) });
    for (const tensors of [[tensor("w", [1]), tensor("w", [1])], [tensor("__metadata__", [])], [tensor("w", [-1, -1])]])
      expect(errorOf(() => writeTensors(new Map(), tensors)).code).toBe("format/tensor");
  });
});

describe("read", () => {
  it("tensors of no numbers, single numbers, any order of the text, white space", () => {
    const file = fileOf(
      ` {\t"b" : ${entry(4, 12)} ,\n"1":${entry(0, 4, [])},"none":${entry(4, 4, [3, 0])},"0":${entry(12, 12)} }  `,
      12,
    );
    expect(readTensors(file).tensors.map(({ name, shape, data }) => [name, shape, data.length])).toEqual([
      ["b", [2], 2],
      ["1", [], 1],
      ["none", [3, 0], 0],
      ["0", [0], 0],
    ]);
  });

  it("metadata with names such as __proto__ and 1, in their order, again and again the same bytes", () => {
    const metadata = new Map([
      ["b", "x"],
      ["__proto__", "y"],
      ["1", '"\u2028\ud83d'],
    ]);
    const bytes = writeTensors(metadata, []);
    const again = readTensors(bytes);
    expect([...again.metadata]).toEqual([...metadata]);
    expect(writeTensors(again.metadata, again.tensors)).toEqual(bytes);
  });
});

describe("twice the tensors", () => {
  const sizes = [200, 400, 800, 1600, 3200];
  /** Every doubling costs at most 2.2 times what was before. */
  const expectGrowth = (work: readonly number[]) => {
    for (const [i, cost] of work.slice(1).entries()) expect(cost / work[i]).toBeLessThanOrEqual(2.2);
  };

  it("read at most 2.2 times the characters, and each a few times", () => {
    const work = sizes.map((count) => {
      const text = `{${Array.from({ length: count }, (_, i) => `"layer_${i}/kernel":${entry(4 * i, 4 * i + 4)}`).join()}}`;
      let read = 0;
      // A text that counts what is read of it; the walk asks for characters and slices, and nothing else.
      const counting = {
        length: text.length,
        charCodeAt: (at: number) => {
          read++;
          return text.charCodeAt(at);
        },
        charAt: (at: number) => {
          read++;
          return text.charAt(at);
        },
        slice: (from: number, to: number) => {
          read += to - from;
          return text.slice(from, to);
        },
      };
      expect(parseHeader(counting as unknown as string).entries.size).toBe(count);
      expect(read).toBeLessThan(5 * text.length);
      return read;
    });
    expectGrowth(work);
  });

  it("look at most 2.2 times as often for the model's weights", () => {
    const work = sizes.map((count) => {
      let looked = 0;
      const weights = Array.from({ length: count }, (_, i) => ({
        name: `w${i}`,
        shape: [1],
        trainable: true,
        path: "",
        spec: { name: "w", shape: [1], initializer: "zeros", trainable: true },
      }));
      const values = Object.fromEntries(weights.map(({ name }) => [name, new Float32Array(1)]));
      const { includes } = Array.prototype;
      // biome-ignore lint/suspicious/noExplicitAny: the standard's own signature.
      Array.prototype.includes = function (this: any[], ...given) {
        looked += this.length;
        return includes.apply(this, given);
      };
      try {
        weightsOf({ name: "m", seed: 1, layers: [], weights: values }, weights);
      } finally {
        Array.prototype.includes = includes;
      }
      return looked + count;
    });
    expectGrowth(work);
  });
});
