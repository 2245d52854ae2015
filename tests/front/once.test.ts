// What one compilation does once: by counting, not by time. The model is checked once, its layers are lowered once a mode: for
// inference, and with training once more for the step. Snapshots and the command line's summary do no more.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, beforeEach, expect, it, vi } from "vitest";
import { compile, lowerModel, snapshots } from "../../compiler/compile.ts";
import { checkModel } from "../../compiler/front/check.ts";
import { forward } from "../../compiler/front/forward.ts";
import type { Model } from "../../compiler/model.ts";
import { addSummary } from "../../src/cli/commands/summary.ts";
import { dense, dropout, lstm, sequential } from "../../src/sequential.ts";

vi.mock(import("../../compiler/front/check.ts"), async (importOriginal) => {
  const original = await importOriginal();
  return { ...original, checkModel: vi.fn(original.checkModel) };
});
vi.mock(import("../../compiler/front/forward.ts"), async (importOriginal) => {
  const original = await importOriginal();
  return { ...original, forward: vi.fn(original.forward) };
});

const list = [lstm({ units: 3, inputShape: [4, 2] }), dropout({ rate: 0.5 }), dense({ units: 2 })];
const model: Model = sequential(list, { training: { loss: "mse", optimizer: "adam" } });
const counts = () => ({ checks: vi.mocked(checkModel).mock.calls.length, lowerings: vi.mocked(forward).mock.calls.length });
const inference = { checks: 1, lowerings: 1 };
const training = { checks: 1, lowerings: 2 };

beforeEach(() => {
  vi.mocked(checkModel).mockClear();
  vi.mocked(forward).mockClear();
});

it("compile, for every target", () => {
  for (const target of ["js", "simd", "auto"] as const) {
    vi.clearAllMocks();
    compile(model, { target });
    expect(counts()).toEqual(inference);
  }
});

it("compile with golden vectors, exactly, and with a tile of rows", () => {
  for (const options of [{ selfTest: true }, { exact: true }, { unroll: 0 }]) {
    vi.clearAllMocks();
    compile(model, options);
    expect(counts()).toEqual(inference);
  }
  vi.clearAllMocks();
  compile(sequential([dense({ units: 64, inputShape: [64] })]));
  expect(counts()).toEqual(inference);
});

it("compile with training lowers for inference and for the step", () => {
  compile(model, { train: true });
  expect(counts()).toEqual(training);
});

it("snapshots of every entry", () => {
  snapshots(model);
  expect(counts()).toEqual(inference);
  for (const goal of ["trainStep", "evaluate"] as const) {
    vi.clearAllMocks();
    snapshots(model, {}, goal);
    expect(counts()).toEqual(training);
  }
});

it("lowering alone", () => {
  lowerModel(model, { train: true });
  expect(counts()).toEqual(training);
});

const folder = mkdtempSync(join(tmpdir(), "once-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("the summary of the command line", async () => {
  const file = join(folder, "model.json");
  writeFileSync(file, JSON.stringify(model));
  const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const program = new Command();
  addSummary(program);
  await program.parseAsync(["summary", file], { from: "user" });
  const text = written.mock.calls.map(([chunk]) => String(chunk)).join("");
  written.mockRestore();
  expect(text).toMatch(/lstm \(LSTM\)/);
  expect(counts()).toEqual(inference);
});
