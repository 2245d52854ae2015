// `layerc grad`: the training step as a Graph, right after differentiation: forward, loss and gradients.
import type { Command } from "commander";
import { snapshots } from "../../../compiler/compile.ts";
import { internal } from "../../../compiler/diagnostics/error.ts";
import { addModelFlags, type ModelFlags } from "../model-flags.ts";
import { readModel, work } from "../subject.ts";
import { print, printJson } from "../terminal.ts";

/** Adds `layerc grad`, which prints the Graph after differentiation. */
export function addGrad(program: Command): void {
  const command = program
    .command("grad")
    .description(
      "Prints the loss of a batch and its gradient for every trainable weight as a Graph, before the update is added and before any rewriting.",
    )
    .argument("<model>", "model file with a loss and an optimizer, or - for JSON on standard input")
    .option("--json", "as JSON: pass, stage, text");
  addModelFlags(command)
    .addHelpText("after", "\nExamples:\n  layerc grad cars.model.ts\n  layerc grad cars.model.ts --json")
    .action(async (file: string, { json, ...flags }: ModelFlags & { json?: boolean }) => {
      const subject = await readModel(file, flags);
      const all = await work(subject, () => snapshots(subject.model, { train: true }, "trainStep"));
      const found = all.find(({ pass }) => pass === "differentiate") ?? internal("no pass is called differentiate");
      if (json) printJson({ pass: found.pass, stage: found.stage, text: found.text });
      else print(found.text);
    });
}
