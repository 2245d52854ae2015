// Weights of rows from weights of classes, Keras' `class_weight`. In: targets as rows of numbers, and a weight by class. Out: a weight a row.
// Guarantee: the class is the place of the largest number of a row (the first of equal ones), of one number that number, rounded as NumPy does.

/** Half goes to the even neighbour. */
const rounded = (value: number): number => {
  const below = Math.floor(value);
  const rest = value - below;
  return rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1;
};

/** A weight for each row; 1 where its class has none. `size`: numbers of a row. */
export function classWeights(y: Float32Array, size: number, classWeight: Readonly<Record<string, number>>): Float32Array {
  return Float32Array.from({ length: y.length / size }, (_, row) => {
    const name = String(size === 1 ? rounded(y[row]) : largest(y, row * size, size));
    return Object.hasOwn(classWeight, name) ? classWeight[name] : 1;
  });
}

function largest(y: Float32Array, from: number, size: number): number {
  let at = 0;
  for (let i = 1; i < size; i++) if (y[from + i] > y[from + at]) at = i;
  return at;
}
