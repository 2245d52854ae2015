// Writing what a compilation made. In: outputs with their paths, and the files they were made from. Out: files. Guarantee:
// nothing is written before all is checked; an input is never replaced, another's file only by force; links are followed,
// pipes and devices written to; and a failure leaves every old file as it was.
import { createHash, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { CompileError, internal } from "../compiler/diagnostics/error.ts";
import { headOf } from "../compiler/emit/module/head.ts";
import { sealed } from "../compiler/emit/module/seal.ts";
import { readBytes, reasonOf, showFile } from "./files.ts";
import { descriptorOf, writeStream } from "./streams.ts";

/** A file to be written. */
export interface Output {
  /** For messages: "the module". */
  readonly what: string;
  readonly path: string;
  readonly content: string | Uint8Array;
  /** The module whose header names this file: bytes cannot say themselves who wrote them. */
  readonly module?: string;
  /** Whether it may be run as it is. */
  readonly isProgram?: boolean;
  /** Of a format that says who wrote a file: whether the bytes that are there do. */
  readonly isOurs?: (bytes: Uint8Array) => boolean;
}
/** A file that was read. */
export interface Input {
  /** For messages: "the model file". */
  readonly what: string;
  readonly path: string;
}

/** Where an output really goes, behind all links. */
interface Target {
  readonly output: Output;
  readonly path: string;
  /** Of what is there. */
  readonly stat?: fs.Stats;
  /** Written to as it is: by path, or by the number of an open file. */
  readonly stream?: string | number;
}

/** Writes all outputs, in this order, or none. Throws CompileError `file/input`, `file/not-ours`, `file/write`. */
export function writeOutputs(outputs: readonly Output[], inputs: readonly Input[], force: boolean): void {
  checkInputs(outputs, inputs);
  const targets = outputs.map(targetOf);
  checkDistinct(targets);
  if (!force) checkOurs(targets);
  for (const target of targets) checkWritable(target);
  replace(targets);
}

/** Whether a path leads to a pipe, a terminal or a device: nothing can lie beside that. */
export function isStream(path: string): boolean {
  return targetOf({ what: "", path, content: "" }).stream !== undefined;
}

function targetOf(output: Output): Target {
  try {
    let path = resolve(output.path);
    for (let hops = 0; ; hops++) {
      const descriptor = descriptorOf(path);
      if (descriptor !== undefined) return { output, path, stat: statOf(path), stream: descriptor };
      const found = fs.lstatSync(path, { throwIfNoEntry: false });
      if (found === undefined || !found.isSymbolicLink()) break;
      // More than any system follows itself.
      if (hops > 40) fail(output, "its links lead in a circle");
      path = resolve(realFolder(dirname(path)), fs.readlinkSync(path));
    }
    path = join(realFolder(dirname(path)), basename(path));
    const stat = statOf(path);
    return {
      output,
      path,
      stat,
      ...(stat?.isFIFO() || stat?.isCharacterDevice() || stat?.isBlockDevice() ? { stream: path } : {}),
    };
  } catch (error) {
    throw error instanceof CompileError ? error : failure(output, reasonOf(error));
  }
}

const statOf = (path: string): fs.Stats | undefined => fs.statSync(path, { throwIfNoEntry: false });

/** A folder without links; what of it is missing stays as it is written. */
function realFolder(folder: string): string {
  if (fs.existsSync(folder)) return fs.realpathSync(folder);
  return dirname(folder) === folder ? folder : join(realFolder(dirname(folder)), basename(folder));
}

/** The same file, under whatever name: two links share device and number, and so do names that differ in case only. */
const isSame = (a: Pick<Target, "path" | "stat">, b: Pick<Target, "path" | "stat">): boolean =>
  a.path === b.path ||
  (a.stat !== undefined && b.stat !== undefined && a.stat.ino !== 0 && a.stat.dev === b.stat.dev && a.stat.ino === b.stat.ino);

/**
 * Refuses outputs that would replace an input, even by force: what a model is made from cannot be made again from the module. A
 * pipe or device is not replaced. Throws CompileError `file/input`.
 */
export function checkInputs(outputs: readonly Output[], inputs: readonly Input[]): void {
  const targets = outputs.map(targetOf);
  for (const { what, path } of inputs) {
    const input = { path: join(realFolder(dirname(resolve(path))), basename(path)), stat: statOf(path) };
    if (input.stat !== undefined && !input.stat.isFile()) continue;
    const target = targets.find((target) => isSame(target, input));
    if (target !== undefined) {
      const also =
        resolve(target.output.path) === resolve(path) ? "" : ` by another name, ${showFile(resolve(target.output.path))}`;
      throw new CompileError({
        code: "file/input",
        path: "",
        message: `${target.output.what} would replace ${what} ${showFile(resolve(path))}${also}`,
        hint: "give -o <file>",
      });
    }
  }
}

/** Two outputs in one file would leave the last; a device takes both. */
function checkDistinct(targets: readonly Target[]): void {
  for (const [i, target] of targets.entries()) {
    const other = target.stream === undefined ? targets.slice(0, i).find((one) => isSame(one, target)) : undefined;
    if (other !== undefined)
      fail(target.output, `${other.output.what}, ${showFile(resolve(other.output.path))}, is the same file`);
  }
}

function checkOurs(targets: readonly Target[]): void {
  const [first, ...rest] = targets.filter((target) => !isOurs(target)).map(({ output }) => showFile(resolve(output.path)));
  if (first === undefined) return;
  throw new CompileError({
    code: "file/not-ours",
    path: "",
    message: `${first} is there already, and nothing in it says that layerc wrote it`,
    notes: rest.map((file) => `so is ${file}`),
    hint: "give -o <file> for another place, or --force to replace it",
  });
}

/** Whether nothing is lost: nothing is there, or what layerc wrote, or what it is about to write. */
function isOurs({ output, path, stat, stream }: Target): boolean {
  if (stat?.isBlockDevice()) return false;
  // `mktemp` makes an empty file to hold a name.
  if (stream !== undefined || stat === undefined || !stat.isFile() || stat.size === 0) return true;
  if (output.module === undefined && output.isOurs === undefined) return header.test(headText(path));
  const bytes = readBytes(path);
  if (Buffer.from(bytes).equals(Buffer.from(output.content as Uint8Array))) return true;
  if (output.isOurs !== undefined) return output.isOurs(bytes);
  return output.module !== undefined && isNamed(output.module, output.path, bytes);
}

/** What `header` and `declarations` of the compiler write as the first line, in the comments of its language. */
const header = /^\uFEFF?(?:#!.*\n)?(?:\/\/|--|<!--) Model ".*", compiled by layerc \d/;

/** The line of a module's header that names a file beside it, with what it holds. */
const nameLine = (file: string, bytes: Uint8Array | string): string =>
  `with ${JSON.stringify(basename(file))}, sha256 ${sha256Of(bytes)}`;

/** A text that names the files written beside it in its header, behind the line with its hash. */
export function withNames(code: string, files: readonly (readonly [file: string, content: Uint8Array | string])[]): string {
  const { comment } = headOf(code) ?? internal("a text of the compiler has no header");
  const lines = code.split("\n");
  const at = lines[0].startsWith("#!") ? 3 : 2;
  lines.splice(at, 0, ...files.map(([file, content]) => comment.line + nameLine(file, content)));
  return sealed(lines.join("\n"));
}

/** The files that such lines of a text name, as JSON, with what they hold. */
export const namesIn = (code: string): readonly (readonly [file: string, sha256: string])[] =>
  (headOf(code)?.lines ?? []).flatMap((line) => {
    const [, file, sha256] = /^with ("[^\n]*"), sha256 ([0-9a-f]{64})$/.exec(line) ?? [];
    return file === undefined ? [] : [[file, sha256] as const];
  });

/** The hash that such a line has. */
export const sha256Of = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

function isNamed(module: string, file: string, bytes: Uint8Array): boolean {
  if (!statOf(module)?.isFile()) return false;
  const head = headText(module);
  return header.test(head) && head.split(/\r?\n/).includes(`// ${nameLine(file, bytes)}`);
}

/** The first lines of a file; one that may not be read has none. */
function headText(file: string): string {
  const bytes = Buffer.alloc(1 << 14);
  try {
    const fd = fs.openSync(file, "r");
    try {
      return bytes.toString("utf8", 0, fs.readSync(fd, bytes));
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    return "";
  }
}

function checkWritable({ output, path, stat, stream }: Target): void {
  if (stat === undefined || stream !== undefined) return;
  if (stat.isDirectory()) fail(output, "it is a folder");
  if (!stat.isFile()) fail(output, "it is a socket");
  // A rename asks the folder alone; whoever took the right to write away meant the file.
  const isReadOnly = (stat.mode & 0o222) === 0 || !may(path, fs.constants.W_OK);
  if (isReadOnly) fail(output, "it is read-only");
}

function may(path: string, what: number): boolean {
  try {
    fs.accessSync(path, what);
    return true;
  } catch {
    return false;
  }
}

/** Everything is on the disk before the first rename; a rename that fails takes back those before it. */
function replace(targets: readonly Target[]): void {
  const files = targets.filter(({ stream }) => stream === undefined);
  const litter: string[] = [];
  const undo: (() => void)[] = [];
  let at = files[0]?.output ?? targets[0]?.output;
  const beside = (path: string): string => {
    const file = join(dirname(path), `.layerc-${randomBytes(6).toString("hex")}.tmp`);
    litter.push(file);
    return file;
  };
  try {
    const staged = files.map((target) => {
      at = target.output;
      fs.mkdirSync(dirname(target.path), { recursive: true });
      const file = beside(target.path);
      fs.writeFileSync(file, target.output.content, { flag: "wx", mode: target.output.isProgram ? 0o777 : 0o666 });
      if (target.stat !== undefined) keepOwner(file, target.stat);
      return { ...target, file, old: target.stat === undefined ? undefined : keep(target.path, beside(target.path)) };
    });
    for (const { output, stream } of targets) {
      at = output;
      if (stream !== undefined) writeStream(stream, output.content, showFile(resolve(output.path)));
    }
    for (const { output, path, file, old } of staged) {
      at = output;
      fs.renameSync(file, path);
      undo.push(() => (old === undefined ? fs.rmSync(path) : fs.renameSync(old, path)));
    }
  } catch (error) {
    for (const step of undo.reverse()) step();
    throw error instanceof CompileError ? error : failure(at, reasonOf(error));
  } finally {
    for (const file of litter) fs.rmSync(file, { force: true });
  }
}

/** The old file under a second name; a copy where the file system has no links. */
function keep(path: string, as: string): string {
  try {
    fs.linkSync(path, as);
  } catch {
    fs.copyFileSync(path, as);
  }
  return as;
}

/** The new file with the rights of the old one, and its owner where that may be given. */
function keepOwner(file: string, { uid, gid, mode }: fs.Stats): void {
  const now = fs.statSync(file);
  if (now.uid !== uid || now.gid !== gid) {
    try {
      fs.chownSync(file, uid, gid);
    } catch {
      // Only root may; the rights below are kept all the same.
    }
  }
  fs.chmodSync(file, mode & 0o7777);
}

const failure = (output: Output, why: string): CompileError =>
  new CompileError({ code: "file/write", path: "", message: `cannot write ${showFile(resolve(output.path))}: ${why}` });
function fail(output: Output, why: string): never {
  throw failure(output, why);
}
