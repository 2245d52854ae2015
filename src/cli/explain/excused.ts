// Codes without an example, each with the reason. In: a code. Out: a sentence. Guarantee: tests/cli/explain.test.ts holds that every code of
// the catalogue is either shown or stands here, and none in both.
import type { Code } from "../../../compiler/diagnostics/codes.ts";

/** Why a code has no example that could be typed. */
export const excused: Partial<Readonly<Record<Code, string>>> = {
  "internal/bug": "No input is meant to give it; one that does is a bug.",
  "file/endless": "A command waits for it: a pipe that never ends is no file.",
  "cli/missing": "It depends on what is installed, not on what is typed.",
  "ir/verify": "It is for an IR that a pass made; a text is stopped where it is read, as ir/parse.",
  "autodiff/not-differentiable": "Every op that layerc has today has a gradient; it is for one that has none.",
  "source/not-data": "A short one is not found yet: the key that holds such a value mostly refuses it first, by its own code.",
  "format/metadata": "The header of a .safetensors file begins with its length in bytes, which no text holds.",
  "format/hdf5": "An HDF5 file begins with a byte that no text holds.",
  "format/hdf5-unsupported": "An HDF5 file begins with a byte that no text holds.",
  "format/npy": "An array of NumPy begins with a byte that no text holds.",
  "format/archive": "A zip archive begins with bytes that no text shows.",
  "verify/header": "What is right is a module with a digest of its own text, which nobody types.",
  "verify/changed": "What is right is a module with a digest of its own text, which nobody types.",
  "verify/model": "It needs a module beside a model, and an example is one command.",
  "verify/self-test": "It is for an engine that computes wrongly.",
  "onnx/unsupported": "The message of an ONNX file begins with bytes that no text shows.",
};
