// Files by pattern, where the shell has not done it: `*` and `?` within a name, `**` for folders of any depth. In: a path or pattern. Out: files, in the
// order of their names; names that begin with a point are nobody's rows.
import { readdirSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { reasonOf, showFile } from "../files.ts";

const isPattern = (part: string): boolean => /[*?]/.test(part);
const asExpression = (part: string): RegExp =>
  new RegExp(
    `^${part
      .replace(/[\\^$.|+()[\]{}]/g, "\\$&")
      .replaceAll("*", "[^/]*")
      .replaceAll("?", "[^/]")}$`,
  );

/** Throws CompileError file/missing where there is no such file, or it is a folder. */
export function filesOf(given: string): readonly string[] {
  const fail = (why: string, hint?: string): never => {
    throw new CompileError({ code: "file/missing", path: "", message: `cannot read ${showFile(given)}: ${why}`, ...(hint === undefined ? {} : { hint }) }); // biome-ignore format: one line
  };
  if (!isPattern(given)) {
    try {
      if (statSync(given).isDirectory()) return fail("it is a folder", `give a pattern: '${join(given, "*.parquet")}'`);
    } catch (error) {
      if (error instanceof CompileError) throw error;
      return fail(reasonOf(error));
    }
    return [given];
  }
  const parts = given.split(/[\\/]/);
  const first = parts.findIndex(isPattern);
  const found = within(
    parts.slice(0, first).join(sep),
    parts.slice(first),
    given.startsWith("/") && first === 1 ? sep : undefined,
  );
  return found.length === 0 ? fail("no file has such a name") : [...found].sort();
}

function within(folder: string, [part, ...rest]: readonly string[], root?: string): readonly string[] {
  const at = folder === "" ? (root ?? ".") : folder;
  const entries = (() => {
    try {
      return readdirSync(at, { withFileTypes: true }).filter(({ name }) => !name.startsWith("."));
    } catch {
      return [];
    }
  })();
  const path = (name: string): string => (folder === "" && root === undefined ? name : join(at, name));
  const isFolder = (name: string): boolean => statSync(path(name), { throwIfNoEntry: false })?.isDirectory() === true;
  if (part === "**") {
    const deeper = entries.flatMap(({ name }) => (isFolder(name) ? within(path(name), [part, ...rest]) : []));
    return [...within(folder, rest.length === 0 ? ["*"] : rest, root), ...deeper];
  }
  const fits = isPattern(part) ? asExpression(part) : undefined;
  const names = entries.flatMap(({ name }) => (fits === undefined ? name === part : fits.test(name)) ? [name] : []); // biome-ignore format: one line
  if (rest.length === 0) return names.filter((name) => !isFolder(name)).map(path);
  return names.filter(isFolder).flatMap((name) => within(path(name), rest));
}
