// Whether a small model becomes one straight line. In: its Program in loops, contents of its constants. Out: the Program with one
// kernel that has no loop and its weights as literals; undefined where it would be too long, or weights must stay outside the text.

import { settle } from "../lower/assemble.ts";
import type { Options } from "../options.ts";
import { calledKernels, instances } from "../program/calls.ts";
import type { Kernel, Program } from "../program/program.ts";
import { buffersOf } from "../program/walk.ts";
import { unroll } from "../schedule/straight.ts";
import { lanesPay, operations, straightUpTo } from "./cost.ts";

const callsOf = ({ entries }: Program) => entries.flatMap(({ calls }) => calls);

/** Whether kernels in lanes are wanted beside those in JavaScript: by name, or where they pay. */
export const wantsLanes = (program: Program, options: Options): boolean =>
  options.target === "simd" ||
  (options.target === "auto" &&
    lanesPay(operations(calledKernels(program, callsOf(program))), { ...options, rows: options.train ? options.batch : 1 }));

/** One straight line. */
export interface Straightened {
  readonly program: Program;
  /** Of each name in it, which call of the loops made it. */
  readonly steps: ReadonlyMap<string, number>;
}

/** The entry predict as one straight line. */
export function straighten(
  looped: Program,
  contents: ReadonlyMap<string, Float32Array>,
  options: Options,
): Straightened | undefined {
  if (options.train || options.weights === "external" || options.target === "simd") return undefined;
  // Who asks for straight lines of some length gets them.
  if (options.unroll === undefined && wantsLanes(looped, options)) return undefined;
  const steps = new Map<string, number>();
  const buffers = new Map(looped.buffers.map((buffer) => [buffer.name, buffer]));
  // A multiply-add is one statement; starting, finishing and naming a sum are about as many again in the smallest nets.
  const straight = unroll(instances(looped, callsOf(looped)), {
    buffers,
    contents,
    budget: 2 * (options.unroll ?? straightUpTo),
    named: (name, call) => steps.set(name, call),
  });
  if (straight === undefined) return undefined;
  const kernel: Kernel = { ...straight, name: "predict" };
  const entries = looped.entries.map((entry) => ({ ...entry, calls: [{ kernel: "predict" }] }));
  return { program: settle({ ...looped, kernels: [kernel], entries }, buffersOf), steps };
}
