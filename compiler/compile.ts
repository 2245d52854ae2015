// The pipeline on one screen: Model → Graph → Plan → Program → Artifact. In: a model and options. Out: an artifact, or every
// stage on the way. Guarantee: pure; the same model and options give the same bytes.
import type { Artifact, Manifest } from "./artifact.ts";
import { differentiate } from "./autodiff/differentiate.ts";
import {
  applyOptimizer,
  evaluateGraph,
  inferenceGraph,
  inputSampler,
  lossGraph,
  modelWeights,
  type TrainingSpec,
} from "./build.ts";
import { countOps, multiplyAdds } from "./cost.ts";
import { CompileError } from "./diagnostics/error.ts";
import { emitModule } from "./emit/module.ts";
import { hasher } from "./hash.ts";
import { runGraph } from "./interpret/graph.ts";
import { createMachine } from "./interpret/program.ts";
import type { Graph } from "./ir/graph.ts";
import { printGraph } from "./ir/print.ts";
import type { Model } from "./model.ts";
import { type Options, type OptionsInput, optionsSchema } from "./options.ts";
import type { Plan } from "./plan/ir.ts";
import { type Packed, pack } from "./plan/pack.ts";
import { type PlanOptions, plan } from "./plan/plan.ts";
import { printPlan } from "./plan/print.ts";
import { assemble, type Part, settle } from "./program/assemble.ts";
import type { FloatFmt, Kernel, Program } from "./program/ir.ts";
import { printProgram } from "./program/print.ts";
import { unroll } from "./program/unroll.ts";
import { random } from "./random.ts";
import { type RewriteEvent, rewrite } from "./rewrite/engine.ts";
import { expandComposites } from "./rewrite/expand.ts";
import { hoist } from "./rewrite/hoist.ts";
import { inferenceRules, trainingRules } from "./rewrite/rules/index.ts";
import { version } from "./version.ts";

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
    says: "named rules to a fixed point: algebra, constants, reshapes, batch normalisation into weights",
  },
  { name: "hoist", stage: "graph", says: "what depends only on weights leaves for the entry prepare" },
  { name: "pack", stage: "graph", says: "large weights of dots become params in a layout of their own, computed by prepare" },
  { name: "plan", stage: "plan", says: "regions, their order, places of values, the arena" },
  { name: "lower", stage: "program", says: "regions to scheduled loop nests" },
  { name: "unroll", stage: "program", says: "small models: one straight line with literal weights" },
] as const satisfies readonly { name: string; stage: "graph" | "plan" | "program"; says: string }[];

/** The IR after one pass. */
export interface Snapshot {
  readonly pass: (typeof passes)[number]["name"];
  readonly stage: "graph" | "plan" | "program";
  readonly text: string;
  readonly graph?: Graph;
  readonly plan?: Plan;
  readonly program?: Program;
  readonly events: readonly RewriteEvent[];
}
type Observe = (snapshot: Snapshot) => void;

/** Everything between Model and Artifact: what tests and tools look at. */
export interface Lowered {
  readonly options: Options;
  /** As built, unexpanded and unrewritten: the meaning. */
  readonly built: Graph;
  readonly program: Program;
  /** Contents of const and param buffers. */
  readonly contents: ReadonlyMap<string, Float32Array>;
}

/** Compiles a model to a module. Throws CompileError. */
export function compile(model: Model, input: OptionsInput = {}): Artifact {
  const { options, built, program, contents } = lowerModel(model, input);
  const { values: weights, warnings } = modelWeights(model);
  const inference = inferenceGraph(model);
  const training = options.train ? lossGraph(model, trainingOf(model)) : undefined;
  const hash = hashOf(model, options, weights);
  const counts = { ops: countOps(built), multiplyAdds: multiplyAdds(built) };
  const emitted = emitModule({
    model: { name: model.name, hash },
    options,
    version,
    input: inference.input,
    output: inference.output,
    program,
    constants: contents,
    weights: options.train ? inference.weights.map((weight) => ({ ...weight, buffer: weight.name })) : [],
    counts,
    ...(training === undefined ? {} : { target: training.target, learningRate: training.learningRate }),
    ...(options.selfTest ? { selfTest: goldens(model, built, inference.input.shape, inference.output.shape) } : {}),
  });
  const elements = (role: string): number =>
    program.buffers.reduce((sum, buffer) => (buffer.role === role ? sum + buffer.length : sum), 0);
  const manifest: Manifest = {
    model: model.name,
    hash,
    options,
    inputs: [inference.input],
    outputs: [inference.output],
    weights: inference.weights,
    multiplyAdds: counts.multiplyAdds,
    bytes: { weights: 4 * (elements("const") + elements("param")), arena: 4 * elements("arena"), code: emitted.code.length },
  };
  const untrained = model.weights === undefined && !options.train;
  return {
    ...emitted,
    manifest,
    warnings: untrained
      ? [
          {
            code: "weights/untrained",
            path: "",
            message: "the model has no weights: the seeded initial weights are used",
            hint: "train it, or give `weights`",
          },
          ...warnings,
        ]
      : warnings,
  };
}

/** The stages after every pass, for inspection. */
export function snapshots(model: Model, input: OptionsInput = {}, goal: Goal = "predict"): readonly Snapshot[] {
  const seen: Snapshot[] = [];
  lowerModel(
    model,
    { ...input, train: goal !== "predict" || input.train === true },
    { goal, observe: (snapshot) => seen.push(snapshot) },
  );
  return seen;
}

export function lowerModel(model: Model, input: OptionsInput = {}, watch?: { goal: Goal; observe: Observe }): Lowered {
  const options = parseOptions(input);
  const fmt: FloatFmt = options.exact ? "f32" : "f64";
  const observe = (goal: Goal): Observe => (watch?.goal === goal ? watch.observe : () => {});
  const weights = new Map(Object.entries(modelWeights(model).values));
  const { graph: built } = inferenceGraph(model);
  const { prepare, main, packed } = simplify(built, options, observe("predict"));
  const one = planned(main, { rows: 1, packed }, observe("predict"));
  const parts: Part[] = [{ entry: "predict", plan: one }];
  const shared = new Set(prepare?.results.map(([name]) => name));
  const preparing: Part[] =
    prepare === undefined ? [] : [{ entry: "prepare", plan: plan(prepare, { rows: 1, prefix: "prepare/", shared, packed }) }];
  const contents = new Map(weights);
  if (!options.train) {
    if (preparing.length > 0) runPrepare(preparing, shared, fmt, weights, contents);
    const straight = straighten(one, fmt, shared, contents, options, observe("predict"));
    if (straight !== undefined) parts[0] = { ...parts[0], kernels: [straight] };
    else if (multiplyAdds(main) >= tileFrom)
      parts.push({ entry: "predictTile", plan: plan(main, { rows: tileRows, prefix: "tile/", packed }) });
  } else {
    if (multiplyAdds(main) >= tileFrom)
      parts.push({ entry: "predictTile", plan: plan(main, { rows: tileRows, prefix: "tile/", packed }) });
    parts.push(...preparing, ...trainingParts(model, options, observe));
  }
  const { program: whole, tables } = assemble(parts, { name: model.name, fmt, prepared: shared });
  const program = settle(whole, options.train ? [...weights].map(([name, { length }]) => ({ name, length })) : []);
  const kept = new Set(program.buffers.map(({ name }) => name));
  const known = new Map([...contents, ...tables].filter(([name]) => kept.has(name) && (!options.train || !shared.has(name))));
  return { options, built, program, contents: known };
}

/** Rows of the tile that large models run through all layers, and the multiply-adds a row from which it pays. */
const tileRows = 8;
const tileFrom = 4096;

/** Built Graph → primitives → rewritten → prepared constants split off. */
function simplify(built: Graph, options: Options, observe: Observe): Packed {
  observe(ofGraph("build", built));
  const expanded = expandComposites(built);
  observe(ofGraph("expand", expanded));
  const { graph, events } = rewrite(expanded, inferenceRules(options));
  observe(ofGraph("rewrite", graph, events));
  const split = hoist(graph);
  observe(ofGraph("hoist", split.main));
  // A straight line has its weights as literals: no layout matters.
  if (!options.train && multiplyAdds(split.main) <= options.unroll) return { ...split, packed: new Set() };
  const packed = pack(split);
  observe(ofGraph("pack", packed.main));
  return packed;
}

function trainingParts(model: Model, options: Options, observe: (goal: Goal) => Observe): Part[] {
  const training = trainingOf(model);
  const rows = { max: options.batch };
  const watch = observe("trainStep");
  const { graph: loss, trainable } = lossGraph(model, training);
  watch(ofGraph("build", loss));
  const expanded = expandComposites(loss);
  watch(ofGraph("expand", expanded));
  const gradient = differentiate(expanded, "loss", trainable);
  watch(ofGraph("differentiate", gradient));
  const step = expandComposites(applyOptimizer(gradient, training, trainable));
  watch(ofGraph("optimize", step));
  const trainStep = rewrite(step, trainingRules(options));
  watch(ofGraph("rewrite", trainStep.graph, trainStep.events));
  const evaluating = observe("evaluate");
  const built = evaluateGraph(model, training).graph;
  evaluating(ofGraph("build", built));
  const evaluate = rewrite(expandComposites(built), trainingRules(options));
  evaluating(ofGraph("rewrite", evaluate.graph, evaluate.events));
  return [
    { entry: "trainStep", plan: planned(trainStep.graph, { rows, prefix: "train/", packDots: true }, watch) },
    { entry: "evaluate", plan: planned(evaluate.graph, { rows, prefix: "evaluate/", packDots: true }, evaluating) },
  ];
}

function planned(graph: Graph, how: PlanOptions, observe: Observe): Plan {
  const made = plan(graph, how);
  observe({ pass: "plan", stage: "plan", text: printPlan(made), plan: made, events: [] });
  return made;
}

/** Runs `prepare` at compile time, with the bits of the emitted code. */
function runPrepare(
  parts: readonly Part[],
  prepared: ReadonlySet<string>,
  fmt: FloatFmt,
  weights: ReadonlyMap<string, Float32Array>,
  contents: Map<string, Float32Array>,
): void {
  const { program, tables } = assemble(parts, { name: "prepare", fmt, prepared });
  const machine = createMachine(program, { constants: new Map([...weights, ...tables]) });
  machine.run("prepare", {});
  for (const name of prepared) contents.set(name, Float32Array.from(machine.buffers.get(name) ?? []));
}

function straighten(
  one: Plan,
  fmt: FloatFmt,
  prepared: ReadonlySet<string>,
  contents: ReadonlyMap<string, Float32Array>,
  options: Options,
  observe: Observe,
): Kernel | undefined {
  const { program, tables } = assemble([{ entry: "predict", plan: one }], { name: "predict", fmt, prepared });
  observe({ pass: "lower", stage: "program", text: printProgram(program), program, events: [] });
  const buffers = new Map(program.buffers.map((buffer) => [buffer.name, buffer]));
  // A multiply-add is one statement; starting, finishing and naming a sum are about as many again in the smallest nets.
  // Weights that come with `create(bytes)` are no literals.
  const known = options.weights === "external" ? tables : new Map([...contents, ...tables]);
  const straight = unroll(program.kernels, { buffers, contents: known, budget: 2 * options.unroll });
  if (straight === undefined) return undefined;
  const named = { ...straight, name: "predict" };
  const unrolled = settle(
    { ...program, kernels: [named], entries: program.entries.map((entry) => ({ ...entry, calls: ["predict"] })) },
    [],
  );
  observe({ pass: "unroll", stage: "program", text: printProgram(unrolled), program: unrolled, events: [] });
  return named;
}

/** What the model is to be trained for. */
function trainingOf(model: Model): TrainingSpec {
  if (model.training !== undefined) return model.training;
  throw new CompileError({
    code: "training/missing",
    path: "training",
    message: "a training step needs a loss and an optimizer; the model names none",
    hint: 'give sequential(list, { training: { loss: "mse", optimizer: "adam" } })',
  });
}

const ofGraph = (pass: Snapshot["pass"], graph: Graph, events: readonly RewriteEvent[] = []): Snapshot => ({
  pass,
  stage: "graph",
  text: printGraph(graph),
  graph,
  events,
});

function parseOptions(input: OptionsInput): Options {
  const parsed = optionsSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CompileError({ code: "options/invalid", path: issue.path.join("."), message: issue.message });
}

/** At most four rows, legal for the input layer, from the seed; with what the double-precision interpreter says. */
function goldens(
  model: Model,
  built: Graph,
  inputShape: readonly number[],
  outputShape: readonly number[],
): { rows: number; x: Float32Array; y: Float32Array } {
  const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
  const rows = Math.max(1, Math.min(4, Math.floor(64 / Math.max(1, size(inputShape) + size(outputShape)))));
  const draw = inputSampler(model, random(model.seed ^ 0x7e57));
  const x = Float32Array.from({ length: rows * size(inputShape) }, draw);
  const values = { ...modelWeights(model).values, x };
  const { y } = runGraph(built, { rows, values, precision: "double" }).results;
  return { rows, x, y: Float32Array.from(y.data) };
}

function hashOf(model: Model, options: Options, weights: Readonly<Record<string, Float32Array>>): string {
  const hash = hasher();
  hash.text(JSON.stringify([version, model.name, model.seed, model.layers, model.training ?? null, options]));
  for (const [name, values] of Object.entries(weights)) {
    hash.text(name);
    hash.floats(values);
  }
  return hash.digest();
}
