// Losses that are a mean over the last axis of a function of y and the target. In: y and target of one shape. Out: a value per position. A
// line per member: the function, number by number.
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { Loss } from "../define.ts";
import { epsilon, fixed, meanOver, options } from "./shared.ts";

const schema = options({});
type Config = ReturnType<typeof schema.parse>;

const error = (
  names: readonly [name: string, ...aliases: string[]],
  takes: Loss["takes"],
  says: string,
  each: (g: G, y: Node, target: Node) => Node,
): Loss<Config> => ({
  name: names[0],
  aliases: names.slice(1),
  says,
  takes,
  config: schema,
  fixed,
  target: (shape) => shape,
  lower: (g, { y, target }) => ({ values: meanOver(g, each(g, y, target)) }),
});

/** https://keras.io/api/losses/regression_losses/#meansquarederror-class */
export const meanSquaredError: Loss<Config> = error(
  ["mean_squared_error", "mse", "MSE"],
  "numbers",
  "(y − target)².",
  (g, y, t) => g.square(g.sub(y, t)),
);

/** https://keras.io/api/losses/regression_losses/#meanabsoluteerror-class */
export const meanAbsoluteError: Loss<Config> = error(
  ["mean_absolute_error", "mae", "MAE"],
  "numbers",
  "|y − target|; the slope where they are equal is 0.",
  (g, y, t) => g.abs(g.sub(y, t)),
);

/** https://keras.io/api/losses/regression_losses/#meanabsolutepercentageerror-class */
export const meanAbsolutePercentageError: Loss<Config> = error(
  ["mean_absolute_percentage_error", "mape", "MAPE"],
  "numbers",
  "100·|(target − y) / max(|target|, 1e-7)|.",
  (g, y, t) => {
    const share = g.div(g.sub(t, y), g.max(g.like(t, epsilon), g.abs(t)));
    return g.mul(g.abs(share), g.like(share, 100));
  },
);

/** https://keras.io/api/losses/regression_losses/#meansquaredlogarithmicerror-class */
export const meanSquaredLogarithmicError: Loss<Config> = error(
  ["mean_squared_logarithmic_error", "msle", "MSLE"],
  "numbers",
  "(log(1 + y) − log(1 + target))², both at least 1e-7: the square of a relative error.",
  (g, y, t) => {
    const log = (x: Node): Node => g.log1p(g.max(x, g.like(x, epsilon)));
    return g.square(g.sub(log(y), log(t)));
  },
);

/** log cosh e = e + log(1 + e^−2e) − log 2. https://keras.io/api/losses/regression_losses/#logcosh-class */
export const logCosh: Loss<Config> = error(
  ["log_cosh", "logcosh"],
  "numbers",
  "log cosh(y − target): ½e² near 0, |e| − log 2 far out.",
  (g, y, t) => {
    const e = g.sub(y, t);
    return g.sub(g.add(e, g.softplus(g.mul(e, g.like(e, -2)))), g.like(e, Math.LN2));
  },
);

/** https://keras.io/api/losses/probabilistic_losses/#poisson-class */
export const poisson: Loss<Config> = error(["poisson"], "any", "y − target·log(y + 1e-7), for a y that is a rate.", (g, y, t) =>
  g.sub(y, g.mul(t, g.log(g.add(y, g.like(y, epsilon))))),
);
