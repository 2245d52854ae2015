// `layerc inspect`: the text of the IR after a pass or stage, or what a pass changed. Without `--after` and `--diff`, the list of what
// can be asked for. In: a model or the text of a Graph. Out: text; JSON with `--json`.
import { type Command, InvalidArgumentError } from "commander";
import { type Goal, passes, type Snapshot } from "../../../compiler/compile.ts";
import { suggestionFor } from "../../../compiler/diagnostics/suggest.ts";
import { leavesOf } from "../../../compiler/program/nest/nest.ts";
import { diffOf } from "../../explore/diff.ts";
import { factsJson, factsText, problemsText } from "../facts.ts";
import { addLoweringFlags, goalFlag, type LoweringFlags } from "../flags.ts";
import { legend } from "../legend.ts";
import { layerPath, ofLayer, reading, shapesOf } from "../reading.ts";
import { renderTable } from "../render.ts";
import { readFound, readSnapshots, snapshotsOf } from "../subject.ts";
import { Ended, exitCodes, painted, print, printJson, terminal } from "../terminal.ts";
import { unified } from "../unified.ts";

interface Flags extends LoweringFlags {
  readonly after?: string;
  readonly diff?: string;
  readonly all?: boolean;
  readonly of?: string;
  readonly plain?: boolean;
  readonly legend?: boolean;
  readonly goal: Goal;
  readonly json?: boolean;
}

const passNames: readonly string[] = [...new Set(passes.map((pass) => pass.name))];
const names: readonly string[] = [...new Set([...passNames, ...passes.map((pass) => pass.stage)])];

const examples = [
  "iris.model.ts",
  "iris.model.ts --after plan",
  "iris.model.ts --after schedule --target simd",
  "iris.model.ts --all --layer hidden",
  "iris.model.ts --diff rewrite",
  "iris.model.ts --after differentiate --goal trainStep",
  "--legend",
];

/** Adds `layerc inspect`, which prints the IR after a pass, or what it changed. */
export function addInspect(program: Command): void {
  const command = program
    .command("inspect")
    .description(
      "Prints the IR of a model after a pass, or after the last pass of a stage (graph, plan, nests, schedule, program). Where kernels for several targets are made, the last one's are printed.",
    )
    .argument("[model]", "model file, or - for JSON or the text of a Graph on standard input")
    .option("--after <name>", "pass or stage; without it, the list of them", oneOf("pass or stage", names))
    .option("--diff <pass>", "what a pass changed, by lines", oneOf("pass", passNames))
    .option("--all", "every pass, one after the other")
    .option("--plain", "the text as it is: no captions behind addresses, no kernel folded")
    .option("--legend", "how to read the text; of all stages, or of the one that is printed")
    .addOption(goalFlag())
    .option("--json", "as JSON: pass, stage, text; of a schedule also its target and nests; of a diff its lines");
  addLoweringFlags(command);
  showsLayer(command);
  command
    .addHelpText("after", `\nExamples:\n${examples.map((example) => `  layerc inspect ${example}`).join("\n")}`)
    .action(async (file: string | undefined, given: Flags) => {
      const { layer, ...others } = given;
      const flags: Flags = Object.keys(layer ?? {}).length > 0 ? given : others;
      const [one, other] = Object.entries({
        "--after <name>": flags.after,
        "--diff <pass>": flags.diff,
        "--all": flags.all,
      }).flatMap(([flag, given]) => (given === undefined ? [] : [flag]));
      if (other !== undefined) command.error(`error: option '${one}' cannot be used with option '${other}'`);
      if (file === undefined) {
        if (flags.legend === true) print(legend());
        else command.error("error: missing required argument 'model'");
        return;
      }
      const isList = one === undefined && flags.of === undefined;
      const read = isList ? await readFound(file, flags) : undefined;
      if (read !== undefined) {
        await showFile(read, flags);
        return;
      }
      const all = await readSnapshots(file, flags);
      if (flags.diff !== undefined) compare(all, flags.diff, flags);
      else if (flags.after !== undefined) show(all, flags.after, flags);
      else if (isList) list(all, flags);
      else showAll(all, flags);
    });
}

/** `--layer hidden` asks for the lines of a layer; `--layer MyLayer=./my-layer.ts` says what one means, as in all commands. */
function showsLayer(command: Command): void {
  const flag = command.options.find(({ long }) => long === "--layer");
  const define = flag?.parseArg;
  if (flag === undefined || define === undefined) return;
  flag.description = `the lines of one layer alone, by its name: hidden; or ${flag.description}`;
  flag.argParser((text: string, before: unknown) => {
    if (text.includes("=")) return define(text, before);
    command.setOptionValue("of", text);
    return before ?? {};
  });
}

const oneOf =
  (what: string, list: readonly string[]) =>
  (name: string): string => {
    if (list.includes(name)) return name;
    throw new InvalidArgumentError(`There is no ${what} ${JSON.stringify(name)}; ${suggestionFor(name, list)}`);
  };

/** The snapshot that a pass started from; undefined where it leads to another stage. */
function beforeOf(all: readonly Snapshot[], made: Snapshot): Snapshot | undefined {
  const from = passes.find(({ name }) => name === made.pass)?.from;
  if (from !== made.stage) return undefined;
  return all.slice(0, all.indexOf(made)).findLast(({ stage }) => stage === from);
}

/** The facts of a file of data before its passes; or with what stands against compiling it, and an exit code that says so. */
async function showFile({ found, ...read }: NonNullable<Awaited<ReturnType<typeof readFound>>>, flags: Flags): Promise<void> {
  const { model } = found;
  if (!flags.json) print(factsText(found, "format"));
  if (model === undefined) {
    if (flags.json) printJson({ file: factsJson(found), passes: [] });
    else print(`\n${problemsText(found, painted(terminal().stdout))}`);
    throw new Ended(exitCodes.compileError);
  }
  const all = await snapshotsOf({ ...read, model }, flags);
  if (flags.json) printJson({ file: factsJson(found), passes: linesOf(all) });
  else {
    print("");
    list(all, flags);
  }
}

/** A line for each pass. */
const linesOf = (all: readonly Snapshot[]) =>
  all.map((made) => ({
    stage: made.stage,
    pass: made.pass,
    ...(made.target === undefined ? {} : { target: made.target.name }),
    lines: made.text.split("\n").length,
    rewrites: made.events.length,
    unchanged: beforeOf(all, made)?.text === made.text,
  }));

function list(all: readonly Snapshot[], { json, legend: wanted }: Flags): void {
  const lines = linesOf(all);
  if (json) {
    printJson(lines);
    return;
  }
  const rows = lines.map(({ stage, pass, target = "", lines, rewrites, unchanged }) => {
    return [stage, pass, target, `${lines}`, `${rewrites}`, unchanged ? "unchanged" : ""];
  });
  print(renderTable([["stage", "pass", "target", "lines", "rewrites", "change"], ...rows], [3, 4]));
  print(
    `\n${wanted ? legend() : "--after <pass or stage> prints one, --diff <pass> what a pass changed, --legend how to read them."}`,
  );
}

function show(all: readonly Snapshot[], after: string, { goal, json, legend: wanted, ...how }: Flags): void {
  const found = all.findLast(({ pass }) => pass === after) ?? all.findLast(({ stage }) => stage === after);
  if (found === undefined) print(json ? "null" : nothing(after, goal));
  else if (json) printJson({ pass: found.pass, stage: found.stage, ...scheduleOf(found), text: found.text });
  else {
    const text = textOf(all, how)(found);
    print(wanted ? `${text.trimEnd()}\n\n${legend(found.stage)}` : text);
  }
}

/** Every snapshot under its name; one that changed nothing is a line. */
function showAll(all: readonly Snapshot[], { json, legend: wanted, ...how }: Flags): void {
  if (json) {
    printJson(all.map((made) => ({ pass: made.pass, stage: made.stage, ...scheduleOf(made), text: made.text })));
    return;
  }
  const paint = painted(terminal().stdout);
  const text = textOf(all, how);
  const parts = all.map((made) => {
    const target = made.target === undefined ? "" : `, for ${made.target.name}`;
    const title = paint("bold", `== ${made.stage} after ${made.pass}${target}`);
    return beforeOf(all, made)?.text === made.text ? `${title}: unchanged` : `${title}\n${text(made).trimEnd()}`;
  });
  print(`${parts.join("\n\n")}${wanted ? `\n\n${legend()}` : ""}`);
}

/** How a snapshot is shown. Throws CompileError where there is no such layer. */
function textOf(all: readonly Snapshot[], { of, plain }: Pick<Flags, "of" | "plain">): (made: Snapshot) => string {
  const path = of === undefined ? undefined : layerPath(all, of);
  const shapes = shapesOf(all);
  if (plain !== true) return (made) => reading(made, shapes, path);
  return path === undefined ? ({ text }) => text : ({ text }) => ofLayer(text, path);
}

const nothing = (pass: string, goal: Goal): string => `the pass ${pass} has nothing to do for ${goal}`;

/** At the stage schedule: the target, and which strategy took each nest. */
function scheduleOf({ scheduled, target }: Snapshot): object {
  if (scheduled === undefined || target === undefined) return {};
  const nests = scheduled.kernels.flatMap(({ name: kernel, parts }) =>
    [...leavesOf(parts)].map(({ nest, strategy, schedule }) => ({ kernel, nest: nest.name, strategy, schedule })),
  );
  return { target: target.name, nests };
}

function compare(all: readonly Snapshot[], pass: string, { goal, json, legend: wanted }: Flags): void {
  const made = all.findLast((one) => one.pass === pass);
  if (made === undefined) {
    print(json ? "null" : nothing(pass, goal));
    return;
  }
  const before = beforeOf(all, made);
  const lines = before === undefined ? [] : diffOf(before.text, made.text);
  if (json) {
    printJson({
      pass,
      stage: made.stage,
      before: before?.pass ?? null,
      ...(before === undefined ? { text: made.text } : { lines }),
    });
    return;
  }
  const after = wanted ? `\n\n${legend(made.stage)}` : "";
  const paint = painted(terminal().stdout);
  const hunks = unified(lines, paint);
  const from = passes.find(({ name }) => name === pass)?.from;
  if (before === undefined)
    print(`${pass} leads from ${from} to ${made.stage}: there is no text to compare with.\n\n${made.text.trimEnd()}${after}`);
  else if (hunks === "") print(`${pass} changed nothing${after}`);
  else print(`${paint("bold", `--- ${before.stage} after ${before.pass}\n+++ ${made.stage} after ${pass}`)}\n${hunks}${after}`);
}
