// What kernels and doors lean on: aliases of Math, the table of powers of two, a float whose bits can be read, the base64
// decoder, copies, checks. Asking for one makes the module declare it and what it needs; nothing else is declared. Their names are
// fixed, and nothing else gets them.
import { type Code, commas, js, lines, mathMembers, type Name, type Names, name } from "../code.ts";
import {
  kindFunction,
  listFunction,
  noNaNFunction,
  optionsFunction,
  outFunction,
  portsFunction,
  repeatFunction,
  rowsFunction,
  textsFunction,
  wholeFunction,
  wholesFunction,
} from "./checks.ts";
import {
  arithmetic64,
  bucketFunction,
  fingerprintFunction,
  joinFunction,
  sipHashFunction,
  utf8Function,
} from "./encoders/hash64.ts";
import {
  countsFunction,
  crossedFunction,
  encodedFunction,
  idsFunction,
  linesFunction,
  ngramsFunction,
  spellFunction,
  tableFunction,
  truncFunction,
} from "./encoders/texts.ts";
import { widenFunction, widenHalvesFunction } from "./narrow.ts";
import { unpackFunction } from "./packed.ts";
import { copyFunction } from "./routes.ts";

/** Where a buffer's element 0 is: at `base` of an array. */
export interface Location {
  readonly array: Name;
  readonly base?: Name;
  /** The array holds doubles: what is stored must be rounded before. */
  readonly doubles?: boolean;
}

const addUpFunction: Code = js`function addUp(sums, at, values, length) {
  for (let i = 0; i < length; i++) sums[at + i] += values[i];
}`;
const numbersInFunction: Code = js`function numbersIn(values, at, length) {
  const list = [];
  for (let i = 0; i < length; i++) list.push(values[at + i]);
  return list;
}`;

interface Helper {
  readonly text: Code;
  /** Other helpers, or members of Math. */
  readonly needs?: readonly string[];
  /** What it declares, where that is not its own name. */
  readonly names?: readonly string[];
}
/** What a module declares where it is asked for, in this order. */
const texts = {
  pow2: {
    text: js`// 2^i at i + 252
const pow2 = new Float64Array(505);
pow2[252] = 1;
for (let i = 252; i > 0; i--) pow2[i - 1] = pow2[i] / 2;
for (let i = 252; i < 504; i++) pow2[i + 1] = 2 * pow2[i];`,
  },
  float: { text: js`const float = new Float32Array(1), int = new Int32Array(float.buffer);` },
  unpack: { text: unpackFunction, names: ["unpack", "decode"] },
  widen: { text: widenFunction },
  widenHalves: { text: widenHalvesFunction },
  copy: { text: copyFunction },
  kind: { text: kindFunction },
  rowsOf: { text: rowsFunction, needs: ["kind"] },
  repeat: { text: repeatFunction },
  portsOf: { text: portsFunction, needs: ["kind"] },
  textsOf: { text: textsFunction, needs: ["kind"] },
  wholesOf: { text: wholesFunction, needs: ["kind"] },
  listOf: { text: listFunction, needs: ["kind"] },
  spell: { text: spellFunction },
  trunc: { text: truncFunction },
  tableOf: { text: tableFunction },
  encoded: { text: encodedFunction, needs: ["kind"] },
  crossed: { text: crossedFunction },
  linesOf: { text: linesFunction },
  ngrams: { text: ngramsFunction },
  idsOf: { text: idsFunction },
  countsOf: { text: countsFunction },
  utf8: { text: utf8Function },
  pairs64: {
    text: arithmetic64,
    needs: ["imul"],
    names: ["add64", "xor64", "mul64", "turn64", "mix64", "read32", "read64"],
  },
  fingerprint: { text: fingerprintFunction, needs: ["pairs64"] },
  sipHash: { text: sipHashFunction, needs: ["pairs64"] },
  join64: { text: joinFunction, needs: ["pairs64"] },
  bucket: { text: bucketFunction },
  outOf: { text: outFunction, needs: ["kind"] },
  whole: { text: wholeFunction },
  noNaN: { text: noNaNFunction },
  optionsOf: { text: optionsFunction, needs: ["kind"] },
  addUp: { text: addUpFunction },
  numbersIn: { text: numbersInFunction },
} as const satisfies Readonly<Record<string, Helper>>;
type Text = keyof typeof texts;

/** Names that helpers take, asked for or not. */
export const helperNames: readonly string[] = [
  ...mathMembers,
  ...Object.entries(texts).flatMap(([helper, { names = [helper] }]: readonly [string, Helper]) => names),
  "int",
  "scratch",
];

/** The helpers of one module. Each method gives a helper's name, and has it declared. */
export class Helpers {
  /** Names of the module: kernels declare none of them. */
  readonly names: Names;
  readonly #asked = new Set<string>();
  #scratch = 0;
  constructor(names: Names) {
    this.names = names;
  }
  #ask(helper: string): Name {
    this.#asked.add(helper);
    return name(helper);
  }
  #text(helper: Text): Name {
    const { needs = [] }: Helper = texts[helper];
    for (const other of needs) {
      if (other in texts) this.#text(other as Text);
      else this.#ask(other);
    }
    return this.#ask(helper);
  }
  math = (member: (typeof mathMembers)[number]): Name => this.#ask(member);
  /** 2^i at i + 252. */
  pow2 = (): Name => this.#text("pow2");
  /** A Float32Array(1) and an Int32Array over the same bytes. */
  bits = (): readonly [float: Name, int: Name] => [this.#text("float"), name("int")];
  /** `unpack(texts, array)`. */
  unpack = (): Name => this.#text("unpack");
  /** `widen(steps, scales, runs)` and `widenHalves(bytes, runs)` (narrow.ts). */
  widen = (): Name => this.#text("widen");
  widenHalves = (): Name => this.#text("widenHalves");
  /** `copy(source, from, to, at, length)`. */
  copy = (): Name => this.#text("copy");
  /** `kind(value)`; the other checks are described where they are written (checks.ts). */
  kind = (): Name => this.#text("kind");
  rowsOf = (): Name => this.#text("rowsOf");
  repeat = (): Name => this.#text("repeat");
  portsOf = (): Name => this.#text("portsOf");
  textsOf = (): Name => this.#text("textsOf");
  wholesOf = (): Name => this.#text("wholesOf");
  /** What encoders are made of is described where it is written (encoders/texts.ts, encoders/hash64.ts). */
  spell = (): Name => this.#text("spell");
  trunc = (): Name => this.#text("trunc");
  tableOf = (): Name => this.#text("tableOf");
  encoded = (): Name => this.#text("encoded");
  crossed = (): Name => this.#text("crossed");
  linesOf = (): Name => this.#text("linesOf");
  ngrams = (): Name => this.#text("ngrams");
  idsOf = (): Name => this.#text("idsOf");
  countsOf = (): Name => this.#text("countsOf");
  utf8 = (): Name => this.#text("utf8");
  fingerprint = (): Name => this.#text("fingerprint");
  sipHash = (): Name => this.#text("sipHash");
  join64 = (): Name => this.#text("join64");
  bucket = (): Name => this.#text("bucket");
  listOf = (): Name => this.#text("listOf");
  outOf = (): Name => this.#text("outOf");
  whole = (): Name => this.#text("whole");
  noNaN = (): Name => this.#text("noNaN");
  optionsOf = (): Name => this.#text("optionsOf");
  /** `addUp(sums, at, values, length)`, and `numbersIn(values, at, length)` as a list. */
  addUp = (): Name => this.#text("addUp");
  numbersIn = (): Name => this.#text("numbersIn");
  /** Doubles that pass from one piece of a long straight line to the next. */
  scratch = (length: number): Name => {
    this.#scratch = Math.max(this.#scratch, length);
    return this.#ask("scratch");
  };

  /** What was asked for until now; so it is printed last, and stands first. */
  declarations(): Code {
    const has = (helper: string) => this.#asked.has(helper);
    const aliases = mathMembers.filter(has).map((member) => js`${name(member)} = Math.${name(member)}`);
    return lines(
      aliases.length > 0 ? js`const ${commas(aliases)};` : undefined,
      has("scratch") ? js`const scratch = new Float64Array(${this.#scratch});` : undefined,
      ...(Object.keys(texts) as Text[]).map((helper) => (has(helper) ? texts[helper].text : undefined)),
    );
  }
}
