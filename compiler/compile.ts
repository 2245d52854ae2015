// Model → Artifact. In: a model and options. Out: a module's text, declarations, weights and facts; or the stages on the way.
// Guarantee: pure; the same model and options give the same bytes.
import type { Artifact, Manifest } from "./artifact.ts";
import { hasher } from "./base/hash.ts";
import { random } from "./base/random.ts";
import { version } from "./base/version.ts";
import { CompileError, type Diagnostic, withinEngine } from "./diagnostics/error.ts";
import { emitModule } from "./emit/module/module.ts";
import { plainData, plainModel } from "./front/plain.ts";
import type { Resolved } from "./front/steps.ts";
import { type Graph, sizeOf } from "./graph/graph.ts";
import { runGraph } from "./interpret/graph.ts";
import type { Model } from "./model.ts";
import { type Options, type OptionsInput, optionsSchema } from "./options.ts";
import { countOps, multiplyAdds } from "./pipeline/cost.ts";
import { type Compilation, lowerModel as lowerChecked, lowerGraph } from "./pipeline/lower-model.ts";
import { type Goal, type Made, type PassName, printMade, type Stage } from "./pipeline/passes.ts";
import type { Plan } from "./plan/plan.ts";
import type { NestKernel } from "./program/nest/nest.ts";
import type { Program, Role } from "./program/program.ts";
import type { RewriteEvent } from "./rewrite/engine.ts";
import type { Scheduled } from "./schedule/schedule.ts";
import type { Target } from "./targets.ts";

export type { Compilation } from "./pipeline/lower-model.ts";
export { type Goal, passes } from "./pipeline/passes.ts";

/** Compiles a model to a module. Throws CompileError. */
export const compile = (model: Model, input: OptionsInput = {}): Artifact => withinEngine(() => compileChecked(model, input));

function compileChecked(given: Model, input: OptionsInput): Artifact {
  const options = parseOptions(input);
  const model = plainModel(given);
  if (model.weightsFile !== undefined && model.weights === undefined) throw unread(model.weightsFile);
  const { resolved, loss, built, program, simd, contents, weights, warnings } = lowerChecked(model, options);
  const { inference } = resolved;
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
    ...(simd === undefined ? {} : { simd }),
    ...(loss === undefined ? {} : { target: loss.target, learningRate: loss.learningRate }),
    ...(options.selfTest ? { selfTest: goldens(resolved) } : {}),
  });
  const elements = (role: Role): number =>
    program.buffers.reduce((sum, buffer) => (buffer.role === role ? sum + buffer.length : sum), 0);
  const manifest: Manifest = {
    model: model.name,
    hash,
    options,
    inputs: [inference.input],
    outputs: [inference.output],
    weights: inference.weights,
    multiplyAdds: counts.multiplyAdds,
    bytes: {
      weights: 4 * Object.values(weights).reduce((sum, { length }) => sum + length, 0),
      arena: 4 * elements("arena"),
      code: new TextEncoder().encode(emitted.code).length,
    },
  };
  const untrained: Diagnostic = {
    code: "weights/untrained",
    path: "",
    message: "the model has no weights: the seeded initial weights are used",
    hint: "train it, or give `weights`",
  };
  return { ...emitted, manifest, warnings: model.weights === undefined && !options.train ? [untrained, ...warnings] : warnings };
}

/** compile touches no file: whoever loads the model reads its weights. */
const unread = (file: string): CompileError =>
  new CompileError({
    code: "weights/unread",
    path: "weights",
    message: `the model names the weights file ${JSON.stringify(file)}, which has not been read`,
    hint: "compile the model file with the command line or a plugin, or give the weights themselves: { ...model, weights }",
  });

/** The IR after one pass. */
export interface Snapshot {
  readonly pass: PassName;
  readonly stage: Stage;
  readonly text: string;
  readonly graph?: Graph;
  readonly plan?: Plan;
  readonly nests?: Program<NestKernel>;
  /** Of one target; there is a snapshot for each that is lowered. */
  readonly scheduled?: Program<NestKernel<Scheduled>>;
  readonly target?: Target;
  readonly program?: Program;
  readonly events: readonly RewriteEvent[];
}

/** The stages of one entry after every pass, for inspection. */
export function snapshots(model: Model, input: OptionsInput = {}, goal: Goal = "predict"): readonly Snapshot[] {
  const seen: Snapshot[] = [];
  const options = parseOptions({ ...input, train: goal !== "predict" || input.train === true });
  withinEngine(() =>
    lowerChecked(model, options, (entry, made) => {
      if (entry === goal) seen.push(snapshot(made));
    }),
  );
  return seen;
}

/** The same for a Graph of its own, such as IR text holds; without the contents of its params. */
export function graphSnapshots(graph: Graph, input: OptionsInput = {}): readonly Snapshot[] {
  const seen: Snapshot[] = [];
  lowerGraph(graph, parseOptions(input), (_, made) => seen.push(snapshot(made)));
  return seen;
}

const snapshot = (made: Made): Snapshot => ({ events: [], ...made, text: printMade(made) });

/** Everything between Model and Artifact. */
export const lowerModel = (model: Model, input: OptionsInput = {}): Compilation =>
  withinEngine(() => lowerChecked(model, parseOptions(input)));

/** Options with defaults. Throws CompileError options/invalid. */
export function parseOptions(input: OptionsInput): Options {
  const parsed = optionsSchema.safeParse(plainData(input, "options/invalid", ""));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CompileError({ code: "options/invalid", path: issue.path.join("."), message: issue.message });
}

/**
 * At most four rows, legal for the input layer, from the seed; with what the double-precision interpreter says of them. A model
 * may make much of a rounding (a normalisation of numbers that are nearly equal): of eight draws the first is taken where
 * float32 changes the results by less than a tenth of what selfTest allows, or the one where it changes them least.
 */
function goldens(resolved: Resolved): { rows: number; x: Float32Array; y: Float32Array } {
  const { model, inputShape: input, outputShape: output } = resolved;
  const { graph: built } = resolved.inference;
  const { values: weights } = resolved.modelWeights();
  const rows = Math.max(1, Math.min(4, Math.floor(64 / Math.max(1, sizeOf(input) + sizeOf(output)))));
  const draw = resolved.inputSampler(random(model.seed ^ 0x7e57));
  let best = { x: new Float32Array(), y: new Float32Array(), error: Number.NaN };
  for (let attempt = 0; attempt < 8 && !(best.error < 1e-6); attempt++) {
    // Sixteenths are short as text and exact in float32.
    const x = Float32Array.from({ length: rows * sizeOf(input) }, () => Math.floor(draw() * 16) / 16);
    const [y, rounded] = (["double", "f32"] as const).map((precision) => {
      return runGraph(built, { rows, values: { ...weights, x }, precision }).results.y.data;
    });
    const scale = y.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    const error = y.reduce((most, value, i) => Math.max(most, Math.abs(rounded[i] - value) / scale), 0);
    if (attempt === 0 || error < best.error || Number.isNaN(best.error)) best = { x, y: Float32Array.from(y), error };
  }
  return { rows, x: best.x, y: best.y };
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
