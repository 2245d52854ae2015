// Flags that several commands share: the options of a compilation, the goal, `--json`. In: what commander read. Out: what
// compile takes. A value that is out of range is a usage error, before any file is read.
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { Goal } from "../../compiler/compile.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { type OptionsInput, optionsSchema } from "../../compiler/options.ts";
import { bytesOf } from "../budget.ts";
import { type HostName, hostNames } from "../hosts.ts";
import { addModelFlags, type ModelFlags } from "./model-flags.ts";

/** What changes the Program. */
export interface LoweringFlags extends ModelFlags {
  readonly train?: boolean;
  readonly batch?: number;
  readonly stream?: boolean;
  readonly chunk?: number;
  readonly exact?: boolean;
  readonly target?: OptionsInput["target"];
  readonly unroll?: number;
  readonly winograd?: boolean;
  readonly weightsType?: OptionsInput["weightsType"];
}
/** And what changes only the module around it. */
export interface CompileFlags extends LoweringFlags {
  readonly format?: OptionsInput["format"];
  readonly syntax?: OptionsInput["syntax"];
  readonly rows?: OptionsInput["rows"];
  readonly dialect?: OptionsInput["dialect"];
  readonly globalName?: string;
  readonly weights?: OptionsInput["weights"];
  readonly wasm?: OptionsInput["wasm"];
  readonly selfTest?: boolean;
  readonly host?: HostName;
  readonly budget?: number;
}

const { batch, chunk, unroll, target, format, syntax, rows, dialect, weights, weightsType, wasm } = optionsSchema.shape;

/** The options of whoever lowers a model to look at it. */
export function addLoweringFlags(command: Command): Command {
  command
    .option("--train", "add trainStep, evaluate, getWeights and setWeights")
    .option("--batch <rows>", "most rows of one training step, and of one call in a .wasm file (32)", wholeNumber(batch))
    .option("--stream", "add step, reset, getState and setState: a sequence in chunks (where a layer is stateful)")
    .option("--no-stream", "leave them out, also where a layer is stateful")
    .option("--chunk <steps>", "steps of a sequence that step takes at once (1)", wholeNumber(chunk.unwrap()))
    .option("--exact", "float32 at every step and no reordering: equal bits on every engine")
    .option(
      "--no-winograd",
      "convolutions of 3 x 3 as plain sums: more products, the least rounding, infinities stay in their window",
    )
    .addOption(
      new Option(
        "--weights-type <type>",
        "what weights are rounded to: float16, or int8 with a scale for each channel (float32)",
      ).choices(weightsType.unwrap().options),
    )
    .addOption(
      new Option("--target <target>", "JavaScript, WebAssembly with JavaScript behind it, or what pays (auto)").choices(
        target.unwrap().options,
      ),
    )
    .option(
      "--unroll <count>",
      "most multiply-adds of a model that becomes straight-line code (what pays)",
      wholeNumber(unroll.unwrap()),
    );
  return addModelFlags(command);
}

/** The options of `compile`, one for each knob of a compilation. */
export function addCompileFlags(command: Command): Command {
  return addLoweringFlags(command)
    .addOption(
      new Option(
        "--format <format>",
        "module format; filter: a script that answers rows on standard input; sql: a function for a warehouse; wasm: one .wasm file (esm)",
      ).choices(format.unwrap().options),
    )
    .addOption(
      new Option("--syntax <edition>", "edition of the language, for old engines; the bits stay (es2020)").choices(
        syntax.unwrap().options,
      ),
    )
    .option("--global-name <name>", "global variable of the iife, function in SQL (model)")
    .addOption(new Option("--rows <rows>", "what a filter reads and writes (float32)").choices(rows.unwrap().options))
    .addOption(new Option("--dialect <dialect>", "whose SQL").choices(dialect.unwrap().options))
    .addOption(
      new Option("--weights <where>", "inside the module, or a .bin beside it (inline)").choices(weights.unwrap().options),
    )
    .addOption(new Option("--wasm <how>", "bytes in the module, or .wasm files beside it (embed)").choices(wasm.unwrap().options))
    .option("--no-self-test", "leave out selfTest and its golden vectors")
    .addOption(
      new Option("--host <name>", "format, syntax, target and weights as a place needs them; what else is given stands").choices(
        hostNames,
      ),
    )
    .option("--budget <size>", "most bytes of the module and its files, packed by gzip: 20kb", size);
}

/** `--with`: an option of the second side of a comparison, as the command line has it but for the dashes: `exact`, `target=js`. */
export const withFlag = (): Option =>
  new Option(
    "--with <setting>",
    "with --compare: what the second is compiled with besides, as the options here without their dashes: exact, target=js; again for each; without a second model the first is compared with itself",
  ).argParser((text: string, before: OptionsInput = {}) => ({ ...before, ...settingOf(text) }));

/** What one setting says. The options are those of `addLoweringFlags`, so that no second list says what they take. */
function settingOf(text: string): OptionsInput {
  const own = addLoweringFlags(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  try {
    own.parse([`--${text.replace(/^-+/, "")}`], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new InvalidArgumentError(`${error.message.replace(/^error: /, "").split("\n")[0]}.`);
  }
  const given = Object.entries(own.opts<LoweringFlags>()).filter(([key]) => own.getOptionValueSource(key) === "cli");
  const options = optionsOf(Object.fromEntries(given));
  if (Object.keys(options).length === 0) throw new InvalidArgumentError("It is no setting of a compilation.");
  return options;
}

/** `--goal`: of which entry the stages are shown. */
export const goalFlag = (): Option =>
  new Option("--goal <goal>", "which graph")
    .choices(["predict", "step", "trainStep", "evaluate", "metrics"] satisfies Goal[])
    .default("predict");

/** What compile takes; flags that were not given are left to its defaults. */
export function optionsOf(flags: CompileFlags): OptionsInput {
  const known = Object.keys(optionsSchema.shape);
  return Object.fromEntries(Object.entries(flags).filter(([key, value]) => known.includes(key) && value !== undefined));
}

/** Bytes with a unit: `20kb`. */
export function size(text: string): number {
  try {
    return bytesOf(text);
  } catch (error) {
    throw error instanceof CompileError ? new InvalidArgumentError(`${error.diagnostic.hint ?? ""}.`) : error;
  }
}

function wholeNumber(schema: { safeParse(value: unknown): { success: boolean; error?: { issues: { message: string }[] } } }) {
  return (text: string): number => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    const parsed = schema.safeParse(value);
    if (!parsed.success) throw new InvalidArgumentError(`${parsed.error?.issues[0].message}.`);
    return value;
  };
}
