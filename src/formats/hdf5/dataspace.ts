// The shape of a dataset or an attribute. In: a dataspace message. Out: sizes, and the most they may grow to.
//   1:  version · rank · flags · 0 5 · sizes · [most]       2:  version · rank · flags · scalar 0, list 1, null 2 · sizes · [most]
import { broken, type Cursor } from "./file.ts";

/** Sizes, outermost first; a scalar has none. A null dataspace holds no value at all. */
export interface Dataspace {
  readonly isNull: boolean;
  readonly shape: readonly number[];
  /** undefined where an axis may grow without end. */
  readonly most: readonly (number | undefined)[];
}

/** HDF5's own limit. */
const maxRank = 32;
const isNull = 2;

/** Reads the message. */
export function readDataspace(cursor: Cursor): Dataspace {
  const version = cursor.version(1, 2);
  const rank = cursor.u8();
  const flags = cursor.u8();
  const type = cursor.u8();
  if (version === 1) cursor.skip(4);
  if (rank > maxRank) broken(`a dataspace has ${rank} axes, HDF5 has at most ${maxRank}`);
  const shape = Array.from({ length: rank }, () => cursor.length());
  const most = (flags & 1) === 0 ? shape : shape.map(() => cursor.optional(cursor.file.widths.length));
  return { isNull: version === 2 && type === isNull, shape, most };
}

/** How many values there are; infinite where no number says it. */
export function countOf({ isNull, shape }: Dataspace): number {
  if (isNull || shape.includes(0)) return 0;
  return shape.reduce((count, size) => count * size, 1);
}
