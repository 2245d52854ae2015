// Items to the numbers of a vocabulary: evaluated.
import { type Item, type Lookup, whole } from "./define.ts";
import { bucketOf } from "./hash.ts";

const known = new WeakMap<Lookup, ReadonlyMap<Item, number>>();

function tableOf(lookup: Lookup): ReadonlyMap<Item, number> {
  const made = known.get(lookup);
  if (made !== undefined) return made;
  const table = new Map(lookup.vocabulary.map((item, i) => [item, lookup.first + i]));
  if (lookup.mask !== undefined) table.set(lookup.mask.item, lookup.mask.id);
  known.set(lookup, table);
  return table;
}

/** The number of an item; undefined where it is refused. */
export function lookUp(lookup: Lookup, given: Item): number | undefined {
  const item = typeof given === "string" ? given : whole(given);
  const found = tableOf(lookup).get(item);
  if (found !== undefined) return found;
  const { unknown } = lookup;
  if (typeof unknown !== "object") return unknown;
  if (unknown.by === "hash") return unknown.first + bucketOf(item, unknown);
  // Python's remainder: that of −1 by 4 is 3.
  const rest = Number(item) % unknown.bins;
  return unknown.first + (rest < 0 ? rest + unknown.bins : rest + 0);
}
