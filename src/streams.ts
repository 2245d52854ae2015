// Reading and writing what is no regular file: pipes, terminals, devices. In: a path, or the number of an open file. Out:
// bytes. Guarantee: what never ends is an error after a stated time or size, and nothing here is replaced by a file.
import { closeSync, constants, openSync, readSync, writeSync } from "node:fs";
import { CompileError } from "../compiler/diagnostics/error.ts";
import { limitHint, showLimit, sleep, timeLimit } from "./limit.ts";

/** Most bytes that are read from something without a length. */
const mostBytes = 2 ** 30;
/** A source that trickles is given up after this many limits, one that is silent after one. */
const patience = 6;
const pause = 5;

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "");

/** Counts what comes in and says when it is too much, or too slow; `what` names it in the message. */
export class Meter {
  readonly #what: string;
  readonly #limit = timeLimit();
  readonly #start = performance.now();
  #last = this.#start;
  #bytes = 0;

  constructor(what: string) {
    this.#what = what;
  }

  /** Milliseconds until `check` would complain of silence. */
  get left(): number {
    return Math.max(0, Math.min(this.#last + this.#limit, this.#start + patience * this.#limit) - performance.now());
  }

  /** Notes that bytes came. Throws CompileError `file/endless` where they are too many. */
  count(bytes: number): void {
    this.#bytes += bytes;
    this.#last = performance.now();
    if (this.#bytes > mostBytes) this.#fail(`gave more than ${mostBytes / 2 ** 30} GiB and did not end`);
    this.check();
  }

  /** Throws CompileError `file/endless` where nothing came for too long. */
  check(): void {
    if (this.left > 0) return;
    const silent = performance.now() - this.#last >= this.#limit;
    const time = showLimit(silent ? this.#limit : patience * this.#limit);
    this.#fail(silent ? `gave nothing for ${time} and did not end` : `did not end within ${time}`);
  }

  #fail(what: string): never {
    throw new CompileError({
      code: "file/endless",
      path: "",
      message: `${this.#what} ${what} (${this.#bytes} bytes read)`,
      hint: limitHint,
    });
  }
}

/** The bytes of a pipe or device up to its end; `what` names it. Throws CompileError `file/endless`, and what Node throws. */
export function readStream(file: string, what: string): Uint8Array {
  const meter = new Meter(what);
  // Without O_NONBLOCK opening a pipe that nobody writes to would wait for ever.
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const chunks: Uint8Array[] = [];
    // A shell's <(command) has its writer from the start; a named pipe that is empty waits for one.
    let mayBegin = !isDescriptor(file);
    while (true) {
      const chunk = new Uint8Array(1 << 16);
      const got = attempt(() => readSync(fd, chunk));
      if (got === 0 && !mayBegin) return Buffer.concat(chunks);
      if (got === undefined || got === 0) {
        sleep(pause);
        meter.check();
        continue;
      }
      mayBegin = false;
      chunks.push(chunk.subarray(0, got));
      meter.count(got);
    }
  } finally {
    closeSync(fd);
  }
}

/** Writes to a pipe or device, or to an open file by its number. Throws CompileError `file/endless`, and what Node throws. */
export function writeStream(to: string | number, content: string | Uint8Array, what: string): void {
  const fd = typeof to === "number" ? to : openForWriting(to, what);
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  try {
    for (let at = 0; at < bytes.length; ) {
      const put = attempt(() => writeSync(fd, bytes, at));
      if (put === undefined) sleep(pause);
      else at += put;
    }
  } catch (error) {
    // A reader that went away is no error.
    if (codeOf(error) !== "EPIPE") throw error;
  } finally {
    if (typeof to !== "number") closeSync(fd);
  }
}

/** Opens without O_CREAT, so that nothing new comes to be; a pipe without a reader is waited for. */
function openForWriting(file: string, what: string): number {
  const meter = new Meter(what);
  while (true) {
    try {
      return openSync(file, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if (codeOf(error) !== "ENXIO") throw error;
    }
    if (meter.left === 0)
      throw new CompileError({ code: "file/endless", path: "", message: `nobody reads from ${what}`, hint: limitHint });
    sleep(pause);
  }
}

/** Undefined where there is nothing to read, or no room to write, yet. */
function attempt(work: () => number): number | undefined {
  try {
    return work();
  } catch (error) {
    if (codeOf(error) === "EAGAIN") return undefined;
    throw error;
  }
}

const descriptor = /^\/(?:dev\/(?:fd\/(?<fd>\d+)|(?<name>stdin|stdout|stderr))|proc\/self\/fd\/(?<own>\d+))$/;
const isDescriptor = (file: string): boolean => descriptor.test(file);

/** The number of the open file that a path such as /dev/stdout or /dev/fd/3 means. */
export function descriptorOf(file: string): number | undefined {
  const { fd, own, name } = descriptor.exec(file)?.groups ?? {};
  if (name !== undefined) return ["stdin", "stdout", "stderr"].indexOf(name);
  return fd === undefined && own === undefined ? undefined : Number(fd ?? own);
}
