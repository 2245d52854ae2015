// The text of a model file → the Model it exports. In: JavaScript nobody vouches for. Out: the Model, and where each of its parts stands in the
// text; or a Misplaced, which is a CompileError with its stretch of the text. Guarantee: nothing of the text is run. The tree is walked, and knows
// literals, lists, objects, arithmetic, constants, `Math` and the factories of layerc; no loop and no function of the user's is among them, and what
// is made has a largest size, so that every text ends.
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { suggestionFor } from "../../../compiler/diagnostics/suggest.ts";
import type { Model } from "../../../compiler/model.ts";
import { importOf } from "../../source/habits.ts";
import { importedNames, namesOf } from "./imports.ts";
import { operators, withinMath } from "./operators.ts";
import { parse } from "./parse.ts";
import { Places } from "./places.ts";
import { SyntaxFault } from "./scan.ts";
import { factories } from "./scope.ts";
import type { Call, Constant, Expression, Given, ListNode, Member, ObjectNode, Place, Statement, Unknown } from "./tree.ts";
import { Misplaced, type Range } from "./trouble.ts";
import { dataHint, describe, mathHint, statementHint } from "./wording.ts";

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
    return new Evaluator(parsedOf(text)).run(text.length);
  } catch (error) {
    // A stack that ends: thousands of brackets within each other.
    if (!(error instanceof RangeError)) throw error;
    throw new Misplaced(fault("source/syntax", "the text is nested too deep"), { from: 0, to: text.length });
  }
}

function parsedOf(text: string): readonly Statement[] {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    const { at, message } = error;
    // What TypeScript adds is the likeliest reason where a colon, or a word such as `as`, is unexpected.
    const hint = /^\s*(:|as\b|satisfies\b|<)/.test(text.slice(at))
      ? "the playground reads JavaScript: leave types out"
      : undefined;
    throw new Misplaced(fault("source/syntax", message, hint), {
      from: Math.max(0, Math.min(at, text.length - 1)),
      to: Math.min(text.length, at + 1),
    });
  }
}

const fault = (code: CompileError["code"], message: string, hint?: string): CompileError =>
  new CompileError({ code, path: "", message, ...(hint === undefined ? {} : { hint }) });
const refuse = (node: Place, message: string, hint?: string): never => {
  throw new Misplaced(fault("source/not-data", message, hint), rangeOf(node));
};
const unknown = (node: Unknown, hint: string): never => refuse(node, `${node.says} is not run in the playground`, hint);
const rangeOf = ({ start, end }: Place): Range => ({ from: start, to: end });

class Evaluator {
  readonly #parsed: readonly Statement[];
  readonly #constants = new Map<string, unknown>();
  readonly #places = new Places();
  #parts = 0;

  constructor(parsed: readonly Statement[]) {
    this.#parsed = parsed;
  }

  run(length: number): Evaluated {
    let exported: { readonly value: unknown; readonly node: Expression } | undefined;
    for (const statement of this.#parsed) {
      switch (statement.type) {
        case "Import":
          for (const [name, value] of importedNames(statement, known)) this.#declare(name, value, statement);
          break;
        case "Export":
          if (exported !== undefined) refuse(statement, "a text has one default export");
          exported = { value: this.#value(statement.value), node: statement.value };
          break;
        case "Constant":
          this.#constant(statement);
          break;
        default:
          unknown(statement, statementHint);
      }
    }
    if (exported === undefined) {
      const hint = "write: export default sequential([…])";
      throw new Misplaced(fault("source/no-default-export", "the text has no default export", hint), {
        from: length,
        to: length,
      });
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

  #constant(declaration: Constant): void {
    if (declaration.kind !== "const") refuse(declaration, `${declaration.kind} is not run in the playground`, "write const");
    for (const { id, value } of declaration.names) {
      const name = id.type === "Name" ? id.name : refuse(id, "a constant here has one name");
      this.#declare(name, value === undefined ? refuse(id, "a constant has a value") : this.#value(value), id);
    }
  }

  #declare(name: string, value: unknown, node: Place): void {
    if (this.#constants.has(name)) throw new Misplaced(fault("source/syntax", `${name} is declared twice`), rangeOf(node));
    this.#constants.set(name, value);
    this.#count(1, node);
  }

  /** Whatever is made is counted before it is made. */
  #count(parts: number, node: Place): void {
    this.#parts += parts;
    if (this.#parts > mostParts) refuse(node, `the text makes more than ${mostParts} parts`, "write a smaller list");
  }

  #value(node: Expression): unknown {
    switch (node.type) {
      case "Literal":
        return node.value;
      case "Template":
        return this.#text(
          node.texts.map((text, i) => text + (i < node.parts.length ? String(this.#simple(node.parts[i])) : "")),
          node,
        );
      case "Name":
        return this.#named(node.name, node);
      case "List":
        return this.#list(node);
      case "Object":
        return this.#object(node);
      case "Operator": {
        const { sign, sides } = node;
        const operator = Object.hasOwn(operators, sign) ? operators[sign] : undefined;
        if (operator === undefined) return refuse(node, `the operator ${sign.replace(/_$/, "")} is not known here`);
        const made = operator(...sides.map((side) => this.#simple(side)));
        return typeof made === "string" ? this.#text([made], node) : made;
      }
      case "Logical": {
        const left = this.#value(node.left);
        const isLeft = { "&&": !left, "||": Boolean(left), "??": left != null }[node.sign];
        return isLeft ? left : this.#value(node.right);
      }
      case "Choice":
        return this.#value(this.#value(node.test) ? node.then : node.otherwise);
      case "Member":
        return this.#member(node);
      case "Call":
        return this.#call(node);
      default:
        return unknown(node, dataHint);
    }
  }

  #text(parts: readonly string[], node: Place): string {
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

  #named(name: string, node: Place): unknown {
    if (this.#constants.has(name)) return this.#constants.get(name);
    if (Object.hasOwn(words, name)) return words[name];
    const factory = factories.get(name);
    if (factory !== undefined) return factory;
    if (name === "Math") return refuse(node, "Math alone is no value", "write Math.sqrt(2)");
    const hint = importOf(name) ?? suggestionFor(name, [...factories.keys(), ...this.#constants.keys()]);
    throw new Misplaced(fault("source/no-such-export", `${name} is not known here`, hint), rangeOf(node));
  }

  /** What a place in a list or call has: a value, or those of a list that is spread there. */
  #given(node: Given): readonly unknown[] {
    if (node.type !== "Spread") return [this.#value(node)];
    const value = this.#value(node.of);
    return Array.isArray(value) ? value : refuse(node, `only a list is spread here, found ${describe(value)}`);
  }

  #list(node: ListNode): unknown[] {
    const made: unknown[] = [];
    for (const element of node.elements) {
      if (element === undefined) return refuse(node, "a list has a hole");
      const all = this.#given(element);
      this.#count(all.length, element);
      for (const [i, one] of all.entries()) {
        const place = element.type === "Spread" ? this.#places.of(all, i) : undefined;
        this.#places.part(made, made.length, place ?? rangeOf(element));
        made.push(one);
      }
    }
    this.#places.whole(made, rangeOf(node));
    return made;
  }

  #object(node: ObjectNode): object {
    const made = {};
    const put = (key: string, value: unknown, place: Range, at: Place): void => {
      if (key === "__proto__") refuse(at, "a key may not be called __proto__");
      this.#count(1, at);
      this.#places.part(made, key, place);
      Object.defineProperty(made, key, { value, enumerable: true, configurable: true, writable: true });
    };
    for (const property of node.properties) {
      if (property.type === "Spread") {
        const value = this.#value(property.of);
        if (typeof value !== "object") return refuse(property, `only an object is spread here, found ${describe(value)}`);
        for (const [key, one] of Object.entries(value ?? {}))
          put(key, one, this.#places.of(value, key) ?? rangeOf(property), property);
      } else if (property.type === "Unknown") unknown(property, dataHint);
      else put(String(this.#simple(property.key)), this.#value(property.value), rangeOf(property), property);
    }
    this.#places.whole(made, rangeOf(node));
    return made;
  }

  /** A part of a constant, or of `Math`: own properties alone, so that no way leads to what objects inherit. */
  #member(node: Member): unknown {
    const { object } = node;
    const key = String(this.#simple(node.key));
    if (object.type === "Name" && object.name === "Math" && !this.#constants.has("Math"))
      return withinMath(key) ?? refuse(node, `Math.${key} is not known here`, mathHint(key));
    const value = this.#value(object);
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key))
      return refuse(node, `${describe(value)} has no ${JSON.stringify(key)} that could be read here`, dataHint);
    return (value as Record<string, unknown>)[key];
  }

  #call(node: Call): unknown {
    const callee = this.#value(node.callee);
    if (typeof callee !== "function") return refuse(node.callee, `${describe(callee)} is no function`);
    const given: unknown[] = [];
    for (const argument of node.given) {
      const all = this.#given(argument);
      if (!namesOf(callee) && all.some((one) => typeof one !== "number")) return refuse(argument, "Math takes numbers");
      for (const one of all) given.push(one);
    }
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
