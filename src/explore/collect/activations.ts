// What the regions of predict give for a few rows. In: what was lowered. Out: for each row its input, and of each region its values with their largest
// difference from doubles; or why there are none. Guarantee: values are the bits of the js target's kernels, by the interpreter of Programs; the doubles are the Graph's meaning.

import { type Compilation, lowerModel } from "../../../compiler/compile.ts";
import { bindShape, type Node, showShape } from "../../../compiler/graph/graph.ts";
import { runGraph } from "../../../compiler/interpret/graph.ts";
import { createMachine } from "../../../compiler/interpret/program.ts";
import type { Model } from "../../../compiler/model.ts";
import type { OptionsInput } from "../../../compiler/options.ts";
import type { Made } from "../../../compiler/pipeline/passes.ts";
import { sampleRows } from "../../../compiler/pipeline/self-test.ts";
import type { Region } from "../../../compiler/plan/plan.ts";
import type { View } from "../../../compiler/program/nest/view.ts";
import type { Activation, Report, ThingId } from "../report.ts";
import { apart, measured, numbersAt, type Where } from "../values.ts";
import { goalRows } from "./goals.ts";

/** Rows that are shown, and most multiply-adds of a row that are interpreted. */
const [rows, mostWork] = [2, 2 ** 21];

/** Predict alone, as it was lowered. */
export interface Lowered {
  readonly compilation: Compilation;
  readonly made: readonly Made[];
}

/** The activations, or in words why there are none. `work`: multiply-adds of a row; `thingOf`: of a region by its name. */
export function activationsOf(
  work: number,
  lower: () => Lowered,
  thingOf: (region: string) => ThingId | undefined,
): Report["activations"] | string {
  if (work > mostWork) return `a row takes ${work} multiply-adds, and at most ${mostWork} are worked out here`;
  const { compilation, made } = lower();
  const { resolved, weights, contents } = compilation;
  const plan = made.findLast((one) => one.stage === "plan")?.plan;
  const lowered = made.find((one) => one.stage === "program" && one.pass === "lower");
  if (plan === undefined || lowered?.stage !== "program") return "predict has no loops";
  const known = new Map<string, ArrayLike<number>>([...Object.entries(weights), ...contents]);
  const { program } = lowered;
  const isKnown = program.buffers.every(({ name, role }) => (role !== "param" && role !== "const") || known.has(name));
  if (!isKnown) return "the module computes some of its weights when it starts";
  const calls = program.entries.find(({ name }) => name === "predict")?.calls ?? [];
  if (calls.length !== plan.regions.length) return "predict has other calls than regions";
  // A call at a time: what a region gave is read before another lies over it.
  const entries = calls.map((call, i) => ({ name: `${i}`, rows: 1, inputs: [], outputs: [], calls: [call] }));
  const samples = sampleRows(resolved, rows);
  const params = Object.fromEntries(known);
  return Array.from({ length: rows }, (_, row) => {
    const own = <T extends ArrayLike<unknown>>(all: T): T =>
      Array.prototype.slice.call(all, (row * all.length) / rows, ((row + 1) * all.length) / rows) as unknown as T;
    const values = Object.fromEntries(Object.entries(samples.values).map(([name, all]) => [name, own(all)]));
    // What an entry starts with is no arena of its own here, so nobody watches.
    const machine = createMachine({ ...program, entries }, { constants: known, track: false });
    for (const [name, numbers] of Object.entries(values)) machine.buffers.get(name)?.set(numbers);
    const exact = runGraph(plan.graph, { rows: 1, values: { ...params, ...values }, precision: "double" });
    const found = plan.regions.flatMap((region, i): Activation[] => {
      machine.run(`${i}`);
      const thing = thingOf(region.name);
      const stored = storedBy(region);
      if (thing === undefined || stored === undefined) return [];
      const given = numbersAt(whereOf(stored.out), machine.buffers.get(stored.out.buffer) ?? []);
      return [
        {
          thing,
          name: region.name,
          shape: shapeOf(stored.node),
          ...measured(given),
          error: apart(given, exact.value(stored.node).data),
        },
      ];
    });
    return { input: samples.items.map(own), rows: found };
  });
}

/** Predict of a model lowered without what else its module has. */
export function lowerAlone(model: Model, options: OptionsInput): Lowered {
  const made: Made[] = [];
  const compilation = lowerModel(model, { ...options, train: false, stream: false }, (goal, one) => {
    if (goalRows[goal].hasValues) made.push(one);
  });
  return { compilation, made };
}

/** The value that a region is for, and where it is. */
export function storedBy(region: Region): { readonly node: Node; readonly out: View } | undefined {
  if (region.kind === "compute") return { node: region.nodes[region.nodes.length - 1], out: region.out };
  return region.kind === "copy" ? { node: region.node, out: region.out } : undefined;
}

/** Where a view lies in its buffer, of one row. */
export const whereOf = ({ base, shape, strides }: View): Where => ({
  base,
  sizes: shape.map((extent) => (typeof extent === "number" ? extent : 1)),
  strides,
});

/** The shape of a node of one row. */
export const shapeOf = ({ type }: Node): string => showShape(bindShape(type.shape, 1));
