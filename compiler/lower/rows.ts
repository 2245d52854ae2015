// Rows walked together. In: the nests of a group's regions, over whole values. Out: the same nests under loops over the leading axes,
// which take the place of their leading dims; of the last of these a block stays in the nests.
//
//   for i0 < n                        the leading axes but the last
//     for block < extent / size       the last one in blocks:  i1 = size · block + i1 of the nest
//       nest, nest, …                 a value inside the group has space for one block: there i1 is i1 of the nest
import type { RowsRegion } from "../plan/plan.ts";
import { rewriteAddresses, splitBlocked } from "../program/nest/dims.ts";
import type { Nest, Tree } from "../program/nest/nest.ts";
import { substitute } from "../program/nest/substitute.ts";
import { type Coord, fixed } from "../program/nest/view.ts";
import type { Extent } from "../program/program.ts";

/** The loop over blocks. */
const turn = "block";

/** The nests, every row of a block before the next block; a loop of one turn is none. */
export function walkRows(nests: readonly Nest[], { shape, block, inner }: RowsRegion): readonly Tree[] {
  const last = shape.length - 1;
  const extent = shape[last];
  const turns: Extent = typeof extent === "number" ? extent / block : extent;
  const own: Coord["terms"] = block === 1 ? [] : [[dimOf(last), 1]];
  const within: Coord = { base: 0, terms: own };
  const whole: Coord = { base: 0, terms: [...(turns === 1 ? [] : [[turn, block] as const]), ...own] };
  /** Where leading dims stand, outside the group; those not named are the loops of that name. */
  const places = new Map([
    ...shape.flatMap((size, axis) => (size === 1 ? [[dimOf(axis), fixed(0)] as const] : [])),
    [dimOf(last), whole],
  ]);
  const placed = (nest: Nest): Nest =>
    rewriteAddresses(
      { ...nest, map: [...(block === 1 ? [] : [[dimOf(last), block] as const]), ...nest.map.slice(shape.length)] },
      (buffer, { base, terms }) => {
        const at = (dim: string): Coord | undefined => (dim === dimOf(last) && inner.has(buffer) ? within : places.get(dim));
        return {
          base,
          terms: terms.flatMap(([dim, stride]) =>
            (at(dim)?.terms ?? [[dim, 1] as const]).map(([name, factor]) => [name, factor * stride] as const),
          ),
        };
      },
      (_, node) => substitute(node, places),
    );
  const loops: (readonly [string, Extent])[] = [
    ...shape.slice(0, -1).map((to, axis) => [dimOf(axis), to] as const),
    [turn, turns],
  ];
  return loops.reduceRight<readonly Tree[]>(
    (parts, [loop, to]) => (to === 1 ? parts : [{ loop, to, parts }]),
    nests.map((nest) => splitBlocked(placed(nest))),
  );
}

/** The dim of a nest that walks an axis of its result. */
const dimOf = (axis: number): string => `i${axis}`;
