// A scaler in front of an input of a Graph. In: the text of a Graph, the input's name, and a line that scales. Out: the text of the same Graph over
// the scaled input.
import { internal } from "../compiler/diagnostics/error.ts";
import { parseGraph } from "../compiler/graph/parse.ts";
import { printGraph } from "../compiler/graph/print.ts";
import { copyInto, regraph } from "../compiler/graph/rebuild.ts";
import { normalization, rescaling } from "../compiler/layers/list.ts";
import type { LayerSpec } from "../compiler/model.ts";
import { begin, ops } from "../compiler/ops/index.ts";

/** The text with the line's computation behind the input. */
export function scaledGraph(text: string, input: string, { layer, config }: LayerSpec): string {
  const source = parseGraph(text, ops);
  const g = begin();
  const scaler = [normalization, rescaling].find(({ name }) => name === layer) ?? internal(`${layer} is no scaler`);
  const made = copyInto(g.builder, source, (node, inputs) => {
    if (node.op !== "input" || node.attrs.name !== input) return undefined;
    const x = g.builder.copy(node, inputs);
    return scaler.lower(g, { x, config: scaler.config.parse(config) } as never).y;
  });
  return printGraph(regraph(g.builder, source, made));
}
