// Deep equality of what shares parts. In: two values of plain objects and arrays. Guarantee: each pair of objects is compared once;
// `toEqual` walks a shared term as often as it is reached, which grows as a power where terms share terms.
import { expect } from "vitest";

/** Fails where the two differ, and says where. */
export function expectSame(found: unknown, wanted: unknown): void {
  const seen = new Map<object, object>();
  const compare = (a: unknown, b: unknown, path: string): void => {
    if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
      if (!Object.is(a, b)) expect(a, path).toBe(b);
      return;
    }
    if (seen.get(a) === b) return;
    seen.set(a, b);
    const keys = (one: object): string[] =>
      Object.keys(one)
        .filter((key) => one[key as never] !== undefined)
        .sort();
    if (keys(a).join() !== keys(b).join()) expect(keys(a), path).toEqual(keys(b));
    for (const key of keys(a)) compare(a[key as never], b[key as never], `${path}.${key}`);
  };
  compare(found, wanted, "");
}
