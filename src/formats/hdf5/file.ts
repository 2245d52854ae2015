// The bytes of an HDF5 file and how they are read. In: bytes nobody vouches for, and where the superblock puts the origin of its
// addresses. Out: cursors that never leave their range. Guarantee: whatever the bytes say, all reading together is bounded by the
// length of the file, and what is wrong is a CompileError.
// Numbers are little-endian; an address and a length take as many bytes as the superblock says, and all ones is "undefined".
import type { Code } from "../../../compiler/diagnostics/codes.ts";
import { CompileError } from "../../../compiler/diagnostics/error.ts";

/** How often the structure of a file may be read over: what is shared is read once a user. */
const readings = 16;
/** How many bytes may come of one byte of the file, by compression, fill values and wider numbers. */
const expansion = 100;
/** What a file of any length may take, so that small files may hold a few zeros. */
const allowance = 2 ** 20;
/** Datasets beyond this are refused, as Keras does. */
const largest = 2 ** 32;

const hints: Partial<Record<Code, string>> = {
  "format/hdf5": "the file is damaged: copy or save it again",
  "format/truncated": "the file was cut off: copy or save it again",
  "format/hdf5-unsupported": "Keras writes nothing of the kind: save the weights again with model.save or model.save_weights",
};

/** Throws a CompileError; the object at whose path it happened is added by whoever knows it. */
export function fail(code: Code, message: string): never {
  const hint = hints[code];
  throw new CompileError({ code, path: "", message, ...(hint === undefined ? {} : { hint }) });
}
/** The bytes contradict the format. */
export function broken(message: string): never {
  return fail("format/hdf5", message);
}
/** The bytes are HDF5, but nothing that is read here. */
export function unsupported(what: string): never {
  return fail("format/hdf5-unsupported", `layerc does not read ${what}`);
}

/** Where addresses count from, and how wide they are. */
export interface Widths {
  readonly base: number;
  readonly address: number;
  readonly length: number;
}

/** A file with the little that changes while it is read: how much of it has been looked at. */
export class H5File {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly widths: Widths;
  #structure: number;
  #data: number;
  #objects: number;

  constructor(bytes: Uint8Array, widths: Widths) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.widths = widths;
    this.#structure = readings * bytes.length + allowance;
    this.#data = expansion * bytes.length + allowance;
    // No object header is shorter than 8 bytes, so more objects than that are few objects by many names.
    this.#objects = Math.ceil(bytes.length / 8);
  }

  /** A cursor over `length` bytes at an address, or over all that follow it. `what` names them in messages. */
  at(address: number, what: string, length?: number): Cursor {
    const start = this.widths.base + address;
    const end = length === undefined ? this.bytes.length : start + length;
    if (end > this.bytes.length || start > end)
      return broken(
        `${what} is said to lie at byte ${start}${length === undefined ? "" : ` to ${end}`}, the file ends at ${this.bytes.length}`,
      );
    return new Cursor(this, start, end, what);
  }

  /** Bytes of data, not copied and not counted: whoever wants them has claimed them. */
  data(address: number, length: number, what: string): Uint8Array {
    const { position } = this.at(address, what, length);
    return this.bytes.subarray(position, position + length);
  }

  /** Counts bytes of structure that are read. */
  spend(bytes: number): void {
    this.#structure -= bytes;
    if (this.#structure < 0) broken("the parts of the file refer to each other so often that reading it would not end");
  }

  /** Counts bytes that reading a dataset takes, before anything is allocated. */
  claim(bytes: number): void {
    if (bytes > largest) unsupported(`datasets of more than 4 GiB; this one takes ${bytes} bytes`);
    this.#data -= bytes;
    if (this.#data >= 0) return;
    unsupported(`datasets that take more than ${expansion} times the ${this.bytes.length} bytes of their file`);
  }

  /** Reads what has been read before, which counts once. */
  again<T>(run: () => T): T {
    const [structure, data] = [this.#structure, this.#data];
    try {
      return run();
    } finally {
      [this.#structure, this.#data] = [structure, data];
    }
  }

  /** Counts an object that is opened by a path of its own. */
  open(): void {
    if (--this.#objects < 0)
      broken("it has more paths than objects can be in it: links lead to the same objects again and again");
  }
}

/** What an engine without memory says with a RangeError is said as a CompileError. */
export function allocate<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return fail("format/hdf5-unsupported", `there is no memory for the dataset: ${error.message}`);
  }
}

/** A place in a range of bytes that moves as it is read, and never leaves the range. */
export class Cursor {
  readonly file: H5File;
  readonly what: string;
  readonly #view: DataView;
  #at: number;
  #end: number;

  constructor(file: H5File, start: number, end: number, what: string) {
    this.file = file;
    this.what = what;
    this.#view = file.view;
    this.#at = start;
    this.#end = end;
  }

  /** In bytes of the file. */
  get position(): number {
    return this.#at;
  }
  get left(): number {
    return this.#end - this.#at;
  }

  /** Moves on. What is only gone over costs a little, what is read its bytes. */
  #step(count: number, cost = count): number {
    const at = this.#at;
    if (!(count >= 0 && at + count <= this.#end)) broken(`${this.what} ends in the middle, at byte ${this.#end}`);
    this.file.spend(cost);
    this.#at += count;
    return at;
  }

  u8(): number {
    return this.#view.getUint8(this.#step(1));
  }
  u16(): number {
    return this.#view.getUint16(this.#step(2), true);
  }
  u32(): number {
    return this.#view.getUint32(this.#step(4), true);
  }

  /** An unsigned number of any width; undefined where all bits are set. */
  optional(width: number): number | undefined {
    const at = this.#step(width);
    return unsigned(this.file.bytes, at, width, this.what);
  }
  uint(width: number): number {
    return this.optional(width) ?? (width < 7 ? 256 ** width - 1 : broken(`${this.what} holds an undefined number`));
  }

  address(): number | undefined {
    return this.optional(this.file.widths.address);
  }
  /** An address that something must stand at. */
  target(): number {
    return this.address() ?? broken(`${this.what} holds an undefined address`);
  }
  length(): number {
    return this.uint(this.file.widths.length);
  }

  skip(count: number): void {
    this.#step(count, 1);
  }
  /** The next bytes, not copied. */
  bytes(count: number): Uint8Array {
    const at = this.#step(count);
    return this.file.bytes.subarray(at, at + count);
  }
  /** The next bytes as a range of their own. */
  part(count: number, what: string): Cursor {
    const at = this.#step(count, 1);
    return new Cursor(this.file, at, at + count, what);
  }
  /** The same place again, to read it twice. */
  fork(): Cursor {
    return new Cursor(this.file, this.#at, this.#end, this.what);
  }

  /** Four letters that a block starts with. */
  signature(letters: string): void {
    const found = String.fromCharCode(...this.bytes(4));
    if (found !== letters)
      broken(`${this.what} has to start with ${letters}, at byte ${this.position - 4} stands ${JSON.stringify(found)}`);
  }
  /** A version that is read here. */
  version(...known: readonly number[]): number {
    const found = this.u8();
    if (!known.includes(found)) unsupported(`version ${found} of ${this.what}`);
    return found;
  }
}

/** An unsigned little-endian number of `width` bytes; undefined where all bits are set. */
export function unsigned(bytes: Uint8Array, at: number, width: number, what: string): number | undefined {
  let value = 0;
  let isUndefined = true;
  for (let i = width - 1; i >= 0; i--) {
    isUndefined &&= bytes[at + i] === 0xff;
    value = 256 * value + bytes[at + i];
  }
  if (isUndefined) return undefined;
  return Number.isSafeInteger(value) ? value : broken(`${what} holds the number ${value}, which no file has room for`);
}

/** The text of UTF-8 bytes. */
export function textOf(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return broken(`${what} is not UTF-8`);
  }
}
