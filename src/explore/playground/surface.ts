// The surface over the plane in words. In: what a net gives at the middles of square cells, row by row from above. Out: where a cell is, what the net gives there, which cell a key leads to.
// Guarantee: pure; a cell is one of the surface.

/** What a net gives over the plane, from −reach to reach: at each cell of size × size so many outputs. */
export interface Surface {
  readonly kind: "surface";
  readonly size: number;
  readonly values: Float32Array;
  readonly outputs: number;
  readonly reach: number;
}

/** The middle of a cell: to the right and upwards. */
export const middleOf = ({ size, reach }: Pick<Surface, "size" | "reach">, cell: number): readonly [a: number, b: number] => [
  reach * ((2 * ((cell % size) + 0.5)) / size - 1),
  reach * (1 - (2 * (Math.floor(cell / size) + 0.5)) / size),
];

const within = (size: number, at: number): number => Math.max(0, Math.min(size - 1, Math.floor(at)));
/** The cell at a share of the width and of the height. */
export const cellAt = ({ size }: Surface, across: number, down: number): number =>
  within(size, size * down) * size + within(size, size * across);

const ways: Readonly<Record<string, readonly [across: number, down: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
/** The cell that an arrow leads to, so many steps away at most; undefined for another key. */
export function cellBy({ size }: Surface, key: string, cell: number, steps: number): number | undefined {
  const way = ways[key];
  if (way === undefined) return undefined;
  const [across, down] = way;
  return within(size, Math.floor(cell / size) + steps * down) * size + within(size, (cell % size) + steps * across);
}

const short = (value: number): string => String(Number(value.toPrecision(3)));
/** What the net gives there: its number, or that of each class. */
export function givenAt(surface: Surface, cell: number, classes: readonly string[] = []): string {
  const { values, outputs } = surface;
  const own = [...values.subarray(cell * outputs, (cell + 1) * outputs)];
  const names = own.map((_, i) => (i < classes.length ? `class ${classes[i]} ` : `output ${i} `));
  return `at (${middleOf(surface, cell).map(short).join(", ")}): ${own.map((value, i) => `${outputs === 1 ? "" : names[i]}${short(value)}`).join(", ")}`;
}
