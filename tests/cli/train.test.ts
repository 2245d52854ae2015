// `layerc train` as people use it: a table to a trained model that knows its classes, the files it writes, and what is said of bad input.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { saveJson } from "../../src/formats/index.ts";
import { compile, dense, load, type Model, normalization, open, sequential } from "../../src/index.ts";
import { layerc, spawned } from "./bin.ts";

const folder = mkdtempSync(join(tmpdir(), "train-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const read = (name: string): Buffer => readFileSync(join(folder, name));
const run = (...args: string[]) => layerc(folder, ["train", ...args]);
const modelFile = (name: string, model: Model): void => write(name, saveJson(model));

const classifier = (units: number): Model =>
  sequential(
    [
      normalization({ inputShape: [2] } as never),
      dense({ units: 8, activation: "tanh" }),
      dense({ units, activation: "softmax" }),
    ],
    { name: "kinds", seed: 3, training: { loss: "sparse_categorical_crossentropy", optimizer: { name: "adam", learningRate: 0.05 }, metrics: ["accuracy"] } }, // biome-ignore format: one line
  );
/** Three heaps of points; every row says where it comes from. */
const points = Array.from({ length: 90 }, (_, i) => {
  const kind = i % 3;
  const noise = (k: number): number => ((i * k * 7919) % 101) / 101 - 0.5;
  return [100 + 4 * kind + noise(3), 50 - 3 * kind + noise(5), ["ash", "elm", "oak"][kind], `tree${i % 15}`].join(",");
});

beforeAll(() => {
  modelFile("kinds.json", classifier(3));
  modelFile("two.json", classifier(2));
  write("kinds.csv", `a,b,kind,tree\n${points.join("\n")}\n`);
});

describe("layerc train", () => {
  const base = ["kinds.json", "--data", "kinds.csv", "--target", "kind", "--without", "tree", "--epochs", "30"];

  it("makes a model that takes raw numbers and knows its classes, and writes what it is asked for", async () => {
    const files = [
      "--save",
      "out/kinds.safetensors",
      "--history",
      "out/h.csv",
      "--plot",
      "out/c.svg",
      "--checkpoint",
      "out/best.safetensors",
    ];
    const { status, stdout, stderr } = await run(...base, "--patience", "5", "--test", "0.2", ...files);
    expect([status, stderr]).toEqual([0, expect.stringContaining("58 rows to train, 14 to validate, 18 to test")]);
    expect(stdout).toMatch(/^epoch \d+ of \d+: .*val_loss/);
    expect(readdirSync(join(folder, "out")).sort()).toEqual(["best.safetensors", "c.svg", "h.csv", "kinds.safetensors"]);
    expect(read("out/h.csv").toString()).toMatch(/^epoch,loss,accuracy,val_loss,val_accuracy\n0,/);
    expect(read("out/c.svg").toString()).toContain("</svg>");
    const model = open(read("out/kinds.safetensors"));
    expect(model.about).toEqual({ features: { x: ["a", "b"] }, classes: { y: ["ash", "elm", "oak"] } });
    const artifact = compile(model);
    expect(artifact.declarations).toContain('"ash", "elm", "oak"');
    const y = load(artifact).predict([104, 47]);
    expect(y.indexOf(Math.max(...y))).toBe(1);
    // With patience the best weights are those kept, and those checkpointed.
    expect(open(read("out/best.safetensors")).weights).toEqual(model.weights);
  });

  it("is a function of its seeds", async () => {
    const of = async (file: string, ...more: string[]) => {
      expect((await run(...base, "--epochs", "1", "--save", file, ...more)).status).toBe(0);
      return read(file);
    };
    const first = await of("a.safetensors", "--seed", "5");
    expect(await of("b.safetensors", "--seed", "5")).toEqual(first);
    expect(await of("c.safetensors", "--seed", "6")).not.toEqual(first);
  });

  it("stopped after an epoch and resumed is never stopped, bit for bit", async () => {
    const to = (epochs: string, save: string, ...more: string[]) =>
      run(...base, "--epochs", epochs, "--monitor", "loss", "--save", save, ...more);
    expect((await to("2", "half.safetensors", "--checkpoint", "kept.safetensors")).status).toBe(0);
    const { stderr, stdout } = await to("4", "resumed.safetensors", "--resume", "kept.safetensors", "--history", "rest.csv");
    expect([stderr, stdout]).toEqual([expect.stringContaining("Epoch 3/4"), expect.stringContaining("epoch 4:")]);
    expect(read("rest.csv").toString()).toMatch(/\n2,.*\n3,.*\n$/);
    await to("4", "whole.safetensors");
    expect(read("resumed.safetensors").equals(read("whole.safetensors"))).toBe(true);
    expect((await to("4", "x.safetensors", "--resume", "whole.safetensors")).stderr).toContain(
      "format/metadata  whole.safetensors",
    );
  });

  it("reports how good it is by class, or by size", async () => {
    const classes = await run(...base, "--epochs", "12", "--test", "0.2", "--report");
    expect(classes.stdout).toMatch(/18 test rows\n[^\n]*precision +recall[^\n]*\nash /);
    modelFile(
      "size.json",
      sequential([dense({ units: 1, inputShape: [1] })], { name: "size", training: { loss: "mse", optimizer: "adam" } }),
    );
    const sizes = await run(
      "size.json",
      "--data",
      "kinds.csv",
      "--target",
      "b",
      "--features",
      "a",
      "--epochs",
      "2",
      "--scale",
      "standard",
      "--report",
    );
    expect(sizes.stdout).toMatch(/18 rows that validate\n[^\n]*MAE[^\n]*\nb /);
  });

  it("gives events for machines", async () => {
    const { stdout } = await run(...base, "--epochs", "2", "--json");
    const events = stdout.trim().split("\n").map((line) => JSON.parse(line)); // biome-ignore format: one line
    expect(events[0]).toMatchObject({ event: "data", rows: { train: 72, validation: 18, test: 0 } });
    expect(events.filter(({ event }) => event === "epoch_end").map(({ epoch }) => epoch)).toEqual([0, 1]);
    expect(events.at(-1)).toMatchObject({ event: "trained", epochs: 2, stoppedEarly: false });
  });

  it("scales what has no layer for that, and takes loss, optimizer and metrics from flags", async () => {
    modelFile("bare.json", sequential([dense({ units: 3, activation: "softmax", inputShape: [2] })], { name: "bare" }));
    const { status, stderr } = await run("bare.json", ...base.slice(1), "--scale", "minmax", "--optimizer", "sgd", "--learning-rate", "0.5", "--metrics", "accuracy", "--save", "bare.safetensors"); // biome-ignore format: one line
    expect([status, stderr]).toEqual([0, expect.stringContaining("accuracy")]);
    const { training, layers } = open(read("bare.safetensors"));
    expect(training).toMatchObject({ loss: "sparse_categorical_crossentropy", optimizer: { name: "sgd", learningRate: 0.5 }, metrics: ["accuracy"] }); // biome-ignore format: one line
    expect(layers.map(({ layer }) => layer)).toContain("rescaling");
  });

  it.each<[what: string, args: readonly string[], code: string, text: string]>([
    ["a column that is missing", ["--target", "knd"], "data/column", 'did you mean "kind"?'],
    ["more classes than the model has", ["two.json"], "data/labels", "kinds.csv/kind"],
    ["a text column used as numbers", ["--target", "a", "--loss", "mse"], "data/column", "kind 3"],
    ["a file that is missing", ["--data", "no.csv"], "file/missing", "no.csv"],
    ["an empty file", ["--data", "empty.csv"], "data/empty", "empty.csv"],
    ["a gap", ["--data", "gap.csv"], "data/missing", "gap.csv:3/b"],
    ["a short line", ["--data", "short.csv"], "data/column", "short.csv:3"],
    ["a label that is none", ["--data", "label.csv", "--validation", "0"], "data/labels", "label.csv:4/kind"],
    ["a key that is not watched", ["--patience", "3", "--monitor", "val_los"], "training/run", "val_los"],
    [
      "a loss that is not finite",
      [
        "--learning-rate",
        "1e38",
        "--optimizer",
        "sgd",
        "--loss",
        "sparse_categorical_crossentropy",
        "--epochs",
        "5",
        "--data",
        "large.csv",
      ],
      "training/run",
      "finite",
    ],
    ["weights in a spec", ["--save", "x.json"], "cli/option", "x.json"],
    ["an output over the data", ["--history", "kinds.csv"], "file/input", "kinds.csv"],
  ])("says what is wrong: %s", async (_, more, code, text) => {
    write("empty.csv", "");
    write("gap.csv", "a,b,kind\n1,2,ash\n3,,elm\n5,6,oak\n");
    write("short.csv", "a,b,kind\n1,2,ash\n3\n");
    write("label.csv", "a,b,kind\n1,2,0\n3,4,1\n5,6,3\n");
    write("large.csv", `a,b,kind\n${points.map((line) => line.split(",").slice(0, 3).join(",")).join("\n")}\n`);
    const [model, ...rest] = more[0].startsWith("--") ? ["kinds.json", ...more] : more;
    const given = (flag: string, value: string): string[] => (rest.includes(flag) ? [] : [flag, value]);
    const without = rest.includes("--data") && !rest.includes("no.csv") ? [] : ["--without", "tree"];
    const { status, stderr } = await run(model, ...given("--data", "kinds.csv"), ...given("--target", "kind"), ...without, ...given("--epochs", "2"), ...rest, ...given("--save", "never.safetensors")); // biome-ignore format: one line
    expect([status, stderr]).toEqual([1, expect.stringContaining(code)]);
    expect(stderr).toContain(text);
    expect(existsSync(join(folder, "never.safetensors"))).toBe(false);
  });

  it("leaves every old file as it was where one cannot be written", async () => {
    mkdirSync(join(folder, "full.svg"));
    write("old.csv", "epoch,loss\n0,1\n");
    const { status, stderr } = await run(...base, "--epochs", "1", "--history", "old.csv", "--plot", "full.svg");
    expect([status, stderr]).toEqual([1, expect.stringContaining("file/write")]);
    expect(read("old.csv").toString()).toBe("epoch,loss\n0,1\n");
  });

  it("says that the disk is full", async () => {
    const { status, stderr } = await run(...base, "--epochs", "1", "--history", "/dev/full");
    expect([status, stderr]).toEqual([1, expect.stringContaining("the disk is full")]);
  });

  it.each([["--epochs", "0"], ["--validation", "1.5"], ["--seeds", "3..1"], ["--learning-rate", "-1"], ["--impute"]])(
    "refuses the command line %s %s",
    async (...more) => {
      expect((await run(...base, ...more)).status).toBe(2);
    },
  );
});

describe("a sweep", () => {
  const args = ["train", "kinds.json", "--data", "kinds.csv", "--target", "kind", "--without", "tree", "--epochs", "3"];

  it("runs each seed as that run alone, to the byte, and saves the best", () => {
    const { status, stdout, stderr } = spawned(folder, [
      ...args,
      "--seeds",
      "1..2",
      "--jobs",
      "2",
      "--save",
      "sweep.safetensors",
      "--plot",
      "sweep.svg",
    ]);
    expect([status, stderr]).toEqual([0, "written: sweep.safetensors, sweep.svg\n"]);
    const lines = stdout.trim().split("\n");
    expect(lines).toHaveLength(4);
    const best = Number(/^best: seed (\d)/.exec(lines[3])?.[1]);
    const losses = new Map(lines.slice(1, 3).map((line) => line.trim().split(/\s+/)).map((cells) => [Number(cells[0]), Number(cells[4])])); // biome-ignore format: one line
    expect(losses.get(best)).toBe(Math.min(...losses.values()));
    expect(spawned(folder, [...args, "--seed", String(best), "--save", "alone.safetensors", "--plot", "alone.svg"]).status).toBe(
      0,
    );
    expect(read("sweep.safetensors").equals(read("alone.safetensors"))).toBe(true);
    expect(read("sweep.svg").toString()).toBe(read("alone.svg").toString());
  });

  it("has a row for what breaks off, and an error where nothing is left", async () => {
    const { status, stdout, stderr } = spawned(folder, [...args, "--seeds", "1", "--target", "knd"]);
    expect([status, stdout, stderr]).toEqual([
      1,
      expect.stringContaining("data/column"),
      expect.stringContaining('did you mean "kind"?'),
    ]);
    expect((await run(...args.slice(1), "--seeds", "1,2", "--checkpoint", "c.safetensors")).stderr).toContain(
      "--seeds does not go with --checkpoint",
    );
  });
});
