// `layerc report`: everything the compiler does with a model as one HTML file, or as JSON; or how two reports differ. In: a model, or with --compare two,
// each of which may be a report saved before. Out: a file, or a table.
import { gzipSync } from "node:zlib";
import type { Command } from "commander";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import type { Model } from "../../../compiler/model.ts";
import type { OptionsInput } from "../../../compiler/options.ts";
import { collectWith } from "../../explore/collect/index.ts";
import { compareReports } from "../../explore/compare.ts";
import type { Change, Comparison, Report } from "../../explore/report.ts";
import { openReport } from "../../explore/saved.ts";
import { isReport, reportHtml } from "../../explore/write.ts";
import { readBytes } from "../../files.ts";
import { checkInputs, type Input, isStream, type Output, writeOutputs } from "../../outputs.ts";
import type { Loaded } from "../../source/load.ts";
import { addLoweringFlags, type LoweringFlags, optionsOf, withFlag } from "../flags.ts";
import { renderTable, showBytes } from "../render.ts";
import { inputsOf, readModel, work } from "../subject.ts";
import { print, say, warn } from "../terminal.ts";

interface Flags extends LoweringFlags {
  readonly output?: string;
  readonly compare?: boolean;
  readonly with?: OptionsInput;
  readonly json?: boolean;
  readonly force?: boolean;
}

/** Adds `layerc report`, which writes a report of a model. */
export function addReport(program: Command): void {
  const command = program
    .command("report")
    .description(
      "Writes one HTML file, which needs no server and no network, that shows what the compiler does with a model: list, Graph, Plan, nests, schedules, JavaScript and WebAssembly side by side, every pass, memory and kernels. With --compare it says how two models, or two reports saved as JSON (of other settings, or by another version), differ by what they mean.",
    )
    .argument("<model>", "model file, or - for JSON on standard input; with --compare also a report saved as JSON")
    .argument("[other]", "with --compare: what it is compared with")
    .option("-o, --output <file>", "where the report goes: report.html; with --json report.json")
    .option("--compare", "how the second differs from the first")
    .addOption(withFlag())
    .option("--json", "the report as JSON, into the file or to standard output; of a comparison its changes")
    .option("--force", "replace a file that layerc did not write; never one that the model is made from");
  addLoweringFlags(command)
    .addHelpText(
      "after",
      "\nExamples:\n  layerc report iris.model.ts -o iris.html\n  layerc report cars.model.ts --train -o cars.html\n  layerc report iris.model.ts --exact --json -o exact.json\n  layerc report --compare iris.model.ts exact.json -o changes.html\n  layerc report --compare iris.model.ts --with target=js --with unroll=0 -o settings.html",
    )
    .action(async (file: string, other: string | undefined, flags: Flags) => {
      if (flags.compare === true && other === undefined && flags.with === undefined)
        command.error("error: missing required argument 'other', or the option '--with <setting>'");
      if (flags.compare !== true && flags.with !== undefined) command.error("error: --with is a setting of --compare");
      if (flags.compare !== true && other !== undefined)
        command.error("error: two arguments are compared: give --compare, or one of them");
      const { output } = flags;
      const files = [file, ...(other === undefined ? [] : [other])].filter((name) => name !== "-");
      // Before a model is read, because reading it runs it.
      if (output !== undefined)
        checkInputs([{ what: "the report", path: output, content: "" }], files.map((path) => ({ what: "the model file", path }))); // biome-ignore format: one line
      const one = await readReport(file, flags);
      if (flags.compare !== true) return give(one.report, one.inputs, flags);
      const next = other === undefined ? await reportOf(one, flags) : await readReport(other, flags, flags.with);
      giveCompared(one, next, flags);
    });
}

interface Read {
  readonly report: Report;
  readonly inputs: readonly Input[];
  /** Absent of a report that was saved. */
  readonly subject?: Loaded;
}

/** The report of a model, with the flags given and `more`; or one that was saved, with its own. */
async function readReport(file: string, flags: Flags, more?: OptionsInput): Promise<Read> {
  if (flags.compare === true && /\.json$/i.test(file)) {
    const saved = openReport(readBytes(file));
    if (saved !== undefined && more !== undefined) throw settled(file);
    if (saved !== undefined) return { report: saved, inputs: [{ what: "the report", path: file }] };
  }
  return reportOn(await readModel(file, flags), { ...optionsOf(flags), ...more });
}

/** The same model as `one` with the settings of `--with`. */
async function reportOf({ subject, inputs }: Read, flags: Flags): Promise<Read> {
  if (subject === undefined) throw settled(inputs[0].path);
  return reportOn(subject, { ...optionsOf(flags), ...flags.with });
}

async function reportOn(subject: Loaded, options: OptionsInput): Promise<Read> {
  const { report, diagnostics } = await work(subject, () => withGzip(subject.model, options));
  warn(diagnostics, subject.model);
  return { report, inputs: inputsOf(subject), subject };
}

const settled = (path: string): CompileError =>
  new CompileError({
    code: "cli/option",
    path: "",
    message: `${path} is a report with settings of its own, and --with has others`,
    hint: "give the model itself",
  });

/** A report that also knows how large the module is after gzip, which needs Node. */
function withGzip(model: Model, options: OptionsInput) {
  const { report, artifact } = collectWith(model, options, { profile: true, typed: true });
  const gzip = gzipSync(artifact.code, { level: 9 }).length;
  return { report: { ...report, facts: { ...report.facts, gzip } }, diagnostics: artifact.warnings };
}

function give(report: Report, inputs: readonly Input[], { output, json = false, force = false }: Flags): void {
  if (output === undefined && !json) {
    const message = "a report is a file, and its name was not given";
    throw new CompileError({ code: "cli/option", path: "", message, hint: "give -o report.html, or --json" });
  }
  const content = json ? `${JSON.stringify(report)}\n` : reportHtml(report);
  if (output === undefined) print(content.trimEnd());
  else write(output, content, inputs, force);
}

function giveCompared(a: Read, b: Read, { output, json = false, force = false }: Flags): void {
  const compared = compareReports(a.report, b.report);
  if (output !== undefined) {
    const content = json ? `${JSON.stringify(compared)}\n` : reportHtml({ ...b.report, compared, other: a.report });
    write(output, content, [...a.inputs, ...b.inputs], force);
  }
  if (json && output === undefined) print(JSON.stringify(compared, null, 2));
  else if (!json) print(comparedText(compared));
}

function write(path: string, content: string, inputs: readonly Input[], force: boolean): void {
  const isOurs = (bytes: Uint8Array): boolean => isReport(bytes) || isJson(bytes);
  const made: Output = { what: "the report", path, content, isOurs };
  writeOutputs([made], inputs, force);
  if (!isStream(path)) say(`${path}: ${showBytes(Buffer.byteLength(content))}`);
}

/** A report, or a comparison, that was saved before. */
const isJson = (bytes: Uint8Array): boolean => /^\{"(?:layerc|a)":/.test(new TextDecoder().decode(bytes.subarray(0, 12)));

const parts = {
  facts: "the module",
  layers: "layers",
  rewrites: "rules that fired",
  fusion: "what runs in one loop",
  kernels: "how kernels run",
  memory: "memory",
} as const satisfies Record<Change["part"], string>;

/** A table for each part in which something differs. */
export function comparedText({ a, b, changes }: Comparison): string {
  const head = [a, b].map(({ model, options, layerc }, i) => [`${"ab"[i]}:`, model, options === "" ? "defaults" : options, `layerc ${layerc}`]); // biome-ignore format: one line
  if (changes.length === 0) return `${renderTable(head)}\n\nnothing differs`;
  const tables = (Object.keys(parts) as Change["part"][]).flatMap((part) => {
    const own = changes.filter((change) => change.part === part);
    if (own.length === 0) return [];
    const rows = own.map(({ goal = "", name, what, a = "", b = "" }) => [goal, name, what, `${a}`, `${b}`]);
    return [`${parts[part]}\n${renderTable([["entry", "", "", "a", "b"], ...rows])}`];
  });
  return [renderTable(head), ...tables].join("\n\n");
}
