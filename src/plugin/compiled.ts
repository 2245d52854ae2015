// What stands in the place of an import: one function for the plugin and for the loader. In: a model file, the query behind it, the
// plugin's options. Out: the text of a module, and warnings. Says every file that it reads before it reads it, for a watcher.
import type { Artifact } from "../../compiler/artifact.ts";
import { compile } from "../../compiler/compile.ts";
import type { Code } from "../../compiler/diagnostics/codes.ts";
import { CompileError, type Diagnostic } from "../../compiler/diagnostics/error.ts";
import { bytesOf, checkBudget } from "../budget.ts";
import { paint, renderDiagnostic } from "../cli/render.ts";
import { loadModel, withPlaces } from "../source/load.ts";
import { inBundle, optionsIn, type PluginOptions } from "./options.ts";
import { writeTypes } from "./types.ts";

/** A module in a bundle. */
export interface Compiled {
  readonly code: string;
  readonly warnings: readonly Diagnostic[];
}

/** What is told of a file once, however often it is built: that there is nothing to mend yet. */
const saidOnce: ReadonlySet<Code> = new Set(["weights/untrained"]);
const told = new Set<string>();

/** Warnings that this process has not told of the file yet; one that went away is news when it comes back. */
function news(file: string, { warnings, manifest }: Artifact): readonly Diagnostic[] {
  // A module for training has no such warning, and says nothing of the others.
  const isTrained = manifest.options.train;
  const keyOf = (code: Code): string => `${code} ${file}`;
  const found = warnings.filter(({ code }) => !told.has(keyOf(code)));
  if (!isTrained) for (const code of saidOnce) told.delete(keyOf(code));
  for (const { code } of warnings) if (saidOnce.has(code)) told.add(keyOf(code));
  return found;
}

/** Compiles a model file for a bundle. Throws CompileError, with the place in the user's source where there is one. */
export async function compiled(
  file: string,
  query: string,
  { layers, types = false, ...options }: PluginOptions,
  seen: (file: string) => void,
): Promise<Compiled> {
  const { model, source, files } = await loadModel(file, seen, layers === undefined ? {} : { layers });
  const artifact = await withPlaces(source, () => {
    const { host, budget, ...asked } = { ...options, ...optionsIn(query) };
    const made = compile(model, inBundle(host, asked));
    if (budget !== undefined) checkBudget(made, bytesOf(budget));
    return made;
  });
  if (types) writeTypes(file, query, artifact.declarations, files);
  return { code: withoutHeader(artifact.code), warnings: news(file, artifact) };
}

/** The comment that opens an emitted file is for whoever opens it; in a bundle nobody does. */
const withoutHeader = (code: string): string => code.replace(/^(?:\s*\/\/[^\n]*\n|\s*\/\*[\s\S]*?\*\/)+/, "");

/** A message as bundlers take it: text, and a place as data where the bundler shows such; else the text has it. */
export function messageOf(diagnostic: Diagnostic, kind: "error" | "warning", showsPlaces: boolean) {
  const { at, ...rest } = diagnostic;
  if (!showsPlaces) return { message: renderDiagnostic(diagnostic, paint(false), kind) };
  const message = renderDiagnostic(rest, paint(false), kind);
  if (at === undefined) return { message };
  // Bundlers count columns from 0.
  const { file, line = 1, column = 1 } = at;
  return { message, loc: { file, line, column: column - 1 } };
}

/** What a bundler without places is thrown: a CompileError with its place in the text and without our stack; else what came. */
export function plainError(error: unknown): unknown {
  if (!(error instanceof CompileError)) return error;
  const plain = new Error(messageOf(error.diagnostic, "error", false).message);
  plain.stack = plain.message;
  return plain;
}
