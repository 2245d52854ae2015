// A model as files that are to be written. In: a model, the name of a file, perhaps a format. Out: the format and the files, the model last. Guarantee:
// a format of several files is refused where they cannot lie beside each other.
import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { readBytes } from "../files.ts";
import { type Target, targets } from "../formats/targets.ts";
import { isStream, type Output } from "../outputs.ts";

/** The format that a name says, or `to`. Throws CompileError cli/option. */
export function targetOf(output: string, to?: string): Target {
  const found = targets.find(({ name, file }) => (to === undefined ? file.test(output) : name === to));
  if (found !== undefined) return found;
  throw new CompileError({
    code: "cli/option",
    path: "",
    message: `the name ${JSON.stringify(output)} does not say in which format the model is to be written`,
    hint: `give --to ${targets.map(({ name }) => name).join(", ")}`,
  });
}

/** Of a format with several files a folder is as good a name. */
export function fileIn(output: string, { inFolder }: Target): string {
  const isFolder = /[/\\]$/.test(output) || statSync(output, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder && inFolder !== undefined ? join(output, inFolder) : output;
}

/** Files beside the model first: whoever sees the model finds the files it needs. */
export function outputsOf(output: string, { isOurs }: Target, files: ReturnType<Target["write"]>): readonly Output[] {
  if (files.length > 1 && isStream(output)) {
    const message = `the model is ${files.length} files, and ${JSON.stringify(output)} takes one`;
    throw new CompileError({ code: "cli/option", path: "", message, hint: "give -o a file in a folder" });
  }
  const made = files.map(([name, content]): Output => {
    if (name === null) return { what: "the model", path: output, content, isOurs };
    // Bytes do not say who wrote them: the model beside them does.
    const wroteModel = () => statSync(output, { throwIfNoEntry: false })?.isFile() === true && isOurs(readBytes(output));
    return { what: "the weights of the model", path: join(dirname(output), name), content, isOurs: wroteModel };
  });
  return [...made.slice(1), made[0]];
}
