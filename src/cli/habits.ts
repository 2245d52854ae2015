// Flags as people know them from elsewhere. In: a flag that a command does not have, and those that it has. Out: what it is called here, or where the
// flags are told. A new habit is a line; what it is called here differs from command to command, so the first one that the command has is meant.
import type { Command } from "commander";

/** Flag of another tool, or of another command → flags of ours. */
export const habits: Readonly<Record<string, readonly string[]>> = {
  "-o": ["--save", "--report"],
  "--out": ["--output", "--save"],
  "--output": ["--save", "--report"],
  "--save": ["--output"],
  "--save-model": ["--save", "--output"],
  "--model": ["--weights"],
  "--data": ["--input"],
  "--input": ["--data"],
  "--rows": ["--input", "--data"],
  "--label": ["--target"],
  "--labels": ["--target"],
  "--target-column": ["--target"],
  "--validation-split": ["--validation"],
  "--validation-data": ["--validation"],
  "--val-split": ["--validation"],
  "--test-size": ["--test"],
  "--test-split": ["--test"],
  "--batch-size": ["--batch"],
  "--lr": ["--learning-rate"],
  "--early-stopping": ["--patience"],
  "--random-state": ["--seed"],
  "--quantize": ["--weights-type"],
  "--quantization": ["--weights-type"],
  "--dtype": ["--weights-type"],
  "--simd": ["--target"],
  "--wasm": ["--target"],
  "--name": ["--global-name"],
  "--max-size": ["--budget"],
  "--es5": ["--syntax"],
};

/** What to do about a flag that `command` does not have. */
export function hintFor(flag: string, command: Command): string {
  const name = flag.split("=")[0];
  const meant = Object.hasOwn(habits, name) ? habits[name] : [];
  const found = meant.flatMap((one) => command.options.find(({ long }) => long === one) ?? [])[0];
  const told = `layerc ${command.name()} --help lists its options`;
  return found === undefined ? told : `it is called ${found.flags} here; ${told}`;
}
