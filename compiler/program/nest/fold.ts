// How the terms of a fold become one value. In: values. Out: values. Guarantee: halves are folded the same way wherever partial sums are
// made: sum i with sum i + half, down to one; so lanes of a vector fold as scalars do.
import type { Value } from "../program.ts";
import * as v from "../value.ts";
import type { Fold } from "./nest.ts";

type How = Fold["how"];

/** What joins two partial results. */
export const joins: Readonly<Record<How, (a: Value, b: Value) => Value>> = { madd: v.add, ...v.foldings };

/** What a partial result starts from: nothing changes by it. −0, since 0 + −0 is not −0. */
export const identities: Readonly<Record<How, number>> = {
  ...{ madd: -0, add: -0 },
  ...{ max: Number.NEGATIVE_INFINITY, most: Number.NEGATIVE_INFINITY },
  ...{ min: Number.POSITIVE_INFINITY, least: Number.POSITIVE_INFINITY },
};

/** A sum with one more term, each value of which `at` places. */
export const withTerm = (fold: Fold, sum: Value, at: (value: Value) => Value): Value =>
  fold.how === "madd" ? v.madd(at(fold.term[0]), at(fold.term[1]), sum) : joins[fold.how](sum, at(fold.term[0]));

/** A power of two of partial results as one. */
export function halved(how: How, sums: readonly Value[]): Value {
  const half = sums.length / 2;
  return half < 1
    ? sums[0]
    : halved(
        how,
        sums.slice(0, half).map((sum, i) => joins[how](sum, sums[half + i])),
      );
}
