// The expressions of a list. In: tokens. Out: a tree. Guarantee: signs bind as JavaScript says; what is no data is one node, read as far as it goes.
import { Cursor } from "./cursor.ts";
import { regexEnd } from "./scan.ts";
import type { Expression, Given, NameNode, ObjectNode, Property, Spread, Unknown } from "./tree.ts";

/** How tightly a sign binds; `**` to the right. */
const levels: readonly (readonly string[])[] = [
  ["??"],
  ["||"],
  ["&&"],
  ["|"],
  ["^"],
  ["&"],
  ["===", "!==", "==", "!="],
  ["<", ">", "<=", ">=", "in", "instanceof"],
  ["<<", ">>", ">>>"],
  ["+", "-"],
  ["*", "/", "%"],
  ["**"],
];
const levelOf = new Map(levels.flatMap((signs, level) => signs.map((one) => [one, level] as const)));
const oneSided = /^([-+!~]|typeof|void|delete)$/;
const assigns = /^([-+*/%&|^]|\*\*|<<|>>>?|&&|\|\||\?\?)?=$/;
const literals: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };
/** Reads expressions. */
export class Expressions extends Cursor {
  /** With commas, which no list needs. */
  expression(): Expression {
    const first = this.assigned();
    if (!this.is(",")) return first;
    while (this.takes(",")) this.assigned();
    return { type: "Unknown", says: "a row of expressions", start: first.start, end: this.last };
  }

  assigned(): Expression {
    const { start } = this.token;
    if (this.token.kind === "name" && this.after().text === "=>") {
      this.next();
      return this.#arrow(start);
    }
    if (this.is("yield")) this.unexpected();
    const test = this.#sides(0);
    if (this.token.kind === "sign" && assigns.test(this.token.text)) {
      this.next();
      this.assigned();
      return { type: "Unknown", says: "an assignment", start, end: this.last };
    }
    if (!this.takes("?")) return test;
    const then = this.assigned();
    this.expect(":");
    const otherwise = this.assigned();
    return { type: "Choice", test, then, otherwise, start, end: this.last };
  }

  /** `=>` and what follows. */
  #arrow(start: number): Unknown {
    this.expect("=>");
    if (this.is("{")) this.bracketed("");
    else this.assigned();
    return { type: "Unknown", says: "a function", start, end: this.last };
  }

  #sides(least: number): Expression {
    const { start } = this.token;
    let left = this.#one();
    for (;;) {
      const sign = this.token.text;
      const level = this.token.kind === "sign" || this.token.kind === "name" ? levelOf.get(sign) : undefined;
      if (level === undefined || level < least) return left;
      // As JavaScript has it: either way of reading it would surprise somebody.
      const isOneSided = left.type === "Operator" && left.sides.length === 1;
      if (sign === "**" && isOneSided && this.text[start] !== "(") this.unexpected("a bracket around what is before");
      this.next();
      const begin = this.token.start;
      const right = this.#sides(sign === "**" ? level : level + 1);
      if (sign === "??" && (this.#mixes(left, start) || this.#mixes(right, begin))) this.unexpected("a bracket around && or ||");
      const place = { start, end: this.last };
      left =
        sign === "??" || sign === "||" || sign === "&&"
          ? { type: "Logical", sign, left, right, ...place }
          : { type: "Operator", sign, sides: [left, right], ...place };
    }
  }

  #mixes(side: Expression, start: number): boolean {
    return side.type === "Logical" && side.sign !== "??" && this.text[start] !== "(";
  }

  #one(): Expression {
    const { start, text, kind } = this.token;
    if (kind !== "string" && oneSided.test(text)) {
      this.next();
      return { type: "Operator", sign: `${text}_`, sides: [this.#one()], start, end: this.last };
    }
    if (kind === "sign" && (text === "++" || text === "--")) {
      this.next();
      this.#one();
      return { type: "Unknown", says: "an assignment", start, end: this.last };
    }
    if (kind === "name" && (text === "new" || text === "await")) {
      this.next();
      this.#one();
      return { type: "Unknown", says: text, start, end: this.last };
    }
    const found = this.#called();
    if (this.token.isAfterLine || !/^(\+\+|--)$/.test(this.token.text)) return found;
    this.next();
    return { type: "Unknown", says: "an assignment", start, end: this.last };
  }

  /** What follows a value directly: members, calls. */
  #called(): Expression {
    const { start } = this.token;
    let found = this.primary();
    for (;;) {
      const unknown = (says: string): Unknown => ({ type: "Unknown", says, start, end: this.last });
      if (this.is("(")) {
        const given = this.#listed("(", ")").map((one) => one ?? this.unexpected());
        const isImport = found.type === "Unknown" && found.says === "import()";
        found = isImport ? unknown("import()") : { type: "Call", callee: found, given, start, end: this.last };
      } else if (this.takes(".")) {
        const key = this.#word();
        found = { type: "Member", object: found, key, start, end: this.last };
      } else if (this.takes("[")) {
        const key = this.expression();
        this.expect("]");
        found = { type: "Member", object: found, key, start, end: this.last };
      } else if (this.takes("?.")) {
        if (this.is("(") || this.is("[")) this.bracketed("");
        else this.#word();
        found = unknown("?.");
      } else if (this.token.kind === "template") {
        this.template(() => this.expression());
        found = unknown("a tagged template");
      } else return found;
    }
  }

  /** A name behind a point, or of a key: reserved words too. */
  #word(): Expression {
    if (this.token.kind !== "name") this.unexpected("a name");
    const { text, start, end } = this.next();
    return { type: "Literal", value: text, start, end };
  }

  primary(): Expression {
    const { kind, start, end, text, value } = this.token;
    const place = { start, end };
    const unknown = (says: string): Unknown => ({ type: "Unknown", says, start, end: this.last });
    if (kind === "template") return this.#template();
    if (kind === "string" || kind === "number") {
      this.next();
      return value === undefined ? unknown("a bigint") : { type: "Literal", value, ...place };
    }
    if (kind === "name") {
      if (Object.hasOwn(literals, text)) {
        this.next();
        return { type: "Literal", value: literals[text], ...place };
      }
      if (text === "function" || text === "class" || (text === "async" && /^(function|\(|[\w$]+)$/.test(this.after().text) && !this.after().isAfterLine)) return this.#body(start, text === "class" ? "a class" : "a function"); // biome-ignore format: one line
      if (text === "this" || text === "super" || text === "import") {
        this.next();
        return unknown(text === "import" ? "import()" : text);
      }
      return { type: "Name", ...this.name() } satisfies NameNode;
    }
    if (text === "[") return { type: "List", elements: this.#listed("[", "]"), start, end: this.last };
    if (text === "{") return this.#object();
    if (text === "/" || text === "/=") {
      this.goTo(regexEnd(this.text, start));
      return unknown("a regular expression");
    }
    if (text !== "(") this.unexpected();
    return this.#bracket(start);
  }

  /** A function or class: up to the end of its block. */
  #body(start: number, says: string): Unknown {
    while (!this.is("{") && this.token.kind !== "end") {
      if (this.is("=>")) return this.#arrow(start);
      this.skip();
    }
    if (this.token.kind === "end") this.unexpected();
    return { ...this.bracketed(says), start };
  }

  /** A bracket around an expression, or before an arrow. */
  #bracket(start: number): Expression {
    const { token, last } = this;
    this.bracketed("");
    if (this.is("=>")) return this.#arrow(start);
    [this.token, this.last] = [token, last];
    this.next();
    const inner = this.expression();
    this.expect(")");
    return inner;
  }

  #listed(open: string, close: string): readonly (Given | undefined)[] {
    this.expect(open);
    const found: (Given | undefined)[] = [];
    while (!this.takes(close)) {
      if (this.takes(",")) found.push(undefined);
      else {
        found.push(this.#given());
        if (!this.is(close)) this.expect(",");
      }
    }
    return found;
  }

  #given(): Given {
    const { start } = this.token;
    if (!this.takes("...")) return this.assigned();
    return { type: "Spread", of: this.assigned(), start, end: this.last };
  }

  #object(): ObjectNode {
    const { start } = this.next();
    const properties: (Property | Spread | Unknown)[] = [];
    while (!this.takes("}")) {
      properties.push(this.#property());
      if (!this.is("}")) this.expect(",");
    }
    return { type: "Object", properties, start, end: this.last };
  }

  #property(): Property | Spread | Unknown {
    const { start, kind, text } = this.token;
    if (this.is("...")) return this.#given() as Spread;
    const after = kind === "name" ? this.after().text : "";
    if (kind === "name" && (after === "," || after === "}")) {
      const value: NameNode = { type: "Name", ...this.name() };
      return { type: "Property", key: { type: "Literal", value: text, start, end: value.end }, value, start, end: value.end };
    }
    const isAccessor = kind === "name" && /^(get|set|async)$/.test(text) && after !== ":" && after !== "(";
    if (isAccessor || this.is("*")) return this.#body(start, "a function");
    let key: Expression;
    if (this.takes("[")) {
      key = this.assigned();
      this.expect("]");
    } else key = kind === "name" ? this.#word() : kind === "string" || kind === "number" ? this.primary() : this.unexpected();
    if (this.is("(")) return this.#body(start, "a function");
    this.expect(":");
    return { type: "Property", key, value: this.assigned(), start, end: this.last };
  }

  #template(): Expression {
    const { start } = this.token;
    const parts: Expression[] = [];
    const texts = this.template(() => parts.push(this.expression()));
    return { type: "Template", texts, parts, start, end: this.last };
  }
}
