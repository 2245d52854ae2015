// Rows of texts as people have them, made flat: the counterpart of rows.ts. In: a list of texts, or a list of rows that are flat or
// nested to the row's shape. Out: the texts back to back. Guarantee: every element is read once; whatever is no text or no whole row is
// refused with row and place, both from 0.
import { errorOf, type Fault, lengthOf, show } from "./rows.ts";

/** What `readTexts` should find. */
export interface WantedTexts {
  /** Of one row. */
  readonly shape: readonly number[];
  /** How many rows: as many as `per` has. */
  readonly rows?: number;
  readonly per?: string;
}

/** The texts in `given`; `what` names it in errors. Throws TypeError or RangeError. */
export function readTexts(
  what: string,
  given: unknown,
  { shape, rows, per = "x" }: WantedTexts,
): { readonly values: readonly string[]; readonly rows: number } {
  const size = shape.reduce((product, axis) => product * axis, 1);
  const values: string[] = [];
  const fail = (fault: Fault, message: string): never => {
    throw errorOf(fault, `${what}: ${message}`);
  };
  const place = () => `row ${Math.floor(values.length / size)}, place ${values.length % size}`;
  /** Items of `form`: texts at its last axis, lists above it. */
  const take = (items: unknown, form: readonly number[], where: () => string): void => {
    const length = lengthOf(items);
    const wanted = `wanted ${form[0]} ${form.length > 1 ? "lists" : form[0] === 1 ? "text" : "texts"}`;
    if (length !== form[0]) fail(length === undefined ? "type" : "size", `${where()}: ${wanted}, got ${length ?? show(items)}`);
    for (let i = 0; i < form[0]; i++) {
      const item = (items as ArrayLike<unknown>)[i];
      if (form.length > 1) take(item, form.slice(1), place);
      else if (typeof item === "string") values.push(item);
      else fail("type", `${place()}: wanted a text, got ${show(item)}`);
    }
  };
  const length = lengthOf(given) ?? fail("type", `wanted a list of texts, got ${show(given)}`);
  const list = given as ArrayLike<unknown>;
  if (length === 0 || typeof list[0] !== "object" || list[0] === null) {
    const found = length / size;
    const needed =
      rows === undefined ? `k * ${size} texts (k rows, at least one)` : `${rows * size} texts, ${size} per row of ${per}`;
    if (length === 0 || !Number.isInteger(found) || (rows !== undefined && rows !== found))
      fail("size", `wanted ${needed}, got ${length}`);
    take(given, [length], place);
    return { values, rows: found };
  }
  if (rows !== undefined && rows !== length) fail("size", `wanted ${rows} rows, one per row of ${per}, got ${length}`);
  for (let row = 0; row < length; row++) {
    const first = lengthOf(list[row]) ? (list[row] as ArrayLike<unknown>)[0] : undefined;
    const nested = typeof first === "object" && first !== null && shape.length > 1;
    take(list[row], nested ? shape : [size], () => `row ${row}`);
  }
  return { values, rows: length };
}
