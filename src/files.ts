// Reading and writing files with our errors. A file is written beside its place and renamed, so that a reader never sees
// half of it and a failure leaves the old one.
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { isAbsolute, relative } from "node:path";
import { CompileError } from "../compiler/diagnostics/error.ts";

/** The bytes of a file. Throws CompileError `file/missing`. */
export function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CompileError({ code: "file/missing", path: "", message: `cannot read ${showFile(file)}: ${reasonOf(error)}` });
  }
}

/** Replaces or creates a file in one step. Throws CompileError `file/write`. */
export function writeAtomic(file: string, content: string | Uint8Array): void {
  const beside = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(beside, content);
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw new CompileError({ code: "file/write", path: "", message: `cannot write ${showFile(file)}: ${reasonOf(error)}` });
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
};
function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return Object.hasOwn(reasons, code) ? reasons[code] : error instanceof Error ? error.message : String(error);
}
