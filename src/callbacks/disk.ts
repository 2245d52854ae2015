// Files of a training, where there is Node. In: paths and bytes. Out: files; a CompileError `file/…` that says in words what the system said.
// Guarantee: a file is written beside the old one and renamed, so that a full disk leaves the old one whole; no module of Node is
// imported, so that a page which never writes a file can be bundled.
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { reasonOf } from "../reasons.ts";

type FileSystem = typeof import("node:fs");
type Paths = typeof import("node:path");

/** The modules of Node. Throws CompileError `file/write` where there is none. */
function node(what: string): { readonly fs: FileSystem; readonly paths: Paths } {
  const given = typeof process === "object" ? process.getBuiltinModule : undefined;
  if (given === undefined)
    throw new CompileError({
      code: "file/write",
      path: "",
      message: `${what}: there are no files here`,
      hint: "give a function in place of a path: those of layerc/runtime take one",
    });
  return { fs: given("node:fs"), paths: given("node:path") };
}

const isMissing = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT";

/** Puts bytes or text where a path says; folders on the way are made. `what` names it: "the checkpoint". */
export function writeFile(what: string, path: string, content: Uint8Array | string): void {
  const { fs, paths } = node(what);
  const beside = paths.join(paths.dirname(path), `.layerc-${paths.basename(path)}-${process.pid}.tmp`);
  try {
    fs.mkdirSync(paths.dirname(path), { recursive: true });
    const file = fs.openSync(beside, "w");
    try {
      fs.writeFileSync(file, content);
      // A name must not lead to bytes that are still on their way.
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
    fs.renameSync(beside, path);
  } catch (error) {
    fs.rmSync(beside, { force: true });
    throw failure(what, "write", path, error);
  }
}

/** The bytes of a file; undefined where there is none. */
export function readFile(what: string, path: string): Uint8Array | undefined {
  const { fs } = node(what);
  try {
    return fs.readFileSync(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw failure(what, "read", path, error);
  }
}

/** Adds text at the end of a file, or begins it anew. */
export function addText(what: string, path: string, text: string, how: "append" | "begin" = "append"): void {
  const { fs, paths } = node(what);
  try {
    fs.mkdirSync(paths.dirname(path), { recursive: true });
    fs.writeFileSync(path, text, { flag: how === "append" ? "a" : "w" });
  } catch (error) {
    throw failure(what, "write", path, error);
  }
}

/** Removes a file, and its folder where nothing else is in it. */
export function removeFile(what: string, path: string): void {
  const { fs, paths } = node(what);
  try {
    fs.rmSync(path, { force: true });
    if (fs.existsSync(paths.dirname(path)) && fs.readdirSync(paths.dirname(path)).length === 0) fs.rmdirSync(paths.dirname(path));
  } catch (error) {
    throw failure(what, "remove", path, error);
  }
}

/** A path in a folder. */
export const inFolder = (what: string, folder: string, name: string): string => node(what).paths.join(folder, name);

const failure = (what: string, verb: string, path: string, error: unknown): CompileError =>
  new CompileError({
    code: verb === "read" ? "file/missing" : "file/write",
    path: "",
    message: `cannot ${verb} ${what} ${JSON.stringify(path)}: ${reasonOf(error)}`,
  });
