// Operators of the domain ai.onnx.ml: what converters of scikit-learn, XGBoost and LightGBM write beside those of ONNX itself. Adding a
// group is one file here and one line.
import type { Operator } from "../../define.ts";
import { columns } from "./columns.ts";
import { linear } from "./linear.ts";
import { scaling } from "./scaling.ts";
import { supportVectors } from "./support-vectors.ts";
import { trees } from "./trees.ts";

/** Every row of ai.onnx.ml. */
export const ml: readonly Operator[] = [...scaling, ...columns, ...linear, ...trees, ...supportVectors];
