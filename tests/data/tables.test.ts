// Tables from files: which columns a text makes, which kind each is, and what is said of files that are none.

import { zipSync } from "fflate";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { beside, type Column, readTable, type Table, take } from "../../src/data/index.ts";

const short = ({ name, kind, values }: Column) => [name, kind, Array.from(values as ArrayLike<unknown>)];
const read = async (text: string | Uint8Array, name = "a.csv", header?: boolean): Promise<Table> =>
  readTable(text, name, header === undefined ? {} : { header });
const columns = async (text: string | Uint8Array, name?: string, header?: boolean) =>
  (await read(text, name, header)).columns.map(short);

/** Code, path and message of what was thrown. */
async function fault(run: () => Promise<unknown>): Promise<readonly string[]> {
  try {
    await run();
  } catch (error) {
    if (error instanceof CompileError) return [error.code, error.path, error.diagnostic.message];
    throw error;
  }
  return [];
}

const npy = (shape: readonly number[], values: readonly number[]): Uint8Array => {
  const dict = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
  const header = `${dict.padEnd(117)}\n`;
  const head = Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, header.length, 0, ...Buffer.from(header)]);
  return Buffer.concat([head, Buffer.from(Float32Array.from(values).buffer)]);
};

describe("a CSV file", () => {
  it.each<[what: string, text: string, wanted: unknown]>([
    [
      "numbers and texts",
      "a,b\n1,x\n2.5,y\n",
      [
        ["a", "number", [1, 2.5]],
        ["b", "text", ["x", "y"]],
      ],
    ],
    [
      "semicolons, and a comma in a text",
      "a;b\n1;x, z\n2;y\n",
      [
        ["a", "number", [1, 2]],
        ["b", "text", ["x, z", "y"]],
      ],
    ],
    [
      "tabs",
      "a\tb\n1\tx\n",
      [
        ["a", "number", [1]],
        ["b", "text", ["x"]],
      ],
    ],
    [
      "no header",
      "1,x\n2,y\n",
      [
        ["1", "number", [1, 2]],
        ["2", "text", ["x", "y"]],
      ],
    ],
    [
      "a header with numbers in it",
      "label,0,1\ncat,5,6\n",
      [
        ["1", "text", ["label", "cat"]],
        ["2", "number", [0, 5]],
        ["3", "number", [1, 6]],
      ],
    ],
    [
      "words above numbers",
      "x,2020\na,5\nb,6\n",
      [
        ["1", "text", ["x", "a", "b"]],
        ["2", "number", [2020, 5, 6]],
      ],
    ],
    [
      "gaps",
      "a,b\n,x\n?,\nNA,None\n3,na\n",
      [
        ["a", "number", [Number.NaN, Number.NaN, Number.NaN, 3]],
        ["b", "text", ["x", undefined, "None", undefined]],
      ],
    ],
    [
      "a delimiter at the end of each line",
      "a,b,\n1,2,\n3,4,\n",
      [
        ["a", "number", [1, 3]],
        ["b", "number", [2, 4]],
      ],
    ],
    [
      "quotes",
      'a,"b"\n1,"x ""y"""\n',
      [
        ["a", "number", [1]],
        ["b", "text", ['x "y"']],
      ],
    ],
    ["one column", "a\n1\n2\n", [["a", "number", [1, 2]]]],
    ["a word among numbers", "a\n1\n2\nlow\n", [["a", "text", ["1", "2", "low"]]]],
    ["infinity", "a\n1\n-inf\n", [["a", "number", [1, Number.NEGATIVE_INFINITY]]]],
  ])("%s", async (_, text, wanted) => {
    expect(await columns(text)).toEqual(wanted);
  });

  it("is read as it is told where the first line could be either", async () => {
    expect(await columns("a,b\nc,d\n", "a.csv", false)).toEqual([
      ["1", "text", ["a", "c"]],
      ["2", "text", ["b", "d"]],
    ]);
    expect(await columns("1,2\n3,4\n", "a.csv", true)).toEqual([
      ["1", "number", [3]],
      ["2", "number", [4]],
    ]);
  });

  it("knows the line of each row, and a column without a name", async () => {
    const table = await read(',a\n0,"x\ny"\n\n1,z\n');
    expect(Array.from(table.places ?? [])).toEqual([2, 5]);
    expect(table.columns.map(({ isUnnamed = false }) => isUnnamed)).toEqual([true, false]);
  });

  it.each<[what: string, text: string, wanted: readonly string[]]>([
    ["empty", "", ["data/empty", "a.csv", "the file is empty"]],
    ["a header alone", "a,b\n", ["data/empty", "a.csv", "there is a header and no row"]],
    ["a short line", "a,b\n1,2\n3\n", ["data/column", "a.csv:3", "the line has 1 cell, the header has 2"]],
    ["a name twice", "a,a\n1,2\n", ["data/column", "a.csv/a", "the header has this name twice"]],
    ["decimal commas", "a;b\n1,5;2\n", ["data/values", "a.csv:2/a", 'holds "1,5", a number with a decimal comma']],
    [
      "an open quote",
      'a,b\n1,"x\n',
      ["format/input", "", "a.csv: Quote Not Closed: the parsing is finished with an opening quote at line 2"],
    ],
  ])("is refused: %s", async (_, text, wanted) => {
    expect(await fault(() => read(text))).toEqual(wanted);
  });
});

describe("JSON", () => {
  it.each<[what: string, name: string, text: string, wanted: unknown]>([
    [
      "objects",
      "a.json",
      '[{"a": 1, "b": "x"}, {"b": null, "c": true}]',
      [
        ["a", "number", [1, Number.NaN]],
        ["b", "text", ["x", undefined]],
        ["c", "number", [Number.NaN, 1]],
      ],
    ],
    [
      "lists",
      "a.json",
      "[[1, 2], [3, 4]]",
      [
        ["1", "number", [1, 3]],
        ["2", "number", [2, 4]],
      ],
    ],
    ["values", "a.json", "[1, 2]", [["1", "number", [1, 2]]]],
    [
      "columns",
      "a.json",
      '{"a": [1, 2], "b": ["x", "y"]}',
      [
        ["a", "number", [1, 2]],
        ["b", "text", ["x", "y"]],
      ],
    ],
    ["lines", "a.jsonl", '{"a": 1}\n\n{"a": "2"}\n', [["a", "number", [1, 2]]]],
    ["lists in rows", "a.jsonl", '{"p": [[1, 2], [3, 4]]}\n', [["p", "number", [1, 2, 3, 4]]]],
    ["a name of an object's own", "a.json", '[{"constructor": 1}, {}]', [["constructor", "number", [1, Number.NaN]]]],
  ])("%s", async (_, name, text, wanted) => {
    expect(await columns(text, name)).toEqual(wanted);
  });

  it.each<[what: string, name: string, text: string, wanted: readonly string[]]>([
    ["no list", "a.json", "3", ["format/input", "a.json", "holds 3"]],
    ["no row", "a.json", "[]", ["data/empty", "a.json", "there is no row"]],
    ["other rows", "a.json", "[[1], [1, 2]]", ["data/column", "a.json:2", "holds a list of 2, the first row is a list of 1"]],
    ["columns of other lengths", "a.json", '{"a": [1], "b": []}', ["data/column", "a.json/b", 'has 0 values, "a" has 1']],
    ["an object in a cell", "a.jsonl", '{"a": {"b": 1}}', ["data/values", "a.jsonl:1/a", "holds {"]],
    [
      "lists of other lengths",
      "a.jsonl",
      '{"a": [1, 2]}\n{"a": [1]}',
      ["data/values", "a.jsonl:2/a", "holds a list of 1, where other rows have lists of shape [2]"],
    ],
  ])("is refused: %s", async (_, name, text, wanted) => {
    const found = await fault(() => read(text, name));
    expect(found.slice(0, 2)).toEqual(wanted.slice(0, 2));
    expect(found[2]).toContain(wanted[2]);
  });
});

describe("NumPy's arrays", () => {
  it("are columns of a matrix, or one for each array of an archive", async () => {
    expect(await columns(npy([2, 2], [1, 2, 3, 4]), "a.npy")).toEqual([
      ["1", "number", [1, 3]],
      ["2", "number", [2, 4]],
    ]);
    const archive = zipSync({ "x.npy": npy([2, 2, 1], [1, 2, 3, 4]), "y.npy": npy([2], [0, 1]) });
    const table = await read(archive, "a.npz");
    expect(table.columns.map(({ name, shape }) => [name, shape])).toEqual([
      ["x", [2, 1]],
      ["y", []],
    ]);
    expect(await fault(() => read(zipSync({ "x.npy": npy([2], [1, 2]), "y.npy": npy([1], [0]) }), "a.npz"))).toEqual([
      "data/column",
      "a.npz/y",
      'has 1 rows, "x" has 2',
    ]);
  });
});

describe("Parquet", () => {
  const bytes = new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: "a", data: [1.5, 2, null], type: "DOUBLE", nullable: true },
        { name: "b", data: ["x", null, "z"], type: "STRING", nullable: true },
        { name: "n", data: [1n, 2n, 3n], type: "INT64" },
        { name: "yes", data: [true, false, true], type: "BOOLEAN" },
      ],
    }),
  );

  it("is columns", async () => {
    expect(await columns(bytes, "rows")).toEqual([
      ["a", "number", [1.5, 2, Number.NaN]],
      ["b", "text", ["x", undefined, "z"]],
      ["n", "number", [1, 2, 3]],
      ["yes", "number", [1, 0, 1]],
    ]);
  });

  it("that is cut off is refused", async () => {
    const [code, path] = await fault(() => read(bytes.subarray(0, 60), "a.parquet"));
    expect([code, path]).toEqual(["format/input", "a.parquet"]);
  });
});

describe("tables", () => {
  it("give chosen rows, which keep their lines", async () => {
    const table = take(await read("a,b\n1,x\n2,y\n3,z\n"), [2, 0]);
    expect(table.columns.map(short)).toEqual([
      ["a", "number", [3, 1]],
      ["b", "text", ["z", "x"]],
    ]);
    expect(Array.from(table.places ?? [])).toEqual([4, 2]);
  });

  it("stand beside each other where they have as many rows, and other names", async () => {
    const [one, other] = [await read("a\n1\n2\n"), await read("b\n3\n4\n", "b.csv")];
    expect(beside(one, other).columns.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(await fault(async () => beside(one, await read("b\n3\n", "b.csv")))).toEqual([
      "data/column",
      "b.csv",
      "it has 1 rows, a.csv has 2",
    ]);
    expect((await fault(async () => beside(one, one)))[0]).toBe("data/column");
  });
});
