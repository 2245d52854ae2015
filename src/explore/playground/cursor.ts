// A place in a list that moves on token by token. In: a text. Out: the token that comes, and where what was read ends. Guarantee: brackets are skipped whole, each
// once, however often they lie within each other.
import { regexEnd, SyntaxFault, type Token, tokenAt, unescaped } from "./scan.ts";
import type { Place, Unknown } from "./tree.ts";

const reserved = new Set(
  "break case catch class const continue debugger default delete do else enum export extends false finally for function if import in instanceof new null return super switch this throw true try typeof var void while with yield let static await".split(" "), // biome-ignore format: one line
);
const closing: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** Reads one after the other; `token` is what comes. */
export class Cursor {
  readonly text: string;
  token: Token;
  /** Where what was read ends. */
  last = 0;
  /** Where brackets end that were skipped, by where they begin: nested ones are not skipped again and again. */
  readonly #ends = new Map<number, number>();

  constructor(text: string) {
    this.text = text;
    this.token = tokenAt(text, text.startsWith("#!") ? (/\n|$/.exec(text)?.index ?? 0) : 0);
  }

  next(): Token {
    const { token } = this;
    this.goTo(token.end);
    return token;
  }
  goTo(at: number): void {
    this.last = at;
    this.token = tokenAt(this.text, at);
  }
  /** What comes after what comes. */
  after(): Token {
    const { kind, end } = this.token;
    return kind === "end" || kind === "template" || this.token.text === "/" ? this.token : tokenAt(this.text, end);
  }
  /** Whether a sign or word comes. */
  is(text: string): boolean {
    return this.token.text === text && (this.token.kind === "sign" || this.token.kind === "name");
  }
  takes(text: string): boolean {
    const is = this.is(text);
    if (is) this.next();
    return is;
  }
  expect(text: string): void {
    if (!this.takes(text)) this.unexpected(JSON.stringify(text));
  }
  unexpected(wanted?: string): never {
    const { kind, text, start } = this.token;
    const found = kind === "end" ? "end of the text" : `token ${text}`;
    throw new SyntaxFault(`Unexpected ${found}${wanted === undefined ? "" : `, ${wanted} was expected`}`, start);
  }

  name(): { readonly name: string } & Place {
    if (this.token.kind !== "name" || reserved.has(this.token.text)) this.unexpected("a name");
    const { text, start, end } = this.next();
    return { name: text, start, end };
  }

  /** From a place on, over whole brackets, up to what ends a statement. */
  skipped(start: number, says: string): Unknown {
    while (this.token.kind !== "end") {
      const isEnd = this.is("{") || this.is(";");
      this.skip();
      if (isEnd && !/^(else|catch|finally|while)$/.test(this.token.text)) break;
    }
    return { type: "Unknown", says, start, end: this.last };
  }
  /** A token, or all up to the bracket that closes it. */
  skip(): void {
    const before = this.text.slice(Math.max(0, this.last - 8), this.last);
    // Behind a sign or one of these words a slash begins a regular expression, whose brackets are letters.
    const isRegex = this.is("/") && /(?:[([{,;=:?&|!+\-*%<>~^]|\b(?:return|typeof|case))$/.test(before);
    if (isRegex) this.goTo(regexEnd(this.text, this.token.start));
    else if (this.token.kind === "template") this.template(() => this.#inner("{"));
    else {
      const close = this.token.kind === "sign" ? closing[this.token.text] : undefined;
      if (close === undefined) this.next();
      else this.bracketed("");
    }
  }
  /** A bracket with all that is in it. */
  bracketed(says: string): Unknown {
    const { start, text } = this.token;
    const known = this.#ends.get(start);
    if (known !== undefined) {
      this.goTo(known);
      return { type: "Unknown", says, start, end: known };
    }
    this.next();
    this.#inner(text);
    this.next();
    this.#ends.set(start, this.last);
    return { type: "Unknown", says, start, end: this.last };
  }

  /** All up to the bracket that closes that one. */
  #inner(open: string): void {
    while (!this.is(closing[open])) {
      const isOther = this.token.kind === "sign" && /^[)\]}]$/.test(this.token.text);
      if (isOther || this.token.kind === "end") this.unexpected(JSON.stringify(closing[open]));
      this.skip();
    }
  }

  /** A template: its texts; `part` reads what stands between braces. */
  template(part: () => void): readonly string[] {
    const { start } = this.token;
    const texts: string[] = [];
    let at = start + 1;
    for (;;) {
      const piece = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*/y;
      piece.lastIndex = at;
      const raw = piece.exec(this.text)?.[0] ?? "";
      texts.push(unescaped(raw.replace(/\r\n?/g, "\n"), at));
      at += raw.length;
      if (this.text[at] === "`") break;
      if (at >= this.text.length) throw new SyntaxFault("this template has no end", start);
      this.goTo(at + 2);
      part();
      if (!this.is("}")) this.unexpected('"}"');
      at = this.token.end;
    }
    this.goTo(at + 1);
    return texts;
  }
}
