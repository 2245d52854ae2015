// The bench's own arithmetic, without a clock: the reference against central differences, the ONNX writer against ONNX Runtime,
// statistics against hand numbers, and what a report says.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { svgChart } from "../../bench/chart.ts";
import { claims, judgeClaims } from "../../bench/claims.ts";
import { engines } from "../../bench/engines/list.ts";
import { fitWorks } from "../../bench/fit.ts";
import { meant, meantGradients } from "../../bench/meaning.ts";
import { alternate, isCalm, quartiles } from "../../bench/measure.ts";
import { type DenseNet, denseNet, denseNets, lenet, type Net, normalised, withEnd } from "../../bench/nets.ts";
import { onnxModel } from "../../bench/onnx.ts";
import { predictReference, relativeError, trainReference, updateError } from "../../bench/reference.ts";
import { markdown, table } from "../../bench/report.ts";
import { type Comparison, type Results, short } from "../../bench/results.ts";
import { rooflines } from "../../bench/roofline.ts";
import {
  coldNets,
  factsOf,
  flopsOf,
  inputsOf,
  predictions,
  steps,
  type Training,
  targetsOf,
  weightsOf,
  workName,
  workNamed,
} from "../../bench/workloads.ts";
import { near } from "../close.ts";
import { standard } from "../exemptions.ts";

const small = (end: DenseNet["end"], sizes = [3, 5, 4, 2]): DenseNet => denseNet(sizes.join("-"), end, sizes);

describe("statistics", () => {
  it("interpolates quartiles", () => {
    expect(quartiles([4, 1, 3, 2])).toEqual({ q1: 1.75, median: 2.5, q3: 3.25 });
    expect(quartiles([7])).toEqual({ q1: 7, median: 7, q3: 7 });
  });

  it("runs A B A B, every batch as long as asked", async () => {
    const seen: string[] = [];
    const spin = (name: string, milliseconds: number) => ({
      run(calls: number) {
        if (seen.at(-1) !== name) seen.push(name);
        for (const end = performance.now() + calls * milliseconds; performance.now() < end; );
      },
    });
    const rounds = await alternate([spin("a", 0.1), spin("b", 0.5)], { pairs: 4, batch: 1, warmUp: 1 });
    expect(rounds).toHaveLength(4);
    expect(seen.slice(-8)).toEqual(["a", "b", "a", "b", "a", "b", "a", "b"]);
    // A call never takes less than the time it spins.
    for (const [a, b] of rounds) expect([a >= 0.1e6, b >= 0.5e6]).toEqual([true, true]);
  });
});

describe("warming up", () => {
  it("is over when the last third brings nothing faster", () => {
    const falling = Array.from({ length: 12 }, (_, i) => 100 - 5 * i);
    expect(isCalm(falling)).toBe(false);
    expect(isCalm([...falling, ...Array.from({ length: 8 }, (_, i) => 45 + 20 * (i % 3))])).toBe(true);
    expect(isCalm([1, 1])).toBe(false);
  });

  it("goes on for both while one gets faster, and ends at ten times", async () => {
    // Faster with every batch: never calm.
    let each = 1e6;
    let spent = 0;
    const own = {
      run: () => {},
      time: async (calls: number) => {
        each *= 0.98;
        return calls * each;
      },
    };
    const other = {
      run: () => {},
      time: async (calls: number) => {
        spent += calls * 1e6;
        return calls * 1e6;
      },
    };
    const rounds = await alternate([own, other], { pairs: 2, batch: 1, warmUp: 4 });
    expect(spent).toBeGreaterThan(40e6);
    // Its own clock is what counts.
    for (const [, b] of rounds) expect(b).toBe(1e6);
  });
});

describe("reference", () => {
  it("goes down the gradient that central differences give", () => {
    const training: Training = { net: small("linear"), batch: 6, optimizer: "sgd", learningRate: 0.01, loss: "mse" };
    const weights = weightsOf(training.net);
    const [x] = inputsOf(training.net, training.batch);
    const y = targetsOf(training);
    const after = trainReference(training, weights, x, y, 1);
    const loss = (moved: readonly Float32Array[]): number => {
      const out = predictReference(training.net, moved, x);
      return out.reduce((sum, value, i) => sum + (value - y[i]) ** 2, 0) / out.length;
    };
    weights.forEach((values, w) => {
      values.forEach((value, i) => {
        const at = (by: number): { loss: number; value: number } => {
          const moved = weights.map((list) => list.slice());
          moved[w][i] = value + by;
          return { loss: loss(moved), value: moved[w][i] };
        };
        const [up, down] = [at(2 ** -9), at(-(2 ** -9))];
        near((value - after[w][i]) / 0.01, (up.loss - down.loss) / (up.value - down.value), standard.gradients);
      });
    });
  });

  it("sees errors, NaN and results that say nothing", () => {
    near(relativeError([1, 2.2], [1, 2]), 0.1, standard.doubles);
    expect(relativeError([Number.NaN, 0], [1, 0])).toBeNaN();
    expect(relativeError([0, 0], [0, 0])).toBeNaN();
    expect(relativeError([1], [1, 1])).toBeNaN();
    const [from, to] = [[Float32Array.of(1)], [Float64Array.of(3)]];
    expect(updateError(from, to, from)).toBe(1);
    expect(updateError([Float32Array.of(3)], to, from)).toBe(0);
  });

  it("is alive on every workload: no result is all zero", () => {
    for (const net of denseNets)
      for (const end of [net.end, "relu"] as const) {
        const [x] = inputsOf(net, 1);
        expect(Math.max(...predictReference(withEnd(net, end), weightsOf(net), x)), net.name).toBeGreaterThan(0);
      }
  });
});

describe("the meaning of any net", () => {
  const small: Net = {
    name: "small cnn",
    layers: (l) => [
      l.conv2d({ filters: 2, kernelSize: 3, activation: "tanh", inputShape: [5, 5, 1] }),
      l.flatten({}),
      l.dense({ units: 3, activation: "softmax" }),
    ],
  };

  it("is what plain loops say of a dense net", () => {
    const net = denseNet("9-7-5", "softmax", [9, 7, 5]);
    const [[x], weights] = [inputsOf(net, 4), weightsOf(net)];
    expect(relativeError(meant(net, weights, x), predictReference(net, weights, x))).toBeLessThan(standard.doubles.abs);
  });

  it("has the gradients that central differences give", () => {
    const training: Training = { net: small, batch: 3, optimizer: "adam", learningRate: 0.001, loss: "mse" };
    const [weights, [x], y] = [weightsOf(small), inputsOf(small, 3), targetsOf(training)];
    const loss = (moved: readonly Float32Array[]): number => {
      const out = predictReference(small, moved, x);
      return out.reduce((sum, value, i) => sum + (value - y[i]) ** 2, 0) / out.length;
    };
    meantGradients(training, weights, x, y).forEach((gradients, w) => {
      gradients.forEach((gradient, i) => {
        const at = (by: number): { loss: number; value: number } => {
          const moved = weights.map((list) => list.slice());
          moved[w][i] += by;
          return { loss: loss(moved), value: moved[w][i] };
        };
        const [up, down] = [at(2 ** -9), at(-(2 ** -9))];
        near(gradient, (up.loss - down.loss) / (up.value - down.value), standard.gradients);
      });
    });
  });

  it("has no gradient of what is not trained", () => {
    const training: Training = { net: normalised, batch: 2, optimizer: "adam", learningRate: 0.001, loss: "mse" };
    const gradients = meantGradients(training, weightsOf(normalised), inputsOf(normalised, 2)[0], targetsOf(training));
    const isMoved = gradients.map((values) => values.some((g) => g !== 0));
    expect(isMoved).toEqual(factsOf(normalised).weights.map(({ trainable }) => trainable));
  });

  it("moves weights by Adam as the emitted module does", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bench-"));
    try {
      const training: Training = { net: normalised, batch: 4, optimizer: "adam", learningRate: 0.001, loss: "categorical_crossentropy" }; // biome-ignore format: one line
      const [weights, [x], y] = [weightsOf(normalised), inputsOf(normalised, 4), targetsOf(training)];
      const trainer = await engines[0].trainer?.({ training, weights, x, y, folder });
      await trainer?.run(2);
      const isTrained = (_: unknown, i: number): boolean => factsOf(normalised).weights[i].trainable;
      const wanted = trainReference(training, weights, x, y, 2).filter(isTrained);
      expect(updateError((await trainer?.weights()) ?? [], wanted, weights.filter(isTrained))).toBeLessThan(standard.updates.abs);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("works", () => {
  it("are found by their names, with any number of rows", () => {
    for (const work of [...predictions(), ...steps]) expect(workName(workNamed(workName(work)))).toBe(workName(work));
    expect(workNamed("lenet-5 x7")).toMatchObject({ kind: "predict", net: lenet, batch: 7 });
    expect(() => workNamed("lenet-5")).toThrow("no work");
  });

  it("count the products of layers as written", () => {
    // 26 x 26 x 9 x 32 and 24 x 24 x 9 x 32 x 64, then 9216 x 128 and 128 x 10.
    const products = 26 * 26 * 9 * 32 + 24 * 24 * 9 * 32 * 64 + 9216 * 128 + 1280;
    expect(flopsOf(workNamed("mnist-cnn x32"))).toBe(2 * 32 * products);
    expect(flopsOf(workNamed("mnist-cnn x32, step of adam"))).toBe(6 * 32 * products);
    expect(flopsOf(workNamed("softmax 128x128 x1"))).toBe(0);
  });

  it("tell one row from another, so that a wrong layer is seen", () => {
    for (const work of predictions([2])) {
      if (work.kind !== "predict" || / (?:128x|26x26|25x25)/.test(work.net.name)) continue;
      const out = predictReference(work.net, weightsOf(work.net), inputsOf(work.net, 2)[0]);
      const half = out.length / 2;
      expect(relativeError(out.subarray(0, half), out.subarray(half)), work.net.name).toBeGreaterThan(1e-2);
    }
  }, 60_000);
});

describe("ONNX writer", () => {
  it.each(["linear", "relu", "softmax"] as const)("is read by ONNX Runtime with a %s end", async (end) => {
    const ort = await import("onnxruntime-web");
    ort.env.wasm.numThreads = 1;
    const net = small(end, [3, 200, 4, 2]);
    const [x] = inputsOf(net, 5);
    const session = await ort.InferenceSession.create(onnxModel(net, weightsOf(net), 5));
    const { y } = await session.run({ x: new ort.Tensor("float32", x, [5, 3]) });
    expect(y.dims).toEqual([5, 2]);
    expect(relativeError(y.data as Float32Array, predictReference(net, weightsOf(net), x))).toBeLessThan(standard.selfTest.abs);
  });
});

describe("engines and rooflines", () => {
  it("have names of their own, and layerc comes first", () => {
    expect(new Set(engines.map(({ name }) => name)).size).toBe(engines.length);
    expect(engines[0].emits).toBeDefined();
  });

  it("say why native PyTorch is not there", () => {
    const torch = engines.find(({ name }) => name === "pytorch");
    expect(torch?.absent?.(undefined)).toContain("--with-python");
    expect(torch?.absent?.("no-such-python")).toContain("no-such-python");
  });

  it("refuse what they would have to be written for by hand", () => {
    const refused = (name: string, work: string): string | undefined =>
      engines.find((engine) => engine.name === name)?.refuses?.(workNamed(work));
    for (const name of ["brain.js run", "brain.js toFunction", "jax-js", "tfjs-cpu"])
      expect(refused(name, "lenet-5 x1"), name).toBe("dense nets only");
    expect(refused("tfjs-wasm", "lenet-5 x1")).toBeUndefined();
    expect(refused("layerc direct", "mnist-cnn x1")).toBeUndefined();
    expect(refused("layerc direct", "lstm-64 100x16 x1")).toBeDefined();
  });

  it("the baseline predicts and trains as the reference does", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bench-"));
    try {
      const net = small("softmax");
      const [weights, inputs] = [weightsOf(net), inputsOf(net, 7)];
      const predictor = await engines[0].predictor?.({ net, batch: 7, weights, inputs, folder });
      expect(relativeError((await predictor?.output()) ?? [], predictReference(net, weights, inputs[0]))).toBeLessThan(
        standard.selfTest.abs,
      );
      for (const optimizer of ["sgd", "adam"] as const) {
        const training: Training = { net: small("linear"), batch: 6, optimizer, learningRate: 0.001, loss: "mse" };
        const [[x], y] = [inputsOf(training.net, 6), targetsOf(training)];
        const trainer = await engines[0].trainer?.({ training, weights, x, y, folder });
        await trainer?.run(3);
        const wanted = trainReference(training, weights, x, y, 3);
        expect(updateError((await trainer?.weights()) ?? [], wanted, weights)).toBeLessThan(standard.updates.abs);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("count operations", () => {
    expect(["scalar JS", "f32x4 mul+add", "f32x4 relaxed madd"]).toEqual(
      expect.arrayContaining(rooflines().map(({ name }) => name)),
    );
    for (const { name, flopsPerCall, run } of rooflines()) {
      expect(flopsPerCall, name).toBeGreaterThan(1000);
      run(1);
    }
  });
});

describe("report", () => {
  const line = (work: string, rival: string, ratio: number): Comparison => ({
    work,
    rival,
    pairs: 21,
    baseline: 0.5,
    time: 0.5 * ratio,
    gflops: 1.5,
    ratio: { q1: ratio - 1, median: ratio, q3: ratio + 1 },
  });
  const results = (comparisons: readonly Comparison[]): Results => ({
    date: "2000-01-01",
    machine: { cpu: "A<B>", cores: 2, node: "24", v8: "13", os: "os" },
    baseline: "layerc",
    versions: { layerc: "1" },
    comparisons,
    roofs: [],
    fit: [
      {
        work: "4-10-3 x16, fit of 10 epochs",
        rows: 4096,
        batch: 16,
        pairs: 21,
        steps: 1,
        fit: 4,
        share: { q1: 0.2, median: 0.25, q3: 0.5 },
      },
    ],
    cold: [],
    modules: [],
    runtimes: [],
    heap: [],
    absences: [{ engine: "other", why: "not here" }],
  });

  it("writes short numbers", () => {
    expect([0, 0.0234567, 1.5, 33.333, 12345, Number.NaN].map(short)).toEqual(["0", "0.0235", "1.50", "33.3", "12345", "NaN"]);
  });

  it("aligns tables", () => {
    expect(
      table(
        ["net", "µs"],
        [
          ["2-4", "1"],
          ["a", "23"],
        ],
      ).split("\n"),
    ).toEqual(["| net |  µs |", "| --- | --: |", "| 2-4 |   1 |", "| a   |  23 |"]);
  });

  it("says what fit costs beside its steps", () => {
    expect(markdown(results([]))).toMatch(
      /\| 4-10-3 x16, fit of 10 epochs \| +1\.00 \| +4\.00 \| +4\.00 \| +2\.00–5\.00 \| +21 \|/,
    );
  });

  it("judges a claim by its worst work, and not at all where one is missing", () => {
    const all = [line("2-4-3-1 x1", "onnxruntime-web", 150), line("4-10-3 x1", "onnxruntime-web", 90)];
    expect(judgeClaims(results(all))[0].found).toBe(90);
    expect(judgeClaims(results(all.slice(1)))[0].found).toBeUndefined();
    expect(markdown(results(all))).toMatch(
      /2-4-3-1 x1 and 4-10-3 x1 +\| times the time of onnxruntime-web +\| +100 +\| +90\.0 \| NO/,
    );
  });

  it("gives a reason where there is no number, and an empty column for who is not there", () => {
    const text = markdown({
      ...results([line("lenet-5 x1", "tfjs-wasm", 20), { ...line("softmax 128x128 x1", "other", 2), gflops: 0 }]),
      roofs: [
        { work: "lenet-5 x1", name: "f", says: "", pairs: 3, gflops: 3, roof: 4, share: { q1: 0.7, median: 0.75, q3: 0.8 } },
      ],
      absences: [
        { engine: "pytorch", why: "--with-python asks for it" },
        {
          engine: "tfjs-wasm",
          work: "softmax 128x128 x1",
          why: "Kernel 'Foo' not registered for backend 'wasm'",
          cell: "no kernel Foo",
        },
        { engine: "other", work: "lenet-5 x1", why: "a longer story than a cell has room for" },
      ],
    });
    expect(text).toMatch(/\| lenet-5 x1 +\| +0\.500 +\| +1\.50 +\| +75\.0 % +\| +20\.0 +\| see below +\| +\|/);
    expect(text).toMatch(/\| softmax 128x128 x1 +\| +0\.500 +\| +\| +\| no kernel Foo +\| +2\.00 +\| +\|/);
    expect(text).toMatch(/\| work +\| layerc µs .*\| pytorch +\|/);
  });

  it("says where the baseline was slower beside one engine than beside another", () => {
    const slow = { ...line("4-10-3 x1", "tfjs-wasm", 3), baseline: 0.8 };
    const text = markdown(results([line("4-10-3 x1", "onnxruntime-web", 9), slow, line("2-4-3-1 x1", "tfjs-wasm", 2)]));
    expect(text).toMatch(/## Uneven\n\n.*\n\n.*\n.*\n\| 4-10-3 x1 +\| +0\.500 +\| onnxruntime-web +\| +0\.800 +\| tfjs-wasm +\|/);
    expect(text.split("## Uneven")[1].split("##")[0]).not.toContain("2-4-3-1");
    expect(markdown(results([line("2-4-3-1 x1", "tfjs-wasm", 2)]))).not.toContain("Uneven");
  });

  it("claims only what is measured", () => {
    const works = [...predictions().map(workName), ...steps.map(workName)];
    const named = engines.map(({ name }) => name);
    const measured = {
      time: [works, named],
      start: [coldNets.map(({ name }) => name), named],
      roofline: [works, ["scalar JS", "f32x4 mul+add", "f32x4 relaxed madd"]],
      fit: [fitWorks, ["its bare steps"]],
    };
    for (const { about, works: claimed, rivals, build } of claims) {
      if (build !== undefined) expect(engines.find(({ name }) => name === build)?.hasRoof).toBe(true);
      expect(measured[about][0]).toEqual(expect.arrayContaining([...claimed]));
      expect(measured[about][1]).toEqual(expect.arrayContaining([...rivals]));
    }
  });

  it("draws every engine of every net", () => {
    const svg = svgChart(
      results([line("2-4-3-1 x1", "onnxruntime-web", 150), line("2-4-3-1 x32", "tfjs-wasm", 20), line("4-10-3 x1", "a&b", 9)]),
    );
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(svg.match(/<rect /g)).toHaveLength(4);
    expect(svg).toContain("a&amp;b");
    expect(svg).toContain("A&lt;B>");
    expect(svg).not.toContain("tfjs-wasm");
  });
});
