// `layerc train`: a model and a file of rows → a trained model. What it does is loaded when it is asked for: csv and curves are nothing that
// the other commands wait for.
import type { Command } from "commander";
import { addTrainFlags, type TrainFlags } from "../train/flags.ts";

/** Adds `layerc train`, which trains a model on a table. */
export function addTrain(program: Command): void {
  const command = program
    .command("train")
    .description(
      "Trains a model by its own generated step on the rows of a table. Texts among the features become one-hot, labels become classes, and their names stay with the model; layers that adapt do so on the rows trained with.",
    )
    .argument("<model>", "any model file that layerc opens");
  addTrainFlags(command)
    .addHelpText(
      "after",
      "\nExamples:\n  layerc train cars.model.ts --data cars.csv --target mpg --save cars.safetensors\n  layerc train iris.model.ts --data iris.csv --target species --patience 20 --plot curves.svg --report\n  layerc train cars.model.ts --data cars.csv --target mpg --seeds 1..8 --jobs 2 --save best.safetensors",
    )
    .action(async (file: string, flags: TrainFlags, { parent }: Command) => {
      if (flags.seeds === undefined) await (await import("../train/run.ts")).trainOnce(file, flags);
      else
        await (await import("../train/sweep.ts")).sweep(
          file,
          flags,
          (parent as Command & { rawArgs: readonly string[] }).rawArgs,
        );
    });
}
