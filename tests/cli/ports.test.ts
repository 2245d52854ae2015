// Models with several inputs and outputs on the command line: rows by name for every executor, what summary shows of the way through the
// layers, and what is refused.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Port } from "../../compiler/artifact.ts";
import { feedsOf, readInputs } from "../../src/cli/inputs.ts";
import { save } from "../../src/formats/index.ts";
import { dense, model, rescaling, reuse, sequential, stringLookup } from "../../src/sequential.ts";
import { errorOf } from "../support/error.ts";
import { layerc } from "./bin.ts";

const folder = mkdtempSync(join(tmpdir(), "cli-ports-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);

/** left = a·[1, 2] + 1; right is the same of b, and head twice that and minus that. */
const pair = model({
  name: "pair",
  inputs: { a: [2], b: [2] },
  outputs: { p: "left", q: "head" },
  layers: [
    dense({ name: "left", units: 1, inputs: ["a"] }),
    reuse("left", { name: "right", inputs: ["b"] }),
    dense({ name: "head", units: 2, useBias: false, inputs: ["right"] }),
  ],
  weights: {
    "left/kernel": Float32Array.of(1, 2),
    "left/bias": Float32Array.of(1),
    "head/kernel": Float32Array.of(2, -1),
  },
  training: { loss: "mse", optimizer: "sgd" },
});
write("pair.safetensors", save(pair));
write("chain.json", JSON.stringify(sequential([dense({ units: 1, inputShape: [2] })])));
write("a.csv", "first,second\n1,1\n2,0\n");
write("b.json", "[[0, 1], [3, 0]]");
write("rows.json", '{"b": [[0, 1], [3, 0]], "a": [1, 1, 2, 0]}');
const expected = "p [2, 1]\n  [4]\n  [3]\nq [2, 2]\n  [6, -3]\n  [8, -4]\n";
const run = (...args: readonly string[]) => layerc(folder, ["run", "pair.safetensors", ...args]);

describe("run", () => {
  it.each(["graph", "program", "js"])("computes by hand-checked numbers on %s", async (on) => {
    const found = await run("--on", on, "--input", "a=a.csv", "--input", "b=[[0, 1], [3, 0]]");
    expect(found).toEqual({ status: 0, stdout: expected, stderr: "" });
  });

  it.each<[what: string, inputs: readonly string[]]>([
    ["an object by name", ['{"a": [[1, 1], [2, 0]], "b": [0, 1, 3, 0]}']],
    ["a file that holds one", ["rows.json"]],
    ["a file each, in any order", ["b=b.json", "a=a.csv"]],
    ["a name and an object with the rest", ["a=a.csv", '{"b": [0, 1, 3, 0]}']],
  ])("takes %s", async (_, inputs) => {
    expect((await run(...inputs.flatMap((one) => ["--input", one]))).stdout).toBe(expected);
  });

  it("gives every output as JSON", async () => {
    const { stdout } = await run("--input", '{"a": [1, 1], "b": [0, 1]}', "--json");
    expect(JSON.parse(stdout).outputs).toEqual([
      { name: "p", shape: [1, 1], values: [4] },
      { name: "q", shape: [1, 2], values: [6, -3] },
    ]);
  });

  it("takes the rows of a model with one input alone or by its name", async () => {
    const outputs = ["[1, 2]", "x=[1, 2]", '{"x": [1, 2]}'].map((given) => ["run", "chain.json", "--input", given]);
    const found = [];
    for (const args of outputs) found.push((await layerc(folder, args)).stdout);
    expect(found[0]).toMatch(/^\[[-\d.]+\]\n$/);
    expect(found).toEqual([found[0], found[0], found[0]]);
  });

  it.each<[what: string, inputs: readonly string[], message: RegExp, hint: RegExp]>([
    ["rows of nobody", ["[1, 1]"], /the model has 2 inputs \(a, b\), and the rows do not say whose they are/, /--input a=rows\.csv --input 'b=\[…\]'/],
    ["a file of nobody", ["a.csv"], /the rows do not say whose they are/, /--input a=rows\.csv/],
    ["a list of inputs", ["[[[1, 1]], [[0, 1]]]"], /the rows do not say whose they are/, /object by name/],
    ["an input too few", ["a=a.csv"], /the input "b" has no rows/, /--input/],
    ["an input too many", ["a=a.csv", "b=b.json", "c=b.json"], /the model has no input "c": it has a, b/, /./],
    ["a key too many", ['{"a": [1, 1], "b": [0, 1], "c": []}'], /the model has no input "c"/, /./],
    ["a key __proto__", ['{"a": [1, 1], "__proto__": [0, 1]}'], /the model has no input "__proto__"/, /./],
    ["an input twice", ["a=a.csv", "a=a.csv"], /the input "a" is given twice/, /once/],
    ["an input twice, once in an object", ["a=a.csv", "rows.json"], /the input "a" is given twice/, /once/],
    ["other numbers of rows", ["a=a.csv", "b=[0, 1]"], /b has 1 row, a has 2/, /as many rows/],
    ["a row of another width", ["a=[[1, 2, 3]]", "b=[0, 1]"], /a: row 1 has 3 numbers, a row of shape \[2\] has 2/, /./],
    ["a value that is no number", ["a=a.csv", '{"b": [[0, 1], [3, null]]}'], /b: row 2, place 2 holds null/, /./],
    ["a bad cell", ["a=bad.csv", "b=b.json"], /a: bad\.csv: row 2, column 2 holds "x"/, /./],
    ["no rows", ["a=[]", "b=[]"], /a: there is no row/, /./],
    ["text that is no JSON", ["a=[1,", "b=[]"], /a: the input is not JSON/, /./],
  ])("refuses %s", async (_, inputs, message, hint) => {
    write("bad.csv", "1,2\n3,x\n");
    const { status, stdout, stderr } = await run(...inputs.flatMap((one) => ["--input", one]));
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^format\/input\n/);
    expect(stderr).toMatch(message);
    if (hint.source !== ".") expect(stderr.slice(stderr.indexOf("hint"))).toMatch(hint);
  }); // biome-ignore format: one table

  it("knows the names of a Graph's inputs, too", async () => {
    const graph = (await layerc(folder, ["inspect", "pair.safetensors", "--after", "build"])).stdout;
    const values = { "left/kernel": [1, 2], "left/bias": 1, "head/kernel": [2, -1] };
    const inputs = ["a=[1, 1, 2, 0]", "b=b.json", JSON.stringify(values)].flatMap((one) => ["--input", one]);
    expect((await layerc(folder, ["run", "-", "--on", "graph", ...inputs], graph)).stdout).toBe(expected);
    const twice = await layerc(folder, ["run", "-", "--on", "graph", ...inputs, "--input", "b=[1]"], graph);
    expect(twice.stderr).toMatch(/"b" is given twice/);
  });
});

describe("texts", () => {
  const text: Port = { name: "c", shape: [2], type: "string" };
  const number: Port = { name: "a", shape: [1] };
  const values = (given: string, port: Port = text) => readInputs([given], [port]).values[0];
  const file = (name: string, content: string): string => {
    write(name, content);
    return join(folder, name);
  };

  it("are read from JSON, flat and nested, by name and from lines", () => {
    const found = ["red", "blue", "blue", "red"];
    expect(values('["red", "blue", "blue", "red"]')).toEqual(found);
    expect(values('c=[["red", "blue"], ["blue", "red"]]')).toEqual(found);
    expect(values('{"c": [["red", "blue"], ["blue", "red"]]}')).toEqual(found);
    expect(values(file("c.jsonl", '["red", "blue"]\n["blue", "red"]\n'))).toEqual(found);
    expect(values('[[["red"], ["blue"]]]', { ...text, shape: [2, 1] })).toEqual(["red", "blue"]);
  });

  it.each<[what: string, csv: string, width: number, texts: readonly string[]]>([
    ["commas", "red,blue\nblue,red\n", 2, ["red", "blue", "blue", "red"]],
    ["semicolons", "red;blue\nblue;a,b\n", 2, ["red", "blue", "blue", "a,b"]],
    ["tabs", "red\tblue\n", 2, ["red", "blue"]],
    ["one column with commas in it", "red, or blue\nblue, or red\n", 1, ["red, or blue", "blue, or red"]],
    ["quotes, white space in them, and a line end", '" red","a ""b""\nc"\n', 2, [" red", 'a "b"\nc']],
    ["an empty text", "red,\n", 2, ["red", ""]],
    ["numbers, which are texts as well", "1,2\n3,4\n", 2, ["1", "2", "3", "4"]],
    ["blank lines and CRLF", "\r\nred,blue\r\n\r\nblue,red\r\n", 2, ["red", "blue", "blue", "red"]],
    ["nothing that could be a header", "name\nred\n", 1, ["name", "red"]],
  ])("are read from CSV with %s", (what, csv, width, texts) => {
    expect(values(file(`${what.replaceAll(" ", "-")}.csv`, csv), { ...text, shape: [width] })).toEqual(texts);
  });

  it.each<[given: () => string, message: RegExp]>([
    [() => "[1, 2]", /row 1, place 1 holds 1, which is no text/],
    [() => '[["red", null]]', /row 1, place 2 holds null, which is no text/],
    [() => '["red"]', /a row of shape \[2\] has 2 texts, the input has 1/],
    [() => '[["red", "blue", "red"]]', /row 1 has 3 texts, a row of shape \[2\] has 2/],
    [() => '{"c": "red"}', /c: the input needs a list of texts, found "red"/],
    [() => "[]", /there is no row/],
    [() => file("three.csv", "a,b\nc,d,e\n"), /three\.csv: row 2 has 3 columns, the model takes 2/],
    [() => file("empty.csv", "\n"), /is empty/],
    [() => file("open.csv", 'a,"b\n'), /Quote Not Closed/],
  ])("%# are refused", (given, message) => {
    const error = errorOf(() => values(given()));
    expect(error.code).toBe("format/input");
    expect(error.message).toMatch(message);
  });

  it("reach the Graph through the encoder of their feed", () => {
    const ports = [number, text];
    const given = readInputs(["a=[5, 6]", 'c=["red", "blue", "blue", "green"]'], ports);
    const lookup = { kind: "lookup", vocabulary: ["red", "blue"], first: 1 } as const;
    const other = { kind: "lookup", vocabulary: ["green", "red"], first: 7, unknown: 9 } as const;
    const feeds = [
      { name: "c", ports: [1], encoder: { ...lookup, unknown: 0 }, shape: [2] },
      { name: "a", ports: [0], shape: [1] },
      { name: "c:other", ports: [1], encoder: other, shape: [2] },
    ];
    const fed = feedsOf(feeds, given, ports);
    expect(Object.fromEntries(Object.entries(fed).map(([name, numbers]) => [name, [...numbers]]))).toEqual({
      c: [1, 2, 2, 0],
      a: [5, 6],
      "c:other": [8, 9, 9, 7],
    });
    const unknown = errorOf(() => feedsOf([{ name: "c", ports: [1], encoder: lookup, shape: [2] }], given, ports));
    expect(unknown.message).toMatch(/c: row 2, place 2 holds "green", wanted is one of red, blue/);
  });
});

describe("a model that takes texts", () => {
  const lookup = (more: object) =>
    model({
      inputs: { c: { shape: [1], type: "string" } },
      layers: [stringLookup({ vocabulary: ["red", "blue"], ...more }), rescaling({ scale: 10 })],
    });
  write("words.json", JSON.stringify(lookup({})));
  write("strict.json", JSON.stringify(lookup({ numOovIndices: 0 })));
  write("words.csv", "red\ngreen\nblue\n");

  it.each(["graph", "program", "js"])("runs on %s", async (on) => {
    for (const given of ['["red", "green", "blue"]', "c=words.csv", '{"c": [["red"], ["green"], ["blue"]]}'])
      expect((await layerc(folder, ["run", "words.json", "--on", on, "--input", given])).stdout).toBe("[10]\n[0]\n[20]\n");
    const { status, stderr } = await layerc(folder, ["run", "strict.json", "--on", on, "--input", "words.csv"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^format\/input\n {2}c: row 2, place 1 holds "green", wanted is one of red, blue/);
  });

  it("says so in its summary", async () => {
    write("two.json", JSON.stringify({ ...lookup({}), outputs: [{ name: "id", from: "string_lookup" }, { name: "tens", from: "rescaling" }] })); // biome-ignore format: one line
    expect((await layerc(folder, ["summary", "two.json"])).stdout).toContain("Input:   c     [n, 1]  texts");
  });
});

describe("the text of a Graph as a file", () => {
  const of = (file: string, ...args: readonly string[]) => layerc(folder, [args[0], file, ...args.slice(1)]);
  write(
    "twice.graph",
    '# twice x\ngraph twice\n  %0 = input {name: "x", shape: [n, 2]}\n  %1 = add(%0, %0)\nresults\n  y = %1\nend\n',
  );

  it("is a model for every command", async () => {
    for (const on of ["graph", "program", "js"])
      expect((await of("twice.graph", "run", "--on", on, "--input", "[1, 2]")).stdout).toBe("[2, 4]\n");
    expect((await of("twice.graph", "summary")).stdout).toBe(`Model: "twice"
Read as: the text of a Graph

Input:   x  [n, 2]
Output:  y  [n, 2]

Total params:           0 (0 B)
Trainable params:       0 (0 B)
Non-trainable params:   0 (0 B)
Multiply-adds per row:  0
`);
    expect((await of("twice.graph", "compile", "-o", "twice.js")).stderr).toMatch(/^twice\.js: /m);
    expect((await of("twice.graph", "inspect", "--after", "build")).stdout).toMatch(/^graph predict/);
    expect((await of("twice.graph", "summary", "--input-shape", "3")).stderr).toMatch(/^format\/size {2}graph/);
  });

  it.each([
    ["half of one", "graph g\n  %0 = inp", "ir/parse"],
    ["a param without weights", 'graph g\n %0 = input {name: "x", shape: [n, 2]} %1 = param {name: "w", shape: [2]} %2 = broadcast(%1) {shape: [n, 2], axes: [1]} %3 = add(%0, %2) results y = %3 end', "weights/missing"],
    ["a state", 'graph g %0 = input {name: "x", shape: [n]} %1 = state {name: "s", shape: [], initial: 0} %2 = broadcast(%1) {shape: [n], axes: []} %3 = add(%0, %2) results y = %3 end', "model/port"],
    ["bytes that are no text", Uint8Array.of(0xff, 0xfe, 0), "ir/parse"],
  ])("is refused with %s", async (_, content, code) => {
    write("bad.graph", content);
    const { status, stderr } = await of("bad.graph", "compile", "-o", "bad.js");
    expect([status, stderr.split(/\s/)[0]]).toEqual([1, code]);
  }); // biome-ignore format: one table
});

describe("summary", () => {
  it("shows what each layer takes where that is not the layer before", async () => {
    expect((await layerc(folder, ["summary", "pair.safetensors"])).stdout).toBe(`Model: "pair"
Read as:  .safetensors files that it saved
layerc    a model of layerc
weights   3 arrays, 20 B: F32
training  mse, sgd

Input:   a  [n, 2]
Input:   b  [n, 2]
Output:  p  [n, 1]
Output:  q  [n, 2]

Layer (type)   Output shape  Params  Multiply-adds  Bytes  Connected to
left (Dense)   [n, 1]             3              2     12  a
right (Dense)  [n, 1]             0              2      0  b
head (Dense)   [n, 2]             2              2      8  right

Total params:           5 (20 B)
Trainable params:       5 (20 B)
Non-trainable params:   0 (0 B)
Multiply-adds per row:  6
`);
  });

  it("gives the same as JSON", async () => {
    const { inputs, outputs, layers, totals } = JSON.parse(
      (await layerc(folder, ["summary", "pair.safetensors", "--json"])).stdout,
    );
    expect(inputs).toEqual([{ name: "a", shape: [2] }, { name: "b", shape: [2] }]); // biome-ignore format: a table
    expect(outputs).toEqual([{ name: "p", shape: [1] }, { name: "q", shape: [2] }]); // biome-ignore format: a table
    expect(layers.map(({ name, inputs: from }: { name: string; inputs: string[] }) => [name, from])).toEqual([
      ["left", ["a"]],
      ["right", ["b"]],
      ["head", ["right"]],
    ]);
    expect(totals.params).toBe(5);
  });

  it("leaves the column out of a chain, also of one with a name for its input and a model within", async () => {
    const inner = sequential([dense({ units: 2 }), dense({ units: 3 })], { name: "enc" });
    write("named.json", JSON.stringify(model({ inputs: { a: [2] }, layers: [inner, dense({ units: 1 })] })));
    for (const file of ["chain.json", "named.json"]) {
      const { stdout } = await layerc(folder, ["summary", file]);
      expect(stdout).toMatch(/Bytes\n/);
      expect(stdout).not.toMatch(/Connected|Input:/);
    }
    expect((await layerc(folder, ["summary", "named.json"])).stdout).toMatch(/^enc\/dense_1 \(Dense\) /m);
  });
});

describe("looking inside", () => {
  it.each<[args: readonly string[], text: RegExp]>([
    [["inspect", "pair.safetensors", "--after", "plan"], /"q"/],
    [["inspect", "pair.safetensors", "--after", "program", "--goal", "evaluate"], /entry evaluate/],
    [["inspect", "pair.safetensors", "--diff", "rewrite"], /./],
    [["trace", "pair.safetensors", "--goal", "trainStep"], /^rewrite +over-one-is-itself /m],
    [["grad", "pair.safetensors"], /"gradient:left\/kernel"/],
  ])("%j", async (args, text) => {
    const { status, stdout, stderr } = await layerc(folder, args);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(text);
  });
});

describe("--text-length", () => {
  it("gives lines of open length one, and contradicts none", async () => {
    const lines = (name: string, more: object = {}) => ({
      name,
      layer: "textVectorization",
      config: { vocabulary: ["u"], ...more },
    });
    const first = { layer: "input", config: { shape: [1], dtype: "string" } };
    write("open.json", JSON.stringify({ layers: [first, lines("words")] }));
    write("told.json", JSON.stringify({ layers: [first, lines("words", { outputSequenceLength: 4 })] }));
    const asked = async (file: string, ...given: readonly string[]) =>
      layerc(folder, ["summary", file, ...given.flatMap((length) => ["--text-length", length])]);
    expect((await asked("open.json")).stderr).toMatch(/layers\[1\]\.outputSequenceLength[\s\S]*--text-length 20/);
    expect((await asked("open.json", "7")).stdout).toContain("[n, 7]");
    expect((await asked("open.json", "words=6")).stdout).toContain("[n, 6]");
    expect((await asked("open.json", "word=6")).stderr).toMatch(/^format\/size[\s\S]*"word"[\s\S]*words/);
    expect((await asked("told.json", "words=6")).stderr).toMatch(/states its outputSequenceLength itself: 4, found 6/);
    expect((await asked("told.json", "6")).stderr).toMatch(/no textVectorization of open length/);
    for (const wrong of [["0"], ["a="], ["2", "3"], ["2", "a=2"], ["a=2", "a=3"]])
      expect((await asked("open.json", ...wrong)).status, wrong.join(" ")).toBe(2);
  });
});

describe("--input-shape", () => {
  const open = [dense({ units: 2 })];
  it("wants a name where inputs have names, and contradicts none", async () => {
    for (const command of ["summary", "grad", "trace"]) {
      const { status, stderr } = await layerc(folder, [command, "pair.safetensors", "--input-shape", "4,3"]);
      expect(status).toBe(1);
      expect(stderr).toMatch(/^format\/size {2}inputs\n.*2 inputs[\s\S]*hint {2}.*--input-shape a=4,3/);
    }
    const asked = async (...shapes: readonly string[]) =>
      layerc(folder, ["summary", "pair.safetensors", ...shapes.flatMap((shape) => ["--input-shape", shape])]);
    expect((await asked("a=2", "b=2")).status).toBe(0);
    expect((await asked("a=3")).stderr).toMatch(/states its input shape itself: \[2\], found \[3\]/);
    expect((await asked("c=2")).stderr).toMatch(/there is no input "c"/);
    for (const wrong of [["a=2", "a=2"], ["2", "3"], ["2", "a=2"], ["a=2", "2"], ["a="], ["a=0"]])
      expect((await asked(...wrong)).status, wrong.join(" ")).toBe(2);
  });

  it("reaches the first layer of a model that comes first", async () => {
    write("outer.json", JSON.stringify(sequential([sequential(open, { name: "enc" }), dense({ units: 1 })])));
    expect((await layerc(folder, ["summary", "outer.json", "--input-shape", "4,3"])).stdout).toContain("[n, 4, 2]");
    write("stated.json", JSON.stringify(sequential([sequential([dense({ units: 2, inputShape: [3] })], { name: "enc" })])));
    expect((await layerc(folder, ["summary", "stated.json", "--input-shape", "4"])).stderr).toMatch(
      /^format\/size {2}layers\[0\]\.layers\[0\]/,
    );
  });
});
