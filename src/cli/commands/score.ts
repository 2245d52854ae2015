// `layerc score`: a model's answers to tables of any size. In: files of rows. Out: files with columns of answers; on standard error how far it is.
import { type Command, InvalidArgumentError, Option } from "commander";
import { compile } from "../../../compiler/compile.ts";
import type { OptionsInput } from "../../../compiler/options.ts";
import type { Features } from "../../score/bind.ts";
import type { Nulls } from "../../score/define.ts";
import { type Event, type Scored, score } from "../../score/run.ts";
import { size } from "../flags.ts";
import { addModelFlags, type ModelFlags } from "../model-flags.ts";
import { showCount } from "../render.ts";
import { inputsOf, readModel, work } from "../subject.ts";
import { printJson, say, terminal, warn } from "../terminal.ts";
import { columns, listOf, whole } from "../values.ts";

interface Flags extends ModelFlags {
  readonly output: string;
  readonly features?: Features;
  readonly keep?: readonly string[];
  readonly null?: Nulls;
  readonly prefix: string;
  readonly jobs: number;
  readonly memory?: number;
  readonly exact?: boolean;
  readonly target?: OptionsInput["target"];
  readonly weightsType?: OptionsInput["weightsType"];
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Adds `layerc score`, which writes answers to files of rows. */
export function addScore(program: Command): void {
  const command = program
    .command("score")
    .description(
      "Computes a model's answers to files of rows, larger than memory, and writes them beside the rows' columns. It needs @duckdb/node-api.",
    )
    .argument("<model>", "model file, or - for JSON on standard input")
    .argument("<rows...>", "files of rows: .parquet, .csv, .tsv, .ndjson; or patterns, 'rows/*.parquet'");
  const flags: readonly Option[] = [
    new Option("-o, --output <path>", "a file, or for several files a folder, in which a run that was broken off goes on").makeOptionMandatory(),
    new Option("--features <columns>", "columns that go in, in that order (those of the model's names); of several inputs left=a,b").argParser(columns),
    new Option("--keep <columns>", "columns of the rows that are written too, or none (all)").argParser((text) => (text === "none" ? [] : listOf(text))),
    new Option("--null <what>", "where a value is missing: drop the row, nan, or a value (an error)").argParser(nulls),
    new Option("--prefix <text>", "before the names of answers ()").default("", "none"),
    new Option("--jobs <count>", "processes over files (1)").argParser(whole(1)).default(1),
    new Option("--memory <size>", "most that the engine of a process may hold: 512MB, 2GB (what the columns need)").argParser(size),
    new Option("--exact", "float32 at every step and no reordering: equal bits on every engine"),
    new Option("--target <target>", "JavaScript, WebAssembly with JavaScript behind it, or what pays (auto)").choices(["js", "simd", "auto"]),
    new Option("--weights-type <type>", "what weights are rounded to, as in a module that was compiled so (float32)").choices(["float32", "float16", "int8"]),
    new Option("--force", "replace files that layerc did not write; never rows"),
    new Option("--json", "what was written, as JSON"),
  ]; // biome-ignore format: one table
  for (const flag of flags) command.addOption(flag);
  addModelFlags(command)
    .addHelpText(
      "after",
      "\nExamples:\n  layerc score iris.model.ts rows.parquet -o scored.parquet\n  layerc score iris.model.ts 'rows/*.csv' -o scored/ --keep id --jobs 4\n  layerc score iris.model.ts rows.csv -o scored.csv --features a,b,c,d --null 0",
    )
    .action(async (file: string, rows: string[], flags: Flags) => {
      const subject = await readModel(file, flags);
      const { exact, target, weightsType, features, keep, prefix, jobs, memory, force = false } = flags;
      const options = Object.fromEntries(
        Object.entries({ exact, target, weightsType }).filter(([, value]) => value !== undefined),
      );
      const { code, manifest, warnings } = await work(subject, () => compile(subject.model, { ...options, selfTest: false }));
      warn(warnings, subject.model);
      const { inputs, outputs, about } = manifest;
      const scored = await score({
        model: { code, inputs, outputs, about },
        hash: manifest.hash,
        modelFiles: inputsOf(subject),
        ...{ rows, output: flags.output, jobs, force, ...(memory === undefined ? {} : { memory }) },
        asked: { features, keep, prefix, nulls: flags.null ?? "refuse" },
        tell: flags.json === true ? () => {} : teller(),
      });
      if (flags.json === true) printJson({ rows: sum(scored), files: scored });
      else say(`${showCount(sum(scored))} rows in ${scored.length} file${scored.length === 1 ? "" : "s"}`);
    });
}

const sum = (scored: readonly Scored[]): number => scored.reduce((all, { rows }) => all + rows, 0);

/** Says each file, and between them, now and then, how many rows there are so far. */
function teller(): (event: Event) => void {
  let [rows, last] = [0, performance.now()];
  // A terminal shows one line that changes, a file a line now and then.
  const pause = terminal().stderr.isTTY === true ? 500 : 10_000;
  return (event) => {
    if ("file" in event) {
      const { output, isOld } = event.file;
      say(`${output}: ${showCount(event.file.rows)} rows${isOld ? ", from before" : ""}`);
      return;
    }
    rows += event.rows;
    if (performance.now() - last < pause) return;
    last = performance.now();
    const line = `${showCount(rows)} rows so far`;
    if (terminal().stderr.isTTY === true) terminal().stderr.write(`\r${line}\r`);
    else say(line);
  };
}

function nulls(text: string): Nulls {
  if (text === "drop") return text;
  if (text.trim() === "") throw new InvalidArgumentError("Give drop, nan, or a value.");
  return { fill: text.toLowerCase() === "nan" ? Number.NaN : Number.isFinite(Number(text)) ? Number(text) : text };
}
