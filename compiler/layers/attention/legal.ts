// Which shapes fit an attention in heads. In: the shapes of its inputs by role, the axes of steps. Out: the problem, or none.
import { showShape } from "../../graph/graph.ts";
import type { Problem } from "../define.ts";
import type { shapesOf } from "./roles.ts";

type Shapes = Exclude<ReturnType<typeof shapesOf>, Problem>;

const bad = (path: string, message: string, hint: string): Problem => ({ path, code: "shape/mismatch", message, hint });

/** Query, value and key with steps and features; what are no steps is the same in all. `steps` are axes counted from the batch. */
export function badHeadShapes({ query, value, key }: Shapes, steps: readonly number[]): Problem | undefined {
  const found = `found ${[query, value, key].map((shape) => showShape(shape)).join(", ")}`;
  if ([query, value, key].some(({ length }) => length < 2 || length !== query.length))
    return bad(
      "inputs",
      `query, value and key need steps and features behind the batch, and as many axes as one another; ${found}`,
      "put reshape before",
    );
  const differs = (a: readonly number[], b: readonly number[], matters: (axis: number) => boolean) =>
    a.slice(0, -1).some((size, i) => matters(i + 1) && size !== b[i]);
  if (differs(value, key, () => true))
    return bad("inputs", `value and key need the same steps; ${found}`, "each key stands for a value");
  if (differs(query, value, (axis) => !steps.includes(axis)))
    return bad(
      "inputs",
      `query and value need the same axes where no attention goes; ${found}`,
      "attentionAxes are the axes that attention goes over",
    );
  return undefined;
}

/** Keras lays a mask against the first axes of the scores and their steps; axes of 1 are repeated. `lead`: sizes between, heads last. */
export function badAttentionMask(
  { query, value, attentionMask }: Shapes,
  steps: readonly number[],
  lead: readonly number[],
): Problem | undefined {
  if (attentionMask === undefined) return undefined;
  const last = [query, value].flatMap((shape) => steps.map((axis) => shape[axis - 1]));
  const before = attentionMask.length - last.length;
  const wanted = [...lead.slice(0, Math.max(before, 0)), ...last];
  if (before >= 0 && before <= lead.length && attentionMask.every((size, i) => size === 1 || size === wanted[i]))
    return undefined;
  const message = `attentionMask needs the steps of query and value, ${showShape(last)}, or ${showShape([...lead, ...last])} with the heads before them; found ${showShape(attentionMask)}`;
  return bad("inputs", message, "sizes are equal, or 1, which is repeated");
}

/** What goes by the order of steps needs one axis of them. */
export function badReach(
  config: { readonly useCausalMask: boolean; readonly slidingWindow: number | null },
  steps: readonly number[],
): Problem | undefined {
  if (steps.length === 1 || (!config.useCausalMask && config.slidingWindow === null)) return undefined;
  const key = config.useCausalMask ? "useCausalMask" : "slidingWindow";
  return {
    path: key,
    message: `${key} needs one axis of steps, found ${showShape(steps)}`,
    hint: "attentionAxes: 1 goes over the first axis alone",
  };
}
