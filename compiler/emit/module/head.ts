// Where the comment on top of a text stands, in the comments of its language. In: a text. Out: its lines without what makes them a comment, and where
// they are. Guarantee: what is no header of ours is undefined, and a text is walked once, whatever stands in it.
import type { Code } from "../code.ts";

/** How lines are a comment: what opens the first, what each other begins with, what ends the last. */
export interface Comment {
  readonly open: string;
  readonly line: string;
  readonly close: string;
}

/** THE table of comments that a header may be written in. */
export const comments = {
  js: { open: "// ", line: "// ", close: "" },
  sql: { open: "-- ", line: "-- ", close: "" },
  xml: { open: "<!-- ", line: "", close: " -->" },
} as const satisfies Readonly<Record<string, Comment>>;

/** A header where it stands. */
export interface Head {
  readonly comment: Comment;
  readonly lines: readonly string[];
  /** Of the second line, behind what makes it a comment; and of what stands behind the whole. */
  readonly second: number;
  readonly end: number;
}

/** The header, as the compiler makes it for a module, in other comments, with lines of the dialect's own. */
export function commentOf(head: Code, { open, line, close }: Comment, more: readonly string[] = []): string {
  const lines = [...head.text.replaceAll(/^\/\/ /gm, "").split("\n"), ...more];
  // Two dashes would end a comment of XML.
  const safe = close === "" ? lines : lines.map((text) => text.replaceAll("--", "- -"));
  return open + safe.join(`\n${line}`) + close;
}

/** The header that a text begins with, behind a line for whoever starts it. */
export function headOf(text: string): Head | undefined {
  let at = text.startsWith("#!") ? text.indexOf("\n") + 1 : 0;
  const comment = Object.values(comments).find(({ open }) => text.startsWith(`${open}Model "`, at));
  if (comment === undefined) return undefined;
  const { open, line, close } = comment;
  const lines: string[] = [];
  let second = 0;
  for (let before: string = open; text.startsWith(before, at); before = line) {
    const stop = text.indexOf("\n", at);
    if (stop < 0) break;
    if (lines.length === 1) second = at + before.length;
    const said = text.slice(at + before.length, stop);
    const isLast = close !== "" && said.endsWith(close);
    lines.push(isLast ? said.slice(0, -close.length) : said);
    at = stop + 1;
    if (isLast) break;
  }
  return lines.length < 2 ? undefined : { comment, lines, second, end: at };
}
