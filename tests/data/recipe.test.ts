// From columns to what a model takes: parts of a table, classes, gaps, windows, and what a model learns of data before training.
import { describe, expect, it } from "vitest";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import type { Model, TrainingInput } from "../../compiler/model.ts";
import { aboutOf, adaptedTo, applyRecipe, assign, type ByPort, type LearnOptions, learningCurves, learnRecipe, portsOf, readTable, split, windows, withoutGaps } from "../../src/data/index.ts"; // biome-ignore format: one line
import {
  compile,
  dense,
  model as graph,
  load,
  normalization,
  sequential,
  stringLookup,
  textVectorization,
} from "../../src/index.ts";
import { near } from "../close.ts";
import { standard } from "../exemptions.ts";

const net = (inputs: number, units: number, activation: string, loss: string): Model =>
  sequential([dense({ units, activation: activation as "relu", inputShape: [inputs] })], {
    training: { loss, optimizer: "sgd" } as TrainingInput,
  });

interface Case {
  readonly text: string;
  readonly model: Model;
  readonly target: ByPort;
  readonly features?: ByPort;
  readonly options?: LearnOptions;
  readonly weight?: string;
}
async function prepare({ text, model, target, features, options = {}, weight }: Case) {
  const table = await readTable(text, "a.csv");
  const more = { ...(features === undefined ? {} : { features }), ...(weight === undefined ? {} : { weight }) };
  const assigned = assign(table, { ...portsOf(model), target, ...more });
  const kept = withoutGaps(table, assigned, options);
  const recipe = learnRecipe(kept, kept, assigned, options);
  return { recipe, ...applyRecipe(kept, recipe) };
}
const numbers = (rows: unknown): unknown => (rows instanceof Float32Array ? Array.from(rows) : rows);

async function fault(run: () => unknown): Promise<readonly unknown[]> {
  try {
    await run();
  } catch (error) {
    if (error instanceof CompileError) return [error.code, error.path];
    throw error;
  }
  return [];
}

describe("features", () => {
  it("are numbers and one-hot texts in the order of the columns, and their names go with the model", async () => {
    const { data, recipe } = await prepare({
      text: "y,a,o\n1,5,Japan\n2,6,Europe\n3,7,Japan\n",
      model: net(3, 1, "linear", "mse"),
      target: ["y"],
    });
    expect([numbers(data.x), numbers(data.y)]).toEqual([[5, 0, 1, 6, 1, 0, 7, 0, 1], [1, 2, 3]]); // biome-ignore format: one line
    expect(aboutOf(recipe)).toEqual({ features: { x: ["a", "o=Europe", "o=Japan"] } });
  });

  it("of several inputs are the columns of their names, or those asked for", async () => {
    const model = graph({ inputs: { left: [1], right: [2] }, layers: [dense({ inputs: ["right"], units: 1, name: "p" }), dense({ inputs: ["left"], units: 1, name: "q" })], outputs: ["p", "q"], training: { loss: "mse", optimizer: "sgd" } }); // biome-ignore format: one line
    const text = "left,b,c,p,q\n1,2,3,4,5\n";
    const { data } = await prepare({ text, model, target: ["q", "p"], features: { left: ["left"], right: ["c", "b"] } });
    expect(data).toEqual({ x: { left: new Float32Array([1]), right: new Float32Array([3, 2]) }, y: { p: new Float32Array([4]), q: new Float32Array([5]) } }); // biome-ignore format: one line
    expect(await fault(() => prepare({ text, model, target: ["p"] }))).toEqual(["data/column", "target"]);
    expect(await fault(() => prepare({ text, model, target: ["p", "q"], features: { lefts: ["b"] } }))).toEqual(["data/column", "features"]); // biome-ignore format: one line
  });

  it.each<[what: string, text: string, code: string, path: string]>([
    ["a column that is missing", "z,a\n1,2\n", "data/column", "a.csv"],
    ["too many numbers", "y,a,b\n1,2,3\n", "data/column", "a.csv"],
    ["a gap", "y,a\n1,2\n2,\n", "data/missing", "a.csv:3/a"],
    ["a gap in the target", "y,a\n1,2\n,3\n", "data/missing", "a.csv:3/y"],
    ["a word among numbers", "y,a\n1,2\n2,3\n3,4\n4,many\n", "data/values", "a.csv:5/a"],
    ["a target of words", "y,a\nlow,2\n", "data/values", "a.csv:2/y"],
    ["infinity", "y,a\n1,inf\n", "data/values", "a.csv:2/a"],
    ["more than float32 holds", "y,a\n1,1e300\n", "data/values", "a.csv:2/a"],
    ["a target alone", "y\n1\n", "data/column", "a.csv"],
  ])("are refused: %s", async (_, text, code, path) => {
    expect(await fault(() => prepare({ text, model: net(1, 1, "linear", "mse"), target: ["y"] }))).toEqual([code, path]);
  });
});

describe("labels", () => {
  const three = net(1, 3, "softmax", "sparse_categorical_crossentropy");
  it.each<[what: string, model: Model, labels: string, options: LearnOptions, y: readonly number[], classes: unknown]>([
    ["texts are places in their order", three, "c,a,b,a", {}, [2, 0, 1, 0], ["a", "b", "c"]],
    ["numbers from 0 stay", three, "2,0,1,0", {}, [2, 0, 1, 0], undefined],
    [
      "other numbers are places where that is asked for",
      three,
      "30,10,20,10",
      { isIndexed: true },
      [2, 0, 1, 0],
      ["10", "20", "30"],
    ],
    [
      "a distribution is one-hot",
      net(1, 2, "softmax", "categorical_crossentropy"),
      "b,a,b,a",
      {},
      [0, 1, 1, 0, 0, 1, 1, 0],
      ["a", "b"],
    ],
    [
      "places are one-hot too",
      net(1, 2, "softmax", "categorical_crossentropy"),
      "1,0,1,0",
      {},
      [0, 1, 1, 0, 0, 1, 1, 0],
      ["0", "1"],
    ],
    ["two texts for one number", net(1, 1, "sigmoid", "binary_crossentropy"), "no,yes,no,no", {}, [0, 1, 0, 0], ["no", "yes"]],
    [
      "the model's own names",
      { ...three, about: { classes: { y: ["c", "b", "a"] } } },
      "c,a,b,a",
      {},
      [0, 2, 1, 2],
      ["c", "b", "a"],
    ],
  ])("%s", async (_, model, labels, options, y, classes) => {
    const text = `a,y\n${labels.split(",").map((label, i) => `${i},${label}`).join("\n")}\n`; // biome-ignore format: one line
    const { data, recipe } = await prepare({ text, model, target: ["y"], options });
    expect(numbers(data.y)).toEqual(y);
    expect(aboutOf(recipe).classes?.y).toEqual(classes);
  });

  it.each<[what: string, model: Model, labels: string, path: string]>([
    ["a number that is no class", three, "0,1,3", "a.csv:4/y"],
    ["half a class", three, "0,0.5,1", "a.csv:3/y"],
    ["below 0", three, "-1,0,1", "a.csv:2/y"],
    ["more texts than classes", three, "a,b,c,d", "a.csv/y"],
    ["fewer texts than classes", three, "a,b,a", "a.csv/y"],
    ["three for a yes or no", net(1, 1, "sigmoid", "binary_crossentropy"), "a,b,c", "a.csv/y"],
    ["no probability", net(1, 1, "sigmoid", "binary_crossentropy"), "0,2", "a.csv:3/y"],
    ["a text that the model does not know", { ...three, about: { classes: { y: ["a", "b", "c"] } } }, "a,B", "a.csv:3/y"],
  ])("are refused: %s", async (_, model, labels, path) => {
    const text = `a,y\n${labels.split(",").map((label, i) => `${i},${label}`).join("\n")}\n`; // biome-ignore format: one line
    expect(await fault(() => prepare({ text, model, target: ["y"] }))).toEqual(["data/labels", path]);
  });
});

describe("gaps", () => {
  const text = "y,a\n1,1\n2,\n3,3\n4,3\n5,9\n";
  it.each<[how: string | number, filled: number | undefined]>([
    ["mean", 4],
    ["median", 3],
    ["most_frequent", 3],
    [7, 7],
    ["drop", undefined],
  ])("%s", async (impute, filled) => {
    const { data } = await prepare({ text, model: net(1, 1, "linear", "mse"), target: ["y"], options: { impute } });
    expect(numbers(data.x)).toEqual([1, ...(filled === undefined ? [] : [filled]), 3, 3, 9]);
  });

  it("of texts are the commonest, or a text; rules are by column too", async () => {
    const words = "y,o,a\n1,x,\n2,,5\n3,x,6\n4,z,7\n";
    const one = await prepare({ text: words, model: net(3, 1, "linear", "mse"), target: ["y"], options: { impute: "most_frequent", imputeBy: { a: 0 } } }); // biome-ignore format: one line
    expect(numbers(one.data.x)).toEqual([1, 0, 0, 1, 0, 5, 1, 0, 6, 0, 1, 7]);
    const other = await prepare({ text: words, model: net(4, 1, "linear", "mse"), target: ["y"], options: { impute: "none", imputeBy: { a: "mean" } } }); // biome-ignore format: one line
    expect(aboutOf(other.recipe).features?.x).toEqual(["o=none", "o=x", "o=z", "a"]);
  });

  it.each<[what: string, options: LearnOptions]>([
    ["a mean of texts", { imputeBy: { o: "mean" } }],
    ["a word for a number", { imputeBy: { a: "many" } }],
  ])("are refused: %s", async (_, options) => {
    expect((await fault(() => prepare({ text: "y,o,a\n1,x,\n2,,5\n", model: net(2, 1, "linear", "mse"), target: ["y"], options })))[0]).toBe("data/missing"); // biome-ignore format: one line
  });

  it("come from the rows trained with alone", async () => {
    const table = await readTable("y,a\n1,2\n2,4\n3,\n4,100\n", "a.csv");
    const assigned = assign(table, { ...portsOf(net(1, 1, "linear", "mse")), target: ["y"] });
    const { train } = split(table, { share: 0.5, isOrdered: true });
    expect(numbers(applyRecipe(table, learnRecipe(table, train, assigned, { impute: "mean" })).data.x)).toEqual([2, 4, 3, 100]);
  });
});

describe("split", () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${i},${"abcdef"[i % 6]},${i % 10 === 0 ? "rare" : "common"}`);
  const given = readTable(`i,g,c\n${rows.join("\n")}\n`, "a.csv");
  const of = async (name: string, options: Parameters<typeof split>[1]) => {
    const { train, held } = split(await given, options);
    return [train, held].map(({ columns }) =>
      Array.from((columns.find((column) => column.name === name) ?? columns[0]).values as ArrayLike<unknown>),
    );
  };

  it("is a function of the seed, and every row is in one part", async () => {
    const [train, held] = await of("i", { share: 0.25, seed: 3 });
    expect([train.length, held.length]).toEqual([45, 15]);
    expect([...train, ...held].sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 60 }, (_, i) => i));
    expect(await of("i", { share: 0.25, seed: 3 })).toEqual([train, held]);
    expect(await of("i", { share: 0.25, seed: 4 })).not.toEqual([train, held]);
  });

  it.each([0, 1, 2, 3])("keeps groups together (seed %i)", async (seed) => {
    const [train, held] = await of("g", { share: 0.34, seed, group: "g" });
    expect(held.length).toBe(20);
    expect(held.filter((group) => train.includes(group))).toEqual([]);
  });

  it("keeps shares, and order", async () => {
    const [, held] = await of("c", { share: 0.5, stratify: "c" });
    expect(held.filter((one) => one === "rare").length).toBe(3);
    expect((await of("i", { share: 0.1, isOrdered: true }))[1]).toEqual([54, 55, 56, 57, 58, 59]);
  });

  it("refuses what cannot be parted", async () => {
    const one = await readTable("a\n1\n", "a.csv");
    expect(await fault(() => split(one, { share: 0.5 }))).toEqual(["data/empty", "a.csv"]);
    const same = await readTable("a,g\n1,x\n2,x\n", "a.csv");
    expect(await fault(() => split(same, { share: 0.5, group: "g" }))).toEqual(["data/empty", "a.csv/g"]);
    const gap = await readTable("a,g\n1,x\n2,\n", "a.csv");
    expect(await fault(() => split(gap, { share: 0.5, group: "g" }))).toEqual(["data/missing", "a.csv:3/g"]);
  });
});

it("windows hold what was before, against what comes after", async () => {
  const text = "p\n1\n2\n3\n4\n5\n6\n";
  const table = await readTable(text, "a.csv");
  const assigned = assign(table, { ...portsOf(net(1, 1, "linear", "mse")), target: ["p"], isSeries: true });
  const all = applyRecipe(table, learnRecipe(table, table, assigned));
  expect(windows(all, 2, 2)).toEqual({
    rows: 3,
    data: { x: new Float32Array([1, 2, 2, 3, 3, 4]), y: new Float32Array([4, 5, 6]) },
  });
  expect(await fault(() => windows(all, 6))).toEqual(["data/empty", "window"]);
});

describe("what a model takes from data", () => {
  it.each(["standard", "minmax"] as const)("%s scales inside the model", (scaling) => {
    const scaled = adaptedTo(net(2, 1, "linear", "mse"), Float32Array.from([1, 10, 3, 30, 5, 20]), scaling);
    const sizes = scaled.layers.map(({ layer }) => layer);
    expect(sizes).toEqual(["input", scaling === "standard" ? "normalization" : "rescaling", "dense"]);
    // The weights are those of the model without it, and the module takes raw numbers.
    const module = load(
      compile({ ...scaled, weights: { "dense/kernel": Float32Array.of(1, 1), "dense/bias": Float32Array.of(0) } }),
    );
    const middle = module.predict([3, 20])[0];
    near(middle, scaling === "standard" ? 0 : 1, standard.layers);
  });

  it("adapts the layers that come first, and leaves those that have numbers", () => {
    const texts = sequential([textVectorization({ outputMode: "multi_hot", inputShape: [1] } as never), dense({ units: 1 })], { training: { loss: "mse", optimizer: "sgd" } }); // biome-ignore format: one line
    expect(adaptedTo(texts, ["a b", "b"]).layers[0].config.vocabulary).toEqual(["b", "a"]);
    const known = sequential([normalization({ mean: 1, variance: 4, inputShape: [1] }), dense({ units: 1 })], { training: { loss: "mse", optimizer: "sgd" } }); // biome-ignore format: one line
    expect(adaptedTo(known, new Float32Array([5, 7]))).toEqual(known);
    expect(stringLookup({ vocabulary: ["a"] }).config.vocabulary).toEqual(["a"]);
  });
});

describe("learning curves", () => {
  const history = {
    loss: [3, 2, Number.NaN, 1],
    val_loss: [3, 2.5, 2, 1.5],
    accuracy: [0.5, 0.6, 0.7, 0.8],
    per_class: [[1, 2]],
  };
  const svg = learningCurves(history, { title: 'a < "b"', best: 3 });

  it("have a panel for each measure, and a line for each part", () => {
    expect(svg.match(/<g /g)).toHaveLength(2);
    expect(svg.match(/<path class="line s0" d="M[^h]*"\/>/g)).toHaveLength(2);
    expect(svg.match(/<path class="line s1" d="M[^h]*"\/>/g)).toHaveLength(1);
    expect(svg).toContain("a &lt; &quot;b&quot;");
    expect(svg).toContain("prefers-color-scheme: dark");
    expect(svg).not.toMatch(/NaN|Infinity|undefined|per_class/);
    expect(learningCurves(history, { title: 'a < "b"', best: 3 })).toBe(svg);
  });

  it.each([{ loss: [1] }, { loss: [Number.NaN] }, { loss: [0, 0] }, { loss: [1e-9, 2e-9] }, { loss: [1e12, -1e12] }])(
    "hold whatever numbers there are: %j",
    (one) => {
      expect(learningCurves(one)).not.toMatch(/NaN|Infinity|undefined/);
    },
  );
});
