// Axes as Keras counts them: the batch is 0, −1 the last. In: what a config says, the shape of a sample. Out: axes of a sample.
/** Axes counted from the batch, ascending, as axes of a sample (shape without the batch); undefined when one does not exist. */
export function sampleAxes(axis: number | readonly number[], input: readonly number[]): readonly number[] | undefined {
  const rank = input.length + 1;
  const axes = [axis].flat().map((a) => (a < 0 ? a + rank : a) - 1);
  if (axes.some((a, i) => a < 0 || a >= input.length || axes.indexOf(a) !== i)) return undefined;
  return axes.sort((a, b) => a - b);
}
