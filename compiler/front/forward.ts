// The layers of a model as Graph, one after the other. In: checked lines and the value of a batch. Out: the output, its mask,
// losses and updates of the layers, and every weight in Keras' order.
// Guarantee: a layer is lowered only after its own `legal` has seen its input; every node carries its layer's origin.
import type { Range, WeightInfo } from "../artifact.ts";
import { seedFor } from "../base/random.ts";
import { CompileError, joinPath } from "../diagnostics/error.ts";
import { type Node, showShape, sizeOf } from "../graph/graph.ts";
import { checkSize } from "../graph/limits.ts";
import { showOrigin } from "../graph/origin.ts";
import type { AnyLayer, LayerResult, WeightSpec } from "../layers/define.ts";
import { type G, ops } from "../ops/index.ts";
import { checkLine, type Entry } from "./check.ts";

/** Training mode: the model's seed and the step counter drive the noise. */
export interface Training {
  readonly seed: number;
  readonly step: Node;
}

/** A weight with what its first value depends on. */
export interface Weight extends WeightInfo {
  readonly spec: WeightSpec;
  /** Path of the layer it belongs to. */
  readonly path: string;
}

/** What one layer made of its input (shapes without the batch axis). */
export interface Step {
  readonly entry: Entry;
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly weights: readonly Weight[];
}

export interface Forward {
  readonly y: Node;
  readonly mask?: Node;
  readonly steps: readonly Step[];
  readonly losses: readonly Node[];
  /** New values of weights that are not trained, by full name. */
  readonly updates: readonly (readonly [weight: string, value: Node])[];
  /** Where a layer takes numbers of the input itself for ids: which ones are legal for all such layers. */
  readonly range?: Range;
}

/** Lowers the layers. Throws CompileError with the layer's path when one does not fit its input. */
export function forward(g: G, entries: readonly Entry[], x: Node, training?: Training): Forward {
  const outer = g.builder.origin;
  const steps: Step[] = [];
  const losses: Node[] = [];
  const updates: [string, Node][] = [];
  let y = x;
  let mask: Node | undefined;
  let range: Range | undefined;
  for (const entry of entries) {
    const weights: Weight[] = [];
    const input = sampleShape(y);
    const before = steps.at(-1);
    try {
      const lowered = lower(entry, y, mask, weights);
      y = lowered.y;
      mask = lowered.mask === undefined ? mask : (lowered.mask ?? undefined);
    } catch (error) {
      if (!(error instanceof CompileError) || error.code === "internal/bug") throw error;
      const gave =
        before === undefined
          ? `a sample is ${showShape(input)}`
          : `${before.entry.path} ${before.entry.layer.name} gave ${showShape(input)}`;
      const path = error.path.startsWith(entry.path) ? "" : entry.path;
      throw error
        .with({ under: path, note: `in ${showOrigin(entry.origin)}` })
        .with(error.code.startsWith("shape/") ? { note: gave } : {});
    }
    steps.push({ entry, input, output: sampleShape(y), weights });
  }
  g.builder.origin = outer;
  return { y, ...(mask === undefined ? {} : { mask }), steps, losses, updates, ...(range === undefined ? {} : { range }) };

  function lower(entry: Entry, value: Node, valueMask: Node | undefined, collected: Weight[]): LayerResult {
    const { layer, config, name, path, trainable } = entry;
    const input = sampleShape(value);
    const below = layer.integers?.(config);
    if (below !== undefined && isPlainly(g.ops, value, x)) range = { below: Math.min(below, range?.below ?? below) };
    const problem = layer.legal?.(config, input);
    if (problem !== undefined) throw new CompileError({ code: "layer/config", ...problem, path: joinPath(path, problem.path) });
    g.builder.origin = entry.origin;
    const weights: Record<string, Node> = {};
    for (const spec of layer.weights(config, input)) {
      const full = `${name}/${spec.name}`;
      checkSize(spec.name, spec.shape, path);
      weights[spec.name] = g.as(spec.name, () => g.param({ name: full, shape: [...spec.shape] }));
      collected.push({ name: full, shape: spec.shape, trainable: spec.trainable && trainable, spec, path });
    }
    const earlier = g.builder.made.length;
    const lowered = layer.lower(g, {
      x: value,
      ...(valueMask === undefined ? {} : { mask: valueMask }),
      weights,
      config,
      trainable,
      ...(training === undefined ? {} : { noise: { seed: seedFor(training.seed, name), step: training.step } }),
      child: (role, spec, inner, innerMask) => {
        const child = checkLine(spec, joinPath(path, role), `${name}/${role}`);
        const made = lower({ ...child, trainable: child.trainable && trainable }, inner, innerMask, collected);
        g.builder.origin = entry.origin;
        return made;
      },
    });
    for (let i = earlier; i < g.builder.made.length; i++)
      if (isStored(g.builder.made[i])) checkValue(layer, g.builder.made[i], path);
    checkValue(layer, lowered.y, path);
    losses.push(...(lowered.losses ?? []));
    for (const [weight, node] of Object.entries(lowered.updates ?? {})) updates.push([`${name}/${weight}`, node]);
    return lowered;
  }
}

/** A view is read where the value lies that it is of: the patches of a convolution are many times what it reads. */
function isStored({ op }: Node): boolean {
  const found = ops[op];
  return found.kind === "composite" || found.lower.kind !== "view";
}

const checkValue = ({ name }: AnyLayer, { type }: Node, path: string): void =>
  checkSize(`a value of ${name}`, type.shape[0] === "n" ? (type.shape.slice(1) as number[]) : (type.shape as number[]), path);

/**
 * Whether a value holds all numbers of the input, in whatever order, and nothing else. Ids that a caller gives are checked when the
 * module is called; ids that the net computes, or cuts out of the input, are clamped.
 */
function isPlainly(ops: G["ops"], value: Node, input: Node): boolean {
  if (value === input) return true;
  const op = ops[value.op];
  if (op.kind !== "primitive" || op.lower.kind !== "view") return false;
  const [from] = value.inputs;
  return sizeOf(sampleShape(value)) >= sizeOf(sampleShape(from)) && isPlainly(ops, from, input);
}

const sampleShape = (x: Node): readonly number[] => x.type.shape.slice(1) as number[];
