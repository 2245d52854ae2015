// Model → Artifact. In: a model and options. Out: a module's text, declarations, weights and facts; or the stages on the way.
// Guarantee: pure; the same model and options give the same bytes.
import type { Artifact, Manifest, Rounding } from "./artifact.ts";
import { hasher } from "./base/hash.ts";
import type { Line } from "./base/lines.ts";
import { version } from "./base/version.ts";
import { check } from "./diagnostics/check.ts";
import { CompileError, type Diagnostic, internal, withinEngine } from "./diagnostics/error.ts";
import { plainData } from "./diagnostics/plain.ts";
import { Marks } from "./emit/marks.ts";
import { emitCalls } from "./emit/module/calls.ts";
import { forms, settle } from "./emit/module/forms/list.ts";
import { emitModule } from "./emit/module/module.ts";
import type { ModuleParts } from "./emit/module/parts.ts";
import { emitProfile } from "./emit/module/profile.ts";
import { resolve } from "./front/steps.ts";
import { stateName } from "./front/stream.ts";
import type { Graph } from "./graph/graph.ts";
import type { Model } from "./model.ts";
import { isRounded, type Options, type OptionsInput, optionsSchema, type WeightsType } from "./options.ts";
import { countOps, multiplyAdds } from "./pipeline/cost.ts";
import { printMade } from "./pipeline/forms.ts";
import { type Compilation, lowerModel as lowerChecked, lowerGraph, type Observe } from "./pipeline/lower-model.ts";
import type { Goal, Made, PassName, Stage } from "./pipeline/passes.ts";
import { type GivenRows, roundingAt } from "./pipeline/rounding.ts";
import { goldens } from "./pipeline/self-test.ts";
import { outsOf, type Plan } from "./plan/plan.ts";
import type { NestKernel } from "./program/nest/nest.ts";
import type { Program } from "./program/program.ts";
import type { RewriteEvent } from "./rewrite/engine.ts";
import type { Scheduled } from "./schedule/schedule.ts";
import type { Target } from "./targets.ts";

export type { Compilation, Observe } from "./pipeline/lower-model.ts";
export { type Goal, passes } from "./pipeline/passes.ts";

/** Compiles a model to a module. Throws CompileError. */
export const compile = (model: Model, input: OptionsInput = {}): Artifact => compileObserved(model, input).artifact;

/** The same, for whoever wants to see what is made on the way: what every pass makes of every entry, and what the module is made of. */
export const compileObserved = (model: Model, input: OptionsInput = {}, observe?: Observe): Observed =>
  withinEngine(() => {
    const options = parseOptions(input);
    const compilation = lowerChecked(model, options, observe);
    return { compilation, ...artifactOf(compilation, options, observe === undefined ? undefined : new Marks()) };
  });

/** What a compilation that is observed gives. */
export interface Observed {
  readonly artifact: Artifact;
  readonly compilation: Compilation;
  /** The module's text line by line with what each is of, and its kernels in WebAssembly (the plain form) as text. */
  readonly lines: readonly Line[];
  readonly wasmLines: readonly Line[];
  /** The same of the relaxed form; empty where bits must be equal everywhere. */
  readonly relaxedLines: readonly Line[];
}

/** What the module of a compilation is made of. */
export function partsOf(
  { resolved, loss, stream, built, program, simd, contents, states, weights, narrow }: Compilation,
  options: Options,
): ModuleParts {
  const { predict, model, about } = resolved;
  return {
    model: { name: model.name, hash: hashOf(model, options, weights, states) },
    options,
    version,
    inputs: predict.inputs,
    outputs: predict.outputs,
    words: predict.words,
    feeds: predict.feeds,
    program,
    constants: new Map([...contents, ...(states ?? [])]),
    ...(narrow === undefined ? {} : { narrow }),
    weights: options.train ? predict.weights.map((weight) => ({ ...weight, buffer: weight.name })) : [],
    ...(about === undefined ? {} : { about }),
    counts: { ops: countOps(built), multiplyAdds: multiplyAdds(built) },
    ...(simd === undefined ? {} : { simd }),
    ...(stream === undefined
      ? {}
      : { stream: { ...stream, states: stream.states.map((state) => ({ ...state, buffer: stateName(state.name) })) } }),
    ...(loss === undefined ? {} : { targets: loss.targets, logs: loss.logs, learningRate: loss.learningRate }),
  };
}

/** A script that makes the kernels of a model ready to be run one by one (emit/module/profile.ts). Throws CompileError. */
export const profileOf = (model: Model, input: OptionsInput = {}): string =>
  withinEngine(() => {
    // A straight line is one kernel for all layers.
    const options = parseOptions({ ...input, unroll: 0 });
    return emitProfile(partsOf(lowerChecked(model, options), options));
  });

/** Predict call by call, to be run over numbers that somebody gives. */
export interface Calls {
  /** Defines the function `id` (emit/module/calls.ts). */
  readonly script: string;
  /** Its regions are the calls, in order. */
  readonly plan: Plan;
}

/** The calls of a model's predict; the function of the script is called `id`. Throws CompileError. */
export const callsOf = (model: Model, input: OptionsInput, id: Parameters<typeof emitCalls>[1]["id"]): Calls =>
  withinEngine(() => {
    const options = parseOptions({ ...input, train: false, stream: false, unroll: 0 });
    let seen: Plan | undefined;
    const compilation = lowerChecked(model, options, (goal, made) => {
      if (goal === "predict" && made.stage === "plan") seen = made.plan;
    });
    const planned = seen ?? internal("predict was not planned");
    const outs = planned.regions.map((region) => outsOf(region)[0]?.buffer);
    return { script: emitCalls(partsOf(compilation, options), { id, outs, encodes: id === "layercCalls" }), plan: planned };
  });

function artifactOf(compilation: Compilation, options: Options, marks?: Marks): Omit<Observed, "compilation"> {
  const { resolved, program, weights, warnings, narrow } = compilation;
  const { predict, model, about } = resolved;
  const parts = partsOf(compilation, options);
  const {
    counts,
    model: { hash },
  } = parts;
  const isIdle = isRounded(options) && (narrow === undefined || narrow.size === 0);
  const { selfTest, rounding } = options.selfTest ? goldens(resolved, options) : {};
  const {
    lines = [],
    wasmLines = [],
    relaxedLines = [],
    shipped,
    ...emitted
  } = emitModule({
    ...parts,
    ...(selfTest === undefined ? {} : { selfTest }),
    ...(rounding === undefined ? {} : { rounding }),
    ...(marks === undefined ? {} : { marks }),
  });
  // Buffers of the arena lie over each other: what counts is where the last one ends.
  const arena = program.buffers.filter(({ role }) => role === "arena");
  const ends = arena.reduce((end, { at, length }) => Math.max(end, at + length), 0);
  const first = arena.reduce((start, { at }) => Math.min(start, at), ends);
  const asGiven = 4 * Object.values(weights).reduce((sum, { length }) => sum + length, 0);
  const manifest: Manifest = {
    model: model.name,
    hash,
    options,
    inputs: predict.inputs,
    outputs: predict.outputs,
    weights: predict.weights,
    ...(about === undefined ? {} : { about }),
    ...(rounding === undefined ? {} : { rounding }),
    multiplyAdds: counts.multiplyAdds,
    bytes: {
      // As they are shipped, where that is not how they were given.
      weights: shipped ?? asGiven,
      arena: 4 * (ends - first),
      code: emitted.binary?.length ?? new TextEncoder().encode(emitted.code).length,
    },
  };
  const left = options.train ? (model.left ?? []) : [];
  const lost = left.map((what): Diagnostic => ({ code: "training/left", path: "training", message: `the model's file says more than layerc has; ${what}` })); // biome-ignore format: one line
  const own = options.train ? [] : untrained(model);
  const idle = isIdle ? [noGain(options)] : [];
  return {
    artifact: { ...emitted, manifest, warnings: [...own, ...lost, ...warnings, ...idle] },
    lines,
    wasmLines,
    relaxedLines,
  };
}

/** The warning of weights that were rounded for nothing. */
const noGain = ({ weightsType }: Options): Diagnostic => ({
  code: "weights/gain",
  path: "weightsType",
  message: `the weights are rounded to ${weightsType}, and the module is no smaller for it: they are so few that they travel as float32`,
  hint: "leave weightsType out",
});

/**
 * What rounding a model's weights to `type` does at rows of somebody's own, given by the names of the Graph's inputs: by output the largest difference from
 * float32 weights, in doubles. Throws CompileError.
 */
export const roundingOf = (model: Model, type: WeightsType, given: GivenRows): Rounding =>
  withinEngine(() => ({ type, rows: given.rows, outputs: roundingAt(resolve(model, type), given) }));

/** The warning of a model that predicts with its initial weights; whoever trains it needs none. */
export const untrained = ({ weights }: Pick<Model, "weights">): readonly Diagnostic[] =>
  weights !== undefined
    ? []
    : [
        {
          code: "weights/untrained",
          path: "",
          message: "the model has no weights: the seeded initial weights are used",
          hint: "train it, or give `weights`",
        },
      ];

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

/** What has to be compiled so that there is the entry. */
const needs = {
  predict: {},
  step: { stream: true },
  trainStep: { train: true },
  evaluate: { train: true },
  metrics: { train: true },
} satisfies Record<Goal, OptionsInput>;

/** The stages of one entry after every pass, for inspection. */
export function snapshots(model: Model, input: OptionsInput = {}, goal: Goal = "predict"): readonly Snapshot[] {
  const seen: Snapshot[] = [];
  const options = parseOptions({ ...input, ...needs[goal] });
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
export const lowerModel = (model: Model, input: OptionsInput = {}, observe?: Observe): Compilation =>
  withinEngine(() => lowerChecked(model, parseOptions(input), observe));

/** Options with defaults. Throws CompileError options/invalid. */
export function parseOptions(input: OptionsInput): Options {
  const place = { code: "options/invalid", path: "", subject: "compile" } as const;
  // Read once: what the caller's object says a second time may be another thing.
  const given = plainData(input, place) as OptionsInput;
  const options = settle(given, check(optionsSchema, given, place));
  if (options.train && isRounded(options))
    throw new CompileError({
      code: "options/invalid",
      path: "weightsType",
      message: `a module with train moves float32 weights, found weightsType ${JSON.stringify(options.weightsType)}`,
      hint: "round the trained model: compile it without train",
    });
  return options;
}

/** How a file of what these options make is called, from the point on. Throws CompileError options/invalid. */
export function extensionOf(input: OptionsInput): string {
  const options = parseOptions(input);
  return forms[options.format].extension(options);
}

function hashOf(
  model: Model,
  options: Options,
  weights: Readonly<Record<string, Float32Array>>,
  states: ReadonlyMap<string, Float32Array> = new Map(),
): string {
  const hash = hasher();
  const { layers, graph, inputs, outputs, training, about } = model;
  // A chain hashes as it always has.
  const more = [graph, inputs, outputs, about].some((one) => one !== undefined)
    ? [graph ?? null, inputs ?? null, outputs ?? null, about ?? null]
    : [];
  hash.text(JSON.stringify([version, model.name, model.seed, layers, training ?? null, options, ...more]));
  for (const [name, values] of [...Object.entries(weights), ...states]) {
    hash.text(name);
    hash.floats(values);
  }
  return hash.digest();
}
