// Reading files with our errors, and naming them for people. In: a path. Out: bytes, or a CompileError that says in words what
// the system said. Guarantee: a pipe or device that never ends is an error, see streams.ts. Writing is outputs.ts.
import { readFileSync, statSync } from "node:fs";
import { isAbsolute, relative } from "node:path";
import { CompileError } from "../compiler/diagnostics/error.ts";
import { readStream } from "./streams.ts";

/** The bytes of a file. Throws CompileError `file/missing`, `file/endless`. */
export function readBytes(file: string): Uint8Array {
  try {
    const found = statSync(file);
    return found.isFile() || found.isDirectory() ? readFileSync(file) : readStream(file, showFile(file));
  } catch (error) {
    if (error instanceof CompileError) throw error;
    throw new CompileError({ code: "file/missing", path: "", message: `cannot read ${showFile(file)}: ${reasonOf(error)}` });
  }
}

/** A file as the user would write it: relative where it lies below the working directory. */
export function showFile(file: string): string {
  const near = relative(process.cwd(), file);
  return near === "" || near.startsWith("..") || isAbsolute(near) ? file : near;
}

/** Node's codes in words; any other error speaks for itself. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is no folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOSPC: "the disk is full",
  EROFS: "the file system is read-only",
  ELOOP: "its links lead in a circle",
  ENXIO: "it is a socket, or nobody is at its other end",
  ENAMETOOLONG: "its name is too long",
  ERR_FS_FILE_TOO_LARGE: "it is larger than 2 GiB",
};
/** Why the system refused, in words. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return Object.hasOwn(reasons, code) ? reasons[code] : error instanceof Error ? error.message : String(error);
}
