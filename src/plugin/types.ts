// The exact types of an import, beside its model. In: a model file, a query, the declarations of the module. Out: a file of the name
// under which TypeScript looks for `./iris.model.ts?model` where `allowArbitraryExtensions` is on: `iris.model.d.ts?model.ts`.
// Guarantee: only a file that layerc wrote is replaced, and one that would not change is left alone, so that no watcher wakes.
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { writeOutputs } from "../outputs.ts";

/** Where the types of an import stand: after the last dot of its file, TypeScript takes everything for the extension. */
export function typesPathOf(file: string, query: string): string {
  const end = extname(file);
  return join(dirname(file), `${basename(file, end)}.d${end}${query}.ts`);
}

/** Writes the declarations of an import beside its model. Throws CompileError `file/not-ours`, `file/write`. */
export function writeTypes(file: string, query: string, declarations: string, inputs: readonly string[]): void {
  const path = typesPathOf(file, query);
  if (existsSync(path) && readFileSync(path, "utf8") === declarations) return;
  writeOutputs(
    [{ what: "the types", path, content: declarations }],
    inputs.map((path) => ({ what: "a file of the model", path })),
    false,
  );
}
