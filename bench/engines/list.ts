// THE list of engines: the baseline first, then the peers in the order of the report.
import { brainFunction, brainRun } from "./brain.ts";
import type { Engine } from "./define.ts";
import { jaxWasm } from "./jax.ts";
import { layerc, layercDirect, layercFiles } from "./layerc.ts";
import { onnxruntimeNode, onnxruntimeWeb } from "./onnxruntime.ts";
import { pytorch, pytorchTraced } from "./pytorch.ts";
import { tfjsCpu, tfjsWasm } from "./tfjs.ts";

export const engines: readonly Engine[] = [
  layerc("layerc", "the default build, `out` given", {}),
  layerc("layerc js", "target js, `out` given", { target: "js" }),
  layerc("layerc simd", "target simd, `out` given", { target: "simd" }),
  layercDirect,
  layercFiles("layerc, weights in a file", "weights external, read from the .bin"),
  onnxruntimeWeb,
  onnxruntimeNode,
  tfjsWasm,
  tfjsCpu,
  brainRun,
  brainFunction,
  jaxWasm,
  pytorch,
  pytorchTraced,
];

export const engineNamed = (name: string): Engine => {
  const found = engines.find((engine) => engine.name === name);
  if (found === undefined) throw new Error(`no engine is named ${name}; there are ${engines.map((one) => one.name).join(", ")}`);
  return found;
};
