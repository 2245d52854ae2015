// The digest in a module's header. In: text as it will be shipped. Out: the same with a hash of all the rest of it in its second line. Guarantee: any other
// byte gives another digest (24 bits, against accident, since a small module counts its bytes: whoever forges a file can forge its header, and the model itself is the proof against that).
import { hasher } from "../../base/hash.ts";
import { headOf } from "./head.ts";

/** What stands where the digest will. */
export const unsealed = "0".repeat(6);

/** Before the digest, in the second line of a header; the digest. */
const place = /^(hash \w+\.)([0-9a-f]{6}),/;

/** The digest that the header says, and that of the text; undefined where there is no such header. */
export function digests(code: string): { readonly said: string; readonly found: string; readonly at: number } | undefined {
  const head = headOf(code);
  const [, before, said] = place.exec(head?.lines[1] ?? "") ?? [];
  if (head === undefined || before === undefined) return undefined;
  const at = head.second + before.length;
  const hash = hasher();
  hash.text(code.slice(0, at));
  hash.text(code.slice(at + unsealed.length));
  return { said, found: hash.digest().slice(0, unsealed.length), at };
}

/** The text with its digest. */
export function sealed(code: string): string {
  const digest = digests(code);
  return digest === undefined ? code : code.slice(0, digest.at) + digest.found + code.slice(digest.at + unsealed.length);
}
