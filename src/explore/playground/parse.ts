// The text of a list → its statements. In: JavaScript nobody vouches for. Out: a tree (tree.ts). Guarantee: what a list is made of is read as JavaScript
// reads it; what else JavaScript has becomes one node with its name, as far as its brackets go, to be refused by whoever evaluates; what is none is a SyntaxFault.
import { Expressions } from "./expressions.ts";
import type { Constant, Import, Imported, Literal, Statement } from "./tree.ts";

const notRun: Readonly<Record<string, string>> = {
  function: "a function",
  async: "a function",
  class: "a class",
  for: "a loop",
  while: "a loop",
  do: "a loop",
  if: "if",
  switch: "switch",
  try: "try",
  throw: "throw",
  return: "return",
};

class Statements extends Expressions {
  all(): readonly Statement[] {
    const found: Statement[] = [];
    while (this.token.kind !== "end") if (!this.takes(";")) found.push(this.#statement());
    return found;
  }

  #statement(): Statement {
    const { start } = this.token;
    const word = this.token.kind === "name" ? this.token.text : "";
    const next = this.after().text;
    if (word === "import" && next !== "(" && next !== ".") return this.#import(start);
    if (word === "export" && next === "default") return this.#default(start);
    if (word === "export" && /^(const|let|var)$/.test(next)) {
      this.next();
      return this.#constants(start);
    }
    if (/^(const|var)$/.test(word) || (word === "let" && /^[\w$[{]/.test(next))) return this.#constants(start);
    const says = Object.hasOwn(notRun, word) ? notRun[word] : undefined;
    if (says !== undefined || word === "export" || this.token.text === "{") return this.skipped(start, says ?? "this statement");
    this.expression();
    this.#ends();
    return { type: "Unknown", says: "a line that exports nothing", start, end: this.last };
  }

  /** A semicolon, or what stands for one. */
  #ends(): void {
    if (!this.takes(";") && this.token.kind !== "end" && !this.token.isAfterLine) this.unexpected();
  }

  #default(start: number): Statement {
    this.next();
    this.next();
    const word = this.token.text;
    if (this.token.kind === "name" && /^(function|class|async)$/.test(word)) {
      const value = this.skipped(this.token.start, notRun[word]);
      return { type: "Export", value, start, end: value.end };
    }
    const value = this.assigned();
    this.#ends();
    return { type: "Export", value, start, end: this.last };
  }

  #constants(start: number): Constant {
    const kind = this.next().text;
    const names: Constant["names"][number][] = [];
    do {
      const { token } = this;
      const isPattern = token.text === "{" || token.text === "[";
      const id = isPattern ? this.bracketed("this") : ({ type: "Name", ...this.name() } as const);
      names.push({ id, value: this.takes("=") ? this.assigned() : undefined });
    } while (this.takes(","));
    this.#ends();
    return { type: "Constant", kind, names, start, end: this.last };
  }

  #import(start: number): Import {
    this.next();
    const names: Imported[] = [];
    if (this.token.kind !== "string") {
      if (this.token.kind === "name") {
        const { name, ...place } = this.name();
        names.push({ ...place, imported: "default", local: name, isAll: false });
        if (this.token.text !== "from") this.expect(",");
      }
      if (this.takes("*")) {
        const place = { start: this.last - 1 };
        this.expect("as");
        names.push({ ...place, imported: "", local: this.name().name, isAll: true, end: this.last });
      } else if (this.takes("{"))
        while (!this.takes("}")) {
          names.push(this.#imported());
          if (this.token.text !== "}") this.expect(",");
        }
      this.expect("from");
    }
    if (this.token.kind !== "string") this.unexpected("the name of a module in quotes");
    const from = this.primary() as Literal;
    this.#ends();
    return { type: "Import", from, names, start, end: this.last };
  }

  #imported(): Imported {
    const { start, end, kind, text, value } = this.next();
    if (kind !== "name" && kind !== "string") this.unexpected("a name");
    const imported = kind === "string" ? String(value) : text;
    if (kind === "name" && !this.takes("as")) return { start, end, imported, local: text, isAll: false };
    if (kind === "string") this.expect("as");
    return { start, imported, local: this.name().name, isAll: false, end: this.last };
  }
}

/** The statements of a text. Throws SyntaxFault; a text that is nested too deep ends the stack with a RangeError. */
export const parse = (text: string): readonly Statement[] => new Statements(text).all();
