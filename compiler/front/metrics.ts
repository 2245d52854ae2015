// What is shown of a training besides its loss. In: a training spec, the ports, and nodes of a forward pass. Out: sums over a batch, which
// the module adds up, and the keys they are shown under. Guarantee: a masked value is in no sum.
import type { Port } from "../artifact.ts";
import { CompileError, internal } from "../diagnostics/error.ts";
import type { Graph, Node } from "../graph/graph.ts";
import type { Training } from "../model.ts";
import type { G } from "../ops/index.ts";
import type { Metric } from "../training/define.ts";
import { metricOf } from "../training/metrics/index.ts";
import type { Forward } from "./forward.ts";
import { alongFirst, type Target, unknownPort } from "./losses.ts";

/** A number that is shown of training: the mean of a Graph's result over rows, or the quotient of the sums of two. */
export interface Log {
  /** Keras' name: `loss`, `price_loss`, `accuracy`, `price_accuracy`. */
  readonly key: string;
  /** The Graph's result: a mean over the rows of a batch, or with `count` a sum. */
  readonly total: string;
  /** How many values are in the sum. */
  readonly count?: string;
}

/** A metric of one output. */
export interface PortMetric {
  /** Keras' name: as it was given, with the output before it where there are several. */
  readonly key: string;
  readonly port: string;
  readonly item: Pick<Metric, "name" | "values">;
  readonly path: string;
}

/** The metrics a spec names, of outputs that have a target. Throws CompileError training/spec. */
export function metricsOf({ metrics = [] }: Training, outputs: readonly Port[], targets: readonly Port[]): readonly PortMetric[] {
  const names = outputs.map(({ name }) => name);
  const byPort: Readonly<Record<string, readonly string[]>> = isList(metrics)
    ? Object.fromEntries(targets.map(({ name }) => [name, metrics]))
    : metrics;
  const keys = new Set(["loss", ...targets.map(({ name }) => `${name}_loss`)]);
  return Object.entries(byPort).flatMap(([port, list]) => {
    const at = isList(metrics) ? "training.metrics" : `training.metrics.${port}`;
    const target = targets.find(({ name }) => name === port);
    const output = outputs.find(({ name }) => name === port);
    if (target === undefined || output === undefined) throw unknownPort("metrics", port, at, names);
    return list.map((name, i): PortMetric => {
      const path = `${at}[${i}]`;
      const key = outputs.length === 1 ? name : `${port}_${name}`;
      if (keys.has(key))
        throw new CompileError({
          code: "training/spec",
          path,
          message: `${JSON.stringify(key)} is there twice`,
          hint: "name each metric once",
        });
      keys.add(key);
      return { key, port, item: metricOf(name, output.shape, target.shape, path), path };
    });
  });
}
const isList = (value: NonNullable<Training["metrics"]>): value is readonly string[] => Array.isArray(value);

/** The metrics as sums over a batch, and how many values are in each; a masked value counts in neither. */
export function metricsOver(g: G, metrics: readonly PortMetric[], targets: readonly Target[], { outputs }: Forward) {
  return metrics.map(({ key, port, item, path }) => {
    const { y, mask } = outputs.find(({ name }) => name === port) ?? internal(`there is no output ${port}`);
    const target = targets.find(({ name }) => name === port) ?? internal(`${port} has no target`);
    g.builder.origin = { path, layer: item.name, name: key };
    const { total, count } = sumOver(
      g,
      item.values(g, { y, target: g.input({ name: target.y, shape: ["n", ...target.shape] }) }),
      mask,
    );
    const log: Log = { key, total: `total:${key}`, count: `count:${key}` };
    const results: Graph["results"] = [
      [`total:${key}`, total],
      [`count:${key}`, count],
    ];
    return { log, results };
  });
}

/** The sum of values [n, …], and how many there are; where a mask says so, masked values are in neither. */
function sumOver(g: G, values: Node, mask: Node | undefined): { readonly total: Node; readonly count: Node } {
  const { shape } = values.type;
  const axes = shape.map((_, axis) => axis);
  if (mask === undefined) {
    const positions = shape.slice(1).reduce<number>((product, size) => product * (size as number), 1);
    return { total: g.reduceSum(values, { axes }), count: g.mul(g.rows(), g.fill(positions, [])) };
  }
  const keep = alongFirst(g, mask, shape);
  return { total: g.reduceSum(g.select(keep, values, g.like(values, 0)), { axes }), count: g.reduceSum(keep, { axes }) };
}
