// `layerc summary`: the table of `summary(model)`, with what the file says of itself.
import type { Command } from "commander";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { resolve } from "../../../compiler/front/steps.ts";
import type { Model } from "../../../compiler/model.ts";
import type { Found } from "../../formats/define.ts";
import { summaryOf } from "../../summary.ts";
import { factsJson, factsText } from "../facts.ts";
import { addModelFlags, type ModelFlags } from "../model-flags.ts";
import { readFound, readModel, work } from "../subject.ts";
import { print, printJson, warn } from "../terminal.ts";

/** Adds `layerc summary`, which prints Keras' table of layers. */
export function addSummary(program: Command): void {
  const command = program
    .command("summary")
    .description("Prints each layer with output shape, parameters, multiply-adds per row and bytes of weights.")
    .argument("<model>", "model file, or - for JSON on standard input")
    .option("--json", "as JSON");
  addModelFlags(command)
    .addHelpText("after", "\nExamples:\n  layerc summary iris.model.ts\n  layerc summary iris.safetensors --json")
    .action(async (file: string, { json, ...flags }: ModelFlags & { json?: boolean }) => {
      const read = await readFound(file, flags);
      const subject = read === undefined ? await readModel(file, flags) : { ...read, model: modelIn(read.found) };
      const resolved = await work(subject, () => resolve(subject.model));
      const format = read?.found.format ?? subject.format;
      const facts =
        read === undefined ? (format === undefined ? "" : `\nRead as: ${format}`) : `\n${factsText(read.found, "Read as:")}`;
      const { inputs, outputs, layers, totals, warnings, text } = summaryOf(resolved, facts);
      warn(warnings, subject.model);
      if (!json) return print(text);
      printJson({
        model: subject.model.name,
        format,
        file: read === undefined ? undefined : factsJson(read.found),
        inputs,
        outputs,
        layers,
        totals,
        warnings,
      });
    });
}

/** The model in a file; else the first of what stands against it. */
function modelIn({ model, problems: [first, ...others] }: Found): Model {
  if (model !== undefined) return model;
  const error = new CompileError(first);
  throw others.length === 0 ? error : error.with({ note: `and ${others.length} more: layerc inspect lists all` });
}
