// The layers of a model as Graph, call after call. In: calls of checked lines. Out: the outputs with their masks, losses and updates of
// the layers, and every weight in Keras' order.
// Guarantee: a layer is lowered only after its own `legal` has seen its inputs; every node carries its layer's origin; calls that share
// weights share the params.
import type { Range, WeightInfo } from "../artifact.ts";
import { seedFor } from "../base/random.ts";
import { CompileError, joinPath } from "../diagnostics/error.ts";
import { type Node, sameShape, showShape, sizeOf } from "../graph/graph.ts";
import { checkSize } from "../graph/limits.ts";
import { showOrigin } from "../graph/origin.ts";
import type { AnyLayer, Encoded, LayerResult, WeightSpec } from "../layers/define.ts";
import { type G, ops } from "../ops/index.ts";
import type { Calls, Entry, Source } from "./calls.ts";
import { checkLine, type Line } from "./lines.ts";

/** What a port is called in a Graph, where a step has names of its own. */
export const graphName = (port: string): string => (ownNames.has(port) ? `x:${port}` : port);
const ownNames: ReadonlySet<string> = new Set(["y", "sampleWeight", "learningRate", "step", "loss"]);

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

/** What one call made of its inputs (shapes without the batch axis). */
export interface Step {
  readonly entry: Entry;
  readonly inputs: readonly (readonly number[])[];
  readonly output: readonly number[];
  /** None where another call has made them. */
  readonly weights: readonly Weight[];
}

/** Text of a port as the numbers that a layer takes for it: an input of the Graph of its own. */
export interface Encoding extends Encoded {
  /** Index of the model's input. */
  readonly input: number;
  /** The Graph's input. */
  readonly name: string;
}

export interface Forward {
  /** In the order of the model's outputs. */
  readonly outputs: readonly { readonly name: string; readonly y: Node; readonly mask?: Node }[];
  readonly steps: readonly Step[];
  readonly losses: readonly Node[];
  /** New values of weights that are not trained, by full name. */
  readonly updates: readonly (readonly [weight: string, value: Node])[];
  /** By input: where a layer takes its numbers themselves for ids, which ones are legal for all such layers. */
  readonly ranges: ReadonlyMap<number, Range>;
  readonly encodings: readonly Encoding[];
}

/** A value on its way: numbers with Keras' mask, or the text of an input. */
type Value = { readonly y: Node; readonly mask?: Node | undefined } | { readonly text: number };
const isText = (value: Value): value is { readonly text: number } => "text" in value;

/** Lowers the calls. Throws CompileError with the layer's path when one does not fit its inputs. */
export function forward(g: G, { inputs, entries, outputs }: Calls, training?: Training): Forward {
  const outer = g.builder.origin;
  const steps: Step[] = [];
  const losses: Node[] = [];
  // A weight that every call moves on (a moving mean) is moved by the second from where the first left it.
  const current = new Map<string, Node>();
  const shapes = new Map<string, readonly number[]>();
  const ranges = new Map<number, Range>();
  const encodings: Encoding[] = [];
  const ports = inputs.map(({ name, shape, type, below }, input): Value => {
    if (type === "string") return { text: input };
    if (below !== undefined) ranges.set(input, { below });
    return { y: g.input({ name: graphName(name), shape: ["n", ...shape] }) };
  });
  const given = new Map(ports.flatMap((port, input) => (isText(port) ? [] : [[port.y, input] as const])));
  const results: (readonly Value[])[] = [];
  const resultOf = (source: Source, path: string): Value => {
    if ("input" in source) return ports[source.input];
    const found = results[source.call][source.result];
    if (found !== undefined) return found;
    const { layer, name } = entries[source.call];
    const gives = results[source.call].length;
    const message = `${layer.name} ${JSON.stringify(name)} gives ${gives} result${gives === 1 ? "" : "s"}, counted from 0, found ${source.result}`;
    throw new CompileError({ code: "model/inputs", path, message });
  };
  for (const entry of entries) {
    const weights: Weight[] = [];
    const values = entry.sources.map((source) => resultOf(source, joinPath(entry.path, "inputs")));
    const shown = values.map((value) => shapeOf(value));
    try {
      results.push(call(entry, values, weights));
    } catch (error) {
      if (!(error instanceof CompileError) || error.code === "internal/bug") throw error;
      const gave = entry.sources.map((source, i) => {
        if ("input" in source)
          return inputs.length === 1
            ? `a sample is ${showShape(shown[i])}`
            : `${inputs[source.input].name} is ${showShape(shown[i])}`;
        const { path, layer } = entries[source.call];
        return `${path} ${layer.name} gave ${showShape(shown[i])}`;
      });
      const path = error.path.startsWith(entry.path) ? "" : entry.path;
      const under = error.with({ under: path, note: `in ${showOrigin(entry.origin)}` });
      throw error.code.startsWith("shape/") ? gave.reduce((all, note) => all.with({ note }), under) : under;
    }
    steps.push({ entry, inputs: shown, output: shapeOf(results[results.length - 1][0]), weights });
  }
  g.builder.origin = outer;
  const found = outputs.map(({ name, source, path }) => {
    const value = resultOf(source, path);
    if (isText(value))
      throw new CompileError({
        code: "model/port",
        path,
        message: `${JSON.stringify(name)} would give text`,
        hint: "a model gives numbers",
      });
    return { name, y: value.y, ...(value.mask === undefined ? {} : { mask: value.mask }) };
  });
  return { outputs: found, steps, losses, updates: [...current], ranges, encodings };

  function shapeOf(value: Value): readonly number[] {
    return isText(value) ? inputs[value.text].shape : sampleShape(value.y);
  }

  function call(entry: Entry, values: readonly Value[], collected: Weight[]): readonly Value[] {
    const numbers = values.map((value) => {
      if (!isText(value)) {
        if (entry.layer.encodes === undefined) return value;
        const message = `${entry.layer.name} takes text, and gets numbers`;
        const hint = 'give it an input of texts: { shape: [1], type: "string" }';
        throw new CompileError({ code: "layer/config", path: entry.path, message, hint });
      }
      if (entry.layer.declares !== undefined) return undefined;
      return encoded(entry, value.text);
    });
    // A line that only states a shape lets text through.
    if (numbers.includes(undefined)) return values;
    const { y, mask, more = [] } = lower(entry, numbers as readonly { y: Node; mask?: Node }[], collected, entry.owner);
    const [first] = numbers;
    return [{ y, mask: mask === undefined ? first?.mask : (mask ?? undefined) }, ...more.map((value) => ({ y: value }))];
  }

  /** The numbers that a layer makes of text; one input of the Graph for all that make the same. */
  function encoded({ layer, config, path, name }: Entry, input: number): { readonly y: Node; readonly mask?: Node } {
    const port = inputs[input];
    if (layer.encodes === undefined) {
      const message = `${layer.name} takes numbers, and ${JSON.stringify(port.name)} holds text`;
      throw new CompileError({
        code: "layer/config",
        path,
        message,
        hint: "look the text up first: stringLookup({ vocabulary: […] })",
      });
    }
    const table = layer.encodes(config, port.shape);
    const same = encodings.find(
      (known) =>
        known.input === input &&
        JSON.stringify({ ...known, input: 0, name: "" }) === JSON.stringify({ ...table, input: 0, name: "" }),
    );
    const known = same ?? {
      ...table,
      input,
      name: encodings.some((other) => other.input === input) ? `${port.name}:${name}` : graphName(port.name),
    };
    if (same === undefined) encodings.push(known);
    return { y: g.input({ name: known.name, shape: ["n", ...known.shape] }) };
  }

  function lower(
    entry: Line,
    values: readonly { readonly y: Node; readonly mask?: Node | undefined }[],
    collected: Weight[],
    owner: string,
  ): LayerResult {
    const { layer, config, name, path, trainable } = entry;
    const xs = values.map(({ y }) => y);
    const sizes = xs.map(sampleShape);
    const below = layer.integers?.(config);
    if (below !== undefined) narrow(xs[0], below);
    const problem = layer.legal?.(config, sizes[0], sizes);
    if (problem !== undefined) throw new CompileError({ code: "layer/config", ...problem, path: joinPath(path, problem.path) });
    g.builder.origin = entry.origin;
    const weights: Record<string, Node> = {};
    for (const spec of layer.weights(config, sizes[0], sizes)) {
      const full = `${owner}/${spec.name}`;
      checkSize(spec.name, spec.shape, path);
      const node = g.as(spec.name, () => g.param({ name: full, shape: [...spec.shape] }));
      weights[spec.name] = current.get(full) ?? node;
      const before = shapes.get(full);
      shapes.set(full, spec.shape);
      if (before === undefined)
        collected.push({ name: full, shape: spec.shape, trainable: spec.trainable && trainable, spec, path });
      else if (!sameShape(before, spec.shape)) {
        const message = `the weights of ${JSON.stringify(owner)} are used again, whose ${spec.name} is ${showShape(before)}; this input needs ${showShape(spec.shape)}`;
        throw new CompileError({ code: "shape/mismatch", path, message, hint: "give it an input of the same shape" });
      }
    }
    const earlier = g.builder.made.length;
    const lowered = layer.lower(g, {
      x: xs[0],
      ...(values[0].mask === undefined ? {} : { mask: values[0].mask }),
      xs,
      masks: values.map(({ mask }) => mask),
      weights,
      config,
      trainable,
      ...(training === undefined ? {} : { noise: { seed: seedFor(training.seed, name), step: training.step } }),
      child: (role, spec, inner, innerMask) => {
        const child = checkLine(spec, joinPath(path, role), `${name}/${role}`);
        const value = { y: inner, ...(innerMask === undefined ? {} : { mask: innerMask }) };
        const made = lower({ ...child, trainable: child.trainable && trainable }, [value], collected, `${owner}/${role}`);
        g.builder.origin = entry.origin;
        return made;
      },
    });
    for (let i = earlier; i < g.builder.made.length; i++)
      if (isStored(g.builder.made[i])) checkValue(layer, g.builder.made[i], path);
    for (const y of [lowered.y, ...(lowered.more ?? [])]) checkValue(layer, y, path);
    losses.push(...(lowered.losses ?? []));
    for (const [weight, node] of Object.entries(lowered.updates ?? {})) current.set(`${owner}/${weight}`, node);
    return lowered;
  }

  /** Ids below `below`, where they are those of an input. */
  function narrow(value: Node, below: number): void {
    for (const [x, input] of given) {
      if (isPlainly(g.ops, value, x)) ranges.set(input, { below: Math.min(below, ranges.get(input)?.below ?? below) });
    }
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
