// The digest in a module's header. In: text as it will be shipped. Out: the same with a hash of all the rest of it in its second line. Guarantee: any other
// byte gives another digest (24 bits, against accident, since a small module counts its bytes: whoever forges a file can forge its header, and the model itself is the proof against that).
import { hasher } from "../../base/hash.ts";

/** What stands where the digest will. */
export const unsealed = "0".repeat(6);

const header = /^((?:#![^\n]*\n)?\/\/ Model [^\n]*\n\/\/ hash \w+\.)([0-9a-f]{6})(?=,)/;

/** The digest that the header says, and that of the text; undefined where there is no such header. */
export function digests(code: string): { readonly said: string; readonly found: string } | undefined {
  const head = header.exec(code);
  if (head === null) return undefined;
  const hash = hasher();
  hash.text(head[1]);
  hash.text(code.slice(head[0].length));
  return { said: head[2], found: hash.digest().slice(0, unsealed.length) };
}

/** The text with its digest. */
export function sealed(code: string): string {
  const found = digests(code)?.found;
  return found === undefined ? code : code.replace(header, (_, before: string) => before + found);
}
