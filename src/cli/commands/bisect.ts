// `layerc bisect`: everything that can run a model is run on some rows, in the order in which it is made; the first that disagrees is named, with
// the rule, the kernel and the layer. In: a model and rows. Out: a table of checks, and the fault or that there is none; JSON with `--json`.
// A fault is a bug in layerc, and ends with 70.
import { type Command, Option } from "commander";
import { resolve } from "../../../compiler/front/steps.ts";
import type { Model } from "../../../compiler/model.ts";
import type { Goal } from "../../../compiler/pipeline/passes.ts";
import { failInput } from "../../data/input.ts";
import { type Bisection, bisect, type Check, type Fault } from "../../explore/bisect/bisect.ts";
import { addLoweringFlags, type LoweringFlags, optionsOf } from "../flags.ts";
import { feedsOf, readInputs } from "../inputs.ts";
import { renderTable } from "../render.ts";
import { readModel, work } from "../subject.ts";
import { Ended, exitCodes, painted, print, printJson, terminal } from "../terminal.ts";

interface Flags extends LoweringFlags {
  readonly input: readonly string[];
  readonly targets?: readonly string[];
  readonly json?: boolean;
}

/** Adds `layerc bisect`, which finds where executors first disagree. */
export function addBisect(program: Command): void {
  const command = program
    .command("bisect")
    .description(
      "Runs a model on some rows by everything that can run it: the Graph after each pass, the Plan, the loops of each target before and after they are scheduled, the emitted JavaScript and WebAssembly. Names the first that disagrees: the pass, then the rule or the kernel with its strategy and layer, and the difference. Up to the first loops a result may be off by what float32 may add to this model at these rows; from there on bits are compared. Of predictions, or with --train of one step of training: its loss and gradients, then the updated weights and states. A fault is a bug in layerc, and ends with 70.",
    )
    .argument("<model>", "model file, or - for JSON on standard input")
    .addOption(
      new Option("--input <rows>", "rows as for layerc run; of several inputs each by its name (a=rows.csv)")
        .argParser((given: string, before: readonly string[] = []) => [...before, given])
        .makeOptionMandatory(),
    )
    .addOption(
      new Option(
        "--targets <rows>",
        "with --train: what the rows of a step are held against, as for --input; of several outputs each by its name",
      ).argParser((given: string, before: readonly string[] = []) => [...before, given]),
    )
    .option("--json", "as JSON: checks, and fault where there is one");
  addLoweringFlags(command)
    .addHelpText(
      "after",
      "\nExamples:\n  layerc bisect iris.model.ts --input '[5.1, 3.5, 1.4, 0.2]'\n  layerc bisect cars.model.ts --input rows.csv --target simd --unroll 0\n  layerc bisect cars.model.ts --input rows.csv --train --targets '[18, 15]'",
    )
    .action(async (file: string, flags: Flags) => {
      const subject = await readModel(file, flags);
      const found = await work(subject, () => bisected(subject.model, flags));
      if (flags.json) printJson(found);
      else print(textOf(found, file, flags.targets === undefined ? "predict" : "trainStep"));
      if (found.fault !== undefined) throw new Ended(exitCodes.internal);
    });
}

function bisected(model: Model, flags: Flags): Bisection {
  const resolved = resolve(model);
  const { inputs, feeds } = resolved.predict;
  const given = readInputs(flags.input, inputs);
  const rows = { ...given, feeds: feedsOf(feeds, given, inputs) };
  if ((flags.targets !== undefined) !== (flags.train === true))
    failInput(
      "--train and --targets are for each other",
      "give --train --targets '[…]' for a step of training, neither for predictions",
    );
  if (flags.targets === undefined) return bisect(model, rows, optionsOf(flags));
  const targets = readInputs(flags.targets, resolved.trainStep().targets);
  if (targets.rows !== given.rows)
    failInput(`--input has ${given.rows} rows, --targets ${targets.rows}`, "give a target for every row");
  return bisect(model, { ...rows, targets: targets.values }, optionsOf(flags));
}

/** What is printed for people. */
export function textOf(
  { checks, fault }: Bisection,
  file: string,
  goal: Extract<Goal, "predict" | "trainStep"> = "predict",
): string {
  const rows = checks.map(({ step, target = "", promise, off }) => [
    step,
    target,
    promise === "bits" ? "bits" : "bound",
    showOff({ promise, off }),
  ]);
  const table = renderTable([["step", "target", "held to", "off by"], ...rows]);
  return `${table}\n\n${fault === undefined ? agreed(checks) : told(fault, file, goal)}`;
}

const digits = (value: number): string => `${Number(value.toPrecision(2))}`;

function showOff({ promise, off }: Pick<Check, "promise" | "off">): string {
  if (promise === "bits") return off === 0 ? "nothing" : "other bits";
  return Number.isFinite(off) ? `${digits(off)} bounds` : "no number";
}

const agreed = (checks: readonly Check[]): string =>
  `all agree within ${digits(Math.max(...checks.map(({ off }) => off)))} of the bound of this model at these rows, the code to the bit`;

/** The fault, and where to look. */
function told(fault: Fault, file: string, goal: Goal): string {
  const { step, target, rule, at, threw, off, promise, kernel, region, strategy, layer } = fault;
  const [inspected, compiled] = goal === "predict" ? ["", ""] : [` --goal ${goal}`, " --train"];
  const bold = painted(terminal().stdout);
  const where = target === undefined ? "" : ` of the target ${target}`;
  const isPass = !/^[A-Z]|WebAssembly/.test(step);
  const difference = at === undefined ? undefined : Math.abs(at.wanted - at.got);
  // Of many rewrites the page shows those of passes in which the rule fires.
  const searched = rule === undefined ? "" : `&search=${encodeURIComponent(rule.name)}`;
  const facts: readonly (readonly [name: string, text: string | undefined])[] = [
    ["rule", rule && `${rule.name} (the ${rule.firing}. of ${rule.of} that fire)`],
    ["threw", threw],
    ["output", at && `${at.output}, row ${at.row}, place ${at.place}: wanted ${at.wanted}, got ${at.got}`],
    [
      "apart",
      difference === undefined
        ? undefined
        : `${difference}${promise === "bound" && Number.isFinite(off) ? `, ${digits(off)} bounds` : ""}`,
    ],
    ["layer", layer?.split("\n").join("; ")],
    ["region", region],
    ["kernel", kernel],
    ["strategy", strategy?.split("\n").join("; ")],
    ["see", isPass ? `layerc inspect ${file}${inspected} --diff ${step}` : `layerc compile ${file}${compiled} --stdout`],
    ["report", `report.html#${isPass ? `view=passes&goal=${goal}&pass=${step}${searched}` : `view=panes&goal=${goal}`}`],
  ];
  const lines = facts.flatMap(([name, text]) => (text === undefined || text === "" ? [] : [`  ${name.padEnd(8)}  ${text}`]));
  return [
    bold("bold", `the first to disagree: ${isPass ? `what the pass ${step} leaves` : `the ${step}`}${where}`),
    ...lines,
  ].join("\n");
}
