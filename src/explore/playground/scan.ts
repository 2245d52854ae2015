// The letters of a list as tokens. In: a text. Out: one token after the other, with its place, and what was read of it. Guarantee: what JavaScript reads as
// one token is one; a letter that begins none, and a string or comment without an end, is a SyntaxFault in its place.

/** Where a text stops being JavaScript. */
export class SyntaxFault extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** A token; `isAfterLine`: a line ends before it. */
export interface Token {
  readonly kind: "name" | "number" | "string" | "sign" | "template" | "end";
  readonly start: number;
  readonly end: number;
  /** As it is written. */
  readonly text: string;
  /** A number's or string's; of a bigint nothing. */
  readonly value?: string | number;
  readonly isAfterLine: boolean;
}

const gap = /(?:\s|\uFEFF|\/\/[^\n\r\u2028\u2029]*|\/\*[\s\S]*?\*\/)+/y;
const name = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy;
const number =
  /0[xX][\da-fA-F_]+n?|0[oO][0-7_]+n?|0[bB][01_]+n?|(?:(?:0|[1-9][\d_]*)(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?n?/y;
const string = /"(?:[^"\\\n\r]|\\(?:\r\n|[\s\S]))*"|'(?:[^'\\\n\r]|\\(?:\r\n|[\s\S]))*'/y;
// The longest first.
const sign =
  />>>=|\.\.\.|===|!==|\*\*=|<<=|>>=|>>>|&&=|\|\|=|\?\?=|=>|==|!=|<=|>=|&&|\|\||\?\?|\?\.(?!\d)|\+\+|--|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|<<|>>|\*\*|[{}()[\];,<>+\-*/%&|^!~?:=.@#]/y;

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", v: "\v", 0: "\0" };
const sequence = /\\(?:u\{([\da-fA-F]+)\}|u([\da-fA-F]{4})|x([\da-fA-F]{2})|(\r\n|[\n\r\u2028\u2029])|([\s\S]))/g;

/** What stands between quotes or ticks, meant; `at` is where it begins. Throws SyntaxFault. */
export function unescaped(raw: string, at: number): string {
  return raw.replace(sequence, (_, long?: string, four?: string, two?: string, line?: string, one?: string, index = 0) => {
    if (line !== undefined) return "";
    const code = Number.parseInt(long ?? four ?? two ?? "", 16);
    const isWrong = one === undefined ? code > 0x10ffff : /[ux1-9]/.test(one) || (one === "0" && /\d/.test(raw[index + 2] ?? ""));
    if (isWrong) throw new SyntaxFault("this escape stands for nothing", at + index);
    return one === undefined ? String.fromCodePoint(code) : (escapes[one] ?? one);
  });
}

/** The token at a place, or the next one after it. */
export function tokenAt(text: string, from: number): Token {
  gap.lastIndex = from;
  const start = gap.exec(text) === null ? from : gap.lastIndex;
  const isAfterLine = /[\n\r\u2028\u2029]/.test(text.slice(from, start));
  const made = (kind: Token["kind"], end: number, value?: string | number): Token => ({
    kind,
    start,
    end,
    text: text.slice(start, end),
    isAfterLine,
    ...(value === undefined ? {} : { value }),
  });
  const reaches = (pattern: RegExp): number => {
    pattern.lastIndex = start;
    return pattern.test(text) ? pattern.lastIndex : 0;
  };
  if (start >= text.length) return made("end", start);
  if (text.startsWith("/*", start)) throw new SyntaxFault("this comment has no end", start);
  if (text[start] === "`") return made("template", start + 1);
  let end = reaches(name);
  if (end > 0) return made("name", end);
  end = reaches(number);
  if (end > 0) {
    const written = text.slice(start, end);
    name.lastIndex = end;
    if (/_(?!\w)|__|_[.en]/.test(written.replace(/^0[xX]/, "")) || name.test(text) || /\d/.test(text[end] ?? ""))
      throw new SyntaxFault(`${text.slice(start, end + 1)} is no number`, start);
    return written.endsWith("n") ? made("number", end) : made("number", end, Number(written.replaceAll("_", "")));
  }
  end = reaches(string);
  if (end > 0) return made("string", end, unescaped(text.slice(start + 1, end - 1), start + 1));
  if (/["']/.test(text[start])) throw new SyntaxFault("this string has no end", start);
  end = reaches(sign);
  if (end > 0) return made("sign", end);
  throw new SyntaxFault(`Unexpected character ${JSON.stringify(String.fromCodePoint(text.codePointAt(start) ?? 0))}`, start);
}

/** Where a regular expression ends that begins here. */
export function regexEnd(text: string, start: number): number {
  const pattern = /\/(?:[^\\/[\n\r]|\\.|\[(?:[^\]\\\n\r]|\\.)*\])+\/\w*/y;
  pattern.lastIndex = start;
  if (!pattern.test(text)) throw new SyntaxFault("this regular expression has no end", start);
  return pattern.lastIndex;
}
