// The calls of a layer in functional configs of Keras 1 and 2, as Keras 3 writes them. In: `inbound_nodes`. Out: {args, kwargs}.
//
//   [[["a", 0, 0, {}], ["b", 0, 0, {}]], …]      a call takes a list of [layer, call, result, keyword arguments]
//   [["a", 0, 0, {"value": ["b", 0, 0]}], …]     or one tensor; keyword arguments may hold tensors [layer, call, result] too
//   [["_CONSTANT_VALUE", -1, 2, {}], …]          a number takes a tensor's place
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { isPlain } from "../../../compiler/diagnostics/plain.ts";
import { type Keys, quote } from "../keras/values.ts";

/** A call, as Keras 3 has it. */
export interface Call {
  readonly args: readonly unknown[];
  readonly kwargs: Keys;
}

const deepest = 32;
const constant = "_CONSTANT_VALUE";

const isTensor = (value: unknown): value is readonly [string, number, number, unknown?] =>
  Array.isArray(value) &&
  (value.length === 3 || value.length === 4) &&
  typeof value[0] === "string" &&
  Number.isSafeInteger(value[1]) &&
  (value[0] === constant || Number.isSafeInteger(value[2])) &&
  (value[3] === undefined || isPlain(value[3]));

const tensor = ([layer, call, result]: readonly [string, number, number, unknown?]): unknown =>
  layer === constant
    ? result
    : { class_name: "__keras_tensor__", config: { shape: null, dtype: "float32", keras_history: [layer, call, result] } };

/** The calls of a layer. Throws CompileError format/spec for what is none. */
export function callsOf(nodes: unknown, names: ReadonlySet<string>, path: string): readonly unknown[] {
  if (nodes === undefined || nodes === null) return [];
  if (!Array.isArray(nodes)) return wrong(path, `the calls of a layer are a list, found ${quote(nodes)}`);
  return nodes.map((node: unknown) => (isPlain(node) ? node : callOf(node, names, path)));
}

function callOf(node: unknown, names: ReadonlySet<string>, path: string): Call {
  const kwargs: Record<string, unknown> = {};
  const walk = (value: unknown, depth: number): unknown => {
    if (depth > deepest) return wrong(path, "the tensors of a call are nested too deep");
    if (isTensor(value)) {
      if (isPlain(value[3])) Object.assign(kwargs, value[3]);
      return tensor(value);
    }
    if (Array.isArray(value)) return value.map((item) => walk(item, depth + 1));
    return wrong(path, `a tensor of a call is [layer, call, result, {}], found ${quote(value)}`);
  };
  const first = walk(node, 0);
  // The outer list is that of the call; of several tensors the first argument is a list.
  const arg = Array.isArray(first) && first.length === 1 ? first[0] : first;
  return { args: [arg], kwargs: Object.fromEntries(Object.entries(kwargs).map(([key, value]) => [key, inKwargs(value, names)])) };
}

/** Tensors among the keyword arguments: lists that begin with a layer's name. */
function inKwargs(value: unknown, names: ReadonlySet<string>, depth = 0): unknown {
  if (depth > deepest || !Array.isArray(value)) return value;
  if (isTensor(value) && (names.has(value[0]) || value[0] === constant)) return tensor(value);
  return value.map((item) => inKwargs(item, names, depth + 1));
}

function wrong(path: string, message: string): never {
  throw new CompileError({ code: "format/spec", path, message });
}
