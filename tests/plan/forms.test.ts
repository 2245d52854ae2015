// Regions of one form are lowered once. In: Plans of nets and of random models. Out: the law that a twin is what its region alone would be
// lowered to, down to which values are shared; and that a chain of equal layers is lowered once, and verified as what it is.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lowerModel, snapshots } from "../../compiler/compile.ts";
import { lower } from "../../compiler/lower/lower.ts";
import { spell } from "../../compiler/lower/spell.ts";
import type { Model } from "../../compiler/model.ts";
import type { Plan } from "../../compiler/plan/plan.ts";
import type { NestKernel } from "../../compiler/program/nest/nest.ts";
import { buffersOfNests, makeTwin, twinOf } from "../../compiler/program/nest/twins.ts";
import { verifyNests } from "../../compiler/program/nest/verify.ts";
import type { OptionsInput } from "../../src/index.ts";
import * as l from "../../src/sequential.ts";
import { type Kind, sampleOf } from "../arbitrary/models.ts";
import { transformer } from "../support/nets.ts";

const chain = (depth: number): Model =>
  l.sequential(
    Array.from({ length: depth }, (_, i) => l.dense({ units: 4, activation: "tanh", ...(i === 0 ? { inputShape: [4] } : {}) })),
    { training: { loss: "mse", optimizer: "adam" } },
  );
const named = { fmt: "f64", kernelName: ({ name }: { readonly name: string }) => name, renamed: new Map() } as const;

/** The Plans of predict and of a training step. */
function plansOf(model: Model, options: OptionsInput): readonly Plan[] {
  const goals = options.train === true ? (["predict", "trainStep"] as const) : (["predict"] as const);
  return goals.flatMap((goal) => snapshots(model, { ...options, target: "js" }, goal).flatMap(({ plan }) => plan ?? []));
}

/** How many kernels of a Plan are twins, each held against its region alone. */
function twinsIn(plan: Plan): number {
  const all = lower(plan, named);
  const twins = all.filter((kernel) => twinOf(kernel) !== undefined);
  for (const kernel of twins) {
    const region = plan.regions[all.indexOf(kernel)];
    const [alone] = lower({ ...plan, regions: [region] }, named);
    expect(twinOf(alone)).toBeUndefined();
    expect(kernel).toEqual(alone);
    expect(spell(kernel)).toEqual(spell(alone));
    expect([...buffersOfNests(kernel)].sort()).toEqual([...buffersOfNests(alone)].sort());
  }
  return twins.length;
}

describe("a twin is what its region alone is lowered to", () => {
  it.each<readonly [string, Model]>([
    ["a chain", chain(6)],
    ["a transformer", transformer()],
  ])("%s", (_, model) => {
    const found = plansOf(model, { train: true }).map(twinsIn);
    for (const twins of found) expect(twins).toBeGreaterThan(0);
  });

  it.each<Kind>(["dense", "time", "graph"])("random models: %s", (kind) => {
    const samples = fc.sample(sampleOf(kind, true), { seed: 11, numRuns: 3 });
    for (const { model, options } of samples) for (const plan of plansOf(model, { ...options, train: true })) twinsIn(plan);
  });
});

describe("a chain of equal layers", () => {
  const { program } = lowerModel(chain(50), { target: "js" });
  const [plan] = plansOf(chain(50), {});

  it("is lowered once, and is one kernel", () => {
    expect(plan.regions.length).toBe(50);
    expect(twinsIn(plan)).toBe(49);
    expect(program.kernels.map(({ name }) => name)).toEqual(["predict/dense", "predictTile/dense"]);
  });
});

describe("what is no twin is verified by itself", () => {
  const kernel = (from: string, to: string): NestKernel => ({
    name: "first",
    origin: "",
    parts: [
      {
        name: "copy",
        origin: "",
        map: [["i0", 4]],
        reduce: [],
        finish: { op: "load", fmt: "f32", buffer: from, index: { base: 0, terms: [["i0", 1]] } },
        out: { buffer: to, index: { base: 0, terms: [["i0", 1]] } },
        into: "store",
      },
    ],
  });
  const first = kernel("x", "h");
  const buffer = (name: string, at: number, length: number, role: "input" | "arena" | "output") => ({ name, at, length, role });
  const buffers = [
    buffer("x", 0, 4, "input"),
    buffer("h", 4, 4, "arena"),
    buffer("y", 8, 4, "output"),
    buffer("short", 12, 3, "arena"),
    buffer("long", 15, 5, "arena"),
  ];
  const verify = (from: string, to: string, name = "second"): void => {
    const given = new Map([
      ["x", from],
      ["h", to],
    ]);
    const second = makeTwin({ kernel: first, buffers: given }, { name, origin: "", nests: new Map() });
    const calls = [{ kernel: "first" }, { kernel: name }];
    const entries = [{ name: "predict", rows: 1, calls, inputs: [["x", "x"] as const], outputs: [["y", "y"] as const] }];
    verifyNests({ name: "p", scalars: [], buffers, kernels: [first, second], entries });
  };

  it("sound where buffers are of the same length", () => {
    expect(() => verify("x", "h")).not.toThrow();
    expect(() => verify("h", "long")).not.toThrow();
  });
  it.each<readonly [string, string, string, string]>([
    ["one that is too short", "h", "short", '"short" has elements 0..2, addressed are 0..3'],
    ["one that none may write", "h", "x", 'input "x" is never written'],
    ["one that is not there", "h", "z", "z"],
  ])("%s", (_, from, to, message) => {
    expect(() => verify(from, to)).toThrow(message);
  });
  it("two of one name", () => {
    expect(() => verify("h", "long", "first")).toThrow('two kernels are named "first"');
  });
});
