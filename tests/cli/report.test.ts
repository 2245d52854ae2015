// `layerc report`, `layerc inspect --html` and `layerc train --report file`, as files.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { Report } from "../../src/explore/report.ts";
import { dense, save, sequential } from "../../src/index.ts";
import { layerc } from "./bin.ts";

const folder = mkdtempSync(join(tmpdir(), "layerc-report-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const net = (units: number) =>
  sequential([dense({ units, activation: "relu", inputShape: [2], name: "hidden" }), dense({ units: 1, name: "out" })], {
    training: { loss: "mse", optimizer: "adam" },
  });
writeFileSync(at("a.safetensors"), save(net(3)));
writeFileSync(at("b.safetensors"), save(net(4)));

const dataIn = (file: string): Report => {
  const html = readFileSync(at(file), "utf8");
  return JSON.parse(/<script type="application\/json" id="report">(.*?)<\/script>/s.exec(html)?.[1] ?? "");
};

it("writes a file, and replaces its own but nobody else's", async () => {
  const made = await layerc(folder, ["report", at("a.safetensors"), "-o", at("a.html")]);
  expect([made.status, made.stdout]).toEqual([0, ""]);
  expect(readFileSync(at("a.html"), "utf8")).toContain("function layercCalls(");
  expect(dataIn("a.html").goals.map(({ goal }) => goal)).toEqual(["predict"]);
  expect((await layerc(folder, ["report", at("a.safetensors"), "-o", at("a.html"), "--train"])).status).toBe(0);
  expect(dataIn("a.html").goals.map(({ goal }) => goal)).toEqual(["predict", "trainStep", "evaluate"]);
  writeFileSync(at("mine.html"), "<p>");
  expect((await layerc(folder, ["report", at("a.safetensors"), "-o", at("mine.html")])).stderr).toContain("file/not-ours");
  expect((await layerc(folder, ["report", at("a.safetensors"), "-o", at("a.safetensors")])).stderr).toContain("file/input");
});

it("is a file below 120 KB for the seed net, all of the page included", async () => {
  const seed = join(import.meta.dirname, "../../examples/seed-2-4-3-1/seed.model.ts");
  expect((await layerc(folder, ["report", seed, "-o", at("seed.html")])).status).toBe(0);
  expect(statSync(at("seed.html")).size).toBeLessThan(120_000);
});

it("compares models and saved reports, as a table, as data and as a file", async () => {
  const { stdout } = await layerc(folder, [
    "report",
    "--compare",
    at("a.safetensors"),
    at("b.safetensors"),
    "-o",
    at("changes.html"),
  ]);
  expect(stdout).toMatch(/layers\[0\] "hidden" +config .*units: 3.*units: 4/);
  expect(dataIn("changes.html").compared?.changes.some(({ part }) => part === "layers")).toBe(true);
  await layerc(folder, ["report", at("a.safetensors"), "--json", "-o", at("a.json")]);
  const same = await layerc(folder, ["report", "--compare", at("a.safetensors"), at("a.json"), "--json"]);
  expect(JSON.parse(same.stdout).changes).toEqual([]);
});

it("compares two settings of one model, and carries the kernels of both", async () => {
  const settings = ["--with", "unroll=0", "--with", "exact"];
  const made = await layerc(folder, ["report", "--compare", at("a.safetensors"), ...settings, "-o", at("settings.html")]);
  expect(made.status).toBe(0);
  const { compared } = dataIn("settings.html");
  expect([compared?.a.options, compared?.b.options]).toEqual(["", "unroll: 0, exact: true"]);
  expect(compared?.changes.some(({ name, a, b }) => name === "bytes of code" && a !== b)).toBe(true);
  expect(readFileSync(at("settings.html"), "utf8")).toContain("var layercOther");
  const wrong = async (...flags: readonly string[]) => (await layerc(folder, ["report", "--compare", at("a.safetensors"), ...flags])).stderr;
  expect(await wrong("--with", "target=cobol")).toMatch(/'--with <setting>' argument 'target=cobol' is invalid.*js, simd/s);
  expect(await wrong("--with", "targt=js")).toContain("unknown option '--targt=js'");
  expect(await wrong("--with", "layer=x=y")).toContain("It is no setting of a compilation.");
  await layerc(folder, ["report", at("a.safetensors"), "--json", "--force", "-o", at("a.json")]);
  expect(await wrong(at("a.json"), "--with", "exact")).toContain("a report with settings of its own");
  expect((await layerc(folder, ["report", at("a.safetensors"), "--with", "exact", "-o", at("x.html")])).status).toBe(2);
}); // biome-ignore format: one line

it("asks for what is missing", async () => {
  expect((await layerc(folder, ["report", at("a.safetensors")])).stderr).toContain("cli/option");
  expect((await layerc(folder, ["report", "--compare", at("a.safetensors")])).status).toBe(2);
  expect((await layerc(folder, ["report", at("a.safetensors"), at("b.safetensors"), "-o", at("x.html")])).status).toBe(2);
});

it("writes one stage of one goal from inspect", async () => {
  const made = await layerc(folder, [
    "inspect",
    at("a.safetensors"),
    "--html",
    at("stage.html"),
    "--goal",
    "trainStep",
    "--after",
    "plan",
  ]);
  expect(made.status).toBe(0);
  const { goals } = dataIn("stage.html");
  expect(goals.map(({ goal, panes }) => [goal, panes.map(({ stage }) => stage)])).toEqual([["trainStep", ["list", "plan"]]]);
});

it("adds how a training went", async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${i / 40},${(i * 7) % 5},${i / 20}`);
  writeFileSync(at("rows.csv"), `p,q,r\n${rows.join("\n")}\n`);
  const flags = ["--data", at("rows.csv"), "--target", "r", "--epochs", "3", "--report", at("trained.html")];
  expect((await layerc(folder, ["train", at("a.safetensors"), ...flags])).status).toBe(0);
  const { training } = dataIn("trained.html");
  expect(training?.history.loss).toHaveLength(3);
  expect(training?.outputs[0].residuals?.length).toBeGreaterThan(0);
  expect(readFileSync(at("trained.html"), "utf8")).toContain("layercCurves");
});
