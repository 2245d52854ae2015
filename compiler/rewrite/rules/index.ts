// The lists of rules, first match first. Adding a rule is one line in its topic's file; adding a topic is one line here.
import { hasLanes, type Options } from "../../options.ts";
import type { Rule } from "../pattern.ts";
import { algebra } from "./algebra.ts";
import { broadcasts } from "./broadcasts.ts";
import { constants } from "./constants.ts";
import { extremes } from "./extremes.ts";
import { fold } from "./fold.ts";
import { gradients } from "./gradients.ts";
import { overlaps } from "./overlaps.ts";
import { reshapes } from "./reshapes.ts";
import { slices } from "./slices.ts";
import { views } from "./views.ts";
import { largeTiles, smallTiles } from "./winograd.ts";

/** What an option says of rules. `target`: "auto" unless given. */
type Knobs = Pick<Options, "exact"> & Partial<Pick<Options, "target" | "winograd">>;
/** What holds whether or not params change between calls. */
const always: readonly Rule[] = [
  ...constants,
  ...views,
  ...algebra,
  ...gradients,
  ...broadcasts,
  ...extremes,
  ...reshapes,
  ...slices,
  ...overlaps,
];
/** Every rule there is. */
export const allRules: readonly Rule[] = [...largeTiles, ...smallTiles, ...always, ...fold];

/**
 * `exact` drops the rules that change last bits. Its modules have the same bits on all targets, so there a rule for lanes holds for
 * plain JavaScript too, which would leave it out.
 */
const chosen = (rules: readonly Rule[], { exact, target, winograd = true }: Knobs): readonly Rule[] =>
  rules.filter(({ promise, forLanes, knob }) =>
    exact ? promise !== "approx" : (!forLanes || hasLanes(target)) && (knob === undefined || winograd),
  );
/** For graphs that run between updates of their params. */
export const trainingRules = (options: Knobs): readonly Rule[] => chosen([...smallTiles, ...always], options);
/** For graphs whose params never change: affine work moves into them. */
export const inferenceRules = (options: Knobs): readonly Rule[] => chosen(allRules, options);
