// The cases of the keras.js project, computed by a Keras 2, as Models of ours. In: their JSON. Out: what the reader of Keras 2's configs
// makes of them, with their weights in order; the rest is left, with the reason.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { sameShape } from "../../compiler/graph/graph.ts";
import type { Model } from "../../compiler/model.ts";
import { fromArchitecture } from "../../src/formats/keras2/index.ts";
import { type Choice, choose, Left } from "../fixtures/choice.ts";

interface Tensor {
  readonly data: readonly number[];
  readonly shape: readonly number[];
}
type Config = Readonly<Record<string, unknown>>;
interface Line {
  readonly class_name: string;
  readonly config: Config;
  /** Whose results it takes, where the case says so. */
  readonly inbound?: readonly string[];
  /** Which input it takes, where it takes no other's result. */
  readonly branch?: number;
}
interface Source {
  readonly id: string;
  readonly layers?: readonly Line[];
  readonly activation?: string;
  readonly args?: readonly Config[];
  readonly input?: Tensor;
  readonly inputs?: readonly Tensor[];
  readonly weights?: readonly Tensor[];
  readonly expected: Tensor;
  /** How often a stateful model is called; the last call counts. */
  readonly calls?: number;
}

export interface KerasJsCase {
  readonly case: string;
  readonly model: Model;
  readonly x: Float32Array | Readonly<Record<string, Float32Array>>;
  readonly y: Float32Array;
  readonly calls: number;
}

const merges: readonly string[] = ["Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"];

/** An activation is a layer of its own; one with arguments is another class. */
const lines = ({ layers, activation, args = [] }: Source): readonly Line[] => {
  if (layers !== undefined) return layers;
  if (args.length === 0) return [{ class_name: "Activation", config: { activation } }];
  const { alpha, maxValue: max_value = null } = args[0];
  if (activation === "elu") return [{ class_name: "ELU", config: { alpha } }];
  return [{ class_name: "ReLU", config: { max_value, negative_slope: alpha ?? 0 } }];
};

/** What each line takes: an input by its number, or lines before it. A merge that does not say joins branches that begin alike. */
function takenBy(given: readonly Line[]): readonly (readonly (number | string)[])[] {
  const join = given.at(-1);
  if (given.some(({ inbound }) => inbound !== undefined))
    return given.map(({ inbound = [], branch = 0 }) => (inbound.length === 0 ? [branch] : inbound));
  if (join === undefined || !merges.includes(join.class_name)) return given.map((_, i) => [i === 0 ? 0 : `${i - 1}`]);
  const begins = (i: number): boolean => given[i].class_name === given[0].class_name;
  const ends = given.flatMap((_, i) => (i === given.length - 1 ? [] : begins(i + 1) || i === given.length - 2 ? [`${i}`] : []));
  return given.map((_, i) => (i === given.length - 1 ? ends : [begins(i) ? 0 : `${i - 1}`]));
}

/** The case as Keras 2 would have saved its architecture. */
function architectureOf(source: Source, inputs: readonly Tensor[]): unknown {
  const given = lines(source);
  const taken = takenBy(given);
  const isNamed = given.some(({ inbound }) => inbound !== undefined);
  const names = given.map(({ config }, i) => (isNamed ? String(config.name) : `${i}`));
  const nodeOf = (from: readonly (number | string)[]) => from.map((one) => [typeof one === "number" ? `x${one}` : one, 0, 0, {}]);
  const ports = inputs.map(({ shape }, i) => {
    const config = { name: `x${i}`, batch_input_shape: [null, ...shape], dtype: "float32", sparse: false };
    return { class_name: "InputLayer", name: `x${i}`, config, inbound_nodes: [] };
  });
  const layers = given.map(({ class_name, config }, i) => {
    const own = { ...config, name: names[i] };
    return { class_name, name: names[i], config: own, inbound_nodes: [nodeOf(taken[i])] };
  });
  const config = {
    name: source.id,
    layers: [...ports, ...layers],
    input_layers: ports.map(({ name }) => [name, 0, 0]),
    output_layers: [[names.at(-1), 0, 0]],
  };
  return { class_name: "Model", config, keras_version: "2.0.4", backend: "tensorflow" };
}

function convert(source: Source): KerasJsCase {
  const { id, input, expected, calls = 1 } = source;
  const inputs = source.inputs ?? (input === undefined ? [] : [input]);
  const model = fromArchitecture(architectureOf(source, inputs));
  const given = source.weights ?? [];
  const wanted = resolve(model).weights;
  const fits = wanted.length === given.length && wanted.every(({ shape }, i) => sameShape(shape, given[i].shape));
  if (!fits) throw new Error(`${id}: the weights are not those of the model`);
  const weights = Object.fromEntries(wanted.map(({ name }, i) => [name, Float32Array.from(given[i].data)]));
  if (calls > 1) refuseAhead(model, inputs[0].shape[0]);
  const values = inputs.map(({ data }, i): [string, Float32Array] => [`x${i}`, Float32Array.from(data)]);
  const x = values.length === 1 ? values[0][1] : Object.fromEntries(values);
  return { case: id, model: { ...model, weights }, x, y: Float32Array.from(expected.data), calls };
}

/** A stateful model is called by streams; one that begins with the last step is none. */
function refuseAhead(model: Model, steps: number): void {
  try {
    resolve(model).stream(steps);
  } catch (error) {
    if (error instanceof CompileError && error.code === "stream/refused") throw new Left(error.diagnostic.message);
    throw error;
  }
}

/** All cases of a folder of JSON files. */
export function kerasJs(folder: string): Choice<KerasJsCase> {
  const all = readdirSync(folder)
    .sort()
    .flatMap((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as readonly Source[]);
  return choose(all, ({ id }) => id, convert);
}
