// The command line as a function. In: arguments, and the streams to read and write. Out: text on them, and the exit code: 0 done,
// 1 the model or a file is at fault, 2 the command line is, 70 layerc is. `--json` turns messages into JSON as well.
import { Command, CommanderError } from "commander";
import { version } from "../../compiler/base/version.ts";
import { addOutline, commands } from "./commands/list.ts";
import { hintFor } from "./habits.ts";
import { Ended, exitCodes, report, type Terminal, withTerminal } from "./terminal.ts";

/** The commands for a terminal: those that are asked for whole, the others in outline. */
export async function layerc(
  { stdout, stderr }: Pick<Terminal, "stdout" | "stderr">,
  isAsked: (name: string) => boolean,
): Promise<Command> {
  const program = new Command("layerc")
    .description("Compiles a Keras-style sequential([...]) model into a plain JavaScript module.")
    .version(version, "-v, --version")
    .showSuggestionAfterError()
    .addHelpText(
      "after",
      "\nExamples:\n  layerc compile iris.model.ts -o iris.js\n  layerc inspect iris.model.ts --after plan\n  layerc run iris.model.ts --input '[0.5, -1]'",
    )
    .addHelpText("after", "\nExit codes: 0 done, 1 an error in the model or a file, 2 a wrong command line, 70 a bug in layerc.")
    // Before the commands are added: they take both over.
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .exitOverride();
  for (const entry of commands) {
    if (!isAsked(entry.name)) {
      addOutline(program, entry);
      continue;
    }
    (await entry.load())(program);
    program.commands.at(-1)?.summary(entry.summary);
  }
  return program;
}

/** Runs the command that `args` name and gives its exit code; throws nothing. */
export const run = (args: readonly string[], terminal: Terminal = process): Promise<number> =>
  withTerminal(terminal, async () => {
    let asked: Command | undefined;
    try {
      // `layerc help compile` asks for its help.
      const words = args.filter((arg) => !arg.startsWith("-")).slice(0, 2);
      const wanted = words[0] === "help" ? words[1] : words[0];
      const program = await layerc(terminal, (name) => name === wanted);
      asked = program.commands.find((command) => command.name() === wanted);
      await program.parseAsync(args, { from: "user" });
      return 0;
    } catch (error) {
      // Commander has printed its own message; help and version end with 0.
      if (error instanceof CommanderError) {
        const [, flag] = /^error: unknown option '(.*?)'/.exec(error.message) ?? [];
        if (flag !== undefined && asked !== undefined) terminal.stderr.write(`  hint  ${hintFor(flag, asked)}\n`);
        return error.exitCode === 0 ? 0 : exitCodes.usage;
      }
      if (error instanceof Ended) return error.status;
      return report(error, args.includes("--json"));
    }
  });
