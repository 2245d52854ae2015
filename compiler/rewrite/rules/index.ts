// The lists of rules, first match first. Adding a rule is one line in its topic's file; adding a topic is one line here.
import type { Rule } from "../pattern.ts";
import { algebra } from "./algebra.ts";
import { broadcasts } from "./broadcasts.ts";
import { constants } from "./constants.ts";
import { fold } from "./fold.ts";
import { gradients } from "./gradients.ts";
import { reshapes } from "./reshapes.ts";
import { views } from "./views.ts";

type Exact = { readonly exact: boolean };
/** What holds whether or not params change between calls. */
const always: readonly Rule[] = [...constants, ...views, ...algebra, ...gradients, ...broadcasts, ...reshapes];
/** Every rule there is. */
export const allRules: readonly Rule[] = [...always, ...fold];

/** `exact` drops the rules that change last bits. */
const chosen = (rules: readonly Rule[], { exact }: Exact): readonly Rule[] =>
  rules.filter(({ promise }) => !exact || promise !== "approx");
/** For graphs that run between updates of their params. */
export const trainingRules = (options: Exact): readonly Rule[] => chosen(always, options);
/** For graphs whose params never change: affine work moves into them. */
export const inferenceRules = (options: Exact): readonly Rule[] => chosen(allRules, options);
