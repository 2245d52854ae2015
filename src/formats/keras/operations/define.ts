// What an operation of keras.ops between layers is given, for the rows that make lines of it. In: the class with its config, and a call's
// arguments, tensors and known values among them. Out: by position or name, each as what a line can say.
//
//   {module: "keras.src.ops.numpy", class_name: "Mean", config: {axis: 1, keepdims: false}}     called with a tensor
//   {class_name: "Add"}                                                                       called with a tensor and 1.5
import { isPlain } from "../../../../compiler/diagnostics/plain.ts";
import { tensorsIn } from "../references.ts";
import { type Keys, ours } from "../values.ts";

/** A line in an operation's place, and the tensors that it takes. */
export interface Made {
  readonly layer: string;
  readonly config: Keys;
  readonly tensors: readonly unknown[];
}
/** Known numbers, as the layers have them. */
export type Known = Scalar | { readonly shape: readonly number[]; readonly values: readonly Scalar[] };
/** A number; infinite ones by name, since a spec is JSON. */
export type Scalar = number | "inf" | "-inf";
/** What an operation is given, by where it stands in the call, or by its name in the call or the config. */
export interface Given {
  readonly className: string;
  readonly path: string;
  readonly at: (position: number | undefined, name: string) => unknown;
}
/** The line of an operation; undefined where no line does the same. */
export type Make = (given: Given) => Made | undefined;

/** Whether a value is one tensor. */
export const isTensor = (value: unknown): boolean => isPlain(value) && value.class_name === "__keras_tensor__";

/** A tensor's axes, the batch included; undefined where the file does not say. */
export function shapeOf(tensor: unknown): readonly (number | null)[] | undefined {
  const config = isPlain(tensor) && isPlain(tensor.config) ? tensor.config : {};
  const shape = ours(config.shape, "");
  return Array.isArray(shape) && shape.every((size) => size === null || typeof size === "number") ? shape : undefined;
}

/** Known numbers: one, or an array of them; undefined for what is neither. */
export function knownOf(value: unknown, path: string): Known | undefined {
  if (tensorsIn(value).length > 0) return undefined;
  const plain = ours(value, path);
  if (typeof plain === "boolean") return plain ? 1 : 0;
  if (typeof plain === "number") return scalarOf(plain);
  const shape: number[] = [];
  for (let one = plain; Array.isArray(one); [one] = one) shape.push(one.length);
  if (shape.length === 0 || shape.includes(0)) return undefined;
  const values = (plain as unknown[]).flat(shape.length - 1).map((one) => (typeof one === "boolean" ? Number(one) : one));
  const known = values.map((one) => (typeof one === "number" ? scalarOf(one) : undefined));
  const isWhole = values.length === shape.reduce((a, b) => a * b, 1) && !known.includes(undefined);
  return isWhole ? { shape, values: known as Scalar[] } : undefined;
}

/** A number as a spec says it; what is none has no word. */
function scalarOf(value: number): Scalar | undefined {
  if (Number.isNaN(value)) return undefined;
  return Number.isFinite(value) ? value : value > 0 ? "inf" : "-inf";
}

/** A whole number, or several; undefined for anything else. */
export function wholeNumbers(value: unknown): number | readonly number[] | undefined {
  const plain = ours(value, "");
  if (Number.isSafeInteger(plain)) return plain as number;
  return Array.isArray(plain) && plain.every((one) => Number.isSafeInteger(one)) ? plain : undefined;
}

/** An axis of a tensor, counted from the batch. */
export const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** A line of tensors and known values as operands; undefined where one is neither, or none is a tensor. */
export function operands(layer: string, config: Keys, values: readonly unknown[], path: string): Made | undefined {
  const tensors = values.filter(isTensor);
  if (tensors.length === values.length) return { layer, config, tensors };
  const constants = values.map((value) => (isTensor(value) ? null : knownOf(value, path)));
  if (tensors.length === 0 || constants.includes(undefined)) return undefined;
  return { layer, config: { ...config, constants }, tensors };
}

/** A line of the operation's tensor alone. */
export function alone(given: Given, layer: string, config: Keys): Made | undefined {
  const x = given.at(0, "x") ?? given.at(undefined, "inputs") ?? given.at(undefined, "images") ?? given.at(undefined, "logits");
  return isTensor(x) ? { layer, config, tensors: [x] } : undefined;
}
