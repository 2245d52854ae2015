// Items to buckets, and pairs of items to one bucket: evaluated. Numbers are hashed as their decimal digits, crossed as themselves.
import { type Buckets, type Cross, type Hash, type Item, textOf, whole } from "./define.ts";
import { crossSeed, fingerprint, join } from "./fingerprint.ts";
import { sipHash } from "./siphash.ts";
import { utf8 } from "./utf8.ts";

/** The bucket of an item. */
export function bucketOf(item: Item, { bins, salt }: Buckets): number {
  const bytes = utf8(textOf(item));
  return Number((salt === undefined ? fingerprint(bytes) : sipHash(bytes, salt)) % BigInt(bins));
}

/** The number of an item. */
export const hashItem = (hash: Hash, item: Item): number => (item === hash.mask ? 0 : hash.first + bucketOf(item, hash));

/** The bucket of items that stand at the same place. */
export function crossItems({ bins }: Cross, items: readonly Item[]): number {
  const parts = items.map((item) =>
    typeof item === "string" ? fingerprint(utf8(item)) : BigInt.asUintN(64, BigInt(whole(item))),
  );
  return Number(parts.reduce(join, crossSeed) % BigInt(bins));
}
