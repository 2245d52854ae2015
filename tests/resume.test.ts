// Training that goes on: stopped after an epoch and resumed, in memory or through a file, ends with the bits of a run that never
// stopped; checkpoints and backups are whole whatever happens. On real modules.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  backupAndRestore,
  batchNormalization,
  type Callback,
  compile,
  csvLogger,
  dense,
  dropout,
  earlyStopping,
  type FitOptions,
  fit,
  fitAsync,
  modelCheckpoint,
  open,
  openTrainingState,
  reduceLROnPlateau,
  save,
  sequential,
} from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "layerc-fit-"));
afterAll(() => rmSync(folder, { recursive: true }));

const model = sequential(
  [dense({ units: 5, activation: "tanh", inputShape: [2] }), batchNormalization(), dropout({ rate: 0.3 }), dense({ units: 1 })],
  { seed: 3, training: { loss: "mse", optimizer: { name: "adam", learningRate: 0.05 } } },
);
const x = Array.from({ length: 22 }, (_, row) => [Math.sin(row), Math.cos(3 * row)]);
const y = x.map(([a, b]) => a * b + 0.1);
const watchers = (): Callback[] => [
  earlyStopping({ patience: 3, restoreBestWeights: true }),
  reduceLROnPlateau({ patience: 1, factor: 0.5, minDelta: 0.05 }),
];
const options = (epochs: number, more: FitOptions = {}): FitOptions => ({
  epochs,
  batchSize: 6,
  validationSplit: 0.2,
  seed: 8,
  callbacks: watchers(),
  ...more,
});
// Compiled once for those that need no model.
const artifact = compile(model, { train: true, batch: 6, selfTest: false });
const whole = fit(artifact, { x, y }, options(7));
const small = sequential([dense({ units: 1, inputShape: [2] })], { training: { loss: "mse", optimizer: "sgd" } });

describe("a run that was stopped", () => {
  it("never lowered its rate and never stopped by itself for nothing", () => {
    expect(new Set(whole.history.learning_rate).size).toBeGreaterThan(1);
    expect(whole.epochs).toBeGreaterThan(4);
  });

  it.each([1, 2, 4])("after %i epochs ends as if it had not been", (epochs) => {
    const first = fit(artifact, { x, y }, options(epochs));
    // As a file would hold it: texts and numbers.
    const kept = { ...first.resume, callbacks: JSON.parse(JSON.stringify(first.resume.callbacks)) };
    const second = fit(artifact, { x, y }, options(7, { resume: kept }));
    for (const key of Object.keys(whole.history))
      expect([...first.history[key], ...second.history[key]], key).toEqual(whole.history[key]);
    expect(second.weights).toEqual(whole.weights);
    expect(second.resume).toEqual(whole.resume);
  });

  it("goes on from the model that it gave, and from its file, where no callback remembers anything", () => {
    const plain = (epochs: number, initialEpoch = 0): FitOptions => ({ epochs, initialEpoch, batchSize: 6, seed: 8 });
    const wanted = fit(artifact, { x, y }, plain(5));
    const first = fit(model, { x, y }, plain(2));
    for (const given of [first.model, open(save(first.model))])
      expect(fit(given, { x, y }, plain(5, 2)).weights).toEqual(wanted.weights);
  });

  it("says what it is given when that is no state, or another model's", () => {
    const other = fit(sequential([dense({ units: 1, inputShape: [2] })], { training: { loss: "mse", optimizer: "sgd" } }), {
      x,
      y,
    });
    expect(() => fit(artifact, { x, y }, { batchSize: 6, resume: other.resume })).toThrow(/setWeights|weights/);
    expect(() => openTrainingState(save(model))).toThrow("holds no state of a training");
  });
});

describe("a checkpoint", () => {
  it("opens as the model, and a run goes on from it, to the bit", () => {
    const filepath = join(folder, "run-{epoch:02d}-{val_loss:.3f}.safetensors");
    fit(model, { x, y }, options(3, { callbacks: [...watchers(), modelCheckpoint({ filepath })] }));
    const files = readdirSync(folder)
      .filter((name) => name.startsWith("run-"))
      .sort();
    expect(files.map((name) => name.slice(0, 7))).toEqual(["run-01-", "run-02-", "run-03-"]);
    expect(files[1]).toBe(`run-02-${whole.history.val_loss[1].toFixed(3)}.safetensors`);
    const bytes = readFileSync(join(folder, files[1]));
    const again = [...watchers(), modelCheckpoint({ filepath: join(folder, "again.safetensors") })];
    const second = fit(open(bytes), { x, y }, options(7, { callbacks: again, resume: openTrainingState(bytes) }));
    expect(second.weights).toEqual(whole.weights);
    expect(second.history.val_loss).toEqual(whole.history.val_loss.slice(2));
  });

  it("that cannot be written ends the run with a clear error, and the last good one is whole", () => {
    const path = join(folder, "best.safetensors");
    const checkpoint = modelCheckpoint({ filepath: path });
    fit(small, { x, y }, { epochs: 1, callbacks: [checkpoint] });
    const before = readFileSync(path);
    // A file descriptor that takes nothing, as that of a full disk.
    const full: Callback = { onEpochEnd: () => breakWrites("ENOSPC") };
    expect(() => fit(small, { x, y }, { epochs: 2, callbacks: [full, checkpoint] })).toThrow(
      `cannot write the checkpoint ${JSON.stringify(path)}: the disk is full`,
    );
    mendWrites();
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(open(readFileSync(path)).layers).toHaveLength(1);
    expect(readdirSync(folder).filter((name) => name.includes(".tmp"))).toEqual([]);
  });

  it("is whole after an abort in the middle", async () => {
    const path = join(folder, "aborted.safetensors");
    const control = new AbortController();
    const stop: Callback = { onBatchEnd: (batch, _, { epoch }) => (epoch === 2 && batch === 1 ? control.abort() : undefined) };
    const callbacks = [stop, modelCheckpoint({ filepath: path })];
    await expect(fitAsync(small, { x, y }, { epochs: 9, batchSize: 4, callbacks, signal: control.signal })).rejects.toThrow(
      /abort/i,
    );
    expect(openTrainingState(readFileSync(path)).epoch).toBe(2);
  });

  it("is written in other formats by its name, and refuses names of none", () => {
    fit(
      small,
      { x, y },
      {
        callbacks: [
          modelCheckpoint({ filepath: join(folder, "net.onnx") }),
          modelCheckpoint({ filepath: join(folder, "web", "model.json") }),
        ],
      },
    );
    expect(open(readFileSync(join(folder, "net.onnx"))).name).toBeTruthy();
    expect(existsSync(join(folder, "web", "model.json"))).toBe(true);
    expect(() => modelCheckpoint({ filepath: "x.keras" })).toThrow(
      "wanted a name that ends in .safetensors, .onnx or model.json",
    );
    expect(() => modelCheckpoint({})).toThrow("modelCheckpoint: wanted filepath or save, got neither");
    const odd = modelCheckpoint({ filepath: join(folder, "{val_acc:.2f}.safetensors") });
    expect(() => fit(small, { x, y }, { callbacks: [odd] })).toThrow("wanted {epoch}, {loss} in");
  });
});

describe("a backup", () => {
  it("brings a broken run back, and is gone when it has ended", () => {
    const backupDir = join(folder, "backup");
    const broken: Callback = {
      onEpochBegin: (epoch) => {
        if (epoch === 3) throw new Error("power");
      },
    };
    const callbacks = (more: readonly Callback[]) => [
      backupAndRestore({ backupDir, doubleCheckpoint: true }),
      ...watchers(),
      ...more,
    ];
    expect(() => fit(artifact, { x, y }, options(7, { callbacks: callbacks([broken]) }))).toThrow("power");
    expect(readdirSync(backupDir).sort()).toEqual(["latest.safetensors", "previous.safetensors"]);
    // The last one is cut off: the one before is taken.
    const latest = join(backupDir, "latest.safetensors");
    writeFileSync(latest, readFileSync(latest).subarray(0, 100));
    const second = fit(artifact, { x, y }, options(7, { callbacks: callbacks([]) }));
    expect(second.weights).toEqual(whole.weights);
    expect(second.history.loss).toEqual(whole.history.loss.slice(2));
    expect(existsSync(backupDir)).toBe(false);
  });
});

describe("a log as CSV", () => {
  it("begins anew, or goes on below what is there", () => {
    const filename = join(folder, "logs", "log.csv");
    fit(small, { x, y }, { epochs: 2, callbacks: [csvLogger({ filename })] });
    const first = readFileSync(filename, "utf8");
    expect(first.split("\n")).toHaveLength(4);
    fit(small, { x, y }, { epochs: 3, initialEpoch: 2, callbacks: [csvLogger({ filename, append: true })] });
    expect(
      readFileSync(filename, "utf8")
        .split("\n")
        .map((line) => line.split(",")[0]),
    ).toEqual(["epoch", "0", "1", "2", ""]);
    fit(small, { x, y }, { epochs: 1, callbacks: [csvLogger({ filename })] });
    expect(readFileSync(filename, "utf8").split("\n")).toHaveLength(3);
    expect(() => csvLogger({ filename: folder })).not.toThrow();
    expect(() => fit(small, { x, y }, { callbacks: [csvLogger({ filename: folder })] })).toThrow(
      /cannot write the log .*: it is a folder/,
    );
  });
});

const fs = process.getBuiltinModule("node:fs");
const { writeFileSync: honest } = fs;
function breakWrites(code: string): void {
  fs.writeFileSync = () => {
    throw Object.assign(new Error(code), { code });
  };
}
function mendWrites(): void {
  fs.writeFileSync = honest;
}
