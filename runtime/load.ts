// An artifact as a live module, in memory. In: the artifact of `compile`. Out: the module's exports as an object; with
// external weights or WebAssembly an instance made from them. Needs `new Function`: where a content security policy forbids it, import the
// emitted file instead. The artifact itself never needs it.

import type { PortRows, RowsLike } from "./trainable.ts";

/** What `load` takes: an Artifact, or its code and what its `create` wants. */
export interface Loadable {
  readonly code: string;
  /** With `weights: "external"`. */
  readonly weights?: Uint8Array;
  /** With `wasm: "import"`. */
  readonly wasm?: Uint8Array;
  readonly wasmRelaxed?: Uint8Array;
}
/** The exports of every emitted module with one input and one output; `Trainable` and others for `load<…>` of the rest. */
export interface Predictor {
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly outputs: Readonly<Record<string, readonly number[]>>;
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  /** k rows in, back to back or nested; k rows out, back to back. */
  predict(x: RowsLike, out?: Float32Array): Float32Array;
  selfTest?(): number;
  /** What computes, in a module that has WebAssembly kernels. */
  readonly backend?: "relaxed" | "simd" | "js";
}

/** The same of a module with several inputs or outputs: rows by name in, arrays by name out where there are several. */
export interface PortPredictor {
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly outputs: Readonly<Record<string, readonly number[]>>;
  predict(x: PortRows, out?: object): Float32Array | Readonly<Record<string, Float32Array>>;
  selfTest?(): number;
  readonly backend?: "relaxed" | "simd" | "js";
}

/**
 * Runs the code of an artifact (any format) once and gives its exports. Throws TypeError when the code is no emitted
 * module, and what the module throws when the weights have another length than it wants.
 */
export function load<M extends object = Predictor>({ code, weights, wasm, wasmRelaxed }: Loadable): M {
  // Text that layerc emitted has been judged and takes little from outside; whoever gives other text runs that.
  const exported = new Function(asFunctionBody(code))() as M & { create?: (...given: unknown[]) => object };
  if (exported.create === undefined || (weights === undefined && wasm === undefined)) return exported;
  const { create, ...constants } = exported;
  const given = [
    ...(weights === undefined ? [] : [weights]),
    ...(wasm === undefined ? [] : [compiled(wasmRelaxed === undefined ? [wasm] : [wasmRelaxed, wasm])]),
  ];
  return { ...constants, create, ...create(...given) } as unknown as M;
}

/** The first form that the engine accepts; undefined where it accepts none, and the module's JavaScript computes. */
function compiled(forms: readonly Uint8Array[]): WebAssembly.Module | undefined {
  if (typeof WebAssembly !== "object") return undefined;
  try {
    const accepted = forms.map((bytes) => new Uint8Array(bytes)).find((bytes) => WebAssembly.validate(bytes));
    return accepted === undefined ? undefined : new WebAssembly.Module(accepted);
  } catch {
    return undefined;
  }
}

/** Emitted modules write all exports in one place, at the end; there a `return` takes their place. */
function asFunctionBody(code: string): string {
  const text = code.trimEnd();
  const esm = /\nexport (\{[\w$, ]*\});$/.exec(text);
  if (esm !== null) return `"use strict";${text.slice(0, esm.index)}\nreturn ${esm[1]};`;
  const cjs = /\nmodule\.exports = (\{[\w$, :]*\});$/.exec(text);
  if (cjs !== null) return `${text.slice(0, cjs.index)}\nreturn ${cjs[1]};`;
  const iife = /^var ([\w$]+) = \((?:\(\) =>|function \(\)) \{$/m.exec(text);
  if (iife !== null) return `${text}\nreturn ${iife[1]};`;
  throw new TypeError("load: the code is no module that layerc emitted");
}
