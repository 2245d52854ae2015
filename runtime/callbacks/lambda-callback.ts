// Keras' LambdaCallback: hooks of one's own. In: functions by the names of the hooks. Out: a callback, whose hooks are known ones.
// https://keras.io/api/callbacks/lambda_callback/
import { anything, callable, flag, known, type Rules, text } from "../rules.ts";
import type { Callback } from "./define.ts";

const rules: Rules<Callback> = {
  name: text,
  adds: anything("a list of keys"),
  toleratesNaN: flag,
  onTrainBegin: callable,
  onEpochBegin: callable,
  onBatchBegin: callable,
  onBatchEnd: callable,
  onTestBegin: callable,
  onTestEnd: callable,
  onEpochEnd: callable,
  afterEpoch: callable,
  onTrainEnd: callable,
  onTrainError: callable,
  state: callable,
  restore: callable,
};

/** Hooks of your own, under Keras' names. Throws TypeError where there is no such hook, or it is no function. */
export const lambdaCallback = (hooks: Callback): Callback =>
  known("lambdaCallback", "lambdaCallback.", hooks, rules, {
    onTrainBatchBegin: 'did you mean "onBatchBegin"?',
    onTrainBatchEnd: 'did you mean "onBatchEnd"?',
  });
