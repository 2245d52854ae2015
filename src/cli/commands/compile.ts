// `layerc compile`: a model file → a module in one of the forms, and what goes beside it: declarations, weights and WebAssembly that are not inside.

import { dirname, extname, join } from "node:path";
import { type Command, Option } from "commander";
import type { Artifact, Rounding } from "../../../compiler/artifact.ts";
import { compile, extensionOf, roundingOf } from "../../../compiler/compile.ts";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { manifestText } from "../../../compiler/emit/wasm/file.ts";
import { resolve } from "../../../compiler/front/steps.ts";
import type { Model } from "../../../compiler/model.ts";
import { isRounded } from "../../../compiler/options.ts";
import { checkBudget } from "../../budget.ts";
import { type Chosen, withHost } from "../../hosts.ts";
import { checkInputs, type Input, isStream, type Output, withNames, writeOutputs } from "../../outputs.ts";
import type { Loaded } from "../../source/load.ts";
import { descriptorOf } from "../../streams.ts";
import { addCompileFlags, type CompileFlags, optionsOf } from "../flags.ts";
import { showBytes, showCount } from "../render.ts";
import { inputsOf, readModel, work } from "../subject.ts";
import { print, printBytes, printJson, say, warn } from "../terminal.ts";

interface Flags extends CompileFlags {
  readonly output?: string;
  readonly stdout?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly input?: readonly string[];
}

/** Adds `layerc compile`, which writes the module of a model. */
export function addCompile(program: Command): void {
  const command = program
    .command("compile")
    .description("Compiles a model into a JavaScript module without imports, with declarations (.d.ts) beside it.")
    .argument("<model>", "model file (.ts, .js, .keras, .h5, .onnx, .json, .safetensors), or - for JSON on standard input")
    .option("-o, --output <file>", "where the module goes (default: beside the model, iris.model.ts → iris.js)")
    .option("--stdout", "print the module and write no file")
    .option("--force", "replace files that layerc did not write; never one that the model is made from")
    .addOption(
      new Option(
        "--input <rows>",
        "with --weights-type: rows, as for layerc run, at which answers are compared with those of float32 weights (golden rows)",
      ).argParser((given: string, before: readonly string[] = []) => [...before, given]),
    )
    .option("--json", "print what was written as JSON");
  addCompileFlags(command)
    .addHelpText(
      "after",
      "\nExamples:\n  layerc compile iris.model.ts -o iris.js\n  layerc compile cars.model.ts --train --batch 64\n  layerc compile iris.safetensors --format iife --global-name iris --stdout",
    )
    .action(async (file: string, given: Flags) => {
      const { options, says } = chosenBy(given);
      const flags = { ...given, ...options };
      const output = flags.stdout ? undefined : outputFile(file, flags);
      // Before the model is read, because reading it runs it.
      if (output !== undefined && file !== "-")
        checkInputs([{ what: "the module", path: output, content: "" }], [{ what: "the model file", path: file }]);
      const subject = await readModel(file, flags);
      const artifact = await work(subject, () => compile(subject.model, options));
      if (says !== undefined) say(says);
      const rounding = await work(subject, () => roundingFor(subject.model, artifact, flags.input));
      if (rounding !== undefined) say(roundingText(rounding, flags.input !== undefined));
      const size = flags.budget === undefined ? undefined : checkBudget(artifact, flags.budget);
      if (size !== undefined && flags.budget !== undefined) say(`${showBytes(size)} of ${showBytes(flags.budget)} packed`);
      warn(artifact.warnings, subject.model);
      if (output === undefined && artifact.binary !== undefined) printBytes(artifact.binary);
      else if (output === undefined) print(artifact.code);
      else tell(write(output, artifact, subject, flags), artifact, { json: flags.json === true, rounding });
      if (output === undefined || isStream(output)) leftOut(artifact);
    });
}

/** What rounding the weights does, at rows that were given or at the golden ones. Throws CompileError cli/option. */
async function roundingFor(
  model: Model,
  { manifest }: Artifact,
  input: readonly string[] | undefined,
): Promise<Rounding | undefined> {
  const { options, inputs } = manifest;
  if (input === undefined) return manifest.rounding;
  if (!isRounded(options)) {
    const message = "--input is for weights that are rounded, and these are not";
    throw new CompileError({ code: "cli/option", path: "", message, hint: "give --weights-type, or leave --input away" });
  }
  // Readers of tables, which few compilations want.
  const { feedsOf, readInputs } = await import("../inputs.ts");
  const given = readInputs(input, inputs);
  const { feeds } = resolve(model).predict;
  return roundingOf(model, options.weightsType, { rows: given.rows, values: feedsOf(feeds, given, inputs) });
}

/** `weights rounded to int8: y is off by up to 0.0021 from float32 weights at 16 golden rows, and another number is its largest in 1`. */
function roundingText({ type, rows, outputs }: Rounding, own: boolean): string {
  const where = `${rows}${own ? "" : " golden"} row${rows === 1 ? "" : "s"}`;
  const each = outputs.map(({ name, worst, moved }) => {
    const chosen = moved === undefined ? "" : `, and another number is its largest in ${moved}`;
    return `${name} is off by up to ${Number(worst.toPrecision(2))} from float32 weights at ${where}${chosen}`;
  });
  return `weights rounded to ${type}: ${each.join("; ")}`;
}

/** The options of a compilation, with those of the place it is for. */
function chosenBy(flags: Flags): Partial<Chosen> & Pick<Chosen, "options"> {
  const options = optionsOf(flags);
  return flags.host === undefined ? { options } : withHost(flags.host, options);
}

function outputFile(model: string, flags: Flags): string {
  const { output } = flags;
  if (output !== undefined) return output;
  if (model === "-" || descriptorOf(model) !== undefined) {
    throw new CompileError({
      code: "cli/option",
      path: "",
      message: "a model from standard input has no name to call the module by",
      hint: "give -o <file> or --stdout",
    });
  }
  return model.replace(/(\.model)?\.[^./\\]+$/, "") + extensionOf(optionsOf(flags));
}

interface Written {
  readonly code: string;
  readonly declarations?: string;
  readonly script?: string;
  readonly weights?: string;
  readonly wasm?: string;
  readonly wasmRelaxed?: string;
}
/** What a module may need beside it: the ending of its file, and its name in a message. */
const companions = [
  ["weights", ".bin", "the weights of the module"],
  ["wasm", ".wasm", "the WebAssembly of the module"],
  ["wasmRelaxed", ".relaxed.wasm", "the relaxed WebAssembly of the module"],
] as const;

function write(output: string, artifact: Artifact, subject: Loaded, { force = false }: Flags): Written {
  const inputs = inputsOf(subject);
  const module: Output = {
    ...{ what: "the module", path: output, content: artifact.binary ?? artifact.code },
    ...(artifact.binary === undefined ? {} : { isOurs: (bytes: Uint8Array) => manifestText(bytes) !== undefined }),
    ...(artifact.code.startsWith("#!") ? { isProgram: true } : {}),
  };
  if (isStream(output)) {
    writeOutputs([module], inputs, force);
    return { code: output };
  }
  if (artifact.declarations === "") return writeAlone(module, artifact, inputs, force);
  const extension = /\.[mc]?js$/.test(output) ? extname(output) : "";
  const stem = output.slice(0, output.length - extension.length);
  const beside = companions.flatMap(([part, ending, what]) => {
    const content = artifact[part];
    return content === undefined ? [] : [{ part, what, path: stem + ending, content, module: output }];
  });
  const declarations: Output = {
    what: "the declarations of the module",
    path: `${stem}.d${extension === "" ? ".ts" : extension.replace("js", "ts")}`,
    content: artifact.declarations,
  };
  const content = withNames(
    artifact.code,
    beside.map(({ path, content }) => [path, content]),
  );
  // The module last: whoever sees it finds the files it needs.
  writeOutputs([...beside, declarations, { ...module, content }], inputs, force);
  return {
    code: output,
    declarations: declarations.path,
    ...Object.fromEntries(beside.map(({ part, path }) => [part, path])),
  };
}

/** What nobody imports: a program, a `.wasm` file, or SQL with the script that it calls by the function's name. */
function writeAlone(module: Output, { script, manifest }: Artifact, inputs: readonly Input[], force: boolean): Written {
  if (script === undefined) {
    writeOutputs([module], inputs, force);
    return { code: module.path };
  }
  const path = join(dirname(module.path), `${manifest.options.globalName}.cjs`);
  const content = withNames(String(module.content), [[path, script]]);
  writeOutputs([{ what: "the script of the function", path, content: script, isProgram: true }, { ...module, content }], inputs, force); // biome-ignore format: one line
  return { code: module.path, script: path };
}

/** Where only the module's text goes out, what it needs besides is not dropped in silence. */
function leftOut(artifact: Artifact): void {
  for (const [part, , what] of companions) {
    const bytes = artifact[part];
    if (bytes !== undefined) say(`${what} (${showBytes(bytes.length)}) are not written: give -o <file>`);
  }
  if (artifact.script !== undefined) say("the script of the function is not written: give -o <file>");
}

interface Told {
  readonly json: boolean;
  readonly rounding: Rounding | undefined;
}
function tell(files: Written, { manifest, warnings }: Artifact, { json, rounding }: Told): void {
  if (json) printJson({ files, manifest: { ...manifest, ...(rounding && { rounding }) }, warnings });
  else {
    const weights = files.weights === undefined ? "" : `, ${files.weights}: ${showBytes(manifest.bytes.weights)} of weights`;
    const script = files.script === undefined ? "" : `, ${files.script}`;
    const wasm = [files.wasm, files.wasmRelaxed].map((file) => (file === undefined ? "" : `, ${file}`)).join("");
    say(
      `${files.code}: ${showBytes(manifest.bytes.code)}${weights}${wasm}${script}; ${showCount(manifest.multiplyAdds)} multiply-adds per row`,
    );
  }
}
