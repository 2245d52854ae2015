import * as z from "zod";
import type { Loss } from "../define.ts";
import { fixed, meanOverLast } from "./shared.ts";

/** Mean of |y − target| over the last axis. https://keras.io/api/losses/regression_losses/#meanabsoluteerror-class */
export const meanAbsoluteError: Loss = {
  name: "mean_absolute_error",
  aliases: ["mae"],
  says: "|y − target|; the slope where they are equal is 0.",
  takes: "numbers",
  config: z.strictObject({}),
  fixed,
  target: (shape) => shape,
  lower: (g, { y, target }) => ({ values: meanOverLast(g, g.abs(g.sub(y, target))) }),
};
