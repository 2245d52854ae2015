import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { version } from "../../compiler/base/version.ts";
import { codes } from "../../compiler/diagnostics/codes.ts";
import { save } from "../../src/formats/index.ts";
import { bin, layerc, spawned } from "./bin.ts";

const folder = mkdtempSync(join(tmpdir(), "cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);

const layers = [
  { name: "hidden", layer: "dense", config: { units: 2, activation: "relu", inputShape: [2] } },
  { name: "out", layer: "dense", config: { units: 1 } },
];
const spec = { name: "tiny", seed: 3, layers, training: { loss: "mse", optimizer: "sgd" } };
const weights = {
  "hidden/kernel": Float32Array.of(1, 2, 3, 4),
  "hidden/bias": Float32Array.of(0.5, -0.5),
  "out/kernel": Float32Array.of(1, -1),
  "out/bias": Float32Array.of(10),
};
write("tiny.json", JSON.stringify(spec));
write("tiny.safetensors", save({ ...spec, weights }));
write(
  "tiny.model.ts",
  `import { dense, sequential } from "layerc";
const units: number = 2;
export default sequential([
  dense({ name: "hidden", units, activation: "relu", inputShape: [2] }),
  dense({ name: "out", units: 1 }),
], { name: "tiny", seed: 3, weights: "./tiny.safetensors", training: { loss: "mse", optimizer: "sgd" } });
`,
);
write(
  "bad.model.ts",
  `import { dense, sequential } from "layerc";\n\nexport default sequential([\n  dense({ units: 2, inputShape: [2] }),\n  dense({ name: "logits", units: -1 }),\n]);\n`,
);
// 1·1 + 1·3 + 0.5 = 4.5, 1·2 + 1·4 − 0.5 = 5.5, 4.5 − 5.5 + 10 = 9; and 10.5 − 6.5 … by hand for the second row.
const rows = "[1, 1, 2, 0]";
const expected = "[9]\n[9]\n";

describe("compile", () => {
  it("writes module and declarations beside the model, atomically, and the module runs alone", async () => {
    const run = spawned(folder, ["compile", "tiny.model.ts"]);
    expect(run).toMatchObject({ status: 0, stdout: "" });
    expect(run.stderr).toMatch(/^tiny\.js: \d\.\d kB; 6 multiply-adds per row\n$/);
    const module: { predict(x: number[]): Float32Array; selfTest(): number } = await import(
      pathToFileURL(join(folder, "tiny.js")).href
    );
    expect([...module.predict([1, 1, 2, 0])]).toEqual([9, 9]);
    module.selfTest();
    expect(readFileSync(join(folder, "tiny.d.ts"), "utf8")).toMatch(
      /^\/\/ Model "tiny", compiled by layerc .*\n[\s\S]*predict\(x: /,
    );
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("prints to standard output, the same bytes every time", async () => {
    const run = spawned(folder, ["compile", "tiny.model.ts", "--stdout"]);
    expect(run.stdout).toBe(readFileSync(join(folder, "tiny.js"), "utf8"));
    expect((await layerc(folder, ["compile", "tiny.safetensors", "--stdout"])).stdout).toBe(run.stdout);
  });

  it("puts external weights into a .bin and says so as JSON", async () => {
    const run = await layerc(folder, ["compile", "tiny.safetensors", "-o", "out.mjs", "--weights", "external", "--json"]);
    const { files, manifest, warnings } = JSON.parse(run.stdout);
    expect(files).toEqual({ code: "out.mjs", declarations: "out.d.mts", weights: "out.bin" });
    expect(manifest).toMatchObject({ model: "tiny", multiplyAdds: 6, options: { weights: "external" } });
    expect(warnings).toEqual([]);
    expect(readFileSync(join(folder, "out.bin")).length).toBeGreaterThan(0);
  });

  it("takes JSON on standard input, warns about missing weights, and knows the module formats", async () => {
    const run = spawned(folder, ["compile", "-", "--stdout", "--format", "cjs"], JSON.stringify(spec));
    expect(run.stderr).toMatch(/^weights\/untrained\n/);
    expect(run.stdout).toMatch(/module\.exports = /);
    expect(
      (await layerc(folder, ["compile", "tiny.json", "--stdout", "--format", "iife", "--global-name", "tiny"])).stdout,
    ).toMatch(/var tiny = /);
  });

  it("refuses to replace the model, and to name what has no name", async () => {
    write("self.js", readFileSync(join(folder, "tiny.model.ts")));
    expect(await layerc(folder, ["compile", "self.js"])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("would replace the model file self.js"),
    });
    expect(await layerc(folder, ["compile", "-"], JSON.stringify(spec))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("give -o <file> or --stdout"),
    });
  });

  it("leaves nothing behind when it cannot write", async () => {
    mkdirSync(join(folder, "taken.js"));
    const run = await layerc(folder, ["compile", "tiny.safetensors", "-o", "taken.js"]);
    expect(run).toMatchObject({ status: 1, stderr: expect.stringMatching(/^file\/write\n {2}cannot write taken\.js: /) });
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});

describe("run", () => {
  it.each(["graph", "program", "js"])("refuses an id that the table does not have, on %s", async (on) => {
    const layers = [
      { layer: "embedding", config: { inputDim: 5, outputDim: 2, inputShape: [2] } },
      { layer: "flatten", config: {} },
    ];
    const run = await layerc(folder, ["run", "-", "--on", on, "--input", "[1, 99]"], JSON.stringify({ layers }));
    expect(run.status).toBe(1);
    expect(run.stderr).toContain("row 1, place 2 holds 99, wanted is a whole number from 0 to 4");
  });
  it.each(["graph", "program", "js"])("computes by hand-checked numbers on %s", async (on) => {
    expect(await layerc(folder, ["run", "tiny.model.ts", "--on", on, "--input", rows])).toMatchObject({
      status: 0,
      stdout: expected,
    });
  });

  it("reads JSON and CSV files, with a header or without", async () => {
    write("rows.json", "[[1, 1], [2, 0]]");
    write("rows.csv", "1,1\n2,0\n");
    write("headed.csv", "a;b,c\n1,1\n\n 2 , 0\n");
    for (const file of ["rows.json", "rows.csv", "headed.csv"]) {
      expect((await layerc(folder, ["run", "tiny.safetensors", "--input", file])).stdout).toBe(expected);
    }
  });

  it("gives outputs with shapes as JSON", async () => {
    const run = await layerc(folder, [
      "run",
      "tiny.safetensors",
      "--on",
      "graph",
      "--precision",
      "double",
      "--input",
      rows,
      "--json",
    ]);
    expect(JSON.parse(run.stdout)).toEqual({ on: "graph", outputs: [{ name: "y", shape: [2, 1], values: [9, 9] }] });
  });

  it("runs the text of a Graph, and what inspect printed", async () => {
    const { stdout: text } = await layerc(folder, ["inspect", "tiny.model.ts", "--after", "expand"]);
    const values = { x: [1, 1, 2, 0], ...Object.fromEntries(Object.entries(weights).map(([name, data]) => [name, [...data]])) };
    const run = spawned(folder, ["run", "-", "--input", JSON.stringify(values)], `# a comment\n${text}`);
    expect(run).toMatchObject({ status: 0, stdout: expected });
    expect(await layerc(folder, ["run", "-", "--input", "{}"], text)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^graph\/values/),
    });
    expect(await layerc(folder, ["run", "-", "--input", JSON.stringify({ ...values, X: [1] })], text)).toMatchObject({
      status: 1,
      stderr: 'graph/values  X\n  the Graph has no key "X"\n  hint  did you mean "x"?\n',
    });
    expect((await layerc(folder, ["run", "-", "--input", "{}"], "graph x\n  %0 = nonsense()\nend")).stderr).toMatch(
      /^(ir\/parse|op\/unknown)/,
    );
  });

  it.each([
    ["[1, 2, 3]", /a row of shape \[2\] has 2 numbers, the input has 3/],
    ['["a", 1]', /row 1, place 1 holds "a", which is no number/],
    ["[1,", /the input is not JSON/],
    ["nowhere.csv", /cannot read nowhere\.csv: there is no such file/],
    ["words.csv", /row 2, column 1 holds "x", which is no number/],
    ["ragged.csv", /ragged\.csv: row 2 has 1 column, the model takes 2/],
  ])("says what is wrong with %s", async (input, message) => {
    write("words.csv", "1,2\nx,3\n");
    write("ragged.csv", "1,2\n3\n");
    const run = await layerc(folder, ["run", "tiny.safetensors", "--input", input]);
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(message);
  });
});

describe("looking inside", () => {
  it("trace and grad", async () => {
    const { rewrites, rules, regions } = JSON.parse(
      spawned(folder, ["trace", "tiny.model.ts", "--goal", "trainStep", "--json"]).stdout,
    );
    expect(rewrites.length).toBeGreaterThan(0);
    expect(Object.keys(rewrites[0])).toEqual(["id", "pass", "rule", "before", "after", "origin"]);
    expect(rules.reduce((sum: number, { times }: { times: number }) => sum + times, 0)).toBe(rewrites.length);
    const parts = (await layerc(folder, ["trace", "tiny.model.ts", "--goal", "trainStep"])).stdout.trim().split("\n\n");
    // A line for each under a title; the last two have a line of heads.
    expect(parts.map((part) => part.split("\n").length)).toEqual([rewrites.length + 1, rules.length + 2, regions.length + 2]);
    expect((await layerc(folder, ["grad", "tiny.model.ts"])).stdout).toMatch(/gradient:hidden\/kernel/);
  });

  it("trace says what runs in one loop, and why it ends there", async () => {
    const { stdout } = await layerc(folder, ["trace", "tiny.model.ts"]);
    expect(stdout).toMatch(/max\(add \[n, 2\], 0\) \[n, 2\] → most\(add \[n, 2\], 0\) \[n, 2\] +layers\[0\] dense "hidden"\n/);
    expect(stdout).toMatch(/times +rule +promise\n +1 +max-is-most +value\n/);
    expect(stdout).toMatch(/r0 +matmul ⊕ add ⊕ most +layers\[0\] dense "hidden" +dot does not read it point by point\n/);
    expect(stdout).toMatch(/r1 +matmul ⊕ add +layers\[1\] dense "out" +it is a result\n/);
  });

  it("summary adds up", async () => {
    expect((await layerc(folder, ["summary", "tiny.model.ts"])).stdout).toBe(`Model: "tiny"

Layer (type)    Output shape  Params  Multiply-adds  Bytes
hidden (Dense)  [n, 2]             6              4     24
out (Dense)     [n, 1]             3              2     12

Total params:           9 (36 B)
Trainable params:       9 (36 B)
Non-trainable params:   0 (0 B)
Multiply-adds per row:  6
`);
    write("bn.json", JSON.stringify({ layers: [{ layer: "batchNormalization", config: { inputShape: [3] } }] }));
    expect(JSON.parse((await layerc(folder, ["summary", "bn.json", "--json"])).stdout).totals).toEqual({
      params: 12,
      trainable: 6,
      nonTrainable: 6,
      multiplyAdds: 0,
      bytes: 48,
    });
  });

  it("summary and inspect check what the model is trained with, and warn of a head that cannot learn", async () => {
    const trained = (name: string, training: object) => write(name, JSON.stringify({ ...spec, training }));
    trained("lr.json", { loss: "mse", optimizer: { name: "sgd", learning_rate: 0.1 } });
    trained("loss.json", { loss: "mean_square", optimizer: "sgd" });
    for (const command of ["summary", "inspect", "compile"]) {
      expect(await layerc(folder, [command, "lr.json"])).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(
          /^training\/spec {2}training\.optimizer\.learning_rate\n {2}sgd has no key "learning_rate"\n {2}hint {2}did you mean "learningRate"\?\n {2}at {4}lr\.json:1:231\n/,
        ),
      });
      expect((await layerc(folder, [command, "loss.json"])).stderr).toMatch(/^training\/spec {2}training\.loss\n/);
    }
    trained("head.json", { loss: "sparse_categorical_crossentropy", optimizer: "sgd" });
    const { status, stderr } = await layerc(folder, ["summary", "head.json"]);
    expect(status).toBe(0);
    expect(stderr).toMatch(/^training\/head {2}layers\[1\] dense "out"\n.*one class[\s\S]*\n {2}hint {2}/);
    const { warnings } = JSON.parse((await layerc(folder, ["compile", "head.json", "-o", "head.js", "--json"])).stdout);
    expect(warnings.map(({ code }: { code: string }) => code)).toEqual(["weights/untrained", "training/head"]);
  });

  it("--input-shape serves a model without one, and no other", async () => {
    write("open.json", JSON.stringify({ layers: [{ layer: "dense", config: { units: 2 } }] }));
    expect((await layerc(folder, ["summary", "open.json"])).stderr).toMatch(/^shape\/unknown-size {2}layers\[0\]/);
    expect((await layerc(folder, ["summary", "open.json", "--input-shape", "4,3"])).stdout).toContain("[n, 4, 2]");
    expect(await layerc(folder, ["summary", "tiny.json", "--input-shape", "4"])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^format\/size/),
    });
  });

  it("explain knows every code", async () => {
    expect((await layerc(folder, ["explain", "shape/mismatch"])).stdout).toContain(
      `shape/mismatch\n  ${codes["shape/mismatch"]}\n`,
    );
    expect(JSON.parse(spawned(folder, ["explain", "--json"]).stdout)).toEqual(codes);
    expect(await layerc(folder, ["explain", "shape/mismach"])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('did you mean "shape/mismatch"?'),
    });
  });
});

describe("errors", () => {
  it("point to file, line and column of the layer", async () => {
    const run = spawned(folder, ["compile", "bad.model.ts"]);
    expect(run.status).toBe(1);
    expect(run.stdout).toBe("");
    expect(run.stderr).toMatch(/^layer\/config {2}layers\[1\]\.units dense "logits"\n {2}\S/);
    expect(run.stderr).toMatch(
      /\n {2}at {4}bad\.model\.ts:5:27\n {4}4 \|.*\n {2}> 5 \| {3}dense\(\{ name: "logits", units: -1 \}\),\n {6}\| {27}\^\n {4}6 \| \]\);\n$/,
    );
    expect(run.stderr).not.toMatch(/node_modules|\.js:\d/);
  });

  it("suggest the layer that was meant", async () => {
    write(
      "danse.model.js",
      'import { sequential,\n  danse } from "layerc";\nexport default sequential([danse({ units: 1 })]);\n',
    );
    expect((await layerc(folder, ["compile", "danse.model.js"])).stderr).toBe(
      'source/no-such-export\n  layerc has no "danse"\n  hint  did you mean "dense"?\n  at    danse.model.js:2:3\n    1 | import { sequential,\n  > 2 |   danse } from "layerc";\n      |   ^\n    3 | export default sequential([danse({ units: 1 })]);\n',
    );
    write("danse.json", JSON.stringify({ layers: [{ layer: "danse", config: { units: 1 } }] }));
    expect((await layerc(folder, ["compile", "danse.json"])).stderr).toMatch(
      /^layer\/unknown {2}layers\[0\]\.layer danse\n[\s\S]*did you mean "dense"\?/,
    );
  });

  it("are JSON where --json is given", async () => {
    const run = await layerc(folder, ["summary", "bad.model.ts", "--json"]);
    expect(run).toMatchObject({ status: 1, stderr: "" });
    expect(JSON.parse(run.stdout).error).toMatchObject({
      code: "layer/config",
      path: "layers[1].units",
      message: "units needs a number of at least 1, found -1",
      at: { file: "bad.model.ts", line: 5, column: 27 },
    });
  });

  it.each([
    [["compile", "no.model.ts"], 1, /^file\/missing\n {2}cannot read no\.model\.ts/],
    [["compile", "notes.txt"], 1, /^format\/unknown\n {2}notes\.txt is no model: it starts with "hello, this is n"/],
    [["compile", "cut.safetensors"], 1, /^format\/truncated\n/],
    [["compile", "missing-weights.model.ts"], 1, /^file\/missing\n {2}cannot read \S*nowhere\.safetensors/],
    [["frobnicate"], 2, /unknown command 'frobnicate'/],
    [["compil", "x"], 2, /Did you mean compile\?/],
    [["compile"], 2, /missing required argument 'model'/],
    [["compile", "tiny.json", "--batch", "0"], 2, /'--batch <rows>' argument '0' is invalid/],
    [["compile", "tiny.json", "--batch", "two"], 2, /is invalid/],
    [["compile", "tiny.json", "--format", "amd"], 2, /Allowed choices are esm, iife, cjs/],
    [["run", "tiny.json"], 2, /required option '--input <rows>' not specified/],
    [["inspect", "tiny.json", "--after", "plen"], 2, /did you mean "plan"\?/],
    [[], 2, /Usage: layerc/],
  ])("%j ends with %d", async (args, status, message) => {
    write("notes.txt", "hello, this is no model");
    write("cut.safetensors", readFileSync(join(folder, "tiny.safetensors")).subarray(0, 300));
    write(
      "missing-weights.model.ts",
      `import { dense, sequential } from "layerc";\nexport default sequential([dense({ units: 1, inputShape: [1] })], { weights: "./nowhere.safetensors" });\n`,
    );
    const run = await layerc(folder, args);
    expect(run.stderr).toMatch(message);
    expect(run.status).toBe(status);
    expect(run.stderr).not.toMatch(/\n\s+at \S.*:\d+:\d+\)?\n/);
  });
});

describe("conventions", () => {
  it("every command has help with examples", async () => {
    const commands = [...(await layerc(folder, ["--help"])).stdout.matchAll(/^ {2}(\w+) \[options\]/gm)].map(([, name]) => name);
    expect(commands).toEqual([
      "compile",
      "convert",
      "inspect",
      "report",
      "passes",
      "trace",
      "grad",
      "run",
      "score",
      "bisect",
      "train",
      "summary",
      "verify",
      "compare",
      "explain",
      "init",
    ]);
    for (const command of commands)
      expect(await layerc(folder, [command, "--help"])).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/Examples:\n {2}layerc /),
      });
    expect(spawned(folder, ["--version"]).stdout).toBe(`${version}\n`);
    expect(version).toBe(JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8")).version);
  });

  it("no colour into a pipe", async () => {
    expect((await layerc(folder, ["compile", "bad.model.ts"])).stderr).not.toContain("\u001b");
  });

  it("a closed pipe is no error", async () => {
    const script = `"${process.execPath}" "${bin}" explain --json | head -c 1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
    expect(stdout).toBe("{0\n");
    expect(stderr).toBe("");
  });
});
