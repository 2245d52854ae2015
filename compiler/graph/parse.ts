// Text back to a Graph: the inverse of print.ts. In: text and the ops. Out: a Graph whose nodes went through a Builder, so that
// attributes and shapes are checked; a type after `:` must be the inferred one. Line breaks mean nothing, except that `#` runs
// to the end of its line; after a node it gives the node's origin.
//
//   graph  = "graph" name node* "results" root* ("updates" root*)? "end"        root = name "=" %number
//   node   = %number "=" name ("(" %number,… ")")? ("{" name ":" value,… "}")? (":" type)?
//   value  = number | string | n | true | false | null | "[" value,… "]" | "{" name ":" value,… "}" | graph
//   type   = "[" size,… "]" | "(" type,… ")"           number = a decimal, NaN, ±Infinity; with suffix f rounded to float32
import { CompileError } from "../diagnostics/error.ts";
import { Builder } from "./builder.ts";
import { type Attrs, type AttrValue, type Graph, graph, type Node, type Ops, type Size, type Type } from "./graph.ts";
import { type Origin, parseOrigin } from "./origin.ts";
import { keywords, showType } from "./print.ts";

/**
 * Reads one graph. Throws CompileError: `ir/parse` where the text has no such form, else what the Builder says (`op/unknown`,
 * `op/attrs`, `shape/…`); every message begins with line and column.
 */
export function parseGraph(text: string, ops: Ops): Graph {
  const parser = new Parser(text, ops);
  const parsed = parser.graph(0);
  parser.finish();
  return parsed;
}

type Kind = "node" | "word" | "number" | "string" | "mark" | "end of text";
interface Token {
  readonly kind: Kind;
  readonly text: string;
  readonly at: number;
}

/** Deeper nesting than any graph has; keeps hostile text off the call stack. */
const DEPTH = 64;

class Parser {
  readonly #text: string;
  readonly #ops: Ops;
  #position = 0;
  #token: Token;
  /** Where the token before ended. */
  #end = 0;

  constructor(text: string, ops: Ops) {
    this.#text = text;
    this.#ops = ops;
    this.#token = this.#scan();
  }

  finish(): void {
    if (this.#token.kind !== "end of text") this.#fail("the end of the text");
  }

  graph(depth: number): Graph {
    this.#word("graph");
    const name = this.#name("the name of the graph");
    const builder = new Builder(this.#ops);
    const nodes = new Map<string, Node>();
    while (this.#token.kind === "node") this.#node(builder, nodes, depth);
    this.#word("results", "a node or ");
    const results = this.#roots(nodes);
    const updates = this.#take("word", "updates") ? this.#roots(nodes) : [];
    this.#word("end", updates.length > 0 ? "an update or " : "a result or ");
    return graph(name, results, updates, builder.origins);
  }

  #node(builder: Builder, nodes: Map<string, Node>, depth: number): void {
    const label = this.#next();
    if (nodes.has(label.text)) this.#fail("a number that is not taken", label);
    this.#mark("=");
    const at = this.#token;
    const op = this.#name("the name of an op");
    const inputs = this.#is("mark", "(") ? this.#list("(", ")", () => this.#ref(nodes)) : [];
    const attrs = this.#is("mark", "{") ? this.#attrs(depth) : {};
    const typed = this.#take("mark", ":") ? { at: this.#token, type: this.#type(depth) } : undefined;
    builder.origin = this.#comment();
    // A node never ends the text: what is cut off is refused as such, not for what is missing in it.
    if (this.#token.kind === "end of text") this.#fail('"end"');
    const node = this.#build(() => builder.node(op, inputs, attrs), op, inputs.length, at);
    if (typed !== undefined && showType(typed.type) !== showType(node.type)) {
      this.#fail(`the type ${showType(node.type)} of this ${op}`, { ...typed.at, text: showType(typed.type) });
    }
    nodes.set(label.text, node);
  }

  #build(make: () => Node, name: string, count: number, at: Token): Node {
    const op = Object.hasOwn(this.#ops, name) ? this.#ops[name] : undefined;
    const [least, most] = typeof op?.arity === "number" ? [op.arity, op.arity] : (op?.arity ?? [count, count]);
    if (count < least || count > most)
      this.#fail(`${least === most ? least : `${least} to ${most}`} inputs of ${name}`, { ...at, text: String(count) });
    try {
      return make();
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      const { code, path, message, notes, hint } = error.diagnostic;
      const told = { path, message: `${this.#place(at)}: ${message}`, ...(notes === undefined ? {} : { notes }) };
      // What is a bug in a Graph we made is a mistake in a text that came from outside.
      throw new CompileError(
        code === "internal/bug" ? { ...told, code: "ir/parse" } : { ...told, code, ...(hint === undefined ? {} : { hint }) },
      );
    }
  }

  #roots(nodes: ReadonlyMap<string, Node>): (readonly [string, Node])[] {
    const roots: (readonly [string, Node])[] = [];
    while (this.#token.kind === "string" || (this.#token.kind === "word" && !keywords.has(this.#token.text))) {
      const name = this.#name("a name");
      this.#mark("=");
      roots.push([name, this.#ref(nodes)]);
    }
    return roots;
  }

  #ref(nodes: ReadonlyMap<string, Node>): Node {
    const token = this.#token.kind === "node" ? this.#next() : this.#fail("a node such as %0");
    return nodes.get(token.text) ?? this.#fail("a node defined above", token);
  }

  #attrs(depth: number): Attrs {
    const entries = this.#list("{", "}", () => {
      const key = this.#name("the name of an attribute");
      this.#mark(":");
      return [key, this.#value(depth + 1)] as const;
    });
    // Own properties whatever their names, `__proto__` included.
    return Object.fromEntries(entries);
  }

  #value(depth: number): AttrValue {
    if (depth > DEPTH) this.#fail(`at most ${DEPTH} levels of nesting`);
    const { kind, text } = this.#token;
    if (kind === "mark" && text === "[") return this.#list("[", "]", () => this.#value(depth + 1));
    if (kind === "mark" && text === "{") return this.#attrs(depth);
    if (kind === "string") return this.#name("a string");
    if (kind === "word" && text === "graph") return this.graph(depth + 1);
    if (kind === "number") return numberOf(this.#next().text);
    if (kind === "word" && Object.hasOwn(words, text)) return words[this.#next().text];
    return this.#fail("a value");
  }

  #type(depth: number): Type {
    if (depth > DEPTH) this.#fail(`at most ${DEPTH} levels of nesting`);
    if (this.#is("mark", "(")) return { shape: [], items: this.#list("(", ")", () => this.#type(depth + 1)) };
    if (!this.#is("mark", "[")) this.#fail("a type such as [n, 4]");
    const size = (): Size => {
      if (this.#is("word", "n")) return this.#next().text as "n";
      return this.#token.kind === "number" ? numberOf(this.#next().text) : this.#fail("a size");
    };
    return { shape: this.#list("[", "]", size) };
  }

  #list<T>(open: string, close: string, item: () => T): T[] {
    this.#mark(open);
    const items: T[] = [];
    while (!this.#is("mark", close)) {
      if (items.length > 0) this.#mark(",", `${JSON.stringify(close)} or `);
      items.push(item());
    }
    this.#next();
    return items;
  }

  #is(kind: Kind, text: string): boolean {
    return this.#token.kind === kind && this.#token.text === text;
  }
  #take(kind: Kind, text: string): boolean {
    const is = this.#is(kind, text);
    if (is) this.#next();
    return is;
  }
  #mark(text: string, or = ""): void {
    if (!this.#take("mark", text)) this.#fail(`${or}${JSON.stringify(text)}`);
  }
  #word(text: string, or = ""): void {
    if (!this.#take("word", text)) this.#fail(`${or}${JSON.stringify(text)}`);
  }
  #name(what: string): string {
    const token = this.#token.kind === "word" || this.#token.kind === "string" ? this.#next() : this.#fail(what);
    return token.kind === "word" ? token.text : this.#unquote(token);
  }
  #unquote(token: Token): string {
    try {
      return JSON.parse(token.text) as string;
    } catch {
      return this.#fail("a string with JSON's escapes", token);
    }
  }

  #next(): Token {
    const token = this.#token;
    this.#end = this.#position;
    this.#token = this.#scan();
    return token;
  }

  /** The comment on the line where the token before ended, if there is one and it says something. */
  #comment(): Origin | undefined {
    const text = /[ \t]*#[ \t]*([^\n]*)/y;
    text.lastIndex = this.#end;
    const found = text.exec(this.#text)?.[1].trim() ?? "";
    if (found === "") return undefined;
    const quoted: Token = { kind: "string", text: found, at: text.lastIndex - found.length };
    return parseOrigin(found.startsWith('"') ? this.#unquote(quoted) : found);
  }

  #scan(): Token {
    const blank = /(?:[ \t\r\n]+|#[^\n]*)*/y;
    blank.lastIndex = this.#position;
    blank.exec(this.#text);
    const at = blank.lastIndex;
    const make = (kind: Kind, end: number): Token => {
      this.#position = end;
      return { kind, text: this.#text.slice(at, end), at };
    };
    if (at >= this.#text.length) return make("end of text", this.#text.length);
    if (this.#text[at] === '"') return make("string", this.#stringEnd(at));
    for (const [kind, pattern] of patterns) {
      const sticky = new RegExp(pattern, "y");
      sticky.lastIndex = at;
      if (sticky.test(this.#text)) return make(kind, sticky.lastIndex);
    }
    return make("mark", at + 1);
  }

  #stringEnd(at: number): number {
    for (let i = at + 1; i < this.#text.length && this.#text[i] !== "\n"; i++) {
      if (this.#text[i] === '"') return i + 1;
      if (this.#text[i] === "\\") i++;
    }
    const [line] = this.#text.slice(at, at + 40).split(/[\r\n]/);
    return this.#fail("a closing quote on the same line", { kind: "string", text: line, at });
  }

  #place({ at }: Token): string {
    const before = this.#text.slice(0, at).split("\n");
    return `line ${before.length}, column ${(before.at(-1) ?? "").length + 1}`;
  }

  #fail(expected: string, found: Token = this.#token): never {
    const what =
      found.kind === "end of text"
        ? "the text ends"
        : `found ${found.text.length > 40 ? `${found.text.slice(0, 40)}…` : found.text}`;
    throw new CompileError({ code: "ir/parse", path: "", message: `${this.#place(found)}: expected ${expected}, ${what}` });
  }
}

/** What a token may look like, first match first: a word is whatever is no number. */
const patterns: readonly (readonly [Kind, RegExp])[] = [
  ["node", /%\d+/],
  ["number", /-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?f?|Infinity|NaN)(?![\w$.])/],
  ["word", /[A-Za-z_$][\w$]*/],
];
const words: Readonly<Record<string, AttrValue>> = { true: true, false: false, null: null, n: "n" };
/** A decimal; with the suffix f the float32 nearest to it, which `print.ts` writes where that is shorter. */
const numberOf = (text: string): number => (/^-?\d.*f$/.test(text) ? Math.fround(Number(text.slice(0, -1))) : Number(text));
