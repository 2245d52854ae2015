import * as z from "zod";
import { invariant } from "../../diagnostics/error.ts";
import type { Primitive } from "../define.ts";

/** Which item, from 0. */
export type PickAttrs = { readonly index: number };

/** `y = bundle[index]`, of that item's shape; the only op that reads a bundle, and so the only place that knows of one. */
export const pick: Primitive<PickAttrs> = {
  kind: "primitive",
  name: "pick",
  says: "Item `index` of a bundle, unchanged.",
  arity: 1,
  attrs: z.strictObject({ index: z.int().min(0) }),
  type: ([{ items }], { index }) => {
    invariant(items !== undefined && index < items.length, `pick takes item ${index} of ${items?.length ?? "no"} items`);
    return items[index];
  },
  // The interpreter passes a bundle as its items.
  eval: (items, { index }) => items[index],
  // The reverse walk gives it to item `index`.
  rounding: "none",
  vjp: (_g, { ct }) => [ct],
  lower: { kind: "scan" },
  sample: (random) => {
    const items = Array.from({ length: random.integer(1, 3) }, () => ({ shape: [random.integer(1, 3)] }));
    return { inputs: [{ shape: [], items }], attrs: { index: random.integer(0, items.length - 1) } };
  },
  examples: [],
};
