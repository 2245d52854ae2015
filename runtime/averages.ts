// Running averages of weights, which an optimizer with useEma keeps beside them. In: a module. Out: the ways in which averages and weights
// take each other's place. Guarantee: weights without an average stay as they are.
import type { Trainable } from "./trainable.ts";

/** The averages of one module. */
export interface Averages {
  /** Weights and averages change places. */
  swap(): void;
  /** The weights become the averages. */
  apply(): void;
  /** The averages become the weights. */
  set(): void;
}

/** Undefined where the module keeps none. */
export function averagesOf(module: Trainable): Averages | undefined {
  const { weightNames = [], getOptimizerState, setOptimizerState } = module;
  if (getOptimizerState === undefined || setOptimizerState === undefined) return undefined;
  const keyOf = (i: number): string => `optimizer/average/${weightNames[i]}`;
  const has = Object.keys(getOptimizerState());
  if (!weightNames.some((_, i) => has.includes(keyOf(i)))) return undefined;
  const move = (toWeights: boolean, toAverages: boolean): void => {
    const [weights, state] = [module.getWeights(), getOptimizerState()];
    const averageOf = (i: number): Float32Array | undefined => (Object.hasOwn(state, keyOf(i)) ? state[keyOf(i)] : undefined);
    const averages = weights.flatMap((values, i) => (averageOf(i) === undefined ? [] : [[keyOf(i), values] as const]));
    if (toWeights) module.setWeights(weights.map((values, i) => averageOf(i) ?? values));
    if (toAverages) setOptimizerState({ ...state, ...Object.fromEntries(averages) });
  };
  return { swap: () => move(true, true), apply: () => move(true, false), set: () => move(false, true) };
}
