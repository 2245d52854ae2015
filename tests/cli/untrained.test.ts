// That a model has no weights is said once by whatever runs it on its initial ones, and never where it is trained: counted for each command,
// for a sweep, for what a bundler builds again and again, and for fit in a loop.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { Diagnostic } from "../../compiler/diagnostics/error.ts";
import { save, saveJson } from "../../src/formats/index.ts";
import { compile, dense, fit, load, sequential, withWeights } from "../../src/index.ts";
import { compiled } from "../../src/plugin/compiled.ts";
import { layerc, spawned } from "./bin.ts";

const folder = mkdtempSync(join(tmpdir(), "untrained-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const net = sequential([dense({ units: 1, inputShape: [1] })], { seed: 4, training: { loss: "mse", optimizer: "sgd" } });
const trained = withWeights(net, [Float32Array.of(1), Float32Array.of(0)]);
const count = (text: string): number => text.split("weights/untrained").length - 1;
const countIn = (warnings: readonly Diagnostic[]): number => count(warnings.map(({ code }) => code).join());

beforeAll(() => {
  writeFileSync(join(folder, "net.json"), saveJson(net));
  writeFileSync(join(folder, "rows.csv"), "x,y\n1,2\n2,4\n3,6\n4,8\n");
});

it.each([
  ["compile net.json --stdout", 1],
  ["compile net.json -o net.js --force --json", 1],
  ["compile net.json --train --stdout", 0],
  ["run net.json --input [[1]]", 1],
  ["run net.json --input [[1]] --on graph", 1],
  ["run net.json --input [[1]] --on program", 1],
  ["run net.json --input [[1]] --on js", 1],
  ["train net.json --data rows.csv --target y --epochs 3", 0],
  // What only shows a model says nothing of what it would predict.
  ["summary net.json", 0],
  ["inspect net.json --all", 0],
  ["trace net.json", 0],
])("%s: %i", async (command, times) => {
  const { status, stdout, stderr } = await layerc(folder, command.split(" "));
  // JSON has it besides, for whoever reads that and not what is said to people.
  expect([status, count(command.includes("--json") ? stderr : stdout + stderr)]).toEqual([0, times]);
});

it("a sweep says what all its runs are warned of once, and nothing of untrained weights", () => {
  const classes = sequential([dense({ units: 1, activation: "softmax", inputShape: [1] })], { training: { loss: "mse", optimizer: "sgd" } }); // biome-ignore format: one line
  writeFileSync(join(folder, "one.json"), saveJson(classes));
  const args = ["train", "one.json", "--data", "rows.csv", "--target", "y", "--epochs", "2", "--seeds", "1..2"];
  const { status, stdout, stderr } = spawned(folder, args);
  expect([status, stdout.trim().split("\n").length]).toEqual([0, 4]);
  expect([count(stdout + stderr), stderr.split("training/head").length - 1]).toEqual([0, 1]);
});

it("hot updates say it once a file, and again where weights went away", async () => {
  const file = join(folder, "hot.model");
  const build = async (model: typeof net, query = "?model"): Promise<number> => {
    writeFileSync(file, model.weights === undefined ? saveJson(model) : save(model));
    return countIn((await compiled(file, query, {}, () => undefined)).warnings);
  };
  const told = [await build(net), await build({ ...net, seed: 5 }), await build(net, "?model&train"), await build(net)];
  // A build to train is not told, and nor is the next one: it is the same model.
  expect(told).toEqual([1, 0, 0, 0]);
  expect([await build(trained), await build(net)]).toEqual([0, 1]);
});

it("fit in a loop says it never, and prints nothing", () => {
  const wrote = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    const data = { x: [[1], [2]], y: [1, 2] };
    let model = net;
    for (let i = 0; i < 4; i++) {
      const made = fit(model, data, { verbose: 0 });
      expect(countIn(made.warnings)).toBe(0);
      model = made.model;
    }
    expect(countIn(compile(model).warnings)).toBe(0);
    const module = load<Parameters<typeof fit>[0] & object>(compile(net, { train: true }));
    for (let i = 0; i < 4; i++) fit(module as never, data);
    expect(wrote).not.toHaveBeenCalled();
  } finally {
    wrote.mockRestore();
  }
});
