// `layerc inspect` and `layerc passes`: stages, JSON, diffs, the list, the legend; and that the legend
// speaks of what the texts say.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { passes, snapshots } from "../../compiler/compile.ts";
import { legends } from "../../src/explore/legend.ts";
import { smallModels } from "../support/models.ts";
import { layerc, spawned } from "./bin.ts";

const folder = mkdtempSync(join(tmpdir(), "inspect-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const layers = [
  { name: "hidden", layer: "dense", config: { units: 8, activation: "tanh", inputShape: [20] } },
  { name: "norm", layer: "batchNormalization", config: {} },
  { name: "out", layer: "dense", config: { units: 1 } },
];
const spec = { name: "tiny", seed: 3, layers, training: { loss: "mse", optimizer: "sgd" } };
writeFileSync(join(folder, "tiny.json"), JSON.stringify(spec));
writeFileSync(
  join(folder, "plain.json"),
  JSON.stringify({ ...spec, layers: layers.slice(2).map((one) => ({ ...one, config: { units: 1, inputShape: [2] } })) }),
);
const inspect = async (...args: readonly string[]): Promise<string> => {
  const run = await layerc(folder, ["inspect", ...args]);
  expect(run).toMatchObject({ status: 0, stderr: "" });
  return run.stdout;
}; // biome-ignore format: a list

describe("--after", () => {
  it("prints nests, and schedules of the last target that is made", async () => {
    expect(await inspect("tiny.json", "--after", "nests")).toMatch(/^nests tiny\n[\s\S]*\n {4}reduce k0 < 20\n {4}fold madd /);
    expect(await inspect("tiny.json", "--after", "schedule", "--target", "js", "--unroll", "0")).toMatch(
      /^schedule for js tiny\n[\s\S]*\n {4}by columns: i0, i1 x 8\n/,
    );
    expect(await inspect("tiny.json", "--after", "schedule", "--target", "simd")).toMatch(
      /^schedule for relaxed tiny\n[\s\S]*\n {4}by columns: i0, i1 x 32 in lanes\n/,
    );
    expect(await inspect("tiny.json", "--after", "schedule", "--target", "simd", "--exact")).toMatch(/^schedule for simd tiny\n/);
    expect(await inspect("tiny.json", "--after", "program", "--target", "simd")).toContain(":f32x4");
    expect(await inspect("tiny.json", "--after", "schedule", "--goal", "trainStep")).toMatch(/^schedule for /);
  });
  it("prints a pass, or the last of a stage", async () => {
    expect(await inspect("tiny.json", "--after", "plan")).toMatch(/region r0.*matmul ⊕ add/);
    const { pass, stage, text } = JSON.parse(await inspect("plain.json", "--after", "program", "--json"));
    expect([pass, stage]).toEqual(["unroll", "program"]);
    expect(text).toContain("kernel predict");
    expect(await inspect("tiny.json", "--after", "lower", "--goal", "evaluate")).toMatch(/^program tiny\n/);
  });
  it("takes the text of a Graph on standard input, as trace does", async () => {
    const built = await inspect("plain.json", "--after", "build");
    const run = (...args: string[]) => layerc(folder, args, built);
    expect(await run("inspect", "-", "--after", "plan")).toMatchObject({
      status: 0,
      stdout: await inspect("plain.json", "--after", "plan"),
    });
    expect((await run("trace", "-")).status).toBe(0);
    const broken = await layerc(folder, ["inspect", "-", "--after", "plan"], built.slice(0, 60));
    expect(broken).toMatchObject({ status: 1, stderr: expect.stringMatching(/ir\/parse/) });
  });
  it("is JSON with the pass, the stage and the text", async () => {
    const { text, ...rest } = JSON.parse(await inspect("tiny.json", "--after", "nests", "--json"));
    expect(rest).toEqual({ pass: "nests", stage: "nests" });
    expect(text).toMatch(/^nests tiny\n/);
  });
  it("is JSON with the target and a schedule for each nest", async () => {
    const { text, ...rest } = JSON.parse(await inspect("tiny.json", "--after", "schedule", "--target", "simd", "--json"));
    expect(text).toMatch(/^schedule for relaxed tiny\n/);
    expect(rest).toEqual({
      pass: "schedule",
      stage: "schedule",
      target: "relaxed",
      nests: [
        { kernel: expect.any(String), nest: expect.any(String), strategy: "columns", schedule: { order: ["i0", "i1"], tile: [["i1", 32]], lane: "i1" } },
        { kernel: expect.any(String), nest: "out", strategy: "partial-sums", schedule: { order: ["i0", "i1"], tile: [["i1", 4]], wide: true } },
      ],
    });
  }); // biome-ignore format: one object
});

describe("--diff", () => {
  it("shows what a pass changed, without colour in a pipe", async () => {
    const text = await inspect("tiny.json", "--diff", "rewrite");
    expect(text).toMatch(/^--- graph after expand\n\+\+\+ graph after rewrite\n@@ -\d+,\d+ \+\d+,\d+ @@\n {3}%/);
    expect(text).toMatch(/\n- {2}%\d+ = neg\(/);
    expect(text).toMatch(/\n\+ {2}%\d+ = sub\(/);
    expect(text).not.toContain("\u001b");
    // Every other line of the layer after it was renumbered, and none is marked.
    expect(text).not.toMatch(/\n[-+].*"out"/);
  });
  it("says that nothing changed, that there is no text before, and that a pass has nothing to do", async () => {
    expect(await inspect("plain.json", "--diff", "rewrite")).toBe("rewrite changed nothing\n");
    expect(await inspect("tiny.json", "--diff", "plan")).toMatch(
      /^plan leads from graph to plan: there is no text to compare with\.\n\nplan predict rows 1/,
    );
    expect(await inspect("tiny.json", "--diff", "build")).toMatch(/^build leads from model to graph: /);
    expect(await inspect("tiny.json", "--diff", "differentiate")).toBe("the pass differentiate has nothing to do for predict\n");
    expect(await inspect("tiny.json", "--diff", "differentiate", "--goal", "trainStep")).toMatch(
      /\n\+ .*# ∂ layers\[2\] dense "out"/,
    );
  });
  it("is JSON", async () => {
    const { lines, ...rest } = JSON.parse(await inspect("tiny.json", "--diff", "rewrite", "--json"));
    expect(rest).toEqual({ pass: "rewrite", stage: "graph", before: "expand" });
    expect(new Set(lines.map(({ sign }: { sign: string }) => sign))).toEqual(new Set([" ", "-", "+"]));
    expect(JSON.parse(await inspect("tiny.json", "--diff", "plan", "--json"))).toMatchObject({ before: null, text: expect.stringMatching(/^plan /) });
    expect(JSON.parse(await inspect("tiny.json", "--diff", "optimize", "--json"))).toBe(null);
  }); // biome-ignore format: one thought
  it.each([
    [["tiny.json", "--diff", "rewrit"], /There is no pass "rewrit"; did you mean "rewrite"\?/],
    [["tiny.json", "--diff", "program"], /There is no pass "program"/],
    [["tiny.json", "--diff", "plan", "--after", "plan"], /option '--after <name>' cannot be used with option '--diff <pass>'/],
    [[], /missing required argument 'model'/],
  ])("refuses %j", async (args, message) => {
    expect(await layerc(folder, ["inspect", ...args])).toMatchObject({ status: 2, stderr: expect.stringMatching(message) });
  });
});

describe("the list", () => {
  it("names targets, and passes that left the text as it was", async () => {
    const lines = (await inspect("plain.json", "--target", "simd")).split("\n");
    expect(lines[0]).toMatch(/^stage +pass +target +lines +rewrites +change$/);
    expect(lines.filter((line) => line.endsWith("unchanged")).map((line) => line.split(/ +/)[1])).toContain("rewrite");
    expect(lines.flatMap((line) => /^schedule +schedule +(\w+) /.exec(line)?.[1] ?? [])).toEqual(["js", "simd", "relaxed"]);
    expect(lines.at(-2)).toMatch(/^--after .* --diff .* --legend /);
    expect(JSON.parse(await inspect("plain.json", "--json"))[2]).toMatchObject({
      stage: "graph",
      pass: "rewrite",
      unchanged: true,
    });
  });
});

describe("the legend", () => {
  it("is printed alone, under the list, or under a text for its stage", async () => {
    const alone = spawned(folder, ["inspect", "--legend"]);
    expect(alone.status).toBe(0);
    const titles = ["Graph:", "Plan:", "Nests:", "Schedule:", "Program:"];
    expect(alone.stdout.split("\n").flatMap((line) => titles.filter((title) => line.startsWith(title)))).toEqual(titles);
    expect(await inspect("tiny.json", "--legend")).toContain(alone.stdout.trim());
    const plan = await inspect("tiny.json", "--after", "plan", "--legend");
    expect(plan).toMatch(/^plan predict[\s\S]*\n\nPlan: /);
    expect(plan).not.toContain("Nests:");
  });
  it("speaks of words that the texts have", async () => {
    const texts = new Map<string, string>();
    for (const { model, goals, options } of smallModels)
      for (const { stage, text } of goals.flatMap((goal) => snapshots(model, { ...options, target: "simd" }, goal)))
        texts.set(stage, `${texts.get(stage) ?? ""}${text}`);
    for (const [stage, { signs }] of Object.entries(legends))
      for (const [notation] of signs) {
        const words = notation.match(/∂|⊕|f32x4|[a-z]{3,}(-[a-z]+)*/gi) ?? [];
        const missing = words.filter((word) => !texts.get(stage)?.includes(word));
        expect(missing, notation).toEqual([]);
      }
  });
  it("has a word for every stage", async () => {
    expect(Object.keys(legends)).toEqual([...new Set(passes.map(({ stage }) => stage))]);
  });
});

it("passes says from where to where, and what", async () => {
  expect(JSON.parse(spawned(folder, ["passes", "--json"]).stdout)).toEqual(passes);
  const lines = (await layerc(folder, ["passes"])).stdout.trimEnd().split("\n");
  expect(lines[0]).toMatch(/^stages +pass +what it does$/);
  expect(lines.slice(1)).toEqual(
    passes.map(({ from, stage, name, says }) => expect.stringMatching(new RegExp(`^${from} → ${stage} +${name} +${says.replace(/[()]/g, "\\$&")}$`))),
  );
}); // biome-ignore format: one thought
