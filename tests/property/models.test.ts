// The whole-model laws, on random Sequential models. The emitted module equals the interpreted Program bit for bit, in JavaScript
// and in WebAssembly without contraction; all stay near the double-precision meaning of the Graph as built (2e-5·max(1, max|y|),
// relaxed SIMD too); rows do not see each other; exact: all kernels of a module give the same bits; where WebAssembly is refused,
// for whatever reason, JavaScript computes; nothing depends on anything but model and options.
// LAYERC_FUZZ multiplies the number of models; LAYERC_SEED sets the seed, which is fixed without either, and new in every longer run.
// LAYERC_SHARD=2/4 runs the second quarter of them, from a seed of its own: four machines share a run.
// What was drawn is counted, printed and asserted.
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { type Compilation, compile, compileObserved, lowerModel, snapshots } from "../../compiler/compile.ts";
import { freeNames } from "../../compiler/emit/judge.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { type Graph, isGraph, nodesOf, sizeOf } from "../../compiler/graph/graph.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { runGraph } from "../../compiler/interpret/graph.ts";
import { layers } from "../../compiler/layers/index.ts";
import { ops } from "../../compiler/ops/index.ts";
import type { Plan } from "../../compiler/plan/plan.ts";
import { type Loadable, load } from "../../runtime/load.ts";
import { inputsOf, onRows, packed, targetsGiven, targetsOf, unpacked, weightsGiven } from "../arbitrary/data.ts";
import { merges } from "../arbitrary/lines.ts";
import { type Kind, probes, type Sample, sampleOf, sampleWith } from "../arbitrary/models.ts";
import { tameNumbers } from "../arbitrary/numbers.ts";
import { firstDifference } from "../close.ts";
import { type Backend, backendsOf, hasSimd, relaxedRuns, withBackend } from "../engines.ts";
import { interpret, lossInDoubles, type Ported, resultsInDoubles, type Trainable, trainingOf, weightsOf } from "../executors.ts";
import { standard } from "../exemptions.ts";
import { fedWith } from "../ports.ts";

const times = Number(process.env.LAYERC_FUZZ ?? 1);
const [shard, shards] = (process.env.LAYERC_SHARD ?? "1/1").split("/").map(Number);
const firstSeed = Number(process.env.LAYERC_SEED ?? (times > 1 ? Date.now() % 2 ** 31 : 20261124));
const seed = (firstSeed + 0x9e3779b1 * (shard - 1)) % 2 ** 31;

/** What a module may name (the published list for plain JavaScript). */
const allowed = new Set(
  "Float32Array Float64Array Int32Array Uint8Array Math.fround Math.imul Math.sqrt Math.floor Math.abs Math.min Math.max Error TypeError RangeError Infinity NaN undefined".split(
    " ",
  ),
);
/** What its format and its WebAssembly kernels need besides. */
const alsoAllowed = (artifact: Loadable, { format }: Sample["options"]): readonly string[] => [
  ...(format === "cjs" ? ["module"] : []),
  ...(hasSimd(artifact) ? ["WebAssembly"] : []),
];

const counts = {
  models: 0,
  trained: 0,
  probes: 0,
  remainders: 0,
  js: 0,
  simd: 0,
  relaxed: 0,
  exactSimd: 0,
  losses: 0,
  regions: 0,
  fused: 0,
  straight: 0,
};
const layerCounts = new Map<string, number>();
const opCounts = new Map<string, number>();
const add = (table: Map<string, number>, key: string) => table.set(key, (table.get(key) ?? 0) + 1);

function count(sample: Sample, lowered: Compilation, graphs: readonly Graph[], plan: Plan | undefined): void {
  counts.models++;
  if (sample.options.train) counts.trained++;
  if (sample.options.exact && lowered.simd !== undefined) counts.exactSimd++;
  const { entries } = resolve(sample.model);
  const used = entries.map(({ layer }) => layer.name);
  countGraph(sample);
  if (used.some((layer) => (probes as readonly string[]).includes(layer))) counts.probes++;
  for (const layer of [...used, ...entries.flatMap(({ config }) => heldIn(config))]) add(layerCounts, layer);
  // An op counts once in a model, in whatever stage it stands.
  const seen = new Set<string>();
  const walk = ({ nodes }: Graph) => {
    for (const { op, attrs } of nodes) {
      seen.add(op);
      if (isGraph(attrs.body)) walk(attrs.body);
    }
  };
  for (const graph of graphs) walk(graph);
  for (const op of seen) add(opCounts, op);
  for (const region of plan?.regions ?? []) {
    counts.regions++;
    if (region.kind === "compute" && region.nodes.length > 1) counts.fused++;
  }
  const loops = lowered.program.kernels.some(({ body }) => body.some((statement) => statement.do === "for"));
  if (!loops) counts.straight++;
  const tile = lowered.program.entries.find(({ name }) => name === "predictTile")?.rows;
  const lanes = resolve(sample.model).predict.weights.some(
    ({ shape }) => shape.length > 1 && (shape.at(-1) ?? 0) > 8 && (shape.at(-1) ?? 0) % 8 !== 0,
  );
  if (typeof tile === "number" && sample.rows % tile !== 0 && lanes) counts.remainders++;
}

/** The layers within a config, and within theirs. */
function heldIn(config: unknown): readonly string[] {
  if (typeof config !== "object" || config === null) return [];
  const { layer } = config as { readonly layer?: unknown };
  return [...(typeof layer === "string" ? [layer] : []), ...Object.values(config).flatMap(heldIn)];
}

/** How often a model has what chains have not. */
const graphCounts = { graphs: 0, inputs: 0, outputs: 0, branches: 0, merges: 0, reuse: 0, models: 0, results: 0 };
function countGraph({ kind, model: { layers: lines }, inputs, outputs }: Sample): void {
  if (kind !== "graph") return;
  const taken = lines.flatMap((line) => line.inputs ?? []);
  const has: Readonly<Record<keyof typeof graphCounts, boolean>> = {
    graphs: true,
    inputs: inputs.length > 1,
    outputs: outputs.length > 1,
    branches: new Set(taken).size < taken.length,
    merges: lines.some((line) => (line.inputs?.length ?? 0) > 1),
    reuse: lines.some(({ layer }) => layer === "reuse"),
    models: lines.some(({ layer }) => layer === "model"),
    results: taken.some((ref) => /:\d$/.test(ref)),
  };
  for (const key of Object.keys(graphCounts) as (keyof typeof graphCounts)[]) if (has[key]) graphCounts[key]++;
}

/** A law that does not hold for a sample: which one, and where. */
class Broken extends Error {}

const show = (value: number | undefined): string => (Object.is(value, -0) ? "−0" : String(value));

function same(a: ArrayLike<number>, b: ArrayLike<number>, what: string): void {
  const i = firstDifference(a, b);
  if (i >= 0) throw new Broken(`${what}: [${i}] is ${show(a[i])} and ${show(b[i])} (${a.length} and ${b.length} numbers)`);
}

/** Every number on the way, in doubles, is small enough that float32 neither overflows nor loses all digits. */
function isTame(graph: Graph, values: Readonly<Record<string, ArrayLike<number>>>, rows: number): boolean {
  const run = runGraph(graph, { rows, values, precision: "double" });
  return graph.nodes.every((node) => node.type.items !== undefined || run.value(node).data.every((x) => Math.abs(x) < 1e5));
}

const bound = (y: ArrayLike<number>): number =>
  standard.wholeModels.abs * Array.from(y).reduce((most, value) => Math.max(most, Math.abs(value)), 1);

function near(found: ArrayLike<number>, meant: ArrayLike<number>, what: string, limit = bound(meant)): void {
  for (let i = 0; i < meant.length; i++) {
    if (!(Math.abs(found[i] - meant[i]) <= limit))
      throw new Broken(`${what}: [${i}] is ${found[i]}, in doubles ${meant[i]} (allowed ${limit})`);
  }
}

function laws(sample: Sample): void {
  const { model, options } = sample;
  const goal = options.train ? "trainStep" : "predict";
  const graphs: Graph[] = [];
  let plan: Plan | undefined;
  const { artifact, compilation: lowered } = compileObserved(model, options, (entry, made) => {
    if (entry !== goal) return;
    if (made.stage === "graph") graphs.push(made.graph);
    if (made.stage === "plan") plan = made.plan;
  });
  // For some: what a compilation could leave behind, or looking at it change, shows in few models as well.
  if (counts.models % 4 === 0 && compile(model, options).code !== artifact.code) throw new Broken("two compilations differ");
  const also = alsoAllowed(artifact, options);
  const foreign = freeNames(artifact.code).filter((name) => !allowed.has(name) && !also.includes(name));
  if (foreign.length > 0) throw new Broken(`the module names ${foreign.join()}`);
  if (hasSimd(artifact) !== (lowered.simd !== undefined)) throw new Broken("WebAssembly and the simd Program come together");
  count(sample, lowered, graphs, plan);

  const records = backendsOf(artifact).map((backend) =>
    withBackend(artifact, backend, (form) => backendLaws(sample, lowered, form, backend), sample.seed),
  );
  if (lowered.simd?.relaxed !== undefined) relaxedProgramLaw(sample, lowered);
  if (options.exact !== true) return;
  for (const record of records.slice(1))
    for (const [what, numbers] of record) same(numbers, records[0].get(what) ?? [], `${what}: WebAssembly and JavaScript, exact`);
}

/** The Program of relaxed SIMD, uncontracted, has other register tiles than that of plain SIMD and the same bits. */
function relaxedProgramLaw(sample: Sample, lowered: Compilation): void {
  const [plain, relaxed] = (["simd", "relaxed"] as const).map((target) => running(sample, lowered, 0.5, target));
  const rows = sample.options.train ? 1 : sample.rows;
  const x = inputsOf(sample, rows, false);
  if (sample.options.train) {
    const y = targetsOf(sample, rows);
    same([plain.trainStep(x, y, rows)], [relaxed.trainStep(x, y, rows)], "loss, Programs of plain and relaxed SIMD");
    for (const { name } of resolve(sample.model).predict.weights)
      same(plain.weight(name), relaxed.weight(name), `${name} after a step, Programs of plain and relaxed SIMD`);
  }
  const entry = plain.hasTile ? "predictTile" : "predict";
  same(plain.predict(x, rows, entry), relaxed.predict(x, rows, entry), `${entry}, Programs of plain and relaxed SIMD`);
}

const live = (sample: Sample, artifact: Loadable): Trainable => onRows(sample, load<Ported & Trainable>(artifact));
const fedOf = ({ inputs, model }: Sample, x: ArrayLike<number>) => fedWith(resolve(model).predict, unpacked(inputs, x));
/** The Graph as built, in doubles, on packed rows. */
const meantOf = ({ model, inputs, outputs }: Sample, x: Float32Array, rows: number): Float32Array =>
  packed(outputs, resultsInDoubles(model, unpacked(inputs, x), rows), rows);

/** The Program on packed rows. */
function running(sample: Sample, lowered: Compilation, rate: number, backend: Backend) {
  const { inputs, outputs } = sample;
  const run = interpret(lowered, rate, backend);
  const [x, y] = [(all: Float32Array) => unpacked(inputs, all), (all: Float32Array) => targetsGiven(sample, all)];
  return {
    ...run,
    predict: (all: Float32Array, rows: number, entry?: "predict" | "predictTile") =>
      packed(outputs, run.results(x(all), rows, entry), rows),
    trainStep: (all: Float32Array, target: Float32Array, rows: number, weights?: Float32Array) =>
      run.trainStep(x(all), y(target), rows, weights && weightsGiven(sample, weights)),
    evaluate: (all: Float32Array, target: Float32Array, rows: number) => run.evaluate(x(all), y(target), rows),
  };
}

/** What a module computed, by name: the same on all backends where it is exact. */
type Transcript = Map<string, ArrayLike<number>>;

function backendLaws(sample: Sample, lowered: Compilation, artifact: Loadable, backend: Backend): Transcript {
  const { model, options, rows } = sample;
  const record: Transcript = new Map();
  const module = live(sample, artifact);
  const found = module.backend ?? "js";
  if (found !== backend) throw new Broken(`${found} computes where ${backend} should`);
  const text = backend === "js" ? "module" : `WebAssembly (${backend})`;
  // Contraction is the engine's: relaxed kernels have no bits to be equal to.
  const run = backend === "relaxed" ? undefined : running(sample, lowered, 0, backend);
  for (const hard of [false, true]) {
    const what = `${hard ? "hard numbers, " : ""}predict of ${rows} rows`;
    const x = inputsOf(sample, rows, hard);
    const size = x.length / rows;
    const y = module.predict(x);
    record.set(what, y);
    // Where there are tiles, single rows differ from them in the entry alone: three show it.
    const few = run?.hasTile ? Math.min(3, rows) : rows;
    const part = y.subarray(0, (few * y.length) / rows);
    if (run !== undefined) same(part, run.predict(x.subarray(0, few * size), few), `${what}, ${text} and Program`);
    if (run?.hasTile) same(y, run.predict(x, rows, "predictTile"), `${what}, ${text} and Program in tiles`);
    const single = Array.from({ length: rows }, (_, row) =>
      Array.from<number>(module.predict(x.subarray(row * size, (row + 1) * size))),
    ).flat();
    same(y, single, `${what} at once and one by one, ${text}`);
    if (!hard) module.selfTest?.();
    if (hard || !isTame(lowered.built, { ...weightsOf(model), ...fedOf(sample, x) }, rows)) continue;
    counts[backend]++;
    near(y, meantOf(sample, x, rows), `${what}, ${text} and Graph as built`);
  }
  if (options.train) trainingLaws(sample, lowered, artifact, backend, record);
  return record;
}

/** Rows, sample weights and numbers of the steps: a whole batch, a part of one with weights, numbers that overflow. */
const steps = (rows: number) =>
  [
    { count: rows, weighted: false, hard: false },
    { count: rows - 1, weighted: true, hard: false },
    { count: 1, weighted: false, hard: true },
  ] as const;

function trainingLaws(sample: Sample, lowered: Compilation, artifact: Loadable, backend: Backend, record: Transcript): void {
  const { model, rows } = sample;
  const rate = resolve(model).trainStep(trainingOf(model)).learningRate;
  const run = backend === "relaxed" ? undefined : running(sample, lowered, rate, backend);
  const text = backend === "js" ? "module" : `WebAssembly (${backend})`;
  const [one, two, three] = [1, 2, 3].map(() => live(sample, artifact));
  const names = resolve(model).predict.weights.map(({ name }) => name);
  lossLaws(sample, one, live(sample, artifact));
  for (const [step, { count: n, weighted, hard }] of steps(rows).entries()) {
    const [x, y] = [inputsOf(sample, n, hard), targetsOf(sample, n)];
    const sampleWeight = weighted ? tameNumbers(sample.seed ^ 3, n).map(Math.abs) : new Float32Array(n).fill(1);
    const given = weighted ? { sampleWeight, learningRate: rate } : {};
    const agree = (numbers: ArrayLike<number>, meant: ArrayLike<number> | undefined, what: string) => {
      record.set(`${what} after step ${step}`, numbers);
      if (meant !== undefined) same(numbers, meant, `${what} after step ${step}, ${text} and Program`);
    };
    const loss = one.trainStep(x, y, given);
    agree([loss], run && [run.trainStep(x, y, n, sampleWeight)], "loss");
    same([loss], [two.trainStep(x, y, given)], `loss of step ${step}, two runs, ${text}`);
    const [first, second] = [one.getWeights(), two.getWeights()];
    for (const [i, name] of names.entries()) {
      agree(first[i], run?.weight(name), name);
      same(first[i], second[i], `${name} after step ${step}, two runs, ${text}`);
    }
    if (hard) break;
    const y1 = one.predict(x);
    agree(y1, run?.predict(x, n), "predict");
    agree([one.evaluate(x, y).loss], run && [(n * run.evaluate(x, y, n)) / n], "evaluate");
    three.setWeights(first);
    same(y1, three.predict(x), `predict after step ${step}, and in another module with these weights, ${text}`);
  }
}

/**
 * How much the error of a prediction counts in a cross-entropy that takes its logarithm: the mean of 1/p or 1/(1 − p). Infinite
 * where a prediction is nearly, but not certainly, clipped.
 */
function slopeOf(graph: Graph, values: Readonly<Record<string, ArrayLike<number>>>, rows: number): number {
  const run = runGraph(graph, { rows, values, precision: "double" });
  const slope = (p: number): number => {
    if (p === 0 || p === 1 || p < -1e-3 || p > 1 + 1e-3) return 0;
    const left = Math.min(p, 1 - p);
    return left < 1e-3 ? Number.POSITIVE_INFINITY : 1 / left;
  };
  return graph.nodes
    .filter(({ op, attrs }) => op === "clip" && attrs.low === 1e-7)
    .map(({ inputs: [p] }) => run.value(p).data)
    .reduce((sum, data) => sum + data.reduce((all, p) => all + slope(p), 0) / data.length, 0);
}

/**
 * The loss of a step and of an evaluation of several batches, against the Graphs as built. The logarithm of a probability that
 * saturates says more about float32 than about a module: where the Graph itself differs between doubles and float32, nothing is asked.
 */
function lossLaws(sample: Sample, module: Trainable, fresh: Trainable): void {
  const { model, rows, options } = sample;
  const training = trainingOf(model);
  const check = (
    kind: "evaluate" | "trainStep",
    batches: readonly number[],
    run: (x: Float32Array, y: Float32Array) => number,
    what: string,
  ): void => {
    const { graph } = resolve(model)[kind](training);
    const states = nodesOf(graph, "state").map(({ attrs, type }) => [
      attrs.name,
      new Float32Array(sizeOf(type.shape as number[])).fill(attrs.initial as number),
    ]);
    const count = batches.reduce((a, b) => a + b, 0);
    const [x, y] = [inputsOf(sample, count, false), targetsOf(sample, count)];
    // A mask spreads the loss of a batch over its kept steps, so the mean goes over batches, as Keras' does.
    let [meant, rounded, slope, from] = [0, 0, 0, 0];
    for (const size of batches) {
      const part = (all: Float32Array) => all.subarray((from * all.length) / count, ((from + size) * all.length) / count);
      const given = [unpacked(sample.inputs, part(x)), targetsGiven(sample, part(y))] as const;
      const values = { ...lossInDoubles(model, kind, ...given, size).values, ...Object.fromEntries(states) };
      if (!isTame(graph, values, size)) return;
      slope = Math.max(slope, slopeOf(graph, values, size));
      const loss = (precision: "double" | "f32") => runGraph(graph, { rows: size, values, precision }).results.loss.data[0];
      meant += (loss("double") * size) / count;
      rounded += (loss("f32") * size) / count;
      from += size;
    }
    if (!(Math.abs(rounded - meant) <= bound([meant]) / 20 && slope < Number.POSITIVE_INFINITY)) return;
    counts.losses++;
    // Probabilities are at most 1, and near the Graph's by the bound for a model.
    near([run(x, y)], [meant], `${what} of ${count} rows, module and Graph as built`, bound([meant]) + slope * bound([1]));
  };
  const batch = options.batch ?? 1;
  check("evaluate", [batch, batch, 1], (x, y) => module.evaluate(x, y).loss, "evaluate");
  check("trainStep", [rows], (x, y) => fresh.trainStep(x, y), "loss of a step");
}

/** The first stage after which the inference result strays from the Graph as built; for a report. */
function firstDifferingStage(sample: Sample): string {
  const { model, options } = sample;
  const x = inputsOf(sample, sample.rows, false);
  const meant = meantOf(sample, x, sample.rows);
  for (const { pass, graph } of snapshots(model, options)) {
    if (graph === undefined || pass === "hoist") continue;
    const values = { ...weightsOf(model), ...fedOf(sample, x) };
    const { results } = runGraph(graph, { rows: sample.rows, values, precision: "double" });
    const given = Object.fromEntries(sample.outputs.map(({ name }) => [name, results[name].data]));
    const y = packed(sample.outputs, given, sample.rows);
    if (!meant.every((value, i) => Object.is(value, y[i]) || Math.abs(value - y[i]) <= bound(meant))) return pass;
  }
  const found = running(sample, lowerModel(model, options), 0, "js").predict(x, sample.rows);
  return meant.every((value, i) => Object.is(value, found[i]) || Math.abs(value - found[i]) <= bound(meant))
    ? "emit, or training"
    : "plan, lower or unroll";
}

function attempt(what: () => string): string {
  try {
    return what();
  } catch (error) {
    return `(threw ${error instanceof Error ? error.message : String(error)})`;
  }
}

function hold(samples: fc.Arbitrary<Sample>, more: number, runs: number): void {
  const details = fc.check(fc.property(samples, laws), {
    numRuns: Math.ceil((runs * times) / shards),
    seed: seed + more,
    interruptAfterTimeLimit: 200_000 * times,
    markInterruptAsFailure: true,
  });
  if (!details.failed) return;
  const [sample] = details.counterexample ?? [];
  const cause = details.errorInstance instanceof Error ? details.errorInstance : undefined;
  if (sample === undefined) throw cause ?? new Error("interrupted");
  const { model, options, rows, inputs } = sample;
  const spec = {
    layers: model.layers,
    training: model.training,
    seed: model.seed,
    options,
    rows,
    inputs,
    outputs: model.outputs,
    data: sample.seed,
    given: model.weights !== undefined,
  };
  const text = [
    cause instanceof Broken ? cause.message : (cause?.stack ?? "failed"),
    `seed ${details.seed}, path ${details.counterexamplePath}, after ${details.numRuns} models`,
    `first differing stage: ${attempt(() => firstDifferingStage(sample))}`,
    JSON.stringify(spec),
    attempt(() => printGraph(resolve(model).predict.graph)),
  ];
  throw new Error(text.join("\n"));
}

/** Text has tests of its own: rows here are numbers. */
const counted = [...layers.values()]
  .filter(({ name, encodes }) => name !== "input" && encodes === undefined)
  .map(({ name }) => name);
/** How often each of them is drawn at least. */
const fewest = 3;
const tries = 20;

describe("random models", () => {
  const families: readonly (readonly [Kind, train: boolean, runs: number])[] = [
    ["dense", false, 40],
    ["dense", true, 14],
    ["graph", false, 36],
    ["graph", true, 8],
    ["probe", false, 24],
    ["probe", true, 10],
    ["space", false, 26],
    ["space", true, 9],
    ["time", false, 16],
    ["time", true, 7],
    ["big", false, 24],
    ["big", true, 5],
  ];
  it.each(families)(
    "%s, training %s: %i models",
    (kind, train, runs) => hold(sampleOf(kind, train), train ? 1 : 0, runs),
    240_000 * times,
  );

  it("of the layers that chance has left out", { timeout: 240_000 * times }, () => {
    if (shards > 1) return;
    const rare = counted.filter((name) => (layerCounts.get(name) ?? 0) < fewest && !merges.some((merge) => merge.name === name));
    for (const [i, name] of rare.entries())
      for (let k = 0; (layerCounts.get(name) ?? 0) < fewest && k < tries; k++)
        // What stands within another layer alone is drawn with it.
        hold(sampleWith(layers.get(name)?.only?.layer ?? name), 2 + tries * i + k, 1);
  });

  it("draws enough of everything, but for a shard of it", () => {
    if (shards > 1) return;
    expect(counts.models).toBeGreaterThanOrEqual(200);
    // Every loss, optimizer and schedule has laws of its own besides.
    expect(counts.trained).toBeGreaterThanOrEqual(50);
    expect(counts.probes).toBeGreaterThanOrEqual(40);
    expect(counts.remainders).toBeGreaterThanOrEqual(28);
    expect(counts.js).toBeGreaterThanOrEqual(180);
    expect(counts.simd).toBeGreaterThanOrEqual(110);
    if (relaxedRuns) expect(counts.relaxed).toBeGreaterThanOrEqual(70);
    expect(counts.exactSimd).toBeGreaterThanOrEqual(28);
    expect(counts.losses).toBeGreaterThanOrEqual(75);
    expect(counts.straight).toBeGreaterThanOrEqual(20);
    expect(counts.fused).toBeGreaterThanOrEqual(140);
    for (const op of ["window", "overlapAdd", "scan", "gather", "scatterAdd", "random"])
      expect(opCounts.get(op) ?? 0, op).toBeGreaterThan(0);
    for (const [has, count] of Object.entries(graphCounts)) expect(count, has).toBeGreaterThanOrEqual(7);
    for (const name of counted)
      expect([name, layerCounts.get(name) ?? 0]).toEqual([name, expect.toSatisfy((n: number) => n >= fewest)]);
  });
});

afterAll(() => {
  const list = (table: ReadonlyMap<string, number>) =>
    [...table]
      .sort(([, a], [, b]) => b - a)
      .map(([key, n]) => `${key} ${n}`)
      .join(", ");
  const never = Object.keys(ops).filter((op) => !opCounts.has(op));
  console.log(
    `seed ${seed}: ${list(new Map(Object.entries(counts)))}\ngraphs with: ${list(new Map(Object.entries(graphCounts)))}\nlayers: ${list(layerCounts)}\nops: ${list(opCounts)}\nops no layer built: ${never.join(", ")}`,
  );
});
