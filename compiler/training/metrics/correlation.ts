// How alike outputs and targets run: a number per line along an axis, of which the mean is taken. Along axis 0 lines are the columns of a
// batch, so that the result depends on how rows come in batches, as in Keras.
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { MeanMetric, MetricShapes } from "../define.ts";
import { epsilon, fixed, sameTarget } from "./shared.ts";

const schema = z.strictObject({ axis: z.int().default(-1) });
type Config = z.output<typeof schema>;

function needs(shapes: MetricShapes, { axis }: Config): string | undefined {
  const rank = shapes.output.length + 1;
  if (axis < -rank || axis >= rank) return `an axis from ${-rank} to ${rank - 1}, found ${axis}`;
  if (shapes.weighted && (axis === 0 || axis === -rank))
    return "an axis within a row where rows have weights: list it in metrics";
  return sameTarget(shapes);
}

/** Of a line along the axis: its mean and sum, and a number of it spread over the line again. */
function lines(g: G, y: Node, axis: number) {
  const { shape } = y.type;
  const along = axis < 0 ? axis + shape.length : axis;
  const others = shape.flatMap((_, other) => (other === along ? [] : [other]));
  const sum = (x: Node): Node => g.reduceSum(x, { axes: [along] });
  const size = (x: Node): Node => {
    const length = shape[along];
    return length === "n" ? g.broadcast(g.rows(), { shape: x.type.shape, axes: [] }) : g.like(x, length);
  };
  const mean = (x: Node): Node => {
    const total = sum(x);
    return g.div(total, size(total));
  };
  const over = (x: Node): Node => g.broadcast(x, { shape, axes: others });
  return { sum, mean, over };
}

/** A row: the number of a line. */
const row = (
  name: string,
  says: string,
  value: (g: G, site: { readonly y: Node; readonly target: Node } & ReturnType<typeof lines>) => Node,
): MeanMetric<Config> => ({
  name,
  aliases: [],
  says,
  rises: true,
  config: schema,
  fixed,
  needs,
  values: (g, { y, target, config }) => ({ values: value(g, { y, target, ...lines(g, y, config.axis) }) }),
});

/** https://keras.io/api/metrics/regression_metrics/#pearsoncorrelation-class */
export const pearsonCorrelation = row(
  "pearson_correlation",
  "Pearson's correlation along `axis` (−1): NaN where y or the target does not change.",
  (g, { y, target, mean, over }) => {
    const centred = (x: Node): Node => g.sub(x, over(mean(x)));
    const scaled = (x: Node): Node => {
      const c = centred(x);
      return g.div(c, over(g.sqrt(mean(g.square(centred(c))))));
    };
    return mean(g.mul(scaled(target), scaled(y)));
  },
);
/** https://keras.io/api/metrics/regression_metrics/#concordancecorrelation-class */
export const concordanceCorrelation = row(
  "concordance_correlation",
  "Lin's concordance along `axis` (−1): how near y and target lie to the line of equals.",
  (g, { y, target, mean, over }) => {
    const [t, p] = [mean(target), mean(y)];
    const variance = (x: Node, at: Node): Node => {
      const c = g.sub(x, over(at));
      return mean(g.square(g.sub(c, over(mean(c)))));
    };
    // Keras takes the mean of y from both sides, and the sum over the line is the same.
    const covariance = g.mul(g.sub(target, over(p)), g.sub(y, over(p)));
    const norm = g.add(g.add(variance(target, t), variance(y, p)), g.square(g.sub(t, p)));
    const below = over(g.add(norm, g.like(norm, epsilon)));
    return mean(g.div(g.mul(g.like(covariance, 2), covariance), below));
  },
);
/** https://keras.io/api/metrics/regression_metrics/#cosinesimilarity-class */
export const cosineSimilarity = row(
  "cosine_similarity",
  "Cosine of the angle between y and target along `axis` (−1): 1 where they point the same way. The loss has the other sign.",
  (g, { y, target, sum, over }) => {
    const unit = (x: Node): Node => {
      const length = sum(g.square(x));
      return g.div(x, over(g.sqrt(g.max(length, g.like(length, epsilon * epsilon)))));
    };
    return sum(g.mul(unit(target), unit(y)));
  },
);
