// fit of modules with several inputs and outputs: what they are called with, and what is refused before anything is trained; on a fake
// module that records what it is given.
import { describe, expect, it } from "vitest";
import { type Data, type FitOptions, fit, type Trainable } from "../../runtime/index.ts";

/** Arguments as plain lists. */
const plain = (value: unknown): unknown =>
  ArrayBuffer.isView(value)
    ? Array.from(value as Float32Array)
    : Array.isArray(value) || typeof value !== "object" || value === null
      ? value
      : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));

/** Two inputs of numbers and one of texts, two outputs; losses count calls, and `losses` are those of evaluate, one after the other. */
function fake(more: Partial<Trainable> = {}, losses: readonly number[] = []) {
  const steps: unknown[] = [];
  const evaluations: unknown[] = [];
  let [sum, rows, weight] = [0, 0, 0];
  const countOf = (y: unknown): number => Object.values(y as object)[0].length;
  const module: Trainable = {
    inputs: { a: [2], b: [1], c: [1] },
    outputs: { p: [1], q: [3] },
    targets: { p: [1], q: [1] },
    types: { c: "string" },
    ranges: { x: { b: { below: 9 } }, y: { q: { below: 3 } } },
    trainStep: (x, y, options) => {
      steps.push(plain({ x, y, ...options }));
      weight++;
      rows += countOf(y);
      sum += countOf(y) * steps.length;
      return steps.length;
    },
    evaluate: (x, y, options) => {
      evaluations.push(plain({ x, y, ...options }));
      const loss = losses[evaluations.length - 1] ?? 1;
      return { loss, p_loss: loss / 2, q_loss: -loss };
    },
    resetMetrics: () => {
      [sum, rows] = [0, 0];
    },
    getMetrics: () => ({ loss: sum / rows, p_loss: (2 * sum) / rows, q_loss: -sum / rows }),
    getWeights: () => [Float32Array.of(weight)],
    setWeights: (list) => {
      weight = list[0][0];
    },
    ...more,
  };
  return { module, steps, evaluations, weight: () => weight };
}
const x = { a: [[1, 2], [3, 4], [5, 6]], b: [7, 8, 0], c: ["u", "v", "w"] }; // biome-ignore format: a matrix
const y = { p: [0.5, 1.5, 2.5], q: [0, 1, 2] };
const still: FitOptions = { shuffle: false, batchSize: 2 };

describe("fit by ports", () => {
  it("gives every port its rows of the batch", () => {
    const { module, steps } = fake();
    fit(module, { x, y }, still);
    expect(steps).toEqual([
      { x: { a: [1, 2, 3, 4], b: [7, 8], c: ["u", "v"] }, y: { p: [0.5, 1.5], q: [0, 1] } },
      { x: { a: [5, 6], b: [0], c: ["w"] }, y: { p: [2.5], q: [2] } },
    ]);
  });

  it("keeps the rows of all ports together where it shuffles and splits", () => {
    const rows = 10;
    const all = (of: (row: number) => number) => Array.from({ length: rows }, (_, row) => of(row));
    const data: Data = {
      x: { a: all((row) => row).map((row) => [row, -row]), b: all((row) => row % 9), c: all((row) => row).map(String) },
      y: { p: all((row) => row), q: all((row) => row % 3) },
      sampleWeight: { q: all((row) => row + 1) },
    };
    const { module, steps, evaluations } = fake();
    fit(module, data, { batchSize: 4, validationSplit: 0.2, epochs: 2 });
    type Call = { x: { a: number[]; b: number[]; c: string[] }; y: { p: number[]; q: number[] }; sampleWeight: { q: number[] } };
    for (const { x, y, sampleWeight } of [...steps, ...evaluations] as Call[]) {
      const order = y.p;
      expect(x).toEqual({ a: order.flatMap((row) => [row, -row]), b: order.map((row) => row % 9), c: order.map(String) });
      expect([y.q, sampleWeight]).toEqual([order.map((row) => row % 3), { q: order.map((row) => row + 1) }]);
    }
    const seen = (steps as Call[]).flatMap(({ y }) => y.p);
    expect(seen.slice(0, 8).toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect((evaluations as Call[]).map(({ y }) => y.p)).toEqual([[8, 9], [8, 9]]); // biome-ignore format: a matrix
  });

  it.each<[what: string, given: unknown, sampleWeight: unknown]>([
    ["one weight a row counts for every output, as in Keras", [1, 2, 3], { p: [1, 2], q: [1, 2] }],
    ["an output without weights has none", { q: [[1], [2], [3]] }, { q: [1, 2] }],
    ["by name", { q: [1, 2, 3], p: Float32Array.of(4, 5, 6) }, { p: [4, 5], q: [1, 2] }],
    ["none at all", {}, undefined],
  ])("weights: %s", (_, given, sampleWeight) => {
    const { module, steps } = fake();
    fit(module, { x, y, sampleWeight: given } as Data, still);
    expect((steps[0] as { sampleWeight?: unknown }).sampleWeight).toEqual(sampleWeight);
  });

  it.each<[what: string, more: Partial<Trainable>, data: Data]>([
    ["rows alone", {}, { x: [[1], [2]], y: [1, 2] }],
    ["by the names of the ports", {}, { x: { a: [1, 2] }, y: { y: [[1], [2]] } }],
    ["by the name of the output", {}, { x: { a: [[1], [2]] }, y: { p: [1, 2] }, sampleWeight: { p: [1, 1] } }],
  ])("one input and one output take %s", (_, more, data) => {
    const one = { inputs: { a: [1] }, outputs: { p: [1] }, targets: { y: [1] }, types: {}, ranges: {} };
    const { module, steps } = fake({ ...one, ...more, getMetrics: undefined } as Partial<Trainable>);
    fit(module, data, { shuffle: false });
    expect(steps).toMatchObject([{ x: [1, 2], y: [1, 2] }]);
  });

  it("an output without a loss needs no targets, and then the names stay", () => {
    const { module, steps } = fake({ targets: { q: [1] }, ranges: { y: { q: { below: 3 } } } });
    fit(module, { x, y: { q: y.q } }, still);
    fit(module, { x, y: y.q }, still);
    expect(steps.map((step) => (step as { y: unknown }).y)).toEqual([{ q: [0, 1] }, { q: [2] }, { q: [0, 1] }, { q: [2] }]);
  });

  it("takes texts flat, nested, of another realm's list", () => {
    const wide = { inputs: { c: [2, 2] }, types: { c: "string" }, ranges: {} } as const;
    const flat = ["a", "b", "c", "d", "e", "f", "g", "h"];
    const rows = [flat.slice(0, 4), flat.slice(4)];
    const nested = rows.map((row) => [row.slice(0, 2), row.slice(2)]);
    for (const c of [flat, rows, nested, Object.assign({ length: 8 }, flat)]) {
      const { module, steps } = fake(wide);
      fit(module, { x: c as never, y: { p: [1, 2], q: [0, 1] } }, { shuffle: false });
      expect(steps).toMatchObject([{ x: flat }]);
    }
  });
});

describe("history", () => {
  it("has every loss of the module, and of the validation", () => {
    const { module } = fake({}, [6, 4]);
    const seen: unknown[] = [];
    const onEpochEnd = (_: number, logs: object) => void seen.push(logs);
    const { history } = fit(module, { x, y }, { ...still, epochs: 2, validationData: { x, y }, onEpochEnd });
    expect(history).toEqual({
      loss: [(2 * 1 + 2) / 3, (2 * 3 + 4) / 3],
      p_loss: [(2 * (2 * 1 + 2)) / 3, (2 * (2 * 3 + 4)) / 3],
      q_loss: [-(2 * 1 + 2) / 3, -(2 * 3 + 4) / 3],
      val_loss: [6, 4],
      val_p_loss: [3, 2],
      val_q_loss: [-6, -4],
    });
    expect(seen[1]).toEqual({ loss: 10 / 3, p_loss: 20 / 3, q_loss: -10 / 3, val_loss: 4, val_p_loss: 2, val_q_loss: -4 });
  });

  it("can be watched by any of its keys", () => {
    const run = (monitor: string, losses: readonly number[]) => {
      const { module, weight } = fake({}, losses);
      const earlyStopping = { monitor, restoreBestWeights: true, patience: 1 };
      const fitted = fit(module, { x, y }, { batchSize: 3, epochs: 9, validationData: { x, y }, earlyStopping });
      return { epochs: fitted.epochs, weight: weight() };
    };
    expect(run("val_p_loss", [3, 2, 4])).toEqual({ epochs: 3, weight: 2 });
    // The negative of the loss rises as that falls.
    expect(run("val_q_loss", [3, 2, 1])).toEqual({ epochs: 2, weight: 1 });
    expect(run("q_loss", [])).toEqual({ epochs: 9, weight: 9 });
  });

  it.each([
    // Key of the logs, mode, what evaluate gives under it, epochs that run, weight at the end.
    ["val_accuracy", "auto", [1, 3, 2], 3, 2],
    ["val_p_binary_accuracy", "auto", [1, 3, 2], 3, 2],
    ["val_p_acc", "auto", [1, 3, 2], 3, 2],
    ["val_sparseCategoricalAccuracy", "auto", [1, 3, 2], 3, 2],
    ["val_accuracy", "min", [1, 3, 2], 2, 1],
    ["val_accuracy_loss", "auto", [1, 3, 2], 2, 1],
    ["val_mae", "auto", [1, 3, 2], 2, 1],
    ["val_auc_2", "auto", [1, 3, 2], 3, 2],
    ["val_vacc", "min", [1, 3, 2], 2, 1],
  ] as const)("%s is to rise or to fall: %s", (monitor, mode, values, epochs, weight) => {
    const key = monitor.slice(4);
    let calls = 0;
    const found = fake({ getMetrics: () => ({ loss: 1, [key]: 1 }), evaluate: () => ({ loss: 1, [key]: values[calls++] ?? 0 }) });
    const earlyStopping = { monitor, mode, restoreBestWeights: true, patience: 1 };
    const fitted = fit(found.module, { x, y }, { batchSize: 3, epochs: 9, validationData: { x, y }, earlyStopping });
    expect([fitted.epochs, found.weight()]).toEqual([epochs, weight]);
  });

  it.each<[monitor: string, options: FitOptions, message: string]>([
    ["val_p_loss", {}, 'monitor "val_p_loss" wants validationSplit or validationData; or monitor "p_loss"'],
    ["r_loss", {}, 'earlyStopping.monitor: wanted "loss", "p_loss" or "q_loss", got "r_loss"'],
    ["val_r_loss", { validationSplit: 0.4 }, '"val_loss", "val_p_loss" or "val_q_loss", got "val_r_loss"'],
    ["__proto__", {}, 'got "__proto__"'],
  ])("cannot be watched by %s", (monitor, options, message) => {
    const { module, steps } = fake();
    expect(() => fit(module, { x, y }, { ...options, earlyStopping: { monitor } })).toThrow(message);
    expect(steps).toEqual([]);
  });

  it("wants losses by name", () => {
    const { module } = fake({ evaluate: (() => 3) as never });
    expect(() => fit(module, { x, y }, { validationSplit: 0.4 })).toThrow("wanted evaluate to give losses by name, got 3");
  });
});

describe("fit refuses, with the port's name", () => {
  const { a: _, ...withoutA } = x;
  it.each<[data: unknown, error: ErrorConstructor, message: string]>([
    // Which port is which.
    [{ x: [x.a, x.b, x.c], y }, TypeError, "data.x: wanted an object by name, { a, b, c }, got Array; a list does not say which is which"],
    [{ x, y: [y.p, y.q] }, TypeError, "data.y: wanted an object by name, { p, q }, got Array; a list does not say"],
    [{ x, y: Float32Array.of(1, 2, 3) }, TypeError, "data.y: wanted an object by name, { p, q }, got Float32Array"],
    [{ x: undefined, y }, TypeError, "data.x: wanted an object by name, { a, b, c }, got undefined"],
    [{ x: new Map(Object.entries(x)), y }, TypeError, "got Map"],
    [{ x: withoutA, y }, TypeError, 'data.x: wanted rows for a, b and c; "a" is missing'],
    [{ x, y: { p: y.p } }, TypeError, 'data.y: wanted rows for p and q; "q" is missing'],
    [{ x: { ...x, d: [1] }, y }, TypeError, 'data.x: there is no "d"; wanted a, b and c'],
    [{ x: JSON.parse('{"a": [1, 2], "b": [1], "c": ["u"], "__proto__": []}'), y }, TypeError, 'data.x: there is no "__proto__"'],
    [{ x, y: { ...y, toString: [1] } }, TypeError, 'data.y: there is no "toString"'],
    [{ x, y, sampleWeight: { r: [1, 2, 3] } }, TypeError, 'data.sampleWeight: there is no "r"; wanted p and q'],
    // Rows.
    [{ x: { ...x, a: [[1, 2], [3, null], [5, 6]] }, y }, TypeError, "data.x.a: row 1, place 1: wanted a number that is not NaN, got null"],
    [{ x: { ...x, a: [[1, 2], [3, 4]] }, y }, RangeError, "data.x.b: wanted 2 numbers, one per row of x.a, got 3"],
    [{ x: { ...x, b: [[7], [8]] }, y }, RangeError, "data.x.b: wanted 3 rows, one per row of x.a, got 2"],
    [{ x: { ...x, b: [7, 8, 9] }, y }, RangeError, "data.x.b: row 2, place 0: wanted a whole number from 0 to 8, got 9; ids start at 0"],
    [{ x, y: { ...y, p: [1, 2] } }, RangeError, "data.y.p: wanted 3 numbers, one per row of x.a, got 2"],
    [{ x, y: { ...y, p: [[1, 2], [3, 4], [5, 6]] } }, RangeError, "data.y.p: row 0: wanted 1 number, got 2"],
    [{ x, y: { ...y, q: [0, 3, 1] } }, RangeError, "data.y.q: row 1, place 0: wanted a whole number from 0 to 2, got 3; labels start at 0"],
    [{ x, y, sampleWeight: { q: [1, Number.NaN, 1] } }, RangeError, "data.sampleWeight.q: row 1, place 0: wanted a number that is not NaN"],
    [{ x, y, sampleWeight: [1, 2] }, RangeError, "data.sampleWeight: wanted 3 numbers, one per row of x.a, got 2"],
    // Texts.
    [{ x: { ...x, c: ["u", 5, "w"] }, y }, TypeError, "data.x.c: row 1, place 0: wanted a text, got 5"],
    [{ x: { ...x, c: ["u", undefined, "w"] }, y }, TypeError, "data.x.c: row 1, place 0: wanted a text, got undefined"],
    [{ x: { ...x, c: "uvw" }, y }, TypeError, 'data.x.c: wanted a list of texts, got "uvw"'],
    [{ x: { ...x, c: ["u", "v"] }, y }, RangeError, "data.x.c: wanted 3 texts, 1 per row of x.a, got 2"],
    [{ x: { ...x, c: [["u"], ["v"]] }, y }, RangeError, "data.x.c: wanted 3 rows, one per row of x.a, got 2"],
    [{ x: { ...x, c: [["u"], ["v", "z"], ["w"]] }, y }, RangeError, "data.x.c: row 1: wanted 1 text, got 2"],
    [{ x: { ...x, c: [["u"], "v", ["w"]] }, y }, TypeError, 'data.x.c: row 1: wanted 1 text, got "v"'],
    [{ x: { ...x, c: [] }, y }, RangeError, "data.x.c: wanted 3 texts, 1 per row of x.a, got 0"],
  ])("%#", (data, error, message) => {
    const { module, steps } = fake();
    const run = (given: unknown, options: FitOptions = {}) => () => fit(module, given as Data, options);
    expect(run(data)).toThrow(error);
    expect(run(data)).toThrow(message);
    expect(run({ x, y }, { validationData: data as Data })).toThrow(message.replace(/^data/, "validationData"));
    expect(steps).toEqual([]);
  }); // biome-ignore format: one table

  it("texts that the module does not know, before it trains, by the user's row", () => {
    const predict: Trainable["predict"] = (given) => {
      const row = (given as { c: string[] }).c.indexOf("z");
      if (row >= 0) throw new RangeError(`x.c: row ${row}, place 0: wanted one of u, v, w, got "z"`);
      return { p: Float32Array.of(1), q: Float32Array.of(1) };
    };
    const { module, steps } = fake({ predict });
    const strange = { x: { ...x, c: ["u", "v", "z"] }, y };
    for (const options of [{}, { validationSplit: 0.4 }])
      expect(() => fit(module, strange, options)).toThrow(
        new RangeError('data.x.c: row 2, place 0: wanted one of u, v, w, got "z"'),
      );
    expect(() => fit(module, { x, y }, { validationData: strange })).toThrow("validationData.x.c: row 2, place 0");
    expect(steps).toEqual([]);
  });

  it("reads every property once", () => {
    const { module } = fake();
    let reads = 0;
    const getter = (value: unknown) => ({ enumerable: true, get: () => [value, reads++][0] });
    const once = (of: object): never =>
      Object.defineProperties({}, Object.fromEntries(Object.entries(of).map(([key, value]) => [key, getter(value)]))) as never;
    fit(module, { x: once(x), y: once(y) });
    expect(reads).toBe(5);
  });
});

describe("a run of several outputs that goes bad", () => {
  /** The outputs, by how many of the weights are not 0 yet. */
  const going = (predict: (filled: number) => Readonly<Record<string, Float32Array>>) => {
    let current = [1, 1].map((value) => Float32Array.of(value));
    return fake({
      trainStep: () => Number.NaN,
      weightNames: ["left/kernel", "right/kernel"],
      getWeights: () => current.map((values) => values.slice()),
      setWeights: (list) => {
        current = Array.from(list, (values) => Float32Array.from(values));
      },
      predict: () => predict(current.filter(([value]) => value !== 0).length),
    }).module;
  };
  const fine = Float32Array.of(1);

  it("names the layer that meets it first, on whichever way", () => {
    const bad = going((filled) => ({ p: fine, q: filled > 1 ? Float32Array.of(Number.NaN) : fine }));
    expect(() => fit(bad, { x, y })).toThrow(/epoch 0, batch 0 .*"right" is the first layer whose output is not finite/);
  });

  it("names the output whose numbers are largest where only the loss overflowed", () => {
    const bad = going(() => ({ p: fine, q: Float32Array.of(-5, 3) }));
    expect(() => fit(bad, { x, y })).toThrow(/every layer's output is finite, .* the output "q" gives numbers up to 5$/);
  });
});
