// What a key does beyond its letter. In: a text, what is selected, a key. Out: an edit, or nothing where the key does what it does anywhere. Guarantee: no
// page; a key is a row of the table. Tab is none of them: it leads on, for whoever has no mouse.

/** Letters in the place of others, and what is selected then. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
  readonly select: readonly [number, number];
}

interface Typed {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

const closing: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}", '"': '"', "'": "'" };
const step = "  ";

const lineStart = (text: string, at: number): number => text.lastIndexOf("\n", at - 1) + 1;
const indentAt = (text: string, at: number): string => /^[ \t]*/.exec(text.slice(lineStart(text, at), at))?.[0] ?? "";
const at = ({ from, to }: Typed, insert: string, caret = insert.length): Edit => ({
  from,
  to,
  insert,
  select: [from + caret, from + caret],
});

/** A bracket or quote with its other half: around what is selected, or where nothing follows that it would cling to. */
function opening(typed: Typed, open: string): Edit | undefined {
  const { text, from, to } = typed;
  const close = closing[open];
  if (from < to) return { from, to, insert: open + text.slice(from, to) + close, select: [from + 1, to + 1] };
  const isQuote = open === close;
  if (isQuote && text[from] === open) return stepped(typed, open);
  // An apostrophe within a word, or the end of a text that began before.
  if (isQuote && /[\w"']/.test(text[from - 1] ?? "")) return undefined;
  return /^[\s)\]},;]?$/.test(text[from] ?? "") ? at(typed, open + close, 1) : undefined;
}

/** Over a closing letter that stands there already; on a line with nothing else, back by a step. */
function stepped(typed: Typed, close: string): Edit | undefined {
  const { text, from, to } = typed;
  if (from < to) return undefined;
  if (text[from] === close) return { from, to, insert: "", select: [from + 1, from + 1] };
  const start = lineStart(text, from);
  const before = text.slice(start, from);
  if (before === "" || before.trim() !== "" || closing[close] !== undefined) return undefined;
  const indent = before.slice(step.length);
  return at({ text, from: start, to }, indent + close);
}

function entered(typed: Typed): Edit {
  const { text, from, to } = typed;
  const indent = indentAt(text, from);
  const [before, after] = [text.slice(lineStart(text, from), from).trimEnd(), text.slice(to)];
  if (!/[([{]$/.test(before)) return at(typed, `\n${indent}`);
  const deeper = `\n${indent}${step}`;
  return closing[before.slice(-1)] === after[0] ? at(typed, `${deeper}\n${indent}`, deeper.length) : at(typed, deeper);
}

function erased({ text, from, to }: Typed): Edit | undefined {
  const isPair = from === to && from > 0 && closing[text[from - 1]] === text[from] && text[from] !== undefined;
  return isPair ? { from: from - 1, to: from + 1, insert: "", select: [from - 1, from - 1] } : undefined;
}

/** Lines as comments, or as what they were. */
function commented({ text, from, to }: Typed): Edit {
  const [start, end] = [lineStart(text, from), to + (/\n|$/.exec(text.slice(to))?.index ?? 0)];
  const lines = text.slice(start, end).split("\n");
  const isComment = lines.every((line) => /^\s*(\/\/|$)/.test(line));
  const insert = lines
    .map((line) => (isComment ? line.replace(/^(\s*)\/\/ ?/, "$1") : line.replace(/^(\s*)(?=\S)/, "$1// ")))
    .join("\n");
  return { from: start, to: end, insert, select: [start, start + insert.length] };
}

const keys: Readonly<Record<string, (typed: Typed) => Edit | undefined>> = {
  ...Object.fromEntries(Object.keys(closing).map((open) => [open, (typed: Typed) => opening(typed, open)])),
  ...Object.fromEntries([")", "]", "}"].map((close) => [close, (typed: Typed) => stepped(typed, close)])),
  Enter: entered,
  Backspace: erased,
  "Ctrl-/": commented,
};

/** What `key` does to a text in which the letters `from` up to `to` are selected. */
export const typedAs = (key: string, typed: Typed): Edit | undefined => (Object.hasOwn(keys, key) ? keys[key](typed) : undefined);
