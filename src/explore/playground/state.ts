// What the address of the playground holds, so that a link shows what its sender saw. In: the state, or what stands behind `#`, which nobody vouches
// for. Out: the other. Guarantee: what cannot be read gives nothing, and no text is larger than an editor takes.
import { deflateSync, Inflate, strFromU8, strToU8 } from "fflate";

/** A longer text is no list that somebody wrote. */
export const longest = 200_000;

/** What a page shows. */
export interface State {
  /** The list as it is written. */
  readonly text: string;
  /** Which rows it is trained on: an id of `datasets`. */
  readonly data: string;
  /** What a narrow page shows. */
  readonly tab: "list" | "training" | "report";
  /** What was chosen in the report, as its own address says it. */
  readonly report: string;
  readonly batch: number;
}

const isText = (most: number) => (value: unknown) => typeof value === "string" && value.length <= most;
/** By field: what it may be, and what it is in an address that has none; no schema, whose compiler a strict page forbids. */
const fields: { readonly [K in keyof State]: { readonly is: (value: unknown) => boolean; readonly otherwise?: State[K] } } = {
  text: { is: isText(longest) },
  data: { is: isText(40) },
  tab: { is: (value) => ["list", "training", "report"].includes(value as string), otherwise: "list" },
  report: { is: isText(4000), otherwise: "" },
  batch: { is: (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65536, otherwise: 32 },
};

function checked(given: unknown): State | undefined {
  if (typeof given !== "object" || given === null) return undefined;
  const made = Object.entries(fields).map(([key, { is, otherwise }]) => {
    const value = Object.hasOwn(given, key) ? (given as Record<string, unknown>)[key] : otherwise;
    return is(value) ? ([key, value] as const) : undefined;
  });
  return made.includes(undefined) ? undefined : (Object.fromEntries(made as (readonly [string, unknown])[]) as unknown as State);
}

/** The state as letters that an address may hold: `#` and base64url of its deflated JSON. */
export const hashOf = (state: State): string => `#${toBase64Url(deflateSync(strToU8(JSON.stringify(state)), { level: 9 }))}`;

/** The way back; undefined where there is nothing, or nothing that could be read. */
export function stateIn(hash: string): State | undefined {
  try {
    const text = inflated(fromBase64Url(hash.replace(/^#/, "")));
    return text === undefined ? undefined : checked(JSON.parse(text));
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
