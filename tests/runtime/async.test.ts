// fitAsync: the same run with rests, promises and signals; and batches that come one after another, of fit too.
import { describe, expect, it } from "vitest";
import { type Data, type FitAsyncOptions, fit, fitAsync } from "../../runtime/index.ts";
import { data, fake } from "./fake.ts";

const later = <T>(value: T): Promise<T> => new Promise((done) => setTimeout(() => done(value), 1));
/** Rows from..to of `data`. */
const part = (from: number, to: number): Data => {
  const { x, y } = data(to);
  return { x: x.subarray(2 * from), y: y.subarray(from) };
};
const three = [part(0, 2), part(2, 4), part(4, 5)];

describe("fitAsync", () => {
  it("trains what fit trains", async () => {
    const [one, two] = [fake((call) => call), fake((call) => call)];
    const options = { epochs: 3, batchSize: 2, validationSplit: 0.2, seed: 3 };
    const wanted = fit(one.module, data(9), options);
    const found = await fitAsync(two.module, data(9), options);
    expect(two.steps).toEqual(one.steps);
    expect({ ...found, module: 0 }).toEqual({ ...wanted, module: 0 });
  });

  it("waits for callbacks, and takes what onEpochEnd comes to", async () => {
    const seen: string[] = [];
    const slow = (name: string) => async () => void seen.push(await later(name));
    const { module } = fake(() => 1);
    const callbacks = [
      { onTrainBegin: slow("begin"), onBatchEnd: slow("batch"), onEpochEnd: slow("epoch"), onTrainEnd: slow("end") },
    ];
    const { epochs } = await fitAsync(module, data(2), {
      epochs: 5,
      batchSize: 1,
      callbacks,
      onEpochEnd: async (epoch) => later(epoch < 1),
    });
    expect(epochs).toBe(2);
    expect(seen.join()).toBe("begin,batch,batch,epoch,batch,batch,epoch,end");
  });

  it("lets others have their turn while it trains", async () => {
    const { module } = fake(() => {
      const end = performance.now() + 5;
      while (performance.now() < end);
      return 1;
    });
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await fitAsync(module, data(20), { batchSize: 1 });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(2);
  });

  it("rejects what fit throws, before it trains", async () => {
    const { module, steps } = fake(() => 1);
    await expect(fitAsync(module, { x: [], y: [] })).rejects.toThrow("data.x: wanted k * 2 numbers");
    await expect(fitAsync(module, data(2), { epochs: 0 })).rejects.toThrow("epochs: wanted a whole number from 1, got 0");
    await expect(fitAsync({} as never, data(2))).rejects.toThrow("compiled with train: true");
    await expect(fitAsync(module, data(2), { signal: 3 as never })).rejects.toThrow("signal: wanted an AbortSignal, got 3");
    expect(steps).toEqual([]);
  });
});

describe("a signal", () => {
  const aborted = async (when: (control: AbortController) => FitAsyncOptions, rows = 8) => {
    const control = new AbortController();
    const { module, steps } = fake(() => 1);
    const options = when(control);
    const error = await fitAsync(module, data(rows), { batchSize: 1, signal: control.signal, ...options }).catch(
      (reason: unknown) => reason,
    );
    return { error, steps };
  };
  it("that was sent before trains nothing", async () => {
    const { error, steps } = await aborted((control) => {
      control.abort();
      return {};
    });
    expect([(error as Error).name, steps.length]).toEqual(["AbortError", 0]);
  });

  it("in the middle ends the run after the step, with its reason; callbacks hear of it", async () => {
    const heard: unknown[] = [];
    const reason = new Error("enough");
    const { error, steps } = await aborted((control) => ({
      callbacks: [
        { onBatchEnd: (batch) => (batch === 2 ? control.abort(reason) : undefined) },
        { onTrainError: (given) => void heard.push(given), onTrainEnd: () => void heard.push("end") },
      ],
    }));
    expect([error, heard, steps.length]).toEqual([reason, [reason], 3]);
  });

  it("ends the wait for what never comes", async () => {
    const { error } = await aborted((control) => ({
      callbacks: [{ onEpochBegin: () => new Promise(() => setTimeout(() => control.abort(), 1)) }],
    }));
    expect((error as Error).name).toBe("AbortError");
  });
});

describe("batches one after another", () => {
  async function* slowly() {
    for (const batch of three) yield await later(batch);
  }
  function* quickly() {
    yield* three;
  }
  const rows = [[0, 1], [2, 3], [4]]; // biome-ignore format: a matrix
  it.each([
    ["a list", three],
    ["a generator", quickly()],
    ["what gives one for each epoch", () => quickly()],
  ])("are trained as they come: %s", (_, given) => {
    const { module, steps } = fake((call) => call);
    const { history } = fit(module, given, { shuffle: true });
    expect(steps.map(({ y }) => y)).toEqual(rows);
    expect(history.loss).toEqual([(2 * 0 + 2 * 1 + 2) / 5]);
  });

  it("may come later, for each epoch", async () => {
    const { module, steps } = fake(() => 1);
    await fitAsync(module, async (epoch) => later(epoch === 0 ? slowly() : quickly()), { epochs: 2 });
    expect(steps.map(({ y }) => y)).toEqual([...rows, ...rows]);
    expect(() => fit(module, slowly())).toThrow("data: fit is synchronous and awaits nothing");
    expect(() => fit(module, async () => quickly())).toThrow(
      "data: fit is synchronous and awaits nothing, got a Promise: call fitAsync",
    );
  });

  it("go on in the next epoch where an epoch takes some of them, and are closed", () => {
    let isClosed = false;
    function* endless() {
      try {
        for (let i = 0; ; i++) yield part(i, i + 1);
      } finally {
        isClosed = true;
      }
    }
    const { module, steps } = fake(() => 1);
    const seen: unknown[] = [];
    const callbacks = [{ onEpochBegin: (_: number, { params }: { params: object }) => void seen.push(params) }];
    fit(module, endless(), { epochs: 2, stepsPerEpoch: 3, callbacks });
    expect(steps.map(({ y }) => y[0])).toEqual([0, 1, 2, 3, 4, 5]);
    expect([isClosed, seen[0]]).toEqual([true, { epochs: 2, steps: 3 }]);
  });

  it("are closed where the run ends with an error", () => {
    let isClosed = false;
    function* some() {
      try {
        yield* three;
      } finally {
        isClosed = true;
      }
    }
    const { module } = fake((call) => (call === 1 ? Number.NaN : 1));
    expect(() => fit(module, some())).toThrow("the loss is NaN in epoch 0, batch 1");
    expect(isClosed).toBe(true);
  });

  it("are kept to validate", async () => {
    const { module, evaluations } = fake(() => 1, [1, 2, 3, 4]);
    await fitAsync(module, data(2), { epochs: 2, validationData: slowly() });
    fit(module, three, { validationData: quickly() });
    expect(evaluations.map(({ y }) => y)).toEqual(Array.from({ length: 3 }, () => [0, 1, 2, 3, 4]));
  });

  it.each<[what: string, given: unknown, options: object, message: string]>([
    ["none", [], {}, "data: no batch came in epoch 0"],
    ["a used one", quickly(), { epochs: 2 }, "data: no batch came in epoch 1: what gives batches once is used up"],
    ["too few", quickly(), { stepsPerEpoch: 5 }, "data: wanted 5 batches in epoch 0, got 3"],
    ["what is no batch", [part(0, 2), { x: [1] }], {}, "data[1].x: wanted k * 2 numbers"],
    ["another width", [part(0, 2), { x: [1, 2], y: [[1, 2]] }], {}, "data[1].y: wanted 1 numbers a row as in data.y, got 2"],
    ["a number", new Set([3]), {}, "data[0]: wanted an object of x, y, sampleWeight, got 3"],
    ["no batches", () => 3, {}, "data: wanted batches one after another, such as [{ x, y }, …], got 3"],
    ["a split", three, { validationSplit: 0.5 }, "validationSplit: batches have no last rows; give validationData"],
    ["nothing to validate", three, { validationData: new Set() }, "validationData: wanted at least one batch, got none"],
  ])("are refused: %s", (_, given, options, message) => {
    const { module } = fake(() => 1);
    expect(() => fit(module, given as never, options)).toThrow(message);
  });

  it("are refused with more rows than a step takes", () => {
    const { module } = fake(() => 1);
    expect(() => fit({ ...module, batch: 1 }, three)).toThrow(
      "data[0]: wanted at most 1 rows, the most of a step, got 2; give batchSize: 2",
    );
  });
});

describe("the work of a run", () => {
  it("is a step a batch and nothing that grows with the rows: no copy, no metrics, no state", () => {
    const { module } = fake(() => 1);
    const calls: Record<string, number> = {};
    const counted = new Proxy(module, {
      get: (target, key, receiver) => {
        const value: unknown = Reflect.get(target, key, receiver);
        if (typeof value !== "function") return value;
        return (...given: unknown[]) => {
          calls[String(key)] = (calls[String(key)] ?? 0) + 1;
          return (value as (...given: unknown[]) => unknown)(...given);
        };
      },
    });
    const given = data(640);
    const { trainStep: step } = module;
    const seen = new Set<unknown>();
    const trainStep: typeof module.trainStep = (x, y, options) => {
      seen.add((x as Float32Array).buffer);
      seen.add((y as Float32Array).buffer);
      return step(x, y, options);
    };
    fit(Object.assign(counted, { trainStep }), given, { epochs: 2, batchSize: 10 });
    // Copies of the weights at steps 0, 1, 2, 4, … 64 and at the end; both buffers of a batch are reused.
    expect(calls).toEqual({ trainStep: 128, getWeights: 9 });
    expect(seen.size).toBe(2);
  });
});
