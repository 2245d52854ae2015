// Where the answers to each file go. In: the files, what was given as -o. Out: pairs of paths, and the engine that knows both. Guarantee: no two
// answers share a file, none is an input, and none replaces what layerc did not write.
import { existsSync, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { showFile } from "../files.ts";
import { checkInputs, type Input } from "../outputs.ts";
import type { Engine } from "./define.ts";
import { engines } from "./engines.ts";

/** A file and its answers. */
export interface Pair {
  readonly input: string;
  readonly output: string;
}

const ending = (file: string): string => extname(file).toLowerCase();
/** A path through a file leads to nothing. */
function isFolder(path: string): boolean {
  try {
    return statSync(resolve(path)).isDirectory();
  } catch {
    return false;
  }
}
const fail = (message: string, hint: string): never => {
  throw new CompileError({ code: "cli/option", path: "", message, hint });
};

/** Whether `-o` names a folder: it ends as none of the files that are written. */
export function isFolderName(output: string): boolean {
  return /[\\/]$/.test(output) || ending(output) === "";
}

/** Throws CompileError cli/option, file/write. */
export function pairsOf(inputs: readonly string[], output: string): readonly Pair[] {
  const writes = [...new Set(engines.flatMap((engine) => engine.writes))];
  if (!isFolderName(output)) {
    if (!writes.includes(ending(output))) fail(`${showFile(output)} ends as no file that is written`, `write ${writes.join(", ")}, or a folder`); // biome-ignore format: one line
    if (inputs.length > 1)
      fail(`${inputs.length} files are read, and ${showFile(output)} is one`, "give a folder, such as -o scored/");
    if (isFolder(output)) throw new CompileError({ code: "file/write", path: "", message: `cannot write ${showFile(resolve(output))}: it is a folder` }); // biome-ignore format: one line
    return [{ input: inputs[0], output }];
  }
  if (existsSync(resolve(output)) && !isFolder(output)) throw new CompileError({ code: "file/write", path: "", message: `cannot write into ${showFile(resolve(output))}: it is no folder` }); // biome-ignore format: one line
  const pairs = inputs.map((input): Pair => {
    const name = writes.includes(ending(input)) ? basename(input) : `${basename(input, extname(input))}.parquet`;
    return { input, output: join(output, name) };
  });
  for (const [i, pair] of pairs.entries()) {
    const other = pairs.slice(0, i).find((one) => one.output.toLowerCase() === pair.output.toLowerCase());
    if (other !== undefined) fail(`the answers to ${showFile(other.input)} and to ${showFile(pair.input)} would both be ${showFile(pair.output)}`, "score them into two folders"); // biome-ignore format: one line
  }
  return pairs;
}

/** The first engine that reads and writes all of them. Throws CompileError cli/option. */
export function engineFor(pairs: readonly Pair[]): Engine {
  const strange = pairs.find(({ input }) => !engines.some(({ reads }) => reads.includes(ending(input))));
  if (strange !== undefined) fail(`${showFile(strange.input)} ends as no file that is read`, `give ${[...new Set(engines.flatMap(({ reads }) => reads))].join(", ")}`); // biome-ignore format: one line
  const found = engines.find(({ reads, writes }) =>
    pairs.every(({ input, output }) => reads.includes(ending(input)) && writes.includes(ending(output))),
  );
  return found ?? fail("no engine reads and writes all these files", "score files of one format at a time");
}

/** Throws CompileError file/input, file/not-ours. `ours`: outputs that a run before wrote. */
export function checkPairs(pairs: readonly Pair[], model: readonly Input[], ours: ReadonlySet<string>, force: boolean): void {
  const data = pairs.map(({ input }): Input => ({ what: "the rows", path: input }));
  checkInputs(pairs.map(({ output }) => ({ what: "the answers", path: output, content: "" })), [...model, ...data]); // biome-ignore format: one line
  const strange = pairs.find(
    ({ output }) => !ours.has(basename(output)) && (statSync(output, { throwIfNoEntry: false })?.size ?? 0) > 0,
  );
  if (strange === undefined || force) return;
  throw new CompileError({
    code: "file/not-ours",
    path: "",
    message: `${showFile(resolve(strange.output))} is there already, and no run of layerc score into this place says that it wrote it`,
    hint: "give -o <file> for another place, or --force to replace it",
  });
}

/** Beside an output, under a name that no pattern of rows finds; the ending says the format. */
export const besideOf = (output: string): string => join(dirname(output), `.layerc-part-${basename(output)}`);
