// An artifact as a live module, in memory. In: the artifact of `compile`. Out: the module's exports as an object; with
// external weights an instance made from them. Needs `new Function`: where a content security policy forbids it, import the
// emitted file instead. The artifact itself never needs it.

/** What `load` takes: an Artifact, or its code and weights. */
export interface Loadable {
  readonly code: string;
  /** With `weights: "external"`. */
  readonly weights?: Uint8Array;
}
/** The exports of every emitted module; `Module` for one with training. */
export interface Predictor {
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  /** Rows back to back: k rows in, k rows out. */
  predict(x: ArrayLike<number>, out?: Float32Array): Float32Array;
  selfTest?(): number;
}

/**
 * Runs the code of an artifact (any format) once and gives its exports. Throws TypeError when the code is no emitted
 * module, and what the module throws when the weights have another length than it wants.
 */
export function load<M extends object = Predictor>({ code, weights }: Loadable): M {
  const exported = new Function(asFunctionBody(code))() as M & { create?: (bytes: Uint8Array) => object };
  if (weights === undefined || exported.create === undefined) return exported;
  const { create, ...constants } = exported;
  return { ...constants, create, ...create(weights) } as unknown as M;
}

/** Emitted modules write all exports in one place, at the end; there a `return` takes their place. */
function asFunctionBody(code: string): string {
  const text = code.trimEnd();
  const esm = /\nexport (\{[\w$, ]*\});$/.exec(text);
  if (esm !== null) return `"use strict";${text.slice(0, esm.index)}\nreturn ${esm[1]};`;
  const cjs = /\nmodule\.exports = (\{[\w$, ]*\});$/.exec(text);
  if (cjs !== null) return `${text.slice(0, cjs.index)}\nreturn ${cjs[1]};`;
  const iife = /^var ([\w$]+) = \(\(\) => \{$/m.exec(text);
  if (iife !== null) return `${text}\nreturn ${iife[1]};`;
  throw new TypeError("load: the code is no module that layerc emitted");
}
