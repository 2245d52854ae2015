// Emitted modules on every host of the table: with `exact` the bits of this Node, predicting and training, and selfTest passes. Every run takes those that cost
// little; `npm run hosts` takes all, and writes what it saw for docs/hosts.md. A host that is not here is skipped, with a line.
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { load, type Predictor } from "../../runtime/load.ts";
import { skipOf } from "../exemptions.ts";
import { browsers, close } from "./browsers.ts";
import { type Answer, cases, exercise, modulesIn } from "./cases.ts";
import { shells } from "./list.ts";
import { quickjs } from "./quickjs.ts";

const results = join(import.meta.dirname, "results.json");
const all = process.env.LAYERC_HOSTS === "all";
const folder = realpathSync(mkdtempSync(join(tmpdir(), "hosts-")));
afterAll(async () => {
  await close();
  rmSync(folder, { recursive: true, force: true });
});

/** What this Node computes, in JavaScript and in WebAssembly. */
const wanted = (["js", "simd"] as const).map((target) =>
  modulesIn(target === "js" ? { target } : {}).map(({ name, artifact }) => {
    const run = new Function(`${exercise}\nreturn exerciseOne;`)() as (name: string, model: object) => Answer;
    return run(name, load<Predictor>(artifact));
  }),
);

interface Seen {
  readonly host: string;
  readonly version: string;
  readonly form: string;
  readonly computes: string;
  readonly says: string;
}
const seen: Seen[] = [];

describe("this Node", () => {
  it("gives the same bits in JavaScript and in WebAssembly", () => {
    expect(wanted[0].map(({ hash }) => hash)).toEqual(wanted[1].map(({ hash }) => hash));
    expect(new Set(wanted[0].map(({ hash }) => hash)).size).toBe(cases.length);
  });
});

const table = [...shells, quickjs, ...browsers];
const rows = table.filter(({ cheap }) => all || cheap === true);

it("docs/hosts.md is of a run with every row of the table", () => {
  const { seen: then, missing } = JSON.parse(readFileSync(results, "utf8")) as Record<
    "seen" | "missing",
    { readonly host: string }[]
  >;
  const wantedHosts = table.filter(({ name }) => name !== "Node that runs the suite").map(({ name }) => name);
  if (!all) expect([...then, ...missing].map(({ host }) => host).sort()).toEqual(wantedHosts.sort());
});

for (const host of rows) {
  const version = host.version();
  if (version === undefined) console.log(`hosts: ${host.name} is not here (${host.had})`);
  it.skipIf(skipOf("no-host", version === undefined))(`${host.name} ${version ?? ""}`, async () => {
    const answers = await host.run(join(folder, host.name.replace(/\W+/g, "-")));
    const differs = answers.filter(({ hash }, i) => hash !== wanted[0][i].hash).map(({ name }) => name);
    const failed = answers.filter(({ selfTest }) => selfTest !== "passed").map(({ name, selfTest }) => `${name}: ${selfTest}`);
    const computes = [...new Set(answers.map((one) => one.computes))];
    seen.push({
      host: host.name,
      version: version ?? "",
      form: host.form,
      // The straight line of the smallest model is JavaScript everywhere.
      computes: (computes.find((one) => one !== "js") ?? "js").replace("js", "JavaScript").replace("simd", "SIMD"),
      says: [...differs.map((name) => `other bits: ${name}`), ...failed, ...(host.note === undefined ? [] : [host.note])].join(
        "; ",
      ),
    });
    expect(answers.map(({ name }) => name)).toEqual(cases.map(({ name }) => name));
    expect(failed).toEqual([]);
    expect(differs).toEqual([]);
  });
}

afterAll(() => {
  if (!all) return;
  // Which Node runs the suite is no fact of a host.
  const named = rows.slice(1);
  const missing = named.filter(({ version }) => version() === undefined).map(({ name, had }) => ({ host: name, had }));
  const order = named.map(({ name }) => name);
  const result = {
    cases: cases.length,
    seen: seen.filter(({ host }) => order.includes(host)).sort((a, b) => order.indexOf(a.host) - order.indexOf(b.host)),
    missing,
  };
  writeFileSync(results, `${JSON.stringify(result, null, 2)}\n`);
});
