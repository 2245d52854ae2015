// Model → Program: a loop over the table of passes. In: a model and options. Out: the Program of each target with the contents of
// its buffers. Guarantee: what a pass made is verified before anybody sees it, an observer or whoever gets the result; what is made
// does not depend on who looks.
import { CompileError, type Diagnostic } from "../diagnostics/error.ts";
import { forms } from "../emit/module/forms/list.ts";
import type { Narrow } from "../emit/module/narrow.ts";
import { checkNames, type State, stateContents, statesIn } from "../front/states.ts";
import { type LossGraph, type Resolved, resolve, type Steps, type Stream } from "../front/steps.ts";
import type { Graph } from "../graph/graph.ts";
import { createMachine } from "../interpret/program.ts";
import type { Part } from "../lower/assemble.ts";
import type { Model } from "../model.ts";
import { isRounded, type Options } from "../options.ts";
import { type PlanOptions, plan } from "../plan/planner.ts";
import type { Program } from "../program/program.ts";
import { type Target, targets } from "../targets.ts";
import { multiplyAdds, tile, tilePays, weightBound } from "./cost.ts";
import { checkInline } from "./inline.ts";
import { inLanes, narrowed } from "./narrow.ts";
import { allPasses, type Goal, type Made, type Whole } from "./passes.ts";
import { inModule, packWeights, preparingOf, splitGrowing, together } from "./prepared.ts";
import { wantsLanes } from "./straighten.ts";
import {
  firstDraft,
  fmtOf,
  type How,
  kept,
  type Observe,
  planOf,
  programOf,
  throughEntry,
  throughProgram,
  verified,
  without,
} from "./through.ts";

export type { Observe } from "./through.ts";

/** Everything between Model and Artifact: what tests and tools look at. */
export interface Compilation {
  readonly resolved: Resolved;
  /** With training: the loss as built. */
  readonly loss?: LossGraph;
  /** The step of a stream as built. */
  readonly stream?: Stream;
  /** As built, unexpanded and unrewritten: the meaning. */
  readonly built: Graph;
  /** The js target. */
  readonly program: Program;
  /** The simd targets, where they pay: the same buffers and entries, other kernels; relaxed unless exact. */
  readonly simd?: { readonly program: Program; readonly relaxed?: Program };
  /** Contents of const and param buffers; what has none is computed by prepare. */
  readonly contents: ReadonlyMap<string, Float32Array>;
  /** With training: contents of states that do not begin as always. */
  readonly states?: ReadonlyMap<string, Float32Array>;
  /** Which contents travel in fewer bits. */
  readonly narrow?: ReadonlyMap<string, Narrow>;
  readonly weights: Readonly<Record<string, Float32Array>>;
  readonly warnings: readonly Diagnostic[];
}

/** Lowers a model through every pass of the table, or of another one. Throws CompileError. */
export function lowerModel(given: Model, options: Options, observe?: Observe, passes = allPasses): Compilation {
  const how: How = { options, observe, passes };
  const resolved = resolve(given, options.weightsType);
  const { model } = resolved;
  if (options.weights === "inline" && forms[options.format].isText) checkInline(resolved);
  const { values: weights, warnings } = resolved.modelWeights();
  const { graph: built } = resolved.predict;
  const reserved = new Set(Object.keys(weights));
  const predict = throughEntry(firstDraft("predict", built, { fixed: true, reserved }), how);
  const { stream, refused } = streamOf(resolved, options);
  const step =
    stream && throughEntry(firstDraft("step", stream.graph, { fixed: true, reserved, prefix: "step/", known: predict }), how);
  const prepared = step === undefined ? predict : together(predict, step);
  const contents = new Map(Object.entries(weights));
  // Where weights change, all of it is computed in the module.
  const { shipped, atStart } = options.train ? inModule(prepared) : splitGrowing(prepared);
  const shared = new Set([shipped, atStart].flatMap(({ prepare }) => prepare?.results.map(([name]) => name) ?? []));
  const compiled = preparingOf(packWeights(shipped, contents), { shared, reserved });
  const starting = preparingOf(atStart, { shared, reserved });
  const whole = (parts: readonly Part[], target: Target): Whole => ({
    name: model.name,
    parts,
    target,
    fmt: fmtOf(target, options),
    prepared: shared,
    weights: options.train ? Object.entries(weights).map(([name, { length }]) => ({ name, length })) : [],
    contents,
  });
  if (compiled.length > 0) runPrepare(whole(compiled, targets.js), how, contents);
  const first: readonly Part[] = [predict, step].flatMap((draft) =>
    draft === undefined ? [] : [{ entry: draft.goal, plan: planOf(draft) }],
  );
  // Of most models this is to see how large they are, and is made again with all other entries: then it is not verified twice.
  const unseen: Made[] = [];
  const looped = throughProgram(whole(first, targets.js), how, observe ? verified : (made) => unseen.push(made));
  const facts = {
    resolved,
    built,
    weights,
    warnings: [...resolved.warnings, ...warnings, ...refused],
    ...(stream === undefined ? {} : { stream }),
  };
  if (looped.straight !== undefined) for (const made of unseen) verified(made);
  if (looped.straight !== undefined) return { ...facts, program: programOf(looped), contents: kept(looped) };

  const vectors = wantsLanes(programOf(looped), options);
  const narrowing = narrowed(shipped, contents, {
    weights: resolved.weights,
    type: options.weightsType,
    run: (prepared, from) => {
      const names = new Set([...shared, ...(prepared.prepare?.results ?? []).map(([name]) => name)]);
      const made = new Map(from);
      const again = whole(preparingOf(prepared, { shared: names, reserved }), targets.js);
      runPrepare({ ...again, prepared: names, contents: from }, how, made);
      return made;
    },
  });
  for (const name of narrowing.parts) shared.add(name);
  const parts: Part[] = [...first];
  const { kernels, entries } = programOf(looped);
  const products = { all: multiplyAdds(predict.graph), weightBound: weightBound(predict.graph) };
  if (tilePays(products, { kernels: kernels.length, calls: entries[0].calls.length })) {
    const rows = vectors ? tile.rows.simd : tile.rows.js;
    parts.push({
      entry: "predictTile",
      plan: plan(predict.graph, { rows, prefix: "tile/", reserved, layouts: predict.layouts }),
    });
  }
  const training = options.train ? trainingParts(resolved, reserved, how) : undefined;
  const restoring = preparingOf(narrowing.restored, { shared, reserved }, "restore");
  parts.push(...restoring, ...starting, ...(training?.parts ?? []));
  const isWhole = parts.length === first.length;
  if (isWhole) for (const made of unseen) verified(made);
  // What was there first has been seen.
  const rest = observe && ((goal: Goal, made: Made) => first.some(({ entry }) => entry === goal) || observe(goal, made));
  const js = isWhole ? looped : throughProgram(whole(parts, targets.js), { ...how, observe: rest });
  const known = without(js, new Set(atStart.prepare?.results.map(([name]) => name)));
  const lowered = {
    ...facts,
    ...(training === undefined ? {} : { loss: training.loss, states: stateContents(model, training.states) }),
    program: programOf(js),
    contents: kept(known),
    ...(isRounded(options) ? { narrow: narrowing.forms(kept(known)) } : {}),
  };
  if (!vectors) return lowered;
  const simd = throughProgram(whole(parts, targets.simd), how);
  const program = inLanes(programOf(simd));
  if (options.exact) return { ...lowered, simd: { program } };
  // The same nests, scheduled otherwise.
  const start: Whole = {
    ...whole(parts, targets.relaxed),
    contents: simd.contents,
    ...(simd.nests ? { nests: simd.nests } : {}),
  };
  const relaxed = throughProgram(start, {
    ...how,
    observe: observe && ((goal, made) => made.stage !== "schedule" || observe(goal, made)),
  });
  return { ...lowered, simd: { program, relaxed: inLanes(programOf(relaxed)) } };
}

/** The passes over a Graph of its own (IR text): one that updates something is planned as a step over a batch. */
export function lowerGraph(built: Graph, options: Options, observe?: Observe): void {
  const fixed = built.updates.length === 0;
  const rows = fixed ? 1 : { max: options.batch };
  const how: How = { options, observe, passes: allPasses };
  const draft = throughEntry(firstDraft("predict", built, { fixed, rows }), how);
  const prepared = new Set(draft.prepare?.results.map(([name]) => name));
  const parts: readonly Part[] = [{ entry: "predict", plan: planOf(draft) }];
  // Contents of params are not known here, so nothing becomes literal.
  const looped = { ...how, options: { ...options, unroll: 0 } };
  for (const target of [targets.js, targets.simd]) {
    const fmt = fmtOf(target, options);
    throughProgram({ name: built.name, parts, target, fmt, prepared, weights: [], contents: new Map() }, looped);
  }
}

/** The stream that the options, or a layer, ask for. A layer's wish that cannot be granted is a warning: predict is the same without. */
function streamOf(steps: Steps, options: Options): { readonly stream?: Stream; readonly refused: readonly Diagnostic[] } {
  const isWanted = options.stream ?? steps.isStateful;
  if (!isWanted && options.chunk !== undefined) {
    const message = "chunk is how many steps of a stream come at once, and no stream is asked for";
    throw new CompileError({ code: "options/invalid", path: "chunk", message, hint: "--stream, or { stream: true }" });
  }
  if (!isWanted) return { refused: [] };
  try {
    return { stream: steps.stream(options.chunk ?? 1), refused: [] };
  } catch (error) {
    if (options.stream === true || !(error instanceof CompileError) || error.code !== "stream/refused") throw error;
    return { refused: [error.diagnostic] };
  }
}

/** The entries of a training module beside predict: the step, with its gradient and updates, and the loss alone. */
function trainingParts(
  steps: Steps,
  reserved: ReadonlySet<string>,
  how: How,
): { parts: readonly Part[]; loss: LossGraph; states: readonly State[] } {
  const loss = steps.trainStep();
  checkNames(loss, loss.weights);
  const rows: PlanOptions["rows"] = { max: how.options.batch };
  const drafts = [
    firstDraft("trainStep", loss.graph, {
      fixed: false,
      rows,
      reserved,
      prefix: "train/",
      training: loss,
    }),
    firstDraft("evaluate", steps.evaluate().graph, { fixed: false, rows, reserved, prefix: "evaluate/" }),
    ...(loss.metrics === undefined ? [] : [firstDraft("metrics", loss.metrics, { fixed: false, reserved, prefix: "metrics/" })]),
  ];
  const made = drafts.map((draft) => throughEntry(draft, how));
  const parts = made.map((draft): Part => ({ entry: draft.goal, plan: planOf(draft) }));
  return { parts, loss, states: statesIn(made[0].graph) };
}

/** Runs `prepare` at compile time, with the bits of the emitted code. */
function runPrepare(whole: Whole, how: How, contents: Map<string, Float32Array>): void {
  const made = throughProgram(
    { ...whole, name: "prepare", weights: [] },
    { ...how, options: { ...how.options, unroll: 0 }, observe: undefined },
  );
  const program = programOf(made);
  // Weights may be most of the memory there is: the machine keeps no marks beside them, and what it made is used where it lies.
  const machine = createMachine(program, { constants: made.contents, track: false });
  machine.run("prepare");
  for (const { name } of program.buffers)
    if (whole.prepared.has(name)) contents.set(name, machine.buffers.get(name) ?? new Float32Array());
}
