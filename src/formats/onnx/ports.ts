// What goes into an ONNX graph, and which axis of it is the batch. In: the shapes that a file states, with open sizes, and those that whoever
// opens it gives. Out: a plan of inputs for each size of the batch that is to be tried. Guarantee: no size is guessed: an open one is the
// batch, or it is given, or the error names the input.
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { suggestionFor } from "../../../compiler/diagnostics/suggest.ts";
import type { Given } from "../define.ts";
import { refusal } from "./importer.ts";
import { type DType, dtypeName, dtypeOf } from "./numbers.ts";
import type { GraphProto, ValueInfo } from "./schema.ts";
import { damaged } from "./wire.ts";

/** An input of the file; open sizes of its batch are `"batch"`. */
export interface Port {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly (number | "batch")[];
}

/** A size: a number, or the name of what is open; unnamed, it is `?`. */
type Stated = number | string;

/** The inputs that are no weights. `given`: shapes of samples, or of whole inputs, and known values. */
export function portsOf(graph: GraphProto, given: Given): readonly Port[] {
  const weights = new Set(graph.initializers.map(({ name }) => name));
  checkNames(
    graph.inputs.map(({ name }) => name).filter((name) => !weights.has(name)),
    given,
  );
  const infos = graph.inputs.filter(({ name }) => !weights.has(name) && given.inputValues?.[name] === undefined);
  const stated = infos.map((info) => ({ info, dtype: formatOf(info), sizes: sizesOf(info) }));
  const batch = stated.map(({ sizes }) => sizes?.[0]).find((size) => typeof size === "string") ?? secondAxis(stated);
  return stated.map(({ info: { name }, dtype, sizes }) => {
    const own = givenShape(given, name, infos.length);
    return { name, dtype, shape: settled(name, sizes, own, batch) };
  });
}

/**
 * The batch of files whose steps come first, [steps, batch, features]: the only size that any input leaves open, where it is on axis 1 and
 * more than one step is on axis 0.
 */
function secondAxis(stated: readonly { readonly sizes: readonly Stated[] | undefined }[]): Stated | undefined {
  const open = stated.flatMap(({ sizes = [] }) =>
    sizes.flatMap((size, axis) => (typeof size === "string" ? [{ size, axis, sizes }] : [])),
  );
  const isOne = open.every(({ size, axis }) => axis === 1 && size === open[0].size);
  const isSteps = open.some(({ sizes: [steps, , ...features] }) => features.length > 0 && steps !== 1);
  return isOne && isSteps ? open[0].size : undefined;
}

/** Throws for values of an input that the file does not have. */
function checkNames(names: readonly string[], { inputValues = {} }: Given): void {
  const strange = Object.keys(inputValues).find((name) => !names.includes(name));
  if (strange === undefined) return;
  const message = `there is no input ${JSON.stringify(strange)}`;
  throw new CompileError({ code: "format/size", path: "inputs", message, hint: suggestionFor(strange, names) });
}

function formatOf({ name, type }: ValueInfo): DType {
  if (type?.tensor === undefined) throw refusal(name, "sequences, maps and optional values as inputs");
  const dtype = dtypeOf(type.tensor.elementType);
  if (dtype === undefined || dtype === "string") throw refusal(name, `inputs of ${dtypeName(type.tensor.elementType)}`);
  return dtype;
}

function sizesOf({ name, type }: ValueInfo): readonly Stated[] | undefined {
  return type?.tensor?.shape?.dims.map(({ value, param }): Stated => {
    // Some tools write -1 for a size that is open.
    if (value === undefined || value === -1) return param === "" ? "?" : param;
    return Number.isSafeInteger(value) && value >= 0 ? value : damaged(`a size of ${value}`, name);
  });
}

function givenShape({ inputShape }: Given, name: string, count: number): readonly number[] | undefined {
  if (inputShape === undefined) return undefined;
  if (Array.isArray(inputShape)) return count === 1 ? (inputShape as readonly number[]) : undefined;
  const shapes = inputShape as Readonly<Record<string, readonly number[]>>;
  return Object.hasOwn(shapes, name) ? shapes[name] : undefined;
}

const show = (sizes: readonly unknown[]): string => `[${sizes.join(", ")}]`;

/** Sizes of one input, all known but the batch's. */
function settled(
  name: string,
  sizes: readonly Stated[] | undefined,
  own: readonly number[] | undefined,
  batch: Stated | undefined,
): readonly (number | "batch")[] {
  const fail = (message: string, hint: string): never => {
    throw new CompileError({ code: "shape/unknown-size", path: name, message, hint });
  };
  const hint = `give the shape of a sample: --input-shape ${name}=…, or inputShape: { ${JSON.stringify(name)}: [2] }`;
  if (sizes === undefined) return own === undefined ? fail("the file does not state a shape", hint) : ["batch", ...own];
  const axis = sizes.findIndex((size) => typeof size === "string" && size === batch);
  const isSample = own !== undefined && own.length === sizes.length - 1;
  if (own !== undefined && !isSample && own.length !== sizes.length)
    return fail(`the shape ${show(own)} is given, and the file states ${show(sizes)}`, hint);
  // A shape with all axes settles the batch too; without one, the axis of the batch is left out.
  const place = Math.max(axis, 0);
  const wanted: readonly (number | undefined)[] | undefined = isSample
    ? own.toSpliced(place, 0, undefined as unknown as number)
    : own;
  return sizes.map((size, i) => {
    const value = wanted?.[i];
    if (typeof size === "number") {
      if (value !== undefined && value !== size)
        fail(`the shape ${show(own ?? [])} is given, and the file states ${show(sizes)}`, hint);
      return size;
    }
    if (value !== undefined) return value;
    if (i === axis && (wanted === undefined || isSample)) return "batch";
    return fail(`the file leaves open sizes other than that of the batch: ${show(sizes)}`, hint);
  });
}

/** Where an input of the model has its batch, and how large that is. */
export interface Attempt {
  readonly rows: number;
  /** By input: the axis that is the batch; undefined where each row has all of it. */
  readonly axes: readonly (number | undefined)[];
}

/** Two sizes that no network has by chance: what comes out alike for both does not depend on the size. */
const probes = [23, 29] as const;

/**
 * The ways to take the batch, in order. Attempts of one list have to agree. An open batch must be free; one of a fixed size may be folded
 * into the sample instead.
 */
export function attemptsOf(ports: readonly Port[]): readonly (readonly Attempt[])[] {
  if (ports.some(({ shape }) => shape.includes("batch"))) {
    const axes = ports.map(({ shape }) => (shape.includes("batch") ? shape.indexOf("batch") : undefined));
    return [probes.map((rows) => ({ rows, axes }))];
  }
  const sizes = new Set(ports.filter(({ shape }) => !shape.includes(0)).map(({ shape }) => shape[0]));
  const [rows] = sizes;
  const whole: Attempt = { rows: 1, axes: ports.map(() => undefined) };
  if (ports.some(({ shape }) => shape[0] === 1))
    return [[{ rows: 1, axes: ports.map(({ shape }) => (shape[0] === 1 ? 0 : undefined)) }]];
  if (sizes.size !== 1 || typeof rows !== "number") return [[whole]];
  return [[{ rows, axes: ports.map(() => 0) }], [whole]];
}
