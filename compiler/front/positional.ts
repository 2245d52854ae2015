// Keras' layers take arguments by place, `dense(4)`; ours one object of keys. In: what a factory was given otherwise. Out: the call that
// was meant, by keys. Guarantee: a value stands under the first key, in the order of the schema, which is Keras', that takes it; what no key
// takes is not shown.
import * as z from "zod";
import { isPlain } from "../diagnostics/plain.ts";
import { showValue } from "../diagnostics/show.ts";
import type { AnyLayer } from "../layers/define.ts";
import { positional } from "../layers/define.ts";

/** The arguments of a call that gave no keys; undefined where `config` are keys and values. */
export function argumentsIn(config: unknown): readonly unknown[] | undefined {
  if (!isPlain(config) || isLine(config)) return [config];
  const given = config[positional];
  return Array.isArray(given) ? given : undefined;
}

/** A layer that was called: `timeDistributed(dense({ units: 4 }))` is given it where keys should stand. */
const isLine = (value: unknown): boolean => isPlain(value) && typeof value.layer === "string" && isPlain(value.config);

/** What all layers take; where a schema has the key, that one is asked first. */
const common: Readonly<Record<string, z.ZodType>> = {
  inputs: z.array(z.string()).min(1),
  inputShape: z.array(z.int().min(1).nullable()).min(1),
  name: z.string().min(1),
};

/** `conv2d({ filters: 32, kernelSize: 3 })` for `conv2d(32, 3)`. */
export function byKeys(layer: AnyLayer, given: readonly unknown[]): string {
  const own: Readonly<Record<string, z.ZodType>> = layer.config instanceof z.ZodObject ? layer.config.shape : {};
  // A key that changes nothing here is one of Keras' all the same.
  const fixed = Object.keys(layer.fixed ?? {}).map(
    (key) => [key, z.union([z.number(), z.string(), z.array(z.number())])] as const,
  );
  const waiting = [...Object.entries(own), ...fixed, ...Object.entries(common).filter(([key]) => !Object.hasOwn(own, key))];
  const keys = new Map<string, string>();
  for (const value of given) {
    if (isPlain(value) && !isLine(value)) {
      for (const [key, one] of Object.entries(value)) keys.set(key, written(one));
      continue;
    }
    const at = waiting.findIndex(([, schema]) => schema.safeParse(value).success);
    if (at < 0) continue;
    keys.set(waiting[at][0], written(value));
    waiting.splice(0, at + 1);
  }
  const isOpen = (key: string): boolean => Object.hasOwn(own, key) && !own[key].safeParse(undefined).success;
  const order = [...new Set([...Object.keys(own), ...keys.keys()])].filter((key) => keys.has(key) || isOpen(key));
  const parts = order.map((key) => `${key}: ${keys.get(key) ?? "…"}`);
  const [first] = waiting;
  return `${layer.name}({ ${parts.length > 0 ? parts.join(", ") : `${first[0]}: …`} })`;
}

/** A value as it stands in a program. */
function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(", ")}]`;
  if (!isPlain(value)) return showValue(value);
  const parts = Object.entries(value).map(([key, item]) => `${key}: ${written(item)}`);
  const keys = parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
  return isLine(value) ? `${value.layer}(${written(value.config)})` : keys;
}
