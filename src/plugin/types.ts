// The exact types of an import, beside its model. In: a model file, a query, the declarations of the module. Out: a file of the name
// under which TypeScript looks for `./iris.model.ts?model` where `allowArbitraryExtensions` is on: `iris.model.d.ts?model.ts`.
// Guarantee: only a file that layerc wrote is replaced, and one that would not change is left alone, so that no watcher wakes.
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { writeOutputs } from "../outputs.ts";

/** Where the types of an import stand: TypeScript takes everything after its last dot for the extension. */
export function typesPathOf(file: string, query: string): string {
  const name = basename(file) + query;
  const at = name.lastIndexOf(".");
  return join(dirname(file), `${name.slice(0, at)}.d${name.slice(at)}.ts`);
}

/** Writes the declarations of an import beside its model. Throws CompileError `file/not-ours`, `file/write`. */
export function writeTypes(file: string, query: string, declarations: string, inputs: readonly string[]): void {
  const path = typesPathOf(file, query);
  if (existsSync(path) && readFileSync(path, "utf8") === declarations) return;
  // A package is its author's.
  if (path.includes(`${sep}node_modules${sep}`)) return;
  try {
    writeOutputs(
      [{ what: "the types", path, content: declarations }],
      inputs.map((path) => ({ what: "a file of the model", path })),
      false,
    );
  } catch (error) {
    // The hints there are for the command line.
    const hint = "move that file away, or leave out the option types of the plugin";
    throw error instanceof CompileError ? new CompileError({ ...error.diagnostic, hint }) : error;
  }
}
