// Operations of TensorFlow between layers, which Keras 2 saved as layers (TFOpLambda, TensorFlowOpLayer): those that a layer does as well.
// In: the layer with its calls. Out: the layer that does the same, with calls of its own; undefined where it is no operation. Others are
// refused by name.
import type { Keys } from "../keras/values.ts";
import { unsupported } from "../keras/values.ts";
import type { Item } from "./item.ts";

/** The layer that does what an operation does, or undefined for what it is not. */
export function operationOf(item: Item, _nodes: readonly unknown[], path: string): Keys | undefined {
  if (!["TFOpLambda", "TensorFlowOpLayer", "SlicingOpLambda", "ClassMethod", "InstanceMethod"].includes(item.class_name))
    return undefined;
  return unsupported(
    path,
    `layerc does not have TensorFlow's operations between layers, found ${String(item.config.function ?? item.config.name)}`,
    "say it with a layer, and save the model again",
  );
}
