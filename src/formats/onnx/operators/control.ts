// Graphs within nodes, written out: a branch whose condition is known, a loop whose turns are, steps over an axis.
import { axisOf, type Made, type Operator, operator, type Site } from "../define.ts";
import { axesOf, known, type Value } from "../values.ts";
import { cut, joined, reshapeTo } from "./moves.ts";

/** Turns of a loop. */
const mostTurns = 4096;

const branch = (site: Site): Made => {
  const condition = site.numbers(0, "a condition");
  const graph = site.attribute(condition?.[0] === 0 ? "else_branch" : "then_branch")?.graph;
  return graph === undefined ? site.refuse("without branches") : site.run(graph, []);
};

/** The body takes the turn, the condition and the carried values; gives the next condition, the carried values, and numbers to stack. */
const loop = (site: Site): Made => {
  const body = site.attribute("body")?.graph ?? site.refuse("without a body");
  const turns = site.numbers(0, "a number of turns")?.[0] ?? Number.POSITIVE_INFINITY;
  const count = site.inputCount - 2;
  let carried: readonly Value[] = axesOf(Math.max(count, 0), 2).map((i) => site.input(i));
  let condition = site.optional(1) ?? known("bool", [], [1]);
  const rows: (readonly Value[])[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const holds = condition.data ?? site.refuse("with a condition that is not known before the model runs");
    if (holds[0] === 0) break;
    if (turn >= mostTurns) site.refuse(`of more than ${mostTurns} turns`);
    const [next, ...made] = site.run(body, [known("int64", [], [turn]), condition, ...carried]);
    condition = next;
    carried = made.slice(0, carried.length);
    rows.push(made.slice(carried.length));
  }
  const stacks = body.outputs.length - 1 - carried.length;
  if (stacks > 0 && rows.length === 0) site.refuse("of no turns");
  return [
    ...carried,
    ...axesOf(stacks).map((k) =>
      stacked(
        site,
        rows.map((row) => row[k]),
        0,
      ),
    ),
  ];
};

/** Values of one shape along a new axis. */
function stacked(site: Site, values: readonly Value[], axis: number): Value {
  const wide = values.map((value) => reshapeTo(site, value, value.shape.toSpliced(axis, 0, 1)));
  return wide.length === 1 ? wide[0] : joined(site, wide, axis);
}

/** The body takes states and a step of each sequence. */
const scan = (site: Site): Made => {
  const body = site.attribute("body")?.graph ?? site.refuse("without a body");
  if (site.version < 9) site.refuse("of version 8");
  const count = site.int("num_scan_inputs", 0);
  const first = site.inputCount - count;
  if (count < 1 || first < 0) site.refuse(`over ${count} of ${site.inputCount} inputs`);
  const sequences = axesOf(count, first).map((i) => site.input(i));
  const axes = sequences.map((value, i) => axisOf(site, site.ints("scan_input_axes")?.[i] ?? 0, value.shape.length));
  const steps = sequences[0]?.shape[axes[0]] ?? 0;
  if (steps > mostTurns || steps === 0) site.refuse(`of ${steps} steps`);
  const isBack = (name: string, i: number): boolean => site.ints(name)?.[i] === 1;
  let states: readonly Value[] = axesOf(first).map((i) => site.input(i));
  const rows: (readonly Value[])[] = [];
  for (let t = 0; t < steps; t++) {
    const parts = sequences.map((value, i) => {
      const at = isBack("scan_input_directions", i) ? steps - 1 - t : t;
      return reshapeTo(site, cut(site, value, axes[i], at, 1), value.shape.toSpliced(axes[i], 1));
    });
    const made = site.run(body, [...states, ...parts]);
    states = made.slice(0, first);
    rows.push(made.slice(first));
  }
  const outputs = axesOf(body.outputs.length - first).map((k) => {
    const values = rows.map((row) => row[k]);
    const axis = axisOf(site, site.ints("scan_output_axes")?.[k] ?? 0, values[0].shape.length + 1);
    return stacked(site, isBack("scan_output_directions", k) ? values.toReversed() : values, axis);
  });
  return [...states, ...outputs];
};

/** Rows of the group. */
export const control: readonly Operator[] = [
  operator("If", 1, branch, { foldsItself: true }),
  operator("Loop", 1, loop, { foldsItself: true }),
  operator("Scan", 8, scan, { foldsItself: true }),
];
