// What the inputs of an attention are. In: a call's inputs and the key `takes`, which names them. Out: query, value and key, with the
// masks that go with them: those they carry, or those given as inputs of their own.
//
//   takes left out       [query]   [query, value]   [query, value, key], by their number
//   value, key left out  value is the query (self-attention), key is the value
//   a mask as an input   not 0: keep; it stands in the place of the mask that its input carries
import * as z from "zod";
import { internal } from "../../diagnostics/error.ts";
import { type Node, sameShape, showShape } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { Problem } from "../define.ts";
import { stepsOf } from "../merging/masks.ts";

/** In the order of Keras' arguments. */
export const roles = ["query", "value", "key", "queryMask", "valueMask", "keyMask", "attentionMask"] as const;
/** Where Keras takes a list of two or three, and masks of the first two. */
export const plainRoles = ["query", "value", "key", "queryMask", "valueMask"] as const;
type Role = (typeof roles)[number];
type Takes = readonly Role[] | null;

/** The key: a role for every input, in their order. */
export const takesSchema = <R extends Role>(
  known: readonly R[],
): z.ZodDefault<z.ZodNullable<z.ZodArray<z.ZodEnum<Record<R, R>>>>> =>
  z
    .array(z.enum(known) as unknown as z.ZodEnum<Record<R, R>>)
    .min(1)
    .max(known.length)
    .nullable()
    .default(null);

/** The role of every input. */
const named = (takes: Takes, count: number): readonly Role[] => takes ?? roles.slice(0, count);

type Shapes = { readonly [R in Role]?: readonly number[] } & { readonly [R in "query" | "value" | "key"]: readonly number[] };

/** The shapes of a call's inputs by role, without the batch; or what is wrong with their roles. */
export function shapesOf(takes: Takes, inputs: readonly (readonly number[])[]): Shapes | Problem {
  const own = named(takes, inputs.length);
  const bad = (message: string): Problem => ({ path: "takes", message, hint: 'takes: ["query", "value", "attentionMask"]' });
  if (own.length !== inputs.length || (takes === null && inputs.length > 3))
    return bad(`takes needs a role for each of the ${inputs.length} inputs, found ${takes === null ? "none" : own.join(", ")}`);
  if (new Set(own).size < own.length) return bad(`takes names a role twice: ${own.join(", ")}`);
  if (!own.includes("query")) return bad(`takes needs a query, found ${own.join(", ")}`);
  if (own.includes("key") && !own.includes("value")) return bad("takes needs a value beside the key");
  if (own.includes("keyMask") && !own.includes("key")) return bad("takes needs the key that keyMask is of");
  const given: { [R in Role]?: readonly number[] } = Object.fromEntries(own.map((role, i) => [role, inputs[i]]));
  const query = given.query ?? internal("there is no query");
  const value = given.value ?? query;
  const shapes = { ...given, query, value, key: given.key ?? value };
  return badMask(shapes) ?? shapes;
}

/** A mask of steps has the shape of its input without the last axis. */
function badMask(shapes: Shapes): Problem | undefined {
  for (const role of ["query", "value", "key"] as const) {
    const [mask, steps] = [shapes[`${role}Mask`], shapes[role].slice(0, -1)];
    if (mask === undefined || sameShape(mask, steps)) continue;
    const message = `${role}Mask needs the shape ${showShape(steps)} of the ${role}'s steps, found ${showShape(mask)}`;
    return { path: "inputs", code: "shape/mismatch", message, hint: "1 keeps a step, 0 masks it" };
  }
  return undefined;
}

/** The inputs of a call by role. */
export interface Taken {
  readonly query: Node;
  readonly value: Node;
  readonly key: Node;
  /** 1 where a step is kept: [n, …steps] of each; of the key only where it is an input of its own. */
  readonly masks: { readonly query?: Node; readonly value?: Node; readonly key?: Node; readonly attention?: Node };
  /** What the result's mask is: the query's. */
  readonly mask: Node | null;
}

/** The inputs by role, and their masks as 0 and 1. */
export function taken(g: G, takes: Takes, xs: readonly Node[], carried: readonly (Node | undefined)[]): Taken {
  const own = named(takes, xs.length);
  const given = (role: Role): Node | undefined => (own.includes(role) ? xs[own.indexOf(role)] : undefined);
  const query = given("query") ?? internal("there is no query");
  const value = given("value") ?? query;
  const maskOf = (role: "query" | "value" | "key", x: Node): Node | undefined => {
    const mask = given(`${role}Mask`);
    if (mask !== undefined) return kept(g, mask);
    const place = own.indexOf(role === "value" && !own.includes("value") ? "query" : role);
    return carried[place] === undefined ? undefined : stepsOf(g, x, carried[place]);
  };
  const [ofQuery, ofValue, attention] = [maskOf("query", query), maskOf("value", value), given("attentionMask")];
  const key = given("key");
  const ofKey = key === undefined ? undefined : maskOf("key", key);
  return {
    query,
    value,
    key: key ?? value,
    masks: {
      ...(ofQuery === undefined ? {} : { query: ofQuery }),
      ...(ofValue === undefined ? {} : { value: ofValue }),
      ...(ofKey === undefined ? {} : { key: ofKey }),
      ...(attention === undefined ? {} : { attention: kept(g, attention) }),
    },
    mask: ofQuery ?? null,
  };
}

/** 1 where a number is not 0. */
const kept = (g: G, mask: Node): Node => g.sub(g.like(mask, 1), g.equal(mask, g.like(mask, 0)));
