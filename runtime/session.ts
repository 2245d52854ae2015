// A run as its callbacks see it. In: a module, checked options. Out: the rate of the next step, whether to stop, and the state it takes to go
// on. Guarantee: a state holds copies.
import type { Callback, Memory, TrainingRun, TrainingState } from "./callbacks/define.ts";
import type { FitOptions } from "./fit-options.ts";
import { show } from "./rows.ts";
import { isPlain, rate as rateRule } from "./rules.ts";
import { epochsOf, setEpochs } from "./shuffle.ts";
import type { Trainable } from "./trainable.ts";

/** What the caller of a run gives it to work with. */
export interface Host {
  /** Of fit of a model. */
  readonly model?: () => object;
  readonly print?: (line: string) => void;
}

/** One run of fit. */
export class Session implements TrainingRun {
  readonly module: Trainable;
  readonly params: TrainingRun["params"];
  readonly keys: readonly string[];
  readonly callbacks: readonly Callback[];
  readonly model?: () => object;
  readonly print: (line: string) => void;
  epoch: number;
  isStopped = false;
  /** The epoch that a state goes on with. */
  next: number;
  #rate: number | undefined;
  #memories: readonly Memory[] = [];
  #hasBegun = false;

  constructor(module: Trainable, options: FitOptions, steps: number | undefined, keys: readonly string[], host: Host) {
    const { epochs = 1, initialEpoch = 0, callbacks = [], learningRate } = options;
    this.module = module;
    this.callbacks = callbacks;
    this.params = { epochs, ...(steps === undefined ? {} : { steps }) };
    this.keys = [...new Set([...keys, ...callbacks.flatMap(({ adds = [] }) => adds)])];
    if (host.model !== undefined) this.model = host.model;
    this.print = host.print ?? toConsole;
    this.epoch = this.next = initialEpoch;
    this.#rate = learningRate;
    // A module that was loaded with the weights of earlier epochs goes on with their orders too.
    if (epochsOf(module) < initialEpoch) setEpochs(module, initialEpoch);
  }

  get learningRate(): number {
    const rate = this.#rate ?? this.module.getLearningRate?.();
    if (rate === undefined)
      throw new TypeError("fit: the module does not say its learning rate: compile it again, or give the option learningRate");
    return Math.fround(rate);
  }

  set learningRate(rate: number) {
    if (!rateRule.fits(rate)) throw new RangeError(`learningRate: wanted ${rateRule.wanted}, got ${show(rate)}`);
    if (this.#rate === undefined && Object.hasOwn(this.module.getOptimizerState?.() ?? {}, "optimizer/learningRate"))
      throw new TypeError("learningRate: the optimizer has a schedule, so a callback cannot set it");
    this.#rate = Math.fround(rate);
  }

  /** The rate that a step is told; undefined where it takes its own. */
  get givenRate(): number | undefined {
    return this.#rate;
  }

  stop(): void {
    this.isStopped = true;
  }

  state(): TrainingState {
    const callbacks = this.callbacks.flatMap(({ name, state }, i): Memory[] =>
      state === undefined ? [] : [{ name: name ?? `callbacks[${i}]`, state: state.call(this.callbacks[i]) }],
    );
    return {
      weights: this.module.getWeights(),
      state: this.module.getOptimizerState?.() ?? {},
      epoch: this.next,
      // The epoch under way is counted already, and would begin anew.
      fitted: epochsOf(this.module) - (this.#hasBegun && this.next === this.epoch ? 1 : 0),
      ...(this.#rate === undefined ? {} : { learningRate: this.#rate }),
      callbacks,
    };
  }

  resume(from: TrainingState): void {
    if (this.#hasBegun) throw new TypeError("fit: a run resumes before its first epoch, and not in the middle");
    const { weights, state, epoch, fitted, learningRate, callbacks } = from;
    this.module.setWeights(weights);
    if (isPlain(state) && Object.keys(state).length > 0) this.module.setOptimizerState?.(state);
    this.epoch = this.next = epoch;
    setEpochs(this.module, fitted ?? epoch);
    if (learningRate !== undefined) this.#rate = learningRate;
    this.#memories = callbacks ?? [];
  }

  /** After onTrainBegin, which begins anew: what callbacks remember of the run before, by name and in order. */
  remember(): void {
    const rest = [...this.#memories];
    this.callbacks.forEach((callback, i) => {
      const at = rest.findIndex(({ name }) => name === (callback.name ?? `callbacks[${i}]`));
      if (at >= 0) callback.restore?.(rest.splice(at, 1)[0].state);
    });
  }

  begin(epoch: number): void {
    this.#hasBegun = true;
    this.epoch = this.next = epoch;
  }
}

/** Where there is one: some engines have none. */
function toConsole(line: string): void {
  if (typeof console === "object") console.log(line);
}
