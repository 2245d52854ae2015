import * as z from "zod";
import type { Loss } from "../define.ts";
import { fixed, meanOverLast } from "./shared.ts";

/** Mean of (y − target)² over the last axis. https://keras.io/api/losses/regression_losses/#meansquarederror-class */
export const meanSquaredError: Loss = {
  name: "mean_squared_error",
  aliases: ["mse"],
  says: "(y − target)².",
  takes: "numbers",
  config: z.strictObject({}),
  fixed,
  target: (shape) => shape,
  lower: (g, { y, target }) => ({ values: meanOverLast(g, g.square(g.sub(y, target))) }),
};
