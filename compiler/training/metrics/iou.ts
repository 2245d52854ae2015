// Intersection over union of classes: of all positions that are a class, or taken for it, those that are both. In: classes, or numbers
// of which the largest is the class, in outputs and targets. Out: the mean over the classes asked for that occur.
// Guarantee: as in Keras weights and labels are cut to whole numbers, unless `dtype` is a float one.
import * as z from "zod";
import { type Node, sameShape } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { MetricShapes, SumMetric } from "../define.ts";
import { alongFirst, alongLast, epsilon, lastAxis, list, sameTarget, sumAll } from "./shared.ts";

interface Config {
  readonly numClasses: number;
  readonly targetClassIds?: readonly number[];
  readonly ignoreClass?: number | null;
  readonly sparseYTrue?: boolean;
  readonly sparseYPred?: boolean;
  readonly threshold?: number;
  readonly dtype?: string | null;
}

const numClasses = z
  .int()
  .min(1)
  .max(2 ** 16);
const targetClassIds = z.array(z.int().min(0)).min(1);
const ignoreClass = z.int().nullable().default(null);
const dtype = z.string().nullable().default(null);
const sparse = z.boolean().default(true);
const dense = z.boolean().default(false);
/** Along another axis Keras cannot take the mean over the classes. */
const facts = { rises: true, fixed: { name: "any", axis: [-1] } } as const;

const inRange = ({ numClasses: classes, targetClassIds: ids = [] }: Config): boolean => ids.every((id) => id < classes);
const checked = <T extends z.ZodType<Config>>(schema: T): z.ZodType<Config> =>
  schema.refine(inRange, { message: "targetClassIds are below numClasses", path: ["targetClassIds"] });

/** x without what is behind the point. */
const trunc = (g: G, x: Node): Node => g.select(g.less(x, g.like(x, 0)), g.neg(g.floor(g.neg(x))), g.floor(x));

/** The class that y, or a target, says at each position. */
function classIn(g: G, x: Node, isSparse: boolean): Node {
  return isSparse ? trunc(g, x) : g.argmax(x, { axis: lastAxis(x) });
}

/** Shape of the classes that are read off an output or a target. */
const classShape = (shape: readonly number[], isSparse: boolean): readonly number[] => (isSparse ? shape : shape.slice(0, -1));
const bare = (shape: readonly number[]): readonly number[] => (shape.at(-1) === 1 ? shape.slice(0, -1) : shape);

function needs({ output, target }: MetricShapes, { sparseYTrue = true, sparseYPred = true }: Config): string | undefined {
  const [found, wanted] = [classShape(output, sparseYPred), classShape(target, sparseYTrue)];
  if (sameShape(bare(found), bare(wanted))) return undefined;
  const of = (shape: readonly number[]): string => `[${shape.join(", ")}]`;
  return `a class of the target for each of the output; sparseYTrue: ${sparseYTrue} and sparseYPred: ${sparseYPred} make ${of(wanted)} and ${of(found)}`;
}

const rest: Pick<SumMetric<Config>, "sums" | "shows"> = {
  sums: (g, { y, target, weigh, config }) => {
    const { numClasses: classes, ignoreClass: ignored = null, sparseYTrue = true, sparseYPred = true, threshold } = config;
    const t = classIn(g, target, sparseYTrue);
    const said = threshold === undefined ? classIn(g, y, sparseYPred) : g.sub(g.like(y, 1), g.less(y, g.like(y, threshold)));
    const p = sameShape(said.type.shape, t.type.shape) ? said : g.reshape(said, { shape: t.type.shape });
    const within = (x: Node): Node => g.mul(g.less(g.like(x, -1), x), g.less(x, g.like(x, classes)));
    const legal = g.mul(within(t), within(p));
    const kept = ignored === null ? legal : g.mul(legal, g.sub(g.like(t, 1), g.equal(t, g.like(t, ignored))));
    const weights = weigh(g.like(t, 1));
    const counted = g.select(kept, /^float|^bfloat/.test(config.dtype ?? "") ? weights : trunc(g, weights), g.like(t, 0));
    const ids = config.targetClassIds ?? Array.from({ length: classes }, (_, id) => id);
    const shape = [...t.type.shape, ids.length];
    const places = alongLast(g, list(g, ids), shape);
    const is = (x: Node): Node => g.equal(alongFirst(g, x, shape), places);
    const [isWanted, isSaid] = [is(t), is(p)];
    const axes = t.type.shape.map((_, axis) => axis);
    const sum = (x: Node): Node => g.reduceSum(g.mul(alongFirst(g, counted, shape), x), { axes });
    return { both: sum(g.mul(isWanted, isSaid)), either: sum(g.max(isWanted, isSaid)) };
  },
  shows: (g, { both, either }) => {
    const occurs = g.less(g.like(either, 1e-9), either);
    const part = g.select(occurs, g.div(both, g.add(either, g.like(either, epsilon))), g.like(either, 0));
    return g.div(sumAll(g, part), g.add(sumAll(g, occurs), g.fill(epsilon, [])));
  },
};

/** https://keras.io/api/metrics/segmentation_metrics/#iou-class */
export const iou: SumMetric<Config> = {
  ...facts,
  ...rest,
  name: "io_u",
  aliases: ["iou", "IoU"],
  says: "Intersection over union of `targetClassIds` among `numClasses`; y and target are numbers of classes, or with sparseYPred, sparseYTrue: false the largest is.",
  config: checked(z.strictObject({ numClasses, targetClassIds, ignoreClass, sparseYTrue: sparse, sparseYPred: sparse, dtype })),
  needs,
};
/** https://keras.io/api/metrics/segmentation_metrics/#binaryiou-class */
export const binaryIou: SumMetric<Config> = {
  ...facts,
  ...rest,
  name: "binary_io_u",
  aliases: ["binary_iou", "BinaryIoU"],
  says: "The same of `targetClassIds` (0 and 1), where y is at least `threshold` (0.5) or not.",
  config: checked(
    z.strictObject({
      numClasses: z.literal(2).default(2),
      targetClassIds: targetClassIds.default([0, 1]),
      threshold: z.number().default(0.5),
      dtype,
    }),
  ),
  needs: sameTarget,
};
/** https://keras.io/api/metrics/segmentation_metrics/#meaniou-class */
export const meanIou: SumMetric<Config> = {
  ...facts,
  ...rest,
  name: "mean_io_u",
  aliases: ["mean_iou", "MeanIoU"],
  says: "The same of all `numClasses`.",
  config: z.strictObject({ numClasses, ignoreClass, sparseYTrue: sparse, sparseYPred: sparse, dtype }),
  needs,
};
const oneHot = <T extends object>(config: T): T => ({ ...config, sparseYTrue: false });
/** https://keras.io/api/metrics/segmentation_metrics/#onehotiou-class */
export const oneHotIou: SumMetric<Config> = {
  ...facts,
  ...rest,
  name: "one_hot_io_u",
  aliases: ["one_hot_iou", "OneHotIoU"],
  says: "io_u of targets that are one-hot, and of y of which the largest is the class.",
  config: checked(z.strictObject({ numClasses, targetClassIds, ignoreClass, sparseYPred: dense, dtype }).transform(oneHot)),
  needs,
};
/** https://keras.io/api/metrics/segmentation_metrics/#onehotmeaniou-class */
export const oneHotMeanIou: SumMetric<Config> = {
  ...facts,
  ...rest,
  name: "one_hot_mean_io_u",
  aliases: ["one_hot_mean_iou", "OneHotMeanIoU"],
  says: "The same of all `numClasses`.",
  config: z.strictObject({ numClasses, ignoreClass, sparseYPred: dense, dtype }).transform(oneHot),
  needs,
};
