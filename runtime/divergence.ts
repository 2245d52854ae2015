// What went bad when a loss is not finite. In: the losses of a run as they come. Out: a sentence that names a layer. A healthy run
// pays nothing for it but a comparison a step: the weights are copied at steps 0, 1, 2, 4, 8, … and while the loss is a thousand
// times what it was at first, and the forward pass over the bad batch is taken apart from the last copy.
import type { PortRows, Trainable } from "./trainable.ts";

/** A loss above this many times the first (or 1) is about to leave float32. */
const alarming = 1000;

/** What looks after the weights of one run. */
export interface Guard {
  /** To be called before a step. */
  before(): void;
  /** To be called with the loss of a step. Throws RangeError where it is not finite: where that was, and what went bad. */
  after(epoch: number, batch: number, loss: number, x: PortRows): void;
  /** Throws RangeError where weights are not finite. */
  check(when: string, weights: readonly Float32Array[]): void;
}

/** Throws RangeError where the weights are not finite to begin with. */
export function guard(module: Trainable): Guard {
  const check = (when: string, weights: readonly Float32Array[]): void => {
    const bad = firstBad(module, weights);
    if (bad !== undefined) throw new RangeError(`fit: weights are not finite ${when}: ${bad} is the first`);
  };
  let copy = module.getWeights();
  check("before training", copy);
  let step = 0;
  let copied = 0;
  let limit = Number.POSITIVE_INFINITY;
  let last = 0;
  return {
    before() {
      const isDue = (step & (step - 1)) === 0 || Math.abs(last) > limit;
      if (step > 0 && isDue) [copy, copied] = [module.getWeights(), step];
    },
    after(epoch, batch, loss, x) {
      if (!Number.isFinite(loss))
        throw new RangeError(
          `fit: the loss is ${loss} in epoch ${epoch}, batch ${batch} (counted from 0): ${culprit(module, copy, copied === step, x)}`,
        );
      if (step++ === 0) limit = alarming * Math.max(1, Math.abs(loss));
      last = loss;
    },
    check,
  };
}

const isBad = (values: Float32Array): boolean => values.some((value) => !Number.isFinite(value));
const nameOf = ({ weightNames }: Trainable, i: number): string => weightNames?.[i] ?? `weights[${i}]`;
/** "hidden" of "hidden/kernel". */
const layerOf = (name: string): string => (name.includes("/") ? name.slice(0, name.lastIndexOf("/")) : name);

function firstBad(module: Trainable, weights: readonly Float32Array[]): string | undefined {
  const i = weights.findIndex(isBad);
  return i < 0 ? undefined : `${JSON.stringify(nameOf(module, i))} of layer ${JSON.stringify(layerOf(nameOf(module, i)))}`;
}

/** `copy`: the weights before the step, or where it is not fresh some steps earlier. Leaves the weights as they are. */
function culprit(module: Trainable, copy: readonly Float32Array[], isFresh: boolean, x: PortRows): string {
  const before = firstBad(module, copy);
  if (before !== undefined) return `an earlier step left weights that are not finite: ${before} is the first`;
  const now = module.getWeights();
  try {
    const { layer, outputs } = firstOverflow(module, copy, x);
    if (layer !== undefined) return `${JSON.stringify(layer)} is the first layer whose output is not finite`;
    const after = isFresh ? undefined : firstBad(module, now);
    if (after !== undefined) return `${after} is the first weight that is not finite after the step`;
    const [largest, ...others] = outputs.toSorted((a, b) => b.size - a.size);
    // Of several outputs it is the one with the largest numbers.
    if (others.length > 0)
      return `every layer's output is finite, and the loss overflowed after them: the output ${JSON.stringify(largest.name)} gives numbers up to ${largest.size}`;
    const end = JSON.stringify(layerOf(nameOf(module, copy.length - 1)));
    return `every layer's output is finite, and the loss overflowed after the last, ${end}, which gives numbers up to ${largest?.size ?? 0}`;
  } finally {
    module.setWeights(now);
  }
}

interface Output {
  readonly name: string;
  /** Of its largest number. */
  readonly size: number;
  readonly isBad: boolean;
}

/**
 * The first layer with weights whose output is not finite. Layer by layer: with 0 for the weights of all later layers whatever is
 * finite stays finite, and infinity · 0 is NaN. Layers stand below all they take, so that this holds of branches too.
 */
function firstOverflow(module: Trainable, weights: readonly Float32Array[], x: PortRows) {
  const layers = weights.map((_, i) => layerOf(nameOf(module, i)));
  const isLast = (i: number) => layers[i] !== layers[i + 1];
  let outputs: readonly Output[] = [];
  if (module.predict === undefined) return { outputs };
  for (let i = 0; i < layers.length; i++) {
    if (!isLast(i)) continue;
    module.setWeights(weights.map((values, k) => (k <= i ? values : new Float32Array(values.length))));
    outputs = outputsOf(module.predict(x));
    if (outputs.some((output) => output.isBad)) return { layer: layers[i], outputs };
  }
  return { outputs };
}

/** What predict gave, by name where there are several outputs. */
function outputsOf(y: Float32Array | Readonly<Record<string, Float32Array>>): readonly Output[] {
  const all = ArrayBuffer.isView(y) ? [["y", y] as const] : Object.entries(y);
  return all.map(([name, values]) => ({
    name,
    size: values.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
    isBad: isBad(values),
  }));
}
