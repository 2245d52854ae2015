// The loss of a batch, output by output. In: a training spec, the ports, and nodes of a forward pass. Out: what each output is held
// against, and a scalar, reduced as its spec says. Guarantee: sums run over exactly n rows, so a last partial batch is exact.
import type { Port } from "../artifact.ts";
import { CompileError, internal } from "../diagnostics/error.ts";
import { isPlain, plainData } from "../diagnostics/plain.ts";
import { suggestionFor } from "../diagnostics/suggest.ts";
import { type Node, type Shape, sameShape, showShape } from "../graph/graph.ts";
import type { Training } from "../model.ts";
import type { G } from "../ops/index.ts";
import type { LossConfig, Reduction } from "../training/define.ts";
import { type AnyLoss, lossOf } from "../training/losses/index.ts";

/** What an output is held against: a port of the caller's, and the Graph's inputs for it. */
export interface Target extends Port {
  /** The Graph's input for the target, and for the weight of each value: `y`, or `y:price` where there are several outputs. */
  readonly y: string;
  readonly sampleWeight: string;
  /** Shape of the weights of a row: one for each value of the loss; [] where a row has one value, or the whole batch. */
  readonly weights: readonly number[];
  /** What a row weighs that was given no weight: 1, or its share of the batch, where weights are summed and no value is a row's. */
  readonly unweighted: "one" | "share";
}

/** The loss of one output, and how much it counts. */
export interface PortLoss {
  /** The output. */
  readonly port: string;
  readonly item: AnyLoss;
  readonly config: LossConfig;
  readonly weight: number;
  /** `training.loss` or `training.loss.price`. */
  readonly path: string;
}

/** The losses a spec names: one for every output, or by output; an output without one is not trained. Throws CompileError training/spec. */
export function lossesOf({ loss, lossWeights = {} }: Training, ports: readonly Port[]): readonly PortLoss[] {
  const outputs = ports.map(({ name }) => name);
  const byPort = lossMap(loss, outputs);
  const parse = (spec: unknown, { name: port, shape }: Port, path: string): PortLoss => {
    const weight = Object.hasOwn(lossWeights, port) ? lossWeights[port] : 1;
    return { port, ...lossOf(spec, shape, path), weight, path };
  };
  const found = ports.flatMap((port) => {
    if (byPort === undefined) return [parse(loss, port, "training.loss")];
    return Object.hasOwn(byPort, port.name) ? [parse(byPort[port.name], port, `training.loss.${port.name}`)] : [];
  });
  for (const [port, weight] of Object.entries(lossWeights)) {
    const path = `training.lossWeights.${port}`;
    if (!found.some((one) => one.port === port)) throw unknownPort("lossWeights", port, path, outputs);
    if (!Number.isFinite(Math.fround(weight)))
      throw new CompileError({ code: "training/spec", path, message: `a loss's weight is a finite number, found ${weight}` });
  }
  return found;
}

/** Losses by output; undefined where the spec is a loss for all of them. */
function lossMap(loss: unknown, outputs: readonly string[]): Readonly<Record<string, unknown>> | undefined {
  if (!isPlain(loss)) return undefined;
  const map = plainData(loss, { code: "training/spec", path: "training.loss", subject: "loss" }) as Readonly<
    Record<string, unknown>
  >;
  const keys = Object.keys(map);
  const strange = keys.find((key) => !outputs.includes(key));
  if (keys.length > 0 && strange === undefined) return map;
  // What has a name is a loss with its config.
  if (typeof map.name === "string" || strange === undefined || outputs.length === 1) return undefined;
  throw unknownPort("loss", strange, `training.loss.${strange}`, outputs);
}

/** The error where a spec names an output that there is not. */
export function unknownPort(subject: string, port: string, path: string, outputs: readonly string[]): CompileError {
  const message = `${subject} names the output ${JSON.stringify(port)}, and the model has ${outputs.join(", ")}`;
  return new CompileError({ code: "training/spec", path, message, hint: suggestionFor(port, outputs) });
}

/** What a sample's target looks like for the output that a loss is of. Throws CompileError training/spec where the loss does not fit. */
export function targetPort({ port, item, config, path }: PortLoss, outputs: readonly Port[]): Port {
  const { shape: output, type } = outputs.find(({ name }) => name === port) ?? internal(`there is no output ${port}`);
  if (type === "string") {
    const message = `${JSON.stringify(port)} gives text, which has no ${item.name}`;
    throw new CompileError({
      code: "training/spec",
      path,
      message,
      hint: "train on the numbers, and let words be an output beside them",
    });
  }
  if (output.length === 0) {
    const message = `${item.name} takes a mean over the last axis of the output, but a sample's output is a single number`;
    throw new CompileError({ code: "training/spec", path, message, hint: "end the model with flatten()" });
  }
  const needs = item.needs?.(output, config);
  if (needs !== undefined) {
    const message = `${item.name} needs ${needs}, for an output of ${showShape(output)}`;
    throw new CompileError({ code: "training/spec", path, message });
  }
  const range = item.labels?.(output, config);
  return { name: port, shape: item.target(output, config), ...(range === undefined ? {} : { range }) };
}

/** The loss of a batch as Graph. */
export interface BatchLoss extends Pick<Target, "weights" | "unweighted"> {
  /** A scalar. */
  readonly value: Node;
  /** How many values there are, each of which is a loss of its own: where they are not reduced. */
  readonly each?: Node;
}

/**
 * The loss of a batch: Σ values · weights over the number of values, their weights, or nothing, by `reduction`; what masks leave out
 * counts neither above nor below. A value of the whole batch counts once a row, by the row's weight. `weights` makes the input of a
 * shape.
 */
export function batchLoss(
  g: G,
  { item, config, path }: Pick<PortLoss, "item" | "config" | "path">,
  { y, mask: given, target, weights }: { y: Node; mask?: Node; target: Node; weights: (shape: Shape) => Node },
): BatchLoss {
  const lowered = item.lower(g, { y, target, config });
  const isWhole = lowered.values.type.shape[0] !== "n";
  const values = isWhole ? eachRow(g, lowered.values, config, given) : lowered.values;
  const { shape } = values.type;
  const masks = [given, lowered.mask].filter((part) => part !== undefined);
  const strange = masks.find((mask) => mask.type.shape.some((size, axis) => size !== shape[axis]));
  if (strange !== undefined) {
    const message = `${item.name} gives values of ${showShape(shape)}, which a mask of ${showShape(strange.type.shape)} does not fit`;
    throw new CompileError({
      code: "training/spec",
      path,
      message,
      hint: "let the mask end before, or leave the loss's axis out",
    });
  }
  const own: Shape = isWhole ? ["n"] : shape;
  const weight = alongFirst(g, weights(own), shape);
  const keep = masks.length === 0 ? undefined : masks.map((mask) => alongFirst(g, mask, shape)).reduce((a, b) => g.mul(a, b));
  const sum = (parts: Node): Node => {
    // select, not a product: a masked value may be infinite.
    const kept = keep === undefined || parts === keep ? parts : g.select(keep, parts, g.like(parts, 0));
    return g.reduceSum(kept, { axes: shape.map((_, axis) => axis) });
  };
  const value = reductions[config.reduction](g, { values: g.mul(values, weight), weight, keep, sum });
  return {
    value,
    weights: own.slice(1) as readonly number[],
    unweighted: isWhole && config.reduction === "sum" && keep === undefined ? "share" : "one",
    ...(config.reduction === "none" && !isWhole ? { each: countOf(g, values) } : {}),
  };
}

/** A value of the whole batch, or the mean or sum of several, once for each row or what a mask is of. */
function eachRow(g: G, values: Node, { reduction }: LossConfig, mask: Node | undefined): Node {
  const axes = values.type.shape.map((_, axis) => axis);
  const one = axes.length === 0 ? values : reduction === "sum" ? g.reduceSum(values, { axes }) : g.mean(values, { axes });
  return g.broadcast(one, { shape: mask?.type.shape ?? ["n"], axes: [] });
}

/** Values times their weights, on the way to one number. */
interface Weighted {
  readonly values: Node;
  readonly weight: Node;
  readonly keep: Node | undefined;
  /** Over what counts. */
  readonly sum: (parts: Node) => Node;
}
const overValues = (g: G, { values, keep, sum }: Weighted): Node =>
  // A batch without a single value has loss 0.
  g.div(sum(values), keep === undefined ? countOf(g, values) : g.max(sum(keep), g.fill(1, [])));
/** Keras' reductions. */
const reductions: Readonly<Record<Reduction, (g: G, weighted: Weighted) => Node>> = {
  sum_over_batch_size: overValues,
  mean: overValues,
  sum: (_, { values, sum }) => sum(values),
  mean_with_sample_weight: (g, { values, weight, sum }) => overOr0(g, sum(values), sum(weight)),
  // What Keras shows of values that are not reduced.
  none: (g, { values, sum }) => g.div(sum(values), countOf(g, values)),
};

/** a / b, and 0 where b is 0. */
function overOr0(g: G, a: Node, b: Node): Node {
  const zero = g.fill(0, []);
  const none = g.equal(b, zero);
  return g.select(none, zero, g.div(a, g.select(none, g.fill(1, []), b)));
}

/** How many values there are: n times those of a row. */
function countOf(g: G, { type: { shape } }: Node): Node {
  const positions = shape.slice(1).reduce<number>((product, size) => product * (size as number), 1);
  return g.mul(g.rows(), g.fill(positions, []));
}

/**
 * Losses and penalties as one number, to be shown and differentiated. Where values are not reduced, Keras on TensorFlow adds all the rest
 * to each of them, shows the mean and trains the sum. Throws CompileError training/spec where outputs have other numbers of values.
 */
export function totalLoss(g: G, parts: readonly Node[], losses: readonly BatchLoss[]): Node {
  const total = parts.reduce((a, b) => g.add(a, b));
  const [first, ...others] = losses.filter(({ each }) => each !== undefined);
  if (first?.each === undefined) return total;
  const other = others.find(({ weights }) => !sameShape(weights, first.weights));
  if (other !== undefined) {
    const message = `losses that are not reduced are added up value by value: [n, ${first.weights}] and [n, ${other.weights}] do not fit`;
    throw new CompileError({ code: "training/spec", path: "training.loss", message, hint: "give them a reduction" });
  }
  // 0 with the slope of the total: what is shown stays the mean.
  const slope = g.sub(total, g.stopGradient(total));
  return g.add(total, g.mul(g.sub(first.each, g.fill(1, [])), slope));
}

/** A value over the first axes of `shape`, the same along the rest. */
export function alongFirst(g: G, value: Node, shape: Shape): Node {
  return g.broadcast(value, { shape, axes: value.type.shape.map((_, axis) => axis) });
}
