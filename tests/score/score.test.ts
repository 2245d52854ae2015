// `layerc score`: answers in files are those of predict, in the order of the rows, whatever the format and however many processes; a run that was
// killed goes on; what is wrong is said, and leaves nothing behind. Skipped where DuckDB is not installed.
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Model } from "../../compiler/model.ts";
import { load, type PortPredictor } from "../../runtime/load.ts";
import { save } from "../../src/formats/index.ts";
import { dense, model, sequential, stringLookup } from "../../src/index.ts";
import { bin, layerc, spawned } from "../cli/bin.ts";
import { skipOf } from "../exemptions.ts";
import { duckdb, rowsOf, run } from "./tables.ts";

const folder = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "score-")));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const net = sequential([dense({ units: 4, activation: "tanh", inputShape: [3] }), dense({ units: 2, activation: "softmax" })], {
  name: "net",
  about: { features: ["a", "b", "c"], classes: { y: ["no", "yes"] } },
});
const bare = sequential([dense({ units: 1, inputShape: [3] })], { name: "bare" });
/** As `layerc train` leaves a table with a column of words and one of lists. */
const mixed = sequential([dense({ units: 1, inputShape: [5] })], {
  name: "mixed",
  about: { features: ["kind=x", "kind=y", "list[0]", "list[1]", "a"] },
});
const ported = model({
  inputs: { a: [1], word: { shape: [1], type: "string" } },
  outputs: { p: "dense", q: "back" },
  layers: [
    dense({ units: 1, inputs: ["a"] }),
    stringLookup({ vocabulary: ["low", "it's"], inputs: ["word"] }),
    stringLookup({ vocabulary: ["low", "it's"], invert: true, name: "back" }),
  ],
});
const predict = (of: Model) => load<PortPredictor>(compile(of, { selfTest: false })).predict;

const count = 5000;
/** Every column that a test asks for; numbers that float32 has exactly stay as they are in any text. */
const select = (from: number, to: number): string =>
  `SELECT i AS id, (i % 17) / 16 AS a, CAST((i % 5) - 2 AS INTEGER) AS b, CAST(i / 7 AS FLOAT) AS c, CASE WHEN i % 3 = 0 THEN 'x' ELSE 'y' END AS kind, CASE WHEN i % 2 = 0 THEN 'low' ELSE 'it''s' END AS word, [i % 3, 0.5] AS list, i % 2 = 0 AS flag, DATE '2026-01-01' AS day FROM range(${from}, ${to}) r(i)`;

describe.skipIf(skipOf("no-duckdb", duckdb === undefined))("scores", () => {
  beforeAll(async () => {
    for (const [name, of] of Object.entries({ net, bare, mixed, ported })) fs.writeFileSync(at(`${name}.safetensors`), save(of));
    fs.mkdirSync(at("rows/deep"), { recursive: true });
    await run(
      ...["parquet", "csv", "ndjson"].map(
        (ending) => `COPY (SELECT * EXCLUDE (list) FROM (${select(0, count)})) TO '${at(`rows.${ending}`)}'`,
      ),
      `COPY (${select(0, 100)}) TO '${at("lists.parquet")}'`,
      ...[0, 1, 2, 3].map((i) => `COPY (${select(3000 * i, 3000 * (i + 1))}) TO '${at(`rows/part-${i}.parquet`)}'`),
      `COPY (${select(0, 10)}) TO '${at("rows/deep/part-9.parquet")}'`,
      `COPY (SELECT id, a, CASE WHEN id = 42 THEN NULL ELSE b END AS b, c, word FROM (${select(0, 100)})) TO '${at("holes.parquet")}'`,
      `COPY (SELECT id, a, b, c, CASE WHEN id = 7 THEN 'z' ELSE kind END AS kind, list FROM (${select(0, 100)})) TO '${at("words.parquet")}'`,
      `COPY (SELECT id, a, kind, CASE WHEN id = 5 THEN [1.5] ELSE list END AS list FROM (${select(0, 100)})) TO '${at("short.parquet")}'`,
      `COPY (SELECT a, b, c FROM (${select(0, 50)})) TO '${at("three.csv")}'`,
    );
    fs.writeFileSync(at("cut.parquet"), fs.readFileSync(at("rows.parquet")).subarray(0, 20_000));
  });

  /** What predict gives to the rows of a file. */
  const wanted = async (file: string, of: Model = net): Promise<Float32Array> => {
    const rows = await rowsOf(`SELECT a::FLOAT AS a, b::FLOAT AS b, c::FLOAT AS c FROM '${at(file)}'`);
    return predict(of)(rows.map(({ a, b, c }) => [a, b, c] as number[])) as Float32Array;
  };
  const answers = async (file: string, ...names: string[]): Promise<number[]> => {
    const rows = await rowsOf(
      `SELECT ${names.map((name) => `CAST("${name}" AS FLOAT) AS "${name}"`).join(", ")} FROM '${at(file)}'`,
    );
    return rows.flatMap((row) => names.map((name) => row[name] as number));
  };
  const score = (...args: string[]) => layerc(folder, ["score", ...args]);

  it.each(["parquet", "csv", "ndjson"])(
    "%s: a column for each class, behind all columns, in the order of the rows",
    async (ending) => {
      const out = `out.${ending}`;
      expect(await score("net.safetensors", `rows.${ending}`, "-o", out)).toMatchObject({ status: 0, stderr: expect.stringContaining("5,000 rows") }); // biome-ignore format: one line
      expect(await answers(out, "y_no", "y_yes")).toEqual(Array.from(await wanted(`rows.${ending}`)));
      const [first] = await rowsOf(`SELECT * FROM '${at(out)}'`);
      expect(Object.keys(first)).toEqual(["id", "a", "b", "c", "kind", "word", "flag", "day", "y_no", "y_yes"]);
      const ids = await rowsOf(`SELECT id FROM '${at(out)}'`);
      expect(ids.map(({ id }) => Number(id))).toEqual(Array.from({ length: count }, (_, i) => i));
      expect(fs.readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
    },
  );

  it("columns as they are asked for, kept, and named", async () => {
    expect(await score("bare.safetensors", "rows.parquet", "-o", "bare.parquet", "--features", "c,b,flag", "--keep", "id,day", "--prefix", "p_")).toMatchObject({ status: 0 }); // biome-ignore format: one line
    const rows = await rowsOf(`SELECT * FROM '${at("bare.parquet")}' LIMIT 3`);
    expect(Object.keys(rows[0])).toEqual(["id", "day", "p_y"]);
    const x = (await rowsOf(`SELECT c, b, flag FROM '${at("rows.parquet")}' LIMIT 3`)).map(
      ({ c, b, flag }) => [c, b, Number(flag)] as number[],
    );
    expect(rows.map(({ p_y }) => p_y)).toEqual(Array.from(predict(bare)(x) as Float32Array));
    expect(await score("bare.safetensors", "three.csv", "-o", "three.parquet", "--keep", "none")).toMatchObject({ status: 0 });
    expect(await answers("three.parquet", "y")).toEqual(Array.from(await wanted("three.csv", bare)));
  });

  it("words and lists by the names that a trained model has, and texts among answers", async () => {
    expect(await score("mixed.safetensors", "lists.parquet", "-o", "mixed.parquet")).toMatchObject({ status: 0 });
    const rows = await rowsOf(`SELECT kind, list[1]::FLOAT AS l, a::FLOAT AS a FROM '${at("lists.parquet")}'`);
    const x = rows.map(({ kind, l, a }) => [Number(kind === "x"), Number(kind === "y"), l, 0.5, a] as number[]);
    expect(await answers("mixed.parquet", "y")).toEqual(Array.from(predict(mixed)(x) as Float32Array));
    expect(await score("ported.safetensors", "rows.parquet", "-o", "ported.parquet", "--keep", "word")).toMatchObject({
      status: 0,
    });
    const back = await rowsOf(`SELECT word, q, p FROM '${at("ported.parquet")}' LIMIT 100`);
    expect(back.every(({ word, q, p }) => word === q && typeof p === "number")).toBe(true);
  });

  it("gaps as they are asked for", async () => {
    const filled = async (how: string) => {
      expect(await score("net.safetensors", "holes.parquet", "-o", "holes-out.parquet", "--force", "--null", how)).toMatchObject({
        status: 0,
      });
      return answers("holes-out.parquet", "y_yes");
    };
    const x = (await rowsOf(`SELECT a::FLOAT AS a, b, c FROM '${at("holes.parquet")}'`)).map(
      ({ a, b, c }) => [a, b, c] as (number | null)[],
    );
    const yes = (rows: readonly (readonly (number | null)[])[], fill: number) =>
      Array.from(predict(net)(rows.map((row) => row.map((value) => value ?? fill))) as Float32Array).filter(
        (_, i) => i % 2 === 1,
      );
    expect(await filled("2.5")).toEqual(yes(x, 2.5));
    expect(await filled("nan")).toEqual(yes(x, Number.NaN));
    expect(await filled("drop")).toEqual(
      yes(
        x.filter((row) => !row.includes(null)),
        0,
      ),
    );
  });

  const parts = (out: string) => [0, 1, 2, 3].map((i) => fs.readFileSync(at(`${out}/part-${i}.parquet`)));

  it("several files, by pattern, into a folder; what is finished is not done again", async () => {
    expect(await score("net.safetensors", "rows/*.parquet", "-o", "one/")).toMatchObject({ status: 0, stderr: expect.stringContaining("12,000 rows in 4 files") }); // biome-ignore format: one line
    const before = fs.statSync(at("one/part-1.parquet")).mtimeMs;
    fs.rmSync(at("one/part-2.parquet"));
    const again = await score("net.safetensors", "rows/*.parquet", "-o", "one", "--json");
    const report = JSON.parse(again.stdout) as { rows: number; files: { isOld: boolean }[] };
    expect(report).toMatchObject({ rows: 12_000 });
    expect(report.files.map(({ isOld }) => isOld)).toEqual([true, true, false, true]);
    expect(fs.statSync(at("one/part-1.parquet")).mtimeMs).toBe(before);
    // Other rows, and another question, are done again; they replace what is ours.
    const touched = new Date(2026, 1, 1);
    fs.utimesSync(at("rows/part-0.parquet"), touched, touched);
    const other = await score("net.safetensors", "rows/*.parquet", "-o", "one", "--json");
    expect((JSON.parse(other.stdout) as typeof report).files.map(({ isOld }) => isOld)).toEqual([false, true, true, true]);
    const third = await score("net.safetensors", "rows/**/*.parquet", "-o", "one", "--json", "--keep", "id");
    expect((JSON.parse(third.stdout) as typeof report).files.map(({ isOld }) => isOld)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it("the same bytes however many processes, and after a run that was killed", async () => {
    expect(spawned(folder, ["score", "net.safetensors", "rows/*.parquet", "-o", "single/"])).toMatchObject({ status: 0 });
    expect(spawned(folder, ["score", "net.safetensors", "rows/*.parquet", "-o", "several/", "--jobs", "3"])).toMatchObject({
      status: 0,
    });
    expect(parts("several")).toEqual(parts("single"));
    // Killed as soon as a file is finished, and while another is written.
    const child = spawn(process.execPath, [bin, "score", "net.safetensors", "rows/*.parquet", "-o", "killed/"], { cwd: folder });
    await new Promise<void>((settle) => {
      child.stderr.on("data", (text: Buffer) => {
        if (text.includes("part-0")) child.kill("SIGKILL");
      });
      child.on("close", () => settle());
    });
    const manifest = () =>
      Object.keys((JSON.parse(fs.readFileSync(at("killed/layerc-score.json"), "utf8")) as { files: object }).files);
    const finished = manifest();
    expect(finished).toContain("part-0.parquet");
    const went = spawned(folder, ["score", "net.safetensors", "rows/*.parquet", "-o", "killed/", "--json"]);
    expect((JSON.parse(went.stdout) as { files: { isOld: boolean }[] }).files.filter(({ isOld }) => isOld)).toHaveLength(
      finished.length,
    );
    expect(parts("killed")).toEqual(parts("single"));
    expect(fs.readdirSync(at("killed")).sort()).toEqual(fs.readdirSync(at("single")).sort());
  }, 60_000);

  describe("what is wrong is said, and nothing is left behind", () => {
    it.each<[string, string[], string, RegExp]>([
      ["a column that is not there", ["net.safetensors", "holes.parquet", "--features", "a,b,see"], "data/column", /there is no column "see"/],
      ["a column of the model that is not there", ["mixed.safetensors", "three.csv"], "data/column", /there is no column "kind=x"/],
      ["another width", ["bare.safetensors", "holes.parquet"], "data/column", /the file has 5 columns, the input "x" takes 3 values a row/],
      ["too few columns", ["net.safetensors", "rows.parquet", "--features", "a,b"], "data/column", /2 columns are given, the input "x" takes 3/],
      ["texts for numbers", ["net.safetensors", "rows.parquet", "--features", "a,b,kind"], "data/column", /rows\.parquet\/kind[\s\S]*holds VARCHAR, and numbers are wanted/],
      ["a date for a number", ["net.safetensors", "rows.parquet", "--features", "a,b,day"], "data/column", /holds DATE/],
      ["NULL", ["net.safetensors", "holes.parquet"], "data/missing", /holes\.parquet:43\/b[\s\S]*NULL[\s\S]*--null 0/],
      ["a word that no row of the training had", ["mixed.safetensors", "words.parquet"], "data/values", /words\.parquet:8\/kind[\s\S]*holds "z", the model knows "x", "y"/],
      ["a list of another length", ["mixed.safetensors", "short.parquet"], "data/missing", /short\.parquet:6\/list[\s\S]*holds no list of 2 numbers/],
      ["half a Parquet file", ["net.safetensors", "cut.parquet"], "format/input", /cut\.parquet[\s\S]*cut off while it was written/],
      ["a file that is not there", ["net.safetensors", "none.parquet"], "file/missing", /none\.parquet/],
      ["a pattern that fits nothing", ["net.safetensors", "none/*.parquet"], "file/missing", /no file has such a name/],
      ["a folder of rows", ["net.safetensors", "rows"], "file/missing", /it is a folder[\s\S]*rows\/\*\.parquet/],
      ["no table", ["net.safetensors", "net.safetensors"], "cli/option", /ends as no file that is read/],
      ["a column to keep that is not there", ["net.safetensors", "rows.parquet", "--keep", "idd"], "data/column", /there is no column "idd" to keep/],
      ["an answer called as a column", ["bare.safetensors", "rows.parquet", "--features", "a,b,c", "--prefix", "Da"], "data/column", /rows\.parquet\/Day[\s\S]*a column of the name of an answer/],
    ])("%s", async (_, args, code, message) => {
      const before = fs.readdirSync(folder);
      const found = await score(...args, "-o", "wrong.parquet");
      expect(found).toMatchObject({ status: 1, stderr: expect.stringMatching(message) });
      expect(found.stderr).toMatch(new RegExp(`^${code}`, "m"));
      expect(fs.readdirSync(folder)).toEqual(before);
    }); // biome-ignore format: one table

    it.each<[string, string, string, RegExp]>([
      ["a folder with the name of a file", "dir.parquet", "file/write", /dir\.parquet: it is a folder/],
      ["the rows themselves", "rows.parquet", "file/input", /the answers would replace the rows/],
      ["the model", "net.safetensors", "cli/option", /ends as no file that is written/],
      ["what somebody else wrote", "three.csv", "file/not-ours", /three\.csv is there already/],
      ["an unknown ending", "out.xlsx", "cli/option", /out\.xlsx ends as no file that is written/],
      ["a file where a folder is to be", "net.safetensors/", "file/write", /it is no folder/],
    ])("as an output: %s", async (_, out, code, message) => {
      fs.mkdirSync(at("dir.parquet"), { recursive: true });
      const before = fs.readFileSync(at("rows.parquet"));
      const found = await score("net.safetensors", "rows.parquet", "-o", out);
      expect(found).toMatchObject({ status: 1, stderr: expect.stringMatching(message) });
      expect(found.stderr).toMatch(new RegExp(`^${code}`, "m"));
      expect(fs.readFileSync(at("rows.parquet"))).toEqual(before);
    });

    it("two files for one name, several files for one file, and a fault in one of several", async () => {
      expect(await score("net.safetensors", "rows/part-0.parquet", "rows/part-1.parquet", "-o", "o.parquet")).toMatchObject({ status: 1, stderr: expect.stringMatching(/2 files are read, and o\.parquet is one/) }); // biome-ignore format: one line
      fs.copyFileSync(at("rows/part-0.parquet"), at("part-0.parquet"));
      expect(await score("net.safetensors", "rows/part-0.parquet", "part-0.parquet", "-o", "o/")).toMatchObject({ status: 1, stderr: expect.stringMatching(/would both be o\/part-0\.parquet/) }); // biome-ignore format: one line
      const found = await score("net.safetensors", "three.csv", "holes.parquet", "-o", "o/");
      expect(found).toMatchObject({ status: 1, stderr: expect.stringContaining("data/missing") });
      expect(fs.readdirSync(at("o")).sort()).toEqual(["layerc-score.json", "three.csv"]);
    });
  });
});
