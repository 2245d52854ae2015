// What all recurrent layers share: a loop over time, t on axis 1, around one step of a cell. In: a sequence [n, t, ...], a mask, initial states,
// and the cells that a step goes through. Out: the last output, or all of them, and the last states.
//
//   for t:   s′ = step(s, x[t])        m[t] = 0:  s′ = s, and the output is that of the step before (zeros before the first)
//
// Cells in a stack run one after the other, each over the whole sequence: the second reads of step t what the first gave there, and
// nothing of later steps. goBackwards turns round what comes in, not what comes out: the last output is that of the first step, as in Keras.
import * as z from "zod";
import { CompileError } from "../../diagnostics/error.ts";
import { type Graph, graph, type Node, sameShape, showShape } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { Cell, CellContext, CellLoop, CellState } from "../cell.ts";
import type { Context, LayerResult, Noise, Problem } from "../define.ts";
import { batched, dropMask, sampleShape } from "../shared.ts";
import type { InTime } from "../stream.ts";

/** Keras' keys of every recurrent layer. */
export const sequenceKeys = {
  returnSequences: z.boolean().default(false),
  returnState: z.boolean().default(false),
  goBackwards: z.boolean().default(false),
  stateful: z.boolean().default(false),
  unroll: z.boolean().default(false),
  zeroOutputForMask: z.boolean().default(false),
};
/** A config with those keys. */
export interface Sequence {
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly goBackwards: boolean;
  readonly stateful: boolean;
  readonly unroll: boolean;
  readonly zeroOutputForMask: boolean;
}

/** A recurrent layer in a stream: what it carries is there, what comes is not. */
export const recurrentStream: InTime<Sequence> = {
  says: "yes, but `goBackwards`",
  of: ({ goBackwards, returnSequences }, inputs) => {
    if (goBackwards) return { refused: "it begins with the last step", hint: "leave goBackwards out" };
    if (inputs.length > 1) return { refused: "another layer says what its states begin with", hint: "give them by setState" };
    return returnSequences ? "steps" : "last";
  },
};

/** How a cell runs over a sequence. */
export interface Way {
  /** [n, t], in the order of the loop. */
  readonly mask: Node | undefined;
  /** Initial states of this cell and of those behind it; none for zeros. */
  readonly given: readonly Node[];
  readonly keepsAll: boolean;
  readonly isReversed: boolean;
  /** A masked step gives what the step before gave, which is not the state where the state began with numbers. */
  readonly holds: boolean;
}
/** A cell over a sequence: its outputs, and its last states as further results. */
export type Run = (x: Node, way: Way) => LayerResult;

/** A recurrent layer over its cells. */
export function recurrent(g: G, { x, xs, mask, config }: Context<Sequence>, runs: readonly Run[]): LayerResult {
  const { returnSequences, returnState, goBackwards, unroll, zeroOutputForMask } = config;
  checkMask(mask);
  const steps = mask === undefined || !goBackwards ? mask : g.reverse(mask, { axes: [1] });
  let given = xs.slice(1);
  let value = x;
  const states: Node[] = [];
  for (const [i, run] of runs.entries()) {
    const isLast = i === runs.length - 1;
    const holds = isLast && steps !== undefined && xs.length > 1;
    const ran = run(value, {
      mask: steps,
      given,
      keepsAll: !isLast || returnSequences,
      isReversed: i === 0 && goBackwards,
      holds,
    });
    const { more = [] } = ran;
    value = ran.y;
    states.push(...more);
    given = given.slice(more.length);
  }
  if (given.length > 0) wrongStates(states, xs.slice(1));
  // Keras unrolls a loop over a sequence turned round, and then zeroes by the mask as it was.
  const kept = unroll && returnSequences ? mask : steps;
  const y = kept === undefined || !zeroOutputForMask ? value : zeroed(g, value, returnSequences ? kept : stepAt(g, kept, -1));
  return { y, ...(returnState ? { more: states } : {}), ...(returnSequences ? {} : { mask: null }) };
}

/** One step of a sequence; −1 is the last. */
function stepAt(g: G, x: Node, t: number): Node {
  const [length, ...rest] = sampleShape(x);
  const starts = x.type.shape.map((_, axis) => (axis === 1 ? (t + length) % length : 0));
  return g.reshape(g.slice(x, { starts, sizes: ["n", 1, ...rest] }), { shape: batched(rest) });
}

/** y where the mask [n] or [n, t] keeps it, else 0. */
function zeroed(g: G, y: Node, mask: Node): Node {
  const { shape } = y.type;
  return g.select(g.broadcast(mask, { shape, axes: mask.type.shape.map((_, axis) => axis) }), y, g.like(y, 0));
}

function checkMask(mask: Node | undefined): void {
  if (mask === undefined || mask.type.shape.length === 2) return;
  const message = `a mask of ${showShape(sampleShape(mask))} does not say which steps are left out: that takes one number a step`;
  throw new CompileError({
    code: "shape/mismatch",
    path: "",
    message,
    hint: "mask whole steps, before the sequence has more axes",
  });
}

function wrongStates(states: readonly Node[], given: readonly Node[]): never {
  const show = (nodes: readonly Node[]) => nodes.map((node) => showShape(sampleShape(node))).join(" and ");
  const message = `after the sequence it takes ${states.length} initial states, ${show(states)}, found ${given.length}: ${show(given)}`;
  throw new CompileError({ code: "shape/mismatch", path: "inputs", message, hint: "name all of them, or none, for zeros" });
}

/** The problem of initial states that are not those of the cells. */
export function badStates(states: readonly CellState[], given: readonly (readonly number[])[]): Problem | undefined {
  const fits = given.length === states.length && states.every(({ shape }, i) => sameShape(shape, given[i]));
  if (given.length === 0 || fits) return undefined;
  const wanted = states.map(({ name, shape }) => `${name} ${showShape(shape)}`).join(" and ");
  const found = given.map((shape) => showShape(shape)).join(" and ");
  return {
    path: "inputs",
    code: "shape/mismatch",
    message: `after the sequence it takes the initial states ${wanted}, found ${found}`,
    hint: 'name all of them: inputs: ["x", "encoder:1", "encoder:2"], or none, for zeros',
  };
}

/** What a cell's config says of noise. */
export interface Dropping {
  readonly dropout: number;
  readonly recurrentDropout: number;
  readonly seed: number | null;
}
type Own<C> = Pick<Context<C>, "x" | "weights" | "config" | "noise" | "begin">;

/** A cell over a sequence. */
export function runCell<C extends object & Dropping>(
  g: G,
  { cell, name }: { readonly cell: Cell<C>; readonly name: string },
  { x, weights, config, noise, begin }: Own<C>,
  { mask, given, keepsAll, isReversed, holds }: Way,
): LayerResult {
  const [length, ...step] = sampleShape(x);
  const states = cell.states(config, step);
  if (given.length > 0) checkStates(states, given);
  const starts = states.map(({ name: state, shape }, i) => given[i] ?? begin(state, shape));
  const loop = cell.lower(g, { x, weights, config, drop: dropsOf(g, config, noise) });
  const inTime = (value: Node): Node => (isReversed ? g.reverse(value, { axes: [1] }) : value);
  const overTime = [...loop.xs.map(inTime), ...(mask === undefined ? [] : [mask])];
  const carries = [...starts, ...(holds ? [g.like(starts[0], 0)] : [])];
  const body = bodyOf(g, name, states, loop, { isMasked: mask !== undefined, holds });
  const outputs = holds ? states.length : 0;
  const run = g.scan(...carries, ...overTime, ...loop.closed, {
    body,
    carries: carries.length,
    xs: overTime.length,
    length,
    reverse: false,
    keep: carries.map((_, i) => (i === outputs && keepsAll ? "all" : "last")),
  });
  const y = g.pick(run, { index: outputs });
  // A masked step repeats the state, so the last of all is the state at the end.
  const last = states.map((_, i) => (i === outputs && keepsAll ? stepAt(g, y, -1) : g.pick(run, { index: i })));
  return { y, more: last, states: Object.fromEntries(states.map((state, i) => [state.name, last[i]])) };
}

function checkStates(states: readonly CellState[], given: readonly Node[]): void {
  const problem = badStates(states, given.slice(0, states.length).map(sampleShape));
  if (problem !== undefined) throw new CompileError({ code: "shape/mismatch", ...problem });
}

/** One step as the body of a scan: carry0.. the states, x0.. its slices and the mask behind them, closed0.. what it reads whole. */
function bodyOf(
  g: G,
  name: string,
  states: readonly CellState[],
  { xs, closed, next }: CellLoop,
  { isMasked, holds }: { readonly isMasked: boolean; readonly holds: boolean },
): Graph {
  const b = g.fresh();
  b.builder.origin = g.builder.origin;
  const before = states.map(({ shape }, i) => b.input({ name: `carry${i}`, shape: batched(shape) }));
  const after = next(b, {
    states: before,
    xs: xs.map(({ type }, i) => b.input({ name: `x${i}`, shape: type.shape.toSpliced(1, 1) })),
    closed: closed.map(({ type }, i) => b.input({ name: `closed${i}`, shape: type.shape })),
  });
  const keep = (role: string, now: Node, old: Node): Node => {
    if (!isMasked) return now;
    const mask = b.input({ name: `x${xs.length}`, shape: ["n"] });
    return b.as(role, () => b.select(b.broadcast(mask, { shape: now.type.shape, axes: [0] }), now, old));
  };
  const results = after.map((now, i) => keep(states[i].name, now, before[i]));
  if (holds) results.push(keep("output", after[0], b.input({ name: `carry${states.length}`, shape: after[0].type.shape })));
  return graph(name, results.map((node, i) => [`carry${i}`, node]), [], b.builder.origins); // biome-ignore format: one line
}

/** One noise mask per sequence, the same at every step. */
function dropsOf(g: G, config: Dropping, noise: Noise | undefined): CellContext<object>["drop"] {
  return ({ use, shape, count }) => {
    if (noise === undefined || config[use] === 0) return undefined;
    return Array.from({ length: count }, (_, k) =>
      dropMask(g, noise, { rate: config[use], shape: batched(shape), seed: config.seed, use: count === 1 ? use : `${use}.${k}` }),
    );
  };
}
