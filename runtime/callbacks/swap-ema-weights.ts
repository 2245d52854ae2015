// Keras' SwapEMAWeights: averages of the weights stand in their place while a model is evaluated, or between epochs. In: an optimizer with
// useEma, whose averages the module keeps as `optimizer/average/<weight>`. https://keras.io/api/callbacks/swap_ema_weights/
import { type Averages, averagesOf } from "../averages.ts";
import { flag, known, type Rules } from "../rules.ts";
import type { Trainable } from "../trainable.ts";
import type { Callback } from "./define.ts";

/** Keras' option. */
export interface SwapEMAWeights {
  /** Averages from the end of an epoch to the beginning of the next, for callbacks such as modelCheckpoint. Default false. */
  readonly swapOnEpoch?: boolean;
}
const rules: Rules<SwapEMAWeights> = { swapOnEpoch: flag };

/** Puts the averages that `useEma` keeps in the place of the weights while a model is evaluated. Throws TypeError where an option does not fit, or nothing is averaged. */
export function swapEMAWeights(given: SwapEMAWeights = {}): Callback {
  const { swapOnEpoch = false } = known("swapEMAWeights", "swapEMAWeights.", given, rules);
  let isSwapped = false;
  const found = (module: Trainable): Averages => {
    const averages = averagesOf(module);
    if (averages === undefined) throw new TypeError("swapEMAWeights: wanted an optimizer with useEma: true");
    return averages;
  };
  const swap = (module: Trainable, to: boolean): void => {
    if (isSwapped === to) return;
    found(module).swap();
    isSwapped = to;
  };
  return {
    name: "swapEMAWeights",
    onTrainBegin({ module }) {
      isSwapped = false;
      found(module);
    },
    onEpochBegin(_, { module }) {
      if (swapOnEpoch) swap(module, false);
    },
    onTestBegin: ({ module }) => swap(module, true),
    onTestEnd: (_, { module }) => swap(module, false),
    onEpochEnd(epoch, _, { module, params }) {
      if (!swapOnEpoch) return;
      swap(module, true);
      // Averages become the weights when a run ends.
      if (epoch === params.epochs - 1) found(module).set();
    },
    state: () => ({ isSwapped }),
    restore(state) {
      isSwapped = (state as { isSwapped: boolean }).isSwapped;
    },
  };
}
