// What a strategy is: one way to run nests of one kind; and what several share. In: facts of a nest. Out: parts of its schedule.
import type { Target } from "../../targets.ts";
import type { Facts, SumFacts } from "../facts.ts";
import type { Schedule } from "../schedule.ts";

/** Lanes along the column of a sum, where the target has any. */
export const lanesAlong = ({ column, past }: SumFacts, { lanes }: Target): Pick<Schedule, "lane" | "padded" | "past"> => {
  if (lanes === 1 || column === undefined) return {};
  return past === undefined ? { lane: column } : { lane: column, padded: true, past };
};

/** One way to run nests: a line of the list. */
export interface Strategy {
  /** Kebab-case; printed with every kernel it made. */
  readonly name: string;
  /** One line: what it does, and for what. */
  readonly says: string;
  /** The schedule, or undefined where the strategy does not apply. It is asked only where no strategy before it in the list applies. */
  readonly when: (facts: Facts, target: Target) => Schedule | undefined;
  /** A nest and a target for which this strategy, and no earlier one, gives a schedule. */
  readonly sample: { readonly target: Target["name"]; readonly nest: string };
}
