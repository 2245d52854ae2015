// The command line as its own help has it, for docs/command-line.md. In: the commands of src/cli. Out: a table of the options that many take, and of
// every command what it does, with the options that it alone has.
import { Command, type Option } from "commander";
import { addCompileFlags } from "../src/cli/flags.ts";
import { layerc } from "../src/cli/program.ts";
import { codes, table } from "./markdown.ts";

const shared = addCompileFlags(new Command()).options;
const silent = { write: () => true };
const { commands: all } = await layerc({ stdout: silent, stderr: silent }, () => true);

const optionTable = (options: readonly Option[]): string =>
  table(
    ["option", "what it does (default)"],
    options.map(({ flags, description, argChoices }) => [
      `\`${flags}\``,
      `${description}${argChoices === undefined ? "" : `; one of ${codes(argChoices)}`}`,
    ]),
  );

/** The options of `layerc compile` that say what is made. */
export const compileOptions = (): string => optionTable(shared);

/** Every command by its name. */
export function commands(): string {
  const parts = [...all]
    .sort((a, b) => a.name().localeCompare(b.name()))
    .map((command) => {
      const isShared = ({ flags }: Option): boolean => shared.some((option) => option.flags === flags);
      const common = command.options.filter(isShared).map(({ long, short }) => long ?? short ?? "");
      const own = command.options.filter((option) => !isShared(option));
      return [
        `### ${command.name()}`,
        `\`layerc ${command.name()} ${command.usage()}\``,
        command.description(),
        ...(own.length > 0 ? [optionTable(own)] : []),
        ...(common.length === shared.length ? ["And all [options of compile](#options-of-compile)."] : []),
        ...(common.length > 0 && common.length < shared.length
          ? [`And of the [options of compile](#options-of-compile): ${codes(common)}.`]
          : []),
      ].join("\n\n");
    });
  return parts.join("\n\n");
}
