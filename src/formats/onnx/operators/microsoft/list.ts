// Operators of the domain com.microsoft: what onnxruntime's optimizer and quantizer write. Adding a group is one file here and one line.
import type { Operator } from "../../define.ts";
import { fused } from "./fused.ts";
import { quantized } from "./quantized.ts";
import { transformers } from "./transformers.ts";

/** Every row of com.microsoft. */
export const microsoft: readonly Operator[] = [...fused, ...transformers, ...quantized];
