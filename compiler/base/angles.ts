// Sines of parts of a turn, the same in every engine: `Math.sin` differs between them. In: whole numbers. Out: doubles, to about 1e-16.
// Guarantee: the angle is reduced in whole numbers, and then there are sums and products only.

/** sin(2πk / n). */
export const sinOf = (k: number, n: number): number => turned(k, n)[0];
/** cos(2πk / n). */
export const cosOf = (k: number, n: number): number => turned(k, n)[1];

function turned(k: number, n: number): readonly [sin: number, cos: number] {
  const rest = ((k % n) + n) % n;
  // The nearest quarter of a turn, and what is left in units of a quarter's n-th part.
  const quarter = Math.floor((8 * rest + n) / (2 * n));
  const angle = ((4 * rest - quarter * n) / n) * (Math.PI / 2);
  const [sin, cos] = [series(angle, 1), series(angle, 0)];
  const turns = [[sin, cos], [cos, -sin], [-sin, -cos], [-cos, sin]] as const; // biome-ignore format: a table
  return turns[quarter % 4];
}

/** Taylor's series from the power `first` on, for angles within ±π/4. */
function series(angle: number, first: 0 | 1): number {
  let sum = 0;
  for (let power = first + 18; power > first; power -= 2) sum = ((sum + 1) * -angle * angle) / (power * (power - 1));
  return first === 1 ? angle * (1 + sum) : 1 + sum;
}
