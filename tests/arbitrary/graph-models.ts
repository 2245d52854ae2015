// Random models that are graphs. In: drawn ports and steps, of which each takes earlier values by their number. Out: a model with named
// inputs and outputs: branches and merges, layers called again, models within, and second results; a step that is not legal where it
// stands is passed over, so shrinking can drop any of them. Every value that nothing takes is an output.
import fc from "fast-check";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { resolve } from "../../compiler/front/steps.ts";
import type { InputSpec, LayerSpec, Model } from "../../compiler/model.ts";
import { anyLine, commonOf, isLegal, isUnseen, type Line, lineOf, merges, named, roled } from "./lines.ts";
import { weightNumbers } from "./numbers.ts";

interface Step {
  readonly line: Line;
  /** A call of the layer; of an earlier line once more; of a model that holds it, and a dense layer behind it. */
  readonly how: "line" | "reuse" | "model";
  /** Which earlier values it takes; more than it takes, for a layer that takes few. */
  readonly takes: readonly number[];
}
export interface GraphDraft {
  readonly inputs: readonly (readonly number[])[];
  readonly steps: readonly Step[];
  readonly areNamed: boolean;
}

const extent = (min: number, max: number) => fc.integer({ min, max });
const limits = { integer: 4 };
const shape = fc.constantFrom([3], [3], [1], [4, 3], [4, 3], [4, 1], [2, 4, 3], [5], [4]);

export const graphDrafts: fc.Arbitrary<GraphDraft> = fc.record({
  inputs: fc.array(shape, { minLength: 1, maxLength: 3 }),
  steps: fc.array(
    fc.record({
      line: fc.oneof(
        { arbitrary: anyLine(limits), weight: 4 },
        { arbitrary: fc.oneof(...merges.map((layer) => lineOf(layer, limits))), weight: 5 },
        { arbitrary: fc.oneof(...roled.map((layer) => lineOf(layer, limits))), weight: 2 },
        { arbitrary: fc.oneof(...["lstm", "embedding", "masking"].map((name) => lineOf(named(name), limits))), weight: 2 },
      ),
      how: fc.constantFrom("line", "line", "line", "reuse", "model"),
      // Small numbers are late values.
      takes: fc.array(fc.oneof(extent(0, 2), extent(0, 9)), { minLength: 3, maxLength: 3 }),
    }),
    { minLength: 3, maxLength: 9 },
  ),
  areNamed: fc.boolean(),
});

/** A value that a line can take. */
interface Value {
  readonly ref: string;
  readonly shape: readonly number[];
}
/** The most numbers of a value, per row. */
const room = 160;

/** The draft as a model with weights; undefined when no step is left. */
export function graphModel(
  { inputs, steps, areNamed }: GraphDraft,
  names: readonly (string | undefined)[],
  seed: number,
): Model | undefined {
  const ports = inputs.map((sizes, i): InputSpec => ({ name: `in${i}`, shape: sizes }));
  const values: Value[] = ports.map(({ name, shape: sizes }) => ({ ref: name, shape: sizes }));
  const made: LayerSpec[] = [];
  const taken = new Set<string>();
  for (const step of steps) {
    const sources = chosen(step, values);
    const wanted = names[made.length] ?? step.line.layer;
    const name = made.some((line) => line.name === wanted) || /:/.test(wanted) ? `line${made.length}` : wanted;
    const line = lineFor(step, sources, name, made);
    if (line === undefined) continue;
    const found = resultsOf(ports, [...made, line], name);
    if (found === undefined || found.some(({ shape: sizes }) => sizes.length === 0 || sizes.includes(0) || size(sizes) > room))
      continue;
    made.push(line);
    for (const { ref } of sources) taken.add(lineOfRef(ref));
    values.push(...found);
  }
  const ends = made.map(({ name = "" }) => name).filter((name) => !taken.has(name));
  if (ends.length === 0) return undefined;
  const outputs = ends.map((from, i) =>
    areNamed ? { name: `out${i}`, from } : { name: from.replaceAll(/[/:]|__proto__/g, "."), from },
  );
  const used = ports.filter(({ name }) => made.some((line) => line.inputs?.includes(name)));
  const model: Model = { name: "random", seed, inputs: used, outputs, layers: made };
  const weights = {};
  for (const { name, shape: sizes } of resolve(model).weights)
    Object.defineProperty(weights, name, { value: weightNumbers(seed, name, sizes), enumerable: true });
  return { ...model, weights };
}

const size = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

/** As many of the values as the layer takes, one of them perhaps twice. */
function chosen({ line, takes }: Step, values: readonly Value[]): readonly Value[] {
  const [least, most] = named(line.layer).takes ?? [1, 1];
  const count = Math.min(Math.max(least, Math.min(most, 2 + (takes[0] % 2))), takes.length);
  // What needs one input, or three, gets one unless all fit.
  const all = takes.slice(0, most === 1 ? 1 : count).map((k) => values[values.length - 1 - (k % values.length)]);
  return isLegal(line, ...(all.map(({ shape: sizes }) => sizes) as [number[]])) || least > 1 ? all : all.slice(0, 1);
}

/** The step as a line; undefined where it is not legal. */
function lineFor(
  { line, how }: Step,
  sources: readonly Value[],
  name: string,
  made: readonly LayerSpec[],
): LayerSpec | undefined {
  const inputs = sources.map(({ ref }) => ref);
  if (how === "reuse") {
    const of = made.findLast(({ layer, inputs: own = [] }) => layer !== "reuse" && own.length === inputs.length)?.name;
    return of === undefined ? undefined : { name, layer: "reuse", config: { of }, inputs };
  }
  const [first, ...others] = sources.map(({ shape: sizes }) => sizes);
  if (!isLegal(line, first, ...others)) return undefined;
  // Ids are those of a port: a module says which it takes.
  if (line.layer === "embedding" && !/^in\d$/.test(inputs[0])) return undefined;
  const config = { ...line.config, ...commonOf(line) };
  if (how === "line") return { name, layer: line.layer, config, inputs };
  const within = sources.map(({ shape: sizes }, i) => ({ name: `v${i}`, shape: sizes }));
  const inner = { name: "inner", layer: line.layer, config, inputs: within.map((port) => port.name) };
  const last = { name: "behind", layer: "dense", config: { units: 3, activation: "tanh" } };
  return { name, layer: "model", config: { inputs: within, layers: [inner, last], outputs: ["behind", "inner"] }, inputs };
}

/** The results of the last line; undefined where its masks, or a call once more with other shapes, do not fit. */
function resultsOf(inputs: readonly InputSpec[], layers: readonly LayerSpec[], name: string): readonly Value[] | undefined {
  const taken = new Set(layers.flatMap((line) => line.inputs ?? []).map(lineOfRef));
  const ends = layers.map((line) => line.name ?? "").filter((end) => end !== name && !taken.has(end));
  const last = layers.at(-1)?.layer;
  for (let count = 3; ; count--) {
    const refs = Array.from({ length: count }, (_, k) => (k === 0 ? name : `${name}:${k}`));
    const outputs = [...refs, ...ends].map((from, i) => ({ name: `r${i}`, from }));
    try {
      const found = resolve({ name: "prefix", seed: 0, inputs, layers, outputs }).predict.outputs;
      return refs.map((ref, i) => ({ ref, shape: found[i].shape }));
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      // It has fewer results.
      if (error.code === "model/inputs" && error.path.startsWith("outputs") && count > 1) continue;
      const isUnfit = last === "reuse" && ["shape/mismatch", "shape/rank", "layer/config", "model/inputs"].includes(error.code);
      if (isUnfit || isUnseen(error.diagnostic)) return undefined;
      throw error;
    }
  }
}

const lineOfRef = (ref: string): string => ref.replace(/:\d+$/, "");
