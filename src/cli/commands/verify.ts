// `layerc verify`: whether a module is what the compiler wrote, by its digest; with a model, by compiling that again.
import { type Command, InvalidArgumentError } from "commander";
import { standardSeconds } from "../../verified.ts";
import { verify, verifyAgainst } from "../../verify.ts";
import { addModelFlags, type ModelFlags } from "../model-flags.ts";
import { readModel, work } from "../subject.ts";
import { printJson, say } from "../terminal.ts";

interface Flags extends ModelFlags {
  readonly model?: string;
  readonly timeout: number;
  readonly json?: boolean;
}

/** Adds `layerc verify`, which fails where a byte of a module is another than the compiler wrote. */
export function addVerify(program: Command): void {
  const command = program
    .command("verify")
    .description(
      "Says whether a module is what the compiler makes: its text and the files it names have the digests of its header, it takes nothing from outside, and its selfTest passes; with a model, every byte is compared.",
    )
    .argument("<module>", "a module that layerc wrote, with its header")
    .option("--model <file>", "the model it was made of: it is compiled again, with the options of the header")
    .option("--timeout <seconds>", "how long the module's selfTest may take (60)", seconds, standardSeconds)
    .option("--json", "print what was found as JSON");
  addModelFlags(command)
    .addHelpText("after", "\nExamples:\n  layerc verify iris.js\n  layerc verify iris.js --model iris.model.ts")
    .action(async (file: string, { model, json, timeout, ...flags }: Flags) => {
      const found = verify(file, timeout);
      if (model !== undefined) {
        const subject = await readModel(model, flags);
        await work(subject, () => verifyAgainst(file, subject.model));
      }
      if (json) {
        printJson({ ...found, ...(model === undefined ? {} : { madeOf: model }) });
        return;
      }
      const tests =
        found.selfTest === undefined
          ? "no selfTest was run"
          : `selfTest passes, off by at most ${found.selfTest.toExponential(1)}`;
      const beside = found.beside.length === 0 ? "" : `, and so are ${found.beside.length} files beside it`;
      const made = model === undefined ? "" : `\n${model} gives the same bytes`;
      say(`${file}: as layerc ${found.version} wrote it (hash ${found.hash})${beside}; ${tests}${made}`);
    });
}

function seconds(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  // Timers of Node take no more.
  if (value > 0 && value <= 2_000_000) return value;
  throw new InvalidArgumentError("It is a number of seconds above 0.");
}
