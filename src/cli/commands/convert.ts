// `layerc convert`: a model file → the same model in another format. In: any file that layerc opens. Out: the files of the format that the name
// of the output, or --to, says: all of them, or none.
import { type Command, Option } from "commander";
import { targets } from "../../formats/targets.ts";
import { checkInputs, isStream, writeOutputs } from "../../outputs.ts";
import { addModelFlags, type ModelFlags } from "../model-flags.ts";
import { fileIn, outputsOf, targetOf } from "../model-outputs.ts";
import { showBytes } from "../render.ts";
import { inputsOf, readModel, work } from "../subject.ts";
import { printJson, say } from "../terminal.ts";

interface Flags extends ModelFlags {
  readonly output: string;
  readonly to?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Adds `layerc convert`, which writes a model in another format. */
export function addConvert(program: Command): void {
  const command = program
    .command("convert")
    .description(
      "Writes a model in the format that the name of the output says. What that format cannot say is refused by its name.",
    )
    .argument("<model>", "any model file that layerc opens, or - for standard input")
    .requiredOption("-o, --output <file>", "where it goes: name.safetensors, name.onnx, model.json, name.json")
    .addOption(new Option("--to <format>", "the format, where the name does not say it").choices(targets.map(({ name }) => name)))
    .option("--force", "replace files that layerc did not write; never one that the model is made from")
    .option("--json", "print what was written as JSON");
  addModelFlags(command)
    .addHelpText(
      "after",
      `\nFormats:\n${targets.map(({ name, says }) => `  ${name.padEnd(12)} ${says}`).join("\n")}\n\nExamples:\n  layerc convert model.h5 -o model.onnx\n  layerc convert model.keras -o web/model.json`,
    )
    .action(async (file: string, flags: Flags) => {
      const target = targetOf(flags.output, flags.to);
      const output = fileIn(flags.output, target);
      // Before the model is read, because reading it runs it.
      if (file !== "-") checkInputs([{ what: "the model", path: output, content: "" }], [{ what: "the model file", path: file }]);
      const subject = await readModel(file, flags);
      const files = await work(subject, () => target.write(subject.model));
      const outputs = outputsOf(output, target, files);
      writeOutputs(outputs, inputsOf(subject), flags.force === true);
      const paths = outputs.map(({ path }) => path);
      const size = files.reduce((sum, [, bytes]) => sum + bytes.length, 0);
      if (flags.json === true) printJson({ format: target.name, files: paths, bytes: size });
      else if (!isStream(output)) say(`${paths.join(", ")}: ${showBytes(size)}`);
    });
}
