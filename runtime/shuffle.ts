// The order of the rows in an epoch. In: the module, the seed, the number of rows. Out: a permutation. Guarantee: a function of the
// seed and of how many epochs the module has been fitted, so that fit called again goes on as one longer fit would.

/** Epochs that were fitted, by the trainStep of an instance: a copy of a module's exports is the same module. */
const fitted = new WeakMap<object, number>();

interface Steps {
  readonly trainStep: object;
}

/** How many epochs a module has been fitted. */
export const epochsOf = ({ trainStep }: Steps): number => fitted.get(trainStep) ?? 0;

/** Says how many. */
export const setEpochs = ({ trainStep }: Steps, count: number): void => void fitted.set(trainStep, count);

/** Counts one more epoch of a module; gives how many there were before. */
export function countEpoch(module: Steps): number {
  const before = epochsOf(module);
  setEpochs(module, before + 1);
  return before;
}

/** Puts the rows of an epoch in order (Fisher and Yates). */
export function shuffle(order: Int32Array, seed: number, epoch: number): void {
  const next = noise(streamOf(seed, epoch));
  for (let i = 0; i < order.length; i++) order[i] = i;
  for (let i = order.length - 1; i > 0; i--) {
    const k = Math.floor(next() * (i + 1));
    [order[i], order[k]] = [order[k], order[i]];
  }
}

/** Where the counter of an epoch begins. All 53 bits of the seed count. */
function streamOf(seed: number, epoch: number): number {
  const high = Math.floor(seed / 2 ** 32);
  const low = seed | 0;
  const own = high === 0 ? low : low ^ mix(high);
  return epoch === 0 ? own : mix(own ^ mix(epoch));
}

/** Uniform in [0, 1), 24 bits: a counter through a 32-bit mixer. */
function noise(start: number): () => number {
  let counter = start;
  return () => {
    counter = (counter + 0x6d2b79f5) | 0;
    return (mix(counter) >>> 8) * 2 ** -24;
  };
}

function mix(counter: number): number {
  let word = Math.imul(counter ^ (counter >>> 15), counter | 1);
  word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
  return word ^ (word >>> 14);
}
