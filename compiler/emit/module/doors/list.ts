// THE table of doors: what a module shows, in the order of its text. One line each.
import { backend } from "./backend.ts";
import type { Door } from "./door.ts";
import { evaluate } from "./evaluate.ts";
import { getWeights } from "./get-weights.ts";
import { getLearningRate } from "./learning-rate.ts";
import { getMetrics, resetMetrics } from "./metrics.ts";
import { getOptimizerState, setOptimizerState } from "./optimizer-state.ts";
import { predict } from "./predict.ts";
import { rounding, selfTest } from "./self-test.ts";
import { setWeights } from "./set-weights.ts";
import { getState, reset, setState, step } from "./step.ts";
import { trainStep } from "./train-step.ts";

/** Every door. */
export const doors: readonly Door[] = [
  predict,
  step,
  getState,
  setState,
  reset,
  trainStep,
  evaluate,
  resetMetrics,
  getMetrics,
  getWeights,
  setWeights,
  getLearningRate,
  getOptimizerState,
  setOptimizerState,
  selfTest,
  rounding,
  backend,
];
