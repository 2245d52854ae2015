// The facts of a .safetensors file. In: its bytes. Out: its metadata and tensors, of any format, as the header has them.
import { decode, type Facts, weightFacts } from "./define.ts";
import { parseHeader, shorten } from "./header.ts";

/** What the header says. Throws CompileError format/header. */
export function safetensorsFacts(bytes: Uint8Array): Facts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // A length that the file does not cover is the reader's to name.
  const length = bytes.length < 8 ? 0 : Math.min(Number(view.getBigUint64(0, true)), bytes.length - 8);
  const { metadata, entries } = parseHeader(decode(bytes.subarray(8, 8 + length)));
  const tensors = [...entries.values()].map(({ dtype, offsets: [from, to] }) => ({ dtype, bytes: to - from }));
  // The model itself would be a page.
  const says = [...metadata].map(
    ([key, text]) => [shorten(key), key === "layerc" ? "a model of layerc" : shorten(text)] as const,
  );
  return { says, weights: weightFacts(tensors) };
}
