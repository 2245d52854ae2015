// What the address of the playground holds, so that a link shows what its sender saw. In: the state, or what stands behind `#`, which nobody vouches
// for. Out: the other. Guarantee: what cannot be read gives nothing, and no text is larger than an editor takes.
import { deflateSync, Inflate, strFromU8, strToU8 } from "fflate";
import * as z from "zod";

/** A longer text is no list that somebody wrote. */
const longest = 200_000;

const schema = z.object({
  /** The list as it is written. */
  text: z.string().max(longest),
  /** Which rows it is trained on: an id of `datasets`. */
  data: z.string().max(40),
  /** What a narrow page shows. */
  tab: z.enum(["list", "training", "report"]).default("list"),
  /** What was chosen in the report, as its own address says it. */
  report: z.string().max(4000).default(""),
  batch: z.int().min(1).max(65536).default(32),
});

/** What a page shows. */
export type State = z.infer<typeof schema>;

/** The state as letters that an address may hold: `#` and base64url of its deflated JSON. */
export const hashOf = (state: State): string => `#${toBase64Url(deflateSync(strToU8(JSON.stringify(state)), { level: 9 }))}`;

/** The way back; undefined where there is nothing, or nothing that could be read. */
export function stateIn(hash: string): State | undefined {
  try {
    const text = inflated(fromBase64Url(hash.replace(/^#/, "")));
    return text === undefined ? undefined : schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** A few letters of an address could stand for gigabytes: whoever inflates stops in time. */
function inflated(bytes: Uint8Array): string | undefined {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const stream = new Inflate((piece) => {
    length += piece.length;
    if (length > 2 * longest) throw new RangeError("too long");
    pieces.push(piece);
  });
  for (let at = 0; at < bytes.length; at += 1024) stream.push(bytes.subarray(at, at + 1024), at + 1024 >= bytes.length);
  const all = new Uint8Array(length);
  let end = 0;
  for (const piece of pieces) {
    all.set(piece, end);
    end += piece.length;
  }
  return length === 0 ? undefined : strFromU8(all);
}

const toBase64Url = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
const fromBase64Url = (text: string): Uint8Array =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
