// `layerc compile`: a model file → a JavaScript module, its declarations, and its weights and WebAssembly where they are not inside.
import { extname, resolve } from "node:path";
import type { Command } from "commander";
import type { Artifact } from "../../../compiler/artifact.ts";
import { compile } from "../../../compiler/compile.ts";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { showFile, writeAtomic } from "../../files.ts";
import { addCompileFlags, type CompileFlags, optionsOf } from "../flags.ts";
import { showBytes, showCount } from "../render.ts";
import { readModel, work } from "../subject.ts";
import { print, printJson, say, warn } from "../terminal.ts";

interface Flags extends CompileFlags {
  readonly output?: string;
  readonly stdout?: boolean;
  readonly json?: boolean;
}

/** Adds `layerc compile`, which writes the module of a model. */
export function addCompile(program: Command): void {
  const command = program
    .command("compile")
    .summary("write a model as a JavaScript module")
    .description("Compiles a model into a JavaScript module without imports, with declarations (.d.ts) beside it.")
    .argument("<model>", "model file (.ts, .js, .json, .safetensors), or - for JSON on standard input")
    .option("-o, --output <file>", "where the module goes (default: beside the model, iris.model.ts → iris.js)")
    .option("--stdout", "print the module and write no file")
    .option("--json", "print what was written as JSON");
  addCompileFlags(command)
    .addHelpText(
      "after",
      "\nExamples:\n  layerc compile iris.model.ts -o iris.js\n  layerc compile cars.model.ts --train --batch 64\n  layerc compile iris.safetensors --format iife --global-name iris --stdout",
    )
    .action(async (file: string, flags: Flags) => {
      const output = flags.stdout ? undefined : outputFile(file, flags);
      const subject = await readModel(file, flags.inputShape);
      const artifact = await work(subject, () => compile(subject.model, optionsOf(flags)));
      warn(artifact.warnings, subject.model);
      if (output === undefined) print(artifact.code);
      else tell(write(output, artifact), artifact, flags.json === true);
    });
}

const extensions = { esm: ".js", iife: ".js", cjs: ".cjs" } as const;

function outputFile(model: string, { output, format = "esm" }: Flags): string {
  if (output === undefined && model === "-") {
    throw new CompileError({
      code: "cli/option",
      path: "",
      message: "a model from standard input has no name to call the module by",
      hint: "give -o <file> or --stdout",
    });
  }
  const named = output ?? model.replace(/(\.model)?\.[^./\\]+$/, "") + extensions[format];
  if (resolve(named) === resolve(model)) {
    throw new CompileError({
      code: "cli/option",
      path: "",
      message: `the module would replace the model file ${showFile(resolve(model))}`,
      hint: "give -o <file>",
    });
  }
  return named;
}

interface Written {
  readonly code: string;
  readonly declarations: string;
  readonly weights?: string;
  readonly wasm?: string;
  readonly wasmRelaxed?: string;
}

function write(output: string, artifact: Artifact): Written {
  const extension = /\.[mc]?js$/.test(output) ? extname(output) : "";
  const stem = output.slice(0, output.length - extension.length);
  const written: Written = {
    code: output,
    declarations: `${stem}.d${extension === "" ? ".ts" : extension.replace("js", "ts")}`,
    ...(artifact.weights === undefined ? {} : { weights: `${stem}.bin` }),
    ...(artifact.wasm === undefined ? {} : { wasm: `${stem}.wasm` }),
    ...(artifact.wasmRelaxed === undefined ? {} : { wasmRelaxed: `${stem}.relaxed.wasm` }),
  };
  for (const part of ["weights", "wasm", "wasmRelaxed"] as const) {
    const [file, bytes] = [written[part], artifact[part]];
    if (file !== undefined && bytes !== undefined) writeAtomic(file, bytes);
  }
  writeAtomic(written.declarations, artifact.declarations);
  // The module last: whoever sees it finds the files it needs.
  writeAtomic(written.code, artifact.code);
  return written;
}

function tell(files: Written, { manifest, warnings }: Artifact, json: boolean): void {
  if (json) printJson({ files, manifest, warnings });
  else {
    const weights = files.weights === undefined ? "" : `, ${files.weights}: ${showBytes(manifest.bytes.weights)} of weights`;
    const wasm = [files.wasm, files.wasmRelaxed].map((file) => (file === undefined ? "" : `, ${file}`)).join("");
    say(
      `${files.code}: ${showBytes(manifest.bytes.code)}${weights}${wasm}; ${showCount(manifest.multiplyAdds)} multiply-adds per row`,
    );
  }
}
