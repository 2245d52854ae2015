// Reports of predictions: the tables that scikit-learn prints for the same numbers, in every form that labels and predictions have.
import { describe, expect, it } from "vitest";
import { classificationReport, regressionReport } from "../../runtime/index.ts";
import { near } from "../close.ts";
import { standard } from "../exemptions.ts";

// The example of scikit-learn's classification_report.
const labels = [0, 1, 2, 2, 2];
const said = [0, 0, 2, 2, 1];
const classes = ["class 0", "class 1", "class 2"];
const hot = (list: readonly number[]): number[][] => list.map((label) => [0, 1, 2].map((k) => Number(k === label)));
/** The largest is the class, and nothing else is 0. */
const soft = (list: readonly number[]): number[][] => list.map((label) => [0, 1, 2].map((k) => (k === label ? 0.5 : 0.25)));

describe("a classification report", () => {
  it("has scikit-learn's numbers", () => {
    const { scores, accuracy, macro, weighted, confusion } = classificationReport(labels, said, { classes });
    expect(confusion).toEqual([
      [1, 0, 0],
      [1, 0, 0],
      [0, 1, 2],
    ]);
    expect(scores.map(({ precision }) => precision)).toEqual([0.5, 0, 1]);
    expect(scores.map(({ recall }) => recall)).toEqual([1, 0, 2 / 3]);
    expect(scores.map(({ f1 }) => f1)).toEqual([2 / 3, 0, 0.8]);
    expect(scores.map(({ support }) => support)).toEqual([1, 1, 3]);
    expect(accuracy).toBe(0.6);
    near(macro.precision, 0.5, standard.doubles);
    near(macro.recall, 5 / 9, standard.doubles);
    near(macro.f1, (2 / 3 + 0.8) / 3, standard.doubles);
    near(weighted.precision, 0.7, standard.doubles);
    near(weighted.recall, 0.6, standard.doubles);
    near(weighted.f1, (2 / 3 + 2.4) / 5, standard.doubles);
  });
  it("as a table", () => {
    expect(classificationReport(labels, said, { classes }).text).toBe(
      [
        "                  precision  recall     f1  support",
        "class 0               0.500   1.000  0.667        1",
        "class 1               0.000   0.000  0.000        1",
        "class 2               1.000   0.667  0.800        3",
        "",
        "accuracy                             0.600        5",
        "macro average         0.500   0.556  0.489        5",
        "weighted average      0.700   0.600  0.613        5",
        "",
        "is \\ taken for  class 0  class 1  class 2",
        "class 0               1        0        0",
        "class 1               1        0        0",
        "class 2               0        1        2",
      ].join("\n"),
    );
  });
  const wanted = classificationReport(labels, said, { classes });
  it.each([
    ["labels and distributions", labels, soft(said)],
    ["one-hot rows and distributions", hot(labels), soft(said)],
    ["labels, and a flat Float32Array", labels, Float32Array.from(soft(said).flat())],
    ["one-hot rows and distributions, both flat", Float32Array.from(hot(labels).flat()), Float32Array.from(soft(said).flat())],
    ["rows of one label", labels.map((label) => [label]), soft(said)],
    ["one-hot rows and a flat array", hot(labels), soft(said).flat()],
    ["a flat array and distributions", hot(labels).flat(), soft(said)],
  ])("of %s", (_, y, p) => {
    expect(classificationReport(y, p, { classes })).toEqual(wanted);
    expect(classificationReport(y, p, { classes: 3 }).confusion).toEqual(wanted.confusion);
    if (y !== labels || Array.isArray(p)) expect(classificationReport(y, p).confusion.length).toBeGreaterThan(0);
  });
  it("of one sigmoid unit: what is above the threshold is the second class", () => {
    const [y, p] = [[0, 1, 1, 0], [0.5, 0.6, 0.2, 0.9]]; // biome-ignore format: one line
    const { confusion } = classificationReport(y, p);
    expect(confusion).toEqual([[1, 1], [1, 1]]); // biome-ignore format: a matrix
    expect(classificationReport(y, Float32Array.from(p), { classes: ["no", "yes"] }).confusion).toEqual(confusion);
    expect(classificationReport(y.map((one) => [one]), p.map((one) => [one])).confusion).toEqual(confusion); // biome-ignore format: one line
    expect(classificationReport(y, p, { threshold: 0.1 }).confusion).toEqual([[0, 2], [0, 2]]); // biome-ignore format: a matrix
    // Two numbers a row that sum to 1 are a distribution, also where all is flat.
    const [two, rows] = [[1, 0, 0, 1], [0.7, 0.3, 0.6, 0.4]]; // biome-ignore format: one line
    expect(classificationReport(two, rows, { classes: 2 }).confusion).toEqual([[1, 0], [1, 0]]); // biome-ignore format: a matrix
  });
  it("counts a class that does not occur as one of which nothing was found", () => {
    const { scores, macro } = classificationReport([0, 0], [0, 0], { classes: ["a", "b"] });
    expect(scores[1]).toEqual({ name: "b", precision: 0, recall: 0, f1: 0, support: 0 });
    expect(macro.f1).toBe(0.5);
  });
  it.each([
    [
      "a label that is none",
      [0, 3, 1],
      [
        [1, 0, 0],
        [1, 0, 0],
        [1, 0, 0],
      ],
      {},
      /y: row 1: .*from 0 to 2, got 3|as many as/,
    ],
    ["a label between two", [0.5, 1], [0.2, 0.3], {}, /y: row 0/],
    [
      "a row with two ones",
      [
        [1, 1],
        [0, 1],
      ],
      [
        [0.2, 0.8],
        [0.1, 0.9],
      ],
      {},
      /y: row 0: wanted one 1/,
    ],
    ["fewer predictions", [0, 1, 1], [0.1, 0.2], {}, /predictions/],
    [
      "names that do not fit",
      [0, 1],
      [
        [0.1, 0.9],
        [0.2, 0.8],
      ],
      { classes: ["a", "b", "c"] },
      /classes: wanted 2/,
    ],
    ["no rows", [], [], {}, /y/],
    ["NaN", [0, 1], [Number.NaN, 0.2], {}, /predictions: row 0/],
  ] as const)("refuses %s", (_, y, p, options, message) => {
    expect(() => classificationReport(y, p, options)).toThrow(message);
  });
});

describe("a regression report", () => {
  // The example of scikit-learn's r2_score, mean_absolute_error and root_mean_squared_error.
  const [y, p] = [[3, -0.5, 2, 7], [2.5, 0, 2, 8]]; // biome-ignore format: one line
  it("has scikit-learn's numbers, and NumPy's quantiles", () => {
    const report = regressionReport(y, Float32Array.from(p));
    expect(report.n).toBe(4);
    near(report.mae, 0.5, standard.doubles);
    near(report.rmse, Math.sqrt(0.375), standard.doubles);
    near(report.r2, 0.948608137045, standard.selfTest);
    const [{ largest, quantiles }] = report.columns;
    expect(largest).toEqual({ residual: -1, row: 3 });
    expect([quantiles.min, quantiles.q25, quantiles.median, quantiles.q75, quantiles.max]).toEqual([
      -1, -0.625, -0.25, 0.125, 0.5,
    ]);
    near(quantiles.q05, -0.925, standard.doubles);
    expect(report.text).toBe(
      [
        "   n  MAE    RMSE      R²  largest  row  min     q05     q25  median    q75    q95  max",
        "y  4  0.5  0.6124  0.9486       -1    3   -1  -0.925  -0.625   -0.25  0.125  0.425  0.5",
      ].join("\n"),
    );
  });
  it("goes column by column, and means are over columns", () => {
    const pairs = (list: readonly number[]) => list.map((value) => [value, 2 * value]);
    const { columns, r2, mae } = regressionReport(pairs(y), pairs(p).flat(), { names: ["a", "b"] });
    expect(columns.map(({ name }) => name)).toEqual(["a", "b"]);
    near(mae, 0.75, standard.doubles);
    near(r2, columns[0].r2, standard.doubles);
    expect(regressionReport(pairs(y), pairs(p)).columns).toHaveLength(2);
  });
  it("of a number that does not change: 1 where nothing is off, else 0", () => {
    expect([regressionReport([2, 2], [2, 2]).r2, regressionReport([2, 2], [2, 3]).r2]).toEqual([1, 0]);
  });
  it("refuses rows that do not fit", () => {
    expect(() => regressionReport([1, 2, 3], [1, 2])).toThrow(/predictions: wanted 3 rows/);
    expect(() => regressionReport([1, Number.POSITIVE_INFINITY], [1, 2])).toThrow(/y: row 1/);
  });
});
