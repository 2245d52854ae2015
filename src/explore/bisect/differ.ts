// Whether two runs agree. In: the numbers of two runs, and what they promise each other: the same bits, or to lie within the model's own bound.
// Out: how far they are apart, in bounds, and where most.
import { type Graph, sizeOf } from "../../../compiler/graph/graph.ts";
import { disturbedRuns } from "../../../compiler/interpret/disturbed.ts";
import { expandComposites } from "../../../compiler/rewrite/expand.ts";
import { type Given, type Outputs, outputsOf, type Port } from "./executors.ts";

/** Where two runs are furthest apart. */
export interface Place {
  readonly output: string;
  readonly row: number;
  /** In the row. */
  readonly place: number;
  readonly wanted: number;
  readonly got: number;
}
/** How far: 1 is as far as the promise goes. */
export interface Distance {
  readonly off: number;
  readonly at?: Place;
}

/** Both NaN, or the same number; zeros of either sign are two. */
const isSame = (a: number, b: number): boolean => Object.is(a, b) || (Number.isNaN(a) && Number.isNaN(b));

/** How far `got` is from `wanted`; without bounds every bit counts. */
export function distance(wanted: Outputs, got: Outputs, ports: readonly Port[], bounds?: Outputs): Distance {
  let found: Distance = { off: 0 };
  for (const [i, { name, shape }] of ports.entries()) {
    const width = sizeOf(shape);
    for (let k = 0; k < wanted[i].length; k++) {
      const [a, b] = [wanted[i][k], got[i][k]];
      const apart = isSame(a, b) ? 0 : bounds === undefined ? Number.POSITIVE_INFINITY : apartIn(a, b, bounds[i][k]);
      if (apart > found.off)
        found = { off: apart, at: { output: name, row: Math.floor(k / width), place: k % width, wanted: a, got: b } };
    }
  }
  return found;
}

/** In bounds; where the bound is infinite, roundings alone decide whether there is a number at all. */
function apartIn(a: number, b: number, bound: number): number {
  if (bound === Number.POSITIVE_INFINITY) return 0;
  const apart = Math.abs(a - b);
  return Number.isFinite(apart) ? apart / bound : Number.POSITIVE_INFINITY;
}

const magnified = 4;
const runs = 8;
/** The rounding of the result itself, and below that the least number there is. */
const [ownRounding, least] = [2 ** -23, 2 ** -140];

/** How far float32 may move each number of the outputs: the spread of runs whose every op is disturbed by four times its roundings. */
export function boundsOf(
  graph: Graph,
  weights: Readonly<Record<string, ArrayLike<number>>>,
  { rows, feeds }: Given,
  wanted: Outputs,
  ports: readonly Port[],
): Outputs {
  const disturbed = disturbedRuns(expandComposites(graph), { rows, values: { ...weights, ...feeds } }, () => magnified);
  const found = Array.from({ length: runs }, (_, index) => outputsOf(disturbed(index), ports));
  return ports.map((_, i) =>
    Float64Array.from(wanted[i], (value, k) => {
      const all = [value, ...found.map((outputs) => outputs[i][k])];
      if (all.every((one) => isSame(one, value)))
        return Number.isFinite(value) ? Math.max(Math.abs(value) * ownRounding, least) : least;
      if (!all.every(Number.isFinite)) return Number.POSITIVE_INFINITY;
      return 1.25 * (Math.max(...all) - Math.min(...all) + Math.abs(value) * ownRounding) + least;
    }),
  );
}
