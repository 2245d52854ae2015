import * as z from "zod";
import type { Loss } from "../define.ts";
import { fixed, meanOver, options } from "./shared.ts";

const schema = options({ delta: z.number().positive().default(1) });

/**
 * Mean over the last axis of e² / 2 near 0 and delta · (|e| − delta / 2) beyond: a parabola that goes on as its tangent.
 * https://keras.io/api/losses/regression_losses/#huber-class
 */
export const huber: Loss<z.output<typeof schema>> = {
  name: "huber",
  aliases: ["huber_loss"],
  says: "½e² where |e| ≤ delta, else delta·|e| − ½delta², for e = y − target.",
  takes: "numbers",
  config: schema,
  fixed,
  target: (shape) => shape,
  // With c = min(|e|, delta) both branches are c·(|e| − ½c).
  lower: (g, { y, target, config: { delta } }) => {
    const error = g.abs(g.sub(y, target));
    const near = g.min(g.like(error, delta), error);
    return { values: meanOver(g, g.mul(near, g.sub(error, g.mul(g.like(near, 0.5), near)))) };
  },
};
