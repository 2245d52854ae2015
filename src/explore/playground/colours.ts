// The colours of a list. In: text that need not be whole, and stretches that are marked. Out: its lines, each as runs of letters with what they are. Guarantee:
// the runs of a line are its text, whatever it is; a pattern a kind, and no grammar: what a word means is asked elsewhere (context.ts).

/** Names of what a run is, to be classes. */
export interface Run {
  readonly text: string;
  readonly names: string;
}

/** A stretch of the text with a name, such as a fault. */
export interface Mark {
  readonly from: number;
  readonly to: number;
  readonly name: string;
}

const kinds = ["comment", "string", "keyword", "number", "key", "call"] as const;
// One group a kind, in that order; what is none of them is passed over word by word. A string that is not closed ends with its line.
const token =
  /(\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|("(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|`(?:[^`\\]|\\[\s\S])*`?)|\b(import|from|export|default|const|true|false|null)\b(?!\s*:)|\b(\d[\w.]*)|([\w$]+)(?=\s*:)|([\w$]+)(?=\s*\()|[\w$]+/g;

/** What is coloured, in order. */
function coloured(text: string): readonly Mark[] {
  const found: Mark[] = [];
  for (const match of text.matchAll(token)) {
    const kind = kinds.find((_, i) => match[i + 1] !== undefined);
    if (kind !== undefined) found.push({ from: match.index, to: match.index + match[0].length, name: kind });
  }
  return found;
}

/** The lines of a text, painted. Marks may lie over each other. */
export function painted(text: string, marks: readonly Mark[]): readonly (readonly Run[])[] {
  const pieces = coloured(text);
  const cuts = new Set([0, text.length]);
  for (const { from, to } of [...pieces, ...marks]) cuts.add(Math.min(from, text.length)).add(Math.min(to, text.length));
  const order = [...cuts].sort((a, b) => a - b);
  const lines: Run[][] = [[]];
  let piece = 0;
  for (const [i, from] of order.slice(0, -1).entries()) {
    while (piece < pieces.length && pieces[piece].to <= from) piece++;
    const kind = pieces[piece]?.from <= from ? [pieces[piece].name] : [];
    const names = [...kind, ...marks.filter((mark) => mark.from <= from && from < mark.to).map(({ name }) => name)].join(" ");
    for (const [j, part] of text
      .slice(from, order[i + 1])
      .split("\n")
      .entries()) {
      if (j > 0) lines.push([]);
      if (part !== "") lines[lines.length - 1].push({ text: part, names });
    }
  }
  return lines;
}

const pairs: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };
const isOpen = (letter: string): boolean => Object.hasOwn(pairs, letter);

/** The bracket beside a place, and the one that belongs to it; none, if there is none or they do not fit. */
export function pairAt(text: string, at: number): readonly number[] {
  const quiet = coloured(text).filter(({ name }) => name === "comment" || name === "string");
  const open: number[] = [];
  let next = 0;
  for (let i = 0; i < text.length; i++) {
    if (quiet[next]?.from === i) i = quiet[next++].to - 1;
    else if (isOpen(text[i])) open.push(i);
    else if (")]}".includes(text[i])) {
      const begin = open.pop();
      if (begin === undefined || pairs[text[begin]] !== text[i]) return [];
      if ([begin, begin + 1, i, i + 1].includes(at)) return [begin, i];
    }
  }
  return [];
}
