// Losses of a margin: nothing is lost where y is on the right side by 1. In: y and target of one shape, the target −1 and 1, or 0 and 1.
// Out: a value per position.
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { Loss } from "../define.ts";
import { fixed, meanOver, options, sumOver } from "./shared.ts";

const schema = options({});
type Config = ReturnType<typeof schema.parse>;

/** As Keras: where every label of the batch is 0 or 1, they are −1 and 1. */
function signed(g: G, target: Node): Node {
  const { shape } = target.type;
  const others = g.sub(g.like(target, 1), g.add(g.equal(target, g.like(target, 0)), g.equal(target, g.like(target, 1))));
  const count = g.reduceSum(others, { axes: shape.map((_, axis) => axis) });
  const isBinary = g.broadcast(g.equal(count, g.fill(0, [])), { shape, axes: [] });
  return g.select(isBinary, g.sub(g.mul(target, g.like(target, 2)), g.like(target, 1)), target);
}
/** max(0, 1 − t·y), whose slope at 0 is that of the right side. */
const short = (g: G, y: Node, target: Node): Node => g.max(g.like(y, 0), g.sub(g.like(y, 1), g.mul(signed(g, target), y)));
const common = { takes: "any", config: schema, fixed, target: (shape: readonly number[]) => shape } as const;

/** Mean over the last axis. https://keras.io/api/losses/hinge_losses/#hinge-class */
export const hinge: Loss<Config> = {
  ...common,
  name: "hinge",
  aliases: [],
  says: "max(1 − target·y, 0); labels are −1 and 1: where a batch has only 0 and 1, 0 stands for −1.",
  lower: (g, { y, target }) => ({ values: meanOver(g, short(g, y, target)) }),
};

/** Mean over the last axis. https://keras.io/api/losses/hinge_losses/#squaredhinge-class */
export const squaredHinge: Loss<Config> = {
  ...common,
  name: "squared_hinge",
  aliases: [],
  says: "max(1 − target·y, 0)²; labels are −1 and 1: where a batch has only 0 and 1, 0 stands for −1.",
  lower: (g, { y, target }) => ({ values: meanOver(g, g.square(short(g, y, target))) }),
};

/** Over classes, target one-hot. https://keras.io/api/losses/hinge_losses/#categoricalhinge-class */
export const categoricalHinge: Loss<Config> = {
  ...common,
  name: "categorical_hinge",
  aliases: [],
  says: "max(1 + the largest (1 − t)·y − Σ t·y, 0) over the last axis.",
  lower: (g, { y, target }) => {
    const wanted = sumOver(g, g.mul(target, y));
    const others = g.reduceMax(g.mul(g.sub(g.like(target, 1), target), y), { axes: [y.type.shape.length - 1] });
    return { values: g.max(g.like(wanted, 0), g.add(g.sub(others, wanted), g.like(wanted, 1))) };
  },
};
