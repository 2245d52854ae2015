// The examples: the committed module is what the compiler emits, small, alone and safe; the main job on real data learns what it
// should. After a change to emitted text: npm run update-examples.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve, sep } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { compile, snapshots } from "../compiler/compile.ts";
import { freeNames } from "../compiler/emit/judge.ts";
import { label } from "../compiler/plan/print.ts";
import seed from "../examples/seed-2-4-3-1/seed.model.ts";
import { main as strikes } from "../examples/strikes/main.ts";
import { runStart } from "../scripts/readme.ts";
import { spawned } from "./cli/bin.ts";
import { predictInDoubles } from "./executors.ts";
import { standard } from "./exemptions.ts";

const root = resolve(import.meta.dirname, "..");
const folder = join(root, "examples/seed-2-4-3-1");
const code = readFileSync(join(folder, "model.js"), "utf8");

describe("examples/seed-2-4-3-1", () => {
  it("holds what the compiler emits, to the byte", () => {
    const artifact = compile(seed);
    expect(code, "npm run update-examples").toBe(artifact.code);
    expect(readFileSync(join(folder, "model.d.ts"), "utf8"), "npm run update-examples").toBe(artifact.declarations);
  });

  it("is the only JavaScript among the examples", () => {
    const files = readdirSync(join(root, "examples"), { recursive: true, encoding: "utf8" });
    // What npm start leaves behind is not part of the repository.
    const kept = files
      .map((file) => file.split(sep))
      .filter((path) => !path.includes("out") && /\.[cm]?js$/.test(path.at(-1) ?? ""));
    expect(kept).toEqual([["seed-2-4-3-1", "model.js"]]);
  });

  it("is at most 1700 bytes of gzip, selfTest included", () => {
    expect(code).toContain("function selfTest()");
    expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(1700);
  });

  it("takes no name from outside but those of the published list", () => {
    const published = new Set([
      ..."Float32Array Float64Array Int32Array Uint8Array Error TypeError RangeError Infinity NaN undefined".split(" "),
      ..."fround imul sqrt floor abs min max".split(" ").map((member) => `Math.${member}`),
    ]);
    expect(freeNames(code).filter((name) => !published.has(name))).toEqual([]);
  });

  it("says neither import, eval nor Function, not even in a comment", () => {
    expect(code).not.toMatch(/\bimport\b|\beval\b|\bFunction\b/);
  });

  it("runs alone where no code may be made from strings", () => {
    const alone = mkdtempSync(join(tmpdir(), "seed-"));
    try {
      copyFileSync(join(folder, "model.js"), join(alone, "model.mjs"));
      const script = `import { predict, selfTest, inputShape, outputShape } from "./model.mjs";
let blocked = false;
try { new Function("return 1"); } catch { blocked = true; }
console.log(JSON.stringify({ blocked, error: selfTest(), y: [...predict([0.5, -1])], inputShape, outputShape }));`;
      const args = ["--disallow-code-generation-from-strings", "--input-type=module", "--eval", script];
      const { blocked, error, y, ...shapes } = JSON.parse(execFileSync(process.execPath, args, { cwd: alone, encoding: "utf8" }));
      expect(readdirSync(alone)).toEqual(["model.mjs"]);
      expect(blocked).toBe(true);
      expect(error).toBeLessThan(standard.selfTest.abs);
      expect(shapes).toEqual({ inputShape: [2], outputShape: [1] });
      expect(y).toHaveLength(1);
      expect(Math.abs(y[0] - predictInDoubles(seed, [0.5, -1], 1)[0])).toBeLessThan(standard.selfTest.abs);
    } finally {
      rmSync(alone, { recursive: true });
    }
  });

  it("is planned as three regions, on the way and as the command line prints it", () => {
    const wanted = ["matmul ⊕ add ⊕ most", "matmul ⊕ add ⊕ most", "matmul ⊕ add"];
    const plan = snapshots(seed).find(({ pass }) => pass === "plan")?.plan;
    expect(plan?.regions.map(label)).toEqual(wanted);
    const printed = spawned(root, ["inspect", "examples/seed-2-4-3-1/seed.model.ts", "--after", "plan"]).stdout;
    expect([...printed.matchAll(/^region r\d+ @\d+: ([^(]*)\(/gm)].map(([, ops]) => ops)).toEqual(wanted);
  });
});

describe("npm start", () => {
  const printed = runStart();
  const number = (pattern: RegExp): number => Number(pattern.exec(printed)?.[1] ?? Number.NaN);

  it("predicts fuel economy with at most 45 % of the error of predicting the mean", () => {
    expect(number(/when predicting the mean: (\d+) %/)).toBeLessThanOrEqual(45);
  });

  it("tells at least 95 % of the penguins it never saw apart", () => {
    expect(number(/species right: ([\d.]+) %/)).toBeGreaterThanOrEqual(95);
  });

  it("says how large each module is and how long a prediction takes", () => {
    expect(printed.match(/^ {2}examples\/\S+\.js: \d+ bytes, \d+ gzip; [\d.]+ µs per prediction/gm)).toHaveLength(2);
  });
});

it("examples/strikes learns from texts, and the shipped module answers from the string", () => {
  const { accuracy, guess } = strikes(2);
  expect(accuracy).toBeGreaterThan(0.9);
  expect(guess).toBeLessThan(0.6);
});
