// TensorFlow.js models: `model.json` and the shards of its weights beside it. In: bytes nobody vouches for. Out: a Model, or a CompileError
// that names what is wrong or missing. Every file is data: nothing of it is ever run.
//
//   layers-model   {format?, modelTopology: a Keras config, or {model_config: one}, weightsManifest}
//   graph-model    {format: "graph-model", modelTopology: {node: […]}, weightsManifest, signature?}
//
// https://github.com/tensorflow/tfjs/blob/master/tfjs-core/src/io/types.ts
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { isPlain } from "../../../compiler/diagnostics/plain.ts";
import type { Model } from "../../../compiler/model.ts";
import { decode, type Format, type Given, textStart } from "../define.ts";
import { parseJson } from "../json.ts";
import { tfjsFacts } from "./facts.ts";
import { readGraph } from "./graph/index.ts";
import { readLayers } from "./layers.ts";
import { readManifest } from "./manifest.ts";

/** Models that TensorFlow.js saved or that were converted for it. */
export const tfjs: Format = {
  open: openTfjs,
  facts: (bytes, given) => {
    const file = parseJson(decode(bytes.subarray(textStart(bytes))), "format/json");
    return isPlain(file) ? tfjsFacts(file, given) : { says: [] };
  },
};

function openTfjs(bytes: Uint8Array, given: Given): Model {
  const text = decode(bytes.subarray(textStart(bytes)));
  const file = parseJson(text, "format/json");
  if (!isPlain(file) || !isPlain(file.modelTopology)) {
    const message = "a model of TensorFlow.js has a modelTopology, which is an object";
    throw new CompileError({ code: "format/spec", path: "modelTopology", message });
  }
  const tensors = readManifest(file.weightsManifest, given);
  const { modelTopology: topology, userDefinedMetadata: own } = file;
  const signature = file.signature ?? (isPlain(own) ? own.signature : undefined);
  if (file.format === "graph-model" || Array.isArray(topology.node)) return readGraph(topology, signature, tensors, given);
  return readLayers(topology, tensors, given, file.trainingConfig);
}
