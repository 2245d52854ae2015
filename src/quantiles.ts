// Boundaries that part numbers into classes of equal size, as Keras' Discretization adapts: a summary of the sorted numbers, made
// smaller by interpolating along its weights. In: numbers. Out: boundaries, ascending. Guarantee: float32 where Keras has float32.

/** Values with the weights they stand for. */
interface Summary {
  readonly values: readonly number[];
  readonly weights: readonly number[];
}

/** `numBins` − 1 boundaries, or fewer where there are fewer numbers; `epsilon` is how fine the summary is. */
export function quantiles(numbers: ArrayLike<number>, numBins: number, epsilon: number): readonly number[] {
  const sorted = Float32Array.from(numbers).sort();
  const step = Math.max(sorted.length / (1 / epsilon), 1);
  const values: number[] = [];
  for (let i = Math.floor(step - 1); i < sorted.length; i += Math.floor(step)) values.push(sorted[i]);
  const weights = values.map(() => Math.fround(step));
  return compress(compress({ values, weights }, epsilon), 1 / numBins).values.slice(0, -1);
}

/** A summary of 1 / epsilon values. */
function compress(summary: Summary, epsilon: number): Summary {
  if (summary.values.length * epsilon < 1) return summary;
  let sum = 0;
  const ends = summary.weights.map((weight) => {
    sum = Math.fround(sum + weight);
    return sum;
  });
  const parts = ends.map((end) => Math.fround(end / sum));
  const wanted = Array.from({ length: Math.ceil(1 / epsilon) }, (_, i) => epsilon + i * epsilon);
  const values = wanted.map((part) => Math.fround(between(part, parts, summary.values)));
  const reached = wanted.map((part) => between(part, parts, ends));
  return { values, weights: reached.map((end, i) => Math.fround(end - (i === 0 ? 0 : reached[i - 1]))) };
}

/** What stands at x between points (xs ascending, ys); outside of them the nearest. */
function between(x: number, xs: readonly number[], ys: readonly number[]): number {
  const after = xs.findIndex((at) => at > x);
  if (after === 0) return ys[0];
  if (after < 0) return ys[ys.length - 1];
  const [x0, x1, y0, y1] = [xs[after - 1], xs[after], ys[after - 1], ys[after]];
  return ((y1 - y0) / (x1 - x0)) * (x - x0) + y0;
}
