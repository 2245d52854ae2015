// What is asked for at a place of a list that is being written: a key of which config, a value of which key, a name. In: text that need not be whole,
// and a place in it. Out: the question, and the answers that the words have. Guarantee: what stands behind the place counts for nothing, so that a
// list may end anywhere; no text throws.
import { type Keys, specOf, valuesOf, type Words } from "./words.ts";

/** Whose keys stand between two braces. */
export type Owner =
  | { readonly factory: string }
  | { readonly training: true }
  | { readonly spec: string; readonly name?: string }
  | undefined;

/** The question; `from` is where the word that is being written begins. */
export type Asked = { readonly from: number; readonly word: string } & (
  | { readonly kind: "name" }
  | { readonly kind: "key"; readonly owner: Owner; readonly have: readonly string[] }
  | { readonly kind: "value"; readonly owner: Owner; readonly key: string; readonly isQuoted: boolean }
);

/** An open bracket: what stands before it, and how far one has come inside. */
interface Frame {
  readonly open: string;
  readonly callee: string;
  readonly owner: Owner;
  /** The key whose value is being written; empty before a colon. */
  key: string;
  readonly have: string[];
  /** What `name` is. */
  name?: string;
}

// A string that is not closed ends with its line.
const token = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|(["'])((?:[^\\\n]|\\.)*?)(?:\1|(?=\n)|$)|`[^`]*(?:`|$)|[\w$.]+|[^\s\w]/g;

/** What is asked for at `at`; undefined within a comment or a template. */
export function askedAt(text: string, at: number, words: Words): Asked | undefined {
  const frames: Frame[] = [{ open: "", callee: "", owner: undefined, key: "", have: [] }];
  let before = "";
  for (const match of text.slice(0, at).matchAll(token)) {
    const [whole, quote, quoted] = match;
    const top = frames[frames.length - 1];
    const end = match.index + whole.length;
    const isOpen = end === at && quote !== undefined && (whole.length < 2 || !whole.endsWith(quote));
    if (/^(\/\/|\/\*|`)/.test(whole)) {
      const isClosed = whole.startsWith("/*") ? whole.endsWith("*/") : whole.length > 1 && whole.endsWith("`");
      if (end === at && !isClosed) return undefined;
      continue;
    }
    if (isOpen) return asked(frames, match.index + 1, quoted, true);
    if (end === at && /^[\w$.]/.test(whole)) return asked(frames, match.index, whole, false);
    if (/^[([{]/.test(whole)) frames.push(opened(frames, whole, before, words));
    else if (/^[)\]}]/.test(whole)) {
      if (frames.length > 1) frames.pop();
    } else if (top.open === "{" && whole === ":" && top.key === "") {
      top.key = before;
      top.have.push(before);
    } else if (top.open === "{" && whole === ",") top.key = "";
    else if (top.key === "name" && quote !== undefined) top.name = quoted;
    before = quote === undefined ? whole : quoted;
  }
  return asked(frames, at, "", false);
}

function opened(frames: readonly Frame[], open: string, before: string, words: Words): Frame {
  const top = frames[frames.length - 1];
  const callee = open === "(" ? (before.split(".").at(-1) as string) : "";
  return { open, callee, owner: ownerOf(frames, top, words), key: "", have: [] };
}

/** Whose a brace in the innermost frame is. */
function ownerOf(frames: readonly Frame[], top: Frame, words: Words): Owner {
  if (top.open === "(") return Object.hasOwn(words.factories, top.callee) ? { factory: top.callee } : undefined;
  // A list is as the key that it is the value of.
  const holder = top.open === "[" ? frames[frames.length - 2] : top;
  if (holder === undefined || holder.open !== "{") return undefined;
  if (holder.key === "training") return { training: true };
  const spec = specOf(holder.key, words.specs);
  return spec === undefined ? undefined : { spec };
}

function asked(frames: readonly Frame[], from: number, word: string, isQuoted: boolean): Asked | undefined {
  const top = frames[frames.length - 1];
  const holder = top.open === "[" ? frames[frames.length - 2] : top;
  const own = (frame: Frame): Owner =>
    frame.owner !== undefined && "spec" in frame.owner && frame.name !== undefined
      ? { ...frame.owner, name: frame.name }
      : frame.owner;
  if (top.open === "{" && top.key === "") return { kind: "key", from, word, owner: own(top), have: top.have };
  if (holder?.open === "{" && holder.key !== "")
    return { kind: "value", from, word, owner: own(holder), key: holder.key, isQuoted };
  return isQuoted ? undefined : { kind: "name", from, word };
}

/** The keys of an owner; none where nothing is known of it. */
export function keysOf(owner: Owner, { factories, training, specs }: Words): Keys {
  if (owner === undefined) return {};
  if ("training" in owner) return training;
  if ("factory" in owner) return factories[owner.factory]?.keys ?? {};
  const { names } = specs[owner.spec];
  const name: Keys = { name: ["string", `Which ${owner.spec}.`] };
  return { ...name, ...(owner.name !== undefined && Object.hasOwn(names, owner.name) ? names[owner.name] : {}) };
}

/** An answer: what is put in, and what is shown beside it. */
export interface Answer {
  readonly label: string;
  readonly insert: string;
  readonly kind: "key" | "value" | "factory";
  readonly type: string;
  readonly says: string;
}

/** Everything that may stand at the place. */
export function answersTo(question: Asked, words: Words): readonly Answer[] {
  if (question.kind === "name")
    return Object.entries(words.factories).map(([label, { says }]) => ({
      label,
      insert: label,
      kind: "factory",
      type: "",
      says,
    }));
  const keys = keysOf(question.owner, words);
  if (question.kind === "key")
    return Object.entries(keys).flatMap(([label, [type, says]]) =>
      question.have.includes(label) ? [] : [{ label, insert: `${label}: `, kind: "key" as const, type, says }],
    );
  const { key, owner, isQuoted } = question;
  const type = Object.hasOwn(keys, key) ? keys[key][0] : "";
  const found =
    key === "name" && owner !== undefined && "spec" in owner
      ? Object.keys(words.specs[owner.spec].names)
      : valuesOf(key, type, words);
  const values = found.map((label): Answer => {
    const isWord = !/^(true|false)$/.test(label);
    return { label, insert: isWord && !isQuoted ? JSON.stringify(label) : label, kind: "value", type: "", says: "" };
  });
  // A layer within a layer: `bidirectional({ layer: gru({ … }) })`.
  const isLayer = !isQuoted && /^(layer|layers|cell|cells|forwardLayer|backwardLayer)$/.test(key);
  return isLayer ? [...values, ...answersTo({ kind: "name", from: 0, word: "" }, words)] : values;
}

/** What a word is, for whoever points at it: `from` up to `to`. */
export function saidOf(
  text: string,
  from: number,
  to: number,
  words: Words,
): { readonly title: string; readonly says: string } | undefined {
  const word = text.slice(from, to);
  const question = askedAt(text, to, words);
  if (question === undefined) return undefined;
  if (question.kind === "key") {
    const keys = keysOf(question.owner, words);
    if (!Object.hasOwn(keys, word)) return undefined;
    const [type, says] = keys[word];
    return { title: type === "" ? word : `${word}: ${type}`, says };
  }
  if (question.kind === "value" && question.isQuoted) return undefined;
  const name = word.split(".").at(-1) as string;
  return Object.hasOwn(words.factories, name) ? { title: name, says: words.factories[name].says } : undefined;
}
