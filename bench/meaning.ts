// What a net of any layers means: its Graph, unrewritten, in the project's interpreter, in doubles. In: a net, weights, rows. Out: results,
// and the gradients of its loss. Guarantee: nothing of it was lowered, scheduled or emitted; a weight that is not trained has gradient 0.
import { resolve } from "../compiler/front/steps.ts";
import { runGraph } from "../compiler/interpret/graph.ts";
import { expandComposites } from "../compiler/rewrite/expand.ts";
import { differentiate } from "../compiler/rewrite/gradient/differentiate.ts";
import type { Net } from "./nets.ts";
import { factsOf, modelOf, type Training, type Weights } from "./workloads.ts";

type Numbers = readonly ArrayLike<number>[];

const byName = (net: Net, weights: Numbers): Record<string, ArrayLike<number>> =>
  Object.fromEntries(factsOf(net).weights.map(({ name }, i) => [name, weights[i]]));

/** Results of rows back to back. */
export function meant(net: Net, weights: Weights, x: Float32Array): Float64Array {
  const { predict } = resolve(modelOf(net));
  const values = { ...byName(net, weights), [predict.feeds[0].name]: x };
  const { results } = runGraph(predict.graph, { rows: x.length / factsOf(net).input, values, precision: "double" });
  return Float64Array.from(results[predict.outputs[0].name].data);
}

/** Of every weight in turn: how the loss of a batch grows with it. */
export function meantGradients(training: Training, weights: Numbers, x: Float32Array, y: Float32Array): Float64Array[] {
  const { net } = training;
  const loss = resolve(modelOf(net, training)).trainStep();
  const graph = differentiate(expandComposites(loss.graph), "loss", loss.trainable);
  const rows = x.length / factsOf(net).input;
  const [target] = loss.targets;
  const given = { [loss.feeds[0].name]: x, [target.y]: y, [target.sampleWeight]: new Float32Array(rows).fill(1) };
  const { results } = runGraph(graph, { rows, values: { ...byName(net, weights), ...given }, precision: "double" });
  return factsOf(net).weights.map(({ name }, i) =>
    Float64Array.from(results[`gradient:${name}`]?.data ?? new Float64Array(weights[i].length)),
  );
}
