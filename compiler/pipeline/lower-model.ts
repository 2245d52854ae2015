// Model → Program, pass by pass. In: a model and options. Out: the Program of each target with the contents of its buffers.
// Guarantee: every pass is verified as it ends, and an observer sees it; nothing here depends on who looks.

import { CompileError, type Diagnostic } from "../diagnostics/error.ts";
import { applyOptimizer, evaluateGraph, inferenceGraph, lossGraph, modelWeights, type TrainingSpec } from "../front/steps.ts";
import type { Graph } from "../graph/graph.ts";
import { printGraph } from "../graph/print.ts";
import { verifyGraph } from "../graph/verify.ts";
import { createMachine } from "../interpret/program.ts";
import { assemble, type Part, settle } from "../lower/assemble.ts";
import type { Model } from "../model.ts";
import { ops } from "../ops/index.ts";
import type { Options } from "../options.ts";
import { type Packed, pack } from "../plan/pack.ts";
import type { Plan } from "../plan/plan.ts";
import { type PlanOptions, plan } from "../plan/planner.ts";
import { printPlan } from "../plan/print.ts";
import { verifyPlan } from "../plan/verify.ts";
import type { FloatFmt, Kernel, Program } from "../program/program.ts";
import { printProgram } from "../program/text/print.ts";
import { verifyProgram } from "../program/verify.ts";
import { type RewriteEvent, rewrite } from "../rewrite/engine.ts";
import { expandComposites } from "../rewrite/expand.ts";
import { differentiate } from "../rewrite/gradient/differentiate.ts";
import { hoist } from "../rewrite/hoist.ts";
import { inferenceRules, trainingRules } from "../rewrite/rules/index.ts";
import type { Target } from "../schedule/choose.ts";
import { unroll } from "../schedule/straight.ts";
import { lanesPay, multiplyAdds, operations, straightUpTo, tile } from "./cost.ts";

export type Goal = "predict" | "trainStep" | "evaluate";

/** Every pass in order, with what it does. */
export const passes = [
  { name: "build", stage: "graph", says: "layers to a Graph of ops; for training with loss and moving statistics" },
  { name: "expand", stage: "graph", says: "composite ops (sigmoid, softmax, …) to primitives" },
  { name: "differentiate", stage: "graph", says: "training: the gradient of the loss for every trainable weight, as Graph" },
  { name: "optimize", stage: "graph", says: "training: the optimizer's update of every weight and slot, as Graph" },
  {
    name: "rewrite",
    stage: "graph",
    says: "named rules to a fixed point: algebra, constants, views, batch normalisation into weights",
  },
  { name: "hoist", stage: "graph", says: "what depends only on weights leaves for the entry prepare" },
  { name: "pack", stage: "graph", says: "large weights of dots become params in a layout of their own, computed by prepare" },
  { name: "plan", stage: "plan", says: "regions, their order, places of values, the arena" },
  { name: "lower", stage: "program", says: "regions to scheduled loop nests of the js target" },
  { name: "vectorize", stage: "program", says: "the same regions to loop nests in lanes of four, for the simd target" },
  { name: "unroll", stage: "program", says: "small models: one straight line with literal weights" },
] as const satisfies readonly { name: string; stage: "graph" | "plan" | "program"; says: string }[];
export type PassName = (typeof passes)[number]["name"];

/** What a pass made. */
export type Made =
  | { readonly pass: PassName; readonly stage: "graph"; readonly graph: Graph; readonly events: readonly RewriteEvent[] }
  | { readonly pass: PassName; readonly stage: "plan"; readonly plan: Plan }
  | { readonly pass: PassName; readonly stage: "program"; readonly program: Program };
export type Observe = (goal: Goal, made: Made) => void;

/** Everything between Model and Artifact: what tests and tools look at. */
export interface Lowered {
  /** As built, unexpanded and unrewritten: the meaning. */
  readonly built: Graph;
  /** The js target. */
  readonly program: Program;
  /** The simd targets, where they pay: the same buffers and entries, other kernels; relaxed unless exact. */
  readonly simd?: { readonly program: Program; readonly relaxed?: Program };
  /** Contents of const and param buffers; what has none is computed by prepare. */
  readonly contents: ReadonlyMap<string, Float32Array>;
  readonly weights: Readonly<Record<string, Float32Array>>;
  readonly warnings: readonly Diagnostic[];
}

export function lowerModel(model: Model, options: Options, observer: Observe = () => {}): Lowered {
  const observe: Observe = (goal, made) => {
    verify(made);
    observer(goal, made);
  };
  const { values: weights, warnings } = modelWeights(model);
  const contents = new Map(Object.entries(weights));
  const fmt: FloatFmt = options.exact ? "f32" : "f64";
  const { graph: built } = inferenceGraph(model);
  const { prepare, main, packed } = simplify(built, options, observe);
  const shared = new Set(prepare?.results.map(([name]) => name));
  const whole = (parts: readonly Part[], kind: FloatFmt, target: Target) => {
    const { program, tables } = assemble(parts, { name: model.name, fmt: kind, target, prepared: shared });
    const lengths = Object.entries(weights).map(([name, { length }]) => ({ name, length }));
    return { program: settle(program, options.train ? lengths : []), tables };
  };
  const one = planned("predict", main, { rows: 1, packed }, observe);
  const preparing: readonly Part[] =
    prepare === undefined ? [] : [{ entry: "prepare", plan: plan(prepare, { rows: 1, prefix: "prepare/", shared, packed }) }];
  if (!options.train && preparing.length > 0) runPrepare(preparing, shared, fmt, contents);
  const first: Part = { entry: "predict", plan: one };
  const { program: looped, tables } = whole([first], fmt, "js");
  observe("predict", { pass: "lower", stage: "program", program: looped });
  const pays = lanesPay(operations(looped.kernels), { ...options, rows: options.train ? options.batch : 1 });
  const vectors = options.target === "simd" || (options.target === "auto" && pays);
  // Who asks for straight lines of some length gets them.
  const mayStraighten = !options.train && (options.unroll !== undefined || !vectors);
  const straight = mayStraighten ? straighten(looped, new Map([...contents, ...tables]), options) : undefined;
  if (straight !== undefined) {
    observe("predict", { pass: "unroll", stage: "program", program: straight });
    return { built, program: straight, contents: kept(straight, contents, tables), weights, warnings };
  }
  const parts: Part[] = [first];
  if (multiplyAdds(main) >= tile.from) {
    const rows = vectors ? tile.rows.simd : tile.rows.js;
    parts.push({ entry: "predictTile", plan: plan(main, { rows, prefix: "tile/", packed }) });
  }
  if (options.train) parts.push(...preparing, ...trainingParts(model, options, observe));
  const js = whole(parts, fmt, "js");
  observeEntries(parts, "lower", js.program, observe);
  const known = new Map([...contents].filter(([name]) => !options.train || !shared.has(name)));
  const lowered = { built, program: js.program, contents: kept(js.program, known, js.tables), weights, warnings };
  if (!vectors) return lowered;
  const { program } = whole(parts, "f32", "simd");
  observeEntries(parts, "vectorize", program, observe);
  return { ...lowered, simd: options.exact ? { program } : { program, relaxed: whole(parts, "f32", "relaxed").program } };
}

/** The passes over a Graph of its own (IR text): one that updates something is planned as a step over a batch. */
export function lowerGraph(built: Graph, options: Options, observer: Observe = () => {}): void {
  const observe: Observe = (goal, made) => {
    verify(made);
    observer(goal, made);
  };
  const isStep = built.updates.length > 0;
  if (isStep) observe("predict", { pass: "build", stage: "graph", graph: built, events: [] });
  const { prepare, main, packed }: Packed = isStep
    ? { prepare: undefined, main: built, packed: new Set() }
    : simplify(built, options, observe);
  const made = isStep ? planStep("predict", main, options, "", observe) : planned("predict", main, { rows: 1, packed }, observe);
  const prepared = new Set(prepare?.results.map(([name]) => name));
  const parts: readonly Part[] = [{ entry: "predict", plan: made }];
  for (const [pass, target, fmt] of [
    ["lower", "js", options.exact ? "f32" : "f64"],
    ["vectorize", "simd", "f32"],
  ] as const) {
    const { program } = assemble(parts, { name: built.name, fmt, target, prepared });
    observe("predict", { pass, stage: "program", program: settle(program, []) });
  }
}

/** Built Graph → primitives → rewritten → prepared constants split off → packed. */
function simplify(built: Graph, options: Options, observe: Observe): Packed {
  const see = (pass: PassName, graph: Graph, events: readonly RewriteEvent[] = []): void =>
    observe("predict", { pass, stage: "graph", graph, events });
  see("build", built);
  const expanded = expandComposites(built);
  see("expand", expanded);
  const { graph, events } = rewrite(expanded, inferenceRules(options));
  see("rewrite", graph, events);
  const split = hoist(graph);
  see("hoist", split.main);
  // A straight line has its weights as literals: no layout matters.
  if (!options.train && options.target !== "simd" && multiplyAdds(split.main) <= (options.unroll ?? straightUpTo))
    return { ...split, packed: new Set() };
  const packed = pack(split);
  see("pack", packed.main);
  return packed;
}

/** The entries of a training module beside predict: the step, with its gradient and updates, and the loss alone. */
function trainingParts(model: Model, options: Options, observe: Observe): Part[] {
  const training = trainingOf(model);
  const see = (pass: PassName, graph: Graph): Graph => {
    observe("trainStep", { pass, stage: "graph", graph, events: [] });
    return graph;
  };
  const { graph: loss, trainable } = lossGraph(model, training);
  see("build", loss);
  const gradient = see("differentiate", differentiate(see("expand", expandComposites(loss)), "loss", trainable));
  const step = see("optimize", expandComposites(applyOptimizer(gradient, training, trainable)));
  const evaluate = evaluateGraph(model, training).graph;
  observe("evaluate", { pass: "build", stage: "graph", graph: evaluate, events: [] });
  return [
    { entry: "trainStep", plan: planStep("trainStep", step, options, "train/", observe) },
    { entry: "evaluate", plan: planStep("evaluate", evaluate, options, "evaluate/", observe) },
  ];
}

/** A Graph over the rows of a batch, whose weights change between calls, rewritten and planned. */
function planStep(goal: Goal, source: Graph, options: Options, prefix: string, observe: Observe): Plan {
  const expanded = expandComposites(source);
  if (expanded !== source) observe(goal, { pass: "expand", stage: "graph", graph: expanded, events: [] });
  const { graph, events } = rewrite(expanded, trainingRules(options));
  observe(goal, { pass: "rewrite", stage: "graph", graph, events });
  return planned(goal, graph, { rows: { max: options.batch }, prefix, packDots: true }, observe);
}

function planned(goal: Goal, graph: Graph, how: PlanOptions, observe: Observe): Plan {
  const made = plan(graph, how);
  observe(goal, { pass: "plan", stage: "plan", plan: made });
  return made;
}

/** Runs `prepare` at compile time, with the bits of the emitted code. */
function runPrepare(
  parts: readonly Part[],
  prepared: ReadonlySet<string>,
  fmt: FloatFmt,
  contents: Map<string, Float32Array>,
): void {
  const { program, tables } = assemble(parts, { name: "prepare", fmt, prepared });
  verifyProgram(program);
  const machine = createMachine(program, { constants: new Map([...contents, ...tables]) });
  machine.run("prepare");
  for (const name of prepared) contents.set(name, Float32Array.from(machine.buffers.get(name) ?? []));
}

/** The entry predict as one straight line; undefined where it is too long, or its weights must stay outside the text. */
function straighten(looped: Program, contents: ReadonlyMap<string, Float32Array>, options: Options): Program | undefined {
  if (options.weights === "external" || options.target === "simd") return undefined;
  const buffers = new Map(looped.buffers.map((buffer) => [buffer.name, buffer]));
  // A multiply-add is one statement; starting, finishing and naming a sum are about as many again in the smallest nets.
  const straight = unroll(looped.kernels, { buffers, contents, budget: 2 * (options.unroll ?? straightUpTo) });
  if (straight === undefined) return undefined;
  const kernel: Kernel = { ...straight, name: "predict" };
  return settle({ ...looped, kernels: [kernel], entries: looped.entries.map((entry) => ({ ...entry, calls: ["predict"] })) }, []);
}

/** Contents of the buffers that a Program has. */
function kept(
  program: Program,
  contents: ReadonlyMap<string, Float32Array>,
  tables: ReadonlyMap<string, Float32Array>,
): ReadonlyMap<string, Float32Array> {
  const names = new Set(program.buffers.map(({ name }) => name));
  return new Map([...contents, ...tables].filter(([name]) => names.has(name)));
}

/** Shows each goal its own entry of a Program. */
function observeEntries(parts: readonly Part[], pass: "lower" | "vectorize", program: Program, observe: Observe): void {
  verifyProgram(program);
  for (const goal of ["predict", "trainStep", "evaluate"] as const) {
    if ((goal === "predict" && pass === "lower") || !parts.some(({ entry }) => entry === goal)) continue;
    const entries = program.entries.filter(({ name }) => name === goal);
    const kernels = program.kernels.filter(({ name }) => entries.some(({ calls }) => calls.includes(name)));
    observe(goal, { pass, stage: "program", program: settle({ ...program, entries, kernels }, []) });
  }
}

function verify(made: Made): void {
  try {
    if (made.stage === "graph") verifyGraph(made.graph, ops);
    if (made.stage === "plan") verifyPlan(made.plan);
    if (made.stage === "program") verifyProgram(made.program);
  } catch (error) {
    throw error instanceof CompileError ? error.with({ note: `after the pass ${made.pass}` }) : error;
  }
}

/** The text of what a pass made. */
export function printMade(made: Made): string {
  if (made.stage === "graph") return printGraph(made.graph);
  return made.stage === "plan" ? printPlan(made.plan) : printProgram(made.program);
}

/** What the model is to be trained for. */
export function trainingOf(model: Model): TrainingSpec {
  if (model.training !== undefined) return model.training;
  throw new CompileError({
    code: "training/missing",
    path: "training",
    message: "a training step needs a loss and an optimizer; the model names none",
    hint: 'give sequential(list, { training: { loss: "mse", optimizer: "adam" } })',
  });
}
