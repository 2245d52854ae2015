// Engines that do with an emitted module less than this one: without relaxed SIMD, without SIMD, without WebAssembly, under a
// policy that forbids it. In: an artifact and the kernels that are to compute. Out: what runs meets such an engine as its global.
import type { Loadable } from "../runtime/load.ts";
import { skipOf } from "./exemptions.ts";

/** Which kernels of a module compute. */
export type Backend = "relaxed" | "simd" | "js";

const real = globalThis.WebAssembly;
const { Module, Instance, validate } = real;

function refuse(message: string) {
  return function refused() {
    throw new Error(message);
  };
}

/** Engines on which the JavaScript kernels have to compute. */
export const refusals: Readonly<Record<string, unknown>> = {
  "no WebAssembly": undefined,
  "no SIMD": { Module: refuse("CompileError: invalid value type"), Instance, validate: () => false },
  "content security policy": {
    Module: refuse("CompileError: Wasm code generation disallowed by embedder"),
    Instance,
    validate,
  },
  "no memory": { Module, Instance: refuse("RangeError: could not allocate memory"), validate },
  "a policy that throws at once": { Module: refuse("blocked"), Instance, validate: refuse("blocked") },
};

/** An engine on which modules with the bytes inside take the plain form: they ask about the relaxed one only. */
export const withoutRelaxed = { Module, Instance, validate: () => false };

/** Runs `what` where the global WebAssembly is `engine`. */
export function on<T>(engine: unknown, what: () => T): T {
  (globalThis as { WebAssembly: unknown }).WebAssembly = engine;
  try {
    return what();
  } finally {
    globalThis.WebAssembly = real;
  }
}

/** i8x16.relaxed_swizzle, the first of relaxed SIMD, in a function of a module. */
const relaxedProbe = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0],
  ...[65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11],
);
/** Whether this engine has relaxed SIMD: Node from 22 on. */
export const relaxedRuns = !skipOf("no-relaxed-simd", !validate(relaxedProbe));

/** Whether the module has WebAssembly kernels, inside or beside it. */
export const hasSimd = ({ code, wasm }: Loadable): boolean => wasm !== undefined || code.includes("new WebAssembly.Module");

/** The kernels of an artifact that can compute here; JavaScript always can. */
export function backendsOf(artifact: Loadable): readonly Backend[] {
  if (!hasSimd(artifact)) return ["js"];
  const relaxed = artifact.wasm === undefined ? artifact.code.includes('"relaxed"') : artifact.wasmRelaxed !== undefined;
  return relaxed && relaxedRuns ? ["js", "simd", "relaxed"] : ["js", "simd"];
}

/**
 * Runs `what` with the artifact where `backend` is what computes in the modules loaded meanwhile. `variety` chooses among the
 * reasons why JavaScript has to.
 */
export function withBackend<T, A extends Loadable>(artifact: A, backend: Backend, what: (artifact: A) => T, variety = 0): T {
  if (backend === "relaxed" || !hasSimd(artifact)) return what(artifact);
  if (backend === "js") {
    const engines = Object.values(refusals);
    return on(engines[variety % engines.length], () => what(artifact));
  }
  // Beside the module there is one file for each form.
  if (artifact.wasm !== undefined) {
    const { wasmRelaxed: _, ...plain } = artifact;
    return what(plain as A);
  }
  return on(withoutRelaxed, () => what(artifact));
}
