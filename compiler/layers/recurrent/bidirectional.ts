// Bidirectional: a recurrent layer forwards and one backwards over the same sequence. In: a sequence, a mask, and initial states of both. Out:
// the outputs of both, merged; of whole sequences those of the backward layer are turned round first, so that both stand at their step.
// Masked steps of a whole sequence give 0, as Keras sets it for both layers.
import * as z from "zod";
import { CompileError } from "../../diagnostics/error.ts";
import { type Node, sameShape, showShape } from "../../graph/graph.ts";
import type { LayerSpec } from "../../model.ts";
import type { G } from "../../ops/index.ts";
import { type AnyLayer, layer, type Problem } from "../define.ts";
import { keysOf, sampleShape, wrapped } from "../shared.ts";
import { recurrentLayers } from "./recurrent-list.ts";

const rows: ReadonlyMap<string, AnyLayer> = new Map(Object.entries(recurrentLayers));

/** The two outputs as one, by Keras' names. */
const merges = {
  concat: (g, a, b) => g.concat(a, b, { axis: a.type.shape.length - 1 }),
  sum: (g, a, b) => g.add(a, b),
  mul: (g, a, b) => g.mul(a, b),
  ave: (g, a, b) => g.mul(g.add(a, b), g.like(a, 0.5)),
} satisfies Record<string, (g: G, a: Node, b: Node) => Node>;
type Merge = keyof typeof merges;

/** Keys that both layers have alike. */
const shared = ["stateful", "returnSequences", "returnState"] as const;
const isSet = (spec: LayerSpec, key: string): boolean => keysOf(spec)[key] === true;

interface Config {
  readonly layer: LayerSpec;
  readonly backwardLayer: LayerSpec | null;
}
/** Both layers as they run, and where their configs stand. */
function layersOf({ layer: forward, backwardLayer }: Config) {
  const backward = backwardLayer ?? { ...forward, config: { ...forward.config, goBackwards: true } };
  const zeroing = ({ name: _, ...spec }: LayerSpec): LayerSpec => ({
    ...spec,
    config: { ...spec.config, zeroOutputForMask: isSet(forward, "returnSequences") },
  });
  return [
    { role: "forward_layer", key: "layer", spec: zeroing(forward) },
    { role: "backward_layer", key: backwardLayer === null ? "layer" : "backwardLayer", spec: zeroing(backward) },
  ] as const;
}

function badLayers(config: Config): Problem | undefined {
  const [forward, backward] = layersOf(config);
  const other = [forward, backward].find(({ spec }) => !rows.has(spec.layer));
  if (other !== undefined) {
    const message = `${other.key} needs a recurrent layer, found ${other.spec.layer}`;
    return { path: other.key, message, hint: `take one of ${[...rows.keys()].join(", ")}` };
  }
  if (isSet(forward.spec, "goBackwards") === isSet(backward.spec, "goBackwards")) {
    const message = `one layer goes forwards and one backwards, found goBackwards: ${isSet(forward.spec, "goBackwards")} in both`;
    return { path: backward.key, message, hint: "set goBackwards in one of them" };
  }
  const unlike = shared.find((key) => isSet(forward.spec, key) !== isSet(backward.spec, key));
  if (unlike === undefined) return undefined;
  return {
    path: backward.key,
    message: `both layers need the same ${unlike}`,
    hint: "leave backwardLayer out for a copy of layer",
  };
}

/** What the layers say of the inputs themselves, each with its half of the states. */
function badInputs(config: Config, inputs: readonly (readonly number[])[]): Problem | undefined {
  const [sequence, ...states] = inputs;
  for (const [i, { spec, key }] of layersOf(config).entries()) {
    const row = rows.get(spec.layer) as AnyLayer;
    const parsed = row.config.safeParse(keysOf(spec));
    if (!parsed.success) continue;
    const problem = row.legal?.(parsed.data, sequence, [sequence, ...halfOf(states, i)]);
    if (problem !== undefined)
      return problem.path === "inputs" || problem.path === "" ? problem : { ...problem, path: `${key}.${problem.path}` };
  }
  return undefined;
}

/** The states of the forward layer stand first. */
const halfOf = <T>(states: readonly T[], i: number): readonly T[] => {
  const half = Math.floor(states.length / 2);
  return i === 0 ? states.slice(0, half) : states.slice(half);
};

/**
 * A recurrent layer in both directions: [n, steps, features] to what `layer` gives, once for each direction, merged: `concat` behind one another,
 * `sum`, `mul`, `ave`; with null they are two results. With `returnState` the states of the forward layer follow, then those of the backward one.
 * https://keras.io/api/layers/recurrent_layers/bidirectional/
 */
export const bidirectional = layer({
  name: "bidirectional",
  keras: "Bidirectional",
  says: "A recurrent layer forwards and backwards, both outputs merged by concat, sum, mul or ave, or apart with null; masked steps of whole sequences give 0.",
  config: z.strictObject({
    layer: wrapped,
    backwardLayer: wrapped.nullable().default(null),
    mergeMode: z
      .enum(Object.keys(merges) as [Merge])
      .nullable()
      .default("concat"),
  }),
  takes: [1, Number.POSITIVE_INFINITY],
  legal: (config, _input, inputs) => badLayers(config) ?? badInputs(config, inputs),
  weights: () => [],
  stream: { says: "no", of: () => ({ refused: "its backward layer begins with the last step" }) },
  isStateful: ({ layer: inner }) => isSet(inner, "stateful"),
  lower: (g, { x, xs, mask, child, config }) => {
    const [forward, backward] = layersOf(config).map(({ role, key, spec }, i) =>
      child(role, spec, [x, ...halfOf(xs.slice(1), i)], mask, { key }),
    );
    const isSequence = isSet(config.layer, "returnSequences");
    const y = forward.y;
    const turned = isSequence ? g.reverse(backward.y, { axes: [1] }) : backward.y;
    const states = [...(forward.more ?? []), ...(backward.more ?? [])];
    const ends = isSequence ? {} : { mask: null };
    if (config.mergeMode === null) return { y, more: [turned, ...states], moreMasks: [isSequence ? mask : undefined], ...ends };
    checkShapes(config.mergeMode, y, turned);
    return {
      y: g.as("merge", () => merges[config.mergeMode as Merge](g, y, turned)),
      ...(states.length === 0 ? {} : { more: states }),
      ...ends,
    };
  },
});

function checkShapes(mode: Merge, a: Node, b: Node): void {
  const [left, right] = [sampleShape(a), sampleShape(b)];
  const fits = mode === "concat" ? sameShape(left.slice(0, -1), right.slice(0, -1)) : sameShape(left, right);
  if (fits) return;
  const message = `mergeMode ${mode} needs outputs that fit, found ${showShape(left)} and ${showShape(right)}`;
  throw new CompileError({
    code: "shape/mismatch",
    path: "",
    message,
    hint: "give both layers as many units, or merge by concat",
  });
}
