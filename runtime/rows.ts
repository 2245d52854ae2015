// Rows of numbers as people have them, made flat. In: a typed array, a list of numbers, or a list of rows that are flat or nested
// to the row's shape, of any realm. Out: the numbers back to back, and how many rows they are. Guarantee: every element is read
// once; whatever is no number or no whole row is refused with row and place, both from 0, and value.

/** Why something is refused: it is no list or no number; it is a number that may not be; there are too few or too many. */
export type Fault = "type" | "value" | "size";

/** What the numbers are kept in. */
export type Values = Float32Array | Float64Array;

/** What `readRows` should find. */
export interface Wanted<V extends Values> {
  /** Of one row. Left out: that of the first row in a list of rows; of numbers without rows whatever makes `rows` rows, else []. */
  readonly shape?: readonly number[];
  /** How many rows: as many as `per` has. */
  readonly rows?: number;
  /** Default "x". */
  readonly per?: string;
  /** Which numbers may stand there. Default "any". */
  readonly numbers?: keyof typeof refusals;
  readonly into: { new (length: number): V; new (list: ArrayLike<number>): V };
  /** The error for a fault. Default: TypeError for "type", else RangeError. */
  readonly error?: (fault: Fault, message: string) => Error;
}

/** Rows back to back, at least one. */
export interface Rows<V extends Values> {
  readonly values: V;
  readonly rows: number;
  /** Of one row, as asked for or as found. */
  readonly shape: readonly number[];
}

/**
 * The rows in `given`; an array of the wanted type is given back as it is. `what` names it in errors:
 * "data.x: row 3, place 1: wanted a number, got null".
 */
export function readRows<V extends Values>(what: string, given: unknown, wanted: Wanted<V>): Rows<V> {
  return ArrayBuffer.isView(given) ? readView(what, given, wanted) : new Reader(what, wanted).read(given);
}

/** What a value is, for a message: short, whatever it is. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 20 ? `${value.slice(0, 20)}…` : value);
  if (typeof value === "bigint") return `${value}n`;
  return typeof value === "function" || (typeof value === "object" && value !== null) ? kindOf(value) : String(value);
}

/** "Array", "Promise", "BigInt64Array": by its tag, which is the same in every realm. */
export const kindOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/** The error of a fault that nobody else words. */
export const errorOf = (fault: Fault, message: string): Error =>
  fault === "type" ? new TypeError(message) : new RangeError(message);

// By what may stand there: what may not, and the words for what may.
const refusals = {
  any: { bad: () => false, wanted: "a number" },
  noNaN: { bad: (value: number) => Number.isNaN(value), wanted: "a number that is not NaN" },
  finite: { bad: (value: number) => !Number.isFinite(value), wanted: "a finite number" },
};

// A list that claims more is a mistake, or endless; typed arrays have their memory already.
const most = 2 ** 30;
// Rows in rows in rows: more is a list that holds itself.
const deepest = 32;

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** Typed arrays: no element can be anything but a number, so only NaN has to be looked for. */
function readView<V extends Values>(what: string, given: object, wanted: Wanted<V>): Rows<V> {
  const fail = wanted.error ?? errorOf;
  const kind = kindOf(given);
  if (kind.startsWith("Big") || kind === "DataView")
    throw fail("type", `${what}: wanted a Float32Array or an array of numbers, got ${kind}`);
  const { length } = given as Float32Array;
  if (length === 0 && isDetached(given as Float32Array))
    throw fail("type", `${what}: wanted numbers, got a detached ${kind} (its buffer was transferred)`);
  const { shape, rows } = divide(what, length, wanted);
  const values = given instanceof wanted.into ? given : new wanted.into(given as Float32Array);
  const { bad, wanted: word } = refusals[wanted.numbers ?? "any"];
  const size = sizeOf(shape);
  const at = wanted.numbers === undefined ? -1 : firstOf(values, bad);
  if (at >= 0) throw fail("value", `${what}: ${placeOf(at, size)}: wanted ${word}, got ${values[at]}`);
  return { values, rows, shape };
}

/** As findIndex, which calls back ten times as slowly as a loop does. */
function firstOf(values: Values, bad: (value: number) => boolean): number {
  for (let i = 0; i < values.length; i++) if (bad(values[i])) return i;
  return -1;
}

function isDetached({ buffer }: Float32Array): boolean {
  try {
    // Refused by the language where the buffer is detached.
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

/** How many rows `length` numbers without rows are. */
function divide(what: string, length: number, { shape, rows, per = "x", error = errorOf }: Wanted<Values>) {
  const size = shape === undefined ? (rows === undefined ? 1 : length / rows) : sizeOf(shape);
  const count = length / size;
  if (length > 0 && Number.isInteger(size) && Number.isInteger(count) && (rows === undefined || rows === count))
    return { rows: count, shape: shape ?? (size === 1 ? [] : [size]) };
  const needed =
    rows === undefined
      ? `k * ${size} numbers (k rows, at least one)`
      : shape === undefined
        ? `as many numbers for each of the ${rows} rows of ${per}`
        : `${rows * size} numbers, ${size === 1 ? "one" : size} per row of ${per}`;
  throw error("size", `${what}: wanted ${needed}, got ${length}`);
}

const placeOf = (at: number, size: number): string => `row ${Math.floor(at / size)}, place ${at % size}`;

/** Reads a list element by element. `size` is unknown, and so infinite, while the first row says what a row is. */
class Reader<V extends Values> {
  readonly #what: string;
  readonly #wanted: Wanted<V>;
  #values: V;
  #at = 0;
  #total = most;
  #size = Number.POSITIVE_INFINITY;

  constructor(what: string, wanted: Wanted<V>) {
    this.#what = what;
    this.#wanted = wanted;
    this.#values = new wanted.into(16);
  }

  read(given: unknown): Rows<V> {
    const length = lengthOf(given);
    if (length === undefined) throw this.#fault("type", `wanted a Float32Array or an array of numbers, got ${show(given)}`);
    const list = given as ArrayLike<unknown>;
    const first = length === 0 ? undefined : list[0];
    const { rows, shape } = isObject(first) ? this.#readRows(list, length, first) : this.#readFlat(list, length, first);
    const values = this.#at === this.#values.length ? this.#values : (this.#values.slice(0, this.#at) as V);
    return { values, rows, shape };
  }

  #readFlat(list: ArrayLike<unknown>, length: number, first: unknown) {
    const found = divide(this.#what, length, this.#wanted);
    this.#is(sizeOf(found.shape), length);
    this.#readList(list, length, first, [length], 0);
    return found;
  }

  #readRows(list: ArrayLike<unknown>, length: number, first: unknown) {
    const { shape = this.#readAny(first, 1), rows = length, per = "x" } = this.#wanted;
    if (rows !== length) throw this.#fault("size", `wanted ${rows} rows, one per row of ${per}, got ${length}`);
    this.#is(sizeOf(shape), length * sizeOf(shape));
    // Without a shape the first row was read for it.
    if (this.#at === 0) this.#readRow(first, shape, 0);
    for (let row = 1; row < length; row++) this.#readRow(list[row], shape, row);
    return { rows, shape };
  }

  /** Numbers of a row, and of all. */
  #is(size: number, total: number): void {
    if (size === 0 || total > most) throw this.#fault("size", `wanted 1 to ${most} numbers, got ${total}`);
    this.#size = size;
    this.#total = total;
  }

  /** A row that says itself what its shape is. */
  #readAny(value: unknown, depth: number): readonly number[] {
    const length = lengthOf(value);
    if (length === undefined || depth > deepest) {
      this.#take(value);
      return [];
    }
    if (length === 0) return [0];
    const list = value as ArrayLike<unknown>;
    const inner = this.#readAny(list[0], depth + 1);
    for (let i = 1; i < length; i++) this.#readNested(list[i], inner, 0);
    return [length, ...inner];
  }

  /** A row of `shape`: nested like that, or all its numbers in one list. */
  #readRow(value: unknown, shape: readonly number[], row: number): void {
    const length = lengthOf(value);
    if (length === undefined)
      throw this.#fault("type", `row ${row}: wanted a list of ${count(this.#size, "number")}, got ${show(value)}`);
    const list = value as ArrayLike<unknown>;
    const first = length === 0 ? undefined : list[0];
    const form = isObject(first) && shape.length > 1 ? shape : [this.#size];
    if (length !== form[0]) throw this.#fault("size", `row ${row}: wanted ${countAt(form, 0)}, got ${length}`);
    this.#readList(list, length, first, form, 0);
  }

  /** What stands `depth` lists deep in a value of `shape`: a number, or a list. */
  #readNested(value: unknown, shape: readonly number[], depth: number): void {
    if (depth === shape.length) {
      this.#take(value);
      return;
    }
    const length = lengthOf(value);
    if (length !== shape[depth]) {
      const [fault, found] = length === undefined ? (["type", show(value)] as const) : (["size", String(length)] as const);
      throw this.#fault(fault, `${this.#place()}: wanted a list of ${countAt(shape, depth)}, got ${found}`);
    }
    const list = value as ArrayLike<unknown>;
    this.#readList(list, length, length === 0 ? undefined : list[0], shape, depth);
  }

  #readList(list: ArrayLike<unknown>, length: number, first: unknown, shape: readonly number[], depth: number): void {
    if (length > 0) this.#readNested(first, shape, depth + 1);
    for (let i = 1; i < length; i++) this.#readNested(list[i], shape, depth + 1);
  }

  #take(value: unknown): void {
    const { bad, wanted } = refusals[this.#wanted.numbers ?? "any"];
    if (typeof value !== "number" || bad(value)) {
      const fault = typeof value === "number" ? "value" : "type";
      throw this.#fault(fault, `${this.#place()}: wanted ${wanted}, got ${show(value)}`);
    }
    // Grows as numbers come: what a list says of its length costs nothing.
    if (this.#at === this.#values.length) {
      if (this.#at >= this.#total) throw this.#fault("size", `wanted at most ${this.#total} numbers, got more`);
      const more = new this.#wanted.into(Math.min(this.#total, 2 * this.#at));
      more.set(this.#values);
      this.#values = more;
    }
    this.#values[this.#at++] = value;
  }

  #place(): string {
    return placeOf(this.#at, this.#size);
  }

  #fault(fault: Fault, message: string): Error {
    return (this.#wanted.error ?? errorOf)(fault, `${this.#what}: ${message}`);
  }
}

const count = (items: number, what: string): string => `${items} ${what}${items === 1 ? "" : "s"}`;

/** "28 lists", or "1 number" at the last axis. */
const countAt = (shape: readonly number[], depth: number): string =>
  count(shape[depth], depth + 1 < shape.length ? "list" : "number");

/** The length of whatever is a list of something; undefined where there is none. */
export function lengthOf(value: unknown): number | undefined {
  if (!isObject(value)) return undefined;
  const { length } = value as ArrayLike<unknown>;
  return Number.isSafeInteger(length) && length >= 0 ? length : undefined;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
