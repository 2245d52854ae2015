// `prepare` is the pieces one after the other, and what it gives trains: raw rows go into the model, no held row is learned from.
import { describe, expect, it } from "vitest";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import {
  aboutOf,
  adaptedTo,
  applyRecipe,
  assign,
  learnRecipe,
  portsOf,
  prepare,
  readTable,
  split,
} from "../../src/data/index.ts";
import { dense, fit, normalization, sequential } from "../../src/index.ts";

const model = sequential([normalization({ inputShape: [3] }), dense({ units: 1, activation: "sigmoid" })], {
  name: "tall",
  training: { loss: "binary_crossentropy", optimizer: "sgd" },
});
const text = ["id,size,place,tall"];
for (let i = 0; i < 40; i++)
  text.push(`${i},${i === 7 ? "" : Math.round(100 + 50 * Math.sin(i))},${i % 3 === 0 ? "here" : "there"},${Math.sin(i) > 0 ? "yes" : "no"}`); // biome-ignore format: one line
const table = await readTable(text.join("\n"), "tall.csv");
const asked = {
  target: "tall",
  without: ["id"],
  imputeBy: { size: "median" },
  stratify: "tall",
  seed: 3,
  validation: 0.25,
} as const;

describe("prepare", () => {
  const ready = prepare(model, table, asked);

  it("gives what the pieces give", () => {
    const assigned = assign(table, { ...portsOf(model), target: ["tall"], without: ["id"] });
    const { train, held } = split(table, { share: 0.25, seed: 3, stratify: "tall" });
    const recipe = learnRecipe(table, train, assigned, { imputeBy: { size: "median" } });
    const { data } = applyRecipe(train, recipe);
    const adapted = adaptedTo({ ...model, about: aboutOf(recipe) }, data.x);
    expect(ready).toEqual({ model: adapted, data, validationData: applyRecipe(held, recipe).data, recipe, train, held });
    expect(ready.held.rows).toBe(10);
  });

  it("gives what fit takes, and leaves the model it was given", () => {
    const { history } = fit(ready.model, ready.data, { epochs: 2, validationData: ready.validationData });
    expect(history.val_loss).toHaveLength(2);
    expect(ready.model.about).toEqual({ features: { x: ["size", "place=here", "place=there"] }, classes: { y: ["no", "yes"] } });
    expect(model.about).toBeUndefined();
  });

  it("leaves rows with gaps out, and scales, where that is asked for", () => {
    const plain = sequential([dense({ units: 1, inputShape: [1] })], { training: { loss: "mse", optimizer: "sgd" } });
    const made = prepare(plain, table, { target: "id", features: ["size"], impute: "drop", scale: "standard" });
    expect(made.train.rows + made.held.rows).toBe(39);
    expect(made.held.rows).toBe(8);
    expect(made.model.layers.length).toBeGreaterThan(plain.layers.length);
  });

  it.each<[string, object, RegExp]>([
    ["a key of the command line", { ordered: true }, /unknown key "ordered": did you mean "isOrdered"\?/],
    ["the key of split", { share: 0.3 }, /unknown key "share": did you mean "validation"\?/],
    ["no share", { validation: 1 }, /prepare\.validation: wanted a share above 0 and below 1, got 1/],
    ["another scaler", { scale: "robust" }, /prepare\.scale: wanted "standard" or "minmax"/],
  ])("refuses %s", (_, more, message) => {
    expect(() => prepare(model, table, { ...asked, ...more })).toThrow(message);
  });

  it.each<[string, object, string]>([
    ["a column that is not there", { target: "tail" }, "data/column"],
    ["no target", { target: undefined }, "data/column"],
    ["a gap", { imputeBy: {} }, "data/missing"],
    ["two ways to part the rows", { isOrdered: true }, "data/column"],
  ])("refuses %s, as its pieces do", (_, more, code) => {
    let error: unknown;
    try {
      prepare(model, table, { ...asked, ...more } as never);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(CompileError);
    expect((error as CompileError).code).toBe(code);
  });
});
