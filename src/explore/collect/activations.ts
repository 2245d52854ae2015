// What the regions of predict give for a few rows. In: what was lowered. Out: for each row its input, and of each region its values with their largest
// difference from doubles. Guarantee: values are the bits of the js target's kernels, by the interpreter of Programs; the doubles are the Graph's meaning.

import type { Compilation } from "../../../compiler/compile.ts";
import { bindShape, type Node, showShape } from "../../../compiler/graph/graph.ts";
import { runGraph } from "../../../compiler/interpret/graph.ts";
import { createMachine } from "../../../compiler/interpret/program.ts";
import { multiplyAdds } from "../../../compiler/pipeline/cost.ts";
import type { Made } from "../../../compiler/pipeline/passes.ts";
import { sampleRows } from "../../../compiler/pipeline/self-test.ts";
import type { Region } from "../../../compiler/plan/plan.ts";
import type { View } from "../../../compiler/program/nest/view.ts";
import type { Activation, Report } from "../report.ts";
import type { Links } from "./links.ts";
import type { Things } from "./things.ts";

/** Rows that are shown, first values of a region, and most multiply-adds of a row that are interpreted. */
const [rows, first, mostWork] = [2, 8, 2 ** 21];

/** The activations; none where a row is no numbers, is too much work, or weights are computed by the module. */
export function activationsOf(
  compilation: Compilation,
  made: readonly Made[],
  links: Links,
  things: Things,
): Report["activations"] {
  const { resolved, weights, contents } = compilation;
  const { plan } = links;
  const lowered = made.find((one) => one.stage === "program" && one.pass === "lower");
  if (lowered?.stage !== "program" || plan.rows !== 1 || multiplyAdds(plan.graph) > mostWork) return [];
  const known = new Map<string, ArrayLike<number>>([...Object.entries(weights), ...contents]);
  const { program } = lowered;
  const isKnown = program.buffers.every(({ name, role }) => (role !== "param" && role !== "const") || known.has(name));
  if (!isKnown || program.buffers.some(({ role }) => role === "state")) return [];
  const calls = program.entries.find(({ name }) => name === "predict")?.calls ?? [];
  if (calls.length !== plan.regions.length) return [];
  // A call at a time: what a region gave is read before another lies over it.
  const entries = calls.map((call, i) => ({ name: `${i}`, rows: 1, inputs: [], outputs: [], calls: [call] }));
  const values = sampleRows(resolved, rows);
  if (values === undefined) return [];
  const params = Object.fromEntries(known);
  return Array.from({ length: rows }, (_, row) => {
    const input = values.map(({ name, values: all }) => ({ name, numbers: all.subarray((row * all.length) / rows, ((row + 1) * all.length) / rows) })); // biome-ignore format: one line
    // What an entry starts with is no arena of its own here, so nobody watches.
    const machine = createMachine({ ...program, entries }, { constants: known, track: false });
    for (const { name, numbers } of input) machine.buffers.get(name)?.set(numbers);
    const exact = runGraph(plan.graph, {
      rows: 1,
      values: { ...params, ...Object.fromEntries(input.map(({ name, numbers }) => [name, numbers])) },
      precision: "double",
    });
    const found = plan.regions.flatMap((region, i): Activation[] => {
      machine.run(`${i}`);
      const thing = things.find("region", region.id, "predict");
      const stored = storedBy(region);
      if (thing === undefined || stored === undefined) return [];
      const given = readView(stored.out, machine.buffers.get(stored.out.buffer) ?? []);
      return [{ thing, name: region.name, shape: showShape(bindShape(stored.node.type.shape, 1)), ...measured(given, exact.value(stored.node).data) }];
    }); // biome-ignore format: one line
    return { input: input.map(({ numbers }) => [...numbers]), rows: found };
  });
}

/** The value that a region is for, and where it is. */
function storedBy(region: Region): { readonly node: Node; readonly out: View } | undefined {
  if (region.kind === "compute") return { node: region.nodes[region.nodes.length - 1], out: region.out };
  return region.kind === "copy" ? { node: region.node, out: region.out } : undefined;
}

/** The numbers of a view in row-major order. */
function readView({ base, shape, strides }: View, memory: ArrayLike<number>): Float32Array {
  const sizes = shape.map((extent) => (typeof extent === "number" ? extent : 1));
  const out = new Float32Array(sizes.reduce((product, size) => product * size, 1));
  for (let i = 0; i < out.length; i++) {
    let [rest, at] = [i, base];
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      at += (rest % sizes[axis]) * strides[axis];
      rest = Math.floor(rest / sizes[axis]);
    }
    out[i] = memory[at];
  }
  return out;
}

function measured(given: Float32Array, exact: ArrayLike<number>): Omit<Activation, "thing" | "name" | "shape"> {
  let [least, most, sum, error] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (const [i, value] of given.entries()) {
    least = Math.min(least, value);
    most = Math.max(most, value);
    sum += value;
    error = Math.max(error, Math.abs(value - exact[i]));
  }
  return { least, most, mean: sum / given.length, error, values: [...given.subarray(0, first)] };
}
