// Every profile of `--host` is run: in its own engine, by a row of the table of hosts, or here in one that has as little. Out: with `exact` the bits of the
// module in Node; where the form has training and selfTest, those too.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Model } from "../../compiler/model.ts";
import { load, type Predictor } from "../../runtime/load.ts";
import { type HostName, hosts, withHost } from "../../src/hosts.ts";
import { dense, sequential } from "../../src/sequential.ts";
import { type Dialect, functionOf } from "../ship/functions.ts";
import { browsers } from "./browsers.ts";
import { type Answer, call, cases, exercise, modulesIn, scriptOf } from "./cases.ts";
import { shells } from "./list.ts";
import { runs, type StandIn } from "./profiles.ts";
import { quickjs } from "./quickjs.ts";
import { standIns } from "./stand-ins.ts";

const root = join(import.meta.dirname, "../..");
const all = Object.entries(runs) as readonly [HostName, (typeof runs)[HostName]][];
const standing = all.flatMap(([name, run]): [HostName, StandIn][] => ("standIn" in run ? [[name, run.standIn]] : []));
const withBits = standing.filter(([name]) => withHost(name, {}).options.format !== "sql");
const inSql = standing.filter(([name]) => withHost(name, {}).options.format === "sql");

it("every profile is run, its own engine by the row that is named", () => {
  expect(all.map(([name]) => name).sort()).toEqual(Object.keys(hosts).sort());
  const table = [...shells, quickjs, ...browsers];
  for (const [name, run] of all) {
    if (!("own" in run)) continue;
    if (run.test !== undefined) expect(readFileSync(join(root, run.test), "utf8")).toContain(`--host ${name}`);
    else expect(table.find((host) => host.name === run.own)?.form).toBe(`\`--host ${name}\``);
  }
});

it.each(withBits)("%s, in %s: predicts, trains and tests itself with the bits of Node", async (name, engine) => {
  // The exercise calls globals.
  const answers = (await standIns[engine](
    scriptOf({ ...withHost(name, {}).options, format: "iife" }),
    call,
  )) as readonly Answer[];
  const one = new Function(`${exercise}\nreturn exerciseOne;`)() as (name: string, model: object) => Answer;
  const wanted = modulesIn({ target: "js" }).map(({ name, artifact }) => one(name, load<Predictor>(artifact)));
  expect(answers).toEqual(wanted);
  expect(answers.map(({ selfTest }) => selfTest)).toEqual(cases.map(() => "passed"));
});

/** A warehouse calls predict alone; BigQuery takes 32 KB, so the perceptron is a smaller one than the table's. */
const predicting: readonly { readonly name: string; readonly model: Model }[] = [
  ...cases.filter(({ name }) => ["seed", "conv", "lstm"].includes(name)),
  {
    name: "perceptron",
    model: sequential([dense({ units: 24, activation: "tanh", inputShape: [20] }), dense({ units: 5, activation: "softmax" })]),
  },
];

it.each(inSql.flatMap(([name, engine]) => predicting.map((one) => [name, engine, one.name, one.model] as const)))(
  "%s, in %s: the function of %s has the bits of predict",
  async (name, engine, _, model) => {
    const { options } = withHost(name, {});
    const module = load<Predictor>(compile(model, { target: "js", exact: true }));
    const size = module.inputShape.reduce((product, length) => product * length, 1);
    const rows = Array.from({ length: 9 }, (_, row) =>
      Array.from({ length: size }, (_, i) => (((row * size + i) * 37) % 19) / 8 - 1),
    );
    const { names, body } = functionOf(compile(model, { ...options, exact: true }).code, options.dialect as Dialect);
    const script = `function f(${names.join(", ")}) {\n${body}\n}
function bits(y) { return Array.from(new Int32Array(Float32Array.from(Array.isArray(y) ? y : [y]).buffer)); }`;
    const found = await standIns[engine](script, `${JSON.stringify(rows)}.map(function (row) { return bits(f(row)); })`);
    expect(found).toEqual(rows.map((row) => Array.from(new Int32Array(Float32Array.from(module.predict(row)).buffer))));
  },
);
