// The text of a Graph as a model: inputs and results are its ports. In: text nobody vouches for. Out: a Model that holds the text, which
// is known to be a Graph; weights are not part of it. What a model may be is the compiler's to judge.
import { parseGraph } from "../../compiler/graph/parse.ts";
import { ops } from "../../compiler/ops/index.ts";
import { decode, type Format } from "./define.ts";
import { withSizes } from "./sizes.ts";

/** `graph name …`, behind white space and comments. */
export const graph: Format = {
  open: (bytes, given) => {
    const text = decode(bytes, "ir/parse");
    const { name } = parseGraph(text, ops);
    return withSizes({ name: name === "" ? "model" : name, seed: 0, layers: [], graph: text }, given);
  },
};
