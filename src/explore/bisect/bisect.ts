// Where the executors of a model first disagree. In: a model, rows, options; and, for whoever tries it out, other passes or emitters. Out: a
// check for everything that can run, in the order in which it is made, and at the first that fails: the pass, the rule, the kernel and its
// strategy, the layer, and by how much.
//
// A Graph is held against the Graph as it was built, in doubles, and may be off by what float32 may add to this model at these rows. So may be
// the first Program of a target; everything after that has its bits, the emitted code too, but for relaxed kernels.
import { parseOptions, partsOf } from "../../../compiler/compile.ts";
import { CompileError, internal } from "../../../compiler/diagnostics/error.ts";
import { emitModule } from "../../../compiler/emit/module/module.ts";
import { emitWasm } from "../../../compiler/emit/wasm/emit.ts";
import { resolve } from "../../../compiler/front/steps.ts";
import type { Graph } from "../../../compiler/graph/graph.ts";
import type { Model } from "../../../compiler/model.ts";
import type { Options, OptionsInput } from "../../../compiler/options.ts";
import { type Compilation, lowerModel } from "../../../compiler/pipeline/lower-model.ts";
import { allPasses, type Made, type Passes, type PassName } from "../../../compiler/pipeline/passes.ts";
import { flatten } from "../../../compiler/plan/flatten.ts";
import type { Plan } from "../../../compiler/plan/plan.ts";
import { plainProgram } from "../../../compiler/program/nest/plain.ts";
import type { Program } from "../../../compiler/program/program.ts";
import { applySchedules } from "../../../compiler/schedule/apply.ts";
import { type Distance, distance } from "./differ.ts";
import {
  type Contents,
  type Given,
  goalOf,
  type Outputs,
  outputsOf,
  prepared,
  runModule,
  runProgram,
  runStage,
  runTraining,
  runWasm,
} from "./executors.ts";
import { type Fired, firstFiring } from "./firing.ts";
import { type Meaning, meaningOfPredict, meaningOfStep } from "./meaning.ts";
import { kernelInCode, kernelInNests, kernelInProgram, kernelInWasm, type Suspect } from "./suspect.ts";

/** What compiles: the compiler's own, or another to be tried. */
export interface Tools {
  readonly passes: Passes;
  readonly emitModule: typeof emitModule;
  readonly emitWasm: typeof emitWasm;
}
const own: Tools = { passes: allPasses, emitModule, emitWasm };

/** One thing that was run. */
export interface Check extends Distance {
  /** A pass, or what was emitted: `JavaScript`, `WebAssembly`, `relaxed WebAssembly`. */
  readonly step: PassName | "JavaScript" | "WebAssembly" | "relaxed WebAssembly";
  /** Which Program: the Graph and the Plan are of all targets. */
  readonly target?: string;
  /** Whether it promises the bits of what stands before it, or to lie within the bound of the model. */
  readonly promise: "bits" | "bound";
}
/** What is known of a fault. */
export interface Fault extends Check, Suspect, Partial<Fired> {
  /** What was thrown in the place of a result. */
  readonly threw?: string;
}
/** All checks up to the first that fails. */
export interface Bisection {
  readonly checks: readonly Check[];
  readonly fault?: Fault;
}

/** The first fault of a model at some rows: of `predict`, or with targets of one step of training. Throws CompileError where the model itself is wrong. */
export function bisect(model: Model, given: Given, input: OptionsInput = {}, tools: Partial<Tools> = {}): Bisection {
  const { passes, ...emitters } = { ...own, ...tools };
  const options: Options = {
    ...parseOptions({ ...input, ...(given.targets && { batch: Math.max(given.rows, input.batch ?? 1) }) }),
    train: given.targets !== undefined,
    selfTest: false,
    weights: "inline",
    wasm: "embed",
    format: "esm",
  };
  const made: Made[] = [];
  const resolved = resolve(model, options.weightsType);
  const { values: weights } = resolved.modelWeights();
  const meaning =
    given.targets === undefined ? meaningOfPredict(resolved.predict, weights, given) : meaningOfStep(resolved, weights, given);
  const site: Site = { ...meaning, options, weights };
  const checks: Check[] = [];
  let compilation: Compilation;
  try {
    compilation = lowerModel(model, options, (goal, one) => void (goal === goalOf(given) && made.push(one)), passes);
  } catch (error) {
    // A pass that breaks a rule of its stage ends the way down; what was made before it is checked first.
    const fault = stagesOf(made, site, checks, passes, new Map());
    if (fault !== undefined) return { checks, fault };
    const step = stopped(error, passes);
    if (step === undefined) throw error;
    return { checks, fault: { step, promise: "bound", off: Number.POSITIVE_INFINITY, threw: (error as Error).message } };
  }
  const late = new Map([...prepared(compilation.program, compilation.contents), ...meaning.states]);
  const fault = stagesOf(made, site, checks, passes, late) ?? emittedOf(compilation, site, checks, emitters, late);
  return { checks, ...(fault === undefined ? {} : { fault }) };
}

interface Site extends Meaning {
  readonly options: Options;
  readonly weights: Readonly<Record<string, Float32Array>>;
}

/** The pass that a CompileError of the verifier names. */
function stopped(error: unknown, { entry, program }: Passes): PassName | undefined {
  if (!(error instanceof CompileError)) return undefined;
  const { notes = [] } = error.diagnostic;
  return [...entry, ...program].find(({ name }) => notes.includes(`after the pass ${name}`))?.name;
}

/** What every pass made, up to the first that is off. */
function stagesOf(made: readonly Made[], site: Site, checks: Check[], passes: Passes, late: Contents): Fault | undefined {
  const { ports, given, weights, wanted, bounds, before } = site;
  let graph: (Made & { readonly stage: "graph" }) | undefined;
  let plan: Plan | undefined;
  /** Of a target: its first Program, and what that gave. */
  let base: { readonly program: Program; readonly outputs: Outputs } | undefined;
  for (const one of made) {
    if (one.stage === "graph" || one.stage === "plan") {
      const stage = one.stage === "graph" ? one : { graph: flatten(one.plan), prepare: graph?.prepare };
      const { off, at, threw } = attempt(() => distanceOf(stage, site, before.passes.has(one.pass)));
      const check: Check = { step: one.pass, promise: "bound", off, ...(at === undefined ? {} : { at }) };
      checks.push(check);
      if (isOff(check))
        return { ...check, ...threw, ...(graph === undefined || one.stage === "plan" ? {} : firingIn(one, graph, site, passes)) };
      if (one.stage === "graph") graph = one;
      else plan = one.plan;
      continue;
    }
    const program = runnable(one);
    const contents: Contents = new Map([...late, ...one.contents]);
    // Each target begins anew: its kernels may compute in another format.
    const isFirst = one.pass === "nests" || base === undefined;
    const target = one.stage === "schedule" ? one.target.name : undefined;
    const promise = isFirst ? "bound" : "bits";
    let outputs: Outputs = [];
    const { off, at, threw } = attempt(() => {
      outputs = runProgram(program, contents, ports, given);
      return isFirst || base === undefined ? distance(wanted, outputs, ports, bounds) : distance(base.outputs, outputs, ports);
    });
    const check: Check = { step: one.pass, promise, off, ...(target ? { target } : {}), ...(at === undefined ? {} : { at }) };
    checks.push(check);
    if (isOff(check)) {
      const row = at?.row ?? 0;
      const suspect =
        isFirst || base === undefined
          ? plan === undefined
            ? {}
            : kernelInNests(
                plan,
                program,
                runStage({ graph: plan.graph, prepare: graph?.prepare }, weights, oneRow(given, row)),
                contents,
                given,
                row,
              )
          : kernelInProgram(base.program, program, contents, given, row);
      return { ...check, ...threw, ...suspect };
    }
    if (isFirst) base = { program, outputs };
  }
  return undefined;
}

const isOff = ({ off }: Distance): boolean => !(off <= 1);

/** A distance, or that there is none, because something was thrown. */
function attempt(run: () => Distance): Distance & { readonly threw?: { readonly threw: string } } {
  try {
    return run();
  } catch (error) {
    return { off: Number.POSITIVE_INFINITY, threw: { threw: error instanceof Error ? error.message : String(error) } };
  }
}

/** What a stage is for the interpreter: nests as the loops of a textbook. */
const runnable = (made: Exclude<Made, { readonly stage: "graph" | "plan" }>): Program =>
  made.stage === "program" ? made.program : made.stage === "schedule" ? applySchedules(made.scheduled) : plainProgram(made.nests);

/** The given rows without all but one. */
function oneRow(given: Given, row: number): Given {
  const { rows, values, feeds } = given;
  // Rows of a step are in it together.
  if (given.targets !== undefined) return given;
  const part = (all: Float32Array): Float32Array => all.subarray((row * all.length) / rows, ((row + 1) * all.length) / rows);
  return { rows: 1, values, feeds: Object.fromEntries(Object.entries(feeds).map(([name, all]) => [name, part(all)])) };
}

/** How far a Graph is from what is meant; one on its way to a step, in what it has already. */
function distanceOf(stage: Parameters<typeof runStage>[0], site: Site, isEarly: boolean): Distance {
  const { ports, wanted, bounds } = isEarly ? site.before : site;
  const outputs = outputsOf(runStage(stage, site.weights, site.given), ports, isEarly ? wanted : undefined);
  return distance(wanted, outputs, ports, bounds);
}

/** The first firing of a rule after which the Graph is off; a pass without rules has none. */
function firingIn(
  made: Made & { readonly stage: "graph" },
  before: Made & { readonly stage: "graph" },
  site: Site,
  { entry }: Passes,
): Partial<Fired> {
  const isFixed = site.given.targets === undefined;
  const rules = entry.find(({ name }) => name === made.pass)?.rules?.({ fixed: isFixed }, site.options) ?? [];
  const isEarly = site.before.passes.has(made.pass);
  const isWrong = (graph: Graph): boolean => isOff(attempt(() => distanceOf({ ...before, graph }, site, isEarly)));
  return rules.length === 0 || made.events.length === 0 ? {} : firstFiring(before.graph, made.events, rules, isWrong);
}

/** The emitted code against the Programs that it is of. */
function emittedOf(
  compilation: Compilation,
  site: Site,
  checks: Check[],
  tools: Omit<Tools, "passes">,
  late: Contents,
): Fault | undefined {
  const { ports, given, wanted, bounds, options } = site;
  const { program, simd } = compilation;
  const { simd: _vectors, ...parts } = partsOf(compilation, options);
  const bits = runProgram(program, new Map([...compilation.contents, ...site.states]), ports, given);
  /** Runs one, notes it, and where it is off asks who did it. */
  const judge = (
    head: Pick<Check, "step" | "target" | "promise">,
    measure: () => Distance,
    suspects: (row: number) => Suspect,
  ): Fault | undefined => {
    const { off, at, threw } = attempt(measure);
    const check: Check = { ...head, off, ...(at === undefined ? {} : { at }) };
    checks.push(check);
    return isOff(check) ? { ...check, ...threw, ...suspects(at?.row ?? 0) } : undefined;
  };
  const inCode = judge(
    { step: "JavaScript", target: "js", promise: "bits" },
    () =>
      distance(
        bits,
        given.targets === undefined
          ? runModule(tools.emitModule, parts, given)
          : runTraining(tools.emitModule, parts, given, ports, bits),
        ports,
      ),
    // A module that ends behind a kernel gives predictions alone; of a step the place says which weight it was.
    (row) => (given.targets === undefined ? kernelInCode(tools.emitModule, parts, late, given, row) : {}),
  );
  if (inCode !== undefined || simd === undefined) return inCode;
  const vectors = runProgram(simd.program, late, ports, given);
  for (const isRelaxed of simd.relaxed === undefined ? [false] : [false, true]) {
    const kernels = (isRelaxed ? simd.relaxed : simd.program) ?? internal("there is no relaxed program");
    const got = attemptWasm(() => runWasm(tools.emitWasm, kernels, late, ports, given, isRelaxed));
    if (got === undefined) continue;
    const fault = judge(
      isRelaxed
        ? { step: "relaxed WebAssembly", target: "relaxed", promise: "bound" }
        : { step: "WebAssembly", target: "simd", promise: "bits" },
      () => (isRelaxed ? distance(wanted, got(), ports, bounds) : distance(vectors, got(), ports)),
      (row) => (isRelaxed ? {} : kernelInWasm(tools.emitWasm, kernels, late, given, row)),
    );
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** What runs gives later, with its error; undefined where the engine does not know the instructions. */
function attemptWasm(run: () => Outputs | undefined): (() => Outputs) | undefined {
  try {
    const outputs = run();
    return outputs && (() => outputs);
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
