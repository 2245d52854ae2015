// Where a new project gets layerc from: from where this one came. In: the folder of this package. Out: what stands in a package.json.
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { version } from "../../../compiler/base/version.ts";
import { packageFolder } from "./templates.ts";

/** A specifier for a project in `folder`: a path where layerc was installed from one or runs from its clone, else its version. */
export function originOf(folder: string, installed: string = packageFolder()): string {
  const modules = dirname(installed);
  if (basename(modules) !== "node_modules") return fileIn(folder, installed);
  const from = resolvedIn(join(modules, ".package-lock.json"));
  // npm notes paths as they lead from the project.
  return from === undefined ? `^${version}` : fileIn(folder, resolve(dirname(modules), from));
}

/** As npm reads it on every system. */
const fileIn = (folder: string, path: string): string => `file:${relative(folder, path).split(sep).join("/")}`;

/** The path that npm noted of layerc, if it was one: npm is not the only one that installs, so nothing is taken for granted. */
function resolvedIn(lock: string): string | undefined {
  if (!existsSync(lock)) return undefined;
  const { packages } = JSON.parse(readFileSync(lock, "utf8")) as {
    packages?: Record<string, { resolved?: string; link?: boolean }>;
  };
  const { resolved = "", link = false } = packages?.["node_modules/layerc"] ?? {};
  if (resolved.startsWith("file:")) return resolved.slice("file:".length);
  return link && resolved !== "" ? resolved : undefined;
}
