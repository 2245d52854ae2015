// What a strategy is: one way to run nests of one kind. In: nothing (types only).
import type { Target } from "../../targets.ts";
import type { Facts } from "../facts.ts";
import type { Schedule } from "../schedule.ts";

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
