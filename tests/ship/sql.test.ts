// `--format sql`: the function of each dialect gives what predict gives, in engines without WebAssembly; it is evaluated once where globals stay; NULL
// gives NULL; what a warehouse would refuse for its size is an error. DuckDB runs the statement itself, with a function that stands for the
// extension; ClickHouse's script is run as ClickHouse calls it.
import { mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import vm from "node:vm";
import { newQuickJSWASMModuleFromVariant } from "quickjs-emscripten-core";
import { afterAll, describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { dialects } from "../../compiler/emit/module/forms/dialects/list.ts";
import type { Model } from "../../compiler/model.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { load, type PortPredictor } from "../../runtime/load.ts";
import { dense, sequential } from "../../src/index.ts";
import { layerc } from "../cli/bin.ts";
import { skipOf } from "../exemptions.ts";
import { db, duckdb, rowsOf } from "../score/tables.ts";
import { filtered, listOf, plain, ported, single, textOf } from "./filters.ts";
import { type Dialect, embedded, functionOf } from "./functions.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "sql-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sqlOf = (model: Model, dialect: Dialect, more: OptionsInput = {}): string => compile(model, { format: "sql", dialect, ...more }).code; // biome-ignore format: one line
const js = (model: Model, more: OptionsInput = {}) =>
  load<PortPredictor>(compile(model, { target: "js", selfTest: false, ...more })).predict;

/** Words of SQL, and what no name may hold, as names of columns. */
const hostile = sequential([dense({ units: 1, inputShape: [3] })], {
  about: { features: ["select", 'a "b" `c`', "globalThis"] },
});
/** A model large enough for loops and base64. */
const wide = sequential([dense({ units: 30, activation: "tanh", inputShape: [20] }), dense({ units: 3, activation: "softmax" })]);

/** A row, as arguments of the function, and as predict takes it. */
type Case = readonly [name: string, model: Model, args: readonly unknown[], x: unknown];
const cases: readonly Case[] = [
  ["columns", plain, [0.5, -1, 2], [[0.5, -1, 2]]],
  ["one number", single, [0.25], [0.25]],
  ["names that are words of SQL", hostile, [1, 2, 3], [[1, 2, 3]]],
  ["a list", wide, [Array.from({ length: 20 }, (_, i) => i / 7)], [Array.from({ length: 20 }, (_, i) => i / 7)]],
  ["several inputs and outputs, with texts", ported, [[0.5, 1.5], "a\tb"], { a: [[0.5, 1.5]], word: ["a\tb"] }],
];
/** What the function gives: one value, a list, or an object by output. */
const wanted = (model: Model, x: unknown, more: OptionsInput = {}): unknown => {
  const y = js(model, more)(x as Float32Array) as unknown;
  const flat = (values: ArrayLike<unknown>): unknown => (values.length === 1 ? values[0] : Array.from(values));
  return ArrayBuffer.isView(y) || Array.isArray(y)
    ? flat(y as unknown as ArrayLike<unknown>)
    : Object.fromEntries(Object.entries(y as object).map(([name, values]) => [name, flat(values as ArrayLike<unknown>)]));
};

const quickjs = await newQuickJSWASMModuleFromVariant(import("@jitl/quickjs-wasmfile-release-sync"));

describe.each(Object.keys(embedded) as Dialect[])("%s", (dialect) => {
  const [, net, list, row] = cases[3];
  type Row = readonly [...Case, OptionsInput];
  const rows: readonly Row[] = [
    ...cases.map((one): Row => [...one, {}]),
    ...(["float16", "int8"] as const).map((weightsType): Row => [`weights of ${weightsType}`, net, list, row, { weightsType }]),
  ];
  it.each(rows)("%s: the numbers of predict, in a bare context and in QuickJS", (_, model, args, x, more) => {
    const { names, body } = functionOf(sqlOf(model, dialect, more), dialect);
    expect(names).toHaveLength(args.length);
    const call = `JSON.stringify((function (${names.join(", ")}) {\n${body}\n})(...${JSON.stringify(args)}))`;
    const context = vm.createContext({});
    vm.runInContext("delete globalThis.WebAssembly; delete globalThis.console;", context);
    expect(JSON.parse(vm.runInContext(call, context) as string)).toEqual(wanted(model, x, more));
    const other = quickjs.newContext();
    const found = other.unwrapResult(other.evalCode(call)).consume((handle) => other.dump(handle) as string);
    other.dispose();
    expect(JSON.parse(found)).toEqual(wanted(model, x, more));
  });

  it("evaluates the model once, and NULL gives NULL", () => {
    const { names, body } = functionOf(sqlOf(wide, dialect), dialect);
    const context = vm.createContext({});
    // Every evaluation makes the module's arrays anew.
    vm.runInContext("made = 0; const own = Float32Array; Float32Array = new Proxy(own, { construct: (of, args) => (made++, new of(...args)) });", context); // biome-ignore format: one line
    vm.runInContext(`f = function (${names.join(", ")}) {\n${body}\n}`, context);
    const row = JSON.stringify(Array.from({ length: 20 }, () => 1));
    const counts = [1, 2, 3].map(() => vm.runInContext(`made = 0; f(${row}); made`, context) as number);
    expect(counts[1]).toBe(counts[2]);
    expect(counts[0]).toBeGreaterThan(counts[1]);
    for (const none of ["null", "undefined", row.replace("1", "null")]) expect(vm.runInContext(`f(${none})`, context)).toBe(null);
    expect(() => vm.runInContext("f([1, 2])", context)).toThrow(/20/);
  });
});

it("two functions side by side do not meet", () => {
  const context = vm.createContext({});
  for (const [name, model] of Object.entries({ plain, hostile })) {
    const { names, body } = functionOf(sqlOf(model, "snowflake"), "snowflake");
    vm.runInContext(`${name} = function (${names.join(", ")}) {\n${body}\n}`, context);
  }
  const found = vm.runInContext("JSON.stringify([plain(1, 2, 3), hostile(1, 2, 3), plain(1, 2, 3)])", context) as string;
  const [a, b] = [plain, hostile].map((model) => wanted(model, [[1, 2, 3]]));
  expect(JSON.parse(found)).toEqual([a, b, a]);
});

it.each(Object.values(dialects))("$name: types, quotes, the name of the function", ({ name }) => {
  const text = sqlOf(ported, name, { globalName: "score_it" });
  expect(text).toMatch(/^(-- |<!-- )Model "/);
  const said = {
    bigquery: "TEMP FUNCTION score_it(`a` ARRAY<FLOAT64>, `word` STRING)\nRETURNS STRUCT<`p` ARRAY<FLOAT64>, `q` STRING>",
    snowflake: 'FUNCTION score_it("a" ARRAY, "word" VARCHAR)\nRETURNS OBJECT',
    postgres: 'FUNCTION score_it("a" double precision[], "word" text)\nRETURNS jsonb',
    duckdb: 'MACRO score_it("a", "word") AS\nCAST(CAST(quickjs_eval(\'(a, word) => {',
    clickhouse:
      "<return_type>Tuple(Array(Float32), String)</return_type>\n    <argument><type>Array(Float32)</type><name>a</name></argument>\n    <argument><type>String</type><name>word</name></argument>",
  }[name];
  expect(text).toContain(said);
});

it("limits are those of the dialect, with both numbers", () => {
  const large = sequential([dense({ units: 90, inputShape: [90] })]);
  const limit = (count: number) => expect.objectContaining({ code: "sql/limit", message: expect.stringMatching(new RegExp(`has \\d+ bytes, \\w+ takes ${count} `)) }); // biome-ignore format: one line
  expect(() => sqlOf(large, "bigquery")).toThrow(limit(32_768));
  expect(sqlOf(large, "snowflake").length).toBeGreaterThan(32_768);
  expect(() => sqlOf(sequential([dense({ units: 200, inputShape: [200] })]), "snowflake")).toThrow(limit(102_400));
  // More names than a function has arguments: one list.
  const features = Array.from({ length: 300 }, (_, i) => `f${i}`);
  expect(sqlOf(sequential([dense({ units: 1, inputShape: [300] })], { about: { features } }), "postgres")).toContain(
    '("x" double precision[])',
  );
});

it("clickhouse: what is called is written beside it, and answers chunks of RowBinary", async () => {
  writeFileSync(
    join(folder, "net.json"),
    JSON.stringify({ name: "net", seed: 0, layers: [{ layer: "dense", config: { units: 2, inputShape: [3] } }] }),
  );
  const args = [
    "compile",
    "net.json",
    "--format",
    "sql",
    "--dialect",
    "clickhouse",
    "--global-name",
    "net",
    "-o",
    "net_function.xml",
  ];
  expect(await layerc(folder, args)).toMatchObject({ status: 0 });
  expect(await layerc(folder, args)).toMatchObject({ status: 0 });
  const [, command] = /<command>(.*)<\/command>/.exec(readFileSync(join(folder, "net_function.xml"), "utf8")) as unknown as [
    string,
    string,
  ];
  const [script, ...flags] = command.split(" ");
  expect(statSync(join(folder, script)).mode & 0o100).toBe(0o100);
  const found = filtered(readFileSync(join(folder, script), "utf8"), Buffer.concat([Buffer.from("2\n"), listOf([1, 2, 3]), listOf([4, 5, 6])]), flags); // biome-ignore format: one line
  expect(found).toMatchObject({ status: 0, said: "" });
  expect(found.output).toHaveLength(2 * 9);
  const { script: texts } = compile(ported, { format: "sql", dialect: "clickhouse" });
  const row = Buffer.concat([Buffer.from("1\n"), listOf([0.5, 1.5]), textOf("low")]);
  expect(filtered(texts as string, row, flags)).toMatchObject({ status: 0 });
  expect(await layerc(folder, [...args.slice(0, 8), "--stdout"])).toMatchObject({ status: 0, stderr: expect.stringContaining("the script of the function is not written") }); // biome-ignore format: one line
});

describe.skipIf(skipOf("no-duckdb", duckdb === undefined))("duckdb", () => {
  it("runs the macro, its quotes and types", async () => {
    const { DuckDBScalarFunction, ANY, VARCHAR } = duckdb as Exclude<typeof duckdb, undefined>;
    interface Vector {
      getItem(i: number): unknown;
      setItem(i: number, value: unknown): void;
      flush(): void;
    }
    db.registerScalarFunction(
      DuckDBScalarFunction.create({
        name: "quickjs_eval",
        varArgsType: ANY,
        returnType: VARCHAR,
        // The extension's function, by an engine of ours: code, arguments, the result as JSON.
        mainFunction: (
          _: unknown,
          chunk: { rowCount: number; columnCount: number; getColumnVector(i: number): Vector },
          output: Vector,
        ) => {
          for (let row = 0; row < chunk.rowCount; row++) {
            const [code, ...args] = Array.from({ length: chunk.columnCount }, (_, i) => chunk.getColumnVector(i).getItem(row));
            output.setItem(row, JSON.stringify(vm.runInNewContext(`(${code})`)(...args)));
          }
          output.flush();
        },
      }),
    );
    const values: readonly string[] = ["0.5::DOUBLE, -1::DOUBLE, 2::DOUBLE", "0.25::DOUBLE", "1::DOUBLE, 2::DOUBLE, 3::DOUBLE", `[${Array.from({ length: 20 }, (_, i) => `${i / 7}::DOUBLE`)}]`, "[0.5, 1.5], 'a\tb'"]; // biome-ignore format: one line
    // A model with texts and few numbers has nothing to round.
    for (const [i, [, model, , x]] of cases.entries())
      for (const weightsType of model === wide ? (["float32", "float16", "int8"] as const) : (["float32"] as const)) {
        const name = `net_${i}_${weightsType}`;
        const text = sqlOf(model, "duckdb", { globalName: name, weightsType });
        await db.run(text.slice(text.indexOf("CREATE")));
        const [{ y }] = await rowsOf(`SELECT CAST(to_json(${name}(${values[i]})) AS VARCHAR) AS y`);
        expect(JSON.parse(String(y))).toEqual(wanted(model, x, { weightsType }));
        if (weightsType !== "float32") expect(JSON.parse(String(y))).not.toEqual(wanted(model, x));
      }
  });
});
