// The facts of NumPy's arrays, which are rows or weights of a model and no model. In: bytes nobody vouches for. Out: their shapes and formats.
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { showShape, sizeOf } from "../../compiler/graph/graph.ts";
import { type Found, weightFacts } from "./define.ts";
import { shorten } from "./header.ts";
import { isNpy, type NpyArray, openNpy, openNpz } from "./npy.ts";
import { isZip, openZip } from "./zip.ts";

/** An archive of arrays alone; a .keras file is an archive too, and what is none is for the readers to name. */
function isArchive(bytes: Uint8Array): boolean {
  if (!isZip(bytes)) return false;
  try {
    return openZip(bytes).names.every((name) => name.endsWith(".npy"));
  } catch (error) {
    if (error instanceof CompileError) return false;
    throw error;
  }
}

/** Of an .npy or .npz file; undefined for any other. Throws CompileError format/npy. */
export function arrayFacts(bytes: Uint8Array): Found | undefined {
  if (!isNpy(bytes) && !isArchive(bytes)) return undefined;
  const arrays: readonly (readonly [string, NpyArray])[] = isNpy(bytes) ? [["array", openNpy(bytes)]] : [...openNpz(bytes)];
  const says = arrays.map(([name, { shape, type }]) => [shorten(name), `${type} ${showShape(shape)}`] as const);
  const widths = arrays.map(([, { shape, type }]) => ({
    dtype: type,
    bytes: sizeOf(shape) * Number(/\d+$/.exec(type)?.[0] ?? 0),
  }));
  const { diagnostic } = new CompileError({
    code: "format/unsupported",
    path: "",
    message: "arrays alone are no model",
    hint: 'give them as rows (--input), or as the weights of a model: sequential([…], { weights: "./weights.npz" })',
  });
  return {
    format: isNpy(bytes) ? "an array of NumPy" : "arrays of NumPy",
    facts: { says, weights: weightFacts(widths) },
    problems: [diagnostic],
  };
}
