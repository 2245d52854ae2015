// The kernels of a module in WebAssembly, as bytes and as the text that a report shows. In: a model and options. Out: both; no bytes where it has
// no kernels in lanes.

import type { Line } from "../../compiler/base/lines.ts";
import { compile, compileObserved } from "../../compiler/compile.ts";
import type { Model } from "../../compiler/model.ts";
import type { OptionsInput } from "../../compiler/options.ts";

/** As a file of its own the bytes lie beside the module; the text is of the same compilation. */
export function assembledText(
  model: Model,
  options: OptionsInput,
): { readonly wasmLines: readonly Line[]; readonly bytes: Uint8Array | undefined } {
  const beside: OptionsInput = { ...options, wasm: "import" };
  const { wasmLines } = compileObserved(model, beside, () => {});
  return { wasmLines, bytes: compile(model, beside).wasm };
}
