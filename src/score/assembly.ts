// One file of answers from parts, each written when its rows are scored. In: parts in order. Out: one file, and a log beside it while it grows.
// Guarantee: whenever the process ends, what the log names is in the file; the next one goes on behind it, and the bytes are those of a run that was not
// broken off, since the parts are the same.
import {
  appendFileSync,
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { type Footer, joined } from "./parquet-footer.ts";

/** How files of a format become one: which bytes of a part are rows, and what stands behind the last. */
interface Join {
  /** Before the first row of a part that is not the first; its header of columns is left out by who writes it. */
  readonly head: number;
  /** Bytes behind the last row, and those of them that the end is made of. */
  readonly tail: (file: number, size: number) => { readonly bytes: number; readonly kept: Uint8Array };
  readonly end: (tails: readonly Footer[]) => Uint8Array;
}

const magic = new TextEncoder().encode("PAR1");
const text: Join = { head: 0, tail: () => ({ bytes: 0, kept: new Uint8Array() }), end: () => new Uint8Array() };
const parquet: Join = {
  head: magic.length,
  tail: (file, size) => {
    const length = bytesAt(file, size - 8, 4).readUInt32LE();
    return { bytes: length + 8, kept: bytesAt(file, size - 8 - length, length) };
  },
  end: (tails) => {
    const footer = joined(tails);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(footer.length);
    return Buffer.concat([footer, length, magic]);
  },
};
const joins: Readonly<Record<string, Join>> = {
  ".parquet": parquet,
  ".csv": text,
  ".tsv": text,
  ".ndjson": text,
  ".jsonl": text,
};

/** A part that is in the file. */
interface Part {
  readonly rows: number;
  /** Where it begins and ends. */
  readonly start: number;
  readonly end: number;
  /** What its own file had behind its rows, as base64. */
  readonly tail: string;
}

/** The file that grows at `path`. */
export class Assembly {
  readonly #path: string;
  readonly #join: Join;
  readonly #parts: Part[];

  /** `identity`: a line that is equal where the parts are. */
  constructor(path: string, identity: string) {
    this.#path = path;
    this.#join = joins[extname(path).toLowerCase()];
    this.#parts = readLog(path, identity);
    const file = openSync(path, this.#parts.length === 0 ? "w" : "r+");
    // A part that was being copied when the process ended is not in the log.
    ftruncateSync(file, this.#parts.at(-1)?.end ?? 0);
    closeSync(file);
    rmSync(logOf(path), { force: true });
    appendFileSync(logOf(path), [identity, ...this.#parts.map((part) => JSON.stringify(part)), ""].join("\n"));
  }

  /** Parts that are in the file. */
  get count(): number {
    return this.#parts.length;
  }
  /** Rows of them. */
  get rows(): number {
    return this.#parts.reduce((sum, { rows }) => sum + rows, 0);
  }

  /** Where the next part is to be written. */
  get next(): string {
    return join(dirname(this.#path), `.layerc-next-${basename(this.#path)}`);
  }

  /** Takes the part that stands there over. */
  add(rows: number): void {
    const start = this.#parts.at(-1)?.end ?? 0;
    const [from, to] = [openSync(this.next, "r"), openSync(this.#path, "r+")];
    try {
      const { size } = fstatSync(from);
      const { bytes, kept } = this.#join.tail(from, size);
      let at = start;
      for (let read = start === 0 ? 0 : this.#join.head; read < size - bytes; ) {
        const block = bytesAt(from, read, Math.min(1 << 20, size - bytes - read));
        writeSync(to, block, 0, block.length, at);
        read += block.length;
        at += block.length;
      }
      const part: Part = { rows, start, end: at, tail: Buffer.from(kept).toString("base64") };
      this.#parts.push(part);
      appendFileSync(logOf(this.#path), `${JSON.stringify(part)}\n`);
    } finally {
      closeSync(from);
      closeSync(to);
    }
    rmSync(this.next);
  }

  /** Ends the file; what is beside it goes. */
  finish(): void {
    const { head, end } = this.#join;
    const tails = this.#parts.map(({ start, tail }): Footer => ({ bytes: Buffer.from(tail, "base64"), moved: start === 0 ? 0 : start - head })); // biome-ignore format: one line
    appendFileSync(this.#path, end(tails));
    rmSync(logOf(this.#path), { force: true });
  }

  /** Removes all of it. */
  drop(): void {
    for (const path of [this.#path, logOf(this.#path), this.next]) rmSync(path, { force: true });
  }
}

const logOf = (path: string): string => `${path}.log`;

/** The parts that a run before put into the file; none where it was asked something else. */
function readLog(path: string, identity: string): Part[] {
  try {
    const [first, ...lines] = readFileSync(logOf(path), "utf8").split("\n");
    const file = openSync(path, "r");
    const { size } = fstatSync(file);
    closeSync(file);
    // Behind the last end of line is half a line, or nothing.
    const parts = first === identity ? lines.slice(0, -1).map((line) => JSON.parse(line) as Part) : [];
    return parts.filter(({ end }) => end <= size);
  } catch {
    return [];
  }
}

function bytesAt(file: number, at: number, length: number): Buffer {
  const block = Buffer.alloc(length);
  for (let read = 0; read < length; ) {
    const more = readSync(file, block, read, length - read, at + read);
    if (more === 0) throw new Error("a part of the answers is shorter than it was");
    read += more;
  }
  return block;
}
