// The passes, in order: THE table that drives the pipeline. In: a draft of one entry, or a Program to be. Out: the same, one stage
// further. `lower-model.ts` is a loop over it; `layerc passes`, `inspect` and `trace` read the same list.
//
// The first part of the table works on each entry by itself (predict, trainStep, evaluate), from the Model to a Plan; the second on
// all entries together, once for each target, from their Plans to a Program.
import { internal } from "../diagnostics/error.ts";
import { applyOptimizer, lossScaleOf, type Movement } from "../front/steps.ts";
import type { Graph } from "../graph/graph.ts";
import { assemble, type Part, settle } from "../lower/assemble.ts";
import { share } from "../lower/share.ts";
import { hasLanes, type Options } from "../options.ts";
import type { Layout } from "../plan/layout.ts";
import { fillColumns, pack } from "../plan/pack.ts";
import type { Plan, Rows } from "../plan/plan.ts";
import { plan } from "../plan/planner.ts";
import type { NestKernel } from "../program/nest/nest.ts";
import { buffersOfNests } from "../program/nest/twins.ts";
import type { FloatFmt, Program } from "../program/program.ts";
import { type RewriteEvent, rewrite } from "../rewrite/engine.ts";
import { expandComposites } from "../rewrite/expand.ts";
import { differentiate } from "../rewrite/gradient/differentiate.ts";
import { hoist } from "../rewrite/hoist.ts";
import type { Rule } from "../rewrite/pattern.ts";
import { inferenceRules, trainingRules } from "../rewrite/rules/index.ts";
import { applySchedules } from "../schedule/apply.ts";
import { scheduleNests } from "../schedule/choose.ts";
import type { Scheduled } from "../schedule/schedule.ts";
import type { Target } from "../targets.ts";
import { multiplyAdds, straightUpTo } from "./cost.ts";
import { borrow, type Prepared } from "./prepared.ts";
import { straighten } from "./straighten.ts";

/** An entry of the module that is to be made. */
export type Goal = "predict" | "step" | "trainStep" | "evaluate" | "metrics";
/** The IR a pass leaves behind. */
export type Stage = "graph" | "plan" | "nests" | "schedule" | "program";

/** One entry on its way from the Model to a Plan. */
export interface Draft {
  readonly goal: Goal;
  readonly graph: Graph;
  /** Weights that do not change between calls may be folded, hoisted and laid out at compile time. */
  readonly fixed: boolean;
  /** Rows of one call, and what is put before the names that other entries do not share. */
  readonly rows: Rows;
  readonly prefix: string;
  /** Names of weights, which nothing else has. */
  readonly reserved: ReadonlySet<string>;
  /** With a gradient to come: the loss, for which weights, and how they are updated. */
  readonly training?: Movement;
  /** What depends on weights alone, once it has been split off. */
  readonly prepare?: Graph | undefined;
  /** What another entry has prepared already. */
  readonly known?: Prepared;
  /** Layouts of params, by name. */
  readonly layouts: ReadonlyMap<string, Layout>;
  /** The rules that fired in the last pass. */
  readonly events: readonly RewriteEvent[];
  readonly plan?: Plan;
}

/** The Program to be, for one target. */
export interface Whole {
  readonly name: string;
  readonly parts: readonly Part[];
  readonly target: Target;
  readonly fmt: FloatFmt;
  /** Params that `prepare` computes. */
  readonly prepared: ReadonlySet<string>;
  /** Weights that need a buffer even where no kernel reads them. */
  readonly weights: readonly { readonly name: string; readonly length: number }[];
  /** Contents of params and constants; what has none is computed by prepare. */
  readonly contents: ReadonlyMap<string, Float32Array>;
  readonly nests?: Program<NestKernel>;
  readonly scheduled?: Program<NestKernel<Scheduled>>;
  readonly program?: Program;
  /** The program is one straight line with literal weights: of each name there, which call of the loops made it. */
  readonly straight?: ReadonlyMap<string, number>;
}

/** A line of the table. */
export interface Row<S> {
  readonly name: PassName;
  readonly from: "model" | Stage;
  readonly stage: Stage;
  /** What it does. */
  readonly says: string;
  /** For what. */
  readonly when: (state: S, options: Options) => boolean;
  /** Gives the state itself where there was nothing to do. */
  readonly run: (state: S, options: Options) => S;
  /** Of a pass that is nothing but rules: which, so that each can be tried by itself. */
  readonly rules?: (state: Pick<Draft, "fixed">, options: Options) => readonly Rule[];
}

/** The two parts of the table. */
export interface Passes {
  readonly entry: readonly Row<Draft>[];
  readonly program: readonly Row<Whole>[];
}

/** The columns of a pass that applies rules. */
export const rewriting = (rules: NonNullable<Row<Draft>["rules"]>): Required<Pick<Row<Draft>, "rules" | "run">> => ({
  rules,
  run: (draft, options) => ({ ...draft, ...rewrite(draft.graph, rules(draft, options)) }),
});

const must = <T>(value: T | undefined, what: string): T => value ?? internal(`there is no ${what} yet`);

/** Passes over one entry, the Model's Graph to its Plan. */
export const entryPasses = [
  {
    name: "build",
    from: "model",
    stage: "graph",
    says: "layers to a Graph of ops; for training with loss and moving statistics",
    when: () => true,
    run: (draft) => draft, // the front has built it
  },
  {
    name: "expand",
    from: "graph",
    stage: "graph",
    says: "composite ops (silu, softmax, …) to primitives",
    when: () => true,
    run: (draft) => ({ ...draft, graph: expandComposites(draft.graph) }),
  },
  {
    name: "differentiate",
    from: "graph",
    stage: "graph",
    says: "training: the gradient of the loss for every trainable weight, as Graph",
    when: ({ training }) => training !== undefined,
    run: (draft) => {
      const training = must(draft.training, "training");
      return { ...draft, graph: differentiate(draft.graph, "loss", training.trainable, lossScaleOf(training)) };
    },
  },
  {
    name: "optimize",
    from: "graph",
    stage: "graph",
    says: "training: the optimizer's update of every weight and slot, constraints after it, as Graph",
    when: ({ training }) => training !== undefined,
    run: (draft) => {
      return { ...draft, graph: expandComposites(applyOptimizer(draft.graph, must(draft.training, "training"))) };
    },
  },
  {
    name: "rewrite",
    from: "graph",
    stage: "graph",
    says: "named rules to a fixed point: algebra, constants, views, batch normalisation into weights",
    when: () => true,
    ...rewriting(({ fixed }, options) => (fixed ? inferenceRules : trainingRules)(options)),
  },
  {
    name: "hoist",
    from: "graph",
    stage: "graph",
    says: "what depends only on weights leaves for the entry prepare",
    when: ({ fixed }) => fixed,
    run: (draft) => {
      const { main, prepare } = hoist(draft.graph);
      return { ...draft, graph: main, prepare };
    },
  },
  {
    name: "pack",
    from: "graph",
    stage: "graph",
    says: "large weights of dots become params in a layout of their own, computed by prepare",
    // A straight line has its weights as literals: no layout matters.
    when: ({ fixed, graph }, { train, target, unroll = straightUpTo }) =>
      fixed && (train || target === "simd" || multiplyAdds(graph) > unroll),
    run: (draft, { target }) => {
      const { main, prepare, layouts } = pack({ main: draft.graph, prepare: draft.prepare }, { vectors: hasLanes(target) });
      return { ...draft, graph: main, prepare, layouts };
    },
  },
  {
    name: "fill",
    from: "graph",
    stage: "graph",
    says: "training: weights whose columns make no whole vectors are filled up with zeros before a dot reads them",
    when: ({ fixed }, { target }) => !fixed && hasLanes(target),
    run: (draft) => ({ ...draft, graph: fillColumns(draft.graph) }),
  },
  {
    name: "borrow",
    from: "graph",
    stage: "graph",
    says: "what is prepared of weights for predict already is read there by the step of a stream",
    when: ({ known }) => known !== undefined,
    run: (draft) => ({ ...draft, ...borrow(draft, must(draft.known, "prepared weight"), draft.prefix) }),
  },
  {
    name: "plan",
    from: "graph",
    stage: "plan",
    says: "regions, their order, places of values, the arena",
    when: () => true,
    run: (draft) => {
      const { graph, rows, prefix, reserved, layouts, fixed } = draft;
      return { ...draft, plan: plan(graph, { rows, prefix, reserved, layouts, copies: !fixed }) };
    },
  },
] as const satisfies readonly (Omit<Row<Draft>, "name"> & { readonly name: string })[];

/** Passes over all entries together, their Plans to the Program of a target. */
export const programPasses = [
  {
    name: "nests",
    from: "plan",
    stage: "nests",
    says: "regions to loop nests: what is computed at which point, and in which order sums are taken",
    when: ({ nests }) => nests === undefined,
    run: (whole) => {
      const { name, parts, fmt, prepared, contents } = whole;
      const { program, tables } = assemble(parts, { name, fmt, prepared });
      return { ...whole, nests: settle(program, buffersOfNests, whole.weights), contents: new Map([...contents, ...tables]) };
    },
  },
  {
    name: "share",
    from: "nests",
    stage: "nests",
    says: "equal kernels become one, called with other buffers",
    when: () => true,
    run: (whole) => {
      const nests = share(must(whole.nests, "nest"));
      return nests === whole.nests ? whole : { ...whole, nests };
    },
  },
  {
    name: "schedule",
    from: "nests",
    stage: "schedule",
    says: "for each nest the first strategy that takes it: order of loops, register tile, lanes, strips",
    when: () => true,
    run: (whole) => ({ ...whole, scheduled: scheduleNests(must(whole.nests, "nest"), whole.target) }),
  },
  {
    name: "lower",
    from: "schedule",
    stage: "program",
    says: "scheduled nests to kernels of the js target",
    when: ({ target }) => target.lanes === 1,
    run: (whole) => ({ ...whole, program: applySchedules(must(whole.scheduled, "schedule")) }),
  },
  {
    name: "vectorize",
    from: "schedule",
    stage: "program",
    says: "scheduled nests to kernels in lanes of four, for the simd targets",
    when: ({ target }) => target.lanes > 1,
    run: (whole) => ({ ...whole, program: applySchedules(must(whole.scheduled, "schedule")) }),
  },
  {
    name: "unroll",
    from: "program",
    stage: "program",
    says: "small models: one straight line with literal weights",
    // What is too long to be one stays as it is.
    when: ({ parts, target }) => parts.length === 1 && target.lanes === 1,
    run: (whole, options) => {
      const straight = straighten(must(whole.program, "program"), whole.contents, options);
      return straight === undefined ? whole : { ...whole, program: straight.program, straight: straight.steps };
    },
  },
] as const satisfies readonly (Omit<Row<Whole>, "name"> & { readonly name: string })[];

/** Every pass in order, with the stages it leads from and to, and what it does. */
export const passes = [...entryPasses, ...programPasses].map(({ name, from, stage, says }) => ({ name, from, stage, says }));
/** The name of a line of the table. */
export type PassName = (typeof entryPasses | typeof programPasses)[number]["name"];

/** The table itself. */
export const allPasses: Passes = { entry: entryPasses, program: programPasses };

/** What a pass made. */
export type Made = { readonly pass: PassName } & (
  | ({ readonly stage: "graph"; readonly events: readonly RewriteEvent[] } & Pick<Draft, "graph" | "prepare">)
  | { readonly stage: "plan"; readonly plan: Plan }
  | ({ readonly stage: "nests"; readonly nests: Program<NestKernel> } & Pick<Whole, "contents">)
  | ({ readonly stage: "schedule"; readonly scheduled: Program<NestKernel<Scheduled>>; readonly target: Target } & Pick<
      Whole,
      "contents"
    >)
  | ({ readonly stage: "program"; readonly program: Program } & Pick<Whole, "contents" | "straight">)
);

/** What a pass left of all entries. */
export function madeOf(pass: PassName, stage: Stage, { nests, scheduled, program, target, contents, straight }: Whole): Made {
  if (stage === "nests") return { pass, stage, nests: must(nests, "nest"), contents };
  if (stage === "program")
    return { pass, stage, program: must(program, "program"), contents, ...(straight === undefined ? {} : { straight }) };
  return { pass, stage: "schedule", scheduled: must(scheduled, "schedule"), target, contents };
}
