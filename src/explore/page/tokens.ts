// Words of a line, for colours. In: a line of a stage's text. Out: its parts, each with the letter of its kind. Guarantee: the parts put
// together are the line; what is not known has no kind, so a text may say anything.
import type { Pane } from "../report.ts";

/** c comment, s string, n number, k keyword, f what is called, v a value's name. */
export type Token = readonly [kind: "" | "c" | "s" | "n" | "k" | "f" | "v", text: string];

interface Language {
  readonly comment: string;
  readonly keywords: string;
}

const stages: Language = {
  comment: "#",
  keywords:
    "graph results updates plan region buffers arena in place of alive at input output param state const constant schedule nests for program " +
    "kernel nest map reduce fold from store by where buffer entry rows out call end let set over of lanes strips partial sums hold step",
};
const languages: { readonly [S in Pane["stage"]]: Language } = {
  list: {
    comment: "//",
    keywords: "import from export default const sequential model true false null",
  },
  graph: stages,
  plan: stages,
  nests: stages,
  schedule: stages,
  program: stages,
  javascript: {
    comment: "//",
    keywords:
      "const let function return if else for of in while do new throw typeof instanceof export import undefined null true false class break continue",
  },
  webassembly: {
    comment: ";;",
    keywords: "module func param result local export import memory block loop if then else end br br_if return type global data",
  },
};

const patterns = new Map<Pane["stage"], { readonly pattern: RegExp; readonly keywords: ReadonlySet<string> }>();

function patternOf(stage: Pane["stage"]) {
  const known = patterns.get(stage);
  if (known !== undefined) return known;
  const { comment, keywords } = languages[stage];
  const made = {
    // What goes on for so long is the base64 of a weight, whose row begins within its literal.
    pattern: new RegExp(
      `(${comment}.*)|("(?:[^"\\\\]|\\\\.)*"?|'(?:[^'\\\\]|\\\\.)*'?|[\\w+/]{80,}=*)|([$%][\\w./-]+)|(\\b(?:0x[\\da-f]+|\\d[\\d.]*(?:[eE][+-]?\\d+)?\\w*))|([A-Za-z_][\\w.]*)(?=(\\s*\\()?)`,
      "g",
    ),
    keywords: new Set(keywords.split(" ")),
  };
  patterns.set(stage, made);
  return made;
}

/** The parts of a line of that stage. */
export function tokens(stage: Pane["stage"], line: string): readonly Token[] {
  const { pattern, keywords } = patternOf(stage);
  const found: Token[] = [];
  let end = 0;
  for (const match of line.matchAll(pattern)) {
    const [text, comment, string, value, number, , called] = match;
    if (match.index > end) found.push(["", line.slice(end, match.index)]);
    const name = called === undefined || stage === "webassembly" ? "" : "f";
    const word = keywords.has(text) ? "k" : name;
    found.push([comment ? "c" : string ? "s" : value ? "v" : number ? "n" : word, text]);
    end = match.index + text.length;
  }
  if (end < line.length) found.push(["", line.slice(end)]);
  return found;
}
