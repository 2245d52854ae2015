// Errors point to the file that is wrong: rows, tables, specs, weights, numbers of a scaler; and the lines around the place are shown, whatever
// stands in them.
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { frameOf } from "../../src/cli/frame.ts";
import { paint } from "../../src/cli/render.ts";
import { csvPlace } from "../../src/data/places.ts";
import { faultIn, jsonPlace } from "../../src/formats/json-text.ts";
import { layerc } from "./bin.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "frame-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

const layers = [{ layer: "dense", config: { units: 2, activation: "softmax", inputShape: [2] } }];
const training = { loss: "sparse_categorical_crossentropy", optimizer: "sgd" };
write("net.json", JSON.stringify({ layers, training }));
write("weighted.json", JSON.stringify({ layers, weightsFile: "./cut.safetensors" }));
write("cut.safetensors", "hello");
write("unweighted.json", '{\n  "layers": [],\n  "weightsFile": "./none.safetensors"\n}\n');

it.each<[name: string, text: string, args: readonly string[], at: string]>([
  ["cell.csv", "1,2\n3,x\n", ["run", "net.json", "--input", "cell.csv"], "cell.csv:2:3"],
  ["quoted.csv", '"a\n;b";c\n1;2\n3; y\n', ["run", "net.json", "--input", "quoted.csv"], "quoted.csv:4:4"],
  ["short.csv", "1,2\n3\n", ["run", "net.json", "--input", "short.csv"], "short.csv:2:1"],
  ["long.csv", "1,2\n3,4,5\n", ["run", "net.json", "--input", "long.csv"], "long.csv:2:5"],
  ["rows.json", '[[1, 2],\n [3, "x"]]', ["run", "net.json", "--input", "rows.json"], "rows.json:2:6"],
  ["flat.json", "[1, 2,\n 3, null]", ["run", "net.json", "--input", "flat.json"], "flat.json:2:5"],
  ["named.json", '{"x": [[1, 2], [3, true]]}', ["run", "net.json", "--input", "named.json"], "named.json:1:20"],
  ["broken.json", "[[1, 2],\n [3, ]]", ["run", "net.json", "--input", "broken.json"], "broken.json:2:6"],
  ["rows.jsonl", "[1, 2]\n[3, {}]\n", ["run", "net.json", "--input", "rows.jsonl"], "rows.jsonl:2:5"],
  ["broken.jsonl", "[1, 2]\n[3\n", ["run", "net.json", "--input", "broken.jsonl"], "broken.jsonl:2:3"],
  ["gap.csv", "a,b,kind\n1,2,p\n3,,q\n4,5,p\n", ["train", "net.json", "--data", "gap.csv", "--target", "kind"], "gap.csv:3:3"],
  ["uneven.csv", "a,b,kind\n1,2,p\n3,q\n", ["train", "net.json", "--data", "uneven.csv", "--target", "kind"], "uneven.csv:3:1"],
  ["twice.csv", "a,kind,a\n1,p,2\n", ["train", "net.json", "--data", "twice.csv", "--target", "kind"], "twice.csv:1:1"],
  ["gap.jsonl", '{"a": 1, "b": 2, "kind": "p"}\n{"a": 1, "b": null, "kind": "q"}\n', ["train", "net.json", "--data", "gap.jsonl", "--target", "kind"], "gap.jsonl:2:10"],
  ["key.json", '{\n  "layers": [\n    { "layer": "dense", "config": { "units": -1, "inputShape": [2] } }\n  ]\n}\n', ["compile", "key.json", "--stdout"], "key.json:3:37"],
  ["unknown.json", '{\n  "layers": [\n    { "layer": "danse" }\n  ]\n}\n', ["compile", "unknown.json", "--stdout"], "unknown.json:3:7"],
  ["strange.json", '{\n  "layers": [],\n  "lyers": 1\n}\n', ["compile", "strange.json", "--stdout"], "strange.json:3:3"],
  ["comma.json", '{\n  "layers": [],\n}\n', ["compile", "comma.json", "--stdout"], "comma.json:3:1"],
  ["scaler.json", '{"mean_": [0, 0],\n "scale_": [1, 0]}', ["compile", "net.json", "--stdout", "--scaler", "scaler.json"], "scaler.json:2:16"],
  ["damaged.json", "[1, 2", ["compile", "net.json", "--stdout", "--classes", "damaged.json"], "damaged.json:1:6"],
  ["-", "", ["compile", "weighted.json", "--stdout"], "cut.safetensors"],
  ["-", "", ["compile", "unweighted.json", "--stdout"], "unweighted.json:3:3"],
])("%s: %j", async (name, text, args, at) => {
  if (text !== "") write(name, text);
  const { status, stderr } = await layerc(folder, args);
  expect(status).toBe(1);
  expect(stderr).toContain(`\n  at    ${at}\n`);
}); // biome-ignore format: one table

it("what stands on the command line is in no file", async () => {
  const { stderr } = await layerc(folder, ["run", "net.json", "--input", '[1, "x"]']);
  expect(stderr).not.toMatch(/\n {2}at /);
});

describe("a frame", () => {
  const frame = (content: string | Uint8Array, line: number, column?: number): readonly string[] => {
    const file = write("frame.txt", content);
    return frameOf({ file, line, ...(column === undefined ? {} : { column }) }, paint(false));
  };

  it("shows the lines before and behind, with a mark below the character", () => {
    expect(frame("one\ntwo\nthree\nfour\n", 2, 2)).toEqual(["    1 | one", "  > 2 | two", "      |  ^", "    3 | three"]);
    expect(frame("one\r\ntwo\r\n", 2)).toEqual(["    1 | one", "  > 2 | two"]);
    expect(frame("one", 1, 4)).toEqual(["  > 1 | one", "      |    ^"]);
    expect(frame(Array.from({ length: 12 }, (_, i) => `l${i + 1}`).join("\n"), 10, 1)[0]).toBe("     9 | l9");
  });

  it("cuts long lines around the place", () => {
    const lines = frame(`${"a".repeat(5000)}X${"b".repeat(5000)}\n${"c".repeat(9)}`, 1, 5001);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(120);
    expect(lines[0][lines[1].indexOf("^")]).toBe("X");
  });

  it("lets nothing through that a terminal obeys, and counts its columns", () => {
    const lines = frame("\u001b[31m\u202e\tx\u0007日e\u0301X", 1, 13);
    expect(lines.join("\n").replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    // Two columns for one character, none for the mark on e.
    expect(lines[1].indexOf("^")).toBe([...lines[0]].length - 1);
  });

  it("is none of bytes, of what is missing, and of a place without a line", () => {
    expect(frame(Uint8Array.of(0x50, 0, 1), 1, 1)).toEqual([]);
    expect(frame(Uint8Array.of(0x50, 0xff, 0x31), 1, 1)).toEqual([]);
    expect(frame("one", 7, 1)).toEqual([]);
    expect(frameOf({ file: join(folder, "nowhere"), line: 1, column: 1 }, paint(false))).toEqual([]);
    expect(frameOf({ file: folder, line: 1, column: 1 }, paint(false))).toEqual([]);
    expect(frameOf({ file: write("whole.txt", "one") }, paint(false))).toEqual([]);
  });
});

describe("the text of JSON", () => {
  it("has a fault exactly where JSON.parse has one", () => {
    const texts = ['{"a": [1, -0.5e3, true, null, "\\u0041\\n"]}', "[]", "{}", ' "x" ', "[1,]", "{,}", '{"a" 1}', "[1 2]", "01", "1.", "tru", '"\n"', '"\\x"', "", "[", '{"a":', "[1]]", "'a'", "+1", "nul", "[1}"]; // biome-ignore format: one line
    for (const text of texts) {
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      expect([text, faultIn(text) === undefined]).toEqual([text, isJson]);
    }
    expect(faultIn("[".repeat(100_000))).toBeUndefined();
  });

  it("has a place for a path, or for the last step that is there", () => {
    const text = '{\n "a": [1, {"b c": 2}],\n "d": 3}';
    const at = (...steps: (string | number)[]) => Object.values(jsonPlace(text, "f", steps)).slice(1);
    expect([at(), at("a"), at("a", 1), at("a", 1, "b c"), at("d"), at("a", 5), at("x")]).toEqual([[1, 1], [2, 2], [2, 11], [2, 12], [3, 2], [2, 2], [1, 1]]); // biome-ignore format: one line
  });

  it("and of CSV has one for every cell", () => {
    const text = 'a,"b,c",d\r\n1, 2 ,3\r\n';
    expect(csvPlace(text, "f", 1, 3)).toEqual({ file: "f", line: 1, column: 9 });
    expect(csvPlace(text, "f", 2, 2)).toEqual({ file: "f", line: 2, column: 4 });
    expect(csvPlace(text, "f", 2)).toEqual({ file: "f", line: 2, column: 1 });
  });
});
