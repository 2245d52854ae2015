// The text of a Graph as a model: inputs and results are its ports. In: text nobody vouches for. Out: a Model that holds the text, which
// is known to be a Graph; weights are not part of it. What a model may be is the compiler's to judge.
import { parseGraph } from "../../compiler/graph/parse.ts";
import { ops } from "../../compiler/ops/index.ts";
import { decode, type Format, textStart } from "./define.ts";
import { withSizes } from "./sizes.ts";

/** `graph name …`, behind white space and comments. */
export const graph: Format = {
  name: "the text of a Graph",
  sniff: (head, fileName) => fileName.endsWith(".graph") || startsLikeGraph(head),
  open: (bytes, given) => {
    const text = decode(bytes, "ir/parse");
    const { name } = parseGraph(text, ops);
    return withSizes({ name: name === "" ? "model" : name, seed: 0, layers: [], graph: text }, given);
  },
};

const word: readonly number[] = [...new TextEncoder().encode("graph")];

function startsLikeGraph(bytes: Uint8Array): boolean {
  let at = textStart(bytes);
  while (bytes[at] === 0x23) {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) return false;
    at = textStart(bytes, end);
  }
  // Behind it white space, a quote or a comment: a letter would make it another word.
  const next = bytes[at + word.length];
  return word.every((byte, i) => bytes[at + i] === byte) && (next === undefined || next <= 0x23);
}
