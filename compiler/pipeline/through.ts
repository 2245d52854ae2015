// Going through the table of passes. In: a draft of an entry, or a Program to be. Out: the same behind the last pass. Guarantee: what a pass
// made is verified before anybody sees it, and each goal is shown its own entry.
import { CompileError, internal } from "../diagnostics/error.ts";
import type { Graph } from "../graph/graph.ts";
import { settle } from "../lower/assemble.ts";
import type { Options } from "../options.ts";
import type { Callee } from "../program/calls.ts";
import { buffersOfNest, leavesOf, type NestKernel } from "../program/nest/nest.ts";
import { buffersOfNests } from "../program/nest/twins.ts";
import type { FloatFmt, Program } from "../program/program.ts";
import { buffersOf } from "../program/walk.ts";
import type { Scheduled } from "../schedule/schedule.ts";
import type { Target } from "../targets.ts";
import { verifyMade } from "./forms.ts";
import { type Draft, type Goal, type Made, madeOf, type Passes, type Whole } from "./passes.ts";

/** Sees what every pass made of every entry. */
export type Observe = (goal: Goal, made: Made) => void;

/** How models go through the passes. */
export interface How {
  readonly options: Options;
  readonly observe: Observe | undefined;
  readonly passes: Passes;
}

export const firstDraft = (goal: Goal, graph: Graph, more: Pick<Draft, "fixed"> & Partial<Draft>): Draft => ({
  goal,
  graph,
  rows: 1,
  prefix: "",
  reserved: new Set(),
  layouts: new Map(),
  events: [],
  ...more,
});

export const planOf = ({ plan: made, goal }: Draft) => made ?? internal(`${goal} has no plan`);
export const programOf = ({ program, target }: Whole): Program => program ?? internal(`the target ${target.name} has no program`);
/** JavaScript computes in doubles between float32 stores, unless every step is to be rounded. */
export const fmtOf = ({ lanes }: Target, { exact }: Options): FloatFmt => (lanes === 1 && !exact ? "f64" : "f32");

/** One entry through its passes. */
export function throughEntry(start: Draft, { options, observe, passes }: How): Draft {
  let draft = start;
  for (const { name, stage, when, run } of passes.entry) {
    if (!when(draft, options)) continue;
    draft = run({ ...draft, events: [] }, options);
    const { goal, graph, prepare, events } = draft;
    const made: Made =
      stage === "plan" ? { pass: name, stage, plan: planOf(draft) } : { pass: name, stage: "graph", graph, prepare, events };
    verified(made);
    observe?.(goal, made);
  }
  return draft;
}

/** All entries through the passes of one target; each goal is shown its own entry. `check`: of what a pass made of all of them. */
export function throughProgram(start: Whole, { options, observe, passes }: How, check: (made: Made) => void = verified): Whole {
  const goals = (["predict", "step", "trainStep", "evaluate", "metrics"] as const).filter((goal) =>
    start.parts.some(({ entry }) => entry === goal),
  );
  let whole = start;
  for (const { name, stage, when, run } of passes.program) {
    const made = when(whole, options) ? run(whole, options) : whole;
    if (made === whole) continue;
    whole = made;
    const all = madeOf(name, stage, whole);
    check(all);
    if (observe) for (const goal of goals) observe(goal, madeFor(goal, all));
  }
  return whole;
}

/** What the pass left of one goal: its entry, and the kernels that calls. */
function madeFor(goal: Goal, all: Made): Made {
  const only = <K extends Callee>({ entries, kernels, ...rest }: Program<K>, touched: (kernel: K) => Iterable<string>) => {
    if (entries.length === 1) return { ...rest, entries, kernels };
    const own = entries.filter(({ name }) => name === goal);
    const names = new Set(own.flatMap(({ calls }) => calls.map((call) => call.kernel)));
    const called = kernels.filter(({ name }) => names.has(name));
    return settle({ ...rest, entries: own, kernels: called }, touched);
  };
  if (all.stage === "nests") return { ...all, nests: only(all.nests, buffersOfNests) };
  if (all.stage === "program") return { ...all, program: only(all.program, buffersOf) };
  if (all.stage !== "schedule") return all;
  const touched = (kernel: NestKernel<Scheduled>) => [...leavesOf(kernel.parts)].flatMap(({ nest }) => [...buffersOfNest(nest)]);
  return { ...all, scheduled: only(all.scheduled, touched) };
}

/** Contents of the buffers that a Program has. */
export function kept({ contents, program }: Whole): ReadonlyMap<string, Float32Array> {
  const names = new Set(program?.buffers.map(({ name }) => name));
  return new Map([...contents].filter(([name]) => names.has(name)));
}

/** Of what the module computes itself nothing is known. */
export const without = (whole: Whole, names: ReadonlySet<string>): Whole => ({
  ...whole,
  contents: new Map([...whole.contents].filter(([name]) => !names.has(name))),
});

/** Throws where a pass broke a rule of its stage, and says which. */
export function verified(made: Made): void {
  try {
    verifyMade(made);
  } catch (error) {
    throw error instanceof CompileError ? error.with({ note: `after the pass ${made.pass}` }) : error;
  }
}
