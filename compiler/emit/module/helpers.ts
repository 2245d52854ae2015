// What kernels lean on: aliases of Math, the table of powers of two, a float whose bits can be read, the base64 decoder, copies.
// Asking for one makes the module declare it; nothing else is declared. Their names are fixed, and nothing else gets them.
import { type Code, commas, js, lines, mathMembers, type Name, type Names, name } from "../code.ts";
import { copyFunction } from "./surface.ts";
import { unpackFunction } from "./weights.ts";

/** Where a buffer's element 0 is: at `base` of an array. */
export interface Location {
  readonly array: Name;
  readonly base?: Name;
  /** Elements may be any number and are rounded when read. */
  readonly foreign?: boolean;
  /** The array holds doubles: what is stored must be rounded before. */
  readonly doubles?: boolean;
}

/** Names that helpers take, asked for or not. */
export const helperNames: readonly string[] = [...mathMembers, "pow2", "float", "int", "unpack", "copy", "scratch"];

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
  math = (member: (typeof mathMembers)[number]): Name => this.#ask(member);
  /** 2^i at i + 252. */
  pow2 = (): Name => this.#ask("pow2");
  /** A Float32Array(1) and an Int32Array over the same bytes. */
  bits = (): readonly [float: Name, int: Name] => [this.#ask("float"), this.#ask("int")];
  /** `unpack(texts, array)`. */
  unpack = (): Name => this.#ask("unpack");
  /** `copy(source, from, to, at, length)`. */
  copy = (): Name => this.#ask("copy");
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
      has("pow2")
        ? js`// 2^i at i + 252
const pow2 = new Float64Array(505);
pow2[252] = 1;
for (let i = 252; i > 0; i--) pow2[i - 1] = pow2[i] / 2;
for (let i = 252; i < 504; i++) pow2[i + 1] = 2 * pow2[i];`
        : undefined,
      has("int") ? js`const float = new Float32Array(1), int = new Int32Array(float.buffer);` : undefined,
      has("scratch") ? js`const scratch = new Float64Array(${this.#scratch});` : undefined,
      has("unpack") ? unpackFunction : undefined,
      has("copy") ? copyFunction : undefined,
    );
  }
}
