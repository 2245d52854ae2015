// The loss of a batch, output by output. In: a training spec, the ports, and nodes of a forward pass. Out: what each output is held
// against, and a scalar. Guarantee: sums run over exactly n rows, so a last partial batch is exact.
import type { Port } from "../artifact.ts";
import { CompileError, internal } from "../diagnostics/error.ts";
import { isPlain, plainData } from "../diagnostics/plain.ts";
import { suggestionFor } from "../diagnostics/suggest.ts";
import type { Node, Shape } from "../graph/graph.ts";
import type { Training } from "../model.ts";
import type { G } from "../ops/index.ts";
import { type AnyLoss, losses } from "../training/losses/index.ts";
import { parseNamed } from "../training/named.ts";

/** What an output is held against: a port of the caller's, and the Graph's inputs for it. */
export interface Target extends Port {
  /** The Graph's input for the target, and for the weight of each sample: `y`, or `y:price` where there are several outputs. */
  readonly y: string;
  readonly sampleWeight: string;
}

/** The loss of one output, and how much it counts. */
export interface PortLoss {
  /** The output. */
  readonly port: string;
  readonly item: AnyLoss;
  readonly config: object;
  readonly weight: number;
  /** `training.loss` or `training.loss.price`. */
  readonly path: string;
}

/** The losses a spec names: one for every output, or by output; an output without one is not trained. Throws CompileError training/spec. */
export function lossesOf({ loss, lossWeights = {} }: Training, outputs: readonly string[]): readonly PortLoss[] {
  const byPort = lossMap(loss, outputs);
  const parse = (spec: unknown, port: string, path: string): PortLoss => {
    const weight = Object.hasOwn(lossWeights, port) ? lossWeights[port] : 1;
    return { port, ...parseNamed(losses, spec, { kind: "loss", path }), weight, path };
  };
  const found = outputs.flatMap((port) => {
    if (byPort === undefined) return [parse(loss, port, "training.loss")];
    return Object.hasOwn(byPort, port) ? [parse(byPort[port], port, `training.loss.${port}`)] : [];
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
  const range = item.labels?.(output, config);
  return { name: port, shape: item.target(output, config), ...(range === undefined ? {} : { range }) };
}

/**
 * The loss of a batch, a scalar: Σ values · weights / number of values; where masks say so, masked values count neither above
 * nor below. `weights` is [n].
 */
export function batchLoss(
  g: G,
  { item, config }: Pick<PortLoss, "item" | "config">,
  { y, mask, target, weights }: { y: Node; mask?: Node; target: Node; weights: Node },
): Node {
  const { values, mask: own } = item.lower(g, { y, target, config });
  const { shape } = values.type;
  const all = shape.map((_, axis) => axis);
  const masks = [mask, own].filter((part) => part !== undefined).map((part) => alongFirst(g, part, shape));
  const weighted = g.mul(values, alongFirst(g, weights, shape));
  if (masks.length === 0) {
    const positions = shape.slice(1).reduce<number>((product, size) => product * (size as number), 1);
    const count = g.mul(g.rows(), g.fill(positions, []));
    return g.div(g.reduceSum(weighted, { axes: all }), count);
  }
  const keep = masks.reduce((a, b) => g.mul(a, b));
  // select, not a product: a masked value may be infinite. A batch without a single value has loss 0.
  const total = g.reduceSum(g.select(keep, weighted, g.like(weighted, 0)), { axes: all });
  const count = g.max(g.reduceSum(keep, { axes: all }), g.fill(1, []));
  return g.div(total, count);
}

/** A value over the first axes of `shape`, the same along the rest. */
export function alongFirst(g: G, value: Node, shape: Shape): Node {
  return g.broadcast(value, { shape, axes: value.type.shape.map((_, axis) => axis) });
}
