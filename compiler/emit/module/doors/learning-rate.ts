// `getLearningRate()`: the rate that the next step takes where its caller gives none: a constant, or what a schedule left in the state.
import { rateState } from "../../../front/steps.ts";
import { type Code, js } from "../../code.ts";
import type { ModuleParts } from "../parts.ts";
import type { Door, Site } from "./door.ts";

/** Whether a schedule makes the rate. */
export const isPlanned = ({ learningRate = 0 }: ModuleParts): boolean => Number.isNaN(learningRate);

/** The rate as an expression. */
export const rateText = ({ parts, scene }: Site): Code =>
  isPlanned(parts) ? js`${scene.bufferId(rateState)}[0]` : js`${parts.learningRate ?? 0}`;

/** The rate of the next step. */
export const getLearningRate: Door = {
  name: "getLearningRate",
  when: ({ options }) => options.train,
  text: (site) => js`function getLearningRate() {
  return ${rateText(site)};
}`,
  says: () => js`/** The learning rate that the next step takes, unless it is given another. */
getLearningRate(): number;`,
};
