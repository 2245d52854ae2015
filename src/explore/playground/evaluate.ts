// The text of a model file → the Model it exports. In: JavaScript nobody vouches for. Out: the Model, and where each of its parts stands in the
// text; or a Misplaced, which is a CompileError with its stretch of the text. Guarantee: nothing of the text is run. The tree is walked, and knows
// literals, lists, objects, arithmetic, constants, `Math` and the factories of layerc; no loop and no function of the user's is among them, and what
// is made has a largest size, so that every text ends.
import { type AnyNode, type CallExpression, type Expression, type ObjectExpression, type Property, parse } from "acorn";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { suggestionFor } from "../../../compiler/diagnostics/suggest.ts";
import type { Model } from "../../../compiler/model.ts";
import { importOf } from "../../source/habits.ts";
import { importedNames, namesOf, type Parsed } from "./imports.ts";
import { operators, withinMath } from "./operators.ts";
import { Places } from "./places.ts";
import { factories } from "./scope.ts";
import { Misplaced, type Range } from "./trouble.ts";
import { dataHint, describe, expressionNames, mathHint, statementNames } from "./wording.ts";

/** A model, and the way back from its parts to the text. */
export interface Evaluated {
  readonly model: Model;
  /** Where a path of a CompileError (`layers[2].units`) stands; where that is not written out, what holds it. */
  rangeOf(path: string): Range;
}

/** More parts than any list that is written by hand; spreads of spreads double. */
const mostParts = 200_000;
const longestText = 1_000_000;

/** The model that a text exports as default. Throws Misplaced. */
export function evaluate(text: string): Evaluated {
  try {
    return new Evaluator(parsedOf(text)).run();
  } catch (error) {
    // A stack that ends: thousands of brackets within each other.
    if (!(error instanceof RangeError)) throw error;
    throw new Misplaced(fault("source/syntax", "the text is nested too deep"), { from: 0, to: text.length });
  }
}

function parsedOf(text: string): Parsed {
  try {
    return parse(text, { ecmaVersion: "latest", sourceType: "module" });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const at = (error as SyntaxError & { pos?: number }).pos ?? 0;
    const message = error.message.replace(/ \(\d+:\d+\)$/, "");
    // What TypeScript adds is the likeliest reason where a colon, or a word such as `as`, is unexpected.
    const hint = /^\s*(:|as\b|satisfies\b|<)/.test(text.slice(at))
      ? "the playground reads JavaScript: leave types out"
      : undefined;
    throw new Misplaced(fault("source/syntax", message, hint), {
      from: Math.min(at, text.length - 1),
      to: Math.min(text.length, at + 1),
    });
  }
}

const fault = (code: CompileError["code"], message: string, hint?: string): CompileError =>
  new CompileError({ code, path: "", message, ...(hint === undefined ? {} : { hint }) });
const refuse = (node: Range | AnyNode, message: string, hint?: string): never => {
  throw new Misplaced(fault("source/not-data", message, hint), rangeOf(node));
};
const rangeOf = (node: Range | AnyNode): Range =>
  "type" in node ? { from: node.start, to: node.end } : { from: node.from, to: node.to };

class Evaluator {
  readonly #parsed: Parsed;
  readonly #constants = new Map<string, unknown>();
  readonly #places = new Places();
  #parts = 0;

  constructor(parsed: Parsed) {
    this.#parsed = parsed;
  }

  run(): Evaluated {
    let exported: { readonly value: unknown; readonly node: Expression } | undefined;
    for (const statement of this.#parsed.body) {
      if (statement.type === "ImportDeclaration") {
        for (const [name, value] of importedNames(statement, known)) this.#declare(name, value, statement);
      } else if (statement.type === "ExportDefaultDeclaration") {
        const node = statement.declaration as Expression;
        exported = { value: this.#value(node), node };
      } else if (statement.type === "ExportNamedDeclaration" && statement.declaration?.type === "VariableDeclaration") {
        this.#constant(statement.declaration);
      } else if (statement.type === "VariableDeclaration") this.#constant(statement);
      else if (statement.type !== "EmptyStatement") {
        const hint = "a model here is const lines and `export default sequential([…])`";
        refuse(statement, `${statementNames[statement.type] ?? "this statement"} is not run in the playground`, hint);
      }
    }
    if (exported === undefined) {
      const hint = "write: export default sequential([…])";
      const to = this.#parsed.end;
      throw new Misplaced(fault("source/no-default-export", "the text has no default export", hint), { from: to, to });
    }
    const { value, node } = exported;
    if (typeof value !== "object" || value === null || !("layers" in value)) {
      const hint = "write: export default sequential([…])";
      throw new Misplaced(
        fault("source/not-a-model", `the default export is ${describe(value)}, not a model`, hint),
        rangeOf(node),
      );
    }
    const places = this.#places;
    return { model: value as Model, rangeOf: (path) => places.find(value, path) ?? rangeOf(node) };
  }

  #constant(declaration: AnyNode & { readonly type: "VariableDeclaration" }): void {
    if (declaration.kind !== "const") refuse(declaration, `${declaration.kind} is not run in the playground`, "write const");
    for (const { id, init } of declaration.declarations) {
      const name = id.type === "Identifier" ? id.name : refuse(id, "a constant here has one name");
      this.#declare(name, init == null ? refuse(id, "a constant has a value") : this.#value(init), id);
    }
  }

  #declare(name: string, value: unknown, node: AnyNode): void {
    this.#constants.set(name, value);
    this.#count(1, node);
  }

  /** Whatever is made is counted before it is made. */
  #count(parts: number, node: AnyNode): void {
    this.#parts += parts;
    if (this.#parts > mostParts) refuse(node, `the text makes more than ${mostParts} parts`, "write a smaller list");
  }

  #value(node: Expression): unknown {
    switch (node.type) {
      case "Literal":
        if (node.regex !== undefined || node.bigint != null) return refuse(node, "a regular expression or bigint is no data");
        return node.value;
      case "TemplateLiteral":
        return this.#text(
          node.quasis.map(({ value }, i) => {
            const part = node.expressions[i];
            return (value.cooked ?? "") + (part === undefined ? "" : String(this.#simple(part)));
          }),
          node,
        );
      case "Identifier":
        return this.#named(node.name, node);
      case "ArrayExpression":
        return this.#list(node);
      case "ObjectExpression":
        return this.#object(node);
      case "ParenthesizedExpression":
        return this.#value(node.expression);
      case "UnaryExpression":
      case "BinaryExpression": {
        const sides = node.type === "UnaryExpression" ? [node.argument] : [node.left as Expression, node.right];
        const operator = operators[sides.length === 1 ? `${node.operator}_` : node.operator];
        if (operator === undefined) return refuse(node, `the operator ${node.operator} is not known here`);
        const made = operator(...sides.map((side) => this.#simple(side)));
        return typeof made === "string" ? this.#text([made], node) : made;
      }
      case "LogicalExpression": {
        const left = this.#value(node.left);
        const isLeft = { "&&": !left, "||": Boolean(left), "??": left != null }[node.operator];
        return isLeft ? left : this.#value(node.right);
      }
      case "ConditionalExpression":
        return this.#value(this.#value(node.test) ? node.consequent : node.alternate);
      case "MemberExpression":
        return this.#member(node);
      case "CallExpression":
        return this.#call(node);
      default:
        return refuse(node, `${expressionNames[node.type] ?? "this"} is not run in the playground`, dataHint);
    }
  }

  #text(parts: readonly string[], node: AnyNode): string {
    const text = parts.join("");
    if (text.length > longestText) refuse(node, `a text of more than ${longestText} letters`);
    return text;
  }

  /** What an operator takes: an object would be asked how it reads as a number. */
  #simple(node: Expression): number | string | boolean | null | undefined {
    const value = this.#value(node);
    if ((typeof value === "object" && value !== null) || typeof value === "function")
      return refuse(node, `an operator takes numbers and texts, found ${describe(value)}`);
    return value as number | string | boolean | null | undefined;
  }

  #named(name: string, node: AnyNode): unknown {
    if (this.#constants.has(name)) return this.#constants.get(name);
    if (Object.hasOwn(words, name)) return words[name];
    const factory = factories.get(name);
    if (factory !== undefined) return factory;
    if (name === "Math") return refuse(node, "Math alone is no value", "write Math.sqrt(2)");
    const hint = importOf(name) ?? suggestionFor(name, [...factories.keys(), ...this.#constants.keys()]);
    throw new Misplaced(fault("source/no-such-export", `${name} is not known here`, hint), rangeOf(node));
  }

  #list(node: Expression & { readonly type: "ArrayExpression" }): unknown[] {
    const made: unknown[] = [];
    for (const element of node.elements) {
      if (element === null) return refuse(node, "a list has a hole");
      const isSpread = element.type === "SpreadElement";
      const value = this.#value(isSpread ? element.argument : element);
      if (isSpread && !Array.isArray(value)) return refuse(element, `only a list is spread here, found ${describe(value)}`);
      const all = isSpread ? (value as readonly unknown[]) : [value];
      this.#count(all.length, element);
      for (const [i, one] of all.entries()) {
        this.#places.part(made, made.length, (isSpread ? this.#places.of(value, i) : undefined) ?? rangeOf(element));
        made.push(one);
      }
    }
    this.#places.whole(made, rangeOf(node));
    return made;
  }

  #object(node: ObjectExpression): object {
    const made = {};
    const put = (key: string, value: unknown, place: Range, at: AnyNode): void => {
      if (key === "__proto__") refuse(at, "a key may not be called __proto__");
      this.#count(1, at);
      this.#places.part(made, key, place);
      Object.defineProperty(made, key, { value, enumerable: true, configurable: true, writable: true });
    };
    for (const property of node.properties) {
      if (property.type === "SpreadElement") {
        const value = this.#value(property.argument);
        if (typeof value !== "object") return refuse(property, `only an object is spread here, found ${describe(value)}`);
        for (const [key, one] of Object.entries(value ?? {}))
          put(key, one, this.#places.of(value, key) ?? rangeOf(property), property);
      } else if (property.kind !== "init" || property.method) return refuse(property, "a function is no data", dataHint);
      else put(this.#key(property), this.#value(property.value), rangeOf(property), property);
    }
    this.#places.whole(made, rangeOf(node));
    return made;
  }

  #key({ key, computed }: Property): string {
    if (!computed && key.type === "Identifier") return key.name;
    return String(this.#simple(key as Expression));
  }

  /** A part of a constant, or of `Math`: own properties alone, so that no way leads to what objects inherit. */
  #member(node: Expression & { readonly type: "MemberExpression" }): unknown {
    const { object, property } = node;
    if (object.type === "Super" || property.type === "PrivateIdentifier")
      return refuse(node, "this is not run in the playground");
    const key = node.computed ? this.#simple(property) : (property as { readonly name: string }).name;
    if (object.type === "Identifier" && object.name === "Math" && !this.#constants.has("Math"))
      return withinMath(String(key)) ?? refuse(node, `Math.${String(key)} is not known here`, mathHint(String(key)));
    const value = this.#value(object);
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key as string))
      return refuse(node, `${describe(value)} has no ${JSON.stringify(key)} that could be read here`, dataHint);
    return (value as Record<string, unknown>)[key as string];
  }

  #call(node: CallExpression): unknown {
    if (node.callee.type === "Super") return refuse(node, "this is not run in the playground");
    const callee = this.#value(node.callee);
    if (typeof callee !== "function") return refuse(node.callee, `${describe(callee)} is no function`);
    const given: unknown[] = [];
    for (const argument of node.arguments) {
      const isSpread = argument.type === "SpreadElement";
      const value = this.#value(isSpread ? argument.argument : argument);
      if (isSpread && !Array.isArray(value)) return refuse(argument, `only a list is spread here, found ${describe(value)}`);
      given.push(...(isSpread ? (value as readonly unknown[]) : [value]));
    }
    if (!namesOf(callee))
      for (const [i, one] of given.entries()) if (typeof one !== "number") refuse(node.arguments[i], "Math takes numbers");
    try {
      const made: unknown = callee(...given);
      if (typeof made === "object" && made !== null) this.#places.call(made, rangeOf(node), given);
      return made;
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      throw new Misplaced(error, this.#places.findIn(given, error.path) ?? rangeOf(node));
    }
  }
}

/** What `import` may name. */
const known = (name: string): unknown => factories.get(name);
const words: Readonly<Record<string, unknown>> = { undefined, NaN: Number.NaN, Infinity };
