// Reading Program text, the lexical half: lines with their indentation, split into tokens. In: text. Out: a cursor over
// lines and tokens. Every failure is an `ir/parse` that names line and column, says what was needed and what was found.
import { CompileError } from "../../diagnostics/error.ts";

export interface Token {
  readonly kind: "name" | "quoted" | "number" | "shared" | "sign" | "end";
  /** Of a quoted name: without the quotes. */
  readonly text: string;
  readonly column: number;
}

export interface Line {
  readonly number: number;
  readonly depth: number;
  readonly text: string;
  readonly tokens: readonly Token[];
}

const patterns: readonly (readonly [Token["kind"], RegExp])[] = [
  ["name", /[A-Za-z_][A-Za-z0-9_.]*/y],
  ["quoted", /"(?:[^"\\]|\\.)*"/y],
  ["number", /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y],
  ["shared", /%\d+/y],
  ["sign", /\.\.|==|[-+*/<&()[\],:=@]/y],
];

function fail(line: Line | undefined, column: number, message: string): never {
  const where = line === undefined ? "after the last line" : `line ${line.number}, column ${column}`;
  const notes = line === undefined ? [] : [line.text, `${" ".repeat(column - 1)}^`];
  throw new CompileError({ code: "ir/parse", path: "", message: `${where}: ${message}`, notes });
}

/** The tokens of one line; `#` starts a comment. */
function readLine(text: string, number: number): Line {
  const indent = text.length - text.trimStart().length;
  const line = { number, text, depth: indent / 2, tokens: [] as Token[] };
  let at = indent;
  while (at < text.length && text[at] !== "#") {
    if (text[at] === " ") {
      at++;
      continue;
    }
    const token = readToken(line, text, at);
    line.tokens.push(token.token);
    at = token.next;
  }
  if (line.tokens.length > 0 && !Number.isInteger(line.depth))
    fail(line, indent + 1, `indentation goes by two spaces, found ${indent}`);
  return line;
}

function readToken(line: Line, text: string, at: number): { token: Token; next: number } {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found === undefined) continue;
    return {
      token: { kind, text: kind === "quoted" ? unquote(line, found, at) : found, column: at + 1 },
      next: at + found.length,
    };
  }
  return fail(line, at + 1, `no token starts with ${JSON.stringify(text[at])}`);
}

function unquote(line: Line, quoted: string, at: number): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return fail(line, at + 1, `${quoted} is no JSON string`);
  }
}

/** A position in the text: a line, and a token of it. */
export class Cursor {
  readonly #lines: readonly Line[];
  #line = 0;
  #token = 0;

  constructor(text: string | readonly Line[]) {
    this.#lines =
      typeof text !== "string"
        ? text
        : text
            .split("\n")
            .map((line, i) => readLine(line, i + 1))
            .filter(({ tokens }) => tokens.length > 0);
  }

  /** Another cursor at the start of the same line. */
  copy(): Cursor {
    return new Cursor(this.#lines.slice(this.#line));
  }

  /** To the start of the next line, whatever stands here. */
  skipLine(): void {
    this.#line++;
    this.#token = 0;
  }

  /** The current line; undefined after the last. */
  get line(): Line | undefined {
    return this.#lines[this.#line];
  }

  /** The token under the cursor; at the end of a line a token of kind `end`. */
  get token(): Token {
    const line = this.line;
    return line?.tokens[this.#token] ?? { kind: "end", text: "", column: (line?.text.length ?? 0) + 1 };
  }

  /** True where the line stands at `depth` and starts with `word`. */
  starts(depth: number, word: string): boolean {
    return this.line?.depth === depth && this.#token === 0 && this.token.kind === "name" && this.token.text === word;
  }

  next(): Token {
    const { token } = this;
    this.#token++;
    return token;
  }

  /** True, and one token further, where the current token is this sign or word. */
  skip(text: string): boolean {
    const { kind, text: found } = this.token;
    if (found !== text || (kind !== "sign" && kind !== "name")) return false;
    this.#token++;
    return true;
  }

  /** Skips a sign or word, or fails. */
  expect(text: string): void {
    if (!this.skip(text)) this.fail(`needed ${JSON.stringify(text)}, found ${this.found()}`);
  }

  /** A name, quoted or not; `what` says in the error what was wanted. */
  name(what: string): string {
    if (this.token.kind !== "name" && this.token.kind !== "quoted") this.fail(`needed ${what}, found ${this.found()}`);
    return this.next().text;
  }

  integer(what: string): number {
    const negative = this.skip("-");
    const { kind, text } = this.token;
    if (kind !== "number" || !/^\d+$/.test(text)) this.fail(`needed ${what}, found ${this.found()}`);
    this.next();
    return negative ? -Number(text) : Number(text);
  }

  endLine(): void {
    if (this.token.kind !== "end") this.fail(`needed the end of the line, found ${this.found()}`);
    this.#line++;
    this.#token = 0;
  }

  found(): string {
    if (this.line === undefined) return "the end of the text";
    return this.token.kind === "end" ? "the end of the line" : JSON.stringify(this.token.text);
  }

  fail(message: string, at: Token = this.token): never {
    return fail(this.line, at.column, message);
  }
}
