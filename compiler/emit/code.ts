// JavaScript text that cannot be injected into. In: templates written here and values. Out: Code, made by nothing else.
// A template takes Names (checked identifiers) and Code as they are; numbers and strings become exact literals. After Ajv's
// code generator. Expressions carry their precedence, so parentheses are printed where needed and only there.
import { reserved } from "../base/words.ts";
import { internal } from "../diagnostics/error.ts";

/** An identifier; made by `Names` or, for our own words, by `name`. */
export class Name {
  readonly text: string;
  constructor(text: string) {
    if (!/^[A-Za-z_$][\w$]*$/.test(text) || reserved.has(text)) internal(`${JSON.stringify(text)} is no identifier`);
    this.text = text;
  }
}
/** A name of our own: it is known to be free, and must be an identifier. */
export const name = (text: string): Name => new Name(text);

/** Text with the precedence of its outermost operator (MDN's table; statements do not care). */
export class Code {
  readonly text: string;
  readonly level: number;
  /** Whoever calls it vouches for the text: our own words, numbers, and what `Name`, `quote` or `comment` made of others'. */
  constructor(text: string, level = 0) {
    this.text = text;
    this.level = level;
  }
}

/** What a template takes. */
export type Insert = Name | Code | number | string | boolean | readonly Code[];

/** A list of Code stands one below the other; text of several lines keeps the indentation of the place it is put in. */
export function js(strings: TemplateStringsArray, ...values: readonly Insert[]): Code {
  let text = strings[0];
  values.forEach((value, i) => {
    const shown = show(value);
    text += (shown.includes("\n") ? shown.replaceAll("\n", `\n${indentation(text)}`) : shown) + strings[i + 1];
  });
  return new Code(text);
}

/** The spaces that the last line starts with. */
function indentation(text: string): string {
  const start = text.lastIndexOf("\n") + 1;
  let end = start;
  while (text[end] === " ") end++;
  return text.slice(start, end);
}

function show(value: Insert): string {
  if (value instanceof Name || value instanceof Code) return value.text;
  if (typeof value === "string") return quote(value);
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") return within(literal(value), PRIMARY).text;
  return value.map((code) => code.text).join("\n");
}

/** Lines, without the empty ones. */
export const lines = (...list: readonly (Code | undefined)[]): Code =>
  new Code(list.flatMap((code) => (code === undefined || code.text === "" ? [] : [code.text])).join("\n"));
/** `a, b, c` */
export const commas = (list: readonly (Name | Code | number)[]): Code => new Code(list.map(show).join(", "));
/** `{ head } { body }` with the body indented. */
export const braces = (head: Code, body: Code): Code => js`${head} {
  ${body}
}`;
/** No text; `lines` leaves it out. */
export const none = new Code("");

const UNARY = 15;
const PRIMARY = 20;
// From JavaScript's table of precedence: a larger number binds more strongly, 20 is a name or a literal, 3 the conditional.
const levels = {
  "||": 4,
  "&&": 5,
  "|": 6,
  "^": 7,
  "&": 8,
  "===": 9,
  "!==": 9,
  "<": 10,
  "<=": 10,
  "<<": 11,
  ">>": 11,
  ">>>": 11,
  "+": 12,
  "-": 12,
  "*": 13,
  "/": 13,
};
/** The operators that join two operands. */
export type Infix = keyof typeof levels;

const within = (code: Code | Name, level: number): Code =>
  code instanceof Name ? new Code(code.text, PRIMARY) : code.level >= level ? code : new Code(`(${code.text})`, PRIMARY);

/** `a op b`; the right side is parenthesised at equal precedence, so the association is kept. */
export function infix(a: Code | Name, op: Infix, b: Code | Name): Code {
  const level = levels[op];
  return new Code(`${within(a, level).text} ${op} ${within(b, level + 1).text}`, level);
}
/** `-a` or `!a`; `-(-a)`, since `--a` is another operator. */
export function prefix(op: "-" | "!", a: Code | Name): Code {
  const { text } = within(a, UNARY);
  return new Code(text.startsWith("-") ? `${op}(${text})` : op + text, UNARY);
}
/** `callee(a, b)`. */
export const call = (callee: Name, ...args: readonly (Code | Name)[]): Code =>
  new Code(`${callee.text}(${args.map((arg) => arg.text).join(", ")})`, PRIMARY);
/** `array[index]`. */
export const element = (array: Name, index: Code | Name): Code => new Code(`${array.text}[${index.text}]`, PRIMARY);
/** `test ? a : b`. */
export const ternary = (test: Code | Name, a: Code | Name, b: Code | Name): Code =>
  new Code(`${within(test, 4).text} ? ${within(a, 3).text} : ${within(b, 3).text}`, 3);
/** `(a, b)`: evaluates a, gives b. */
export const sequence = (a: Code, b: Code): Code => new Code(`(${a.text}, ${b.text})`, PRIMARY);

/** A number that reads back as exactly itself. */
export function literal(value: number): Code {
  if (Object.is(value, -0) || value < 0) return new Code(`-${-value}`, UNARY);
  return new Code(String(value), PRIMARY);
}
/** The shortest number that rounds to the float32 `value`: only for the elements of a Float32Array. */
export function shortLiteral(value: number): Code {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Object.is(Math.fround(short), value)) return literal(short);
  }
  return literal(value);
}
/** `true` or `false`. */
export const boolean = (value: boolean): Code => new Code(String(value), PRIMARY);

const escapeCharacter = (character: string): string =>
  Array.from({ length: character.length }, (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`).join("");
// Everything but printable ASCII: control and format characters (bidirectional ones disguise source text), line ends of
// JavaScript, lone surrogates; and engines read text of one byte a character faster.
const unsafe = /[^\x20-\x7e]/gu;
// Words that the text of a module never contains, so that a search for them proves their absence.
const words = /\b(?:import|eval|Function)\b/g;
const spell = (word: string): string => `\\x${word.charCodeAt(0).toString(16)}${word.slice(1)}`;

/** A string literal that is also safe inside an HTML script element. */
export const quote = (text: string): string =>
  JSON.stringify(text).replace(unsafe, escapeCharacter).replaceAll("<", "\\x3c").replace(words, spell);

/** One `//` line; whatever `text` holds, it stays one and closes nothing. */
export function comment(text: string): Code {
  const safe = text
    .replaceAll("⊕", "+")
    .replaceAll("∂ ", "gradient of ")
    .replace(unsafe, escapeCharacter)
    .replaceAll("*/", "*\\/")
    .replace(/<(?=[!/])/g, "\\x3c")
    .replaceAll("-->", "--\\x3e");
  return new Code(`// ${safe.replaceAll("${", "$\\{").replace(words, spell)}`);
}

/** `{ "a": …, "b": … }`; keys are quoted, and `__proto__` is an ordinary key. */
export const record = (entries: readonly (readonly [key: string, value: Code])[]): Code =>
  new Code(
    `{ ${entries.map(([key, value]) => `${key === "__proto__" ? `[${quote(key)}]` : keyText(key)}: ${value.text}`).join(", ")} }`,
  );
/** A key of an object or a type, quoted where it has to be. */
export const keyText = (key: string): string => (isWord(key) ? key : quote(key));
/** `.key`, or `["the key"]`. */
export const member = (key: string): Code => (isWord(key) ? new Code(`.${key}`) : new Code(`[${quote(key)}]`));
/** A port may be called `constructor`; no member of that name stands in a module but between quotes. */
const isWord = (key: string): boolean => /^[a-z]\w*$/i.test(key) && !reserved.has(key) && key !== "constructor";

/** Identifiers of one scope: each hint becomes a name that nothing in it or around it has. */
export class Names {
  readonly #taken: Set<string>;
  /** Hint → the last number given behind it: all up to there are taken, and stay so. */
  readonly #numbers = new Map<string, number>();
  readonly #outer?: Names;
  readonly #free: ReadonlySet<string>;
  /** `free`: words that `outer` keeps to itself but that this scope may have. */
  constructor(taken: Iterable<string> = [], outer?: Names, free: Iterable<string> = []) {
    this.#taken = new Set(taken);
    this.#outer = outer;
    this.#free = new Set(free);
  }
  #has(text: string): boolean {
    if (this.#taken.has(text) || reserved.has(text)) return true;
    return this.#outer !== undefined && !this.#free.has(text) && this.#outer.#has(text);
  }
  /** A name like `hint`, and unlike all that this scope and those around it have. */
  unique(hint: string): Name {
    const base = identifier(hint);
    // A hint that is taken gets the first number that is not: dense, dense_1, …
    let text = base;
    let i = this.#numbers.get(base) ?? 0;
    while (this.#has(text)) text = `${base}_${++i}`;
    this.#numbers.set(base, i);
    this.#taken.add(text);
    return new Name(text);
  }
  /** The same for many. Numbers are given last, so that none makes up the name that another hint asks for. */
  uniques(hints: readonly string[]): readonly Name[] {
    const plain = hints.map((hint) => (this.#has(identifier(hint)) ? undefined : this.unique(hint)));
    return hints.map((hint, i) => plain[i] ?? this.unique(hint));
  }
}

/** `hidden/kernel` as hidden_kernel. */
function identifier(hint: string): string {
  const plain = hint
    .replace(/\W+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 60);
  return plain === "" ? "layer" : /^\d/.test(plain) ? `_${plain}` : plain;
}

/** Members of Math that are exact, or rounded once, in every engine; `Math.exp` and its kind are not. */
export const mathMembers = ["fround", "imul", "sqrt", "floor", "abs", "min", "max"] as const;
