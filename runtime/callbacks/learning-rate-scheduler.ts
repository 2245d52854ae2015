// Keras' LearningRateScheduler: a function of the epoch says the rate. In: the epoch, from 0, and the rate so far. Out: the rate of the
// epoch; its logs get `learning_rate`. https://keras.io/api/callbacks/learning_rate_scheduler/
import { show } from "../rows.ts";
import { oneOf, rate as rateRule } from "../rules.ts";
import type { Callback } from "./define.ts";

/** The rate of an epoch (from 0), from the rate before. */
export type RateSchedule = (epoch: number, rate: number) => number;

/** Sets the learning rate at the beginning of each epoch. Throws TypeError where `schedule` is no function. */
export function learningRateScheduler(schedule: RateSchedule, verbose: 0 | 1 = 0): Callback {
  if (typeof schedule !== "function")
    throw new TypeError(`learningRateScheduler: wanted a function of epoch and rate, got ${show(schedule)}`);
  const words = oneOf(0, 1);
  if (!words.fits(verbose)) throw new TypeError(`learningRateScheduler: verbose: wanted ${words.wanted}, got ${show(verbose)}`);
  return {
    name: "learningRateScheduler",
    adds: ["learning_rate"],
    onEpochBegin(epoch, run) {
      const rate = schedule(epoch, run.learningRate);
      if (!rateRule.fits(rate))
        throw new TypeError(
          `learningRateScheduler: epoch ${epoch}: wanted ${rateRule.wanted} from the schedule, got ${show(rate)}`,
        );
      run.learningRate = rate;
      if (verbose > 0) run.print(`Epoch ${epoch + 1}: LearningRateScheduler setting learning rate to ${rate}.`);
    },
    onEpochEnd(_, logs, run) {
      logs.learning_rate = run.learningRate;
    },
  };
}
