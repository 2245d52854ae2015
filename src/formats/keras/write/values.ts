// Configs of ours in Keras' terms: the way back of `../values.ts`. In: a line's config, checked, with every default in it. Out: keys in
// snake_case; what stands for another thing (a layer, an initializer, an activation) as a tool of Keras' family writes it, which a table
// of that tool says.
import { camelCase } from "../../../../compiler/diagnostics/check.ts";
import { isPlain } from "../../../../compiler/diagnostics/plain.ts";
import { snakeCase } from "../../../../compiler/front/lines.ts";
import type { AnyLayer } from "../../../../compiler/layers/define.ts";
import type { LayerSpec } from "../../../../compiler/model.ts";
import type { Keys } from "../values.ts";

/** What of training stands in a config as an object of its own, by the end of its key. */
export type Kind = "initializers" | "regularizers" | "constraints";
const kinds: readonly (readonly [ending: string, kind: Kind])[] = [
  ["Initializer", "initializers"],
  ["Regularizer", "regularizers"],
  ["Constraint", "constraints"],
];

/** How a tool writes what has a class of its own. */
export interface Values {
  /** An initializer, regularizer or constraint; undefined where the tool has none such. */
  readonly named: (kind: Kind, className: string, config: Keys) => unknown;
  /** An activation by our name, in snake_case; throws where the tool has none such. */
  readonly activation: (name: string, key: string) => unknown;
}

/** How a layer within another is written; `role`: the key that it stands under, in snake_case. */
export type Inner = (spec: LayerSpec, role: string, index: number) => Keys;

const isLayer = (value: unknown): value is LayerSpec =>
  isPlain(value) && typeof value.layer === "string" && isPlain(value.config);

/** Keras' keys of a line: all but what it says at a call. */
export function keysOf(layer: AnyLayer, config: object, values: Values, inner: Inner): Keys {
  const atCall = new Set([...Object.keys(layer.perCall ?? {}), "takes"]);
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key, value]) => value !== undefined && !atCall.has(key))
      .flatMap(([key, value]) => {
        const made = written(key, value, values, inner);
        return made === undefined ? [] : [[snakeCase(key), made] as const];
      }),
  );
}

function written(key: string, value: unknown, values: Values, inner: Inner): unknown {
  const role = snakeCase(key);
  if (/activation$/i.test(key)) return values.activation(snakeCase(typeof value === "string" ? value : "linear"), key);
  const kind = kinds.find(([ending]) => key.endsWith(ending))?.[1];
  if (kind !== undefined) return value === null ? null : classed(kind, value as string | { readonly name: string }, values);
  // Keras' own default, which others take for something else.
  if (key === "dataFormat" && value === null) return "channels_last";
  if (isLayer(value)) return inner(value, role, 0);
  if (Array.isArray(value) && value.length > 0 && value.every(isLayer)) return value.map((spec, i) => inner(spec, role, i));
  return value;
}

/** `"glorot_uniform"` or `{ name: "l1l2", l1: 0.01 }` as a class with its config. */
function classed(kind: Kind, spec: string | { readonly name: string }, values: Values): unknown {
  const { name, ...config } = typeof spec === "string" ? { name: spec } : spec;
  const keys = Object.fromEntries(Object.entries(config).map(([key, value]) => [snakeCase(key), value]));
  return values.named(kind, classNameOf(name), keys);
}

/** Keras' class of a name: glorot_uniform is GlorotUniform. */
function classNameOf(name: string): string {
  const camel = camelCase(name);
  return special.get(camel.toLowerCase()) ?? camel[0].toUpperCase() + camel.slice(1);
}
const special: ReadonlyMap<string, string> = new Map([
  ["l1l2", "L1L2"],
  ["stft", "STFT"],
  ["orthogonalregularizer", "OrthogonalRegularizer"],
]);
