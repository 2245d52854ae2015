// `--format filter`: rows of each format give what predict gives, wherever the input is cut; what is wrong with a row is said with its number, and
// what was written before is whole. As processes only what needs real pipes.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Model } from "../../compiler/model.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { load, type PortPredictor } from "../../runtime/load.ts";
import { layerc } from "../cli/bin.ts";
import { bytesOf, filtered, listOf, plain, ported, single, textOf } from "./filters.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "filter-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const scripts = new Map([plain, single, ported].map((model) => [model, compile(model, { format: "filter" }).code]));
const scriptOf = (model: Model): string => scripts.get(model) as string;
const predictor = (model: Model) => load<PortPredictor>(compile(model));
const rows = (count: number, width: number): number[][] =>
  Array.from({ length: count }, (_, row) => Array.from({ length: width }, (_, i) => Math.fround(Math.sin(7 * row + i) * 3)));
const text = (lines: readonly string[]): Buffer => Buffer.from(lines.map((line) => `${line}\n`).join(""));

const given = rows(4, 3);
const words = ["low", "a\tb", "ü", "\\"];
const pairs = rows(words.length, 2);
const wanted = predictor(plain).predict(given) as Float32Array;
const wantedPorts = predictor(ported).predict({ a: pairs, word: words }) as unknown as { p: Float32Array; q: string[] };
const one = predictor(single).predict([1, 2, 3]) as Float32Array;
const escaped = (word: string): string => word.replace(/\\/g, "\\\\").replace(/\t/g, "\\t");
const short = (value: number): number => Number(value.toPrecision(9));
/** Answers of a row, side by side. */
const partsOf = (values: Float32Array, row: number, width: number): number[] =>
  Array.from(values.subarray(row * width, (row + 1) * width));

/** A format, a model, its rows as bytes and the answers as bytes. */
const cases: readonly (readonly [name: string, model: Model, rows: readonly Buffer[], answers: readonly Buffer[]])[] = [
  ["float32", plain, given.map(bytesOf), given.map((_, row) => bytesOf(partsOf(wanted, row, 2)))],
  ["rowbinary", plain, given.map(listOf), given.map((_, row) => listOf(partsOf(wanted, row, 2)))],
  ["rowbinary", single, [1, 2, 3].map((x) => bytesOf([x])), Array.from(one, (y) => bytesOf([y]))],
  [
    "rowbinary",
    ported,
    words.map((word, row) => Buffer.concat([listOf(pairs[row]), textOf(word)])),
    words.map((_, row) => Buffer.concat([listOf(partsOf(wantedPorts.p, row, 3)), textOf(wantedPorts.q[row])])),
  ],
  [
    "tsv",
    plain,
    given.map((row) => text([row.join("\t")])),
    given.map((_, row) => text([partsOf(wanted, row, 2).map(short).join("\t")])),
  ],
  [
    "tsv",
    ported,
    words.map((word, row) => text([[...pairs[row], escaped(word)].join("\t")])),
    words.map((_, row) => text([[...partsOf(wantedPorts.p, row, 3).map(short), escaped(wantedPorts.q[row])].join("\t")])),
  ],
  [
    "ndjson",
    plain,
    given.map((row, i) =>
      text([
        JSON.stringify([row, { x: row }, { width: row[0], height: row[1], depth: row[2] }, [[row[0]], row.slice(1)]][i % 4]),
      ]),
    ),
    given.map((_, row) => {
      const y = partsOf(wanted, row, 2).map(short);
      return text([JSON.stringify(row % 4 === 0 || row % 4 === 3 ? y : { y })]);
    }),
  ],
  [
    "ndjson",
    ported,
    words.map((word, row) => text([JSON.stringify({ word, a: pairs[row] })])),
    words.map((_, row) => text([JSON.stringify({ p: partsOf(wantedPorts.p, row, 3).map(short), q: wantedPorts.q[row] })])),
  ],
];

describe.each(cases)("%s", (name, model, parts, answers) => {
  const input = Buffer.concat(parts);
  const args = ["--rows", name];

  it("gives what predict gives", () => {
    expect(filtered(scriptOf(model), input, args)).toEqual({ status: 0, output: Buffer.concat(answers), said: "" });
  });

  it("gives it wherever the input is cut", () => {
    for (let cut = 1; cut < input.length; cut++)
      expect(filtered(scriptOf(model), input, args, [cut, input.length]).output).toEqual(Buffer.concat(answers));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }), (cuts) => {
        expect(filtered(scriptOf(model), input, args, cuts).output).toEqual(Buffer.concat(answers));
      }),
      { seed: 20261127, numRuns: 20 },
    );
  }, 30_000);

  it("ends at a short row with its number, behind whole answers", () => {
    // Every prefix, cut or not: rows that are there are answered, and one that is not is named. A line without its end is a line.
    for (let length = 0; length < input.length; length++) {
      const starts = parts.map((_, i) => Buffer.concat(parts.slice(0, i)).length);
      const row = starts.findLastIndex((start) => start <= length);
      const found = filtered(scriptOf(model), input.subarray(0, length), args, [7, 3, 11]);
      const isWhole = found.status === 0;
      if (starts[row] === length) expect(found).toEqual({ status: 0, output: Buffer.concat(answers.slice(0, row)), said: "" });
      else if (!isWhole) {
        expect(found).toMatchObject({ status: 1, output: Buffer.concat(answers.slice(0, row)) });
        expect(found.said).toContain(`row ${row + 1}: `);
      } else expect(["tsv", "ndjson"]).toContain(name);
    }
  }, 30_000);

  it("takes chunks behind their number of rows", () => {
    const chunks = [parts.slice(0, 2), [], parts.slice(2)].flatMap((part) => [Buffer.from(`${part.length}\n`), ...part]);
    const found = filtered(scriptOf(model), Buffer.concat(chunks), [...args, "--chunk-header"], [5, 9]);
    expect(found).toEqual({ status: 0, output: Buffer.concat(answers), said: "" });
  });
});

const first = answersTo("tsv", plain, 1);
function answersTo(name: string, model: Model, count: number): Buffer {
  const [, , , answers] = cases.find(([own, of]) => own === name && of === model) as (typeof cases)[number];
  return Buffer.concat(answers.slice(0, count));
}
const good = `${given[0].join("\t")}\n`;

describe("what is wrong is said", () => {
  it.each<[string, Model, string[], string | Buffer, RegExp]>([
    ["a cell too few", plain, ["--rows", "tsv"], `${good}1\t2\n`, /^\w+: row 2: 2 cells, 3 wanted\n$/],
    ["a cell too many", plain, ["--rows", "tsv"], `${good}1\t2\t3\t4\n`, /row 2: 4 cells, 3 wanted/],
    ["an empty line", plain, ["--rows", "tsv"], `${good}\n${good}`, /row 2: 1 cell, 3 wanted/],
    ["a word", plain, ["--rows", "tsv"], `${good}1\tx\t3\n`, /row 2: cell 2 holds "x", and a number is wanted/],
    ["a word of JavaScript", plain, ["--rows", "tsv"], `${good}1\tconstructor\t3\n`, /cell 2 holds "constructor"/],
    ["a hexadecimal", plain, ["--rows", "tsv"], `${good}1\t0x10\t3\n`, /cell 2 holds "0x10"/],
    ["NULL", plain, ["--rows", "tsv"], `${good}1\t\\N\t3\n`, /row 2: cell 2 is NULL/],
    ["nothing", plain, ["--rows", "tsv"], `${good}1\t\t3\n`, /row 2: cell 2 holds ""/],
    [
      "a chunk that ends early",
      plain,
      ["--rows", "tsv", "--chunk-header"],
      `3\n${good}`,
      /row 2: the input ends, and its chunk has 2 more rows/,
    ],
    [
      "a chunk without its number",
      plain,
      ["--rows", "tsv", "--chunk-header"],
      `1\n${good}x\n`,
      /behind row 1: "x" is no number of rows/,
    ],
    ["another count", plain, ["--rows", "tsv", "--count", "2"], good, /1 rows came, 2 are wanted/],
  ])("%s", (_, model, args, input, message) => {
    expect(filtered(scriptOf(model), Buffer.from(input), args)).toEqual({
      status: 1,
      output: first,
      said: expect.stringMatching(message),
    });
  });

  it.each<[string, Model, string[], string | Buffer, number, RegExp]>([
    [
      "a list of another length",
      plain,
      ["--rows", "rowbinary"],
      Buffer.concat([listOf([1, 2])]),
      1,
      /row 1: x has 2 values, 3 are wanted/,
    ],
    ["no JSON", plain, ["--rows", "ndjson"], "[1,2,\n", 1, /row 1: it is no JSON/],
    ["a number alone", plain, ["--rows", "ndjson"], "3\n", 1, /row 1: it holds 3, and a list or an object is wanted/],
    ["a value too few", plain, ["--rows", "ndjson"], "[1, [2]]\n", 1, /row 1: 2 values, 3 wanted/],
    ["null", plain, ["--rows", "ndjson"], "[1, 2, null]\n", 1, /row 1: value 3 is NULL/],
    ["a text for a number", plain, ["--rows", "ndjson"], '[1, 2, "3"]\n', 1, /row 1: value 3 is "3", and a number is wanted/],
    ["a missing feature", plain, ["--rows", "ndjson"], '{"width": 1, "height": 2}\n', 1, /row 1: there is no "depth"/],
    ["a key too many", plain, ["--rows", "ndjson"], '{"x": [1, 2, 3], "id": 4}\n', 1, /row 1: nothing takes "id"/],
    ["no UTF-8", ported, ["--rows", "tsv"], Buffer.from([49, 9, 50, 9, 255, 10]), 1, /row 1: it is not UTF-8/],
    ["texts as numbers", ported, [], "", 2, /float32 holds numbers alone, and the model has texts: give --rows tsv/],
    ["another format", plain, ["--rows", "xml"], "", 2, /--rows xml is no format of rows/],
    ["an unknown option", plain, ["--row", "tsv"], "", 2, /"--row" is no option\nusage: /],
  ])("%s", (_, model, args, input, status, message) => {
    const found = filtered(scriptOf(model), Buffer.from(input), args);
    expect(found).toEqual({ status, output: Buffer.alloc(0), said: expect.stringMatching(message) });
  });

  it("a row that the model refuses, in the middle of a batch", async () => {
    const { embedding, flatten, sequential } = await import("../../src/index.ts");
    const ids = sequential([embedding({ inputDim: 4, outputDim: 1, inputShape: [1] }), flatten()]);
    const { code } = compile(ids, { format: "filter", rows: "tsv" });
    const found = filtered(code, text(["0", "3", "4", "1"]));
    expect(found).toMatchObject({ status: 1, said: expect.stringMatching(/row 3: .*4/) });
    expect(found.output.toString().split("\n")).toHaveLength(3);
  });

  it("cells that pass stand before the answers, as they came", () => {
    const input = text(given.map((row, i) => `key\\t${i}\tb\t${row.join("\t")}`));
    const [, , , answers] = cases.find(([name, model]) => name === "tsv" && model === plain) as (typeof cases)[number];
    const found = filtered(scriptOf(plain), input, ["--rows", "tsv", "--pass", "2"], [13]);
    expect(found.output.toString()).toBe(answers.map((answer, i) => `key\\t${i}\tb\t${answer}`).join(""));
    expect(filtered(scriptOf(plain), input, ["--pass", "2"])).toMatchObject({
      status: 2,
      said: expect.stringContaining("--pass is for tsv"),
    });
  });

  it("NaN and infinities are numbers, by the names that engines give them", () => {
    const found = filtered(scriptOf(single), text(["nan", "NaN", "-inf", "Infinity", "-0", "1e3"]), ["--rows", "tsv"]);
    expect(found.status).toBe(0);
    expect(found.output.toString().split("\n").slice(0, 2)).toEqual(["NaN", "NaN"]);
  });
});

describe("options", () => {
  it.each<[OptionsInput, string, RegExp]>([
    [{ format: "filter", train: true }, "train", /"filter" has train false alone/],
    [{ format: "filter", weights: "external" }, "weights", /"filter" has weights "inline" alone/],
    [{ rows: "tsv" }, "rows", /rows is an option of format "filter", found format "esm"/],
    [{ format: "filter", dialect: "duckdb" }, "dialect", /dialect is an option of format "sql"/],
    [{ format: "sql" }, "dialect", /"sql" needs a dialect/],
    [{ format: "sql", dialect: "bigquery", target: "simd" }, "target", /"sql" has target "js" alone/],
  ])("%o is refused", (options, path, message) => {
    expect(() => compile(plain, options)).toThrow(expect.objectContaining({ code: "options/invalid", path, message: expect.stringMatching(message) })); // biome-ignore format: one line
  });

  it("the same bytes for the same model, and the rows that were chosen", () => {
    const made = compile(plain, { format: "filter", rows: "ndjson" });
    expect(compile(plain, { format: "filter", rows: "ndjson" }).code).toBe(made.code);
    expect(filtered(made.code, text(["[1,2,3]"])).status).toBe(0);
    expect(filtered(made.code, Buffer.alloc(0), ["--self-test"])).toMatchObject({ status: 0, said: "" });
    expect(made.declarations).toBe("");
  });
});

describe("as a process", () => {
  const file = join(folder, "net.cjs");

  it("is written by the command line, as a program, and replaced only where it is ours", async () => {
    const spec = { name: "net", seed: 0, layers: [{ layer: "dense", config: { units: 2, inputShape: [3] } }] };
    writeFileSync(join(folder, "net.json"), JSON.stringify(spec));
    const args = ["compile", "net.json", "--format", "filter", "--rows", "tsv"];
    expect(await layerc(folder, args)).toMatchObject({ status: 0 });
    expect(statSync(file).mode & 0o100).toBe(0o100);
    expect(await layerc(folder, args)).toMatchObject({ status: 0 });
    const own = spawnSync(file, { input: "1\t2\t3\n", encoding: "utf8" });
    expect(own.stdout).toMatch(/^-?[\d.e-]+\t-?[\d.e-]+\n$/);
    writeFileSync(file, "something else");
    expect(await layerc(folder, args)).toMatchObject({ status: 1, stderr: expect.stringContaining("file/not-ours") });
  });

  it("waits for a reader that does not read, and ends quietly where it is gone", async () => {
    writeFileSync(file, scriptOf(plain));
    chmodSync(file, 0o755);
    const count = 300_000;
    const input = Buffer.from(new Float32Array(3 * count).fill(1).buffer);
    const child = spawn(process.execPath, [file]);
    child.stdin.on("error", () => {});
    // Nobody reads yet: what is taken is what pipes and the filter hold, and nothing more however long one waits.
    let [taken, last] = [0, -1];
    for (let at = 0; at < input.length; at += 60_000)
      child.stdin.write(input.subarray(at, at + 60_000), () => {
        taken++;
      });
    for (; taken !== last; await new Promise((settle) => setTimeout(settle, 400))) last = taken;
    expect(taken).toBeGreaterThan(0);
    expect(taken * 60_000).toBeLessThan(input.length / 2);
    child.stdin.end();
    let got = 0;
    for await (const part of child.stdout) got += (part as Buffer).length;
    expect(got).toBe(8 * count);

    const gone = spawn(process.execPath, [file]);
    gone.stdin.on("error", () => {});
    gone.stdout.destroy();
    gone.stdin.end(input);
    expect(await new Promise((settle) => gone.on("close", settle))).toBe(0);
  });
});
